-- Searches are sorted by these; with the id in the index, rows that lie before a page are passed over without reading them.
create index devices_last_seen on devices (last_seen_at, id);
create index devices_model on devices (model, id);
create index devices_ownership on devices (ownership, id);
create index devices_group on devices (organization_group_id, id);
