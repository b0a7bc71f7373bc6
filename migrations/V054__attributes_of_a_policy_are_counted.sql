-- A policy names at most 32 attributes of a Mesos agent, as many as labels. A list of 64 KiB can have 5,000 short ones, and each
-- takes 200 bytes of memory in every controller: 150 such policies ended one with a heap of 256 MiB, at each start.
create function are_attributes_few(attributes json) returns boolean
    language sql immutable strict parallel safe
    return case when not (is_short_json(attributes) and has_json_escapes_of_text(attributes)) then true
        when json_typeof(attributes) <> 'object' then true else
        (select count(*) <= 32 from json_object_keys(attributes)) end;
comment on function are_attributes_few is 'Whether there are at most 32';

alter table policy add constraint policy_agent_attributes_count check (are_attributes_few(agent_attributes)) not valid;
comment on constraint policy_agent_attributes_count on policy is 'agent_attributes: at most 32';
do $$
begin
    alter table policy validate constraint policy_agent_attributes_count;
exception
    when check_violation then
        raise warning 'table policy has rows that policy_agent_attributes_count refuses: see docs/policy.md, "Rows from before a constraint"';
end
$$;
