-- No policy gets the id that another policy had.
--
-- An insert can choose its id. A database user that row security limits to a namespace could take that of a deleted policy of another one: the new
-- policy had the external id (unique_external_id) that an IAM role still trusts, the audit events of the former one became those of the new
-- namespace, and a withdrawal of the former one no longer held for the policy that is made again under its name.

create or replace function policy_revised() returns trigger
    language plpgsql security definer as $$
declare
    revoked uuid;
begin
    if tg_op = 'INSERT' then
        revoked = revoked_policy_id(new.namespace, new.name);
        -- where a policy has the id, policy_pkey refuses it, or the insert becomes an update
        if revoked is null and not exists (select from policy where id = new.id) and exists (
            select from policy_revision where policy_id = new.id and (namespace, name) <> (new.namespace, new.name)) then
            raise exception 'another policy had the id %', new.id
                using errcode = 'unique_violation', constraint = 'policy_pkey', table = 'policy', column = 'id',
                    hint = 'Leave the column id out: the database draws one';
        end if;
        new.id = coalesce(revoked, new.id);
        new.version = coalesce((select max(version) from policy_revision where policy_id = new.id), 0) + 1;
    else
        new.id = old.id;
        new.version = old.version + 1;
    end if;
    return new;
end
$$;
comment on function policy_revised is
    'Sets version, keeps id, gives a policy that is made again the id under which it is revoked, and refuses the id that a policy of another namespace or name had';
comment on column policy.id is 'What leases and audit events name it by. An id that a policy of another namespace or name had is refused';

do $$
begin
    execute format('alter function policy_revised() set search_path = %I, pg_temp', current_schema());
end
$$;
