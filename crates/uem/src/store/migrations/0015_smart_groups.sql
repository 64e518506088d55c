-- When a group was last changed; none is as old as the tenant. And a device's version as a number that can be compared.
alter table smart_groups add column modified_at bigint;
alter table devices add column os_rank bigint;
