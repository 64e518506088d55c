-- Policies that callers make say which rule they hold devices to; the first ones are known by their names.
alter table compliance_policies add column rule text not null default '';
alter table compliance_policies add column active bigint not null default 1;
