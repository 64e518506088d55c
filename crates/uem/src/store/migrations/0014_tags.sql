-- A tag's name is taken once in an organization group, no longer once in the tenant.
create table tags_by_group (
    id bigint primary key, uuid text not null unique, name text not null, organization_group_id bigint not null,
    kind text not null default 'Device', avatar text not null default '');
insert into tags_by_group (id, uuid, name, organization_group_id) select id, uuid, name, organization_group_id from tags;
drop table tags;
alter table tags_by_group rename to tags;
create unique index tags_name on tags (organization_group_id, lower(name));
create index device_tags_tag on device_tags (tag_id, device_id);
