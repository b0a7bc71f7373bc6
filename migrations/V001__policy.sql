-- Who gets which IAM role.
--
-- Operators write policy, attribute_trust and namespace; controllers read them. What these tables accept is valid, as far as one
-- row can be judged by itself, and what they refuse names the constraint. Every statement that changes one of them increments the
-- single row of policy_version and notifies the channel policy_version with the new number, so that set and version can be read in
-- one snapshot. Bounds of AWS are those of AssumeRole (STS API reference) and of IAM identifiers (IAM user guide).
--
-- Wants PostgreSQL 14 or newer and a UTF-8 database.
--
-- Room: a namespace bounds nothing yet, so it has no columns that would look as if it did. Grants get a table of their own later;
-- what they give has the shape of what a policy gives.

-- Words that several tables share ------------------------------------------------------------------------------------------------

create domain credential_name as text
    constraint credential_name_form check (value ~ '^[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?$');
comment on domain credential_name is
    'Under which name a task asks for credentials: 1 to 64 lower-case letters, digits or inner ''-''';

create domain iam_role_arn as text
    constraint iam_role_arn_form check (
        value ~ ('^arn:(aws|aws-cn|aws-us-gov|aws-iso|aws-iso-b|aws-iso-e|aws-iso-f|aws-eusc)'
            || ':iam::[0-9]{12}:role/([!-.0-~]+/)*[A-Za-z0-9_+=,.@-]{1,64}$'))
    constraint iam_role_arn_length check (char_length(value) <= 640);
comment on domain iam_role_arn is 'The ARN of an IAM role, with its path';

create domain glob as text
    constraint glob_length check (char_length(value) between 1 and 1024)
    constraint glob_form check (value !~ '[\u0001-\u001f\u007f-\u009f]');
comment on domain glob is 'A pattern for the whole text: * stands for any characters or none, ? for one; all others for themselves';

create domain mesos_name as text
    constraint mesos_name_length check (octet_length(value) between 1 and 512)
    constraint mesos_name_form check (value !~ '[\u0001-\u001f\u007f-\u009f]');
comment on domain mesos_name is 'A name that Mesos shows, compared as a whole: a principal, a framework, a Mesos role, a user';

create domain namespace_path as text
    constraint namespace_path_form check (value ~ '^/$|^(/[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?){1,8}$');
comment on domain namespace_path is 'A path such as /data/reporting, at most 8 deep; / is the root';

-- Shapes of arrays and JSON ------------------------------------------------------------------------------------------------------
-- Each answers true for what is not its business, so that the constraint which fails is the one that says what is wrong. The type is
-- json, not jsonb, which would silently keep one of two equal keys.

create function without_placeholders(template text) returns text
    language sql immutable strict parallel safe
    return regexp_replace(template, '\{(framework|task|container|name|mesos-role)\}', '', 'g');
comment on function without_placeholders is 'The literal text of a template';

create function is_label_list(labels json) returns boolean
    language sql immutable strict parallel safe
    return case when json_typeof(labels) <> 'array' then false else
        json_array_length(labels) between 1 and 32
        and not exists (
            select from json_array_elements(labels) as label
            where case when json_typeof(label) <> 'object' then true else
                json_typeof(label -> 'key') is distinct from 'string'
                or coalesce(json_typeof(label -> 'value'), 'string') <> 'string'
                or (select count(*) <> count(distinct key) or bool_or(key not in ('key', 'value'))
                    from json_object_keys(label) as key) end) end;
comment on function is_label_list is 'Whether it is [{"key": "team", "value": "data"}, {"key": "gpu"}]: 1 to 32 labels as Mesos writes them';

create function is_attribute_map(attributes json) returns boolean
    language sql immutable strict parallel safe
    return case when json_typeof(attributes) <> 'object' then false else
        (select count(*) > 0 and count(*) = count(distinct key) and bool_and(json_typeof(value) in ('string', 'null'))
            from json_each(attributes)) end;
comment on function is_attribute_map is 'Whether it is {"rack": "r1", "gpu": null}: one attribute or more, each once, a text or null';

create function is_tag_map(tags json) returns boolean
    language sql immutable strict parallel safe
    return case when json_typeof(tags) <> 'object' then false else
        not exists (select from json_each(tags) where json_typeof(value) <> 'string') end;
comment on function is_tag_map is 'Whether it is an object of texts';

create function tag_count_fits(tags json) returns boolean
    language sql immutable strict parallel safe
    return case when json_typeof(tags) <> 'object' then true else
        (select count(*) <= 50 and count(*) = count(distinct lower(key)) from json_object_keys(tags) as key) end;
comment on function tag_count_fits is 'Whether AWS takes as many: 50, and no two that are the same or differ by case alone';

create function tag_keys_fit(tags json) returns boolean
    language sql immutable strict parallel safe
    return case when json_typeof(tags) <> 'object' then true else
        not exists (
            select from json_object_keys(tags) as key
            where key !~ '^[[:alnum:] _.:/=+@-]{1,128}$' or key ilike 'aws:%') end;
comment on function tag_keys_fit is 'Whether AWS takes each key: 1 to 128 letters, digits, spaces or _.:/=+@-, not beginning with aws:';

create function tag_values_fit(tags json) returns boolean
    language sql immutable strict parallel safe
    return case when json_typeof(tags) <> 'object' then true else
        not exists (
            select from json_each_text(tags) as tag
            where char_length(without_placeholders(tag.value)) > 256
                or char_length(tag.value) > 1024
                or without_placeholders(tag.value) !~ '^[[:alnum:] _.:/=+@-]*$') end;
comment on function tag_values_fit is 'Whether AWS takes each value, placeholders apart: up to 256 letters, digits, spaces or _.:/=+@-';

create function has_tags(keys text[], tags json) returns boolean
    language sql immutable strict parallel safe
    return case when json_typeof(tags) <> 'object' then true else
        array_position(keys, null) is null and coalesce(array_ndims(keys), 1) = 1
        and keys <@ array(select json_object_keys(tags)) end;
comment on function has_tags is 'Whether each key is a key of the tags';

create function is_policy_arn_list(arns text[]) returns boolean
    language sql immutable strict parallel safe
    return array_position(arns, null) is null
        and coalesce(array_ndims(arns), 1) = 1
        and not exists (
            select from unnest(arns) as arn
            where arn !~ '^arn:aws[a-z-]*:iam::([0-9]{12}|aws):policy/([!-.0-~]+/)*[A-Za-z0-9_+=,.@-]{1,128}$'
                or char_length(arn) > 2048);
comment on function is_policy_arn_list is 'Whether each is the ARN of a managed IAM policy';

create function is_policy_document(document json) returns boolean
    language sql immutable strict parallel safe
    return case when json_typeof(document) <> 'object' then false else
        (select count(*) = count(distinct key) from json_object_keys(document) as key)
        and case coalesce(json_typeof(document -> 'Statement'), 'null')
            when 'object' then exists (select from json_object_keys(document -> 'Statement'))
            when 'array' then json_array_length(document -> 'Statement') > 0
            else false end end;
comment on function is_policy_document is 'Whether it is an object with at least one Statement, and no key twice';

-- Namespaces ---------------------------------------------------------------------------------------------------------------------

create function parent_namespace(path text) returns text
    language sql immutable strict parallel safe
    return case when path = '/' then null else coalesce(nullif(regexp_replace(path, '/[^/]*$', ''), ''), '/') end;
comment on function parent_namespace is 'The path one step up; null for the root';

create table namespace (
    path namespace_path constraint namespace_pkey primary key,
    parent text generated always as (parent_namespace(path)) stored
        constraint namespace_parent_exists references namespace (path),
    description text,
    created_at timestamptz not null default now()
);
comment on table namespace is 'The tree that policies belong to. It names owners; bounds come with a later version';
comment on column namespace.path is 'Where it is in the tree';
comment on column namespace.parent is 'The path one step up, which must exist; null for the root';
comment on column namespace.description is 'What it is for and whose it is, for people';
comment on column namespace.created_at is 'When the row was made';

insert into namespace (path, description) values ('/', 'The root: policies that no namespace of their own was made for');

-- Policies -----------------------------------------------------------------------------------------------------------------------

create table policy (
    id uuid not null default gen_random_uuid() constraint policy_pkey primary key,
    namespace namespace_path not null default '/'
        constraint policy_namespace_exists references namespace (path),
    name text not null
        constraint policy_name_form check (name ~ '^[A-Za-z0-9]([A-Za-z0-9._-]{0,126}[A-Za-z0-9])?$'),
    description text,
    effect text not null
        constraint policy_effect_known check (effect in ('allow', 'deny')),
    priority integer not null default 0,
    enabled boolean not null default true,

    -- whom it is about
    framework_principal mesos_name,
    framework_name mesos_name,
    mesos_role mesos_name,
    task_name glob,
    task_user mesos_name,
    image glob,
    labels json
        constraint policy_labels_shape check (is_label_list(labels)),
    agent_attributes json
        constraint policy_agent_attributes_shape check (is_attribute_map(agent_attributes)),

    -- what it gives
    credential_name credential_name,
    iam_role_arn iam_role_arn,
    session_name text
        constraint policy_session_name_form check (without_placeholders(session_name) ~ '^[A-Za-z0-9_+=,.@-]*$')
        constraint policy_session_name_length check (
            char_length(session_name) between 2 and 256 and char_length(without_placeholders(session_name)) <= 64),
    session_policy json
        constraint policy_session_policy_shape check (is_policy_document(session_policy))
        constraint policy_session_policy_length check (char_length(session_policy::text) <= 2048)
        constraint policy_session_policy_characters check (
            session_policy::text !~ '[^\u0009\u000A\u000D\u0020-\u00FF]'),
    session_policy_arns text[] not null default '{}'
        constraint policy_session_policy_arns_form check (is_policy_arn_list(session_policy_arns))
        constraint policy_session_policy_arns_count check (cardinality(session_policy_arns) <= 10),
    tags json not null default '{}'
        constraint policy_tags_shape check (is_tag_map(tags))
        constraint policy_tags_count check (tag_count_fits(tags))
        constraint policy_tags_keys check (tag_keys_fit(tags))
        constraint policy_tags_values check (tag_values_fit(tags)),
    transitive_tags text[] not null default '{}',
    source_identity text
        constraint policy_source_identity_form check (source_identity ~ '^[A-Za-z0-9_+=,.@-]{2,64}$'),
    external_id text
        constraint policy_external_id_form check (external_id ~ '^[A-Za-z0-9_+=,.@:/-]+$')
        constraint policy_external_id_length check (char_length(external_id) between 2 and 1224),
    region text
        constraint policy_region_form check (region ~ '^[a-z]{2,8}(-[a-z]{2,12}){1,3}-[0-9]{1,2}$'),
    session_length interval not null default '1 hour'
        constraint policy_session_length_bounds check (session_length between '15 minutes' and '12 hours')
        constraint policy_session_length_seconds check (session_length = date_trunc('second', session_length)),
    short_session boolean not null default false,
    lease_ttl interval
        constraint policy_lease_ttl_bounds check (lease_ttl between '1 minute' and '365 days'),
    sharing text not null default 'task'
        constraint policy_sharing_known check (sharing in ('task', 'role')),
    prefetch text not null default 'always'
        constraint policy_prefetch_known check (prefetch in ('always', 'on-ask')),
    sensitive boolean not null default false,

    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),

    constraint policy_name_unique unique (namespace, name),
    constraint policy_allow_gives_role check (effect <> 'allow' or iam_role_arn is not null),
    constraint policy_deny_gives_nothing check (effect <> 'deny' or (
        iam_role_arn is null and session_name is null and session_policy is null and session_policy_arns = '{}'
        and tags::jsonb = '{}' and transitive_tags = '{}' and source_identity is null and external_id is null
        and region is null and lease_ttl is null and not short_session and not sensitive)),
    constraint policy_transitive_tags_are_tags check (has_tags(transitive_tags, tags)),
    constraint policy_short_session_is_said check (session_length >= '1 hour' or short_session),
    constraint policy_shared_session_names_no_task check (
        sharing <> 'role' or coalesce(session_name, '') || tags::jsonb::text !~ '\{(task|container)\}')
);
comment on table policy is
    'Each row allows an IAM role to the tasks that it matches, or denies it. All selectors that are set must hold; one that is null holds for every task';
comment on column policy.id is 'What leases and audit events name it by';
comment on column policy.namespace is 'Whose it is';
comment on column policy.name is 'For people; unique in its namespace. Refused tasks are shown it';
comment on column policy.description is 'Why it is there, for people';
comment on column policy.effect is 'allow, or deny, which beats every allow';
comment on column policy.priority is 'Of the allows that match, those with the highest number decide; different answers among them give nothing';
comment on column policy.enabled is 'false: as if the row were not there';
comment on column policy.framework_principal is 'What the task''s framework authenticated as, in full';
comment on column policy.framework_name is 'The framework''s name, in full';
comment on column policy.mesos_role is 'The Mesos role that the task''s resources are allocated to, or one above it: eng covers eng/data';
comment on column policy.task_name is 'The task''s name, a glob';
comment on column policy.task_user is 'The user that the task runs as: its own, else its framework''s';
comment on column policy.image is 'The container image as the framework wrote it, a glob; a task without an image doesn''t match';
comment on column policy.labels is
    'Labels that the task must have, as Mesos writes them: [{"key": "team", "value": "data"}, {"key": "gpu"}]; without a value the key is enough';
comment on column policy.agent_attributes is
    'Attributes that the Mesos agent must have: {"rack": "r1", "gpu": null}; with null the attribute is enough';
comment on column policy.credential_name is
    'The name that the task asks for it by. null: for an allow ''default'', for a deny every name';
comment on column policy.iam_role_arn is 'The IAM role that an allow gives';
comment on column policy.session_name is
    'Role session name, a template of {framework}, {task}, {container}, {name}, {mesos-role}; filled in and cut to 64 characters. null: one is made up from the task';
comment on column policy.session_policy is 'Inline session policy: the session can do what both it and the IAM role allow';
comment on column policy.session_policy_arns is 'Managed session policies, up to 10';
comment on column policy.tags is 'Session tags, an object of texts; values may hold the placeholders of session_name';
comment on column policy.transitive_tags is 'Keys of tags that go on through role chaining';
comment on column policy.source_identity is 'Source identity, set once and kept through role chaining';
comment on column policy.external_id is 'External id that the IAM role''s trust policy asks for. Never shown to a task';
comment on column policy.region is 'Whose STS is asked; null: the controller''s own';
comment on column policy.session_length is 'How long one STS session lasts, whole seconds from 15 minutes to 12 hours';
comment on column policy.short_session is 'Says that session_length under an hour is meant: such sessions cost more STS calls and outlive less';
comment on column policy.lease_ttl is 'How long after its start a task may have it; null: as long as it runs';
comment on column policy.sharing is 'task: each launch has a session of its own. role: launches with equal sessions share one';
comment on column policy.prefetch is 'always: a session is ready before the task asks. on-ask: STS is called when it does';
comment on column policy.sensitive is 'true: only for tasks whose launch was seen, never for those that a Mesos agent merely reported';
comment on column policy.created_at is 'When the row was made';
comment on column policy.updated_at is 'When the row was last changed';

create function touch_updated_at() returns trigger
    language plpgsql as $$
begin
    new.updated_at = now();
    return new;
end
$$;
comment on function touch_updated_at is 'Keeps updated_at';

create trigger policy_touched before update on policy
    for each row execute function touch_updated_at();

-- What may be believed -----------------------------------------------------------------------------------------------------------

create table attribute_trust (
    id uuid not null default gen_random_uuid() constraint attribute_trust_pkey primary key,
    framework_principal mesos_name not null,
    attribute text not null
        constraint attribute_trust_attribute_known check (attribute in
            ('framework_name', 'mesos_role', 'task_name', 'task_user', 'image', 'label', 'agent_attribute')),
    key mesos_name,
    description text,
    made_by text not null default current_user,
    created_at timestamptz not null default now(),
    constraint attribute_trust_key_has_place check (key is null or attribute in ('label', 'agent_attribute'))
);
create unique index attribute_trust_once on attribute_trust (framework_principal, attribute, coalesce(key, ''));
comment on table attribute_trust is
    'An operator''s word that a framework doesn''t let its users choose an attribute freely. Policies that select by it are no longer self-asserted for this framework, where Mesos enforces principals';
comment on column attribute_trust.id is 'The row''s own id';
comment on column attribute_trust.framework_principal is 'What the framework authenticates as';
comment on column attribute_trust.attribute is 'The attribute that it enforces, by the name of its selector: label and agent_attribute for one entry of labels and agent_attributes';
comment on column attribute_trust.key is 'Which label or attribute of the Mesos agent; null: all of them';
comment on column attribute_trust.description is 'How the framework enforces it, for people';
comment on column attribute_trust.made_by is 'Who said so';
comment on column attribute_trust.created_at is 'When the row was made';

-- The version --------------------------------------------------------------------------------------------------------------------

create table policy_version (
    singleton boolean not null default true constraint policy_version_pkey primary key
        constraint policy_version_one_row check (singleton),
    version bigint not null,
    changed_at timestamptz not null default now()
);
comment on table policy_version is 'One row: the number of the present state of policy, attribute_trust and namespace';
comment on column policy_version.singleton is 'Always true: keeps the table at one row';
comment on column policy_version.version is 'One more with each statement that changes one of those tables';
comment on column policy_version.changed_at is 'When the last such statement''s transaction began';

insert into policy_version (version) values (1);

-- Security definer: whoever may change a policy need not be able to write the version.
create function policy_changed() returns trigger
    language plpgsql security definer as $$
declare
    changed bigint;
begin
    update policy_version set version = version + 1, changed_at = now() returning version into changed;
    perform pg_notify('policy_version', changed::text);
    return null;
end
$$;
comment on function policy_changed is 'Counts a change and tells who listens on policy_version';

do $$
begin
    execute format('alter function policy_changed() set search_path = %I, pg_temp', current_schema());
end
$$;

create trigger policy_changed after insert or update or delete or truncate on policy
    for each statement execute function policy_changed();
create trigger attribute_trust_changed after insert or update or delete or truncate on attribute_trust
    for each statement execute function policy_changed();
create trigger namespace_changed after insert or update or delete or truncate on namespace
    for each statement execute function policy_changed();
