-- Configuration profiles. `platform` as in `devices`; `kind`: Device or Resource; `state`: Active or Inactive;
-- `payloads`: names of the sections, between commas; `body`: JSON {"general": {…}, "sections": {…}}.
create table profiles (
    id bigint primary key, uuid text not null unique, name text not null, organization_group_id bigint not null,
    platform text not null, kind text not null, state text not null, assignment_type text not null,
    context text not null, version bigint not null, payloads text not null, body text not null,
    created_at bigint not null, updated_at bigint not null, created_by text not null);
create index profiles_platform on profiles (platform, id);

-- Smart groups that have a profile, and those that are kept from it although another one has it.
create table profile_assignments (
    profile_id bigint not null, smart_group_id bigint not null, excluded bigint not null,
    primary key (profile_id, smart_group_id));
create index profile_assignments_group on profile_assignments (smart_group_id);

-- What has become of a profile on a device: PendingInstall, ConfirmedInstall, PendingRemoval, ConfirmedRemoval, or
-- NotInstalled where it waits to be asked for. `version` is the one that the device has or shall have; 0 means that
-- the device shall not have it any more, and the row goes when the device has said so.
create table device_profiles (
    device_id bigint not null, profile_id bigint not null, status text not null, version bigint not null,
    updated_at bigint not null, primary key (device_id, profile_id));
create index device_profiles_profile on device_profiles (profile_id, status);
create index device_profiles_open on device_profiles (device_id) where status in ('PendingInstall', 'PendingRemoval');
