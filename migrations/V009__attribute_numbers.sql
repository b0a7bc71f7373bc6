-- Attributes of Mesos agents may be given as numbers: Mesos shows a scalar attribute as a JSON number.

create or replace function is_attribute_map(attributes json) returns boolean
    language sql immutable strict parallel safe
    return case when json_typeof(attributes) <> 'object' then false else
        (select count(*) > 0 and count(*) = count(distinct key) and bool_and(json_typeof(value) in ('string', 'number', 'null'))
            from json_each(attributes)) end;
comment on function is_attribute_map is
    'Whether it is {"rack": "r1", "row": 109, "gpu": null}: one attribute or more, each once, a text, a number or null';
comment on column policy.agent_attributes is
    'Attributes that the Mesos agent must have, compared by Mesos''s types: {"rack": "r1", "row": 109, "ports": "[1-5]", "disks": "{a, b}", "gpu": null}; with null the attribute is enough';
