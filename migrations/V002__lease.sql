-- The journal of promises: which agents are whose, which leases stand, which must not come back.
--
-- The truth is Mesos, policy, and what agents hold; these rows let a restarted controller find its way and people look at it. No
-- column holds key material, and none may ever be added that does.

create domain mesos_id as text
    constraint mesos_id_length check (octet_length(value) between 1 and 512)
    constraint mesos_id_form check (value !~ '[\u0001-\u001f\u007f-\u009f]');
comment on domain mesos_id is
    'An id of a framework, task or Mesos agent, at most 512 bytes: an index entry of three stays under its limit';

create domain container_path as text
    constraint container_path_form check (value ~ '^[A-Za-z0-9_-][A-Za-z0-9_.-]{0,254}(/[A-Za-z0-9_-][A-Za-z0-9_.-]{0,254})*$')
    constraint container_path_length check (char_length(value) <= 1280);
comment on domain container_path is 'A container''s id after those of the containers that it is nested in: parent/child';

-- Agents -------------------------------------------------------------------------------------------------------------------------

create table agent (
    mesos_agent_id mesos_id constraint agent_pkey primary key,
    hostname text not null
        constraint agent_hostname_length check (char_length(hostname) between 1 and 255),
    epoch bigint not null default 0
        constraint agent_epoch_not_negative check (epoch >= 0),
    controller_id text
        constraint agent_controller_id_length check (char_length(controller_id) between 1 and 255),
    state text not null default 'disconnected'
        constraint agent_state_known check (state in ('connected', 'draining', 'disconnected')),
    version text
        constraint agent_version_length check (char_length(version) between 1 and 64),
    connected_at timestamptz,
    disconnected_at timestamptz,
    created_at timestamptz not null default now(),
    constraint agent_connected_is_owned check (
        state not in ('connected', 'draining') or (controller_id is not null and connected_at is not null))
);
comment on table agent is 'Our agent on each Mesos agent''s host, and which controller renews that host''s leases';
comment on column agent.mesos_agent_id is 'The Mesos agent that it stands beside';
comment on column agent.hostname is 'That Mesos agent''s advertised host name';
comment on column agent.epoch is
    'One more each time a controller claims the host; every later write of that controller carries it, and one with an older epoch is void';
comment on column agent.controller_id is 'The controller that claimed the host last; null: none yet';
comment on column agent.state is
    'connected; draining: keeps what it has and gets no new lease; disconnected: its controller saw the stream end';
comment on column agent.version is 'The agent program''s version, as it says itself';
comment on column agent.connected_at is 'When it said hello last';
comment on column agent.disconnected_at is 'When its stream ended last';
comment on column agent.created_at is 'When it said hello first';

-- Leases -------------------------------------------------------------------------------------------------------------------------

create table lease (
    id uuid not null constraint lease_pkey primary key,
    framework_id mesos_id not null,
    task_id mesos_id not null,
    mesos_agent_id mesos_id not null,
    launch_sequence bigint not null
        constraint lease_launch_sequence_positive check (launch_sequence >= 1),
    credential_name credential_name not null,
    iam_role_arn iam_role_arn,
    policy_id uuid,
    identity_hash text
        constraint lease_identity_hash_form check (identity_hash ~ '^[0-9a-f]{64}$'),
    session_name text
        constraint lease_session_name_form check (session_name ~ '^[A-Za-z0-9_+=,.@-]{2,64}$'),
    witnessed boolean not null,
    container_id container_path,
    created_at timestamptz not null,
    until timestamptz,
    state text not null
        constraint lease_state_known check (state in ('pending', 'active', 'renewing', 'failed', 'reaped')),
    reason text
        constraint lease_reason_length check (char_length(reason) <= 4096),
    expiration timestamptz,
    renew_at timestamptz,
    attempts integer not null default 0
        constraint lease_attempts_not_negative check (attempts >= 0),
    retry_at timestamptz,
    revision bigint not null default 0
        constraint lease_revision_not_negative check (revision >= 0),
    epoch bigint not null default 0
        constraint lease_epoch_not_negative check (epoch >= 0),
    reaped_at timestamptz,
    constraint lease_with_session_is_whole check (state not in ('active', 'renewing', 'failed')
        or (iam_role_arn is not null and policy_id is not null and identity_hash is not null and session_name is not null)),
    constraint lease_active_has_times check (state <> 'active' or (expiration is not null and renew_at is not null)),
    constraint lease_renewing_has_expiration check (state <> 'renewing' or expiration is not null),
    constraint lease_failed_has_retry check (state <> 'failed' or retry_at is not null),
    constraint lease_reason_is_said check (state in ('active', 'renewing') or reason is not null),
    constraint lease_reaped_has_time check ((state = 'reaped') = (reaped_at is not null))
);
create unique index lease_one_live_per_launch on lease
    (framework_id, task_id, mesos_agent_id, launch_sequence, credential_name) where state <> 'reaped';
create unique index lease_one_live_per_container on lease
    (mesos_agent_id, container_id, credential_name) where state <> 'reaped' and container_id is not null;
create index lease_live_by_host on lease (mesos_agent_id) where state <> 'reaped';
create index lease_reaped_by_time on lease (reaped_at) where state = 'reaped';
comment on table lease is
    'The standing promise that one launch may use one IAM role until its task or its TTL ends. Holds no key material';
comment on column lease.id is 'Random, the same for as long as the lease lives';
comment on column lease.framework_id is 'The launch: its framework''s id';
comment on column lease.task_id is 'The launch: its task id, which may be used again';
comment on column lease.mesos_agent_id is 'The launch: the Mesos agent whose host it runs on';
comment on column lease.launch_sequence is 'The launch: 1 for the first that was seen of this task id there, one more for each later one';
comment on column lease.credential_name is 'The name that the task asks for it by';
comment on column lease.iam_role_arn is 'The IAM role; null while no policy gives one';
comment on column lease.policy_id is 'The policy that gives it. No reference: the row stays when the policy is deleted';
comment on column lease.identity_hash is 'SHA-256 of everything that shapes its sessions, in hexadecimal digits';
comment on column lease.session_name is 'The role session name that CloudTrail shows';
comment on column lease.witnessed is 'Whether the launch was seen, not merely reported by a Mesos agent, when the lease was made';
comment on column lease.container_id is 'The container it is bound to, once and for good; null until the cluster names it';
comment on column lease.created_at is 'When the promise was made';
comment on column lease.until is 'Where its TTL ends; null: with its task';
comment on column lease.state is
    'pending: no session yet. active: one is there. renewing: its successor is asked for. failed: STS gave none. reaped: ended for good';
comment on column lease.reason is 'Why it is in this state, for operators; may quote AWS';
comment on column lease.expiration is 'The end of the present session, by STS';
comment on column lease.renew_at is 'When the next session is asked for';
comment on column lease.attempts is 'How often in a row asking for a session has failed';
comment on column lease.retry_at is 'When a failed lease is tried again';
comment on column lease.revision is 'One more with each session and each binding; agents keep the highest';
comment on column lease.epoch is 'The host''s epoch that the writing controller held';
comment on column lease.reaped_at is 'When it ended';
comment on index lease_one_live_per_launch is 'At most one live lease per launch and credential name';
comment on index lease_one_live_per_container is 'At most one live lease per container of a host and credential name';

-- Withdrawals --------------------------------------------------------------------------------------------------------------------

create table withdrawal (
    id uuid not null default gen_random_uuid() constraint withdrawal_pkey primary key,
    framework_id mesos_id,
    task_id mesos_id,
    mesos_agent_id mesos_id,
    launch_sequence bigint
        constraint withdrawal_launch_sequence_positive check (launch_sequence >= 1),
    credential_name credential_name,
    reason text not null
        constraint withdrawal_reason_length check (char_length(reason) between 1 and 1024),
    made_by text not null default current_user
        constraint withdrawal_made_by_length check (char_length(made_by) between 1 and 255),
    made_at timestamptz not null default now(),
    lifted_at timestamptz,
    constraint withdrawal_names_someone check (framework_id is not null or mesos_agent_id is not null),
    constraint withdrawal_task_has_framework check (task_id is null or framework_id is not null),
    constraint withdrawal_launch_is_whole check (
        launch_sequence is null or (framework_id is not null and task_id is not null and mesos_agent_id is not null))
);
create unique index withdrawal_once on withdrawal (
    coalesce(framework_id, ''), coalesce(task_id, ''), coalesce(mesos_agent_id, ''), coalesce(launch_sequence, 0),
    coalesce(credential_name, '')) where lifted_at is null;
comment on table withdrawal is
    'A lease that must not come back, ended by TTL, revocation, eviction or an expired grant. It covers every launch that agrees with all its columns that are set, until it is lifted';
comment on column withdrawal.id is 'The row''s own id';
comment on column withdrawal.framework_id is 'The framework whose launches it covers; null: every one on the Mesos agent';
comment on column withdrawal.task_id is 'The task id that it covers; null: all of the framework''s';
comment on column withdrawal.mesos_agent_id is 'The Mesos agent that it is limited to; null: all';
comment on column withdrawal.launch_sequence is 'The one launch that it covers; null: every launch of the task id, later ones too';
comment on column withdrawal.credential_name is 'The credential name that it covers; null: all';
comment on column withdrawal.reason is 'Why; the task is shown that it was withdrawn, operators why';
comment on column withdrawal.made_by is 'Who withdrew it: a person, or the part of a controller that did';
comment on column withdrawal.made_at is 'When';
comment on column withdrawal.lifted_at is 'When it stopped to count; null: it stands';
comment on index withdrawal_once is 'One standing withdrawal of the same things is enough';

create function withdrawal_changed() returns trigger
    language plpgsql as $$
begin
    perform pg_notify('withdrawal', '');
    return null;
end
$$;
comment on function withdrawal_changed is 'Tells who listens on withdrawal to look again';

create trigger withdrawal_changed after insert or update or delete or truncate on withdrawal
    for each statement execute function withdrawal_changed();
