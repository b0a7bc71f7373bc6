package io.mesosiam.schema;

import java.util.List;

/** Rows that SQL accepts, in the form of {@link ConstraintCases}. */
final class FineRows {
    /** Written in this order, before the refusals are tried. */
    static final List<String> ALL = List.of(
            "allow | name = 'taken'",
            "allow | credential_name = 'logs-2', mesos_role = '*', task_name = 'web-?*', image = 'registry.example/*'",
            "allow | labels = '[{\"key\": \"team\", \"value\": \"data\"}, {\"key\": \"team\", \"value\": \"\"}, {\"key\": \"gpu\"}]'",
            "allow | agent_attributes = '{\"rack\": \"r1\", \"row\": 109.5, \"gpu\": null}'",
            "allow | session_name = '{framework}.{task}', tags = '{\"Team\": \"data {name} ü\", \"empty\": \"\"}', transitive_tags = '{Team}'",
            "allow | session_policy = '{\"Version\": \"2012-10-17\", \"Statement\": [{\"Effect\": \"Allow\"}]}'",
            "allow | session_policy_arns = '{arn:aws:iam::aws:policy/service-role/X,arn:aws-cn:iam::123456789012:policy/a/b/C}'",
            "allow | iam_role_arn = 'arn:aws-us-gov:iam::123456789012:role/a/b/web+=,.@-_', region = 'us-gov-west-1'",
            "allow | via_role_arn = 'arn:aws:iam::123456789012:role/hub', session_length = '1 hour', region = 'eu-west-1'",
            "allow | unique_external_id = true",
            "deny | default_tags = false",
            "allow | external_id = 'a:b/c@d', source_identity = 'mesos', lease_ttl = '1 month'",
            "allow | session_length = '15 minutes', short_session = true",
            "allow | session_length = '12 hours', sharing = 'role', session_name = 'web-{framework}', prefetch = 'on-ask'",
            "deny | name = 'all', framework_name = null, match_all = true",
            "allow | tags = '{\"task\": \"{task:safe}/{framework:safe}\"}', session_name = '{task:safe}'",
            "deny | credential_name = 'logs', labels = '[{\"key\": \"gpu\"}]'",
            "deny | labels = '[{\"key\": \"a\", \"value\": \"\\\\u0000 \\ud83d\\ude00 \\n\"}]'",
            "deny | labels = json_build_array(json_build_object('key', repeat('ä', 1024), 'value', repeat('x', 1024)))",
            "deny | agent_attributes = json_build_object('a', repeat('x', 1024))",
            "deny | tags = ' { } '",
            "deny | description = repeat('x', 4096)",
            "allow | iam_role_arn = 'arn:aws:iam::123456789012:role/' || repeat('p', 510) || '/web'",
            "allow | sharing = 'role', tags = '{\"a\": \"\\u0074\"}', transitive_tags = '{a,a}'",
            "namespace | path = '/data'",
            "namespace | path = '/data/reporting'",
            "namespace | path = '/bound', iam_role_arns = '{}', aws_accounts = '{123456789012}', mesos_roles = '{*,eng/data}', framework_principals = '{svc}', longest_ttl = '1 day', session_policy_floor = ' [ {\"Effect\": \"Deny\", \"NotAction\": [\"s3:*\"], \"NotResource\": \"*\", \"Condition\": {}} ]', trusted_selectors_only = true, sensitive_only = true",
            "attribute_trust | framework_principal = 'taken'",
            "attribute_trust | attribute = 'label', key = 'team'",
            "attribute_trust | attribute = 'label', key = 'gpu'",
            "agent | mesos_agent_id = 'a-1'",
            "agent | mesos_agent_id = 'a-2', state = 'draining', controller_id = 'c-1', connected_at = now(), epoch = 3",
            "lease | task_id = 'taken', container_id = 'taken'",
            "lease | task_id = 'other', container_id = 'pod/taken'",
            "lease | task_id = 'taken', state = 'reaped', reaped_at = now()",
            "lease | task_id = 'taken', credential_name = 'logs'",
            "whole lease | task_id = 'whole', state = 'active', reason = null, expiration = now(), renew_at = now()",
            "withdrawal | framework_id = 'taken'",
            "withdrawal | framework_id = 'taken', credential_name = 'logs'",
            "withdrawal | framework_id = 'taken', lifted_at = now()",
            "withdrawal | framework_id = null, mesos_agent_id = 'a'",
            "withdrawal | framework_id = null, policy_id = gen_random_uuid()",
            "withdrawal | framework_id = null, iam_role_arn = 'arn:aws:iam::123456789012:role/web'",
            "session_denial | session_names = '{}', issued_before = now()",
            "session_denial | applied_at = now(), removed_at = now()",
            "withdrawal | task_id = 't', mesos_agent_id = 'a', launch_sequence = 1",
            "withdrawal | task_id = 't ', mesos_agent_id = 'a', launch_sequence = 1",
            "withdrawal | task_id = 'inner blank'",
            "withdrawal | task_id = 't ', lifted_at = now()",
            "api_token | name = 'taken', hash = sha256('taken')",
            "api_token | roles = array['viewer:/', 'namespace-admin:/data/reporting']",
            "audit_event | kind = 'lease.issued', entry_id = '2c1d9f4e-0000-4000-8000-000000000001'");

    private FineRows() {}
}
