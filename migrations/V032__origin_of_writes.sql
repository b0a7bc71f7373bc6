-- An audit event of a write by the API states how its caller signed in, and the address that the request came from.
--
-- A transaction of a controller sets mesos_iam.sign_in and mesos_iam.source_address for itself, beside mesos_iam.caller. They count for the events of
-- this caller alone, and only from database users that have one of the controllers' roles, as the other settings do.

create or replace function audit_event_written() returns trigger
    language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    drawn bigint;
    stated boolean;
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
    if new.lease_id is null and new.task_id is null or new.actor = current_setting('mesos_iam.caller', true) then
        stated = new.actor = current_setting('mesos_iam.caller', true) and exists (
            select from pg_roles
            where rolname in ('mesos_iam_admin', 'mesos_iam_app') and pg_has_role(session_user, oid, 'member'));
        new.sign_in = coalesce(
            new.sign_in, case when stated then nullif(current_setting('mesos_iam.sign_in', true), '') end,
            substring(new.actor from '^(oidc|token|certificate|bootstrap|loopback)(?::|$)'));
        new.source_address = coalesce(
            new.source_address, case when stated then nullif(current_setting('mesos_iam.source_address', true), '') end,
            left(nullif(new.detail ->> 'address', ''), 64));
        new.object = coalesce(new.object, left(case
            when new.detail ? 'subject' then split_part(new.kind, '.', 1) || ':' || (new.detail ->> 'subject')
            when new.detail ? 'path' then 'request:' || coalesce(new.detail ->> 'method', '') || ' ' || (new.detail ->> 'path') end, 512));
    end if;
    return new;
end
$$;
