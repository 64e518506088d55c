-- Who may call, and what. The first start's identities are made again from its file of credentials, so the
-- tables of before are not carried over. Flags 0 or 1; an empty text of rights or networks restricts nothing.
drop table admins;
drop table api_keys;
drop table oauth_clients;
drop table access_tokens;

-- rights: words such as `devices:read`, `commands:send:DeviceWipe`, `tags:*`, separated by spaces.
-- Built-in roles belong to no organization group (0) and are everybody's.
create table roles (
    id bigint primary key, uuid text not null unique, name text not null, name_folded text not null,
    description text not null, organization_group_id bigint not null, built_in bigint not null,
    rights text not null, created_at bigint not null, updated_at bigint not null,
    unique (organization_group_id, name_folded));

-- kind: Administrator or ServiceAccount. password_hash: PHC text of Argon2id; empty admits no password.
-- details: what the console knows of the person besides (JSON).
create table admins (
    id bigint primary key, uuid text not null unique, username text not null, username_folded text not null unique,
    kind text not null, password_hash text not null, first_name text not null, last_name text not null,
    email text not null, organization_group_id bigint not null, active bigint not null, locked_until bigint,
    last_login_at bigint, details text not null, created_by text not null, created_at bigint not null,
    updated_at bigint not null);
create table admin_roles (
    admin_id bigint not null, role_id bigint not null, organization_group_id bigint not null,
    primary key (admin_id, role_id, organization_group_id));

-- account_type: Admin or EnrollmentUser. admin_id: the account that the key signs in by itself, if any.
-- After a rotation the hash of before opens until previous_until.
create table api_keys (
    id bigint primary key, uuid text not null unique, service text not null, account_type text not null,
    organization_group_id bigint not null, admin_id bigint, hash text not null unique, previous_hash text,
    previous_until bigint, rights text not null, networks text not null, daily_quota bigint,
    expires_at bigint, revoked_at bigint, last_used_at bigint, used_day bigint not null, used_count bigint not null,
    created_by text not null, created_at bigint not null);
create table oauth_clients (
    id bigint primary key, uuid text not null unique, client_id text not null unique, name text not null,
    secret_hash text not null, organization_group_id bigint not null, role_id bigint not null,
    daily_quota bigint, revoked_at bigint, last_used_at bigint, used_day bigint not null, used_count bigint not null,
    created_by text not null, created_at bigint not null);

-- Certificates that our own authority issued to administrators; fingerprint: SHA-256 of the DER in hex.
create table admin_certificates (
    serial text primary key, admin_id bigint not null, subject text not null, fingerprint text not null unique,
    certificate text not null, issued_at bigint not null, expires_at bigint not null, revoked_at bigint,
    created_by text not null);

-- The console's settings of an organization group; null is inherited from the group above.
create table api_settings (
    organization_group_id bigint primary key, enabled bigint, timeout_seconds bigint, rate_limit bigint,
    daily_quota bigint, logging bigint, log_days bigint);
-- How much of a day's quota a group has used; a day counts from 1970.
create table api_usage (
    organization_group_id bigint not null, day bigint not null, used_count bigint not null,
    primary key (organization_group_id, day));

-- Keys that sign: the certificate authority's and the tokens'. PEM.
create table signing_keys (name text primary key, private_key text not null, certificate text not null);

create table api_log (
    id bigint primary key, at bigint not null, organization_group_id bigint not null, caller text not null,
    credential text not null, address text not null, method text not null, path text not null,
    operation text not null, object text not null, status bigint not null, duration_us bigint not null,
    correlation text not null);
create index api_log_at on api_log (at);
create index api_log_group on api_log (organization_group_id, id);
