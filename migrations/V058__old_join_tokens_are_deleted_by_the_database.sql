-- The deletion of a join token that expired 30 days ago is the database's own.
--
-- It happens when another one is made, and its audit event named the caller of that one as its actor, with the reason and the id of that request.

create or replace function enrolment_audited() returns trigger
    language plpgsql security definer as $$
declare
    row_now jsonb = case tg_op when 'DELETE' then to_jsonb(old) else to_jsonb(new) end;
    subject text = case tg_table_name when 'authority' then substr(row_now ->> 'fingerprint', 3) when 'join_token' then row_now ->> 'id'
        else row_now ->> 'hostname' end;
    done text = case
        when tg_table_name = 'host_certificate' then 'certificate-issued'
        when tg_table_name = 'host' then case when row_now ->> 'evicted_at' is not null then 'evicted' else 'readmitted' end
        when tg_op = 'INSERT' then 'created'
        when tg_op = 'DELETE' then 'deleted'
        else 'revoked' end;
    -- join_token_written deletes those that expired 30 days ago
    cleaned boolean = tg_table_name = 'join_token' and tg_op = 'DELETE' and pg_trigger_depth() > 1;
    why text = case when cleaned then 'it expired more than 30 days ago'
        else coalesce(administration_setting('reason', 1024), row_now ->> 'eviction_reason') end;
begin
    insert into audit_event (kind, actor, request_id, message, detail)
    values (
        case tg_table_name when 'host_certificate' then 'host' else replace(tg_table_name, '_', '-') end || '.' || done,
        case when cleaned then left('database:' || current_user, 255)
            else coalesce(administration_setting('caller', 255), left('database:' || session_user, 255)) end,
        case when not cleaned then administration_setting('request_id', 128) end,
        left(replace(tg_table_name, '_', ' ') || ' ' || subject || ' ' || replace(done, '-', ' ') || coalesce(': ' || why, ''), 4096),
        jsonb_strip_nulls(jsonb_build_object(
            'subject', subject, 'reason', why, 'authority', row_now ->> 'kind',
            'hostname', case tg_table_name when 'join_token' then row_now ->> 'hostname' end, 'uses', row_now -> 'uses', 'used', row_now -> 'used',
            'serial', row_now ->> 'serial', 'proof', row_now ->> 'proof', 'joinTokenId', row_now ->> 'join_token_id',
            'instanceId', (select instance_id from ec2_instance where id = (row_now ->> 'instance')::uuid),
            'expiresAt', row_now ->> 'expires_at')));
    return null;
end
$$;
comment on function enrolment_audited is
    'Writes an audit event for each authority and join token that is made, revoked or deleted, each host that is evicted or may enrol again, and each certificate; the owner of the tables is the actor where the database itself deletes a token';

do $$
begin
    execute format('alter function enrolment_audited() set search_path = %I, pg_temp', current_schema());
end
$$;
