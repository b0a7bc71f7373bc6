-- An operator can evict a host that was evicted because its instance was terminated.
--
-- The second eviction changed nothing, and the next instance that claimed the name lifted the first one. And an instance whose name another
-- machine has taken by a join token was reported as the cause of an eviction that did not happen.

create or replace function host_written() returns trigger
    language plpgsql security definer as $$
begin
    if tg_op = 'UPDATE' and new.hostname <> old.hostname then
        raise exception 'the name of a host is never changed'
            using errcode = 'restrict_violation', constraint = 'host_is_final', table = 'host';
    end if;
    new.made_at = case tg_op when 'UPDATE' then old.made_at else now() end;
    if new.evicted_at is null then
        new.evicted_by = null;
    elsif tg_op = 'UPDATE' and old.evicted_at is not null and not (
        new.eviction_reason <> old.eviction_reason
        and exists (select from ec2_instance where hostname = old.hostname and terminated_at = old.evicted_at)) then
        new.evicted_at = old.evicted_at;
        new.evicted_by = old.evicted_by;
    else
        new.evicted_at = now();
        new.evicted_by = coalesce(administration_setting('caller', 255), session_user);
    end if;
    return new;
end
$$;
comment on function host_written is
    'Sets who evicted a host and when; an eviction for another reason takes the place of one for a terminated instance; refuses another name';

create trigger host_evicted_again after update of evicted_at on host
    for each row when (old.evicted_at <> new.evicted_at) execute function enrolment_audited();

create or replace function ec2_instance_audited() returns trigger
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
            when 'suspended' then ' of host ' || new.hostname || ' was claimed with another key: its certificates are refused'
            else ' of host ' || new.hostname || ' is not known to EC2 any more' end,
        jsonb_strip_nulls(jsonb_build_object(
            'subject', new.instance_id, 'hostname', new.hostname, 'account', new.account, 'region', new.region, 'state', new.state,
            'address', administration_setting('source_address', 64))));
    return null;
end
$$;

do $$
declare
    ours regprocedure;
begin
    foreach ours in array array['host_written()', 'ec2_instance_audited()']::regprocedure[]
    loop
        execute format('alter function %s set search_path = %I, pg_temp', ours, current_schema());
    end loop;
end
$$;
