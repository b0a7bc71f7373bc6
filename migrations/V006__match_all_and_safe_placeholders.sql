-- A policy that matches every task says so, and placeholders can be made safe for a session tag.
--
-- A row without selectors used to match every task: forgotten selectors made it the answer for all of them. Such a row now needs
-- match_all. Rows from before this migration keep what they mean.

alter table policy add column match_all boolean not null default false;
comment on column policy.match_all is
    'true: the row has no selector and matches every task, and that is meant. A row needs either this or at least one selector';

-- what the rows say is the same as before: neither their dates nor the version change
alter table policy disable trigger user;
update policy set match_all = true
where num_nonnulls(framework_principal, framework_name, mesos_role, task_name, task_user, image, labels, agent_attributes) = 0;
alter table policy enable trigger user;

alter table policy add constraint policy_without_selector_needs_match_all check (
    match_all
    or num_nonnulls(framework_principal, framework_name, mesos_role, task_name, task_user, image, labels, agent_attributes) > 0);
comment on constraint policy_without_selector_needs_match_all on policy is
    'A row without a selector matches every task: set match_all = true if that is meant, else set a selector';

alter table policy add constraint policy_match_all_excludes_selectors check (
    not match_all
    or num_nonnulls(framework_principal, framework_name, mesos_role, task_name, task_user, image, labels, agent_attributes) = 0);
comment on constraint policy_match_all_excludes_selectors on policy is
    'match_all means every task: a row with selectors leaves it false';

create or replace function without_placeholders(template text) returns text
    language sql immutable strict parallel safe
    return regexp_replace(template, '\{(framework|task|container|name|mesos-role)(:safe)?\}', '', 'g');

alter table policy drop constraint policy_shared_session_names_no_task;
alter table policy add constraint policy_shared_session_names_no_task check (
    sharing <> 'role' or coalesce(session_name, '') || tags::jsonb::text !~ '\{(task|container)(:safe)?\}');
comment on constraint policy_shared_session_names_no_task on policy is
    'A session that tasks share can''t be named or tagged after one of them: use sharing = task, or leave {task} and {container} out';
comment on column policy.tags is
    'Session tags, an object of texts; values may hold the placeholders of session_name, also as {task:safe}: characters that STS refuses become _';
