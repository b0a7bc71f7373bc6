-- The database says who wrote a row, and our trigger functions are for our tables alone.
--
-- Before, every database user could run the trigger functions: a temporary table with policy_changed() as its trigger raised the version
-- of the policies. EXECUTE is checked when a trigger is made, not when it fires, so nobody but the owner needs it. The functions that
-- constraints call stay executable by everyone: Postgres checks EXECUTE on them for whoever writes a row. They are immutable and see
-- nothing but their arguments.

do $$
declare
    ours regprocedure;
begin
    for ours in
        select oid::regprocedure from pg_proc
        where pronamespace = current_schema()::regnamespace and proname in (
            'audit_event_is_final', 'audit_event_written', 'created_now', 'grant_application', 'lease_written', 'policy_changed',
            'policy_version_grows', 'touch_updated_at', 'withdrawal_changed', 'withdrawal_written')
    loop
        execute format('revoke execute on function %s from public', ours);
    end loop;
    -- it grants on the tables of the schema that it is in
    execute format('alter function grant_application(name) set search_path = %I, pg_temp', current_schema());
end
$$;

alter function audit_event_is_final() set search_path = pg_catalog, pg_temp;
alter function created_now() set search_path = pg_catalog, pg_temp;
alter function lease_written() set search_path = pg_catalog, pg_temp;
alter function policy_version_grows() set search_path = pg_catalog, pg_temp;
alter function touch_updated_at() set search_path = pg_catalog, pg_temp;
alter function withdrawal_changed() set search_path = pg_catalog, pg_temp;

-- Withdrawals ----------------------------------------------------------------------------------------------------------------

alter table withdrawal add column lifted_by text;
comment on column withdrawal.made_by is
    'The database user that withdrew it; of a controller, the audit event has the controller''s id. Set by the database alone';
comment on column withdrawal.made_at is 'When it was made, by the database''s clock. Set by the database alone';
comment on column withdrawal.lifted_at is
    'When it was lifted, by the database''s clock; null: it stands. Any time that is written here lifts it, the database sets the time';
comment on column withdrawal.lifted_by is 'The database user that lifted it. Set by the database alone';

create or replace function withdrawal_written() returns trigger
    language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
    was_lifted boolean = false;
begin
    if tg_op = 'INSERT' then
        new.made_at = now();
        -- what withdrawal_made_by_length refuses stays for it to refuse
        if char_length(new.made_by) between 1 and 255 then
            new.made_by = session_user;
        end if;
    else
        new.made_at = old.made_at;
        new.made_by = old.made_by;
        was_lifted = old.lifted_at is not null;
    end if;
    if new.lifted_at is null then
        new.lifted_by = null;
    elsif was_lifted then
        new.lifted_at = old.lifted_at;
        new.lifted_by = old.lifted_by;
    else
        new.lifted_at = now();
        new.lifted_by = session_user;
    end if;
    return new;
end
$$;
comment on function withdrawal_written is 'Sets who made and lifted a withdrawal and when, and keeps it';

-- What may be believed -------------------------------------------------------------------------------------------------------

comment on column attribute_trust.made_by is 'The database user that wrote the row last. Set by the database alone';

create function attribute_trust_signed() returns trigger
    language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    new.made_by = session_user;
    return new;
end
$$;
comment on function attribute_trust_signed is 'Sets made_by';
revoke execute on function attribute_trust_signed() from public;

create trigger attribute_trust_signed before insert or update on attribute_trust
    for each row execute function attribute_trust_signed();

-- Policies -------------------------------------------------------------------------------------------------------------------

alter table policy
    add column created_by text,
    add column updated_by text;
comment on column policy.created_by is
    'The database user that made the row. Set by the database alone; null in rows from before this column';
comment on column policy.updated_by is
    'The database user that wrote the row last. Set by the database alone; null in rows from before this column';

create function policy_signed() returns trigger
    language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    new.updated_by = session_user;
    new.created_by = case tg_op when 'INSERT' then session_user else old.created_by end;
    return new;
end
$$;
comment on function policy_signed is 'Sets updated_by, and created_by when the row is made';
revoke execute on function policy_signed() from public;

create trigger policy_signed before insert or update on policy
    for each row execute function policy_signed();

-- Audit ids ------------------------------------------------------------------------------------------------------------------

-- Rows with chosen ids, from before the database refused them, may be ahead of the sequence: it goes on after them. Ids of 2^62 and
-- more were chosen to end it, and are never reached.
select setval(pg_get_serial_sequence('audit_event', 'id'), greatest(max(id), nextval(pg_get_serial_sequence('audit_event', 'id'))))
from audit_event where id < 4611686018427387904;
