-- Administration: a database role of its own, a version for each policy, and every version kept.
--
-- The API writes policy, attribute_trust, namespace and withdrawal as a database user with the role mesos_iam_admin. Each change of one of these
-- tables, by the API or by psql, is an audit event; each change of a policy is a row of policy_revision too. Triggers write both, so no client
-- can leave them out. Before its first write, a transaction of the API sets mesos_iam.caller, mesos_iam.reason and mesos_iam.request_id for itself
-- (set_config(…, true)). A database user without the controllers' roles can set them too, so they count only from users that have one of these
-- roles; the database user (session_user) is recorded always.

-- Versions of a policy -------------------------------------------------------------------------------------------------------

alter table policy add column version bigint not null default 1;
comment on column policy.version is
    'Which version of the policy the row is: 1 at first, one more with each change. Set by the database alone';

create function policy_revised() returns trigger
    language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    if tg_op = 'INSERT' then
        new.version = 1;
    else
        new.id = old.id;
        new.version = old.version + 1;
    end if;
    return new;
end
$$;
comment on function policy_revised is 'Sets version, and keeps id';
revoke execute on function policy_revised() from public;

create trigger policy_revised before insert or update on policy
    for each row execute function policy_revised();

create table policy_revision (
    policy_id uuid not null,
    version bigint not null,
    operation text not null,
    namespace text not null,
    name text not null,
    content json not null,
    changed_at timestamptz not null default now(),
    database_user text not null default session_user,
    caller text,
    reason text,
    request_id text,
    constraint policy_revision_pkey primary key (policy_id, version),
    constraint policy_revision_version_positive check (version > 0),
    constraint policy_revision_operation_known check (operation in ('existing', 'insert', 'update', 'delete')),
    constraint policy_revision_caller_length check (char_length(caller) between 1 and 255),
    constraint policy_revision_reason_length check (char_length(reason) between 1 and 1024),
    constraint policy_revision_request_id_length check (char_length(request_id) between 1 and 128)
);
create index policy_revision_by_name on policy_revision (namespace, name, changed_at);
comment on table policy_revision is 'Every version of every policy, also of deleted ones. A trigger writes it; rows never change';
comment on column policy_revision.policy_id is 'The policy. No reference: the history of a deleted policy stays';
comment on column policy_revision.version is 'The version that the change made; of a deletion one more than the last';
comment on column policy_revision.operation is 'insert, update, delete; existing: the policy is from before this table';
comment on column policy_revision.namespace is 'The policy''s namespace in this version';
comment on column policy_revision.name is 'The policy''s name in this version';
comment on column policy_revision.content is 'The row as the change left it; of a deletion the row that was deleted';
comment on column policy_revision.changed_at is 'When the transaction began that made the change, by the database''s clock';
comment on column policy_revision.database_user is 'The database user that made the change (session_user)';
comment on column policy_revision.caller is 'The signed-in caller of the API; null for a change by SQL';
comment on column policy_revision.reason is 'Why, as the caller stated it';
comment on column policy_revision.request_id is 'The request of the API, as in the log';
comment on constraint policy_revision_pkey on policy_revision is 'policy_id and version are unique';
comment on constraint policy_revision_version_positive on policy_revision is 'version: 1 or more';
comment on constraint policy_revision_operation_known on policy_revision is 'operation: existing, insert, update or delete';
comment on constraint policy_revision_caller_length on policy_revision is 'caller: 1 to 255 characters';
comment on constraint policy_revision_reason_length on policy_revision is 'reason: 1 to 1,024 characters';
comment on constraint policy_revision_request_id_length on policy_revision is 'request_id: 1 to 128 characters';

create function interval_seconds(duration text) returns bigint
    language sql immutable strict parallel safe
    return extract(epoch from duration::interval)::bigint;
comment on function interval_seconds is 'The seconds of an interval that is written as text, as content has it';

create function policy_revision_is_final() returns trigger
    language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    raise exception 'a version of a policy is never changed'
        using errcode = 'restrict_violation', constraint = 'policy_revision_is_final', table = 'policy_revision';
end
$$;
comment on function policy_revision_is_final is 'Refuses to change a version of a policy; the owner can delete old ones';
revoke execute on function policy_revision_is_final() from public;

create trigger policy_revision_is_final before update on policy_revision
    for each row execute function policy_revision_is_final();

insert into policy_revision (policy_id, version, operation, namespace, name, content)
select id, version, 'existing', namespace, name, row_to_json(policy) from policy;

-- Which version decided -----------------------------------------------------------------------------------------------------

alter table lease add column policy_version bigint;
alter table audit_event add column policy_version bigint;
comment on column lease.policy_version is 'The version of the policy by which the lease was issued or last renewed; null in older rows';
comment on column audit_event.policy_version is 'The version of the policy that decided, or that a change made; null where none is concerned, and in older rows';

-- Who, and why ---------------------------------------------------------------------------------------------------------------

create function administration_setting(setting text, longest integer) returns text
    language sql stable parallel safe set search_path = pg_catalog, pg_temp
    return case when exists (
            select from pg_roles
            where rolname in ('mesos_iam_admin', 'mesos_iam_app') and pg_has_role(session_user, oid, 'member'))
        then nullif(left(current_setting('mesos_iam.' || setting, true), longest), '') end;
comment on function administration_setting is
    'What a controller states of this transaction: caller, reason or request_id; null for database users without the controllers'' roles';
revoke execute on function administration_setting(text, integer) from public;

create function policy_kept() returns trigger
    language plpgsql security definer as $$
declare
    kept policy;
begin
    kept = case tg_op when 'DELETE' then old else new end;
    insert into policy_revision (policy_id, version, operation, namespace, name, content, caller, reason, request_id)
    values (
        kept.id, kept.version + case tg_op when 'DELETE' then 1 else 0 end, lower(tg_op), kept.namespace, kept.name,
        row_to_json(kept), administration_setting('caller', 255), administration_setting('reason', 1024),
        administration_setting('request_id', 128));
    return null;
end
$$;
comment on function policy_kept is 'Keeps each version of a policy';

create function policies_emptied() returns trigger
    language plpgsql security definer as $$
begin
    insert into policy_revision (policy_id, version, operation, namespace, name, content)
    select id, version + 1, 'delete', namespace, name, row_to_json(policy) from policy;
    insert into audit_event (kind, actor, policy_id, policy_version, message, detail)
    select 'policy.deleted', left('database:' || session_user, 255), id, version + 1, 'policy ' || name || ' deleted by truncate',
        jsonb_build_object('subject', name, 'namespace', namespace, 'version', version)
    from policy;
    return null;
end
$$;
comment on function policies_emptied is 'Before a TRUNCATE: keeps the deletion of each policy, as policy_kept does for a DELETE';

create trigger policy_kept after insert or update or delete on policy
    for each row execute function policy_kept();
create trigger policies_emptied before truncate on policy
    for each statement execute function policies_emptied();

-- Audit ----------------------------------------------------------------------------------------------------------------------

create function administration_audited() returns trigger
    language plpgsql security definer as $$
declare
    was jsonb = case when tg_op <> 'INSERT' then to_jsonb(old) else '{}' end;
    is_now jsonb = case when tg_op <> 'DELETE' then to_jsonb(new) else '{}' end;
    row_now jsonb = case tg_op when 'DELETE' then was else is_now end;
    secret text[] = '{external_id}';
    changed text[];
    done text = case tg_op when 'INSERT' then 'created' when 'UPDATE' then 'changed' else 'deleted' end;
    subject text = coalesce(nullif(row_now ->> 'namespace', '/') || '/', '') || coalesce(row_now ->> 'name', row_now ->> 'path', row_now ->> 'id');
    caller text = coalesce(administration_setting('caller', 255), left('database:' || session_user, 255));
    why text = administration_setting('reason', 1024);
begin
    select coalesce(array_agg(key order by key), '{}') into changed
    from (select jsonb_object_keys(was || is_now) as key) as keys
    where was -> key is distinct from is_now -> key;
    insert into audit_event (kind, actor, policy_id, policy_version, iam_role_arn, request_id, message, detail)
    values (
        replace(tg_table_name, '_', '-') || '.' || done,
        caller,
        case when tg_table_name = 'policy' then (row_now ->> 'id')::uuid else (row_now ->> 'policy_id')::uuid end,
        case when tg_table_name = 'policy' then (row_now ->> 'version')::bigint + case tg_op when 'DELETE' then 1 else 0 end end,
        case when row_now ->> 'iam_role_arn'
                ~ '^arn:(aws|aws-cn|aws-us-gov|aws-iso|aws-iso-b|aws-iso-e|aws-iso-f|aws-eusc):iam::[0-9]{12}:role/([!-.0-~]+/)*[A-Za-z0-9_+=,.@-]{1,64}$'
            and char_length(row_now ->> 'iam_role_arn') <= 640 then row_now ->> 'iam_role_arn' end,
        administration_setting('request_id', 128),
        left(replace(tg_table_name, '_', ' ') || ' ' || subject || ' ' || done || coalesce(': ' || why, ''), 4096),
        jsonb_strip_nulls(jsonb_build_object(
            'subject', subject, 'version', row_now -> 'version', 'reason', why, 'changed', to_jsonb(changed),
            'before', (select jsonb_object_agg(key, value) from jsonb_each(was)
                where tg_op = 'UPDATE' and key = any (changed) and key <> all (secret)),
            'after', (select jsonb_object_agg(key, value) from jsonb_each(row_now)
                where (tg_op <> 'UPDATE' or key = any (changed)) and key <> all (secret)))));
    return null;
end
$$;
comment on function administration_audited is
    'Writes an audit event for each changed row: who, why, and the columns before and after, without external ids';

create trigger policy_audited after insert or update or delete on policy
    for each row execute function administration_audited();
create trigger attribute_trust_audited after insert or update or delete on attribute_trust
    for each row execute function administration_audited();
create trigger namespace_audited after insert or update or delete on namespace
    for each row execute function administration_audited();
create trigger withdrawal_audited after insert or update or delete on withdrawal
    for each row execute function administration_audited();

-- Every fault of a row at once -----------------------------------------------------------------------------------------------

create function row_violations(of_table regclass, candidate json) returns table (constraint_name text, demand text)
    language plpgsql stable as $$
declare
    checks text;
begin
    select string_agg(format('(%L, %L, (%s))', conname, obj_description(oid, 'pg_constraint'), pg_get_expr(conbin, conrelid)), ', ' order by conname)
    into checks
    from pg_constraint
    where conrelid = of_table and contype = 'c';
    return query execute format(
        'select kept.name, kept.demand from json_populate_record(null::%s, $1) as %I, lateral (values %s) as kept (name, demand, holds) where not kept.holds',
        of_table, (select relname from pg_class where oid = of_table), checks)
        using candidate;
end
$$;
comment on function row_violations is
    'The CHECK constraints that a row would violate, with their comments: all of them, where a write names only the first';
revoke execute on function row_violations(regclass, json) from public;

-- Rights ---------------------------------------------------------------------------------------------------------------------

create function grant_administration(role_name name) returns void
    language plpgsql as $$
begin
    execute format('grant usage on schema %I to %I', current_schema(), role_name);
    execute format('grant select, insert, update, delete on policy, attribute_trust, namespace to %I', role_name);
    execute format('grant select, insert, update on withdrawal to %I', role_name);
    execute format('grant select on policy_version, policy_revision, lease, agent to %I', role_name);
    execute format('grant select, insert on audit_event to %I', role_name);
    execute format('grant execute on function row_violations(regclass, json) to %I', role_name);
end
$$;
comment on function grant_administration is
    'Gives a role what administration needs: writing policies, attribute trust, namespaces and withdrawals, reading their history';
revoke execute on function grant_administration(name) from public;

do $$
declare
    ours regprocedure;
begin
    for ours in
        select oid::regprocedure from pg_proc
        where pronamespace = current_schema()::regnamespace
            and proname in ('policy_kept', 'policies_emptied', 'administration_audited', 'row_violations',
                'grant_administration')
    loop
        execute format('alter function %s set search_path = %I, pg_temp', ours, current_schema());
        execute format('revoke execute on function %s from public', ours);
    end loop;
    begin
        create role mesos_iam_admin nologin;
    exception
        when duplicate_object or unique_violation then null;
        when insufficient_privilege then
            raise notice 'may not create role mesos_iam_admin: make it, then call grant_administration(''mesos_iam_admin'')';
    end;
    if exists (select from pg_roles where rolname = 'mesos_iam_admin') then
        perform grant_administration('mesos_iam_admin');
    end if;
end
$$;
