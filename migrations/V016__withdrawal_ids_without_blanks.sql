-- An id that an operator withdraws has no blank at either end.
--
-- Before, an id that was copied with a blank was accepted and withdrew nothing. Mesos allows a blank at the end of a task id. A row of one launch
-- may have it, since controllers write such rows when a time to live ends, with the ids of the launch. A lifted row covers nothing and is not
-- checked, so that rows of before can be lifted.
--
-- Rows of before that a constraint refuses stay: the constraint is then NOT VALID, and a warning names it.

create function has_outer_blank(value text) returns boolean
    language sql immutable strict parallel safe
    return value ~ '^[ \u00a0\u1680\u2000-\u200d\u2028\u2029\u202f\u205f\u2060\u3000\ufeff]|[ \u00a0\u1680\u2000-\u200d\u2028\u2029\u202f\u205f\u2060\u3000\ufeff]$';
comment on function has_outer_blank is
    'Whether it begins or ends with a space of any kind, or with a character of no width that is copied with a text';

do $$
declare
    id text;
begin
    foreach id in array array['framework_id', 'task_id', 'mesos_agent_id'] loop
        execute format(
            'alter table withdrawal add constraint %I check (
                not has_outer_blank(%I) or launch_sequence is not null or lifted_at is not null) not valid',
            'withdrawal_' || id || '_blanks', id);
        execute format(
            'comment on constraint %I on withdrawal is %L',
            'withdrawal_' || id || '_blanks', id || ': no blank at its beginning or end, unless launch_sequence names one launch');
        begin
            execute format('alter table withdrawal validate constraint %I', 'withdrawal_' || id || '_blanks');
        exception
            when check_violation then
                raise warning 'table withdrawal has rows that % refuses: see docs/policy.md, "Rows from before a constraint"',
                    'withdrawal_' || id || '_blanks';
        end;
    end loop;
end
$$;
