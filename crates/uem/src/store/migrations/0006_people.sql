-- What groups and people say of themselves besides their columns: JSON.
alter table organization_groups add column details text not null default '{}';
alter table users add column details text not null default '{}';
alter table user_groups add column details text not null default '{}';
alter table user_groups add column created_at bigint not null default 0;
alter table user_groups add column updated_at bigint not null default 0;
