-- A denial of sessions at AWS has an audit event of its request, and the database sets what a controller does of it.
--
-- A withdrawal doesn't say whether its sessions were denied, too, and a denial that was requested later than the withdrawal, by another caller,
-- had no event but the controller's. And who could insert a row could date it as applied, or to be removed in 2999: no controller worked on it,
-- and later requests took it for a denial.

alter table session_denial
    add column requested_by text
        constraint session_denial_requested_by_length check (char_length(requested_by) between 1 and 255);
comment on column session_denial.requested_by is
    'The caller of the API that requested it, else the database user; null in rows from before this column. Set by the database alone';
comment on constraint session_denial_requested_by_length on session_denial is 'requested_by: 1 to 255 characters';
comment on column session_denial.requested_at is 'When it was requested. Set by the database alone';
comment on column session_denial.issued_before is
    'Only sessions issued before this moment are denied; null: all of session_names. Usually a minute after the request, because a session may be under way; the database sets no later one, and none more than 12 hours ago: no session is that old';
comment on column session_denial.remove_after is
    'When the inline policy is removed again: no denied session is valid then. The database sets none that is more than 12 hours and 6 minutes after the request';

create function session_denial_requested() returns trigger
    language plpgsql security definer as $$
begin
    new.requested_at = now();
    new.requested_by = coalesce(administration_setting('caller', 255), session_user);
    if new.issued_before is not null then
        new.issued_before = least(greatest(new.issued_before, now() - interval '12 hours'), now() + interval '1 minute');
    end if;
    new.remove_after = least(greatest(new.remove_after, now()), now() + interval '12 hours 6 minutes');
    new.applied_at = null;
    new.removed_at = null;
    new.attempts = 0;
    new.retry_at = now();
    new.last_error = null;
    return new;
end
$$;
comment on function session_denial_requested is
    'Sets who requested a denial and when, limits its times to those of sessions, and leaves what was done of it to the controllers';
create trigger session_denial_requested before insert on session_denial
    for each row execute function session_denial_requested();

create function session_denial_audited() returns trigger
    language plpgsql security definer as $$
declare
    why text = administration_setting('reason', 1024);
begin
    insert into audit_event (kind, actor, object, iam_role_arn, request_id, message, detail)
    values (
        'session.denial-requested',
        coalesce(administration_setting('caller', 255), left('database:' || session_user, 255)),
        'withdrawal:' || new.withdrawal_id,
        new.iam_role_arn,
        administration_setting('request_id', 128),
        left('sessions are to be denied at AWS until ' || new.remove_after || coalesce(': ' || why, ''), 4096),
        jsonb_strip_nulls(jsonb_build_object(
            'subject', new.withdrawal_id, 'reason', why, 'denialId', new.id, 'sessionNames', new.session_names,
            'issuedBefore', new.issued_before, 'removeAfter', new.remove_after)));
    return null;
end
$$;
comment on function session_denial_audited is 'Writes an audit event for each denial that is requested';
create trigger session_denial_audited after insert on session_denial
    for each row execute function session_denial_audited();

do $$
declare
    ours regprocedure;
begin
    foreach ours in array array['session_denial_requested()', 'session_denial_audited()']::regprocedure[]
    loop
        execute format('alter function %s set search_path = %I, pg_temp', ours, current_schema());
        execute format('revoke execute on function %s from public', ours);
    end loop;
end
$$;
