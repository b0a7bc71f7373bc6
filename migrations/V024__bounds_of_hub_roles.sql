-- Namespaces bound hub roles, and no policy below the root states another origin than its own.
--
-- Before, via_role_arn was not compared with any bound, a policy of any namespace could send default tags with values of its own, a controller's
-- withdrawal had two audit events, and a trusted attribute that was copied with a blank was accepted and trusted nothing.
--
-- A hub role that an existing namespace doesn't list puts its policies out of bounds: set via_role_arns of these namespaces. Rows from before
-- that another constraint refuses stay: the constraint is then NOT VALID, and a warning names it.

-- Hub roles ------------------------------------------------------------------------------------------------------------------

alter table namespace
    add column via_role_arns text[],
    add constraint namespace_via_role_arns_list check (is_bound_list(via_role_arns)),
    add constraint namespace_via_role_arns_form check (are_arn_patterns(via_role_arns));
comment on column namespace.via_role_arns is
    'Patterns for the hub roles that policies may go through, as in iam_role_arns. null: those within iam_role_arns and aws_accounts, {}: none';
comment on constraint namespace_via_role_arns_list on namespace is 'via_role_arns: at most 100';
comment on constraint namespace_via_role_arns_form on namespace is
    'via_role_arns: patterns of 1 to 640 printable ASCII characters without spaces: {arn:aws:iam::123456789012:role/hub}';

-- It locks the namespaces, so that none is narrowed between this check and the commit. Security definer: the lock needs a right to update.
create or replace function policy_within_bounds() returns trigger
    language plpgsql security definer as $$
declare
    bound namespace%rowtype;
    offending text;
    problem text;
    floor_length integer = 0;
    floored text;
begin
    if not new.enabled then
        return null;
    end if;
    for bound in
        select * from namespace where path = any (namespace_and_ancestors(new.namespace))
        order by char_length(path) for share
    loop
        if new.mesos_role is not null and not is_within_mesos_role(new.mesos_role, bound.mesos_roles) then
            offending = 'mesos_role';
            problem = format('%s is outside mesos_roles of namespace %s', new.mesos_role, bound.path);
        elsif new.framework_principal is not null and new.framework_principal <> all (bound.framework_principals) then
            offending = 'framework_principal';
            problem = format('%s is outside framework_principals of namespace %s', new.framework_principal, bound.path);
        elsif new.effect <> 'allow' then
            null;
        elsif not exists (
                select from unnest(coalesce(bound.iam_role_arns, '{*}')) as pattern where matches_arn_pattern(new.iam_role_arn, pattern)) then
            offending = 'iam_role_arn';
            problem = format('%s is outside iam_role_arns of namespace %s', new.iam_role_arn, bound.path);
        elsif split_part(new.iam_role_arn, ':', 5) <> all (bound.aws_accounts) then
            offending = 'iam_role_arn';
            problem = format('%s is outside aws_accounts of namespace %s', new.iam_role_arn, bound.path);
        elsif new.via_role_arn is not null and not exists (
                select from unnest(coalesce(bound.via_role_arns, bound.iam_role_arns, '{*}')) as pattern
                where matches_arn_pattern(new.via_role_arn, pattern)) then
            offending = 'via_role_arn';
            problem = format('%s is outside %s of namespace %s', new.via_role_arn,
                case when bound.via_role_arns is null then 'iam_role_arns' else 'via_role_arns' end, bound.path);
        elsif bound.via_role_arns is null and split_part(new.via_role_arn, ':', 5) <> all (bound.aws_accounts) then
            offending = 'via_role_arn';
            problem = format('%s is outside aws_accounts of namespace %s', new.via_role_arn, bound.path);
        elsif bound.longest_ttl is not null and new.lease_ttl is null then
            offending = 'lease_ttl';
            problem = format('it is needed: longest_ttl of namespace %s is %s s', bound.path, extract(epoch from bound.longest_ttl)::bigint);
        elsif extract(epoch from new.lease_ttl)::bigint > extract(epoch from bound.longest_ttl)::bigint then
            offending = 'lease_ttl';
            problem = format('%s s is longer than longest_ttl of namespace %s, %s s', extract(epoch from new.lease_ttl)::bigint, bound.path,
                extract(epoch from bound.longest_ttl)::bigint);
        elsif bound.sensitive_only and not new.sensitive then
            offending = 'sensitive';
            problem = format('it is false, but sensitive_only of namespace %s is true', bound.path);
        elsif bound.trusted_selectors_only and not has_trusted_selector(new) then
            offending = 'framework_principal';
            problem = format('no selector is trusted, but trusted_selectors_only of namespace %s is true', bound.path);
        end if;
        exit when problem is not null;
        if bound.session_policy_floor is not null then
            -- the list without its brackets, and a comma
            floor_length = floor_length + char_length(compact_json(bound.session_policy_floor)) - 2
                + case when floored is null then 0 else 1 end;
            floored = bound.path;
        end if;
    end loop;
    if problem is null and new.effect = 'allow' and floored is not null then
        offending = 'session_policy';
        if not session_policy_takes_floor(new.session_policy) then
            problem = format('it needs "Version": "2012-10-17", Statement and perhaps Id, nothing else, because session_policy_floor of namespace %s is set',
                floored);
        elsif session_policy_length(new.session_policy, new.session_policy_arns <> '{}', floor_length) > 2048 then
            problem = format('with session_policy_floor of namespace %s and those above it has %s characters, STS takes 2,048', floored,
                session_policy_length(new.session_policy, new.session_policy_arns <> '{}', floor_length));
        end if;
    end if;
    if problem is not null then
        raise exception '%: %', offending, problem
            using errcode = 'check_violation', constraint = 'policy_within_bounds', table = 'policy', column = offending,
                hint = 'See docs/namespaces.md';
    end if;
    return null;
end
$$;
comment on constraint policy_within_bounds on policy is
    'iam_role_arn, via_role_arn, lease_ttl, sensitive, mesos_role, framework_principal, session_policy: within the bounds of the namespace and of all above it; the error names the column, the namespace and the bound';

-- Default tags ---------------------------------------------------------------------------------------------------------------

create function has_default_tag(tags json) returns boolean
    language sql immutable strict parallel safe
    return case when json_typeof(tags) <> 'object' then false else
        exists (
            select from json_object_keys(tags) as key
            where lower(key) in ('mesos-cluster', 'mesos-framework', 'mesos-task', 'mesos-role', 'mesos-iam-namespace')) end;
comment on function has_default_tag is 'Whether it has the key of a default tag, in upper or lower case';

alter table policy add constraint policy_tags_of_origin check (namespace = '/' or not has_default_tag(tags)) not valid;
comment on constraint policy_tags_of_origin on policy is
    'tags: mesos-cluster, mesos-framework, mesos-task, mesos-role and mesos-iam-namespace state where a session comes from; only a policy of the namespace / can replace them';

-- Trusted attributes ---------------------------------------------------------------------------------------------------------

alter table attribute_trust
    add constraint attribute_trust_framework_principal_blanks check (not has_outer_blank(framework_principal)) not valid,
    add constraint attribute_trust_key_blanks check (not has_outer_blank(key)) not valid;
comment on constraint attribute_trust_framework_principal_blanks on attribute_trust is
    'framework_principal: no blank at its beginning or end';
comment on constraint attribute_trust_key_blanks on attribute_trust is 'key: no blank at its beginning or end';

do $$
declare
    ours text[];
begin
    foreach ours slice 1 in array array[
        ['policy', 'policy_tags_of_origin'],
        ['attribute_trust', 'attribute_trust_framework_principal_blanks'],
        ['attribute_trust', 'attribute_trust_key_blanks']]
    loop
        begin
            execute format('alter table %I validate constraint %I', ours[1], ours[2]);
        exception
            when check_violation then
                raise warning 'table % has rows that % refuses: see docs/policy.md, "Rows from before a constraint"', ours[1], ours[2];
        end;
    end loop;
end
$$;

-- One event for each withdrawal ----------------------------------------------------------------------------------------------

create function has_withdrawn_event(made jsonb) returns boolean
    language sql stable
    return made ->> 'policy_id' is null and made ->> 'iam_role_arn' is null and exists (
        select from audit_event
        where kind = 'lease.withdrawn' and xmin = pg_current_xact_id()::xid
            and framework_id::text = made ->> 'framework_id' and task_id::text = made ->> 'task_id'
            and mesos_agent_id::text = made ->> 'mesos_agent_id' and launch_sequence = (made ->> 'launch_sequence')::bigint
            and credential_name::text = made ->> 'credential_name');
comment on function has_withdrawn_event is
    'Whether this transaction has written an audit event of exactly this withdrawal, as a controller does when a time to live ends';

create or replace function administration_audited() returns trigger
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
    if tg_table_name = 'withdrawal' and tg_op = 'INSERT' and has_withdrawn_event(is_now) then
        return null;
    end if;
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

-- At the end of the transaction, because a controller writes its event after the row. A row without such an event always has this one.
drop trigger withdrawal_audited on withdrawal;
create trigger withdrawal_audited after update or delete on withdrawal
    for each row execute function administration_audited();
create constraint trigger withdrawal_created_audited after insert on withdrawal deferrable initially deferred
    for each row execute function administration_audited();
comment on constraint withdrawal_created_audited on withdrawal is
    'Refuses nothing: writes the audit event of a new row at the end of the transaction';

do $$
declare
    ours regprocedure;
begin
    foreach ours in array array['policy_within_bounds()', 'administration_audited()', 'has_withdrawn_event(jsonb)']::regprocedure[]
    loop
        execute format('alter function %s set search_path = %I, pg_temp', ours, current_schema());
        execute format('revoke execute on function %s from public', ours);
    end loop;
end
$$;
