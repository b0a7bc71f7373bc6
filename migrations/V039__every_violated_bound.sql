-- Every bound that a policy or a grant violates is named at once, and together with the other faults of a policy.
--
-- Before, the error named the first violated bound, and the next attempt the next one.

-- One line for each bound, as the text of an error. The column that an error names is that of the first line.
create function bounds_in_words(violated text[][]) returns text
    language sql immutable strict parallel safe
    return (
        select string_agg(violated[line][1] || ': ' || violated[line][2], E'\n' order by line)
        from generate_series(1, cardinality(violated) / 2) as line);
comment on function bounds_in_words is 'A line for each pair of a column and a violated bound';

create or replace function policy_within_bounds() returns trigger
    language plpgsql security definer as $$
declare
    violated text[][];
begin
    if not new.enabled then
        return null;
    end if;
    violated = array(select array[bounds.offending, bounds.problem] from violated_bounds(new) as bounds);
    if cardinality(violated) > 0 then
        raise exception '%', bounds_in_words(violated)
            using errcode = 'check_violation', constraint = 'policy_within_bounds', table = 'policy', column = violated[1][1],
                hint = 'See docs/namespaces.md';
    end if;
    return null;
end
$$;
comment on function policy_within_bounds is
    'Refuses an enabled policy outside the bounds of its namespace and of those above, and names each column, namespace and bound';
comment on constraint policy_within_bounds on policy is
    'iam_role_arn, via_role_arn, lease_ttl, sensitive, mesos_role, framework_principal, session_policy: within the bounds of the namespace and of all above it; the error has a line for each violated bound, with the column and the namespace';

create or replace function launch_grant_within_bounds() returns trigger
    language plpgsql security definer as $$
declare
    candidate policy;
    violated text[][];
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
    violated = array(
        select array[case bounds.offending when 'lease_ttl' then 'expires_at' else bounds.offending end, bounds.problem]
        from violated_bounds(candidate) as bounds);
    if cardinality(violated) > 0 then
        raise exception '%', bounds_in_words(violated)
            using errcode = 'check_violation', constraint = 'launch_grant_within_bounds', table = 'launch_grant', column = violated[1][1],
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
comment on constraint launch_grant_within_bounds on launch_grant is
    'iam_role_arn, expires_at, sensitive, mesos_role, framework_principal, session_policy: within the bounds of the namespace and of all above it; the error has a line for each violated bound, with the column and the namespace';

-- Bounds are compared with the columns that have no fault of their own. A selector with a fault may have been a trusted one.
create function policy_violations(candidate json, faulty text[], bounded boolean)
    returns table (constraint_name text, demand text)
    language plpgsql security definer as $$
declare
    one policy = json_populate_record(null::policy, candidate);
    without text[] = faulty;
    found record;
begin
    for found in select * from row_violations('policy', candidate) loop
        without = without || split_part(found.demand, ': ', 1);
        constraint_name = found.constraint_name;
        demand = found.demand;
        return next;
    end loop;
    if not bounded or not one.enabled or 'effect' = any (without) then
        return;
    end if;
    select * into one from json_populate_record(one, (select json_object_agg(field, null) from unnest(without || '{id}') as field));
    return query
        select 'policy_within_bounds', bounds.offending || ': ' || bounds.problem
        from violated_bounds(one) as bounds
        where bounds.offending <> all (without)
            and not (bounds.offending = 'framework_principal' and one.framework_principal is null
                and without && '{framework_name, task_name, task_user, image, labels, agent_attributes, mesos_role}');
end
$$;
comment on function policy_violations is
    'The CHECK constraints that a policy would violate, and if bounded the bounds of its namespace and of those above, with their demands. Columns in faulty have a fault already';

alter function grant_administration(name) rename to grant_administration_before_violated_bounds;
comment on function grant_administration_before_violated_bounds is 'A part of grant_administration';
create function grant_administration(role_name name) returns void
    language plpgsql as $$
begin
    perform grant_administration_before_violated_bounds(role_name);
    execute format('grant execute on function policy_violations(json, text[], boolean) to %I', role_name);
end
$$;
comment on function grant_administration is
    'Gives a role what administration needs: writing policies, attribute trust, namespaces, withdrawals and grants, reading their history';

do $$
declare
    ours regprocedure;
begin
    foreach ours in array array[
        'policy_within_bounds()', 'launch_grant_within_bounds()', 'policy_violations(json, text[], boolean)',
        'grant_administration(name)']::regprocedure[]
    loop
        execute format('alter function %s set search_path = %I, pg_temp', ours, current_schema());
        execute format('revoke execute on function %s from public', ours);
    end loop;
    if exists (select from pg_roles where rolname = 'mesos_iam_admin') then
        execute 'grant execute on function policy_violations(json, text[], boolean) to mesos_iam_admin';
    end if;
end
$$;
