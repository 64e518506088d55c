-- One row per limit that a tenant counts: an organization group, whatever keys and processes use it.
create table quotas (
    tenant text not null,
    organization_group text not null,
    -- Calls, as far as known; 0 for not known.
    per_minute bigint not null,
    per_day bigint not null,
    -- Before this nobody else's turn comes (microseconds since 1970).
    next_turn bigint not null,
    paused_until bigint not null,
    -- What the tenant said of its day: calls left at that moment, less what was leased since; until when that counts.
    told_left bigint not null,
    told_until bigint not null,
    primary key (tenant, organization_group)
);
-- Leased calls by hour, so that any 24 hours can be counted, whenever the tenant's day begins.
create table quota_hours (
    tenant text not null,
    organization_group text not null,
    hour bigint not null,
    calls bigint not null,
    primary key (tenant, organization_group, hour)
);
