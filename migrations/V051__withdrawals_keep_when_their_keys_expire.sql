-- Until when keys work that tasks have copied was only in the answer that made a revocation. Now each withdrawal keeps it.

alter table withdrawal add column keys_valid_until timestamptz;
comment on column withdrawal.keys_valid_until is
    'When the last session of the leases that it covered when it was made expires; null: none had one, or it was made before this column. Set by the database alone';

-- STS may be issuing a session to a lease that waits for its first one or whose renewal has begun; the row of one that is about to begin can be
-- late. Its keys would be valid for the whole length of a session. A plan for all withdrawals would read the whole table of leases for each.
create function withdrawn_keys_valid_until(made withdrawal) returns timestamptz
    language plpgsql stable set plan_cache_mode = force_custom_plan as $$
begin
    return (select max(case when under_way then greatest(expiration, longest) else expiration end) from (
        select lease.expiration,
            lease.state in ('pending', 'renewing')
                or lease.state = 'active' and lease.renew_at <= now() + interval '1 minute'
                or lease.state = 'failed' and lease.expiration is not null and lease.retry_at <= now() + interval '1 minute' as under_way,
            now() + coalesce((select session_length from policy where policy.id = lease.policy_id), interval '12 hours') as longest
        from lease
        where lease.state <> 'reaped' and lease.iam_role_arn is not null
            and (made.framework_id is null or lease.framework_id = made.framework_id)
            and (made.task_id is null or lease.task_id = made.task_id)
            and (made.mesos_agent_id is null or lease.mesos_agent_id = made.mesos_agent_id)
            and (made.launch_sequence is null or lease.launch_sequence = made.launch_sequence)
            and (made.credential_name is null or lease.credential_name = made.credential_name)
            and (made.policy_id is null or lease.policy_id = made.policy_id)
            and (made.iam_role_arn is null or lease.iam_role_arn = made.iam_role_arn)) as covered);
end
$$;
comment on function withdrawn_keys_valid_until is 'When the last session of the live leases that a withdrawal covers expires';

create or replace function withdrawal_written() returns trigger
    language plpgsql security definer as $$
declare
    writer text = coalesce(administration_setting('caller', 255), session_user);
    was_lifted boolean = false;
begin
    if tg_op = 'INSERT' then
        new.made_at = now();
        new.keys_valid_until = withdrawn_keys_valid_until(new);
        -- what withdrawal_made_by_length refuses stays for it to refuse
        if char_length(new.made_by) between 1 and 255 then
            new.made_by = writer;
        end if;
    else
        new.made_at = old.made_at;
        new.made_by = old.made_by;
        new.keys_valid_until = old.keys_valid_until;
        was_lifted = old.lifted_at is not null;
    end if;
    if new.lifted_at is null then
        new.lifted_by = null;
    elsif was_lifted then
        new.lifted_at = old.lifted_at;
        new.lifted_by = old.lifted_by;
    else
        new.lifted_at = now();
        new.lifted_by = writer;
    end if;
    return new;
end
$$;
comment on function withdrawal_written is
    'Sets who made and lifted a withdrawal, when, and when the last session of what it covers expires, and keeps it';

do $$
begin
    execute format('alter function withdrawn_keys_valid_until(withdrawal) set search_path = %I, pg_temp', current_schema());
    execute format('alter function withdrawal_written() set search_path = %I, pg_temp', current_schema());
    revoke execute on function withdrawn_keys_valid_until(withdrawal) from public;
end
$$;
