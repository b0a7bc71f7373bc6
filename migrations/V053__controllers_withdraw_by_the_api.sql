-- If the administration uses the controllers' database user, POST /api/v1/withdrawals was refused with 403, although that user may write
-- withdrawals, and POST /api/v1/revocations of the same task succeeded: the first asks the database which constraints a row violates.

alter function grant_application(name) rename to grant_application_before_withdrawals;
comment on function grant_application_before_withdrawals is 'A part of grant_application';
create function grant_application(role_name name) returns void
    language plpgsql as $$
begin
    perform grant_application_before_withdrawals(role_name);
    execute format('grant execute on function row_violations(regclass, json) to %I', role_name);
end
$$;
comment on function grant_application is
    'Gives a role what controllers need: reading policies and grants, binding grants, keeping leases, withdrawing, adding audit events, denying sessions, enrolling hosts';

do $$
begin
    execute format('alter function grant_application(name) set search_path = %I, pg_temp', current_schema());
    revoke execute on function grant_application(name) from public;
    if exists (select from pg_roles where rolname = 'mesos_iam_app') then
        grant execute on function row_violations(regclass, json) to mesos_iam_app;
    end if;
end
$$;
