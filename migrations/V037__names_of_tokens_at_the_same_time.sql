-- A token's name is used once, also if its token is revoked while another one is made.
--
-- Before, the check saw the token as it was before the revocation was committed, and the index, which has valid tokens alone, let the name pass.

create or replace function api_token_written() returns trigger
    language plpgsql security definer as $$
declare
    who text = coalesce(administration_setting('caller', 255), left('database:' || session_user, 255));
begin
    if tg_op = 'INSERT' then
        -- waits for a transaction that revokes the token of this name
        perform from api_token where name = new.name and revoked_at is null for share;
        -- a valid token of this name is for api_token_name_once to refuse
        if exists (select from api_token where name = new.name and revoked_at is not null)
            and not exists (select from api_token where name = new.name and revoked_at is null) then
            raise exception 'a revoked token had the name %', new.name
                using errcode = 'unique_violation', constraint = 'api_token_name_once', table = 'api_token',
                    hint = 'Audit events name the token: choose a name that no token has had, such as one with the year';
        end if;
        new.created_at = now();
        -- what api_token_created_by_length refuses stays for it to refuse
        if char_length(new.created_by) between 1 and 255 then
            new.created_by = who;
        end if;
        new.last_used_at = null;
        new.revoked_at = null;
        new.revoked_by = null;
        return new;
    end if;
    if (new.id, new.name, new.hash, new.roles, new.created_at, new.created_by, new.expires_at)
            is distinct from (old.id, old.name, old.hash, old.roles, old.created_at, old.created_by, old.expires_at) then
        raise exception 'an API token is never changed: revoke it, and make another one'
            using errcode = 'restrict_violation', constraint = 'api_token_is_final', table = 'api_token';
    end if;
    if old.revoked_at is not null then
        new.revoked_at = old.revoked_at;
        new.revoked_by = old.revoked_by;
    elsif new.revoked_at is not null then
        new.revoked_at = now();
        new.revoked_by = who;
    else
        new.revoked_by = null;
    end if;
    return new;
end
$$;

do $$
begin
    execute format('alter function api_token_written() set search_path = %I, pg_temp', current_schema());
end
$$;
