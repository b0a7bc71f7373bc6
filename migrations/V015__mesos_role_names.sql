-- A policy's mesos_role is a name that a Mesos role can have.
--
-- Before, a deny with 'web/' or '/web' was accepted and denied nothing, since Mesos refuses a framework with such a role.
--
-- Rows of before that the constraint refuses stay: it is then NOT VALID, and a warning names it.

create function is_mesos_role(value text) returns boolean
    language sql immutable strict parallel safe
    return value = '*' or value !~ '(^|/)([.]{0,2}|[*])(/|$)|(^|/)-| ';
comment on function is_mesos_role is
    'Whether Mesos allows it as a role: * or parts with / between them, none of them empty, ., .., * or with a - at its beginning, and no spaces';

alter table policy add constraint policy_mesos_role_name check (is_mesos_role(mesos_role)) not valid;
comment on constraint policy_mesos_role_name on policy is
    'mesos_role: * or parts with / between them, none of them empty, ., .., * or with a - at its beginning, and no spaces';

do $$
begin
    alter table policy validate constraint policy_mesos_role_name;
exception
    when check_violation then
        raise warning 'table policy has rows that policy_mesos_role_name refuses: see docs/policy.md, "Rows from before a constraint"';
end
$$;
