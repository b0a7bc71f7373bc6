-- The audit trail is partitioned by month, is kept for a configurable time, and says where a request came from and how it ended.
--
-- Before, audit_event was one table that only grew. It is now partitioned by month: the rows move into the partitions here, which takes a time in
-- proportion to their number, so stop the controllers before. A partition is made ahead of its month and dropped after the retention by the
-- function keep_audit_partitions, which controllers call. It runs with the owner's rights, since controllers have none to drop a table, and it
-- drops nothing younger than the owner allows in audit_retention. Rows of a month without a partition go to audit_event_other.
--
-- An entry_id is unique within its month. Controllers write an event whose COMMIT was not answered again only after they have looked for its id.

-- Columns --------------------------------------------------------------------------------------------------------------------

alter table audit_event
    add column outcome text not null default 'done'
        constraint audit_event_outcome_known check (outcome in ('done', 'refused', 'failed')),
    add column sign_in text
        constraint audit_event_sign_in_form check (sign_in ~ '^[a-z][a-z0-9-]{0,31}$'),
    add column source_address text
        constraint audit_event_source_address_length check (char_length(source_address) between 1 and 64),
    add column object text
        constraint audit_event_object_length check (char_length(object) between 1 and 512);
comment on column audit_event.outcome is 'done; refused: the caller may not, or the request is not valid; failed: it was allowed and did not succeed';
comment on column audit_event.sign_in is 'How the caller signed in: oidc, token, certificate, bootstrap, loopback; null: not by the API';
comment on column audit_event.source_address is 'The IP address that the request came from; null: not by the API';
comment on column audit_event.object is 'What was written or requested, as kind:name: policy:/data/etl; null for a lease''s events';
comment on constraint audit_event_outcome_known on audit_event is 'outcome: done, refused or failed';
comment on constraint audit_event_sign_in_form on audit_event is 'sign_in: 1 to 32 lower-case letters, digits or hyphens';
comment on constraint audit_event_source_address_length on audit_event is 'source_address: 1 to 64 characters';
comment on constraint audit_event_object_length on audit_event is 'object: 1 to 512 characters';

-- The partitioned table ------------------------------------------------------------------------------------------------------

create function audit_month(at timestamptz) returns date
    language sql immutable strict parallel safe
    return date_trunc('month', at at time zone 'UTC')::date;
comment on function audit_month is 'The first day of the month, in UTC';

alter table audit_event rename to audit_event_old;
alter sequence audit_event_id_seq rename to audit_event_old_id_seq;
alter index audit_event_pkey rename to audit_event_old_pkey;
alter index audit_event_by_time rename to audit_event_old_by_time;
alter index audit_event_by_task rename to audit_event_old_by_task;
alter index audit_event_by_lease rename to audit_event_old_by_lease;
alter index audit_event_by_entry rename to audit_event_old_by_entry;

create table audit_event (
    like audit_event_old including defaults including identity including constraints including comments,
    month date not null default audit_month(now())
) partition by range (month);
comment on table audit_event is
    'One row for each issue, renewal, reap, refusal and wait of a lease, each administrative write, and each refused request. Holds no key material. Partitioned by month';
comment on column audit_event.month is
    'The first day of the month, in UTC, in which the transaction began that wrote the row. Set by the database alone';
alter table audit_event add constraint audit_event_pkey primary key (id, month);
comment on constraint audit_event_pkey on audit_event is 'id and month are unique';
create unique index audit_event_by_entry on audit_event (entry_id, month) where entry_id is not null;
create index audit_event_by_time on audit_event (occurred_at);
create index audit_event_by_task on audit_event (task_id, id) where task_id is not null;
create index audit_event_by_lease on audit_event (lease_id) where lease_id is not null;
create index audit_event_by_role on audit_event (iam_role_arn, id) where iam_role_arn is not null;
create index audit_event_by_object on audit_event (object, id) where object is not null;
create index audit_event_by_actor on audit_event (actor, id) where lease_id is null;

create table audit_event_other partition of audit_event default;
comment on table audit_event_other is 'Audit events of months without a partition; keep_audit_partitions moves them into theirs';

-- Retention ------------------------------------------------------------------------------------------------------------------

create table audit_retention (
    singleton boolean not null default true constraint audit_retention_pkey primary key
        constraint audit_retention_one_row check (singleton),
    shortest interval not null default '90 days'
        constraint audit_retention_shortest_range check (shortest between '1 day' and '100 years')
);
comment on table audit_retention is 'One row: how long audit events are kept at least, whatever controllers are configured to. The owner alone writes it';
comment on column audit_retention.singleton is 'Always true: keeps the table at one row';
comment on column audit_retention.shortest is 'No event younger than this is deleted by keep_audit_partitions';
comment on constraint audit_retention_pkey on audit_retention is 'one row';
comment on constraint audit_retention_one_row on audit_retention is 'singleton: always true';
comment on constraint audit_retention_shortest_range on audit_retention is 'shortest: 1 day to 100 years';
insert into audit_retention default values;

create function make_audit_partition(of_month date) returns text
    language plpgsql as $$
declare
    partition text = 'audit_event_' || to_char(of_month, 'YYYY_MM');
    moved text;
begin
    if to_regclass(partition) is not null then
        return null;
    end if;
    execute format('create table %I (like audit_event including defaults including constraints including comments)', partition);
    execute format('comment on table %I is %L', partition, 'Audit events of ' || to_char(of_month, 'YYYY-MM'));
    -- rows of this month would contradict the new bounds of the default partition; the trigger that refuses changes is not on the new table
    execute format('with moved as (delete from audit_event_other where month = $1 returning *) insert into %I select * from moved', partition)
        using of_month;
    execute format('alter table audit_event attach partition %I for values from (%L) to (%L)', partition, of_month,
        (of_month + interval '1 month')::date);
    return partition;
end
$$;
comment on function make_audit_partition is 'Makes the partition of a month, with its rows of audit_event_other; null if it exists';

create function keep_audit_partitions(months_ahead integer, retention interval) returns table (made text, dropped text)
    language plpgsql security definer set lock_timeout = '5s' as $$
declare
    kept_from timestamptz = now() - greatest(retention, (select shortest from audit_retention));
    old record;
begin
    if months_ahead not between 1 and 12 then
        raise exception 'months_ahead: 1 to 12' using errcode = 'invalid_parameter_value';
    end if;
    if retention is null or retention < (select shortest from audit_retention) then
        raise exception 'retention: at least %, the column shortest of audit_retention', (select shortest from audit_retention)
            using errcode = 'invalid_parameter_value';
    end if;
    -- several controllers call it
    if not pg_try_advisory_xact_lock(hashtext('mesos-iam audit partitions')) then
        return;
    end if;
    for made in
        select make_audit_partition((audit_month(now()) + make_interval(months => n))::date) from generate_series(0, months_ahead) as n
    loop
        if made is not null then
            dropped = null;
            return next;
        end if;
    end loop;
    for old in
        select c.relname from pg_inherits join pg_class c on c.oid = inhrelid
        where inhparent = 'audit_event'::regclass and c.relname ~ '^audit_event_[0-9]{4}_[0-9]{2}$'
            and (to_date(substr(c.relname, 13), 'YYYY_MM') + interval '1 month') at time zone 'UTC' <= kept_from
        order by c.relname
    loop
        execute format('drop table %I', old.relname);
        made = null;
        dropped = old.relname;
        return next;
    end loop;
    delete from audit_event_other where (month + interval '1 month') at time zone 'UTC' <= kept_from;
end
$$;
comment on function keep_audit_partitions is
    'Makes the partitions of this month and of those ahead, and drops those that ended before the retention. Returns what it made and dropped';

-- The rows of before ---------------------------------------------------------------------------------------------------------

do $$
declare
    ours regprocedure;
    columns text;
    of_month date;
    owned oid = (select relowner from pg_class where oid = 'audit_event_old'::regclass);
    held record;
begin
    for ours in
        select oid::regprocedure from pg_proc
        where pronamespace = current_schema()::regnamespace and proname in ('make_audit_partition', 'keep_audit_partitions')
    loop
        execute format('alter function %s set search_path = %I, pg_temp', ours, current_schema());
        execute format('revoke execute on function %s from public', ours);
    end loop;

    for of_month in
        select distinct audit_month(occurred_at) from audit_event_old
        union select (audit_month(now()) + make_interval(months => n))::date from generate_series(0, 2) as n
        order by 1
    loop
        perform make_audit_partition(of_month);
    end loop;
    select string_agg(quote_ident(attname), ', ' order by attnum) into columns
    from pg_attribute where attrelid = 'audit_event_old'::regclass and attnum > 0 and not attisdropped;
    execute format('insert into audit_event (%s, month) overriding system value select %1$s, audit_month(occurred_at) from audit_event_old', columns);
    perform setval(pg_get_serial_sequence('audit_event', 'id'), nextval('audit_event_old_id_seq'), false);

    for held in
        select grantee, privilege_type from pg_class, aclexplode(relacl)
        where pg_class.oid = 'audit_event_old'::regclass and grantee <> owned
    loop
        execute format('grant %s on audit_event to %s', held.privilege_type,
            case held.grantee when 0 then 'public' else (select quote_ident(rolname) from pg_roles where oid = held.grantee) end);
    end loop;
end
$$;

drop table audit_event_old;
alter sequence if exists audit_event_id_seq1 rename to audit_event_id_seq;

-- Triggers -------------------------------------------------------------------------------------------------------------------

create or replace function audit_event_written() returns trigger
    language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    drawn bigint;
begin
    begin
        -- a trigger of a partitioned table runs on the partition; the sequence belongs to the whole table
        drawn = currval(pg_get_serial_sequence(coalesce(pg_partition_root(tg_relid), tg_relid)::regclass::text, 'id'));
    exception
        when object_not_in_prerequisite_state then drawn = null;
    end;
    if new.id is distinct from drawn then
        raise exception 'column id of audit_event is set by the database alone'
            using errcode = 'generated_always', column = 'id', table = 'audit_event',
                hint = 'Leave it out, and OVERRIDING SYSTEM VALUE too';
    end if;
    if new.month <> date_trunc('month', now() at time zone 'UTC')::date then
        raise exception 'column month of audit_event is set by the database alone'
            using errcode = 'generated_always', column = 'month', table = 'audit_event', hint = 'Leave it out';
    end if;
    new.reported_at = coalesce(new.reported_at, new.occurred_at);
    new.occurred_at = clock_timestamp();
    new.written_by = session_user;
    if new.outcome = 'done' then
        new.outcome = case when right(new.kind, 8) = '.refused' then 'refused' when right(new.kind, 7) = '.failed' then 'failed' else 'done' end;
    end if;
    if new.lease_id is null and new.task_id is null then
        new.sign_in = coalesce(new.sign_in, substring(new.actor from '^(oidc|token|certificate|bootstrap|loopback)(?::|$)'));
        new.source_address = coalesce(new.source_address, left(nullif(new.detail ->> 'address', ''), 64));
        new.object = coalesce(new.object, left(case
            when new.detail ? 'subject' then split_part(new.kind, '.', 1) || ':' || (new.detail ->> 'subject')
            when new.detail ? 'path' then 'request:' || coalesce(new.detail ->> 'method', '') || ' ' || (new.detail ->> 'path') end, 512));
    end if;
    return new;
end
$$;
comment on function audit_event_written is
    'Sets occurred_at and written_by, refuses an id or a month that the database did not set, and completes outcome, sign_in, source_address and object';

create trigger audit_event_written before insert on audit_event
    for each row execute function audit_event_written();
create trigger audit_event_is_final before update on audit_event
    for each row execute function audit_event_is_final();

-- The stream -----------------------------------------------------------------------------------------------------------------

create table audit_stream (
    sink text not null constraint audit_stream_pkey primary key,
    position bigint not null default 0
        constraint audit_stream_position_not_negative check (position >= 0),
    moved_at timestamptz not null default now(),
    constraint audit_stream_sink_form check (sink ~ '^[a-z0-9][a-z0-9.-]{0,252}$')
);
comment on table audit_stream is 'How far each sink of audit events has got: a controller goes on after the last event that the sink has taken';
comment on column audit_stream.sink is 'The name of the sink';
comment on column audit_stream.position is 'The id of the last event of which all earlier ones have been written to the sink';
comment on column audit_stream.moved_at is 'When the position was written';
comment on constraint audit_stream_pkey on audit_stream is 'sink is unique';
comment on constraint audit_stream_position_not_negative on audit_stream is 'position: zero or more';
comment on constraint audit_stream_sink_form on audit_stream is 'sink: 1 to 253 lower-case letters, digits, dots or hyphens';

-- Rights ---------------------------------------------------------------------------------------------------------------------

alter function grant_application(name) rename to grant_application_tables;
comment on function grant_application_tables is 'The part of grant_application that concerns tables older than the partitions of audit events';

create function grant_application(role_name name) returns void
    language plpgsql as $$
begin
    perform grant_application_tables(role_name);
    execute format('grant select on audit_retention to %I', role_name);
    execute format('grant select, insert, update on audit_stream to %I', role_name);
    execute format('grant select on sequence audit_event_id_seq to %I', role_name);
    execute format('grant execute on function keep_audit_partitions(integer, interval) to %I', role_name);
end
$$;
comment on function grant_application is 'Gives a role what controllers need: reading policies, keeping leases, adding audit events';
revoke execute on function grant_application(name) from public;

do $$
begin
    execute format('alter function grant_application(name) set search_path = %I, pg_temp', current_schema());
    if exists (select from pg_roles where rolname = 'mesos_iam_app') then
        perform grant_application('mesos_iam_app');
    end if;
    if exists (select from pg_roles where rolname = 'mesos_iam_admin') then
        execute 'grant select, insert on audit_event to mesos_iam_admin';
    end if;
end
$$;
