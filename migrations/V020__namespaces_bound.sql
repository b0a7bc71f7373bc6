-- A namespace bounds its policies, and those of every namespace below it.
--
-- Each bound that is set holds for the policies of its namespace and of all namespaces below. The bounds of a namespace and of all its ancestors
-- hold together, so a namespace can only narrow what its parent allows. A trigger refuses a policy outside of them, whoever writes it. Rows that
-- were there before a namespace was narrowed stay: controllers give nothing for them and report them.
--
-- Bounds of a session policy follow from AWS STS: AssumeRole takes one inline session policy of at most 2,048 characters.

-- Shapes of bounds -----------------------------------------------------------------------------------------------------------

create function is_bound_list(texts text[]) returns boolean
    language sql immutable strict parallel safe
    return coalesce(array_ndims(texts), 1) = 1 and array_position(texts, null) is null and cardinality(texts) <= 100;
comment on function is_bound_list is 'Whether it is a list of at most 100 texts';

create function are_arn_patterns(patterns text[]) returns boolean
    language sql immutable strict parallel safe
    return not exists (select from unnest(patterns) as pattern where char_length(pattern) > 640 or pattern !~ '^[!-~]+$');
comment on function are_arn_patterns is 'Whether each is a pattern for ARNs: 1 to 640 printable ASCII characters without spaces';

create function are_aws_accounts(accounts text[]) returns boolean
    language sql immutable strict parallel safe
    return not exists (select from unnest(accounts) as account where account !~ '^[0-9]{12}$');
comment on function are_aws_accounts is 'Whether each is the id of an AWS account: 12 digits';

create function are_mesos_texts(texts text[]) returns boolean
    language sql immutable strict parallel safe
    return not exists (select from unnest(texts) as each_text where not is_mesos_text(each_text));
comment on function are_mesos_texts is 'Whether Mesos can show each as a name';

create function are_mesos_roles(roles text[]) returns boolean
    language sql immutable strict parallel safe
    return not exists (select from unnest(roles) as mesos_role where not (is_mesos_text(mesos_role) and is_mesos_role(mesos_role)));
comment on function are_mesos_roles is 'Whether Mesos allows each as a role';

-- Spaces between the tokens are left out; what is within a text stays.
create function compact_json(document json) returns text
    language sql immutable strict parallel safe
    return regexp_replace(document::text, '("(?:[^"\\]|\\.)*")|[ \t\n\r]+', '\1', 'g');
comment on function compact_json is 'The JSON text without the spaces between its tokens';

create function is_deny_list(statements json) returns boolean
    language sql immutable strict parallel safe
    return case when json_typeof(statements) <> 'array' then false else
        json_array_length(statements) between 1 and 20
        and not exists (
            select from json_array_elements(statements) as statement
            where case when json_typeof(statement) <> 'object' then true else
                (statement ->> 'Effect') is distinct from 'Deny'
                or (select count(*) <> count(distinct key)
                        or bool_or(key not in ('Effect', 'Action', 'NotAction', 'Resource', 'NotResource', 'Condition'))
                        or count(*) filter (where key in ('Action', 'NotAction')) <> 1
                        or count(*) filter (where key in ('Resource', 'NotResource')) <> 1
                    from json_object_keys(statement) as key) end) end;
comment on function is_deny_list is
    'Whether it is a list of 1 to 20 statements of an IAM policy that deny: [{"Effect": "Deny", "Action": "iam:*", "Resource": "*"}]';

-- Bounds ---------------------------------------------------------------------------------------------------------------------

alter table namespace
    add column iam_role_arns text[],
    add column aws_accounts text[],
    add column mesos_roles text[],
    add column framework_principals text[],
    add column longest_ttl interval,
    add column session_policy_floor json,
    add column trusted_selectors_only boolean not null default false,
    add column sensitive_only boolean not null default false,
    add constraint namespace_iam_role_arns_list check (is_bound_list(iam_role_arns)),
    add constraint namespace_iam_role_arns_form check (are_arn_patterns(iam_role_arns)),
    add constraint namespace_aws_accounts_list check (is_bound_list(aws_accounts)),
    add constraint namespace_aws_accounts_form check (are_aws_accounts(aws_accounts)),
    add constraint namespace_mesos_roles_list check (is_bound_list(mesos_roles)),
    add constraint namespace_mesos_roles_form check (are_mesos_roles(mesos_roles)),
    add constraint namespace_framework_principals_list check (is_bound_list(framework_principals)),
    add constraint namespace_framework_principals_form check (are_mesos_texts(framework_principals)),
    add constraint namespace_longest_ttl_range check (longest_ttl between '1 minute' and '365 days'),
    add constraint namespace_session_policy_floor_characters check (
        session_policy_floor::text !~ '[^\u0009\u000A\u000D\u0020-\u00FF]'),
    add constraint namespace_session_policy_floor_escapes check (has_json_escapes_of_text(session_policy_floor)),
    add constraint namespace_session_policy_floor_length check (char_length(session_policy_floor::text) <= 1500),
    add constraint namespace_session_policy_floor_shape check (is_deny_list(session_policy_floor));

comment on table namespace is 'The tree that policies belong to. Each namespace bounds its policies and those of the namespaces below it';
comment on column namespace.iam_role_arns is
    'Patterns for the IAM roles that policies may give: * stands for any characters or none, / included, ? for one. null: all, {}: none';
comment on column namespace.aws_accounts is 'The AWS accounts of the IAM roles that policies may give. null: all, {}: none';
comment on column namespace.mesos_roles is
    'The Mesos roles whose tasks policies concern, with those below them: eng covers eng/data. null: all, {}: none';
comment on column namespace.framework_principals is 'The framework principals whose tasks policies concern. null: all, {}: none';
comment on column namespace.longest_ttl is 'The longest lease_ttl of an allow, which then needs one; null: no limit';
comment on column namespace.session_policy_floor is
    'Statements that deny, a part of the session policy of every session: [{"Effect": "Deny", "Action": "iam:*", "Resource": "*"}]';
comment on column namespace.trusted_selectors_only is
    'true: an allow needs a selector that is not self-asserted: framework_principal, or one that attribute_trust states';
comment on column namespace.sensitive_only is 'true: an allow needs sensitive = true';
comment on constraint namespace_iam_role_arns_list on namespace is 'iam_role_arns: at most 100';
comment on constraint namespace_iam_role_arns_form on namespace is
    'iam_role_arns: patterns of 1 to 640 printable ASCII characters without spaces: {arn:aws:iam::123456789012:role/data-*}';
comment on constraint namespace_aws_accounts_list on namespace is 'aws_accounts: at most 100';
comment on constraint namespace_aws_accounts_form on namespace is 'aws_accounts: 12 digits each';
comment on constraint namespace_mesos_roles_list on namespace is 'mesos_roles: at most 100';
comment on constraint namespace_mesos_roles_form on namespace is
    'mesos_roles: each is a role as Mesos allows it, of at most 512 bytes: {eng/data}';
comment on constraint namespace_framework_principals_list on namespace is 'framework_principals: at most 100';
comment on constraint namespace_framework_principals_form on namespace is
    'framework_principals: 1 to 512 bytes each, without control characters and U+FFFD';
comment on constraint namespace_longest_ttl_range on namespace is 'longest_ttl: 1 minute to 365 days';
comment on constraint namespace_session_policy_floor_characters on namespace is
    'session_policy_floor: STS takes tab, line ends and the characters U+0020 to U+00FF only';
comment on constraint namespace_session_policy_floor_escapes on namespace is
    'session_policy_floor: no U+0000 and no half of a surrogate pair';
comment on constraint namespace_session_policy_floor_length on namespace is 'session_policy_floor: at most 1,500 characters';
comment on constraint namespace_session_policy_floor_shape on namespace is
    'session_policy_floor: a list of 1 to 20 statements with Effect "Deny", Action or NotAction, Resource or NotResource, and perhaps Condition; nothing else, no Sid either';

-- What is within them --------------------------------------------------------------------------------------------------------

create function namespace_and_ancestors(path text) returns text[]
    language sql immutable strict parallel safe
    return case when path = '/' then array['/'] else
        array['/'] || array(
            select '/' || array_to_string((string_to_array(substr(path, 2), '/'))[1:depth], '/')
            from generate_series(1, cardinality(string_to_array(substr(path, 2), '/'))) as depth
            order by depth) end;
comment on function namespace_and_ancestors is 'The path and all those above it, the root first';

create function matches_arn_pattern(arn text, pattern text) returns boolean
    language sql immutable strict parallel safe
    return arn like translate(replace(replace(replace(pattern, '\', '\\'), '%', '\%'), '_', '\_'), '*?', '%_');
comment on function matches_arn_pattern is 'Whether the pattern matches the whole text: * stands for any characters or none, ? for one';

create function is_within_mesos_role(mesos_role text, roles text[]) returns boolean
    language sql immutable strict parallel safe
    return exists (
        select from unnest(roles) as bound where mesos_role = bound or starts_with(mesos_role, bound || '/'));
comment on function is_within_mesos_role is 'Whether it is one of the roles or below one';

-- The same as SessionPolicyFloor of the controllers makes it, without the spaces between the tokens.
create function session_policy_length(session_policy json, has_arns boolean, floor_length integer) returns integer
    language sql immutable parallel safe
    return case
        when session_policy is null and has_arns then floor_length + 39
        when session_policy is null then floor_length + 39 + 47
        when json_typeof(session_policy -> 'Statement') = 'array'
            then floor_length + 39 + char_length(compact_json(session_policy -> 'Statement')) - 1
        else floor_length + 39 + char_length(compact_json(session_policy -> 'Statement')) + 1 end;
comment on function session_policy_length is 'How many characters the session policy has together with the statements of the namespaces';

create function session_policy_takes_floor(session_policy json) returns boolean
    language sql immutable strict parallel safe
    return (session_policy ->> 'Version') is not distinct from '2012-10-17'
        and not exists (
            select from json_object_keys(session_policy) as key where key not in ('Version', 'Id', 'Statement'));
comment on function session_policy_takes_floor is
    'Whether statements of a namespace keep their meaning in it: its Version is 2012-10-17, and it has Version, Id and Statement only';

-- It locks the namespaces, so that none is narrowed between this check and the commit. Security definer: the lock needs a right to update.
create function policy_within_bounds() returns trigger
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
comment on function policy_within_bounds is
    'Refuses an enabled policy outside the bounds of its namespace and of those above, and names the column, the namespace and the bound';

create function has_trusted_selector(candidate policy) returns boolean
    language plpgsql stable as $$
begin
    return candidate.framework_principal is not null or exists (
        select from attribute_trust as stated
        where case stated.attribute
            when 'framework_name' then candidate.framework_name is not null
            when 'mesos_role' then candidate.mesos_role is not null
            when 'task_name' then candidate.task_name is not null
            when 'task_user' then candidate.task_user is not null
            when 'image' then candidate.image is not null
            when 'label' then exists (
                select from json_array_elements(candidate.labels) as label
                where stated.key is null or label ->> 'key' = stated.key)
            when 'agent_attribute' then exists (
                select from json_object_keys(candidate.agent_attributes) as key where stated.key is null or key = stated.key)
            else false end);
end
$$;
comment on function has_trusted_selector is
    'Whether the policy selects by the framework''s principal, or by an attribute that attribute_trust states for a framework';

do $$
declare
    ours regprocedure;
begin
    foreach ours in array array['policy_within_bounds()', 'has_trusted_selector(policy)']::regprocedure[]
    loop
        execute format('alter function %s set search_path = %I, pg_temp', ours, current_schema());
        execute format('revoke execute on function %s from public', ours);
    end loop;
end
$$;

create constraint trigger policy_within_bounds after insert or update on policy
    for each row execute function policy_within_bounds();
comment on constraint policy_within_bounds on policy is
    'iam_role_arn, lease_ttl, sensitive, mesos_role, framework_principal, session_policy: within the bounds of the namespace and of all above it; the error names the column, the namespace and the bound';
