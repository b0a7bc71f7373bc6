-- A revoked policy that is deleted and made again is still revoked.
--
-- Before, the new row had an id of its own, so a standing withdrawal of the policy no longer covered it. Now a policy that is made under the namespace
-- and name of a deleted one keeps the id of that one while a withdrawal of it stands, and goes on with its versions.

create function revoked_policy_id(of_namespace text, of_name text) returns uuid
    language sql stable security definer as $$
        select deleted.policy_id from policy_revision as deleted
        where deleted.namespace = of_namespace and deleted.name = of_name and deleted.operation = 'delete'
            and not exists (select from policy where policy.id = deleted.policy_id)
            and exists (select from withdrawal where withdrawal.policy_id = deleted.policy_id and withdrawal.lifted_at is null)
        order by deleted.changed_at desc, deleted.version desc
        limit 1
$$;
comment on function revoked_policy_id is
    'The id of the last deleted policy with this namespace and name of which a withdrawal stands; null: there is none';

create or replace function policy_revised() returns trigger
    language plpgsql security definer as $$
begin
    if tg_op = 'INSERT' then
        new.id = coalesce(revoked_policy_id(new.namespace, new.name), new.id);
        new.version = coalesce((select max(version) from policy_revision where policy_id = new.id), 0) + 1;
    else
        new.id = old.id;
        new.version = old.version + 1;
    end if;
    return new;
end
$$;
comment on function policy_revised is 'Sets version, keeps id, and gives a policy that is made again the id under which it is revoked';
comment on column policy.version is
    'Which version of the policy the row is: 1 at first, one more with each change. Set by the database alone';

alter function grant_administration(name) rename to grant_administration_before_revoked_ids;
comment on function grant_administration_before_revoked_ids is 'A part of grant_administration';
create function grant_administration(role_name name) returns void
    language plpgsql as $$
begin
    perform grant_administration_before_revoked_ids(role_name);
    execute format('grant execute on function revoked_policy_id(text, text) to %I', role_name);
end
$$;
comment on function grant_administration is
    'Gives a role what administration needs: writing policies, attribute trust, namespaces and withdrawals, reading their history';

do $$
declare
    ours regprocedure;
begin
    foreach ours in array array['revoked_policy_id(text, text)', 'policy_revised()', 'grant_administration(name)']::regprocedure[]
    loop
        execute format('alter function %s set search_path = %I, pg_temp', ours, current_schema());
        execute format('revoke execute on function %s from public', ours);
    end loop;
    if exists (select from pg_roles where rolname = 'mesos_iam_admin') then
        execute 'grant execute on function revoked_policy_id(text, text) to mesos_iam_admin';
    end if;
end
$$;
