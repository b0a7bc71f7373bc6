package io.mesosiam.schema;

import java.util.List;

/**
 * Rows that SQL refuses; {@link FineRows} has those that it accepts. Each names a table, and what is different from a row that is fine:
 * columns and values of a policy that allows ({@code allow}), a policy that denies ({@code deny}), or a row of another table.
 */
final class ConstraintCases {
    /** Each names the constraint first. */
    static final List<Refusal> REFUSALS = Refusal.parse("""
            policy_credential_name_form           | allow | credential_name = 'Logs'
            policy_credential_name_form           | allow | credential_name = '-logs'
            policy_iam_role_arn_form              | allow | iam_role_arn = 'arn:aws:iam::123:role/web'
            policy_iam_role_arn_form              | allow | iam_role_arn = 'arn:aws:iam::123456789012:user/web'
            policy_iam_role_arn_form              | allow | iam_role_arn = 'arn:evil:iam::123456789012:role/web'
            policy_iam_role_arn_form              | allow | iam_role_arn = 'arn:aws:iam::123456789012:role/' || repeat('p/', 400) || 'web'
            policy_task_name_form                 | allow | task_name = ''
            policy_task_name_form                 | allow | task_name = E'a\\nb'
            policy_image_form                     | allow | image = repeat('*', 1025)
            policy_image_form                     | allow | image = E'a\\u0085'
            policy_framework_principal_form       | allow | framework_principal = ''
            policy_framework_name_form            | allow | framework_name = E'web\\n'
            policy_mesos_role_form                | allow | mesos_role = repeat('ä', 257)
            policy_mesos_role_name                | deny  | mesos_role = 'web/'
            policy_mesos_role_name                | deny  | mesos_role = '/web'
            policy_mesos_role_name                | deny  | mesos_role = 'a//b'
            policy_mesos_role_name                | allow | mesos_role = '.'
            policy_mesos_role_name                | deny  | mesos_role = 'a/..'
            policy_mesos_role_name                | deny  | mesos_role = '-x'
            policy_mesos_role_name                | deny  | mesos_role = 'a/-x'
            policy_mesos_role_name                | deny  | mesos_role = 'web team'
            policy_mesos_role_name                | deny  | mesos_role = 'eng/*'
            policy_task_user_form                 | allow | task_user = E'ro\\tot'
            policy_task_user_form                 | deny  | task_user = ''
            policy_namespace_form                 | allow | namespace = 'data'
            attribute_trust_framework_principal_form | attribute_trust | framework_principal = E'svc\\n'
            attribute_trust_key_form              | attribute_trust | attribute = 'label', key = ''
            withdrawal_framework_id_blanks        | withdrawal | framework_id = ' '
            withdrawal_framework_id_blanks        | withdrawal | framework_id = 'F1 '
            withdrawal_framework_id_blanks        | withdrawal | framework_id = E'\\u00a0F1'
            withdrawal_framework_id_blanks        | withdrawal | framework_id = E'F1\\u200b'
            withdrawal_task_id_blanks             | withdrawal | task_id = ' t'
            withdrawal_task_id_blanks             | withdrawal | task_id = 't ', mesos_agent_id = 'a'
            withdrawal_mesos_agent_id_blanks      | withdrawal | mesos_agent_id = 'a '
            withdrawal_mesos_agent_id_blanks      | withdrawal | framework_id = null, mesos_agent_id = '  '
            withdrawal_framework_id_form          | withdrawal | framework_id = ''
            withdrawal_task_id_form               | withdrawal | task_id = E't\\n'
            withdrawal_mesos_agent_id_form        | withdrawal | mesos_agent_id = repeat('x', 513)
            withdrawal_credential_name_form       | withdrawal | credential_name = 'Logs'
            withdrawal_iam_role_arn_form          | withdrawal | iam_role_arn = 'arn:aws:iam::123456789012:user/web'
            session_denial_iam_role_arn_form      | session_denial | iam_role_arn = 'web'
            session_denial_session_names_count    | session_denial | session_names = array(select 'ab' from generate_series(1, 21))
            session_denial_session_names_form     | session_denial | session_names = '{x}'
            session_denial_session_names_form     | session_denial | session_names = '{a*b}'
            session_denial_session_names_form     | session_denial | session_names = '{"a b"}'
            session_denial_attempts_not_negative  | written session_denial | attempts = -1
            session_denial_last_error_length      | written session_denial | last_error = repeat('x', 1025)
            session_denial_requested_by_length    | written session_denial | requested_by = repeat('x', 256)
            session_denial_of_names_or_of_all     | session_denial | session_names = '{}'
            session_denial_removed_after_applied  | written session_denial | removed_at = now()
            credential_name_form                  | lease | credential_name = 'Logs'
            iam_role_arn_form                     | lease | iam_role_arn = 'arn:aws:iam::123:role/web'
            iam_role_arn_length                   | lease | iam_role_arn = 'arn:aws:iam::123456789012:role/' || repeat('p/', 400) || 'web'
            namespace_path_form                   | namespace | path = '/Data'
            namespace_path_form                   | namespace | path = '/data/'
            namespace_path_form                   | namespace | path = '/1/2/3/4/5/6/7/8/9'
            namespace_parent_exists               | namespace | path = '/nowhere/below'
            namespace_iam_role_arns_list          | namespace | path = '/n', iam_role_arns = '{null}'
            namespace_iam_role_arns_list          | namespace | path = '/n', iam_role_arns = '{{a},{b}}'
            namespace_iam_role_arns_list          | namespace | path = '/n', iam_role_arns = array_fill('a'::text, array[101])
            namespace_iam_role_arns_form          | namespace | path = '/n', iam_role_arns = '{""}'
            namespace_iam_role_arns_form          | namespace | path = '/n', iam_role_arns = '{*,"a b"}'
            namespace_aws_accounts_list           | namespace | path = '/n', aws_accounts = '{null}'
            namespace_aws_accounts_form           | namespace | path = '/n', aws_accounts = '{123}'
            namespace_via_role_arns_list          | namespace | path = '/n', via_role_arns = '{null}'
            namespace_via_role_arns_form          | namespace | path = '/n', via_role_arns = '{*,"a b"}'
            namespace_mesos_roles_list            | namespace | path = '/n', mesos_roles = '{null}'
            namespace_mesos_roles_form            | namespace | path = '/n', mesos_roles = '{eng,/eng}'
            namespace_mesos_roles_form            | namespace | path = '/n', mesos_roles = '{""}'
            namespace_framework_principals_list   | namespace | path = '/n', framework_principals = '{null}'
            namespace_framework_principals_form   | namespace | path = '/n', framework_principals = '{"",svc}'
            namespace_longest_ttl_range           | namespace | path = '/n', longest_ttl = '59 seconds'
            namespace_longest_ttl_range           | namespace | path = '/n', longest_ttl = '366 days'
            namespace_session_policy_floor_characters | namespace | path = '/n', session_policy_floor = '[{"Effect":"Deny","Action":"*","Resource":"Ω"}]'
            namespace_session_policy_floor_escapes | namespace | path = '/n', session_policy_floor = '[{"Effect":"Deny","Action":"\\u0000","Resource":"*"}]'
            namespace_session_policy_floor_length | namespace | path = '/n', session_policy_floor = json('[{"Effect":"Deny","Action":"' || repeat('x', 1500) || '","Resource":"*"}]')
            namespace_session_policy_floor_shape  | namespace | path = '/n', session_policy_floor = '[]'
            namespace_session_policy_floor_shape  | namespace | path = '/n', session_policy_floor = '{"Effect":"Deny","Action":"*","Resource":"*"}'
            namespace_session_policy_floor_shape  | namespace | path = '/n', session_policy_floor = '[{"Effect":"Allow","Action":"*","Resource":"*"}]'
            namespace_session_policy_floor_shape  | namespace | path = '/n', session_policy_floor = '[{"Effect":"Deny","Action":"*"}]'
            namespace_session_policy_floor_shape  | namespace | path = '/n', session_policy_floor = '[{"Effect":"Deny","Action":"*","NotAction":"*","Resource":"*"}]'
            namespace_session_policy_floor_shape  | namespace | path = '/n', session_policy_floor = '[{"Effect":"Deny","Action":"*","Resource":"*","Sid":"a"}]'
            namespace_session_policy_floor_shape  | namespace | path = '/n', session_policy_floor = '[{"Effect":"Deny","Effect":"Deny","Action":"*","Resource":"*"}]'
            namespace_session_policy_floor_shape  | namespace | path = '/n', session_policy_floor = '["Deny"]'
            namespace_id_unique                   | namespace | path = '/n', id = (select id from namespace where path = '/')
            namespace_revision_version_positive   | namespace_revision | version = 0
            namespace_revision_operation_known    | namespace_revision | operation = 'merge'
            namespace_revision_caller_length      | namespace_revision | caller = ''
            namespace_revision_reason_length      | namespace_revision | reason = repeat('r', 1025)
            namespace_revision_request_id_length  | namespace_revision | request_id = repeat('r', 129)
            policy_namespace_exists               | allow | namespace = '/nowhere'
            policy_name_form                      | allow | name = 'two words'
            policy_name_form                      | allow | name = ''
            policy_name_unique                    | allow | name = 'taken'
            policy_revision_version_positive      | policy_revision | version = 0
            policy_revision_operation_known       | policy_revision | operation = 'merge'
            policy_revision_caller_length         | policy_revision | caller = ''
            policy_revision_reason_length         | policy_revision | reason = repeat('r', 1025)
            policy_revision_request_id_length     | policy_revision | request_id = repeat('r', 129)
            policy_effect_known                   | allow | effect = 'maybe'
            policy_labels_shape                   | allow | labels = '{"team": "data"}'
            policy_labels_shape                   | allow | labels = '[]'
            policy_labels_shape                   | allow | labels = '["team"]'
            policy_labels_shape                   | allow | labels = '[{"value": "data"}]'
            policy_labels_shape                   | allow | labels = '[{"key": 1}]'
            policy_labels_shape                   | allow | labels = '[{"key": "team", "value": null}]'
            policy_labels_shape                   | allow | labels = '[{"key": "team", "valeu": "data"}]'
            policy_labels_shape                   | allow | labels = '[{"key": "team", "key": "gpu"}]'
            policy_labels_shape                   | allow | labels = 'null'
            policy_labels_characters              | deny  | labels = '[{"key": "a", "value": "b\\u0000"}]'
            policy_labels_characters              | deny  | labels = '[{"key": "\\u0000"}]'
            policy_labels_characters              | deny  | labels = '[{"key": "\\\\\\u0000"}]'
            policy_labels_characters              | deny  | labels = '[{"key": "a", "value": "\\ud83d"}]'
            policy_labels_characters              | deny  | labels = '[{"key": "a", "value": "\\ude00\\ud83d"}]'
            policy_labels_characters              | deny  | labels = '[{"key": "a", "value": "\\uFffD"}]'
            policy_labels_characters              | deny  | labels = '[{"key": "a�"}]'
            policy_labels_length                  | deny  | labels = json('[{"key": "a"}' || repeat(' ', 65536) || ']')
            policy_labels_length                  | deny  | labels = json_build_array(json_build_object('key', 'a', 'value', repeat('x', 15000000)))
            policy_labels_length                  | deny  | labels = json('[{"key": "\\u0000"}' || repeat(' ', 65536) || ']')
            policy_labels_values                  | deny  | labels = json_build_array(json_build_object('key', 'a', 'value', repeat('x', 1025)))
            policy_labels_values                  | deny  | labels = json_build_array(json_build_object('key', repeat('x', 1025)))
            policy_agent_attributes_characters    | deny  | agent_attributes = '{"a": "\\u0000"}'
            policy_agent_attributes_characters    | deny  | agent_attributes = '{"\\udc00": null}'
            policy_agent_attributes_characters    | deny  | agent_attributes = '{"a": "�"}'
            policy_agent_attributes_length        | deny  | agent_attributes = json_build_object('a', repeat('x', 65536))
            policy_agent_attributes_values        | deny  | agent_attributes = json_build_object('a', repeat('x', 1025))
            policy_agent_attributes_values        | deny  | agent_attributes = json_build_object(repeat('x', 1025), null)
            policy_agent_attributes_values        | deny  | agent_attributes = '{"": "x"}'
            policy_description_length             | deny  | description = repeat('x', 4097)
            attribute_trust_description_length    | attribute_trust | description = repeat('x', 4097)
            namespace_description_length          | namespace | path = '/long', description = repeat('x', 4097)
            policy_iam_role_arn_path              | allow | iam_role_arn = 'arn:aws:iam::123456789012:role/' || repeat('p', 511) || '/web'
            policy_session_policy_escapes         | allow | session_policy = '{"Statement": {"Sid": "a"}, "\\u0000": 1}'
            policy_tags_characters                | allow | tags = '{"team": "\\u0000"}'
            policy_tags_characters                | allow | sharing = 'role', tags = '{"team": "\\u0000"}'
            policy_tags_length                    | allow | tags = json('{"team": "a"' || repeat(' ', 65536) || '}')
            policy_agent_attributes_count         | deny  | agent_attributes = (select json_object_agg('a' || i, 'x') from generate_series(1, 33) i)
            policy_transitive_tags_count          | allow | tags = '{"team": "a"}', transitive_tags = array(select 'team' from generate_series(1, 51))
            policy_deny_gives_nothing             | deny  | tags = '{"team": "\\u0000"}'
            policy_mesos_role_form                | deny  | mesos_role = '�'
            policy_framework_principal_form       | deny  | framework_principal = 'a�'
            policy_framework_name_form            | deny  | framework_name = '�a'
            policy_task_user_form                 | deny  | task_user = '�'
            policy_task_name_form                 | deny  | task_name = 'a�*'
            policy_image_form                     | deny  | image = '�'
            attribute_trust_framework_principal_form | attribute_trust | framework_principal = '�'
            attribute_trust_key_form              | attribute_trust | attribute = 'label', key = '�'
            withdrawal_framework_id_form          | withdrawal | framework_id = '�'
            withdrawal_task_id_form               | withdrawal | task_id = 't�'
            withdrawal_mesos_agent_id_form        | withdrawal | mesos_agent_id = '�'
            policy_agent_attributes_shape         | allow | agent_attributes = '{}'
            policy_agent_attributes_shape         | allow | agent_attributes = '{"rack": "r1", "rack": "r2"}'
            policy_agent_attributes_shape         | allow | agent_attributes = '{"cores": [4]}'
            policy_agent_attributes_shape         | allow | agent_attributes = '{"rack": 1e400}'
            policy_agent_attributes_shape         | allow | agent_attributes = '["rack"]'
            policy_session_name_form              | allow | session_name = 'a b'
            policy_session_name_form              | allow | session_name = 'x-{tasks}'
            policy_session_name_length            | allow | session_name = 'x'
            policy_session_name_length            | allow | session_name = repeat('x', 65)
            policy_session_policy_shape           | allow | session_policy = '{}'
            policy_session_policy_shape           | allow | session_policy = '{"Statement": {"Sid": "a"}, "Statement": {"Sid": "b"}}'
            policy_session_policy_shape           | allow | session_policy = '[]'
            policy_session_policy_shape           | allow | session_policy = '{"Statement": []}'
            policy_session_policy_length          | allow | session_policy = json_build_object('Statement', json_build_object('Sid', repeat('x', 2048)))
            policy_session_policy_characters      | allow | session_policy = '{"Statement": {"Sid": "Ω"}}'
            policy_session_policy_arns_form       | allow | session_policy_arns = '{arn:aws:iam::123456789012:role/web}'
            policy_session_policy_arns_form       | allow | session_policy_arns = '{null}'
            policy_session_policy_arns_count      | allow | session_policy_arns = array(select 'arn:aws:iam::aws:policy/p' || n from generate_series(1, 11) n)
            policy_tags_shape                     | allow | tags = '{"team": null}'
            policy_tags_shape                     | allow | tags = '[]'
            policy_tags_count                     | allow | tags = (select json_object_agg('k' || n, 'v') from generate_series(1, 51) n)
            policy_tags_count                     | allow | tags = '{"Team": "a", "team": "b"}'
            policy_tags_count                     | allow | tags = '{"team": "a", "team": "b"}'
            policy_tags_keys                      | allow | tags = '{"AWS:team": "data"}'
            policy_tags_keys                      | allow | tags = '{"": "data"}'
            policy_tags_keys                      | allow | tags = json_build_object(repeat('k', 129), 'v')
            policy_tags_values                    | allow | tags = '{"team": "a;b"}'
            policy_tags_values                    | allow | tags = '{"team": "{no-such-placeholder}"}'
            policy_tags_values                    | allow | tags = json_build_object('k', repeat('v', 257))
            policy_tags_of_origin                 | allow | namespace = '/data', tags = '{"mesos-iam-namespace": "/ops"}'
            policy_transitive_tags_are_tags       | allow | tags = '{"team": "data"}', transitive_tags = '{owner}'
            policy_source_identity_form           | allow | source_identity = 'x'
            policy_source_identity_form           | allow | source_identity = 'aws:me'
            policy_external_id_form               | allow | external_id = 'a b'
            policy_external_id_length             | allow | external_id = 'x'
            policy_external_id_length             | allow | external_id = repeat('x', 1225)
            policy_region_form                    | allow | region = 'Frankfurt'
            policy_region_partition               | allow | region = 'cn-north-1'
            policy_region_partition               | allow | region = 'us-east-1', iam_role_arn = 'arn:aws-us-gov:iam::123456789012:role/web'
            policy_via_role_arn_form              | allow | via_role_arn = 'arn:aws:iam::123456789012:user/hub'
            policy_via_role_arn_form              | allow | via_role_arn = 'arn:aws:iam::123456789012:role/' || repeat('p', 511) || '/hub'
            policy_via_role_arn_differs           | allow | via_role_arn = 'arn:aws:iam::123456789012:role/web'
            policy_via_role_arn_partition         | allow | via_role_arn = 'arn:aws-cn:iam::123456789012:role/hub'
            policy_via_role_arn_session_length    | allow | via_role_arn = 'arn:aws:iam::123456789012:role/hub', session_length = '61 minutes'
            policy_unique_external_id_form        | allow | unique_external_id = true, external_id = 'mine'
            policy_deny_has_no_via_role           | deny  | via_role_arn = 'arn:aws:iam::123456789012:role/hub'
            policy_deny_has_no_via_role           | deny  | unique_external_id = true
            cluster_singleton_one_row             | cluster | singleton = false
            cluster_name_form                     | cluster | name = 'two words'
            cluster_name_form                     | cluster | name = ''
            cluster_region_form                   | cluster | region = 'Frankfurt'
            policy_session_length_bounds          | allow | session_length = '14 minutes', short_session = true
            policy_session_length_bounds          | allow | session_length = '12 hours 1 second'
            policy_session_length_seconds         | allow | session_length = '3600.5 seconds'
            policy_short_session_is_said          | allow | session_length = '59 minutes'
            policy_lease_ttl_bounds               | allow | lease_ttl = '1 second'
            policy_lease_ttl_bounds               | allow | lease_ttl = '-1 hours'
            policy_sharing_known                  | allow | sharing = 'everybody'
            policy_prefetch_known                 | allow | prefetch = 'never'
            policy_allow_gives_role               | allow | iam_role_arn = null
            policy_deny_gives_nothing             | deny  | iam_role_arn = 'arn:aws:iam::123456789012:role/web'
            policy_deny_gives_nothing             | deny  | tags = '{"team": "data"}'
            policy_deny_gives_nothing             | deny  | sensitive = true
            policy_shared_session_names_no_task   | allow | sharing = 'role', session_name = 'web-{task}'
            policy_shared_session_names_no_task | allow | sharing = 'role', tags = '{"task": "{task:safe}"}'
            policy_without_selector_needs_match_all | allow | framework_name = null
            policy_without_selector_needs_match_all | deny | framework_name = null
            policy_match_all_excludes_selectors | deny | match_all = true
            policy_match_all_excludes_selectors | allow | framework_name = null, labels = '[{"key": "gpu"}]', match_all = true
            policy_shared_session_names_no_task   | allow | sharing = 'role', tags = '{"container": "{container}"}'
            policy_shared_session_names_no_task   | allow | sharing = 'role', tags = '{"task": "{\\u0074ask}"}'
            attribute_trust_attribute_known       | attribute_trust | attribute = 'framework_principal'
            attribute_trust_key_has_place         | attribute_trust | attribute = 'task_name', key = 'team'
            attribute_trust_framework_principal_blanks | attribute_trust | framework_principal = 'svc-web '
            attribute_trust_key_blanks            | attribute_trust | attribute = 'label', key = E'\\u00a0team'
            attribute_trust_once                  | attribute_trust | framework_principal = 'taken'
            policy_version_pkey                   | policy_version | version = 7
            policy_version_one_row                | policy_version | singleton = false
            mesos_id_length                       | agent | mesos_agent_id = ''
            mesos_id_length                       | agent | mesos_agent_id = repeat('x', 513)
            mesos_id_form                         | agent | mesos_agent_id = E'a\\u0085'
            agent_hostname_length                 | agent | hostname = ''
            agent_epoch_not_negative              | agent | epoch = -1
            agent_controller_id_length            | agent | controller_id = ''
            agent_state_known                     | agent | state = 'sleeping'
            agent_version_length                  | agent | version = ''
            agent_connected_is_owned              | agent | state = 'connected'
            container_path_form                   | lease | container_id = 'a//b'
            container_path_form                   | lease | container_id = '../b'
            container_path_length                 | lease | container_id = repeat(repeat('x', 255) || '/', 6) || 'x'
            lease_launch_sequence_positive        | lease | launch_sequence = 0
            lease_identity_hash_form              | lease | identity_hash = 'abc'
            lease_session_name_form               | lease | session_name = 'a b'
            lease_state_known                     | lease | state = 'asleep'
            lease_reason_length                   | lease | reason = repeat('x', 4097)
            lease_attempts_not_negative           | lease | attempts = -1
            lease_revision_not_negative           | lease | revision = -1
            lease_epoch_not_negative              | lease | epoch = -1
            lease_with_session_is_whole           | lease | state = 'renewing', expiration = now()
            lease_active_has_times                | whole lease | state = 'active'
            lease_renewing_has_expiration         | whole lease | state = 'renewing'
            lease_failed_has_retry                | whole lease | state = 'failed'
            lease_reason_is_said                  | lease | reason = null
            lease_reaped_has_time                 | lease | state = 'reaped'
            lease_reaped_has_time                 | lease | reaped_at = now()
            lease_one_live_per_launch             | lease | task_id = 'taken'
            lease_one_live_per_container          | lease | container_id = 'taken'
            withdrawal_launch_sequence_positive   | withdrawal | task_id = 't', mesos_agent_id = 'a', launch_sequence = 0
            withdrawal_reason_length              | withdrawal | reason = ''
            withdrawal_made_by_length             | withdrawal | made_by = ''
            withdrawal_names_someone              | withdrawal | framework_id = null
            withdrawal_task_has_framework         | withdrawal | framework_id = null, mesos_agent_id = 'a', task_id = 't'
            withdrawal_launch_is_whole            | withdrawal | task_id = 't', launch_sequence = 1
            withdrawal_once                       | withdrawal | framework_id = 'taken'
            audit_event_kind_form                 | audit_event | kind = 'Lease issued'
            audit_event_actor_length              | audit_event | actor = ''
            audit_event_request_id_length         | audit_event | request_id = ''
            audit_event_message_length            | audit_event | message = repeat('x', 4097)
            audit_event_reported_at_range         | audit_event | reported_at = 'infinity'
            audit_event_reported_at_range         | audit_event | reported_at = '-infinity'
            audit_event_detail_shape              | audit_event | detail = '[]'
            audit_event_outcome_known             | audit_event | outcome = 'maybe'
            audit_event_sign_in_form              | audit_event | sign_in = 'By hand'
            audit_event_source_address_length     | audit_event | source_address = ''
            audit_event_object_length             | audit_event | object = repeat('x', 513)
            audit_retention_one_row               | audit_retention | singleton = false
            audit_retention_shortest_range        | audit_retention | shortest = '23 hours'
            audit_stream_position_not_negative    | audit_stream | position = -1
            audit_stream_sink_form                | audit_stream | sink = 'Two words'
            audit_event_by_entry                  | audit_event | entry_id = '2c1d9f4e-0000-4000-8000-000000000001'
            api_token_name_form                   | api_token | name = 'Two words'
            api_token_name_once                   | api_token | name = 'taken'
            api_token_hash_length                 | api_token | hash = decode('00', 'hex')
            api_token_hash_unique                 | api_token | hash = sha256('taken')
            api_token_roles_form                  | api_token | roles = '{}'
            api_token_roles_form                  | api_token | roles = '{null}'
            api_token_roles_form                  | api_token | roles = '{root}'
            api_token_roles_form                  | api_token | roles = '{admin:data}'
            api_token_roles_form                  | api_token | roles = array_fill('admin'::text, array[33])
            api_token_created_by_length           | api_token | created_by = ''
            api_token_expires_at_after            | api_token | expires_at = now()
            api_token_expires_at_after            | api_token | expires_at = now() + interval '367 days'
            launch_grant_namespace_exists         | launch_grant | namespace = '/nowhere'
            launch_grant_iam_role_arn_form        | launch_grant | iam_role_arn = 'arn:aws:iam::123456789012:user/web'
            launch_grant_iam_role_arn_path        | launch_grant | iam_role_arn = 'arn:aws:iam::123456789012:role/' || repeat('p', 511) || '/web'
            launch_grant_credential_name_form     | launch_grant | credential_name = 'Logs'
            launch_grant_framework_principal_form | launch_grant | framework_principal = ''
            launch_grant_framework_principal_blanks | launch_grant | framework_principal = 'svc '
            launch_grant_mesos_role_form          | launch_grant | mesos_role = repeat('ä', 257)
            launch_grant_mesos_role_name          | launch_grant | mesos_role = '/eng'
            launch_grant_task_id_form             | launch_grant | task_id = ''
            launch_grant_task_id_blanks           | launch_grant | task_id = 't '
            launch_grant_names_the_task           | launch_grant | mesos_role = null
            launch_grant_session_policy_characters | launch_grant | session_policy = '{"Statement": [{"Sid": "Ω"}]}'
            launch_grant_session_policy_escapes   | launch_grant | session_policy = '{"Statement": {"Sid": "a"}, "\\u0000": 1}'
            launch_grant_session_policy_length    | launch_grant | session_policy = json_build_object('Statement', json_build_object('Sid', repeat('x', 2048)))
            launch_grant_session_policy_shape     | launch_grant | session_policy = '{"Statement": []}'
            launch_grant_expires_at_range         | launch_grant | expires_at = now() + interval '59 seconds'
            launch_grant_expires_at_range         | launch_grant | expires_at = now() + interval '721 hours'
            launch_grant_bound_at_whole           | written launch_grant | bound_framework_id = 'f'
            launch_grant_bound_at_whole           | written launch_grant | bound_task_id = 't'
            launch_grant_suspended_reason_length  | written launch_grant | suspended_at = now(), suspended_reason = ''
            launch_grant_suspended_at_reason      | written launch_grant | suspended_at = now()
            launch_grant_suspended_at_reason      | written launch_grant | suspended_reason = 'two tasks'
            launch_grant_end_reason_known         | written launch_grant | ended_at = now(), end_reason = 'tired'
            authority_kind_known                  | authority | kind = 'leaf', certificate = sha512('a'), fingerprint = sha256(sha512('a'))
            authority_certificate_length          | authority | certificate = 'a', fingerprint = sha256('a')
            authority_fingerprint_of_certificate  | authority | fingerprint = sha256('another')
            authority_fingerprint_unique          | authority | certificate = sha512('taken'), fingerprint = sha256(sha512('taken'))
            authority_sealed_key_of_intermediate  | authority | certificate = sha512('b'), fingerprint = sha256(sha512('b')), sealed_key = sha512('k')
            authority_sealed_key_of_intermediate  | authority | kind = 'intermediate', certificate = sha512('b'), fingerprint = sha256(sha512('b')), sealed_key = 'k'
            join_token_hash_length                | join_token | hash = 'short'
            join_token_hash_unique                | join_token | hash = sha256('taken')
            join_token_hostname_form              | join_token | hostname = 'Host1.example'
            join_token_hostname_form              | join_token | hostname = 'host 1.example'
            join_token_hostname_labels            | join_token | hostname = '*.example'
            join_token_hostname_labels            | join_token | hostname = 'a.*.example'
            join_token_uses_range                 | join_token | hostname = '*.hosts.example', uses = 0
            join_token_uses_range                 | join_token | hostname = '*.hosts.example', uses = 10001
            join_token_uses_of_pattern            | join_token | uses = 2
            join_token_used_range                 | written join_token | used = 2
            join_token_expires_at_range           | join_token | expires_at = now() + interval '59 seconds'
            join_token_expires_at_range           | join_token | expires_at = now() + interval '721 hours'
            host_hostname_form                    | host | hostname = 'Host'
            host_hostname_form                    | host | hostname = 'host.'
            host_hostname_form                    | host | hostname = '*.example'
            host_eviction_reason_length           | host | evicted_at = now(), eviction_reason = ''
            host_evicted_at_reason                | host | evicted_at = now()
            host_certificate_serial_form          | host_certificate | serial = 'AB'
            host_certificate_hostname_exists      | host_certificate | hostname = 'unknown.example'
            host_certificate_public_key_hash_length | host_certificate | public_key_hash = 'k'
            host_certificate_issuer_length        | host_certificate | issuer = 'i'
            host_certificate_proof_known          | host_certificate | proof = 'word'
            host_certificate_join_token_id_of_proof | host_certificate | proof = 'join-token'
            host_certificate_join_token_id_of_proof | host_certificate | join_token_id = gen_random_uuid()
            host_certificate_expires_at_after     | host_certificate | expires_at = now()
            host_certificate_instance_exists      | host_certificate | instance = gen_random_uuid()
            host_certificate_instance_of_proof    | host_certificate | proof = 'ec2'
            ec2_instance_unique                   | ec2_instance | instance_id = 'i-00000001'
            ec2_instance_account_form             | ec2_instance | account = '1111'
            ec2_instance_region_form              | ec2_instance | region = 'EU'
            ec2_instance_instance_id_form         | ec2_instance | instance_id = '1234'
            ec2_instance_hostname_exists          | ec2_instance | hostname = 'unknown.example'
            ec2_instance_addresses_number         | ec2_instance | addresses = array_fill('10.0.0.1'::text, array[1025])
            ec2_instance_public_key_hash_length   | written ec2_instance | public_key_hash = 'k'
            ec2_instance_state_form               | ec2_instance | state = 'Running'
            agent_instance_exists                 | agent | instance = gen_random_uuid()
            controller_controller_id_length       | controller | controller_id = ''
            controller_controller_id_length       | controller | controller_id = repeat('c', 256)
            controller_state_length               | controller | state = to_jsonb(repeat('s', 65536))
            """);

    private ConstraintCases() {}
}
