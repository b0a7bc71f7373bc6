-- Hosts enrol by the proof of their EC2 instance, and a terminated instance ends its host.
--
-- Each instance that has enrolled is a row. One key counts: that of its newest certificate. A claim with another key suspends the instance, and an
-- instance that EC2 says is terminated is marked so: both evict the host in the same transaction. An operator who lets the host enrol again releases
-- a suspended instance; a terminated one never comes back, but another instance may take its name.

create table ec2_instance (
    id uuid not null default gen_random_uuid(),
    account text not null,
    region text not null,
    instance_id text not null,
    hostname text not null,
    launched_at timestamptz not null,
    addresses text[] not null,
    public_key_hash bytea,
    state text not null default 'running',
    enrolled_at timestamptz not null default now(),
    suspended_at timestamptz,
    terminated_at timestamptz,
    constraint ec2_instance_pkey primary key (id),
    constraint ec2_instance_unique unique (account, region, instance_id),
    constraint ec2_instance_account_form check (account ~ '^[0-9]{12}$'),
    constraint ec2_instance_region_form check (region ~ '^[a-z0-9-]{1,64}$'),
    constraint ec2_instance_instance_id_form check (instance_id ~ '^i-[0-9a-f]{8,17}$'),
    constraint ec2_instance_hostname_exists foreign key (hostname) references host (hostname),
    constraint ec2_instance_addresses_number check (cardinality(addresses) <= 1024),
    constraint ec2_instance_public_key_hash_length check (octet_length(public_key_hash) = 32),
    constraint ec2_instance_state_form check (state ~ '^[a-z-]{1,32}$')
);
create index ec2_instance_by_host on ec2_instance (hostname);
create index ec2_instance_terminated on ec2_instance (terminated_at) where terminated_at is not null;
comment on table ec2_instance is 'The EC2 instances that have enrolled. A controller asks EC2 for their states, and follows this table';
comment on column ec2_instance.id is 'Names the row';
comment on column ec2_instance.account is 'The AWS account of the instance';
comment on column ec2_instance.region is 'Its region';
comment on column ec2_instance.instance_id is 'Its id';
comment on column ec2_instance.hostname is 'The host that it enrolled as';
comment on column ec2_instance.launched_at is 'When it had started last, at its last enrolment';
comment on column ec2_instance.addresses is 'Its private IPv4 addresses and its IPv6 addresses at its last enrolment';
comment on column ec2_instance.public_key_hash is
    'SHA-256 of the public key of its newest certificate; null: it may enrol with any key. Set by the database alone';
comment on column ec2_instance.state is 'The state that EC2 stated last, such as running or stopped; unknown: EC2 does not know the instance any more';
comment on column ec2_instance.enrolled_at is 'When it first enrolled with this key or one that followed by rotation. Set by the database alone';
comment on column ec2_instance.suspended_at is
    'When it was claimed with another key; null: it was not, or the host may enrol again. Any time that is written suspends it and evicts the host, the database sets the time';
comment on column ec2_instance.terminated_at is
    'When EC2 first said that it is terminated. Any time that is written evicts the host, the database sets the time. It is never removed';
comment on constraint ec2_instance_pkey on ec2_instance is 'id is unique';
comment on constraint ec2_instance_unique on ec2_instance is 'account, region, instance_id: each instance once';
comment on constraint ec2_instance_account_form on ec2_instance is 'account: 12 digits';
comment on constraint ec2_instance_region_form on ec2_instance is 'region: 1 to 64 lower-case letters, digits and hyphens';
comment on constraint ec2_instance_instance_id_form on ec2_instance is 'instance_id: i- and 8 to 17 lower-case hexadecimal digits';
comment on constraint ec2_instance_hostname_exists on ec2_instance is 'hostname: a host';
comment on constraint ec2_instance_addresses_number on ec2_instance is 'addresses: at most 1,024';
comment on constraint ec2_instance_public_key_hash_length on ec2_instance is 'public_key_hash: 32 bytes';
comment on constraint ec2_instance_state_form on ec2_instance is 'state: 1 to 32 lower-case letters and hyphens';

alter table host_certificate add column instance uuid;
alter table host_certificate add constraint host_certificate_instance_exists foreign key (instance) references ec2_instance (id);
alter table host_certificate drop constraint host_certificate_proof_known;
alter table host_certificate add constraint host_certificate_proof_known check (proof in ('join-token', 'ec2', 'rotation'));
alter table host_certificate add constraint host_certificate_instance_of_proof check (
    case proof when 'ec2' then instance is not null when 'join-token' then instance is null else true end);
create index host_certificate_by_instance on host_certificate (instance) where instance is not null;
comment on column host_certificate.proof is 'join-token; ec2: the identity of its instance; rotation: the certificate before it';
comment on column host_certificate.instance is 'The instance that proved the host, also for the certificates that followed by rotation; null for other proofs';
comment on constraint host_certificate_proof_known on host_certificate is 'proof: join-token, ec2 or rotation';
comment on constraint host_certificate_instance_exists on host_certificate is 'instance: an instance';
comment on constraint host_certificate_instance_of_proof on host_certificate is 'instance: always with the proof ec2, never with join-token';

alter table agent add column instance uuid;
alter table agent add constraint agent_instance_exists foreign key (instance) references ec2_instance (id);
comment on column agent.instance is 'The instance whose certificate the last stream of this Mesos agent had; null: another certificate';
comment on constraint agent_instance_exists on agent is 'instance: an instance';
create index agent_by_instance on agent (instance) where instance is not null;

-- What the database sets, and what follows -----------------------------------------------------------------------------------

create function ec2_instance_written() returns trigger
    language plpgsql security definer as $$
begin
    if tg_op = 'INSERT' then
        new.enrolled_at = now();
        new.public_key_hash = null;
        new.suspended_at = null;
        new.terminated_at = null;
        return new;
    end if;
    if (new.id, new.account, new.region, new.instance_id) is distinct from (old.id, old.account, old.region, old.instance_id)
        or old.terminated_at is not null then
        raise exception 'an instance is never changed to another one, and never after it is terminated'
            using errcode = 'restrict_violation', constraint = 'ec2_instance_is_final', table = 'ec2_instance';
    end if;
    if new.terminated_at is not null then
        new.terminated_at = now();
        new.state = 'terminated';
    end if;
    if old.suspended_at is not null and new.public_key_hash is not distinct from old.public_key_hash then
        new.suspended_at = old.suspended_at;
    elsif new.suspended_at is not null then
        new.suspended_at = now();
    end if;
    return new;
end
$$;
comment on function ec2_instance_written is 'Sets when an instance enrolled, was suspended and was terminated; refuses another identity, and a change after the termination';
create trigger ec2_instance_written before insert or update on ec2_instance
    for each row execute function ec2_instance_written();

-- The certificates of an ended instance are refused, and so is its host unless another proof has taken the name.
create function ec2_instance_ended() returns trigger
    language plpgsql security definer as $$
begin
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
comment on function ec2_instance_ended is 'Evicts the host of an instance that is suspended or terminated';
create trigger ec2_instance_suspended after update of suspended_at on ec2_instance
    for each row when (old.suspended_at is null and new.suspended_at is not null) execute function ec2_instance_ended();
create trigger ec2_instance_terminated after update of terminated_at on ec2_instance
    for each row when (old.terminated_at is null and new.terminated_at is not null) execute function ec2_instance_ended();

create function ec2_instance_released() returns trigger
    language plpgsql security definer as $$
begin
    update ec2_instance set public_key_hash = null, suspended_at = null where hostname = new.hostname and terminated_at is null;
    return null;
end
$$;
comment on function ec2_instance_released is 'Lets the instance of a host that may enrol again enrol with any key';
create trigger ec2_instance_released after update of evicted_at on host
    for each row when (old.evicted_at is not null and new.evicted_at is null) execute function ec2_instance_released();

create function readmit_after_termination(name text) returns void
    language plpgsql security definer as $$
begin
    update host set evicted_at = null, eviction_reason = null
    where hostname = name and exists (select from ec2_instance where ec2_instance.hostname = name and terminated_at = host.evicted_at);
end
$$;
comment on function readmit_after_termination is
    'Lets a host enrol again that was evicted because its instance was terminated: another instance has proved that it has the name now';

-- The locks make a signature wait for an eviction, and the eviction for the signature.
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
    'Refuses a certificate for an evicted host and a change of a record; records the key of an instance; deletes the host''s records that expired 30 days ago';

-- Audit ----------------------------------------------------------------------------------------------------------------------

-- as before, with the instance of a certificate
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
    why text = administration_setting('reason', 1024);
begin
    insert into audit_event (kind, actor, request_id, message, detail)
    values (
        case tg_table_name when 'host_certificate' then 'host' else replace(tg_table_name, '_', '-') end || '.' || done,
        coalesce(administration_setting('caller', 255), left('database:' || session_user, 255)),
        administration_setting('request_id', 128),
        left(replace(tg_table_name, '_', ' ') || ' ' || subject || ' ' || replace(done, '-', ' ') || coalesce(': ' || why, ''), 4096),
        jsonb_strip_nulls(jsonb_build_object(
            'subject', subject, 'reason', coalesce(why, row_now ->> 'eviction_reason'), 'authority', row_now ->> 'kind',
            'hostname', case tg_table_name when 'join_token' then row_now ->> 'hostname' end, 'uses', row_now -> 'uses', 'used', row_now -> 'used',
            'serial', row_now ->> 'serial', 'proof', row_now ->> 'proof', 'joinTokenId', row_now ->> 'join_token_id',
            'instanceId', (select instance_id from ec2_instance where id = (row_now ->> 'instance')::uuid),
            'expiresAt', row_now ->> 'expires_at')));
    return null;
end
$$;

create function ec2_instance_audited() returns trigger
    language plpgsql security definer as $$
declare
    done text = case when new.terminated_at is distinct from old.terminated_at then 'terminated'
        when new.suspended_at is distinct from old.suspended_at then 'suspended' else 'unknown' end;
begin
    insert into audit_event (kind, actor, request_id, message, detail)
    values (
        'instance.' || done,
        coalesce(administration_setting('caller', 255), left('database:' || session_user, 255)),
        administration_setting('request_id', 128),
        'instance ' || new.instance_id || case done when 'terminated' then ' of host ' || new.hostname || ' is terminated'
            when 'suspended' then ' of host ' || new.hostname || ' was claimed with another key: the host is evicted'
            else ' of host ' || new.hostname || ' is not known to EC2 any more' end,
        jsonb_strip_nulls(jsonb_build_object(
            'subject', new.instance_id, 'hostname', new.hostname, 'account', new.account, 'region', new.region, 'state', new.state,
            'address', administration_setting('source_address', 64))));
    return null;
end
$$;
comment on function ec2_instance_audited is 'Writes an audit event for each instance that is suspended, terminated, or not known to EC2 any more';
create trigger ec2_instance_audited after update on ec2_instance
    for each row when (
        (old.suspended_at is null and new.suspended_at is not null) or (old.terminated_at is null and new.terminated_at is not null)
        or (old.state <> 'unknown' and new.state = 'unknown'))
    execute function ec2_instance_audited();

create trigger ec2_instance_changed after update of terminated_at on ec2_instance
    for each statement execute function enrolment_changed();

-- Rights ---------------------------------------------------------------------------------------------------------------------

alter function grant_application(name) rename to grant_application_before_instances;
comment on function grant_application_before_instances is 'A part of grant_application';
create function grant_application(role_name name) returns void
    language plpgsql as $$
begin
    perform grant_application_before_instances(role_name);
    execute format('grant select, insert (account, region, instance_id, hostname, launched_at, addresses),'
        ' update (hostname, launched_at, addresses, state, suspended_at, terminated_at) on ec2_instance to %I', role_name);
    execute format('grant execute on function readmit_after_termination(text) to %I', role_name);
end
$$;
comment on function grant_application is
    'Gives a role what controllers need: reading policies and grants, binding grants, keeping leases, adding audit events, denying sessions, enrolling hosts';

alter function grant_administration(name) rename to grant_administration_before_instances;
comment on function grant_administration_before_instances is 'A part of grant_administration';
create function grant_administration(role_name name) returns void
    language plpgsql as $$
begin
    perform grant_administration_before_instances(role_name);
    execute format('grant select on ec2_instance to %I', role_name);
end
$$;
comment on function grant_administration is
    'Gives a role what administration needs: writing policies, attribute trust, namespaces, withdrawals, grants and join tokens, evicting hosts, reading their history';

do $$
declare
    ours regprocedure;
begin
    foreach ours in array array[
        'ec2_instance_written()', 'ec2_instance_ended()', 'ec2_instance_released()', 'readmit_after_termination(text)', 'host_certificate_written()',
        'enrolment_audited()', 'ec2_instance_audited()', 'grant_application(name)', 'grant_administration(name)']::regprocedure[]
    loop
        execute format('alter function %s set search_path = %I, pg_temp', ours, current_schema());
        execute format('revoke execute on function %s from public', ours);
    end loop;
    if exists (select from pg_roles where rolname = 'mesos_iam_app') then
        perform grant_application('mesos_iam_app');
    end if;
    if exists (select from pg_roles where rolname = 'mesos_iam_admin') then
        execute 'grant select on ec2_instance to mesos_iam_admin';
    end if;
end
$$;
