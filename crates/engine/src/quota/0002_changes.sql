-- Counts the changes of the row: whoever decided by what was seen before writes that down only if nobody came between.
alter table quotas add column changes bigint not null default 0;
