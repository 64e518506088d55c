-- A plan of a million items is never in memory as a whole: what has to be known of all of its items is kept, or found by
-- an index.

-- How many items have which verdict, as JSON.
alter table plans add column verdicts text;
-- Alike for the same action on the same target.
alter table plan_items add column twin bigint;
-- Where the target stands in the order that rings are cut from.
alter table plan_items add column place bigint;
create index plan_items_held on plan_items (plan_id, idx) where verdict = 'hold';
create index tasks_in_order on tasks (job_id, after_idx) where after_idx is not null;
-- When the last run came to its end; nothing while one is on its way.
alter table jobs add column rested_at bigint;

-- Plans whose items are being written down; what is here for long was given up.
create table drafts (id text primary key, at bigint not null);

-- How many tasks a job has by state, and by how far that is proven ('' where nothing is).
create table job_counts (
    job_id text not null,
    state text not null,
    delivery text not null,
    tasks bigint not null,
    primary key (job_id, state, delivery)
);
insert into job_counts (job_id, state, delivery, tasks)
select job_id, state, coalesce(delivery, ''), count(*) from tasks group by job_id, state, coalesce(delivery, '');
