-- Sessions carry tags that name where they come from, can go through a hub role, and can have an external id of their own.
--
-- Default tags: new rows get them. Rows from before this migration don't, because a tag is part of what shapes a session: with it,
-- every lease of those rows would end and be issued again, and a trust policy without sts:TagSession would refuse it. Turn them on row
-- by row: update policy set default_tags = true where ...

-- The cluster ----------------------------------------------------------------------------------------------------------------

create table cluster (
    singleton boolean not null default true
        constraint cluster_pkey primary key
        constraint cluster_singleton_one_row check (singleton),
    name text not null default 'mesos'
        constraint cluster_name_form check (name ~ '^[A-Za-z0-9]([A-Za-z0-9._-]{0,98}[A-Za-z0-9])?$'),
    region text
        constraint cluster_region_form check (region ~ '^[a-z]{2,8}(-[a-z]{2,12}){1,3}-[0-9]{1,2}$')
);
comment on table cluster is 'One row: the name of the Mesos cluster, the same for all controllers';
comment on column cluster.singleton is 'Always true: keeps the table at one row';
comment on column cluster.name is 'The value of the session tag mesos-cluster, and part of generated external ids';
comment on column cluster.region is 'The AWS region of the cluster, part of generated external ids; null: ''global'' stands in its place';
comment on constraint cluster_pkey on cluster is 'singleton: one row';
comment on constraint cluster_singleton_one_row on cluster is 'singleton: always true';
comment on constraint cluster_name_form on cluster is 'name: 1 to 100 letters, digits or inner ., _, -';
comment on constraint cluster_region_form on cluster is 'region: the name of a region, such as eu-central-1';

insert into cluster default values;
-- It is in each session and each external id. A user who writes policies needs it, because a trigger reads it with that user's rights.
grant select on cluster to public;

create trigger cluster_changed after insert or update or delete or truncate on cluster
    for each statement execute function policy_changed();

-- Default tags ---------------------------------------------------------------------------------------------------------------

alter table policy add column default_tags boolean not null default false;
alter table policy alter column default_tags set default true;
comment on column policy.default_tags is
    'true: sessions get the tags mesos-cluster, mesos-framework, mesos-task, mesos-role and mesos-iam-namespace, all transitive; a shared session gets only mesos-cluster and mesos-iam-namespace';

-- Hub roles ------------------------------------------------------------------------------------------------------------------

create function arn_partition(arn text) returns text
    language sql immutable strict parallel safe
    return split_part(arn, ':', 2);
comment on function arn_partition is 'The partition in an ARN';

create function region_partition(region text) returns text
    language sql immutable strict parallel safe
    return case
        when region like 'cn-%' then 'aws-cn'
        when region like 'us-gov-%' then 'aws-us-gov'
        when region like 'us-iso-%' then 'aws-iso'
        when region like 'us-isob-%' then 'aws-iso-b'
        when region like 'eu-isoe-%' then 'aws-iso-e'
        when region like 'us-isof-%' then 'aws-iso-f'
        when region like 'eusc-%' then 'aws-eusc'
        else 'aws' end;
comment on function region_partition is 'The partition that a region belongs to';

alter table policy
    add column via_role_arn text,
    add constraint policy_via_role_arn_form check (
        char_length(via_role_arn) <= 640
        and via_role_arn ~ ('^arn:(aws|aws-cn|aws-us-gov|aws-iso|aws-iso-b|aws-iso-e|aws-iso-f|aws-eusc)'
            || ':iam::[0-9]{12}:role/([!-.0-~]+/)*[A-Za-z0-9_+=,.@-]{1,64}$')
        and coalesce(char_length(substring(via_role_arn from ':role(/.*/)')), 0) <= 512),
    add constraint policy_via_role_arn_differs check (via_role_arn <> iam_role_arn),
    add constraint policy_via_role_arn_partition check (arn_partition(via_role_arn) = arn_partition(iam_role_arn)),
    add constraint policy_via_role_arn_session_length check (via_role_arn is null or session_length <= '1 hour');
comment on column policy.via_role_arn is
    'The hub role: the controllers assume it first, and with its session the IAM role. null: they assume the IAM role directly';
comment on constraint policy_via_role_arn_form on policy is
    'via_role_arn: the ARN of an IAM role, at most 640 characters: arn:aws:iam::123456789012:role/name';
comment on constraint policy_via_role_arn_differs on policy is 'via_role_arn: another role than iam_role_arn';
comment on constraint policy_via_role_arn_partition on policy is 'via_role_arn: in the same partition as iam_role_arn';
comment on constraint policy_via_role_arn_session_length on policy is
    'via_role_arn: AWS limits a session of a chained role to an hour, so session_length is at most 1 hour';

-- Regions --------------------------------------------------------------------------------------------------------------------

-- Rows of before that it refuses stay: it is then NOT VALID, and a warning names it. Their tasks are refused with the reason.
alter table policy add constraint policy_region_partition
    check (region_partition(region) = arn_partition(iam_role_arn)) not valid;
comment on constraint policy_region_partition on policy is
    'region: a region of the partition of iam_role_arn; STS of another partition knows no such role';
do $$
begin
    alter table policy validate constraint policy_region_partition;
exception
    when check_violation then
        raise warning 'table policy has rows that policy_region_partition refuses: see docs/policy.md, "Rows from before a constraint"';
end
$$;

-- Unique external ids --------------------------------------------------------------------------------------------------------

alter table policy
    add column unique_external_id boolean not null default false,
    add constraint policy_unique_external_id_form check (not unique_external_id or external_id like '%/' || id::text);
comment on column policy.unique_external_id is
    'true: the database sets external_id once, to region/cluster/id of the policy, and keeps it while this is true';
comment on constraint policy_unique_external_id_form on policy is
    'unique_external_id: leave external_id out, the database sets it; it ends in the policy''s id';

create function policy_external_id_set() returns trigger
    language plpgsql as $$
begin
    if not new.unique_external_id or new.effect = 'deny' then
        return new;
    end if;
    if tg_op = 'UPDATE' and old.unique_external_id then
        new.external_id = coalesce(new.external_id, old.external_id);
        if new.external_id <> old.external_id then
            raise exception 'external_id of policy % is kept while unique_external_id is true', new.name
                using errcode = 'check_violation', constraint = 'policy_unique_external_id_kept', table = 'policy',
                    hint = 'Leave external_id out, or set unique_external_id = false.';
        end if;
    elsif new.external_id is null then
        new.external_id = concat_ws(
            '/', coalesce(new.region, (select region from cluster), 'global'),
            coalesce((select name from cluster), 'mesos'), new.id);
    end if;
    return new;
end
$$;
comment on function policy_external_id_set is 'Sets external_id where unique_external_id asks for it, once';
revoke execute on function policy_external_id_set() from public;
do $$
begin
    execute format('alter function policy_external_id_set() set search_path = %I, pg_temp', current_schema());
end
$$;

create trigger policy_external_id_set before insert or update on policy
    for each row execute function policy_external_id_set();

-- A deny gives nothing -------------------------------------------------------------------------------------------------------

alter table policy add constraint policy_deny_has_no_via_role check (
    effect <> 'deny' or (via_role_arn is null and not unique_external_id));
comment on constraint policy_deny_has_no_via_role on policy is
    'effect: a deny gives nothing, so via_role_arn and unique_external_id stay unset';
