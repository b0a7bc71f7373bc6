-- A join token for the name of a host ends the certificates that the host had for other keys.
--
-- Such a token lets another machine take the name, for example when a machine is replaced. The former machine kept its certificate and renewed it
-- without end, and the two took the host's stream from each other.

create function host_certificates_replaced() returns trigger
    language plpgsql security definer as $$
declare
    ended text[];
begin
    with replaced as (
        update host_certificate set evicted_at = now()
        where hostname = new.hostname and public_key_hash <> new.public_key_hash and evicted_at is null and expires_at > now()
        returning serial)
    select array_agg(serial order by serial) into ended from replaced;
    if ended is null then
        return null;
    end if;
    insert into audit_event (kind, actor, request_id, message, detail)
    values (
        'host.certificates-replaced',
        coalesce(administration_setting('caller', 255), left('database:' || session_user, 255)),
        administration_setting('request_id', 128),
        'host ' || new.hostname || ' enrolled with another key: ' || cardinality(ended) || ' of its certificates ended',
        jsonb_build_object('subject', new.hostname, 'serial', new.serial, 'replaced', to_jsonb(ended[1:100])));
    perform pg_notify('host', '');
    return null;
end
$$;
comment on function host_certificates_replaced is 'Marks the valid certificates of a host for other keys as evicted when it enrols with a join token';
create trigger host_certificates_replaced after insert on host_certificate
    for each row when (new.proof = 'join-token') execute function host_certificates_replaced();

comment on column host_certificate.evicted_at is
    'When its host was evicted, or another key replaced it by a join token: it is refused from then on; null: it is not. Set by the database alone';

-- The message of an eviction that was written with SQL has its reason, too.
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
    why text = coalesce(administration_setting('reason', 1024), row_now ->> 'eviction_reason');
begin
    insert into audit_event (kind, actor, request_id, message, detail)
    values (
        case tg_table_name when 'host_certificate' then 'host' else replace(tg_table_name, '_', '-') end || '.' || done,
        coalesce(administration_setting('caller', 255), left('database:' || session_user, 255)),
        administration_setting('request_id', 128),
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

do $$
declare
    ours regprocedure;
begin
    foreach ours in array array['host_certificates_replaced()', 'enrolment_audited()']::regprocedure[]
    loop
        execute format('alter function %s set search_path = %I, pg_temp', ours, current_schema());
        execute format('revoke execute on function %s from public', ours);
    end loop;
end
$$;
