-- What is kept about a device besides its row, which the fleet writes.
create table device_notes (
    id bigint primary key, device_id bigint not null, note text not null, created_by text not null,
    created_at bigint not null, modified_at bigint not null);
create index device_notes_device on device_notes (device_id);

create table device_attributes (
    device_id bigint not null, application_group text not null, name text not null, value text not null,
    source text not null, modified_at bigint not null, primary key (device_id, application_group, name));
create index device_attributes_name on device_attributes (name, application_group);
create table device_attribute_changes (
    id bigint primary key, device_id bigint not null, application_group text not null, name text not null,
    old_value text, new_value text, source text not null, at bigint not null);
create index device_attribute_changes_device on device_attribute_changes (device_id, id);

-- null: never set
create table device_settings (
    device_id bigint primary key, computer_sid text, bluetooth bigint, data_roaming bigint, voice_roaming bigint,
    personal_hotspot bigint);
