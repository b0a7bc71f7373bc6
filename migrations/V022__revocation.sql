-- A withdrawal can cover what one policy gives and the sessions of one IAM role; sessions can be denied at AWS.

-- Withdrawals ----------------------------------------------------------------------------------------------------------------

alter table withdrawal
    add column policy_id uuid,
    add column iam_role_arn text,
    add constraint withdrawal_iam_role_arn_form check (
        char_length(iam_role_arn) <= 640
        and iam_role_arn ~ ('^arn:(aws|aws-cn|aws-us-gov|aws-iso|aws-iso-b|aws-iso-e|aws-iso-f|aws-eusc)'
            || ':iam::[0-9]{12}:role/([!-.0-~]+/)*[A-Za-z0-9_+=,.@-]{1,64}$')),
    drop constraint withdrawal_names_someone,
    add constraint withdrawal_names_someone check (
        num_nonnulls(framework_id, mesos_agent_id, policy_id, iam_role_arn) > 0);
comment on column withdrawal.policy_id is
    'The policy whose leases it covers; null: whatever policy gives them. No reference: the row stays when the policy is deleted';
comment on column withdrawal.iam_role_arn is 'The IAM role whose leases it covers; null: all';
comment on constraint withdrawal_iam_role_arn_form on withdrawal is
    'iam_role_arn: the ARN of an IAM role, at most 640 characters: arn:aws:iam::123456789012:role/name';
comment on constraint withdrawal_names_someone on withdrawal is
    'framework_id, mesos_agent_id, policy_id or iam_role_arn: at least one';

drop index withdrawal_once;
create unique index withdrawal_once on withdrawal (
    coalesce(framework_id, ''), coalesce(task_id, ''), coalesce(mesos_agent_id, ''), coalesce(launch_sequence, 0),
    coalesce(credential_name, ''), coalesce(policy_id, '00000000-0000-0000-0000-000000000000'), coalesce(iam_role_arn, ''))
    where lifted_at is null;
comment on index withdrawal_once is 'One standing withdrawal of the same things is enough';

-- Sessions denied at AWS -----------------------------------------------------------------------------------------------------

create table session_denial (
    id uuid not null default gen_random_uuid() constraint session_denial_pkey primary key,
    withdrawal_id uuid not null,
    iam_role_arn text not null
        constraint session_denial_iam_role_arn_form check (
            char_length(iam_role_arn) <= 640
            and iam_role_arn ~ ('^arn:(aws|aws-cn|aws-us-gov|aws-iso|aws-iso-b|aws-iso-e|aws-iso-f|aws-eusc)'
                || ':iam::[0-9]{12}:role/([!-.0-~]+/)*[A-Za-z0-9_+=,.@-]{1,64}$')),
    session_names text[] not null default '{}'
        constraint session_denial_session_names_count check (cardinality(session_names) <= 20)
        constraint session_denial_session_names_form check (
            coalesce(array_ndims(session_names), 1) = 1 and array_position(session_names, null) is null
            and array_to_string(session_names, ' ') ~ '^([A-Za-z0-9_+=,.@-]{2,64}( |$))*$'),
    issued_before timestamptz,
    remove_after timestamptz not null,
    requested_at timestamptz not null default now(),
    applied_at timestamptz,
    removed_at timestamptz,
    attempts integer not null default 0
        constraint session_denial_attempts_not_negative check (attempts >= 0),
    retry_at timestamptz not null default now(),
    last_error text
        constraint session_denial_last_error_length check (char_length(last_error) <= 1024),
    constraint session_denial_of_names_or_of_all check ((cardinality(session_names) = 0) = (issued_before is not null)),
    constraint session_denial_removed_after_applied check (removed_at is null or applied_at is not null)
);
create index session_denial_open on session_denial (retry_at) where removed_at is null;
comment on table session_denial is
    'Sessions of an IAM role that an inline policy of that role denies, until the last of them has expired. A controller attaches and removes the policy';
comment on column session_denial.id is 'The row''s own id; the name of the inline policy contains it';
comment on column session_denial.withdrawal_id is
    'The withdrawal that it belongs to. No reference: the inline policy must be removed even if the withdrawal is deleted';
comment on column session_denial.iam_role_arn is 'The IAM role that gets the inline policy';
comment on column session_denial.session_names is 'The role session names that are denied; empty: all sessions from before issued_before';
comment on column session_denial.issued_before is 'Sessions issued before this moment are denied; null: those of session_names';
comment on column session_denial.remove_after is 'When the inline policy is removed again: no denied session is valid then';
comment on column session_denial.requested_at is 'When it was requested';
comment on column session_denial.applied_at is 'When AWS accepted the inline policy; null: not yet';
comment on column session_denial.removed_at is 'When the inline policy was removed; null: not yet';
comment on column session_denial.attempts is 'How often in a row AWS has refused or not answered';
comment on column session_denial.retry_at is 'When the next attempt is due';
comment on column session_denial.last_error is 'AWS''s last answer, for operators; null after a success';
comment on constraint session_denial_pkey on session_denial is 'id: unique';
comment on constraint session_denial_iam_role_arn_form on session_denial is 'iam_role_arn: the ARN of an IAM role, at most 640 characters';
comment on constraint session_denial_session_names_count on session_denial is 'session_names: at most 20';
comment on constraint session_denial_session_names_form on session_denial is 'session_names: names of 2 to 64 letters, digits or _+=,.@-';
comment on constraint session_denial_attempts_not_negative on session_denial is 'attempts: 0 or more';
comment on constraint session_denial_last_error_length on session_denial is 'last_error: at most 1,024 characters';
comment on constraint session_denial_of_names_or_of_all on session_denial is
    'session_names, issued_before: exactly one of both';
comment on constraint session_denial_removed_after_applied on session_denial is
    'removed_at: only after applied_at';
comment on index session_denial_open is 'The rows that a controller still has to do something for';

create function session_denial_changed() returns trigger
    language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    perform pg_notify('session_denial', '');
    return null;
end
$$;
comment on function session_denial_changed is 'Notifies the controllers of a new row';
revoke execute on function session_denial_changed() from public;

create trigger session_denial_changed after insert on session_denial
    for each statement execute function session_denial_changed();

-- Rights ---------------------------------------------------------------------------------------------------------------------

-- The functions that give a role its rights call the former ones, whichever migration made them.
alter function grant_application(name) rename to grant_application_before_denials;
create function grant_application(role_name name) returns void
    language plpgsql as $$
begin
    perform grant_application_before_denials(role_name);
    execute format('grant select, update on session_denial to %I', role_name);
end
$$;
comment on function grant_application is
    'Gives a role what controllers need: reading policies, keeping leases, adding audit events, denying sessions';
revoke execute on function grant_application(name) from public;

do $$
begin
    execute format('alter function grant_application(name) set search_path = %I, pg_temp', current_schema());
    if exists (select from pg_roles where rolname = 'mesos_iam_app') then
        perform grant_application('mesos_iam_app');
    end if;
    if exists (select from pg_roles where rolname = 'mesos_iam_admin') then
        execute 'grant select, insert on session_denial to mesos_iam_admin';
    end if;
end
$$;
