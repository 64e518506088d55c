-- What an item does, as it was written: a row that has rotted since is not sent.
alter table plan_items add column seal bigint;
