create table plans (
    id text primary key,
    hash text not null,
    created_at bigint not null,
    expires_at bigint not null,
    requested_by text not null,
    tenant text not null,
    purpose text not null,
    selection text not null,
    decision text not null,
    verdict text not null,
    items bigint not null,
    held bigint not null,
    retry_of text
);

-- What is to be done never changes after the proposal; what became of it is in tasks.
create table plan_items (
    plan_id text not null,
    idx bigint not null,
    target text not null,
    action text not null,
    reason text not null,
    state_before text,
    input text not null,
    after_idx bigint,
    decision text not null,
    verdict text not null,
    -- the first rule of the verdict and its text, as they stand in the task
    rule text,
    explanation text,
    unsettled_since bigint,
    -- the task of the earlier job that this item takes up again
    origin_idx bigint,
    primary key (plan_id, idx)
);

create table approvals (
    plan_id text not null,
    at bigint not null,
    expires_at bigint not null,
    approver text not null,
    note text not null,
    hash text not null
);
create index approvals_by_plan on approvals (plan_id, at);

create table jobs (
    id text primary key,
    -- a plan is carried out once
    plan_id text not null unique,
    retry_of text,
    purpose text not null,
    tenant text not null,
    state text not null,
    stopped text,
    options text not null,
    created_at bigint not null,
    started_by text not null,
    finished_at bigint,
    -- fence of the run that may write; an older run's appends are turned away
    fence bigint not null
);

create table tasks (
    job_id text not null,
    idx bigint not null,
    state text not null,
    reason text not null,
    class text,
    attempt bigint not null,
    command_id text,
    sending_at bigint,
    at bigint,
    after_idx bigint,
    primary key (job_id, idx)
);
create index tasks_by_state on tasks (job_id, state, idx);
create index tasks_by_command on tasks (command_id) where command_id is not null;

create table audit (
    number bigint primary key,
    at bigint not null,
    actor text not null,
    event text not null,
    subject text not null,
    details text not null,
    previous text not null,
    hash text not null
);

-- The one row that an append locks, and by which a cut-off end of the chain shows.
create table audit_head (id bigint primary key, number bigint not null, hash text not null);
insert into audit_head (id, number, hash)
values (1, 0, '0000000000000000000000000000000000000000000000000000000000000000');
