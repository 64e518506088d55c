-- Devices and users of which something changed that searches ask for, so that whoever keeps that in memory reads them
-- again. Triggers write it, in the transaction that changes them. Check-ins leave no mark, and neither does the first
-- start, before which nobody keeps anything.
create table device_marks (id integer primary key autoincrement, device_id bigint, user_id bigint);
create trigger devices_marked after update of user_id, friendly_name, platform, model, ownership,
    organization_group_id, enrollment_status, compliance_status, imei, enrolled_at on devices
when old.user_id <> new.user_id or old.friendly_name <> new.friendly_name or old.platform <> new.platform
    or old.model <> new.model or old.ownership <> new.ownership
    or old.organization_group_id <> new.organization_group_id or old.enrollment_status <> new.enrollment_status
    or old.compliance_status <> new.compliance_status or old.imei <> new.imei or old.enrolled_at <> new.enrolled_at
begin
    insert into device_marks (device_id) values (new.id);
end;
create trigger devices_marked_new after insert on devices
when exists (select 1 from settings where name = 'fleet.seed')
begin
    insert into device_marks (device_id) values (new.id);
end;
create trigger devices_marked_gone after delete on devices
begin
    insert into device_marks (device_id) values (old.id);
end;
create trigger users_marked after update of username on users when old.username <> new.username
begin
    insert into device_marks (user_id) values (new.id);
end;
create trigger users_marked_new after insert on users
when exists (select 1 from settings where name = 'fleet.seed')
begin
    insert into device_marks (user_id) values (new.id);
end;
create trigger users_marked_gone after delete on users
begin
    insert into device_marks (user_id) values (old.id);
end;

-- What a device is looked up by besides. None of it changes at a check-in. How devices are sorted by their last one is
-- known in memory, so no index has to follow it.
drop index devices_last_seen;
create index devices_udid on devices (udid);
create index devices_imei on devices (imei);
create index devices_mac on devices (mac_address);
create index devices_phone on devices (phone_number);
create index devices_asset on devices (asset_number);
create index devices_serial_folded on devices (lower(serial_number));
