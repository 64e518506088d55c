-- Rings: when a task may be sent, and how each ring went.
alter table tasks add column ring bigint not null default 0;
-- What the target was like before the change, noted before it was sent.
alter table tasks add column image text;
-- How far what was done is proven: accepted, delivered, executed, verified.
alter table tasks add column delivery text;

drop index tasks_by_state;
create index tasks_by_state on tasks (job_id, state, ring, idx);

create table rings (
    job_id text not null,
    ring bigint not null,
    -- open, soaking, passed, held
    state text not null,
    opened_at bigint not null,
    soak_until bigint,
    -- compliance of a sample of the ring's devices when it began
    baseline text,
    health text,
    reasons text,
    primary key (job_id, ring)
);

-- What makes two commands the same: the target and the command.
alter table plan_items add column effect_key text;
create index plan_items_by_effect on plan_items (effect_key) where effect_key is not null;
create index tasks_in_the_queue on tasks (job_id, idx) where class = 'queued';

create index jobs_by_end on jobs (finished_at);
