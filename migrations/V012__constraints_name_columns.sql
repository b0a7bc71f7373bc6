-- A row of policy, attribute_trust or withdrawal that is refused names the column.
--
-- Before, the shape of several columns was that of their domain, and an error named the domain's constraint alone: glob_form could be that of
-- task_name or of image. Operators write these three tables, so each such column is a text with a constraint of its own. It demands what the domain
-- demanded. Tables that only controllers write keep their domains.

create function is_mesos_text(value text) returns boolean
    language sql immutable strict parallel safe
    return octet_length(value) between 1 and 512 and value !~ '[\u0001-\u001f\u007f-\u009f]';
comment on function is_mesos_text is 'Whether Mesos can show it as a name or an id: 1 to 512 bytes without control characters';

create function is_glob(value text) returns boolean
    language sql immutable strict parallel safe
    return char_length(value) between 1 and 1024 and value !~ '[\u0001-\u001f\u007f-\u009f]';
comment on function is_glob is 'Whether it is a pattern: 1 to 1,024 characters without control characters';

create function is_credential_name(value text) returns boolean
    language sql immutable strict parallel safe
    return value ~ '^[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?$';
comment on function is_credential_name is 'Whether it is 1 to 64 lower-case letters, digits or inner hyphens';

alter table policy
    alter column namespace type text,
    alter column framework_principal type text,
    alter column framework_name type text,
    alter column mesos_role type text,
    alter column task_name type text,
    alter column task_user type text,
    alter column image type text,
    alter column credential_name type text,
    alter column iam_role_arn type text,
    add constraint policy_namespace_form check (
        namespace ~ '^/$|^(/[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?){1,8}$'),
    add constraint policy_framework_principal_form check (is_mesos_text(framework_principal)),
    add constraint policy_framework_name_form check (is_mesos_text(framework_name)),
    add constraint policy_mesos_role_form check (is_mesos_text(mesos_role)),
    add constraint policy_task_name_form check (is_glob(task_name)),
    add constraint policy_task_user_form check (is_mesos_text(task_user)),
    add constraint policy_image_form check (is_glob(image)),
    add constraint policy_credential_name_form check (is_credential_name(credential_name)),
    add constraint policy_iam_role_arn_form check (
        char_length(iam_role_arn) <= 640
        and iam_role_arn ~ ('^arn:(aws|aws-cn|aws-us-gov|aws-iso|aws-iso-b|aws-iso-e|aws-iso-f|aws-eusc)'
            || ':iam::[0-9]{12}:role/([!-.0-~]+/)*[A-Za-z0-9_+=,.@-]{1,64}$'));

comment on constraint policy_namespace_form on policy is 'namespace: a path such as /data/reporting, at most 8 deep; / is the root';
comment on constraint policy_framework_principal_form on policy is 'framework_principal: 1 to 512 bytes without control characters';
comment on constraint policy_framework_name_form on policy is 'framework_name: 1 to 512 bytes without control characters';
comment on constraint policy_mesos_role_form on policy is 'mesos_role: 1 to 512 bytes without control characters';
comment on constraint policy_task_name_form on policy is 'task_name: 1 to 1,024 characters without control characters';
comment on constraint policy_task_user_form on policy is 'task_user: 1 to 512 bytes without control characters';
comment on constraint policy_image_form on policy is 'image: 1 to 1,024 characters without control characters';
comment on constraint policy_credential_name_form on policy is 'credential_name: 1 to 64 lower-case letters, digits or inner hyphens';
comment on constraint policy_iam_role_arn_form on policy is
    'iam_role_arn: the ARN of an IAM role, at most 640 characters: arn:aws:iam::123456789012:role/name';

alter table attribute_trust
    alter column framework_principal type text,
    alter column key type text,
    add constraint attribute_trust_framework_principal_form check (is_mesos_text(framework_principal)),
    add constraint attribute_trust_key_form check (is_mesos_text(key));
comment on constraint attribute_trust_framework_principal_form on attribute_trust is
    'framework_principal: 1 to 512 bytes without control characters';
comment on constraint attribute_trust_key_form on attribute_trust is 'key: 1 to 512 bytes without control characters';

alter table withdrawal
    alter column framework_id type text,
    alter column task_id type text,
    alter column mesos_agent_id type text,
    alter column credential_name type text,
    add constraint withdrawal_framework_id_form check (is_mesos_text(framework_id)),
    add constraint withdrawal_task_id_form check (is_mesos_text(task_id)),
    add constraint withdrawal_mesos_agent_id_form check (is_mesos_text(mesos_agent_id)),
    add constraint withdrawal_credential_name_form check (is_credential_name(credential_name));
comment on constraint withdrawal_framework_id_form on withdrawal is 'framework_id: 1 to 512 bytes without control characters';
comment on constraint withdrawal_task_id_form on withdrawal is 'task_id: 1 to 512 bytes without control characters';
comment on constraint withdrawal_mesos_agent_id_form on withdrawal is 'mesos_agent_id: 1 to 512 bytes without control characters';
comment on constraint withdrawal_credential_name_form on withdrawal is
    'credential_name: 1 to 64 lower-case letters, digits or inner hyphens';

drop domain glob;
drop domain mesos_name;
