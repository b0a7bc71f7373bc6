-- Each column that operators write has a length, and values that Mesos can't send or that JSON can't turn into text are refused.
--
-- Before, labels, agent_attributes, tags, transitive_tags and the descriptions had no bound: a few rows of 15 MB each used up a controller's memory,
-- so that it no longer followed the policies. U+FFFD stands for bytes that could not be decoded; no readable value of Mesos contains it. A
-- JSON text may spell U+0000 and half a surrogate pair, which no text of the database can hold: the functions below failed on them without the
-- name of a constraint.
--
-- Rows of before that a constraint refuses stay: the constraint is then NOT VALID, and a warning names it. Controllers read no more of such a
-- row than the bound, and show it as one that can't be used.

create or replace function is_mesos_text(value text) returns boolean
    language sql immutable strict parallel safe
    return octet_length(value) between 1 and 512 and value !~ '[\u0001-\u001f\u007f-\u009f\ufffd]';
comment on function is_mesos_text is 'Whether Mesos can show it as a name or an id: 1 to 512 bytes without control characters and U+FFFD';

create or replace function is_glob(value text) returns boolean
    language sql immutable strict parallel safe
    return char_length(value) between 1 and 1024 and value !~ '[\u0001-\u001f\u007f-\u009f\ufffd]';
comment on function is_glob is 'Whether it is a pattern: 1 to 1,024 characters without control characters and U+FFFD';

create function is_short_json(document json) returns boolean
    language sql immutable strict parallel safe
    return octet_length(document::text) <= 65536;
comment on function is_short_json is 'Whether it has at most 65,536 bytes as it is written';

-- Escaped backslashes and whole surrogate pairs are taken out first, so that what is left is an escape by itself. What is too long is
-- refused for its length, without looking further.
create function has_json_escapes_of_text(document json) returns boolean
    language sql immutable strict parallel safe
    return not is_short_json(document)
        or regexp_replace(
                replace(document::text, '\\', '//'),
                '\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}', '//', 'g')
            !~ '\\u(0000|[dD][89a-fA-F])';
comment on function has_json_escapes_of_text is 'Whether its escapes are characters: not U+0000, and no half of a surrogate pair';

create function is_mesos_json(document json) returns boolean
    language sql immutable strict parallel safe
    return has_json_escapes_of_text(document)
        and (not is_short_json(document)
            or replace(document::text, '\\', '//') !~ '\ufffd|\\u[fF]{3}[dD]');
comment on function is_mesos_json is 'Whether its texts can come from Mesos: characters, and not U+FFFD';

create function are_label_texts_short(labels json) returns boolean
    language sql immutable strict parallel safe
    return case when not (is_short_json(labels) and has_json_escapes_of_text(labels)) then true
        when not is_label_list(labels) then true else
        not exists (
            select from json_array_elements(labels) as label
            where char_length(label ->> 'key') > 1024 or char_length(label ->> 'value') > 1024) end;
comment on function are_label_texts_short is 'Whether each key and value has at most 1,024 characters';

create function are_attribute_texts_short(attributes json) returns boolean
    language sql immutable strict parallel safe
    return case when not (is_short_json(attributes) and has_json_escapes_of_text(attributes)) then true
        when not is_attribute_map(attributes) then true else
        not exists (
            select from json_each_text(attributes) as attribute
            where char_length(attribute.key) not between 1 and 1024 or char_length(attribute.value) > 1024) end;
comment on function are_attribute_texts_short is 'Whether each name has 1 to 1,024 characters and each value at most 1,024';

-- an array of arrays is refused by the constraint, instead of by a function that takes none
create or replace function has_tags(keys text[], tags json) returns boolean
    language sql immutable strict parallel safe
    return case when json_typeof(tags) <> 'object' or coalesce(array_ndims(keys), 1) <> 1 then false else
        array_position(keys, null) is null and keys <@ array(select json_object_keys(tags)) end;

create or replace function is_policy_arn_list(arns text[]) returns boolean
    language sql immutable strict parallel safe
    return case when coalesce(array_ndims(arns), 1) <> 1 then false else
        array_position(arns, null) is null
        and not exists (
            select from unnest(arns) as arn
            where arn !~ '^arn:aws[a-z-]*:iam::([0-9]{12}|aws):policy/([!-.0-~]+/)*[A-Za-z0-9_+=,.@-]{1,128}$'
                or char_length(arn) > 2048) end;

-- PostgreSQL checks a row's constraints in the order of their names: the length and characters of a column before its shape.
do $$
declare
    bound record;
begin
    for bound in
        select * from (values
            ('policy', 'policy_framework_principal_form', 'is_mesos_text(framework_principal)',
                'framework_principal: 1 to 512 bytes without control characters and U+FFFD'),
            ('policy', 'policy_framework_name_form', 'is_mesos_text(framework_name)',
                'framework_name: 1 to 512 bytes without control characters and U+FFFD'),
            ('policy', 'policy_mesos_role_form', 'is_mesos_text(mesos_role)',
                'mesos_role: 1 to 512 bytes without control characters and U+FFFD'),
            ('policy', 'policy_task_user_form', 'is_mesos_text(task_user)',
                'task_user: 1 to 512 bytes without control characters and U+FFFD'),
            ('policy', 'policy_task_name_form', 'is_glob(task_name)',
                'task_name: 1 to 1,024 characters without control characters and U+FFFD'),
            ('policy', 'policy_image_form', 'is_glob(image)',
                'image: 1 to 1,024 characters without control characters and U+FFFD'),
            ('policy', 'policy_description_length', 'char_length(description) <= 4096',
                'description: at most 4,096 characters'),
            ('policy', 'policy_labels_characters', 'is_mesos_json(labels)',
                'labels: no U+0000, U+FFFD or half of a surrogate pair'),
            ('policy', 'policy_labels_length', 'is_short_json(labels)',
                'labels: at most 65,536 bytes as it is written'),
            ('policy', 'policy_labels_values', 'are_label_texts_short(labels)',
                'labels: keys and values of at most 1,024 characters'),
            ('policy', 'policy_agent_attributes_characters', 'is_mesos_json(agent_attributes)',
                'agent_attributes: no U+0000, U+FFFD or half of a surrogate pair'),
            ('policy', 'policy_agent_attributes_length', 'is_short_json(agent_attributes)',
                'agent_attributes: at most 65,536 bytes as it is written'),
            ('policy', 'policy_agent_attributes_values', 'are_attribute_texts_short(agent_attributes)',
                'agent_attributes: names of 1 to 1,024 characters, values of at most 1,024'),
            ('policy', 'policy_iam_role_arn_path',
                'coalesce(char_length(substring(iam_role_arn from '':role(/.*/)'')), 0) <= 512',
                'iam_role_arn: a path of at most 512 characters, as in IAM'),
            ('policy', 'policy_session_policy_escapes', 'has_json_escapes_of_text(session_policy)',
                'session_policy: no U+0000 and no half of a surrogate pair'),
            ('policy', 'policy_tags_characters', 'has_json_escapes_of_text(tags)',
                'tags: no U+0000 and no half of a surrogate pair'),
            ('policy', 'policy_tags_length', 'is_short_json(tags)',
                'tags: at most 65,536 bytes as it is written'),
            ('policy', 'policy_transitive_tags_count', 'cardinality(transitive_tags) <= 50',
                'transitive_tags: at most 50'),
            ('policy', 'policy_deny_gives_nothing',
                'effect <> ''deny'' or (
                    iam_role_arn is null and session_name is null and session_policy is null and session_policy_arns = ''{}''
                    and tags::text ~ ''^\s*\{\s*\}\s*$'' and transitive_tags = ''{}'' and source_identity is null and external_id is null
                    and region is null and lease_ttl is null and not short_session and not sensitive)',
                'a deny gives nothing: iam_role_arn, session_*, tags, transitive_tags, source_identity, external_id, region, lease_ttl, short_session and sensitive stay unset'),
            ('policy', 'policy_shared_session_names_no_task',
                'case when sharing <> ''role'' or not has_json_escapes_of_text(tags) then true
                    else coalesce(session_name, '''') || tags::jsonb::text !~ ''\{(task|container)(:safe)?\}'' end',
                'A session that tasks share can''t be named or tagged after one of them: use sharing = task, or leave {task} and {container} out'),
            ('attribute_trust', 'attribute_trust_framework_principal_form', 'is_mesos_text(framework_principal)',
                'framework_principal: 1 to 512 bytes without control characters and U+FFFD'),
            ('attribute_trust', 'attribute_trust_key_form', 'is_mesos_text(key)',
                'key: 1 to 512 bytes without control characters and U+FFFD'),
            ('attribute_trust', 'attribute_trust_description_length', 'char_length(description) <= 4096',
                'description: at most 4,096 characters'),
            ('namespace', 'namespace_description_length', 'char_length(description) <= 4096',
                'description: at most 4,096 characters'),
            ('withdrawal', 'withdrawal_framework_id_form', 'is_mesos_text(framework_id)',
                'framework_id: 1 to 512 bytes without control characters and U+FFFD'),
            ('withdrawal', 'withdrawal_task_id_form', 'is_mesos_text(task_id)',
                'task_id: 1 to 512 bytes without control characters and U+FFFD'),
            ('withdrawal', 'withdrawal_mesos_agent_id_form', 'is_mesos_text(mesos_agent_id)',
                'mesos_agent_id: 1 to 512 bytes without control characters and U+FFFD')
        ) as bounds (of_table, name, demand, words)
    loop
        execute format('alter table %I drop constraint if exists %I', bound.of_table, bound.name);
        execute format('alter table %I add constraint %I check (%s) not valid', bound.of_table, bound.name, bound.demand);
        execute format('comment on constraint %I on %I is %L', bound.name, bound.of_table, bound.words);
        begin
            execute format('alter table %I validate constraint %I', bound.of_table, bound.name);
        exception
            when others then
                raise warning 'table % has rows that % refuses (%): see docs/policy.md, "Rows from before a constraint"',
                    bound.of_table, bound.name, bound.words;
        end;
    end loop;
end
$$;
