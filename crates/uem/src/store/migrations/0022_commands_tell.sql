-- A command's row is also its entry in the log of its device, which says that it was requested: under this number, if it
-- is above 0. Else it is the last number of the log at that time, with a minus, so that the last command always knows
-- where numbers go on. Rows of before have their entries in `events`.
alter table commands add column event_id bigint;
