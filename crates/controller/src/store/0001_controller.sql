-- When and whom: schedules, their fires and runs, what each run saw, alerts and what was told to whom.
-- Every row belongs to a tenant, because several contexts may share one database.
-- Times are microseconds since 1970, UTC; booleans are 0 or 1.

create table schedules (
    tenant text not null,
    name text not null,
    workflow text not null,
    every_seconds bigint not null,
    apply bigint not null,
    last_fire bigint,
    next_due bigint not null,
    primary key (tenant, name)
);

-- One row for each scheduled instant that was acted upon; the key is what keeps two controllers from
-- acting upon the same one.
create table schedule_fires (
    tenant text not null,
    schedule text not null,
    due bigint not null,
    fired_at bigint not null,
    controller text not null,
    missed bigint not null,
    primary key (tenant, schedule, due)
);

create table workflow_runs (
    id text primary key,
    tenant text not null,
    schedule text not null,
    workflow text not null,
    due bigint not null,
    controller text not null,
    started_at bigint not null,
    finished_at bigint,
    outcome text not null,
    noncompliant bigint not null,
    planned bigint not null,
    waiting bigint not null,
    held bigint not null,
    done bigint not null,
    failed bigint not null,
    unknown bigint not null,
    skipped bigint not null,
    plan_id text,
    job_id text,
    failure_cause text,
    failure text
);
create index workflow_runs_newest on workflow_runs (tenant, started_at);

-- What a run saw of the fleet, kept for trends. The breakdowns are small JSON objects: word to count.
create table fleet_snapshots (
    run_id text primary key,
    tenant text not null,
    taken_at bigint not null,
    devices bigint not null,
    enrolled bigint not null,
    noncompliant bigint not null,
    by_platform text not null,
    by_rule text not null
);
create index fleet_snapshots_newest on fleet_snapshots (tenant, taken_at);

create table tenant_probes (
    id text primary key,
    tenant text not null,
    at bigint not null,
    controller text not null,
    outcome text not null,
    message text not null,
    latency_microseconds bigint not null,
    product text not null
);
create index tenant_probes_newest on tenant_probes (tenant, at);

create table alerts (
    id text primary key,
    tenant text not null,
    rule text not null,
    subject text not null,
    severity text not null,
    state text not null,
    summary text not null,
    resolution text,
    seen bigint not null,
    clear bigint not null,
    evidence_at bigint not null,
    first_seen_at bigint not null,
    opened_at bigint,
    resolved_at bigint
);
-- At most one living alert for each cause.
create unique index alerts_living on alerts (tenant, rule, subject) where state <> 'resolved';
create index alerts_newest on alerts (tenant, first_seen_at);

create table deliveries (
    id text primary key,
    tenant text not null,
    alert_id text not null references alerts (id) on delete cascade,
    event text not null,
    channel text not null,
    payload text not null,
    state text not null,
    attempts bigint not null,
    next_attempt_at bigint not null,
    last_error text,
    created_at bigint not null,
    delivered_at bigint,
    unique (alert_id, event, channel)
);
create index deliveries_waiting on deliveries (state, next_attempt_at);
