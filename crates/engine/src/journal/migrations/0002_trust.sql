-- Approvals are signed notes: who may sign, what was signed, and what was agreed to beforehand.

-- Whoever had a hand in what a plan would do: JSON list of names.
alter table plans add column authors text not null default '[]';

-- What was approved before there were signatures counts for nothing.
alter table approvals add column kind text not null default 'unsigned';
alter table approvals add column signed text;
-- the indexes that it lets through, as JSON; null: all that are held
alter table approvals add column items text;
alter table approvals add column template_id text;

create table approvers (
    number bigint primary key,
    name text not null,
    verifier text not null,
    roles text not null,
    accounts text not null,
    at bigint not null,
    vouched_by text not null,
    signed text not null,
    removed_at bigint,
    removed_by text,
    removal text
);

create table templates (
    id text primary key,
    at bigint not null,
    terms text not null,
    signed_by text not null,
    signed text not null,
    revoked_at bigint,
    revoked_by text
);

create table template_uses (
    template_id text not null,
    plan_id text not null,
    at bigint not null,
    items bigint not null,
    primary key (template_id, plan_id)
);

-- The tree over the audit: its right edge, and whole subtrees from 256 records on. What is below is computed
-- from the records themselves.
alter table audit_head add column edge text not null default '';
create table audit_subtrees (
    level bigint not null,
    idx bigint not null,
    hash text not null,
    primary key (level, idx)
);
create table audit_checkpoints (
    size bigint primary key,
    at bigint not null,
    verifier text not null,
    note text not null
);
create table audit_log (id bigint primary key, origin text not null);
