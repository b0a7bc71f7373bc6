-- Only controllers state who their caller is, and only controllers write audit events of their own.
--
-- Before, every database user with the role mesos_iam_admin could state the name of a caller (mesos_iam.caller) and insert audit events with any
-- actor. People whom a site gives that role for psql are such users. Now the settings count from the controllers' users alone: mesos_iam_admin
-- itself, users with the role mesos_iam_app, and the owner of the tables, who can change the triggers anyway. The change of any other user is
-- recorded as database:user, by triggers with the owner's rights; mesos_iam_admin no longer has the right to insert audit events.

create function states_callers() returns boolean
    language sql stable parallel safe as $$
        select session_user = 'mesos_iam_admin' or exists (
            select from pg_catalog.pg_roles
            where pg_has_role(session_user, oid, 'member')
                and (rolname = 'mesos_iam_app' or oid = (select relowner from pg_catalog.pg_class where pg_class.oid = 'policy'::regclass)));
$$;
comment on function states_callers is
    'Whether the database user is a controller''s: mesos_iam_admin itself, one with the role mesos_iam_app, or the owner of the tables';

create or replace function administration_setting(setting text, longest integer) returns text
    language sql stable parallel safe as $$
        select case when states_callers() then nullif(left(current_setting('mesos_iam.' || setting, true), longest), '') end;
$$;
comment on function administration_setting is
    'What a controller states of this transaction: caller, reason or request_id; null for other database users';

create or replace function audit_event_written() returns trigger
    language plpgsql security definer as $$
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
        stated = new.actor = current_setting('mesos_iam.caller', true) and states_callers();
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

-- A token's name is used once: audit events name it --------------------------------------------------------------------------

create or replace function api_token_written() returns trigger
    language plpgsql security definer as $$
declare
    who text = coalesce(administration_setting('caller', 255), left('database:' || session_user, 255));
begin
    if tg_op = 'INSERT' then
        -- a valid token of this name is for api_token_name_once to refuse
        if exists (select from api_token where name = new.name and revoked_at is not null)
            and not exists (select from api_token where name = new.name and revoked_at is null) then
            raise exception 'a revoked token had the name %', new.name
                using errcode = 'unique_violation', constraint = 'api_token_name_once', table = 'api_token',
                    hint = 'Audit events name the token: choose a name that no token has had, such as one with the year';
        end if;
        new.created_at = now();
        -- what api_token_created_by_length refuses stays for it to refuse
        if char_length(new.created_by) between 1 and 255 then
            new.created_by = who;
        end if;
        new.last_used_at = null;
        new.revoked_at = null;
        new.revoked_by = null;
        return new;
    end if;
    if (new.id, new.name, new.hash, new.roles, new.created_at, new.created_by, new.expires_at)
            is distinct from (old.id, old.name, old.hash, old.roles, old.created_at, old.created_by, old.expires_at) then
        raise exception 'an API token is never changed: revoke it, and make another one'
            using errcode = 'restrict_violation', constraint = 'api_token_is_final', table = 'api_token';
    end if;
    if old.revoked_at is not null then
        new.revoked_at = old.revoked_at;
        new.revoked_by = old.revoked_by;
    elsif new.revoked_at is not null then
        new.revoked_at = now();
        new.revoked_by = who;
    else
        new.revoked_by = null;
    end if;
    return new;
end
$$;
comment on function api_token_written is
    'Sets who made and revoked a token and when; refuses any other change, and a name that a revoked token had';
comment on column api_token.name is 'Who has the token; audit events show it as token:name. A name is used once, also after its token was revoked';
comment on index api_token_name_once is 'name: one token, revoked ones included';

-- Rights ---------------------------------------------------------------------------------------------------------------------

alter function grant_administration(name) rename to grant_administration_with_audit_events;
comment on function grant_administration_with_audit_events is 'A part of grant_administration';
create function grant_administration(role_name name) returns void
    language plpgsql as $$
begin
    perform grant_administration_with_audit_events(role_name);
    execute format('revoke insert on audit_event from %I', role_name);
end
$$;
comment on function grant_administration is
    'Gives a role what administration needs: writing policies, attribute trust, namespaces and withdrawals, reading their history';

do $$
declare
    ours regprocedure;
begin
    foreach ours in array array[
        'states_callers()', 'administration_setting(text, integer)', 'audit_event_written()', 'api_token_written()', 'grant_administration(name)']::regprocedure[]
    loop
        execute format('alter function %s set search_path = %I, pg_temp', ours, current_schema());
        execute format('revoke execute on function %s from public', ours);
    end loop;
    if exists (select from pg_roles where rolname = 'mesos_iam_admin') then
        execute 'revoke insert on audit_event from mesos_iam_admin';
    end if;
end
$$;
