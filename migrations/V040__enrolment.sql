-- Enrolment: hosts get their certificates from the controllers.
--
-- The authorities are certificates, and for intermediates the private key as ciphertext, under a key that is in a file on each controller: this
-- database alone can sign nothing. Only the owner of the tables writes authorities: agents and controllers trust every root here. A join token lets
-- a host enrol; the row has the hash of its secret alone. A host is known by its name; each certificate that it gets is a row, which is deleted 30
-- days after the certificate has expired. A host that is evicted stays evicted until an operator lets it enrol again; its certificates are refused
-- from then on.

create function is_host_name(name text) returns boolean
    language sql immutable parallel safe
    return char_length(name) between 1 and 253
        and (name ~ '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$' or name ~ '^[0-9a-f]*:[0-9a-f:.]+$');
comment on function is_host_name is 'Whether this is a DNS name in lower case without a dot at its end, or an IP address';

create table authority (
    id uuid not null default gen_random_uuid(),
    kind text not null,
    certificate bytea not null,
    fingerprint bytea not null,
    sealed_key bytea,
    expires_at timestamptz not null,
    created_at timestamptz not null default now(),
    created_by text not null default session_user,
    constraint authority_pkey primary key (id),
    constraint authority_kind_known check (kind in ('root', 'intermediate')),
    constraint authority_certificate_length check (octet_length(certificate) between 64 and 16384),
    constraint authority_fingerprint_of_certificate check (fingerprint = sha256(certificate)),
    constraint authority_fingerprint_unique unique (fingerprint),
    constraint authority_sealed_key_of_intermediate check (
        case kind when 'root' then sealed_key is null else octet_length(sealed_key) between 44 and 4096 end)
);
comment on table authority is
    'Authorities of the hosts'' certificates. Agents and controllers trust every root here. A controller follows this table: a change takes effect within 10 s';
comment on column authority.id is 'Names the row';
comment on column authority.kind is 'root: its private key is with the operator; intermediate: signs the hosts'' certificates';
comment on column authority.certificate is 'The certificate, DER';
comment on column authority.fingerprint is 'SHA-256 of the certificate';
comment on column authority.sealed_key is
    'Intermediate: its private key, PKCS#8, as 12 bytes of nonce and the ciphertext of AES-256-GCM, with the fingerprint as associated data. The key for it is in a file (mesos-iam.enrol.key-file)';
comment on column authority.expires_at is 'When the certificate expires';
comment on column authority.created_at is 'When the row was made, by the database''s clock. Set by the database alone';
comment on column authority.created_by is 'The database user that made it. Set by the database alone';
comment on constraint authority_pkey on authority is 'id is unique';
comment on constraint authority_kind_known on authority is 'kind: root or intermediate';
comment on constraint authority_certificate_length on authority is 'certificate: 64 to 16,384 bytes';
comment on constraint authority_fingerprint_of_certificate on authority is 'fingerprint: the SHA-256 of certificate';
comment on constraint authority_fingerprint_unique on authority is 'fingerprint: each certificate once';
comment on constraint authority_sealed_key_of_intermediate on authority is 'sealed_key: an intermediate has one of 44 to 4,096 bytes, a root has none';

create table join_token (
    id uuid not null default gen_random_uuid(),
    hash bytea not null,
    hostname text not null,
    uses integer not null default 1,
    used integer not null default 0,
    expires_at timestamptz not null,
    made_at timestamptz not null default now(),
    made_by text not null default session_user,
    revoked_at timestamptz,
    revoked_by text,
    constraint join_token_pkey primary key (id),
    constraint join_token_hash_length check (octet_length(hash) = 32),
    constraint join_token_hash_unique unique (hash),
    constraint join_token_hostname_form check (
        char_length(hostname) <= 253 and (is_host_name(hostname) or hostname ~ '^[a-z0-9*-]+(\.[a-z0-9*-]+)+$')),
    constraint join_token_hostname_labels check (hostname !~ '\*' or hostname ~ '\.[a-z0-9-]+\.[a-z0-9-]+$'),
    constraint join_token_uses_range check (uses between 1 and 10000),
    constraint join_token_uses_of_pattern check (uses = 1 or hostname ~ '\*'),
    constraint join_token_used_range check (used between 0 and uses),
    constraint join_token_expires_at_range check (expires_at between made_at + interval '1 minute' and made_at + interval '720 hours')
);
create index join_token_by_expiry on join_token (expires_at);
comment on table join_token is 'Each row lets one host enrol, or as many hosts as it has uses. A row is deleted 30 days after the token has expired';
comment on column join_token.id is 'The first part of the token: names it in the API, proves nothing';
comment on column join_token.hash is 'SHA-256 of the token''s secret, 32 random bytes';
comment on column join_token.hostname is 'The name of the host, or a pattern for several: * stands for any characters without a dot';
comment on column join_token.uses is 'How many hosts can enrol with it';
comment on column join_token.used is 'How many hosts have enrolled with it. A controller counts up';
comment on column join_token.expires_at is 'From when on it is refused';
comment on column join_token.made_at is 'When it was made, by the database''s clock. Set by the database alone';
comment on column join_token.made_by is 'The caller of the API that made it, else the database user. Set by the database alone';
comment on column join_token.revoked_at is 'From when on it is refused, although it has not expired; null: it is valid. Any time that is written revokes it, the database sets the time';
comment on column join_token.revoked_by is 'The caller of the API that revoked it, else the database user. Set by the database alone';
comment on constraint join_token_pkey on join_token is 'id is unique';
comment on constraint join_token_hash_length on join_token is 'hash: 32 bytes';
comment on constraint join_token_hash_unique on join_token is 'hash: each token once';
comment on constraint join_token_hostname_form on join_token is
    'hostname: a DNS name in lower case, an IP address, or a name with * in some of its labels, at most 253 characters';
comment on constraint join_token_hostname_labels on join_token is 'hostname: a pattern has two labels without * at its end: *.hosts.example.org';
comment on constraint join_token_uses_range on join_token is 'uses: 1 to 10,000';
comment on constraint join_token_uses_of_pattern on join_token is 'uses: more than 1 only if hostname is a pattern';
comment on constraint join_token_used_range on join_token is 'used: 0 to uses';
comment on constraint join_token_expires_at_range on join_token is 'expires_at: 1 minute to 30 days after it is made';

create table host (
    hostname text not null,
    made_at timestamptz not null default now(),
    evicted_at timestamptz,
    evicted_by text,
    eviction_reason text,
    constraint host_pkey primary key (hostname),
    constraint host_hostname_form check (is_host_name(hostname)),
    constraint host_eviction_reason_length check (char_length(eviction_reason) between 1 and 1024),
    constraint host_evicted_at_reason check (num_nonnulls(evicted_at, eviction_reason) in (0, 2))
);
create index host_evicted on host (hostname) where evicted_at is not null;
comment on table host is 'Each row is a host that has enrolled or was evicted. A controller follows this table: an eviction takes effect within a second';
comment on column host.hostname is 'Its name, as in its certificates';
comment on column host.made_at is 'When the row was made, by the database''s clock. Set by the database alone';
comment on column host.evicted_at is 'When it was evicted; null: it is not. Any time that is written evicts it, the database sets the time';
comment on column host.evicted_by is 'The caller of the API that evicted it, else the database user. Set by the database alone';
comment on column host.eviction_reason is 'Why it was evicted';
comment on constraint host_pkey on host is 'hostname is unique';
comment on constraint host_hostname_form on host is 'hostname: a DNS name in lower case, or an IP address';
comment on constraint host_eviction_reason_length on host is 'eviction_reason: 1 to 1,024 characters';
comment on constraint host_evicted_at_reason on host is 'evicted_at: with eviction_reason, or neither';

create table host_certificate (
    serial text not null,
    hostname text not null,
    public_key_hash bytea not null,
    issuer bytea not null,
    proof text not null,
    join_token_id uuid,
    issued_at timestamptz not null default now(),
    expires_at timestamptz not null,
    evicted_at timestamptz,
    constraint host_certificate_pkey primary key (serial),
    constraint host_certificate_serial_form check (serial ~ '^[0-9a-f]{1,40}$'),
    constraint host_certificate_hostname_exists foreign key (hostname) references host (hostname),
    constraint host_certificate_public_key_hash_length check (octet_length(public_key_hash) = 32),
    constraint host_certificate_issuer_length check (octet_length(issuer) = 32),
    constraint host_certificate_proof_known check (proof in ('join-token', 'rotation')),
    constraint host_certificate_join_token_id_of_proof check ((proof = 'join-token') = (join_token_id is not null)),
    constraint host_certificate_expires_at_after check (expires_at > issued_at)
);
create index host_certificate_by_host on host_certificate (hostname, expires_at);
create index host_certificate_by_token on host_certificate (join_token_id) where join_token_id is not null;
create index host_certificate_evicted on host_certificate (expires_at) where evicted_at is not null;
comment on table host_certificate is 'The certificates that controllers have signed for hosts. A row is deleted 30 days after the certificate has expired';
comment on column host_certificate.serial is 'The serial number, lower-case hexadecimal';
comment on column host_certificate.hostname is 'The one name in the certificate';
comment on column host_certificate.public_key_hash is 'SHA-256 of the public key (SubjectPublicKeyInfo)';
comment on column host_certificate.issuer is 'The fingerprint of the intermediate that signed it';
comment on column host_certificate.proof is 'join-token: the host had a join token; rotation: it had its last certificate';
comment on column host_certificate.join_token_id is 'The join token; null for a rotation. No reference: the row stays when the token is deleted';
comment on column host_certificate.issued_at is 'When it was signed, by the database''s clock. Set by the database alone';
comment on column host_certificate.expires_at is 'When it expires';
comment on column host_certificate.evicted_at is 'When its host was evicted: it is refused from then on; null: it was not. Set by the database alone';
comment on constraint host_certificate_pkey on host_certificate is 'serial is unique';
comment on constraint host_certificate_serial_form on host_certificate is 'serial: 1 to 40 lower-case hexadecimal digits';
comment on constraint host_certificate_hostname_exists on host_certificate is 'hostname: a host';
comment on constraint host_certificate_public_key_hash_length on host_certificate is 'public_key_hash: 32 bytes';
comment on constraint host_certificate_issuer_length on host_certificate is 'issuer: 32 bytes';
comment on constraint host_certificate_proof_known on host_certificate is 'proof: join-token or rotation';
comment on constraint host_certificate_join_token_id_of_proof on host_certificate is 'join_token_id: with the proof join-token, and only then';
comment on constraint host_certificate_expires_at_after on host_certificate is 'expires_at: after issued_at';

-- What the database sets, and what never changes -----------------------------------------------------------------------------

create function authority_written() returns trigger
    language plpgsql security definer as $$
begin
    if tg_op = 'UPDATE' then
        raise exception 'an authority is never changed: delete it, or make another one'
            using errcode = 'restrict_violation', constraint = 'authority_is_final', table = 'authority';
    end if;
    new.created_at = now();
    new.created_by = session_user;
    return new;
end
$$;
comment on function authority_written is 'Sets who made an authority and when; refuses every change';
create trigger authority_written before insert or update on authority
    for each row execute function authority_written();

create function join_token_written() returns trigger
    language plpgsql security definer as $$
declare
    writer text = coalesce(administration_setting('caller', 255), session_user);
begin
    if tg_op = 'INSERT' then
        delete from join_token where expires_at < now() - interval '30 days';
        new.made_at = now();
        new.made_by = writer;
        new.used = 0;
        new.revoked_at = null;
        new.revoked_by = null;
        return new;
    end if;
    new.made_at = old.made_at;
    new.made_by = old.made_by;
    if (new.id, new.hash, new.hostname, new.uses, new.expires_at) is distinct from (old.id, old.hash, old.hostname, old.uses, old.expires_at)
        or new.used < old.used then
        raise exception 'a join token is never changed: revoke it, and make another one'
            using errcode = 'restrict_violation', constraint = 'join_token_is_final', table = 'join_token';
    end if;
    if old.revoked_at is not null then
        new.revoked_at = old.revoked_at;
        new.revoked_by = old.revoked_by;
    elsif new.revoked_at is not null then
        new.revoked_at = now();
        new.revoked_by = writer;
    else
        new.revoked_by = null;
    end if;
    return new;
end
$$;
comment on function join_token_written is
    'Sets who made and revoked a join token and when; refuses any other change but more uses; deletes tokens that expired 30 days ago';
create trigger join_token_written before insert or update on join_token
    for each row execute function join_token_written();

create function host_written() returns trigger
    language plpgsql security definer as $$
begin
    if tg_op = 'UPDATE' and new.hostname <> old.hostname then
        raise exception 'the name of a host is never changed'
            using errcode = 'restrict_violation', constraint = 'host_is_final', table = 'host';
    end if;
    new.made_at = case tg_op when 'UPDATE' then old.made_at else now() end;
    if new.evicted_at is null then
        new.evicted_by = null;
    elsif tg_op = 'UPDATE' and old.evicted_at is not null then
        new.evicted_at = old.evicted_at;
        new.evicted_by = old.evicted_by;
    else
        new.evicted_at = now();
        new.evicted_by = coalesce(administration_setting('caller', 255), session_user);
    end if;
    return new;
end
$$;
comment on function host_written is 'Sets who evicted a host and when; refuses another name';
create trigger host_written before insert or update on host
    for each row execute function host_written();

-- Its certificates are refused for good: a host that may enrol again needs a new one.
create function host_certificates_evicted() returns trigger
    language plpgsql security definer as $$
begin
    update host_certificate set evicted_at = new.evicted_at where hostname = new.hostname and evicted_at is null and expires_at > now();
    return null;
end
$$;
comment on function host_certificates_evicted is 'Marks the certificates of an evicted host that have not expired';
create trigger host_certificates_evicted after insert or update on host
    for each row when (new.evicted_at is not null) execute function host_certificates_evicted();

-- The lock makes a signature wait for an eviction, and the eviction for the signature.
create function host_certificate_written() returns trigger
    language plpgsql security definer as $$
declare
    eviction timestamptz;
begin
    if tg_op = 'UPDATE' then
        if (new.serial, new.hostname, new.public_key_hash, new.issuer, new.proof, new.join_token_id, new.issued_at, new.expires_at)
                is distinct from (old.serial, old.hostname, old.public_key_hash, old.issuer, old.proof, old.join_token_id, old.issued_at, old.expires_at) then
            raise exception 'the record of a certificate is never changed'
                using errcode = 'restrict_violation', constraint = 'host_certificate_is_final', table = 'host_certificate';
        end if;
        return new;
    end if;
    delete from host_certificate where hostname = new.hostname and expires_at < now() - interval '30 days';
    select evicted_at into eviction from host where hostname = new.hostname for update;
    if eviction is not null then
        raise exception 'host % is evicted', new.hostname
            using errcode = 'restrict_violation', constraint = 'host_certificate_of_evicted_host', table = 'host_certificate', column = 'hostname';
    end if;
    new.issued_at = now();
    new.evicted_at = null;
    return new;
end
$$;
comment on function host_certificate_written is
    'Refuses a certificate for an evicted host and a change of a record; deletes the host''s records that expired 30 days ago';
create trigger host_certificate_written before insert or update on host_certificate
    for each row execute function host_certificate_written();

-- Audit ----------------------------------------------------------------------------------------------------------------------

create function enrolment_audited() returns trigger
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
            'expiresAt', row_now ->> 'expires_at')));
    return null;
end
$$;
comment on function enrolment_audited is
    'Writes an audit event for each authority and join token that is made, revoked or deleted, each host that is evicted or may enrol again, and each certificate';
create trigger authority_audited after insert or delete on authority
    for each row execute function enrolment_audited();
create trigger join_token_audited after insert or delete on join_token
    for each row execute function enrolment_audited();
create trigger join_token_revoked after update of revoked_at on join_token
    for each row when (old.revoked_at is null and new.revoked_at is not null) execute function enrolment_audited();
create trigger host_evicted after insert on host
    for each row when (new.evicted_at is not null) execute function enrolment_audited();
create trigger host_changed after update of evicted_at on host
    for each row when ((old.evicted_at is null) <> (new.evicted_at is null)) execute function enrolment_audited();
create trigger host_certificate_audited after insert on host_certificate
    for each row execute function enrolment_audited();

-- Notifications --------------------------------------------------------------------------------------------------------------

create function enrolment_changed() returns trigger
    language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    perform pg_notify(tg_table_name, '');
    return null;
end
$$;
comment on function enrolment_changed is 'Notifies the controllers to read the authorities or the evicted hosts again';
create trigger authority_changed after insert or update or delete or truncate on authority
    for each statement execute function enrolment_changed();
create trigger host_notified after insert or update or delete or truncate on host
    for each statement execute function enrolment_changed();

-- Rights ---------------------------------------------------------------------------------------------------------------------

alter function grant_application(name) rename to grant_application_before_enrolment;
comment on function grant_application_before_enrolment is 'A part of grant_application';
create function grant_application(role_name name) returns void
    language plpgsql as $$
begin
    perform grant_application_before_enrolment(role_name);
    execute format('grant select on authority, join_token, host, host_certificate to %I', role_name);
    execute format('grant update (used) on join_token to %I', role_name);
    execute format('grant insert (hostname) on host to %I', role_name);
    execute format('grant insert on host_certificate to %I', role_name);
end
$$;
comment on function grant_application is
    'Gives a role what controllers need: reading policies and grants, binding grants, keeping leases, adding audit events, denying sessions, enrolling hosts';

alter function grant_administration(name) rename to grant_administration_before_enrolment;
comment on function grant_administration_before_enrolment is 'A part of grant_administration';
create function grant_administration(role_name name) returns void
    language plpgsql as $$
begin
    perform grant_administration_before_enrolment(role_name);
    execute format('grant select, insert, update (revoked_at) on join_token to %I', role_name);
    execute format('grant select, insert (hostname, evicted_at, eviction_reason), update (evicted_at, eviction_reason) on host to %I', role_name);
    execute format('grant select on host_certificate to %I', role_name);
end
$$;
comment on function grant_administration is
    'Gives a role what administration needs: writing policies, attribute trust, namespaces, withdrawals, grants and join tokens, evicting hosts, reading their history';

do $$
declare
    ours regprocedure;
begin
    foreach ours in array array[
        'authority_written()', 'join_token_written()', 'host_written()', 'host_certificates_evicted()', 'host_certificate_written()',
        'enrolment_audited()', 'enrolment_changed()', 'grant_application(name)', 'grant_administration(name)']::regprocedure[]
    loop
        if ours <> 'enrolment_changed()'::regprocedure then
            execute format('alter function %s set search_path = %I, pg_temp', ours, current_schema());
        end if;
        execute format('revoke execute on function %s from public', ours);
    end loop;
    if exists (select from pg_roles where rolname = 'mesos_iam_app') then
        perform grant_application('mesos_iam_app');
    end if;
    if exists (select from pg_roles where rolname = 'mesos_iam_admin') then
        execute 'grant select, insert, update (revoked_at) on join_token to mesos_iam_admin';
        execute 'grant select, insert (hostname, evicted_at, eviction_reason), update (evicted_at, eviction_reason) on host to mesos_iam_admin';
        execute 'grant select on host_certificate to mesos_iam_admin';
    end if;
end
$$;
