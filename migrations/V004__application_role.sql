-- What the controllers may do in the database.
--
-- mesos_iam_app has no login: grant it to the user that controllers connect as, and let another one, the owner, run the migrations.
-- Then audit_event is append-only for them, and policies are the operators' alone. Where the migrating user may not create roles,
-- nothing is lost: someone who may makes the role later, and the owner calls grant_application('mesos_iam_app').

create function grant_application(role_name name) returns void
    language plpgsql as $$
begin
    execute format('grant usage on schema %I to %I', current_schema(), role_name);
    execute format('grant select on namespace, policy, attribute_trust, policy_version to %I', role_name);
    execute format('grant select, insert, update, delete on agent, lease, withdrawal to %I', role_name);
    execute format('grant select, insert on audit_event to %I', role_name);
end
$$;
comment on function grant_application is 'Gives a role what controllers need: reading policies, keeping leases, adding audit events';
revoke execute on function grant_application(name) from public;

do $$
begin
    begin
        create role mesos_iam_app nologin;
    exception
        when duplicate_object or unique_violation then null;
        when insufficient_privilege then
            raise notice 'may not create role mesos_iam_app: make it, then call grant_application(''mesos_iam_app'')';
    end;
    if exists (select from pg_roles where rolname = 'mesos_iam_app') then
        perform grant_application('mesos_iam_app');
    end if;
end
$$;
