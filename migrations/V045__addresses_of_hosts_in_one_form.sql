-- The name of a host that is an IPv6 address has one form.
--
-- Controllers write addresses as Java prints them: eight groups without leading zeros, such as 2001:db8:0:0:0:0:0:7. An operator who evicts a host with
-- SQL may write 2001:db8::7. That was another row: the streams of the host ended, but the database let a controller sign a certificate for it.

create function canonical_host_name(name text) returns text
    language plpgsql immutable parallel safe as $$
declare
    bytes bytea;
begin
    if not is_host_name(name) or name not like '%:%' then
        return name;
    end if;
    -- the header has four bytes
    bytes = substring(inet_send(name::inet) from 5);
    if substring(bytes from 1 for 12) = '\x00000000000000000000ffff'::bytea then
        return concat_ws('.', get_byte(bytes, 12), get_byte(bytes, 13), get_byte(bytes, 14), get_byte(bytes, 15));
    end if;
    return (select string_agg(to_hex(get_byte(bytes, 2 * i) * 256 + get_byte(bytes, 2 * i + 1)), ':' order by i) from generate_series(0, 7) as i);
exception when invalid_text_representation then
    return null;
end
$$;
comment on function canonical_host_name is
    'The name of a host as controllers write it: an IPv6 address with eight groups, an IPv4 address in IPv6 form as IPv4; null if it is no address although it has a colon';

create function host_named() returns trigger
    language plpgsql security definer as $$
begin
    new.hostname = coalesce(canonical_host_name(new.hostname), '-');
    return new;
end
$$;
comment on function host_named is 'Writes the name of a host in its one form; what is no address is refused by host_hostname_form';
-- before host_written: triggers run in the order of their names
create trigger host_named before insert on host
    for each row when (new.hostname like '%:%') execute function host_named();

do $$
declare
    ours regprocedure;
begin
    foreach ours in array array['canonical_host_name(text)', 'host_named()']::regprocedure[]
    loop
        execute format('alter function %s set search_path = %I, pg_temp', ours, current_schema());
        execute format('revoke execute on function %s from public', ours);
    end loop;
end
$$;

insert into host (hostname, evicted_at, eviction_reason)
select distinct on (canonical_host_name(hostname)) canonical_host_name(hostname), evicted_at, eviction_reason
from host where evicted_at is not null and hostname <> canonical_host_name(hostname)
on conflict (hostname) do update set evicted_at = excluded.evicted_at, eviction_reason = coalesce(host.eviction_reason, excluded.eviction_reason);
delete from host where hostname is distinct from canonical_host_name(hostname);
