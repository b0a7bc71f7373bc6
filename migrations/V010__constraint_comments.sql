-- What each constraint demands, in words: psql shows it with \dd, and docs/policy.md how to look one up. A comment begins with the column.
--
-- A number among agent_attributes is bounded: what no Mesos attribute can be is refused instead of never matching.

create or replace function is_attribute_map(attributes json) returns boolean
    language sql immutable strict parallel safe
    return case when json_typeof(attributes) <> 'object' then false else
        (select count(*) > 0 and count(*) = count(distinct key) and bool_and(case json_typeof(value)
                when 'number' then value::text ~ '^-?[0-9]{1,18}(\.[0-9]{1,18})?$'
                else json_typeof(value) in ('string', 'null') end)
            from json_each(attributes)) end;

comment on constraint credential_name_form on domain credential_name is '1 to 64 lower-case letters, digits or inner hyphens';
comment on constraint iam_role_arn_form on domain iam_role_arn is 'the ARN of an IAM role: arn:aws:iam::123456789012:role/name';
comment on constraint iam_role_arn_length on domain iam_role_arn is 'at most 640 characters';
comment on constraint glob_length on domain glob is '1 to 1,024 characters';
comment on constraint glob_form on domain glob is 'no control characters';
comment on constraint mesos_name_length on domain mesos_name is '1 to 512 bytes';
comment on constraint mesos_name_form on domain mesos_name is 'no control characters';
comment on constraint namespace_path_form on domain namespace_path is 'a path such as /data/reporting, at most 8 deep; / is the root';
comment on constraint mesos_id_length on domain mesos_id is '1 to 512 bytes';
comment on constraint mesos_id_form on domain mesos_id is 'no control characters';
comment on constraint container_path_form on domain container_path is 'container ids as Mesos makes them, outermost first, with / between them';
comment on constraint container_path_length on domain container_path is 'at most 1,280 characters';
comment on constraint namespace_pkey on namespace is 'path is unique';
comment on constraint namespace_parent_exists on namespace is 'path: the namespace one step up exists';
comment on constraint policy_pkey on policy is 'id is unique';
comment on constraint policy_namespace_exists on policy is 'namespace: it is a row of the table namespace';
comment on constraint policy_name_form on policy is 'name: 1 to 128 letters, digits or inner . _ -';
comment on constraint policy_effect_known on policy is 'effect: allow or deny';
comment on constraint policy_labels_shape on policy is 'labels: 1 to 32 labels as Mesos writes them: [{"key": "team", "value": "data"}, {"key": "gpu"}]';
comment on constraint policy_agent_attributes_shape on policy is 'agent_attributes: {"rack": "r1", "row": 109, "gpu": null}: one or more, each once, a text, a number of at most 18 digits before and after the point, or null';
comment on constraint policy_session_name_form on policy is 'session_name: STS takes letters, digits and _ + = , . @ - only, placeholders apart';
comment on constraint policy_session_name_length on policy is 'session_name: 2 to 64 characters without the placeholders, 256 with them';
comment on constraint policy_session_policy_shape on policy is 'session_policy: a JSON object with at least one Statement and no key twice';
comment on constraint policy_session_policy_length on policy is 'session_policy: at most 2,048 characters';
comment on constraint policy_session_policy_characters on policy is 'session_policy: STS takes tab, line ends and the characters U+0020 to U+00FF only';
comment on constraint policy_session_policy_arns_form on policy is 'session_policy_arns: each is the ARN of a managed policy';
comment on constraint policy_session_policy_arns_count on policy is 'session_policy_arns: at most 10';
comment on constraint policy_tags_shape on policy is 'tags: a JSON object of texts: {"team": "data"}';
comment on constraint policy_tags_count on policy is 'tags: at most 50, and no two keys that differ by case alone';
comment on constraint policy_tags_keys on policy is 'tags: keys of 1 to 128 letters, digits, spaces or _ . : / = + @ -, not beginning with aws:';
comment on constraint policy_tags_values on policy is 'tags: values of up to 256 letters, digits, spaces or _ . : / = + @ -, placeholders apart';
comment on constraint policy_source_identity_form on policy is 'source_identity: 2 to 64 letters, digits or _ + = , . @ -';
comment on constraint policy_external_id_form on policy is 'external_id: letters, digits or _ + = , . @ : / -';
comment on constraint policy_external_id_length on policy is 'external_id: 2 to 1,224 characters';
comment on constraint policy_region_form on policy is 'region: an AWS region such as eu-central-1';
comment on constraint policy_session_length_bounds on policy is 'session_length: 15 minutes to 12 hours';
comment on constraint policy_session_length_seconds on policy is 'session_length: whole seconds';
comment on constraint policy_lease_ttl_bounds on policy is 'lease_ttl: 1 minute to 365 days';
comment on constraint policy_sharing_known on policy is 'sharing: task or role';
comment on constraint policy_prefetch_known on policy is 'prefetch: always or on-ask';
comment on constraint policy_name_unique on policy is 'name: unique in its namespace';
comment on constraint policy_allow_gives_role on policy is 'iam_role_arn: an allow needs it';
comment on constraint policy_deny_gives_nothing on policy is 'a deny gives nothing: iam_role_arn, session_*, tags, transitive_tags, source_identity, external_id, region, lease_ttl, short_session and sensitive stay unset';
comment on constraint policy_transitive_tags_are_tags on policy is 'transitive_tags: each is a key of tags';
comment on constraint policy_short_session_is_said on policy is 'session_length: under an hour only with short_session = true';
comment on constraint attribute_trust_pkey on attribute_trust is 'id is unique';
comment on constraint attribute_trust_attribute_known on attribute_trust is 'attribute: framework_name, mesos_role, task_name, task_user, image, label or agent_attribute';
comment on constraint attribute_trust_key_has_place on attribute_trust is 'key: only for label and agent_attribute';
comment on constraint policy_version_pkey on policy_version is 'one row';
comment on constraint policy_version_one_row on policy_version is 'singleton: always true';
comment on constraint agent_pkey on agent is 'mesos_agent_id is unique';
comment on constraint agent_hostname_length on agent is 'hostname: 1 to 255 characters';
comment on constraint agent_epoch_not_negative on agent is 'epoch: zero or more';
comment on constraint agent_controller_id_length on agent is 'controller_id: 1 to 255 characters';
comment on constraint agent_state_known on agent is 'state: connected, draining or disconnected';
comment on constraint agent_version_length on agent is 'version: 1 to 64 characters';
comment on constraint agent_connected_is_owned on agent is 'state: a connected host has controller_id and connected_at';
comment on constraint lease_pkey on lease is 'id is unique';
comment on constraint lease_launch_sequence_positive on lease is 'launch_sequence: 1 or more';
comment on constraint lease_identity_hash_form on lease is 'identity_hash: 64 hexadecimal digits';
comment on constraint lease_session_name_form on lease is 'session_name: 2 to 64 characters that STS takes';
comment on constraint lease_state_known on lease is 'state: pending, active, renewing, failed or reaped';
comment on constraint lease_reason_length on lease is 'reason: at most 4,096 characters';
comment on constraint lease_attempts_not_negative on lease is 'attempts: zero or more';
comment on constraint lease_revision_not_negative on lease is 'revision: zero or more';
comment on constraint lease_epoch_not_negative on lease is 'epoch: zero or more';
comment on constraint lease_with_session_is_whole on lease is 'state: a lease with a session has iam_role_arn, policy_id, identity_hash and session_name';
comment on constraint lease_active_has_times on lease is 'state: an active lease has expiration and renew_at';
comment on constraint lease_renewing_has_expiration on lease is 'state: a renewing lease has expiration';
comment on constraint lease_failed_has_retry on lease is 'state: a failed lease has retry_at';
comment on constraint lease_reason_is_said on lease is 'reason: needed unless the lease is active or renewing';
comment on constraint lease_reaped_has_time on lease is 'reaped_at: set for a reaped lease, and only for one';
comment on constraint withdrawal_pkey on withdrawal is 'id is unique';
comment on constraint withdrawal_launch_sequence_positive on withdrawal is 'launch_sequence: 1 or more';
comment on constraint withdrawal_reason_length on withdrawal is 'reason: 1 to 1,024 characters';
comment on constraint withdrawal_made_by_length on withdrawal is 'made_by: 1 to 255 characters';
comment on constraint withdrawal_names_someone on withdrawal is 'framework_id or mesos_agent_id is needed';
comment on constraint withdrawal_task_has_framework on withdrawal is 'task_id: needs framework_id';
comment on constraint withdrawal_launch_is_whole on withdrawal is 'launch_sequence: needs framework_id, task_id and mesos_agent_id';
comment on constraint audit_event_pkey on audit_event is 'id is unique';
comment on constraint audit_event_kind_form on audit_event is 'kind: words of lower-case letters and digits, with dots or hyphens between them';
comment on constraint audit_event_actor_length on audit_event is 'actor: at most 255 characters';
comment on constraint audit_event_request_id_length on audit_event is 'request_id: at most 128 characters';
comment on constraint audit_event_message_length on audit_event is 'message: at most 4,096 characters';
comment on constraint audit_event_detail_shape on audit_event is 'detail: a JSON object';
