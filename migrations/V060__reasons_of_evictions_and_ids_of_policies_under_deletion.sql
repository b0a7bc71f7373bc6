-- A change of the reason of an eviction has an audit event. What a policy has by its id or its name is not lost, or passed on, beside its deletion.
--
-- The reason could be changed with SQL, and no event said who changed it. And an insert beside a transaction that deletes a policy, and has not
-- committed, didn't see the deletion when it was checked: a policy of the same name that was revoked was made again under another id, which the
-- revocation doesn't cover, and that of another namespace could have the id of the deleted one.

drop trigger host_evicted_again on host;
create trigger host_evicted_again after update of evicted_at, eviction_reason on host
    for each row when (old.evicted_at <> new.evicted_at or old.eviction_reason <> new.eviction_reason) execute function enrolment_audited();

comment on column host.eviction_reason is 'Why it was evicted. A change is audited as host.evicted';

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
    -- of a host that was evicted before
    former text = case when tg_op = 'UPDATE' and done = 'evicted' then to_jsonb(old) ->> 'eviction_reason' end;
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
        left(replace(tg_table_name, '_', ' ') || ' ' || subject || ' ' || replace(done, '-', ' ')
            || case when former is null then '' else ' for another reason' end || coalesce(': ' || why, ''), 4096),
        jsonb_strip_nulls(jsonb_build_object(
            'subject', subject, 'reason', why, 'formerReason', former, 'authority', row_now ->> 'kind',
            'hostname', case tg_table_name when 'join_token' then row_now ->> 'hostname' end, 'uses', row_now -> 'uses', 'used', row_now -> 'used',
            'serial', row_now ->> 'serial', 'proof', row_now ->> 'proof', 'joinTokenId', row_now ->> 'join_token_id',
            'instanceId', (select instance_id from ec2_instance where id = (row_now ->> 'instance')::uuid),
            'expiresAt', row_now ->> 'expires_at')));
    return null;
end
$$;
comment on function enrolment_audited is
    'Writes an audit event for each authority and join token that is made, revoked or deleted, each host that is evicted, also for another reason, or may enrol again, and each certificate; the owner of the tables is the actor where the database itself deletes a token';

create or replace function policy_revised() returns trigger
    language plpgsql security definer as $$
declare
    revoked uuid;
begin
    if tg_op = 'INSERT' then
        -- the locks wait for a transaction that deletes the row, and keep a row that is left until this one has ended
        perform from policy where namespace = new.namespace and name = new.name for key share;
        revoked = revoked_policy_id(new.namespace, new.name);
        perform from policy where id = new.id for key share;
        -- where a policy has the id, policy_pkey refuses it, or the insert becomes an update
        if revoked is null and not found and exists (
            select from policy_revision where policy_id = new.id and (namespace, name) <> (new.namespace, new.name)) then
            raise exception 'another policy had the id %', new.id
                using errcode = 'unique_violation', constraint = 'policy_pkey', table = 'policy', column = 'id',
                    hint = 'Leave the column id out: the database draws one';
        end if;
        new.id = coalesce(revoked, new.id);
        new.version = coalesce((select max(version) from policy_revision where policy_id = new.id), 0) + 1;
    else
        new.id = old.id;
        new.version = old.version + 1;
    end if;
    return new;
end
$$;

do $$
declare
    ours regprocedure;
begin
    foreach ours in array array['enrolment_audited()', 'policy_revised()']::regprocedure[]
    loop
        execute format('alter function %s set search_path = %I, pg_temp', ours, current_schema());
    end loop;
end
$$;
