-- An operation is seen by those who see the group of what it works on; of older ones, of the apps only.
alter table operations add column organization_group_id bigint not null default 0;
update operations set organization_group_id = coalesce(
    (select a.organization_group_id from apps a where a.id = operations.subject_id and operations.kind like 'App%'),
    (select min(o.id) from organization_groups o where o.parent_id is null));
