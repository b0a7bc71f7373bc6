-- The database alone sets what proves when a row was written.
--
-- Before, the application could insert an audit event with an id and a time of its choice: 'generated always' gives way to
-- OVERRIDING SYSTEM VALUE, and occurred_at was an ordinary column. Now triggers set both, for every user. A controller of an
-- earlier version goes on working: the time that it sends for occurred_at is kept as reported_at.
--
-- Triggers, not column privileges: they hold for the owner too, where one database user migrates and runs the controllers.

-- Audit events ---------------------------------------------------------------------------------------------------------------

alter table audit_event
    add column reported_at timestamptz,
    add column written_by text;
comment on column audit_event.occurred_at is 'When the row was written, by the database''s clock. Set by the database alone';
comment on column audit_event.reported_at is
    'When it happened, by the clock of the controller that saw it. Later than occurred_at only if that clock is ahead';
comment on column audit_event.written_by is
    'The database user that wrote the row. Set by the database alone; null in rows from before this column';
comment on column audit_event.id is 'In order of writing, with gaps. Set by the database alone';

-- Security definer: the application has no right to read the sequence.
create function audit_event_written() returns trigger
    language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    drawn bigint;
begin
    begin
        drawn = currval(pg_get_serial_sequence(tg_relid::regclass::text, 'id'));
    exception
        when object_not_in_prerequisite_state then drawn = null;
    end;
    if new.id is distinct from drawn then
        raise exception 'column id of audit_event is set by the database alone'
            using errcode = 'generated_always', column = 'id', table = 'audit_event',
                hint = 'Leave it out, and OVERRIDING SYSTEM VALUE too';
    end if;
    new.reported_at = coalesce(new.reported_at, new.occurred_at);
    new.occurred_at = clock_timestamp();
    new.written_by = session_user;
    return new;
end
$$;
comment on function audit_event_written is 'Sets occurred_at and written_by, and refuses an id that the database did not draw';

create trigger audit_event_written before insert on audit_event
    for each row execute function audit_event_written();

create function audit_event_is_final() returns trigger
    language plpgsql as $$
begin
    raise exception 'an audit event is never changed'
        using errcode = 'restrict_violation', constraint = 'audit_event_is_final', table = 'audit_event';
end
$$;
comment on function audit_event_is_final is 'Refuses to change an audit event; the owner can delete old ones';

create trigger audit_event_is_final before update on audit_event
    for each row execute function audit_event_is_final();

-- Leases ---------------------------------------------------------------------------------------------------------------------

alter table lease
    add column recorded_at timestamptz not null default now(),
    add column written_at timestamptz not null default now();
comment on column lease.created_at is 'When the promise was made, by the controller''s clock; the same for as long as the row is there';
comment on column lease.recorded_at is 'When the row was first written, by the database''s clock. Set by the database alone';
comment on column lease.written_at is 'When the row was last written, by the database''s clock. Set by the database alone';

create function lease_written() returns trigger
    language plpgsql as $$
begin
    new.written_at = clock_timestamp();
    if tg_op = 'INSERT' then
        new.recorded_at = new.written_at;
    else
        new.recorded_at = old.recorded_at;
        new.created_at = old.created_at;
    end if;
    return new;
end
$$;
comment on function lease_written is 'Sets recorded_at and written_at, and keeps created_at';

create trigger lease_written before insert or update on lease
    for each row execute function lease_written();

-- Withdrawals, policies and the rest -----------------------------------------------------------------------------------------

create function withdrawal_written() returns trigger
    language plpgsql as $$
begin
    if tg_op = 'INSERT' then
        new.made_at = now();
    else
        new.made_at = old.made_at;
        new.made_by = old.made_by;
    end if;
    return new;
end
$$;
comment on function withdrawal_written is 'Sets made_at, and keeps it and made_by';

create trigger withdrawal_written before insert or update on withdrawal
    for each row execute function withdrawal_written();

create function created_now() returns trigger
    language plpgsql as $$
begin
    new.created_at = case tg_op when 'INSERT' then now() else old.created_at end;
    return new;
end
$$;
comment on function created_now is 'Sets created_at when the row is made, and keeps it';

create trigger agent_created before insert or update on agent
    for each row execute function created_now();
create trigger attribute_trust_created before insert or update on attribute_trust
    for each row execute function created_now();
create trigger namespace_created before insert or update on namespace
    for each row execute function created_now();
create trigger policy_created before insert or update on policy
    for each row execute function created_now();

-- policy_touched keeps updated_at on a change; a new row's is the database's too
create trigger policy_touched_first before insert on policy
    for each row execute function touch_updated_at();

create function policy_version_grows() returns trigger
    language plpgsql as $$
begin
    if new.version <= old.version then
        raise exception 'the version of the policies only grows'
            using errcode = 'restrict_violation', constraint = 'policy_version_grows', table = 'policy_version',
                column = 'version';
    end if;
    new.changed_at = now();
    return new;
end
$$;
comment on function policy_version_grows is 'Refuses a version that was there before, and sets changed_at';

create trigger policy_version_grows before update on policy_version
    for each row execute function policy_version_grows();
