-- Each controller states how it is, so that each of them answers the same for all.
--
-- A controller that runs holds a lock by its id; this table has what it last said of itself. A controller of an earlier version has no row.

create table controller (
    controller_id text not null,
    state jsonb not null,
    stated_at timestamptz not null default now(),
    constraint controller_pkey primary key (controller_id),
    constraint controller_controller_id_length check (char_length(controller_id) between 1 and 255),
    constraint controller_state_length check (octet_length(state::text) <= 65536)
);
comment on table controller is 'What each controller last said of itself. It writes its row every 2 s; rows of a day ago are deleted';
comment on column controller.controller_id is 'The controller''s id';
comment on column controller.state is 'The controller''s condition, and the policy versions that its hosts have confirmed; no secret and no task';
comment on column controller.stated_at is 'When the controller stated it, by the database''s clock';
comment on constraint controller_pkey on controller is 'controller_id is unique';
comment on constraint controller_controller_id_length on controller is 'controller_id: 1 to 255 characters';
comment on constraint controller_state_length on controller is 'state: at most 65,536 bytes';

alter function grant_application(name) rename to grant_application_before_controllers;
comment on function grant_application_before_controllers is 'A part of grant_application';
create function grant_application(role_name name) returns void
    language plpgsql as $$
begin
    perform grant_application_before_controllers(role_name);
    execute format('grant select, insert, update, delete on controller to %I', role_name);
end
$$;
comment on function grant_application is
    'Gives a role what controllers need: reading policies and grants, binding grants, keeping leases, withdrawing, adding audit events, denying sessions, enrolling hosts, stating how they are';

do $$
begin
    execute format('alter function grant_application(name) set search_path = %I, pg_temp', current_schema());
    revoke execute on function grant_application(name) from public;
    if exists (select from pg_roles where rolname = 'mesos_iam_app') then
        grant select, insert, update, delete on controller to mesos_iam_app;
    end if;
end
$$;
