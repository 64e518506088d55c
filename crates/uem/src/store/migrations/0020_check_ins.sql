-- A check-in writes one row. When policies were checked, and will be next, stands with the device; a verdict is written
-- when it changes, or when its policy has.
alter table device_compliance drop column checked_at;
alter table device_compliance drop column next_check_at;
alter table compliance_policies add column changed_at bigint not null default 0;
-- What a device has to install or remove, without its whole list of apps.
create index device_apps_open on device_apps (device_id) where status in ('Pending', 'PendingRemoval');
