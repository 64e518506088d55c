-- What the agents of devices run when they check in: sensors, scripts, workflows. One row for each device that has
-- one; `value` is what a sensor found, or where a workflow stands (JSON, the fleet's own).
create table agent_runs (
    subject text not null, device_id bigint not null, kind text not null, status text not null, value text not null,
    return_code bigint, millis bigint, executed_at bigint, updated_at bigint not null,
    primary key (subject, device_id));
create index agent_runs_device on agent_runs (device_id, kind);
