-- What a controller states of its transaction is read without planning a query each time.
--
-- PostgreSQL parses and plans the query of a function in SQL at every call, if it can't insert it into the calling query, as it can't for functions
-- with a search_path of their own. The triggers of one launch grant, from its creation to its end, call these functions some thirty times. A function
-- in PL/pgSQL plans once for each connection.

create or replace function states_callers() returns boolean
    language plpgsql stable parallel safe as $$
begin
    return session_user = 'mesos_iam_admin' or exists (
        select from pg_catalog.pg_roles
        where pg_has_role(session_user, oid, 'member')
            and (rolname = 'mesos_iam_app' or oid = (select relowner from pg_catalog.pg_class where pg_class.oid = 'policy'::regclass)));
end
$$;

create or replace function administration_setting(setting text, longest integer) returns text
    language plpgsql stable parallel safe as $$
begin
    return case when states_callers() then nullif(left(current_setting('mesos_iam.' || setting, true), longest), '') end;
end
$$;

do $$
declare
    ours regprocedure;
begin
    foreach ours in array array['states_callers()', 'administration_setting(text, integer)']::regprocedure[]
    loop
        execute format('alter function %s set search_path = %I, pg_temp', ours, current_schema());
    end loop;
end
$$;
