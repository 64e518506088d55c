-- Who wants to be told of what happens to devices. The password is kept as it is, because it has to be sent; it is
-- never shown. `events`: JSON as callers gave it. Deliveries are rows, and every attempt leaves its mark in its row.
create table event_rules (
    id bigint primary key, uuid text not null unique, name text not null, organization_group_id bigint not null,
    url text not null, username text not null, password text not null, format text not null, active bigint not null,
    -- ids are never used twice, so a rule that is gone leaves its row
    removed bigint not null, events text not null, created_at bigint not null, updated_at bigint not null);
create table event_deliveries (
    id bigint primary key, rule_id bigint not null, kind text not null, device_id bigint, content_type text not null,
    body text not null,
    -- Pending, Delivered or GivenUp
    status text not null, tries bigint not null, answer bigint, last_error text not null,
    created_at bigint not null, next_try_at bigint not null, finished_at bigint);
create index event_deliveries_open on event_deliveries (status, rule_id, id);

-- What happened to devices and has not been turned into deliveries yet: the device as it was at that moment.
-- Triggers write it, so that no statement can change a device and forget to tell; they write nothing while no rule
-- is active. `at` is unknown where a caller did it (then it is now); `last_rule` is the newest rule of that moment.
create table device_changes (
    id integer primary key autoincrement, kind text not null, at bigint, last_rule bigint not null,
    old_group_id bigint not null, device_id bigint not null, device_uuid text not null,
    friendly_name text not null, user_id bigint not null, enrollment_status text not null, compromised bigint not null,
    compliance_status text not null, phone_number text not null, udid text not null, serial_number text not null,
    imei text not null, mac_address text not null, asset_number text not null, platform text not null,
    os_version text not null, ownership text not null, organization_group_id bigint not null);

create trigger devices_changed after update of enrollment_status, compromised, compliance_status, user_id,
    asset_number, friendly_name,
    os_version, organization_group_id, ownership, phone_number on devices
when exists (select 1 from event_rules where active = 1) and (
    old.enrollment_status <> new.enrollment_status
    or old.compromised <> new.compromised
    or old.compliance_status <> new.compliance_status
    or old.user_id <> new.user_id
    or old.asset_number <> new.asset_number
    or old.friendly_name <> new.friendly_name
    or old.os_version <> new.os_version
    or old.organization_group_id <> new.organization_group_id
    or old.ownership <> new.ownership
    or old.phone_number <> new.phone_number)
begin
    insert into device_changes (kind, at, last_rule, old_group_id, device_id, device_uuid, friendly_name, user_id,
        enrollment_status, compromised,
        compliance_status, phone_number, udid, serial_number, imei, mac_address, asset_number, platform, os_version,
            ownership, organization_group_id)
    select c.kind, case when new.last_seen_at <> old.last_seen_at then new.last_seen_at end, (select max(id) from
        event_rules), old.organization_group_id, new.id, new.uuid,
        new.friendly_name, new.user_id, new.enrollment_status, new.compromised, new.compliance_status,
        new.phone_number, new.udid, new.serial_number, new.imei, new.mac_address, new.asset_number,
        new.platform, new.os_version, new.ownership, new.organization_group_id
    from (select 1 as place, 'Enrollment' as kind where new.enrollment_status = 'Enrolled' and old.enrollment_status
        not in ('Enrolled', 'EnterpriseWipePending', 'DeviceWipePending')
        union all select 2, 'UnenrolledEnterpriseWipe' where old.enrollment_status in ('Enrolled',
            'EnterpriseWipePending')
            and new.enrollment_status in ('Unenrolled', 'Retired')
        union all select 3, 'Wipe' where old.enrollment_status = 'DeviceWipePending' and new.enrollment_status in
            ('Unenrolled', 'Retired')
        union all select 4, 'CompromisedStatusChange' where new.compromised <> old.compromised
        union all select 5, 'ComplianceStatusChange' where new.compliance_status <> old.compliance_status and
            new.compliance_status <> 'NotAvailable'
        union all select 6, 'CheckOutCheckIn' where new.user_id <> old.user_id and new.ownership = 'S'
        union all select 7, 'AssetNumber' where new.asset_number <> old.asset_number
        union all select 8, 'FriendlyName' where new.friendly_name <> old.friendly_name
        union all select 9, 'OperatingSystem' where new.os_version <> old.os_version
        union all select 10, 'OrganizationGroup' where new.organization_group_id <> old.organization_group_id
        union all select 11, 'Ownership' where new.ownership <> old.ownership
        union all select 12, 'PhoneNumber' where new.phone_number <> old.phone_number
        union all select 13, 'UserEmailAddress' where new.user_id <> old.user_id) c order by c.place;
end;
create trigger devices_added after insert on devices
when new.enrollment_status = 'Enrolled' and exists (select 1 from event_rules where active = 1)
begin
    insert into device_changes (kind, at, last_rule, old_group_id, device_id, device_uuid, friendly_name, user_id,
        enrollment_status, compromised,
        compliance_status, phone_number, udid, serial_number, imei, mac_address, asset_number, platform, os_version,
            ownership, organization_group_id)
    select c.kind, null, (select max(id) from event_rules), new.organization_group_id, new.id, new.uuid,
        new.friendly_name, new.user_id, new.enrollment_status, new.compromised, new.compliance_status,
        new.phone_number, new.udid, new.serial_number, new.imei, new.mac_address, new.asset_number,
        new.platform, new.os_version, new.ownership, new.organization_group_id
    from (select 1 as place, 'Enrollment' as kind) c order by c.place;
end;
create trigger devices_deleted after delete on devices
when exists (select 1 from event_rules where active = 1)
begin
    insert into device_changes (kind, at, last_rule, old_group_id, device_id, device_uuid, friendly_name, user_id,
        enrollment_status, compromised,
        compliance_status, phone_number, udid, serial_number, imei, mac_address, asset_number, platform, os_version,
            ownership, organization_group_id)
    select c.kind, null, (select max(id) from event_rules), old.organization_group_id, old.id, old.uuid,
        old.friendly_name, old.user_id, old.enrollment_status, old.compromised, old.compliance_status,
        old.phone_number, old.udid, old.serial_number, old.imei, old.mac_address, old.asset_number,
        old.platform, old.os_version, old.ownership, old.organization_group_id
    from (select 1 as place, 'Delete' as kind) c order by c.place;
end;
create trigger users_changed after update of email on users
when old.email <> new.email and exists (select 1 from event_rules where active = 1)
begin
    insert into device_changes (kind, at, last_rule, old_group_id, device_id, device_uuid, friendly_name, user_id,
        enrollment_status, compromised,
        compliance_status, phone_number, udid, serial_number, imei, mac_address, asset_number, platform, os_version,
            ownership, organization_group_id)
    select c.kind, null, (select max(id) from event_rules), d.organization_group_id, d.id, d.uuid,
        d.friendly_name, d.user_id, d.enrollment_status, d.compromised, d.compliance_status,
        d.phone_number, d.udid, d.serial_number, d.imei, d.mac_address, d.asset_number,
        d.platform, d.os_version, d.ownership, d.organization_group_id
    from (select 1 as place, 'UserEmailAddress' as kind) c, devices d where d.user_id = new.id order by d.id;
end;
