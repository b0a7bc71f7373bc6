-- No version of an attribute trust has the number of an earlier one.
--
-- Each began with 1, also when it was deleted and made again with the same id: its ETag was that of the former one, so that a write that
-- had seen the former one replaced the new one.

create sequence attribute_trust_version;
comment on sequence attribute_trust_version is 'Numbers the versions of attribute trust';
select setval('attribute_trust_version', coalesce((select max(version) from attribute_trust), 0) + 1, false);

create or replace function attribute_trust_revised() returns trigger
    language plpgsql security definer as $$
begin
    if tg_op = 'UPDATE' then
        new.id = old.id;
    end if;
    new.version = nextval('attribute_trust_version');
    return new;
end
$$;
comment on column attribute_trust.version is
    'Which version of the row it is: no other version of this or another row has the same number. Set by the database alone';

do $$
begin
    execute format('alter function attribute_trust_revised() set search_path = %I, pg_temp', current_schema());
end
$$;
