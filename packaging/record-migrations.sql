-- Records that all migrations up to a given one have been run by hand, as Flyway would with its command "baseline". Run it as the owner of the tables:
--   psql --single-transaction --set version=NUMBER --file record-migrations.sql
-- docs/controller.md, "Run the migrations by hand", has the whole procedure.

create table if not exists flyway_schema_history (
    installed_rank integer not null constraint flyway_schema_history_pk primary key,
    version varchar(50),
    description varchar(200) not null,
    type varchar(20) not null,
    script varchar(1000) not null,
    checksum integer,
    installed_by varchar(100) not null,
    installed_on timestamp not null default now(),
    execution_time integer not null,
    success boolean not null
);
create index if not exists flyway_schema_history_s_idx on flyway_schema_history (success);

delete from flyway_schema_history where type = 'BASELINE';
insert into flyway_schema_history (installed_rank, version, description, type, script, installed_by, execution_time, success)
select coalesce(max(installed_rank), 0) + 1, :'version', 'run by hand', 'BASELINE', 'run by hand', current_user, 0, true
from flyway_schema_history;

-- controllers that run no migrations read the number with their own user
grant select on flyway_schema_history to mesos_iam_app;
