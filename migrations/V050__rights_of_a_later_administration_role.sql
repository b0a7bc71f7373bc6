-- grant_administration gave no right on session_denial, which only the role mesos_iam_admin of that time got: with a role that
-- was made later, revocations could not be listed, nor sessions denied at AWS.
alter function grant_administration(name) rename to grant_administration_before_denials;
comment on function grant_administration_before_denials is 'A part of grant_administration';
create function grant_administration(role_name name) returns void
    language plpgsql as $$
begin
    perform grant_administration_before_denials(role_name);
    execute format('grant select, insert on session_denial to %I', role_name);
end
$$;
comment on function grant_administration is
    'Gives a role what administration needs: writing policies, attribute trust, namespaces, withdrawals, grants and join tokens, evicting hosts, denying sessions, reading their history';

do $$
begin
    execute format('alter function grant_administration(name) set search_path = %I, pg_temp', current_schema());
    revoke execute on function grant_administration(name) from public;
    if exists (select from pg_roles where rolname = 'mesos_iam_admin') then
        grant select, insert on session_denial to mesos_iam_admin;
    end if;
end
$$;
