-- Launch grants: a program asks for an IAM role just before it launches a task, and one launch gets it.
--
-- The row states the task: by its framework's principal and either its exact task id, or a label that has the id of the grant. A controller binds
-- the grant to the first launch that fits, once. It ends with the end of that launch, when it expires, or when it is revoked. The content never
-- changes, and a bound launch neither. A trigger refuses a grant outside the bounds of its namespace, as it does for policies: one function
-- compares both.

create table launch_grant (
    id uuid not null default gen_random_uuid(),
    namespace text not null default '/',
    iam_role_arn text not null,
    credential_name text not null default 'default',
    framework_principal text not null,
    mesos_role text,
    task_id text,
    session_policy json,
    sensitive boolean not null default false,
    expires_at timestamptz not null,
    version bigint not null default 1,
    changed_in xid8 not null default pg_current_xact_id(),
    made_at timestamptz not null default now(),
    made_by text not null default session_user,
    bound_at timestamptz,
    bound_framework_id mesos_id,
    bound_task_id mesos_id,
    bound_mesos_agent_id mesos_id,
    bound_container_id container_path,
    suspended_at timestamptz,
    suspended_reason text,
    ended_at timestamptz,
    ended_by text,
    end_reason text,
    constraint launch_grant_pkey primary key (id),
    constraint launch_grant_namespace_exists foreign key (namespace) references namespace (path),
    constraint launch_grant_iam_role_arn_form check (
        char_length(iam_role_arn) <= 640
        and iam_role_arn ~ ('^arn:(aws|aws-cn|aws-us-gov|aws-iso|aws-iso-b|aws-iso-e|aws-iso-f|aws-eusc)'
            || ':iam::[0-9]{12}:role/([!-.0-~]+/)*[A-Za-z0-9_+=,.@-]{1,64}$')),
    constraint launch_grant_iam_role_arn_path check (
        coalesce(char_length(substring(iam_role_arn from ':role(/.*/)')), 0) <= 512),
    constraint launch_grant_credential_name_form check (is_credential_name(credential_name)),
    constraint launch_grant_framework_principal_form check (is_mesos_text(framework_principal)),
    constraint launch_grant_framework_principal_blanks check (not has_outer_blank(framework_principal)),
    constraint launch_grant_mesos_role_form check (is_mesos_text(mesos_role)),
    constraint launch_grant_mesos_role_name check (is_mesos_role(mesos_role)),
    constraint launch_grant_task_id_form check (is_mesos_text(task_id)),
    constraint launch_grant_task_id_blanks check (not has_outer_blank(task_id)),
    constraint launch_grant_names_the_task check (num_nonnulls(mesos_role, task_id) > 0),
    constraint launch_grant_session_policy_characters check (session_policy::text !~ '[^\u0009\u000A\u000D\u0020-\u00FF]'),
    constraint launch_grant_session_policy_escapes check (has_json_escapes_of_text(session_policy)),
    constraint launch_grant_session_policy_length check (char_length(session_policy::text) <= 2048),
    constraint launch_grant_session_policy_shape check (is_policy_document(session_policy)),
    constraint launch_grant_expires_at_range check (
        expires_at between made_at + interval '1 minute' and made_at + interval '720 hours'),
    constraint launch_grant_bound_at_whole check (
        num_nonnulls(bound_at, bound_framework_id, bound_task_id, bound_mesos_agent_id, bound_container_id) in (0, 5)),
    constraint launch_grant_suspended_reason_length check (char_length(suspended_reason) between 1 and 1024),
    constraint launch_grant_suspended_at_reason check (num_nonnulls(suspended_at, suspended_reason) <> 1),
    constraint launch_grant_end_reason_known check (end_reason in ('revoked', 'task-ended', 'expired'))
);
create index launch_grant_open on launch_grant (namespace) where ended_at is null;
create index launch_grant_by_namespace on launch_grant (namespace, made_at);
create index launch_grant_by_change on launch_grant (changed_in);

comment on table launch_grant is
    'Each row gives an IAM role to one launch: the first one that fits. A task fits by its framework''s principal, its Mesos role, and its task id or a label mesos-iam/grant with the id of the row';
comment on column launch_grant.id is 'Random (UUID version 4): the value of the task''s label mesos-iam/grant. It narrows, it proves nothing. Set by the database alone';
comment on column launch_grant.namespace is 'The namespace whose bounds hold for it, with those of all namespaces above';
comment on column launch_grant.iam_role_arn is 'The IAM role that the launch gets';
comment on column launch_grant.credential_name is 'The name that the task asks for it by';
comment on column launch_grant.framework_principal is 'What the task''s framework authenticated as, in full';
comment on column launch_grant.mesos_role is
    'The Mesos role that the task''s resources are allocated to, or one above it: eng covers eng/data; null: any, the task id decides';
comment on column launch_grant.task_id is 'The exact id of the task, which then needs no label; null: the task has the label mesos-iam/grant with the id of this row';
comment on column launch_grant.session_policy is 'Inline session policy, which narrows what the IAM role gives; null: none';
comment on column launch_grant.sensitive is 'true: only a launch that a controller has witnessed gets it';
comment on column launch_grant.expires_at is 'When it ends at the latest, and its lease with it';
comment on column launch_grant.version is 'Which version of the row it is: 1 at first, one more with each change. Set by the database alone';
comment on column launch_grant.changed_in is
    'The transaction that wrote the row last: a controller reads the rows that changed since the oldest transaction of its last read. Set by the database alone';
comment on column launch_grant.made_at is 'When it was made, by the database''s clock. Set by the database alone';
comment on column launch_grant.made_by is 'The caller of the API that made it, else the database user. Set by the database alone';
comment on column launch_grant.bound_at is 'When a controller bound it to a launch, by the database''s clock; null: not bound yet. Set by the database alone';
comment on column launch_grant.bound_framework_id is 'The bound launch: its framework''s id. A controller sets it, once';
comment on column launch_grant.bound_task_id is 'The bound launch: its task id. A controller sets it, once';
comment on column launch_grant.bound_mesos_agent_id is 'The bound launch: the Mesos agent whose host it runs on. A controller sets it, once';
comment on column launch_grant.bound_container_id is
    'The bound launch: its container, which no later launch of the task id has; outer ids and slashes before the id of a nested one. A controller sets it, once';
comment on column launch_grant.suspended_at is
    'When a second launch claimed it, by the database''s clock: it gives nothing from then on; null: none has. Set by the database alone';
comment on column launch_grant.suspended_reason is 'Which launches claimed it. A controller sets it, once';
comment on column launch_grant.ended_at is
    'When it ended, by the database''s clock; null: it has not. Any time that is written here ends it for good, the database sets the time';
comment on column launch_grant.ended_by is 'The caller of the API that revoked it, else the database user. Set by the database alone';
comment on column launch_grant.end_reason is 'revoked: an operator or a program ended it; task-ended: with its launch; expired: at expires_at';

comment on constraint launch_grant_pkey on launch_grant is 'id is unique';
comment on constraint launch_grant_namespace_exists on launch_grant is 'namespace: an existing namespace; one with grants that have not ended stays';
comment on constraint launch_grant_iam_role_arn_form on launch_grant is
    'iam_role_arn: the ARN of an IAM role, at most 640 characters: arn:aws:iam::123456789012:role/name';
comment on constraint launch_grant_iam_role_arn_path on launch_grant is 'iam_role_arn: a path of at most 512 characters, as in IAM';
comment on constraint launch_grant_credential_name_form on launch_grant is 'credential_name: 1 to 64 lower-case letters, digits or inner hyphens';
comment on constraint launch_grant_framework_principal_form on launch_grant is
    'framework_principal: 1 to 512 bytes without control characters and U+FFFD';
comment on constraint launch_grant_framework_principal_blanks on launch_grant is 'framework_principal: no blank at its beginning or end';
comment on constraint launch_grant_mesos_role_form on launch_grant is 'mesos_role: 1 to 512 bytes without control characters and U+FFFD';
comment on constraint launch_grant_mesos_role_name on launch_grant is
    'mesos_role: * or parts with / between them, none of them empty, ., .., * or with a - at its beginning, and no spaces';
comment on constraint launch_grant_task_id_form on launch_grant is 'task_id: 1 to 512 bytes without control characters and U+FFFD';
comment on constraint launch_grant_task_id_blanks on launch_grant is 'task_id: no blank at its beginning or end';
comment on constraint launch_grant_names_the_task on launch_grant is 'mesos_role: set it, or task_id, or both';
comment on constraint launch_grant_session_policy_characters on launch_grant is
    'session_policy: STS takes tab, line ends and the characters U+0020 to U+00FF only';
comment on constraint launch_grant_session_policy_escapes on launch_grant is 'session_policy: no U+0000 and no half of a surrogate pair';
comment on constraint launch_grant_session_policy_length on launch_grant is 'session_policy: at most 2,048 characters';
comment on constraint launch_grant_session_policy_shape on launch_grant is
    'session_policy: a JSON object with at least one Statement and no key twice';
comment on constraint launch_grant_expires_at_range on launch_grant is 'expires_at: 1 minute to 30 days after it is made';
comment on constraint launch_grant_bound_at_whole on launch_grant is 'bound_at: with all columns of the bound launch, or with none';
comment on constraint launch_grant_suspended_reason_length on launch_grant is 'suspended_reason: 1 to 1,024 characters';
comment on constraint launch_grant_suspended_at_reason on launch_grant is 'suspended_at: with suspended_reason, or neither';
comment on constraint launch_grant_end_reason_known on launch_grant is 'end_reason: revoked, task-ended or expired';

-- What the database sets, and what never changes -----------------------------------------------------------------------------

create function launch_grant_written() returns trigger
    language plpgsql security definer as $$
declare
    writer text = coalesce(administration_setting('caller', 255), session_user);
begin
    new.changed_in = pg_current_xact_id();
    if tg_op = 'INSERT' then
        new.id = gen_random_uuid();
        new.version = 1;
        new.made_at = now();
        new.made_by = writer;
        new.bound_at = null;
        new.bound_framework_id = null;
        new.bound_task_id = null;
        new.bound_mesos_agent_id = null;
        new.bound_container_id = null;
        new.suspended_at = null;
        new.suspended_reason = null;
        new.ended_at = null;
        new.ended_by = null;
        new.end_reason = null;
        return new;
    end if;
    if (new.id, new.namespace, new.iam_role_arn, new.credential_name, new.framework_principal, new.mesos_role, new.task_id,
            new.session_policy::text, new.sensitive, new.expires_at)
        is distinct from (old.id, old.namespace, old.iam_role_arn, old.credential_name, old.framework_principal, old.mesos_role, old.task_id,
            old.session_policy::text, old.sensitive, old.expires_at) then
        raise exception 'a launch grant is never changed: end it, and make another one'
            using errcode = 'restrict_violation', constraint = 'launch_grant_is_final', table = 'launch_grant';
    end if;
    if old.bound_at is not null and (new.bound_framework_id, new.bound_task_id, new.bound_mesos_agent_id, new.bound_container_id)
            is distinct from (old.bound_framework_id, old.bound_task_id, old.bound_mesos_agent_id, old.bound_container_id) then
        raise exception 'a launch grant is bound once'
            using errcode = 'restrict_violation', constraint = 'launch_grant_bound_once', table = 'launch_grant';
    end if;
    new.version = old.version + 1;
    new.made_at = old.made_at;
    new.made_by = old.made_by;
    if old.ended_at is not null then
        new.bound_framework_id = old.bound_framework_id;
        new.bound_task_id = old.bound_task_id;
        new.bound_mesos_agent_id = old.bound_mesos_agent_id;
        new.bound_container_id = old.bound_container_id;
        new.suspended_at = old.suspended_at;
        new.suspended_reason = old.suspended_reason;
        new.ended_at = old.ended_at;
        new.ended_by = old.ended_by;
        new.end_reason = old.end_reason;
    elsif new.ended_at is not null then
        new.ended_at = now();
        new.ended_by = writer;
        new.end_reason = coalesce(new.end_reason, 'revoked');
    else
        new.ended_by = null;
        new.end_reason = null;
    end if;
    new.bound_at = coalesce(old.bound_at, case when new.bound_framework_id is not null then now() end);
    if old.suspended_at is not null then
        new.suspended_at = old.suspended_at;
        new.suspended_reason = old.suspended_reason;
    elsif new.suspended_at is not null then
        new.suspended_at = now();
    end if;
    return new;
end
$$;
comment on function launch_grant_written is
    'Sets who made, bound, suspended and ended a grant and when; refuses a change of its content and a second binding; keeps an end';

create trigger launch_grant_written before insert or update on launch_grant
    for each row execute function launch_grant_written();

create function launch_grant_changed() returns trigger
    language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    perform pg_notify('launch_grant', '');
    return null;
end
$$;
comment on function launch_grant_changed is 'Notifies the controllers to read the grants again';

create trigger launch_grant_changed after insert or update or delete or truncate on launch_grant
    for each statement execute function launch_grant_changed();

-- A namespace can be deleted although grants of it have ended; one that has not ended keeps it.
create function ended_grants_deleted() returns trigger
    language plpgsql security definer as $$
begin
    delete from launch_grant where namespace = old.path and ended_at is not null;
    return old;
end
$$;
comment on function ended_grants_deleted is 'Before a namespace is deleted: deletes its grants that have ended';

create trigger namespace_ended_grants before delete on namespace
    for each row execute function ended_grants_deleted();

-- Bounds ---------------------------------------------------------------------------------------------------------------------

-- It locks the namespaces, so that none is narrowed between this check and the commit. Security definer: the lock needs a right to update.
create function violated_bounds(candidate policy) returns table (offending text, problem text)
    language plpgsql security definer as $$
declare
    bound namespace%rowtype;
    floor_length integer = 0;
    floored text;
begin
    for bound in
        select * from namespace where path = any (namespace_and_ancestors(candidate.namespace))
        order by char_length(path) for share
    loop
        if candidate.mesos_role is not null and not is_within_mesos_role(candidate.mesos_role, bound.mesos_roles) then
            offending = 'mesos_role';
            problem = format('%s is outside mesos_roles of namespace %s', candidate.mesos_role, bound.path);
            return next;
        end if;
        if candidate.framework_principal is not null and candidate.framework_principal <> all (bound.framework_principals) then
            offending = 'framework_principal';
            problem = format('%s is outside framework_principals of namespace %s', candidate.framework_principal, bound.path);
            return next;
        end if;
        continue when candidate.effect <> 'allow';
        if not exists (
                select from unnest(coalesce(bound.iam_role_arns, '{*}')) as pattern where matches_arn_pattern(candidate.iam_role_arn, pattern)) then
            offending = 'iam_role_arn';
            problem = format('%s is outside iam_role_arns of namespace %s', candidate.iam_role_arn, bound.path);
            return next;
        end if;
        if split_part(candidate.iam_role_arn, ':', 5) <> all (bound.aws_accounts) then
            offending = 'iam_role_arn';
            problem = format('%s is outside aws_accounts of namespace %s', candidate.iam_role_arn, bound.path);
            return next;
        end if;
        if candidate.via_role_arn is not null and not exists (
                select from unnest(coalesce(bound.via_role_arns, bound.iam_role_arns, '{*}')) as pattern
                where matches_arn_pattern(candidate.via_role_arn, pattern)) then
            offending = 'via_role_arn';
            problem = format('%s is outside %s of namespace %s', candidate.via_role_arn,
                case when bound.via_role_arns is null then 'iam_role_arns' else 'via_role_arns' end, bound.path);
            return next;
        end if;
        if candidate.via_role_arn is not null and bound.via_role_arns is null
                and split_part(candidate.via_role_arn, ':', 5) <> all (bound.aws_accounts) then
            offending = 'via_role_arn';
            problem = format('%s is outside aws_accounts of namespace %s', candidate.via_role_arn, bound.path);
            return next;
        end if;
        if bound.longest_ttl is not null and candidate.lease_ttl is null then
            offending = 'lease_ttl';
            problem = format('it is needed: longest_ttl of namespace %s is %s s', bound.path, extract(epoch from bound.longest_ttl)::bigint);
            return next;
        end if;
        if extract(epoch from candidate.lease_ttl)::bigint > extract(epoch from bound.longest_ttl)::bigint then
            offending = 'lease_ttl';
            problem = format('%s s is longer than longest_ttl of namespace %s, %s s', extract(epoch from candidate.lease_ttl)::bigint, bound.path,
                extract(epoch from bound.longest_ttl)::bigint);
            return next;
        end if;
        if bound.sensitive_only and not candidate.sensitive then
            offending = 'sensitive';
            problem = format('it is false, but sensitive_only of namespace %s is true', bound.path);
            return next;
        end if;
        if bound.trusted_selectors_only and not has_trusted_selector(candidate) then
            offending = 'framework_principal';
            problem = format('no selector is trusted, but trusted_selectors_only of namespace %s is true', bound.path);
            return next;
        end if;
        if bound.session_policy_floor is not null then
            -- the list without its brackets, and a comma
            floor_length = floor_length + char_length(compact_json(bound.session_policy_floor)) - 2
                + case when floored is null then 0 else 1 end;
            floored = bound.path;
        end if;
    end loop;
    if floored is null then
        return;
    end if;
    offending = 'session_policy';
    if not session_policy_takes_floor(candidate.session_policy) then
        problem = format('it needs "Version": "2012-10-17", Statement and perhaps Id, nothing else, because session_policy_floor of namespace %s is set',
            floored);
        return next;
    elsif session_policy_length(candidate.session_policy, candidate.session_policy_arns <> '{}', floor_length) > 2048 then
        problem = format('with session_policy_floor of namespace %s and those above it has %s characters, STS takes 2,048', floored,
            session_policy_length(candidate.session_policy, candidate.session_policy_arns <> '{}', floor_length));
        return next;
    end if;
end
$$;
comment on function violated_bounds is
    'Every bound that a policy, or a grant in the form of one, violates: the column, and the namespace and the bound in words; those of the root first';

create or replace function policy_within_bounds() returns trigger
    language plpgsql security definer as $$
declare
    violated record;
begin
    if not new.enabled then
        return null;
    end if;
    select * into violated from violated_bounds(new) limit 1;
    if found then
        raise exception '%: %', violated.offending, violated.problem
            using errcode = 'check_violation', constraint = 'policy_within_bounds', table = 'policy', column = violated.offending,
                hint = 'See docs/namespaces.md';
    end if;
    return null;
end
$$;

create function launch_grant_within_bounds() returns trigger
    language plpgsql security definer as $$
declare
    candidate policy;
    violated record;
begin
    candidate.namespace = new.namespace;
    candidate.effect = 'allow';
    candidate.framework_principal = new.framework_principal;
    candidate.mesos_role = new.mesos_role;
    candidate.iam_role_arn = new.iam_role_arn;
    candidate.session_policy = new.session_policy;
    candidate.session_policy_arns = '{}';
    candidate.lease_ttl = new.expires_at - new.made_at;
    candidate.sensitive = new.sensitive;
    select case bounds.offending when 'lease_ttl' then 'expires_at' else bounds.offending end as offending, bounds.problem
    into violated from violated_bounds(candidate) as bounds limit 1;
    if found then
        raise exception '%: %', violated.offending, violated.problem
            using errcode = 'check_violation', constraint = 'launch_grant_within_bounds', table = 'launch_grant', column = violated.offending,
                hint = 'See docs/namespaces.md';
    end if;
    if (select count(*) from (
            select from launch_grant where namespace = new.namespace and ended_at is null and expires_at > now() limit 10001) as open) > 10000 then
        raise exception 'namespace: % has 10,000 grants that have not ended', new.namespace
            using errcode = 'check_violation', constraint = 'launch_grant_open_count', table = 'launch_grant', column = 'namespace',
                hint = 'See docs/grants.md';
    end if;
    return null;
end
$$;
comment on function launch_grant_within_bounds is
    'Refuses a grant outside the bounds of its namespace and of those above, and one more than 10,000 that have not ended in one namespace';

create constraint trigger launch_grant_within_bounds after insert on launch_grant
    for each row execute function launch_grant_within_bounds();
comment on constraint launch_grant_within_bounds on launch_grant is
    'iam_role_arn, expires_at, sensitive, mesos_role, framework_principal, session_policy: within the bounds of the namespace and of all above it; the error names the column, the namespace and the bound';

-- Leases and audit events name the grant -------------------------------------------------------------------------------------

alter table lease
    add column grant_id uuid,
    drop constraint lease_with_session_is_whole,
    add constraint lease_with_session_is_whole check (
        state not in ('active', 'renewing', 'failed')
        or (iam_role_arn is not null and num_nonnulls(policy_id, grant_id) = 1 and identity_hash is not null and session_name is not null));
comment on column lease.policy_id is 'The policy that gives it; null: a grant does. No reference: the row stays when the policy is deleted';
comment on column lease.grant_id is 'The launch grant that gives it; null: a policy does. No reference: the row stays when the grant is deleted';
comment on constraint lease_with_session_is_whole on lease is
    'state: a lease with a session has iam_role_arn, policy_id or grant_id, identity_hash and session_name';

alter table audit_event add column grant_id uuid;
comment on column audit_event.grant_id is 'The launch grant concerned';

create or replace function administration_audited() returns trigger
    language plpgsql security definer as $$
declare
    was jsonb = case when tg_op <> 'INSERT' then to_jsonb(old) else '{}' end;
    is_now jsonb = case when tg_op <> 'DELETE' then to_jsonb(new) else '{}' end;
    row_now jsonb = case tg_op when 'DELETE' then was else is_now end;
    secret text[] = '{external_id}';
    changed text[];
    done text = case tg_op when 'INSERT' then 'created' when 'UPDATE' then 'changed' else 'deleted' end;
    subject text = case tg_table_name when 'launch_grant' then row_now ->> 'id'
        else coalesce(nullif(row_now ->> 'namespace', '/') || '/', '') || coalesce(row_now ->> 'name', row_now ->> 'path', row_now ->> 'id') end;
    caller text = coalesce(administration_setting('caller', 255), left('database:' || session_user, 255));
    why text = administration_setting('reason', 1024);
begin
    if tg_table_name = 'withdrawal' and tg_op = 'INSERT' and has_withdrawn_event(is_now) then
        return null;
    end if;
    select coalesce(array_agg(key order by key), '{}') into changed
    from (select jsonb_object_keys(was || is_now) as key) as keys
    where was -> key is distinct from is_now -> key;
    insert into audit_event (kind, actor, policy_id, policy_version, grant_id, iam_role_arn, request_id, message, detail)
    values (
        replace(tg_table_name, '_', '-') || '.' || done,
        caller,
        case when tg_table_name = 'policy' then (row_now ->> 'id')::uuid else (row_now ->> 'policy_id')::uuid end,
        case when tg_table_name = 'policy' then (row_now ->> 'version')::bigint + case tg_op when 'DELETE' then 1 else 0 end end,
        case when tg_table_name = 'launch_grant' then (row_now ->> 'id')::uuid end,
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

create trigger launch_grant_audited after insert or update or delete on launch_grant
    for each row execute function administration_audited();

-- Rights ---------------------------------------------------------------------------------------------------------------------

alter function grant_application(name) rename to grant_application_before_launch_grants;
comment on function grant_application_before_launch_grants is 'A part of grant_application';
create function grant_application(role_name name) returns void
    language plpgsql as $$
begin
    perform grant_application_before_launch_grants(role_name);
    execute format('grant select on launch_grant to %I', role_name);
    execute format('grant update (bound_framework_id, bound_task_id, bound_mesos_agent_id, bound_container_id, suspended_at, suspended_reason,'
        || ' ended_at, end_reason) on launch_grant to %I', role_name);
end
$$;
comment on function grant_application is
    'Gives a role what controllers need: reading policies and grants, binding grants, keeping leases, adding audit events, denying sessions';

alter function grant_administration(name) rename to grant_administration_before_launch_grants;
comment on function grant_administration_before_launch_grants is 'A part of grant_administration';
create function grant_administration(role_name name) returns void
    language plpgsql as $$
begin
    perform grant_administration_before_launch_grants(role_name);
    execute format('grant select, insert, update (ended_at) on launch_grant to %I', role_name);
end
$$;
comment on function grant_administration is
    'Gives a role what administration needs: writing policies, attribute trust, namespaces, withdrawals and grants, reading their history';

do $$
declare
    ours regprocedure;
begin
    foreach ours in array array[
        'launch_grant_written()', 'launch_grant_changed()', 'ended_grants_deleted()', 'violated_bounds(policy)', 'policy_within_bounds()',
        'launch_grant_within_bounds()', 'administration_audited()', 'grant_application(name)', 'grant_administration(name)']::regprocedure[]
    loop
        execute format('alter function %s set search_path = %I, pg_temp', ours, current_schema());
        execute format('revoke execute on function %s from public', ours);
    end loop;
    if exists (select from pg_roles where rolname = 'mesos_iam_app') then
        perform grant_application('mesos_iam_app');
    end if;
    if exists (select from pg_roles where rolname = 'mesos_iam_admin') then
        execute 'grant select, insert, update (ended_at) on launch_grant to mesos_iam_admin';
    end if;
end
$$;
