-- What happened, for those who ask later. Rows are only ever added by the application; see V004 for how that is kept.

create table audit_event (
    id bigint generated always as identity constraint audit_event_pkey primary key,
    occurred_at timestamptz not null default now(),
    kind text not null
        constraint audit_event_kind_form check (kind ~ '^[a-z][a-z0-9]*([.-][a-z0-9]+)*$' and char_length(kind) <= 64),
    actor text not null
        constraint audit_event_actor_length check (char_length(actor) between 1 and 255),
    framework_id mesos_id,
    task_id mesos_id,
    mesos_agent_id mesos_id,
    launch_sequence bigint,
    container_id container_path,
    credential_name credential_name,
    lease_id uuid,
    policy_id uuid,
    iam_role_arn iam_role_arn,
    request_id text
        constraint audit_event_request_id_length check (char_length(request_id) between 1 and 128),
    message text
        constraint audit_event_message_length check (char_length(message) <= 4096),
    detail jsonb not null default '{}'
        constraint audit_event_detail_shape check (jsonb_typeof(detail) = 'object')
);
create index audit_event_by_time on audit_event (occurred_at);
create index audit_event_by_task on audit_event (framework_id, task_id, occurred_at) where task_id is not null;
create index audit_event_by_lease on audit_event (lease_id) where lease_id is not null;
comment on table audit_event is 'One line for each issue, renewal, reap, refusal, serve and administrative write. Holds no key material';
comment on column audit_event.id is 'In order of writing, with gaps';
comment on column audit_event.occurred_at is 'When it happened, by the clock of the controller that saw it';
comment on column audit_event.kind is 'What happened: lease.issued, lease.renewed, lease.reaped, lease.refused and the like';
comment on column audit_event.actor is 'Who did it: a controller, an agent, or the caller of the admin API';
comment on column audit_event.framework_id is 'The framework concerned';
comment on column audit_event.task_id is 'The task concerned';
comment on column audit_event.mesos_agent_id is 'The Mesos agent concerned';
comment on column audit_event.launch_sequence is 'Which launch of the task id';
comment on column audit_event.container_id is 'The container concerned';
comment on column audit_event.credential_name is 'The credential name concerned';
comment on column audit_event.lease_id is 'The lease concerned. No reference: leases are cleared away earlier';
comment on column audit_event.policy_id is 'The policy that decided';
comment on column audit_event.iam_role_arn is 'The IAM role concerned';
comment on column audit_event.request_id is 'The request in whose course it happened, as in the log';
comment on column audit_event.message is 'The same in a sentence, for people';
comment on column audit_event.detail is 'What else is known of it, by kind';
