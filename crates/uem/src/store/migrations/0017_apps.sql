-- What an app is besides its name and version. `body` holds the members that callers gave, in the published spelling.
alter table apps add column status text not null default 'Active';
alter table apps add column body text not null default '{}';
alter table apps add column blob_id bigint;
alter table apps add column licenses bigint not null default 0;
alter table apps add column created_at bigint not null default 0;
alter table apps add column updated_at bigint not null default 0;
create index apps_bundle on apps (bundle_id, platform);
create table app_categories (app_id bigint not null, name_folded text not null, primary key (app_id, name_folded));

-- Assignments of the same priority are one rule; of several that describe a device the lowest number holds. Before
-- `effective_at` nothing is sent. `allocated` are licences that a purchased app has set aside for the group.
alter table app_assignments add column priority bigint not null default 0;
alter table app_assignments add column effective_at bigint not null default 0;
alter table app_assignments add column allocated bigint not null default 0;
create table app_exclusions (
    app_id bigint not null, smart_group_id bigint not null, created_at bigint not null,
    primary key (app_id, smart_group_id));

-- An app that is no longer meant for a device is there until the device has removed it. A removal that would reach
-- many devices at once waits on `app_removals` until somebody has looked at it.
alter table device_apps add column assigned bigint not null default 1;
alter table device_apps add column removal_id bigint;
create index device_apps_removal on device_apps (removal_id);
create table app_removals (
    id bigint primary key, organization_group_id bigint not null, bundle_id text not null, source text not null,
    status text not null, created_at bigint not null, modified_at bigint not null);

-- What may not be done with a package on a device, or on every device ('').
create table app_blocks (
    id bigint primary key, uuid text not null unique, organization_group_id bigint not null, package_id text not null,
    platform text not null, version text not null, device_uuid text not null, action text not null,
    body text not null, created_at bigint not null);
create index app_blocks_package on app_blocks (package_id, platform);

create table blobs (
    id bigint primary key, uuid text not null unique, organization_group_id bigint not null, file_name text not null,
    module_type text not null, size bigint not null, sha256 text not null, bytes bytea not null,
    created_at bigint not null);
create table blob_chunks (
    transaction_id text not null, sequence bigint not null, organization_group_id bigint not null,
    total bigint not null, bytes bytea not null, created_at bigint not null,
    primary key (transaction_id, sequence));
