-- API tokens: with what programs sign in to the API.
--
-- A token is 32 random bytes; the row has its SHA-256, which can't be turned back. Rows are never deleted by a controller: a revoked token
-- stays, so that audit events that name it can be understood. psql users may insert and revoke; a trigger writes the audit event.

create table api_token (
    id uuid not null default gen_random_uuid(),
    name text not null,
    hash bytea not null,
    roles text[] not null,
    created_at timestamptz not null default now(),
    created_by text not null default 'database',
    expires_at timestamptz not null,
    last_used_at timestamptz,
    revoked_at timestamptz,
    revoked_by text,
    constraint api_token_pkey primary key (id),
    constraint api_token_name_form check (name ~ '^[a-z0-9]([a-z0-9._-]{0,62}[a-z0-9])?$'),
    constraint api_token_hash_length check (octet_length(hash) = 32),
    constraint api_token_hash_unique unique (hash),
    constraint api_token_roles_form check (
        cardinality(roles) between 1 and 32 and array_position(roles, null) is null and array_to_string(roles, ' ')
            ~ '^(viewer|operator|namespace-admin|spawner|admin|auditor)(:/|:(/[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?){1,8})?( (viewer|operator|namespace-admin|spawner|admin|auditor)(:/|:(/[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?){1,8})?)*$'),
    constraint api_token_created_by_length check (char_length(created_by) between 1 and 255),
    constraint api_token_expires_at_after check (expires_at > created_at and expires_at <= created_at + interval '366 days')
);
create unique index api_token_name_once on api_token (name) where revoked_at is null;
comment on table api_token is 'The API tokens. A controller follows this table: a change takes effect within a second';
comment on column api_token.id is 'Names the token in the API';
comment on column api_token.name is 'Who has the token; audit events show it as token:name';
comment on column api_token.hash is 'SHA-256 of the token''s text, mia_ included';
comment on column api_token.roles is 'What its bearer may do: role, or role:/namespace';
comment on column api_token.created_at is 'When it was made, by the database''s clock. Set by the database alone';
comment on column api_token.created_by is 'The caller of the API that made it; database:user for a row made in SQL';
comment on column api_token.expires_at is 'From when on it is refused';
comment on column api_token.last_used_at is 'When a controller last accepted it, at most a minute late';
comment on column api_token.revoked_at is 'From when on it is refused, although it has not expired; null: it is valid. Any time that is written revokes it, the database sets the time';
comment on column api_token.revoked_by is 'The caller of the API that revoked it; database:user for SQL';
comment on constraint api_token_pkey on api_token is 'id is unique';
comment on constraint api_token_name_form on api_token is 'name: 1 to 64 lower-case letters, digits or inner . _ -';
comment on constraint api_token_hash_length on api_token is 'hash: 32 bytes';
comment on constraint api_token_hash_unique on api_token is 'hash: each token once';
comment on constraint api_token_roles_form on api_token is 'roles: 1 to 32 of role or role:/namespace';
comment on constraint api_token_created_by_length on api_token is 'created_by: 1 to 255 characters';
comment on constraint api_token_expires_at_after on api_token is 'expires_at: after created_at, by at most 366 days';
comment on index api_token_name_once is 'name: one token that is not revoked';

-- Who and when ---------------------------------------------------------------------------------------------------------------

-- A controller's user has the role mesos_iam_app or mesos_iam_admin, or owns the table, and names the caller itself; every other user is named here.
create function api_token_written() returns trigger
    language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
    controller boolean = exists (
        select from pg_roles where pg_has_role(session_user, oid, 'member')
            and (rolname in ('mesos_iam_app', 'mesos_iam_admin') or oid = (select relowner from pg_class where pg_class.oid = tg_relid)))
        and current_setting('mesos_iam.caller', true) <> '';
    who text = case when controller then left(current_setting('mesos_iam.caller', true), 255)
        else left('database:' || session_user, 255) end;
begin
    if tg_op = 'INSERT' then
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
comment on function api_token_written is 'Sets who made and revoked a token and when; refuses any other change';
create trigger api_token_written before insert or update on api_token
    for each row execute function api_token_written();

create function api_token_audited() returns trigger
    language plpgsql security definer as $$
declare
    kept api_token;
    done text = case when tg_op = 'INSERT' then 'created' when tg_op = 'DELETE' then 'deleted' else 'revoked' end;
begin
    kept = case tg_op when 'DELETE' then old else new end;
    insert into audit_event (kind, actor, request_id, message, detail)
    values (
        'token.' || done,
        case tg_op when 'INSERT' then kept.created_by when 'UPDATE' then kept.revoked_by
            else left('database:' || session_user, 255) end,
        nullif(left(current_setting('mesos_iam.request_id', true), 128), ''),
        'token ' || kept.name || ' ' || done,
        jsonb_build_object('tokenId', kept.id, 'subject', kept.name, 'roles', to_jsonb(kept.roles), 'expiresAt', kept.expires_at));
    return null;
end
$$;
comment on function api_token_audited is 'Writes an audit event for each token that is made, revoked or deleted';
create trigger api_token_created after insert or delete on api_token
    for each row execute function api_token_audited();
create trigger api_token_revoked after update of revoked_at on api_token
    for each row when (old.revoked_at is null and new.revoked_at is not null) execute function api_token_audited();

create function api_token_changed() returns trigger
    language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    perform pg_notify('api_token', '');
    return null;
end
$$;
comment on function api_token_changed is 'Notifies controllers to read the tokens again';
create trigger api_token_changed after insert or delete or truncate or update of revoked_at on api_token
    for each statement execute function api_token_changed();

-- Rights ---------------------------------------------------------------------------------------------------------------------

create or replace function grant_application(role_name name) returns void
    language plpgsql as $$
begin
    execute format('grant usage on schema %I to %I', current_schema(), role_name);
    execute format('grant select on namespace, policy, attribute_trust, policy_version to %I', role_name);
    execute format('grant select, insert, update, delete on agent, lease, withdrawal to %I', role_name);
    execute format('grant select, insert on audit_event to %I', role_name);
    execute format('grant select, insert on api_token to %I', role_name);
    execute format('grant update (last_used_at, revoked_at) on api_token to %I', role_name);
end
$$;

do $$
declare
    ours regprocedure;
begin
    for ours in
        select oid::regprocedure from pg_proc
        where pronamespace = current_schema()::regnamespace
            and proname in ('api_token_written', 'api_token_audited', 'api_token_changed', 'grant_application')
    loop
        execute format('revoke execute on function %s from public', ours);
    end loop;
    execute format('alter function api_token_audited() set search_path = %I, pg_temp', current_schema());
    execute format('alter function grant_application(name) set search_path = %I, pg_temp', current_schema());
    if exists (select from pg_roles where rolname = 'mesos_iam_app') then
        perform grant_application('mesos_iam_app');
    end if;
end
$$;
