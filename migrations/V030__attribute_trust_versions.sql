-- An attribute trust has a version, which the API shows as its ETag, so that two operators don't overwrite each other's change.

alter table attribute_trust add column version bigint not null default 1;
comment on column attribute_trust.version is
    'Which version of the row it is: 1 at first, one more with each change. Set by the database alone';

create function attribute_trust_revised() returns trigger
    language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    if tg_op = 'INSERT' then
        new.version = 1;
    else
        new.id = old.id;
        new.version = old.version + 1;
    end if;
    return new;
end
$$;
comment on function attribute_trust_revised is 'Sets version, and keeps id';
revoke execute on function attribute_trust_revised() from public;

create trigger attribute_trust_revised before insert or update on attribute_trust
    for each row execute function attribute_trust_revised();
