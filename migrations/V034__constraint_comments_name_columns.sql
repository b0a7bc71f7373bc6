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
