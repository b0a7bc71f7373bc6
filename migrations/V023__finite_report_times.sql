-- An audit event has a time that every reader can show.
--
-- PostgreSQL accepts 'infinity' as a time. A controller can't read such a row: each page of events that has it failed, and so did the
-- stream of events. Rows from before this migration are kept as they are.

alter table audit_event add constraint audit_event_reported_at_range check (
    reported_at >= '0001-01-01 00:00:00+00' and reported_at < '10000-01-01 00:00:00+00') not valid;
comment on constraint audit_event_reported_at_range on audit_event is 'reported_at: a time of the years 1 to 9999';

do $$
begin
    alter table audit_event validate constraint audit_event_reported_at_range;
exception
    when check_violation then
        raise warning 'table audit_event has rows that audit_event_reported_at_range refuses: they are kept, and can''t be listed';
end
$$;
