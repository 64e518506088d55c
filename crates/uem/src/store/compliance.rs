//! Compliance as callers see it. The fleet evaluates it.

use jiff::Timestamp;
use muster_model::Stamp;
use muster_model::compliance::PolicyState;
use muster_model::ids::{DeviceId, PolicyId, Wrapped};
use muster_model::words::{ComplianceStatus, Platform};
use muster_store::{Database, Error, Row, Transaction, args};
use uuid::Uuid;

use super::filter::Filter;
use super::page::Page;
use super::scope::Scope;

/// Every policy's state on a device and the sum of them; `None` if there is no such device.
pub(crate) async fn of_device(
    database: &Database,
    device: DeviceId,
    scope: &Scope,
) -> Result<Option<(ComplianceStatus, Vec<PolicyState>)>, Error> {
    let mut filter = Filter::default();
    filter.equal("id", device.0);
    filter.within("organization_group_id", scope);
    let device = args![device.0];
    let sql = format!("select compliance_status from devices{}", filter.text());
    let Some(row) = database.fetch_optional(sql, filter.args()).await? else { return Ok(None) };
    let overall = ComplianceStatus::from(row.get::<String>("compliance_status")?.as_str());
    let sql = "select p.id, p.uuid, p.name, p.detail, c.compliant, \
               coalesce(d.compliance_checked_at, d.last_seen_at) as checked_at, d.next_checkin_at as next_check_at \
               from device_compliance c join compliance_policies p on p.id = c.policy_id \
               join devices d on d.id = c.device_id \
               where c.device_id = $1 order by p.id";
    let rows = database.fetch(sql, device).await?;
    let pending = overall == ComplianceStatus::PendingComplianceCheck;
    let states = rows.iter().map(|row| state(row, pending)).collect::<Result<_, Error>>()?;
    Ok(Some((overall, states)))
}

/// Hours after which a device that nobody expects any more ought to have been checked again.
const ORDINARY: i64 = 4;

fn state(row: &Row, pending: bool) -> Result<PolicyState, Error> {
    let (checked, next): (Timestamp, i64) = (row.get("checked_at")?, row.get("next_check_at")?);
    let ordinary = || checked.checked_add(jiff::SignedDuration::from_hours(ORDINARY)).unwrap_or(checked);
    // A device that is lost is expected at a moment that no calendar has.
    let next = Timestamp::from_microsecond(next).unwrap_or_else(|_| ordinary());
    Ok(PolicyState {
        compliant_status: row.get("compliant")?,
        compliance_pending: pending,
        policy_name: row.get("name")?,
        policy_detail: row.get("detail")?,
        last_compliance_check: Some(Stamp(checked)),
        next_compliance_check: Some(Stamp(next)),
        action_taken: Vec::new(),
        id: Wrapped(PolicyId(row.get("id")?)),
        uuid: Some(row.get("uuid")?),
        ..Default::default()
    })
}

/// Which policies are wanted.
#[derive(Debug, Default)]
pub(crate) struct Wanted<'a> {
    pub(crate) group: Option<i64>,
    /// Part of the name.
    pub(crate) name: Option<&'a str>,
    pub(crate) active: Option<bool>,
}

/// A policy, and how many devices it applies to and keep to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Policy {
    pub(crate) id: i64,
    pub(crate) uuid: Uuid,
    pub(crate) name: String,
    pub(crate) detail: String,
    /// The rule that a caller chose; empty for those that are known by their names.
    pub(crate) rule: String,
    pub(crate) active: bool,
    pub(crate) group: i64,
    pub(crate) group_name: String,
    pub(crate) group_uuid: Option<Uuid>,
    pub(crate) assigned: u64,
    pub(crate) compliant: u64,
}

/// One page of the policies, and how many there are.
pub(crate) async fn policies(
    database: &Database,
    wanted: &Wanted<'_>,
    page: Page,
    scope: &Scope,
) -> Result<(Vec<Policy>, u64), Error> {
    let mut filter = Filter::default();
    filter.within("p.organization_group_id", scope);
    if let Some(group) = wanted.group {
        filter.equal("p.organization_group_id", group);
    }
    if let Some(name) = wanted.name {
        filter.contains("p.name", name);
    }
    if let Some(active) = wanted.active {
        filter.equal("p.active", active);
    }
    let condition = filter.text();
    let count = format!("select count(*) as total from compliance_policies p{condition}");
    let total = database.fetch_one(count, filter.args()).await?.get("total")?;
    let sql = format!("{POLICY}{condition} order by p.id{}", page.text());
    let rows = database.fetch(sql, filter.args()).await?;
    Ok((rows.iter().map(policy).collect::<Result<_, Error>>()?, total))
}

const POLICY: &str = "select p.id, p.uuid, p.name, p.detail, p.rule, p.active, p.organization_group_id, \
    g.name as group_name, g.uuid as group_uuid, \
    (select count(*) from device_compliance c where c.policy_id = p.id) as assigned, \
    (select count(*) from device_compliance c where c.policy_id = p.id and c.compliant = 1) as compliant \
    from compliance_policies p left join organization_groups g on g.id = p.organization_group_id";

fn policy(row: &Row) -> Result<Policy, Error> {
    Ok(Policy {
        id: row.get("id")?,
        uuid: row.get("uuid")?,
        name: row.get("name")?,
        detail: row.get("detail")?,
        rule: row.get("rule")?,
        active: row.get("active")?,
        group: row.get("organization_group_id")?,
        group_name: row.get::<Option<String>>("group_name")?.unwrap_or_default(),
        group_uuid: row.get("group_uuid")?,
        assigned: row.get("assigned")?,
        compliant: row.get("compliant")?,
    })
}

/// A policy by its id, if the scope has it.
pub(crate) async fn find(tx: &mut Transaction, id: i64, scope: &Scope) -> Result<Option<Policy>, Error> {
    let mut filter = Filter::default();
    filter.equal("p.id", id);
    filter.within("p.organization_group_id", scope);
    tx.fetch_optional(format!("{POLICY}{}", filter.text()), filter.args()).await?.as_ref().map(policy).transpose()
}

/// A policy that is to be made.
#[derive(Debug)]
pub(crate) struct NewPolicy<'a> {
    pub(crate) name: &'a str,
    pub(crate) detail: &'a str,
    pub(crate) rule: &'a str,
    pub(crate) active: bool,
    pub(crate) group: i64,
}

/// Makes a policy.
pub(crate) async fn create(tx: &mut Transaction, new: &NewPolicy<'_>, now: Timestamp) -> Result<(i64, Uuid), Error> {
    let uuid = Uuid::new_v4();
    let sql = "insert into compliance_policies (id, uuid, name, detail, rule, active, organization_group_id, changed_at) \
               select coalesce(max(id), 0) + 1, $1, $2, $3, $4, $5, $6, $7 from compliance_policies returning id";
    let values = args![uuid, new.name, new.detail, new.rule, new.active, new.group, now];
    Ok((tx.fetch_one(sql, values).await?.get("id")?, uuid))
}

/// Writes a policy. One that holds nobody to anything has no verdicts either.
pub(crate) async fn save(tx: &mut Transaction, policy: &Policy, now: Timestamp) -> Result<(), Error> {
    let sql = "update compliance_policies set name = $2, detail = $3, rule = $4, active = $5, changed_at = $6 \
               where id = $1";
    let (name, detail, rule) = (policy.name.as_str(), policy.detail.as_str(), policy.rule.as_str());
    tx.execute(sql, args![policy.id, name, detail, rule, policy.active, now]).await?;
    if policy.active { Ok(()) } else { forget(tx, policy.id).await }
}

async fn forget(tx: &mut Transaction, policy: i64) -> Result<(), Error> {
    tx.execute("delete from device_compliance where policy_id = $1", args![policy]).await.map(drop)
}

pub(crate) async fn remove(tx: &mut Transaction, policy: i64) -> Result<(), Error> {
    forget(tx, policy).await?;
    tx.execute("delete from compliance_policies where id = $1", args![policy]).await.map(drop)
}

/// Which devices are wanted by how they stand.
#[derive(Debug, Default)]
pub(crate) struct Standing {
    pub(crate) status: Option<ComplianceStatus>,
    pub(crate) platform: Option<Platform>,
    /// Devices that break this policy.
    pub(crate) breaking: Option<i64>,
    pub(crate) group: Option<i64>,
}

/// How a device stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DeviceStanding {
    pub(crate) id: i64,
    pub(crate) name: String,
    pub(crate) platform: String,
    pub(crate) status: String,
    pub(crate) checked_at: Option<Timestamp>,
}

/// One page of devices with their standing, and how many match.
pub(crate) async fn standing(
    database: &Database,
    wanted: &Standing,
    page: Page,
    scope: &Scope,
) -> Result<(Vec<DeviceStanding>, u64), Error> {
    let mut filter = Filter::default();
    filter.within("d.organization_group_id", scope);
    if let Some(status) = &wanted.status {
        filter.equal("d.compliance_status", status.as_str());
    }
    if let Some(platform) = &wanted.platform {
        filter.equal("d.platform", platform.as_str());
    }
    if let Some(group) = wanted.group {
        filter.below("d.organization_group_id", group);
    }
    if let Some(policy) = wanted.breaking {
        let policy = filter.arg(policy);
        filter.and(format!(
            "exists (select 1 from device_compliance c where c.device_id = d.id and c.policy_id = {policy} \
             and c.compliant = 0)"
        ));
    }
    let count = format!("select count(*) as total from devices d{}", filter.text());
    let total = database.fetch_one(count, filter.args()).await?.get("total")?;
    let sql = format!(
        "select d.id, d.friendly_name, d.platform, d.compliance_status, d.compliance_checked_at from devices d{} \
         order by d.id{}",
        filter.text(),
        page.text()
    );
    let read = |row: &Row| {
        Ok(DeviceStanding {
            id: row.get("id")?,
            name: row.get("friendly_name")?,
            platform: row.get("platform")?,
            status: row.get("compliance_status")?,
            checked_at: row.get("compliance_checked_at")?,
        })
    };
    let rows = database.fetch(sql, filter.args()).await?;
    Ok((rows.iter().map(read).collect::<Result<_, Error>>()?, total))
}
