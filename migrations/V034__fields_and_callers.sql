-- The comment on a constraint of one column begins with the column: the API answers with the field of that column. These named none, so that
-- the API could not say which field is wrong.

comment on constraint policy_without_selector_needs_match_all on policy is
    'match_all: a policy without a selector matches every task: set it to true if that is meant, else set a selector';
comment on constraint policy_match_all_excludes_selectors on policy is
    'match_all: true means every task, so every selector stays unset';
comment on constraint policy_shared_session_names_no_task on policy is
    'sharing: a session that tasks share can''t be named or tagged after one of them: leave {task} and {container} out of session_name and tags, or don''t share it';
comment on constraint policy_deny_gives_nothing on policy is
    'effect: a deny gives nothing, so iam_role_arn, session_name, session_policy, session_policy_arns, tags, transitive_tags, source_identity, external_id, region, lease_ttl, short_session and sensitive stay unset';

-- Withdrawals and attribute trust that were written by the API state its caller, as versions of policies and audit events do. The database user
-- of the API's administration would say nothing. The caller counts only from database users that have one of the controllers' roles. Security
-- definer, because only these may call administration_setting.

create or replace function withdrawal_written() returns trigger
    language plpgsql security definer as $$
declare
    writer text = coalesce(administration_setting('caller', 255), session_user);
    was_lifted boolean = false;
begin
    if tg_op = 'INSERT' then
        new.made_at = now();
        -- what withdrawal_made_by_length refuses stays for it to refuse
        if char_length(new.made_by) between 1 and 255 then
            new.made_by = writer;
        end if;
    else
        new.made_at = old.made_at;
        new.made_by = old.made_by;
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

create or replace function attribute_trust_signed() returns trigger
    language plpgsql security definer as $$
begin
    new.made_by = coalesce(administration_setting('caller', 255), session_user);
    return new;
end
$$;

comment on column withdrawal.made_by is
    'The caller of the API that withdrew it, else the database user; of a controller, the audit event has the controller''s id. Set by the database alone';
comment on column withdrawal.lifted_by is 'The caller of the API that lifted it, else the database user. Set by the database alone';
comment on column attribute_trust.made_by is 'The caller of the API that wrote the row last, else the database user. Set by the database alone';

do $$
declare
    ours regprocedure;
begin
    for ours in
        select oid::regprocedure from pg_proc
        where pronamespace = current_schema()::regnamespace and proname in ('withdrawal_written', 'attribute_trust_signed')
    loop
        execute format('alter function %s set search_path = %I, pg_temp', ours, current_schema());
        execute format('revoke execute on function %s from public', ours);
    end loop;
end
$$;
