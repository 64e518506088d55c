-- Everything a tenant is. Times are microseconds since 1970, flags 0 or 1, UUIDs text.
create table settings (name text primary key, value text not null);

create table organization_groups (
    id bigint primary key, uuid text not null unique, parent_id bigint, name text not null,
    group_id text not null unique, kind text not null, created_at bigint not null);

-- Who may call: secrets are random and long, so a plain SHA-256 of them is enough.
create table admins (
    id bigint primary key, uuid text not null unique, username text not null unique,
    password_hash text not null, organization_group_id bigint not null, role text not null);
create table api_keys (hash text primary key, organization_group_id bigint not null, created_at bigint not null);
create table oauth_clients (
    client_id text primary key, secret_hash text not null, organization_group_id bigint not null, role text not null);
create table access_tokens (hash text primary key, client_id text not null, expires_at bigint not null);

create table users (
    id bigint primary key, uuid text not null unique, username text not null, username_folded text not null unique,
    first_name text not null, last_name text not null, email text not null, active bigint not null,
    security_type text not null, phone_number text not null, mobile_number text not null, department text not null,
    title text not null, role text not null, organization_group_id bigint not null,
    created_at bigint not null, updated_at bigint not null);
create table user_groups (
    id bigint primary key, uuid text not null unique, name text not null, organization_group_id bigint not null);
create table user_group_members (
    group_id bigint not null, user_id bigint not null, added_at bigint not null, primary key (group_id, user_id));
create index user_group_members_user on user_group_members (user_id);

create table devices (
    id bigint primary key, uuid text not null unique, udid text not null, serial_number text not null,
    imei text not null, mac_address text not null, asset_number text not null, friendly_name text not null,
    reported_name text not null, organization_group_id bigint not null, user_id bigint not null,
    platform text not null, model text not null, os_version text not null, os_build text not null,
    ownership text not null, phone_number text not null, enrollment_status text not null,
    enrolled_at bigint not null, last_seen_at bigint not null,
    compliance_status text not null, compliance_checked_at bigint,
    compromised bigint not null, encrypted bigint not null, passcode_present bigint not null,
    passcode_compliant bigint not null, supervised bigint not null, battery_percent bigint not null,
    capacity_gb double precision not null, available_gb double precision not null, memory_mb bigint not null,
    -- when the device is heard from next, and until when it is out of reach
    next_checkin_at bigint not null, offline_until bigint not null, checkins bigint not null,
    -- what has begun on the device and shows at a later check-in: JSON, the fleet's own
    upcoming text not null);
create index devices_due on devices (next_checkin_at);
create index devices_serial on devices (serial_number);
create index devices_platform on devices (platform, id);
create index devices_compliance on devices (compliance_status, id);
create index devices_user on devices (user_id);

create table tags (
    id bigint primary key, uuid text not null unique, name text not null unique, organization_group_id bigint not null);
create table device_tags (
    device_id bigint not null, tag_id bigint not null, tagged_at bigint not null, primary key (device_id, tag_id));

-- Where callers and devices meet. A row is also the ledger of effects: one row for every command accepted.
create table commands (
    id bigint primary key, uuid text not null unique, device_id bigint not null, command text not null,
    parameters text not null, application_id bigint, status text not null, reason text not null,
    requested_by text not null, queued_at bigint not null, sent_at bigint, finished_at bigint,
    -- when the device may be handed it (again), or will have finished it
    due_at bigint not null, tries bigint not null);
create index commands_device on commands (device_id, id);
create index commands_open on commands (status, due_at);

create table events (
    id bigint primary key, device_id bigint not null, at bigint not null, severity text not null,
    event text not null, admin_account text not null, source text not null, details text not null);
create index events_device on events (device_id, id);

create table compliance_policies (
    id bigint primary key, uuid text not null unique, name text not null, detail text not null,
    organization_group_id bigint not null);
create table device_compliance (
    device_id bigint not null, policy_id bigint not null, compliant bigint not null,
    checked_at bigint not null, next_check_at bigint not null, primary key (device_id, policy_id));
create index device_compliance_policy on device_compliance (policy_id, compliant);

-- criteria: JSON {"platforms":[],"ownerships":[],"tags":[]}; an empty list is no restriction
create table smart_groups (
    id bigint primary key, uuid text not null unique, name text not null, organization_group_id bigint not null,
    criteria text not null);
create table apps (
    id bigint primary key, uuid text not null unique, name text not null, bundle_id text not null,
    version text not null, kind text not null, platform text not null, organization_group_id bigint not null,
    size_mb bigint not null);
create table app_assignments (
    app_id bigint not null, smart_group_id bigint not null, push_mode text not null, parameters text not null,
    created_at bigint not null, primary key (app_id, smart_group_id));
create table device_apps (
    device_id bigint not null, app_id bigint not null, status text not null, reason text not null,
    installed_version text not null, tries bigint not null, updated_at bigint not null,
    -- when the install that runs now will have ended
    due_at bigint,
    primary key (device_id, app_id));
create index device_apps_app on device_apps (app_id, device_id);

create table operations (
    uuid text primary key, kind text not null, status text not null, progress bigint not null,
    error text not null, subject_id bigint, created_at bigint not null, updated_at bigint not null);
