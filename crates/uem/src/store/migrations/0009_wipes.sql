-- Wipes that were asked for and what became of them. The device may be gone when somebody looks, so the row tells
-- which one it was. The UUID is that of the command that it becomes.
create table wipes (
    id bigint primary key, uuid text not null unique, device_id bigint not null, device_uuid text not null,
    device_name text not null, platform text not null, ownership text not null, username text not null,
    organization_group_id bigint not null, command text not null, source text not null, status text not null,
    parameters text not null, requested_by text not null, requested_at bigint not null,
    decided_by text not null, decided_at bigint);
create index wipes_requested on wipes (requested_at);
create index wipes_device on wipes (device_id, status);

-- How many wipes a group and those below it take before the rest is held. `counts_from`: earlier ones do not count.
create table wipe_protection (
    organization_group_id bigint primary key, threshold bigint not null, minutes bigint not null,
    locked bigint not null, counts_from bigint not null);
