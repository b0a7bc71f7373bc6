-- What a join token ends, and who ends a host at the same time.
--
-- The repetition of a request whose answer was lost is no other machine: it ended the certificates that the same machine had got since by rotation. A
-- certificate that had just expired was not ended, although a controller whose clock lags still takes it for valid. And an instance that was
-- terminated while another machine enrolled with its name evicted that machine: it saw no certificate of another proof yet.

create or replace function host_certificates_replaced() returns trigger
    language plpgsql security definer as $$
declare
    ended text[];
begin
    if exists (select from host_certificate where join_token_id = new.join_token_id and hostname = new.hostname and serial <> new.serial) then
        return null;
    end if;
    with replaced as (
        update host_certificate set evicted_at = now()
        where hostname = new.hostname and public_key_hash <> new.public_key_hash and evicted_at is null
            and expires_at > now() - interval '1 hour'
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
comment on function host_certificates_replaced is
    'Marks the certificates of a host for other keys as evicted when it first uses a join token, also those that expired within the last hour';

-- The lock makes it wait for a signature that is not committed yet.
create or replace function ec2_instance_ended() returns trigger
    language plpgsql security definer as $$
begin
    perform from host where hostname = new.hostname for update;
    if exists (
        select from host_certificate
        where hostname = new.hostname and instance is distinct from new.id and evicted_at is null and expires_at > now()) then
        update host_certificate set evicted_at = now() where instance = new.id and evicted_at is null and expires_at > now();
        perform pg_notify('host', '');
    else
        update host set evicted_at = now(), eviction_reason = 'instance ' || new.instance_id || case when new.terminated_at is null
            then ' was claimed with another key: unless the host was installed twice, one of the two claims is not the host''s'
            else ' is terminated' end
        where hostname = new.hostname and evicted_at is null;
    end if;
    return null;
end
$$;

do $$
declare
    ours regprocedure;
begin
    foreach ours in array array['host_certificates_replaced()', 'ec2_instance_ended()']::regprocedure[]
    loop
        execute format('alter function %s set search_path = %I, pg_temp', ours, current_schema());
    end loop;
end
$$;
