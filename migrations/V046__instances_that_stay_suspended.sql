-- Only an operator who lets a host enrol again releases its instances.
--
-- A host that was evicted because its instance was terminated is admitted again when another instance claims the name. That released every other
-- instance that had once enrolled under the name: a suspended one was suspended no more, and the others could enrol with any key. The
-- controllers' database user could have this done for any instance.

create or replace function ec2_instance_released() returns trigger
    language plpgsql security definer as $$
begin
    if current_setting('mesos_iam.readmission', true) is distinct from 'after-termination' then
        update ec2_instance set public_key_hash = null, suspended_at = null where hostname = new.hostname and terminated_at is null;
    end if;
    return null;
end
$$;
comment on function ec2_instance_released is 'Lets the instance of a host that an operator lets enrol again enrol with any key';

create or replace function readmit_after_termination(name text) returns void
    language plpgsql security definer as $$
begin
    perform set_config('mesos_iam.readmission', 'after-termination', true);
    update host set evicted_at = null, eviction_reason = null
    where hostname = name and exists (select from ec2_instance where ec2_instance.hostname = name and terminated_at = host.evicted_at);
    perform set_config('mesos_iam.readmission', '', true);
end
$$;

create or replace function host_certificate_written() returns trigger
    language plpgsql security definer as $$
declare
    eviction timestamptz;
begin
    if tg_op = 'UPDATE' then
        if (new.serial, new.hostname, new.public_key_hash, new.issuer, new.proof, new.join_token_id, new.instance, new.issued_at, new.expires_at)
                is distinct from (old.serial, old.hostname, old.public_key_hash, old.issuer, old.proof, old.join_token_id, old.instance,
                    old.issued_at, old.expires_at) then
            raise exception 'the record of a certificate is never changed'
                using errcode = 'restrict_violation', constraint = 'host_certificate_is_final', table = 'host_certificate';
        end if;
        return new;
    end if;
    delete from host_certificate where hostname = new.hostname and expires_at < now() - interval '30 days';
    if new.instance is not null then
        perform from ec2_instance where id = new.instance for update;
        -- its host has not been evicted if another proof has the name
        if exists (select from ec2_instance where id = new.instance and suspended_at is not null and public_key_hash is not null) then
            raise exception 'the instance of host % is suspended', new.hostname
                using errcode = 'restrict_violation', constraint = 'host_certificate_of_evicted_host', table = 'host_certificate', column = 'instance';
        end if;
    end if;
    select evicted_at into eviction from host where hostname = new.hostname for update;
    if eviction is not null then
        raise exception 'host % is evicted', new.hostname
            using errcode = 'restrict_violation', constraint = 'host_certificate_of_evicted_host', table = 'host_certificate', column = 'hostname';
    end if;
    new.issued_at = now();
    new.evicted_at = null;
    if new.instance is not null then
        update ec2_instance set
            public_key_hash = new.public_key_hash,
            enrolled_at = case when public_key_hash is null then now() else enrolled_at end,
            suspended_at = case when public_key_hash is null then null else suspended_at end
        where id = new.instance;
    end if;
    return new;
end
$$;
comment on function host_certificate_written is
    'Refuses a certificate for an evicted host or a suspended instance, and a change of a record; records the key of an instance; deletes the host''s records that expired 30 days ago';

do $$
declare
    ours regprocedure;
begin
    foreach ours in array array['ec2_instance_released()', 'readmit_after_termination(text)', 'host_certificate_written()']::regprocedure[]
    loop
        execute format('alter function %s set search_path = %I, pg_temp', ours, current_schema());
    end loop;
end
$$;
