-- The lift of a withdrawal had the audit event withdrawal.changed, which those who look for a lift don't expect. Events of earlier lifts stay.

create or replace function administration_audited() returns trigger
    language plpgsql security definer as $$
declare
    was jsonb = case when tg_op <> 'INSERT' then to_jsonb(old) else '{}' end;
    is_now jsonb = case when tg_op <> 'DELETE' then to_jsonb(new) else '{}' end;
    row_now jsonb = case tg_op when 'DELETE' then was else is_now end;
    secret text[] = '{external_id}';
    changed text[];
    done text = case
        when tg_op = 'INSERT' then 'created'
        when tg_op = 'DELETE' then 'deleted'
        when tg_table_name = 'withdrawal' and was ->> 'lifted_at' is null and is_now ->> 'lifted_at' is not null then 'lifted'
        else 'changed' end;
    subject text = case tg_table_name when 'launch_grant' then row_now ->> 'id'
        else coalesce(nullif(row_now ->> 'namespace', '/') || '/', '') || coalesce(row_now ->> 'name', row_now ->> 'path', row_now ->> 'id') end;
    caller text = coalesce(administration_setting('caller', 255), left('database:' || session_user, 255));
    why text = administration_setting('reason', 1024);
begin
    if tg_table_name = 'withdrawal' and tg_op = 'INSERT' and has_withdrawn_event(is_now) then
        return null;
    end if;
    select coalesce(array_agg(key order by key), '{}') into changed
    from (select jsonb_object_keys(was || is_now) as key) as keys
    where was -> key is distinct from is_now -> key;
    insert into audit_event (kind, actor, policy_id, policy_version, grant_id, iam_role_arn, request_id, message, detail)
    values (
        replace(tg_table_name, '_', '-') || '.' || done,
        caller,
        case when tg_table_name = 'policy' then (row_now ->> 'id')::uuid else (row_now ->> 'policy_id')::uuid end,
        case when tg_table_name = 'policy' then (row_now ->> 'version')::bigint + case tg_op when 'DELETE' then 1 else 0 end end,
        case when tg_table_name = 'launch_grant' then (row_now ->> 'id')::uuid end,
        case when row_now ->> 'iam_role_arn'
                ~ '^arn:(aws|aws-cn|aws-us-gov|aws-iso|aws-iso-b|aws-iso-e|aws-iso-f|aws-eusc):iam::[0-9]{12}:role/([!-.0-~]+/)*[A-Za-z0-9_+=,.@-]{1,64}$'
            and char_length(row_now ->> 'iam_role_arn') <= 640 then row_now ->> 'iam_role_arn' end,
        administration_setting('request_id', 128),
        left(replace(tg_table_name, '_', ' ') || ' ' || subject || ' ' || done || coalesce(': ' || why, ''), 4096),
        jsonb_strip_nulls(jsonb_build_object(
            'subject', subject, 'version', row_now -> 'version', 'reason', why, 'changed', to_jsonb(changed),
            'before', (select jsonb_object_agg(key, value) from jsonb_each(was)
                where tg_op = 'UPDATE' and key = any (changed) and key <> all (secret)),
            'after', (select jsonb_object_agg(key, value) from jsonb_each(row_now)
                where (tg_op <> 'UPDATE' or key = any (changed)) and key <> all (secret)))));
    return null;
end
$$;

do $$
begin
    execute format('alter function administration_audited() set search_path = %I, pg_temp', current_schema());
end
$$;
