-- Namespaces are written by the API: each has an id and a version, and every version is kept, as those of policies are.
--
-- A trigger keeps each version, so a change by psql is one too. In these rows and in the audit event, mesos_iam.caller, mesos_iam.reason and
-- mesos_iam.request_id count as they do for policies: only from users with one of the controllers' roles.

-- Versions of a namespace ----------------------------------------------------------------------------------------------------

alter table namespace
    add column id uuid not null default gen_random_uuid(),
    add column version bigint not null default 1,
    add column created_by text,
    add column updated_at timestamptz not null default now(),
    add column updated_by text,
    add constraint namespace_id_unique unique (id);
comment on column namespace.id is
    'Identifies the namespace: one that is deleted and created again with the same path is another one. Set by the database alone';
comment on column namespace.version is
    'Which version of the namespace the row is: 1 at first, one more with each change. Set by the database alone';
comment on column namespace.created_by is
    'The database user that made the row. Set by the database alone; null in rows from before this column';
comment on column namespace.updated_at is
    'When the row was last changed, by the database''s clock; in rows from before this column when it was added. Set by the database alone';
comment on column namespace.updated_by is
    'The database user that wrote the row last. Set by the database alone; null in rows from before this column';
comment on constraint namespace_id_unique on namespace is 'id is unique';

create function namespace_revised() returns trigger
    language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    new.updated_at = now();
    new.updated_by = session_user;
    if tg_op = 'INSERT' then
        new.version = 1;
        new.created_by = session_user;
    else
        new.id = old.id;
        new.version = old.version + 1;
        new.created_by = old.created_by;
    end if;
    return new;
end
$$;
comment on function namespace_revised is 'Sets version, and who made and changed the row and when; keeps id';
revoke execute on function namespace_revised() from public;

create trigger namespace_revised before insert or update on namespace
    for each row execute function namespace_revised();

create table namespace_revision (
    namespace_id uuid not null,
    version bigint not null,
    operation text not null,
    path text not null,
    content json not null,
    changed_at timestamptz not null default now(),
    database_user text not null default session_user,
    caller text,
    reason text,
    request_id text,
    constraint namespace_revision_pkey primary key (namespace_id, version),
    constraint namespace_revision_version_positive check (version > 0),
    constraint namespace_revision_operation_known check (operation in ('existing', 'insert', 'update', 'delete')),
    constraint namespace_revision_caller_length check (char_length(caller) between 1 and 255),
    constraint namespace_revision_reason_length check (char_length(reason) between 1 and 1024),
    constraint namespace_revision_request_id_length check (char_length(request_id) between 1 and 128)
);
create index namespace_revision_by_path on namespace_revision (path, changed_at);
comment on table namespace_revision is 'Every version of every namespace, also of deleted ones. A trigger writes it; rows never change';
comment on column namespace_revision.namespace_id is 'The namespace. No reference: the history of a deleted namespace stays';
comment on column namespace_revision.version is 'The version that the change made; of a deletion one more than the last';
comment on column namespace_revision.operation is 'insert, update, delete; existing: the namespace is from before this table';
comment on column namespace_revision.path is 'The namespace''s path in this version';
comment on column namespace_revision.content is 'The row as the change left it; of a deletion the row that was deleted';
comment on column namespace_revision.changed_at is 'When the transaction began that made the change, by the database''s clock';
comment on column namespace_revision.database_user is 'The database user that made the change (session_user)';
comment on column namespace_revision.caller is 'The signed-in caller of the API; null for a change by SQL';
comment on column namespace_revision.reason is 'Why, as the caller stated it';
comment on column namespace_revision.request_id is 'The request of the API, as in the log';
comment on constraint namespace_revision_pkey on namespace_revision is 'namespace_id and version are unique';
comment on constraint namespace_revision_version_positive on namespace_revision is 'version: 1 or more';
comment on constraint namespace_revision_operation_known on namespace_revision is 'operation: existing, insert, update or delete';
comment on constraint namespace_revision_caller_length on namespace_revision is 'caller: 1 to 255 characters';
comment on constraint namespace_revision_reason_length on namespace_revision is 'reason: 1 to 1,024 characters';
comment on constraint namespace_revision_request_id_length on namespace_revision is 'request_id: 1 to 128 characters';

create function namespace_revision_is_final() returns trigger
    language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    raise exception 'a version of a namespace is never changed'
        using errcode = 'restrict_violation', constraint = 'namespace_revision_is_final', table = 'namespace_revision';
end
$$;
comment on function namespace_revision_is_final is 'Refuses to change a version of a namespace; the owner can delete old ones';
revoke execute on function namespace_revision_is_final() from public;

create trigger namespace_revision_is_final before update on namespace_revision
    for each row execute function namespace_revision_is_final();

insert into namespace_revision (namespace_id, version, operation, path, content)
select id, version, 'existing', path, row_to_json(namespace) from namespace;

create function namespace_kept() returns trigger
    language plpgsql security definer as $$
declare
    kept namespace;
begin
    kept = case tg_op when 'DELETE' then old else new end;
    insert into namespace_revision (namespace_id, version, operation, path, content, caller, reason, request_id)
    values (
        kept.id, kept.version + case tg_op when 'DELETE' then 1 else 0 end, lower(tg_op), kept.path, row_to_json(kept),
        administration_setting('caller', 255), administration_setting('reason', 1024), administration_setting('request_id', 128));
    return null;
end
$$;
comment on function namespace_kept is 'Keeps each version of a namespace';

create function namespaces_emptied() returns trigger
    language plpgsql security definer as $$
begin
    insert into namespace_revision (namespace_id, version, operation, path, content)
    select id, version + 1, 'delete', path, row_to_json(namespace) from namespace;
    insert into audit_event (kind, actor, message, detail)
    select 'namespace.deleted', left('database:' || session_user, 255), 'namespace ' || path || ' deleted by truncate',
        jsonb_build_object('subject', path, 'version', version)
    from namespace;
    return null;
end
$$;
comment on function namespaces_emptied is 'Before a TRUNCATE: keeps the deletion of each namespace, as namespace_kept does for a DELETE';

create trigger namespace_kept after insert or update or delete on namespace
    for each row execute function namespace_kept();
create trigger namespaces_emptied before truncate on namespace
    for each statement execute function namespaces_emptied();

-- Rights ---------------------------------------------------------------------------------------------------------------------

-- The function that gives a role its rights calls the former one, whichever migration made it.
alter function grant_administration(name) rename to grant_administration_before_namespace_versions;
create function grant_administration(role_name name) returns void
    language plpgsql as $$
begin
    perform grant_administration_before_namespace_versions(role_name);
    execute format('grant select on namespace_revision to %I', role_name);
end
$$;
comment on function grant_administration is
    'Gives a role what administration needs: writing policies, attribute trust, namespaces and withdrawals, reading their history';
revoke execute on function grant_administration(name) from public;

do $$
declare
    ours regprocedure;
begin
    foreach ours in array array['namespace_kept()', 'namespaces_emptied()', 'grant_administration(name)']::regprocedure[]
    loop
        execute format('alter function %s set search_path = %I, pg_temp', ours, current_schema());
        execute format('revoke execute on function %s from public', ours);
    end loop;
    if exists (select from pg_roles where rolname = 'mesos_iam_admin') then
        execute 'grant select on namespace_revision to mesos_iam_admin';
    end if;
end
$$;
