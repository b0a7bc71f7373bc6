-- An audit event is written once.
--
-- A controller whose COMMIT is not answered doesn't know whether the event was written, and writes it again. Now each event has an id that
-- the controller draws once: the second row is left out. A controller of an earlier version writes events without one.

alter table audit_event add column entry_id uuid;
comment on column audit_event.entry_id is
    'Drawn by the controller once for each event, so that none is written twice; null in rows of others and of earlier versions';

create unique index audit_event_by_entry on audit_event (entry_id) where entry_id is not null;
