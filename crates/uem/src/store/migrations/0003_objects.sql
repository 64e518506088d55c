-- Documents of areas that need no table of their own, and links between whatever has a UUID.
create table objects (
    kind text not null, id bigint not null, uuid text not null unique, group_id bigint not null, parent text,
    name text not null, name_folded text not null, state text not null, body text not null,
    created_at bigint not null, updated_at bigint not null, created_by text not null,
    primary key (kind, id));
create index objects_name on objects (kind, name_folded);
create index objects_parent on objects (parent);
create table object_links (
    kind text not null, from_uuid text not null, to_uuid text not null, body text not null,
    created_at bigint not null, primary key (kind, from_uuid, to_uuid));
create index object_links_to on object_links (to_uuid, kind);
