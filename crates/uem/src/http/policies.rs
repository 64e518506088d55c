//! `/policies` of the guide dialect: what the tenant keeps devices, and callers, to.

use muster_model::devices::BulkLimits;
use muster_store::Transaction;
use serde_json::{Value, json};

use super::context::Context;
use super::given::Given;
use super::owner;
use super::policy::Action::{Create, Delete, Edit, Read};
use super::policy::Resource::{Compliance, Devices, Settings, Wipes};
use super::policy::needs;
use super::refusal::Refusal;
use super::said::Said;
use super::table::Table;
use crate::store::bulk_limits;
use crate::store::compliance::{self, NewPolicy, Policy, Wanted};
use crate::store::wipes::{self, Protection, Threshold};

pub(super) fn routes(table: &mut Table) {
    table
        .serve("guide/policies.list", needs(Compliance, Read), list)
        .serve("guide/policies.search", needs(Compliance, Read), list)
        .serve("guide/policies.get", needs(Compliance, Read), get)
        .serve("guide/policies.create", needs(Compliance, Create), create)
        .serve("guide/policies.update", needs(Compliance, Edit), update)
        .serve("guide/policies.delete", needs(Compliance, Delete), delete)
        .serve("guide/policies.wipeprotection", needs(Wipes, Read), wipe_protection)
        .serve("guide/policies.setwipeprotection", needs(Settings, Edit), set_wipe_protection)
        .serve("guide/policies.bulklimits", needs(Devices, Read), limits)
        .serve("guide/policies.setbulklimits", needs(Settings, Edit), set_limits);
}

/// Longest time that wipes are counted over: a week.
const LONGEST: i64 = 7 * 24 * 60;

fn shown(protection: &Protection) -> Value {
    json!({
        "OrganizationGroupId": protection.group, "Wipes": protection.threshold.wipes,
        "Minutes": protection.threshold.minutes, "Locked": protection.locked,
    })
}

/// The protection that holds for a group, and the group that it is set for.
async fn wipe_protection(context: Context, given: Given) -> Result<Said, Refusal> {
    let group = owner::group(&context, given.asked_id("organizationgroupid")).await?;
    let mut tx = crate::store::begin(context.database()).await?;
    let protection = wipes::of_group(&mut tx, group).await?;
    tx.rollback().await?;
    Ok(Said::json(200, shown(&protection)))
}

async fn set_wipe_protection(context: Context, given: Given) -> Result<Said, Refusal> {
    let group = owner::group(&context, given.member_id("OrganizationGroupId")).await?;
    let number = |name: &str| given.member_id(name).unwrap_or_default();
    let threshold = Threshold { wipes: number("Wipes"), minutes: number("Minutes") };
    if threshold.wipes < 0 || !(1..=LONGEST).contains(&threshold.minutes) {
        return Err(Refusal::shape(format!("Wipes must be 0 or more, and Minutes between 1 and {LONGEST}.")));
    }
    let mut tx = context.begin().await?;
    wipes::set_threshold(&mut tx, group, threshold).await?;
    let protection = wipes::of_group(&mut tx, group).await?;
    tx.commit().await?;
    Ok(Said::json(200, shown(&protection)))
}

fn said(limits: &BulkLimits) -> Said {
    // Numbers always make JSON.
    Said::json(200, serde_json::to_value(limits).unwrap_or_default())
}

async fn limits(context: Context, _: Given) -> Result<Said, Refusal> {
    Ok(said(&bulk_limits::all(context.database()).await?))
}

/// What is not named stays as it is.
async fn set_limits(context: Context, given: Given) -> Result<Said, Refusal> {
    let mut limits = bulk_limits::all(context.database()).await?;
    let mut named = false;
    for (name, limit) in [
        ("DeleteDevice", &mut limits.delete_device),
        ("EnterpriseWipe", &mut limits.enterprise_wipe),
        ("GPS", &mut limits.gps),
        ("LockDevice", &mut limits.lock_device),
        ("SendMessage", &mut limits.send_message),
    ] {
        let Some(number) = given.member_id(name) else { continue };
        let wrong = |_| Refusal::shape(format!("{name} must be 0 or more."));
        *limit = u32::try_from(number).map_err(wrong)?;
        named = true;
    }
    if !named {
        return Err(Refusal::shape("At least one limit must be named."));
    }
    let mut tx = context.begin().await?;
    bulk_limits::set(&mut tx, &limits).await?;
    tx.commit().await?;
    Ok(said(&limits))
}

fn policy(policy: &Policy) -> Value {
    json!({
        "PolicyId": policy.id, "Uuid": policy.uuid, "Name": policy.name, "Description": policy.detail,
        "Rule": policy.rule, "IsActive": policy.active, "AssignedDevices": policy.assigned,
        "CompliantDevices": policy.compliant,
        "NonCompliantDevices": policy.assigned.saturating_sub(policy.compliant),
    })
}

async fn list(context: Context, given: Given) -> Result<Said, Refusal> {
    let wanted = Wanted { name: given.asked("name"), active: given.asked_flag("active"), group: None };
    let page = given.page()?;
    let (found, total) = compliance::policies(context.database(), &wanted, page, context.scope()).await?;
    let rows: Vec<Value> = found.iter().map(policy).collect();
    Ok(Said::json(200, json!({ "Policies": rows, "Page": page.number, "PageSize": page.size, "Total": total })))
}

async fn found(context: &Context, tx: &mut Transaction, given: &Given) -> Result<Policy, Refusal> {
    let id = given.id("id");
    let found = compliance::find(tx, id, context.scope()).await?;
    found.ok_or_else(|| Refusal::not_found(format!("Policy not found: {id}.")))
}

async fn get(context: Context, given: Given) -> Result<Said, Refusal> {
    let mut tx = crate::store::begin(context.database()).await?;
    let found = found(&context, &mut tx, &given).await?;
    tx.rollback().await?;
    Ok(Said::json(200, policy(&found)))
}

/// A policy holds devices to one rule from their next check-in on.
async fn create(context: Context, given: Given) -> Result<Said, Refusal> {
    let (name, rule) = (given.required_text("Name")?, given.required_text("Rule")?);
    let detail = given.member_text("Description").unwrap_or_default();
    let active = given.member("IsActive").and_then(Value::as_bool).unwrap_or(true);
    let mut tx = context.begin().await?;
    let new = NewPolicy { name, detail, rule, active, group: context.caller.group };
    let (id, uuid) = compliance::create(&mut tx, &new, context.now()).await?;
    tx.commit().await?;
    Ok(Said::json(200, json!({ "Value": id, "Uuid": uuid })))
}

/// What is not named stays as it is.
async fn update(context: Context, given: Given) -> Result<Said, Refusal> {
    let mut tx = context.begin().await?;
    let mut changed = found(&context, &mut tx, &given).await?;
    for (name, text) in [("Name", &mut changed.name), ("Description", &mut changed.detail), ("Rule", &mut changed.rule)]
    {
        if let Some(given) = given.member_text(name) {
            given.clone_into(text);
        }
    }
    if let Some(active) = given.member("IsActive").and_then(Value::as_bool) {
        changed.active = active;
    }
    compliance::save(&mut tx, &changed, context.now()).await?;
    let shown = found(&context, &mut tx, &given).await?;
    tx.commit().await?;
    Ok(Said::json(200, policy(&shown)))
}

async fn delete(context: Context, given: Given) -> Result<Said, Refusal> {
    let mut tx = context.begin().await?;
    let policy = found(&context, &mut tx, &given).await?;
    compliance::remove(&mut tx, policy.id).await?;
    tx.commit().await?;
    Ok(Said::nothing(200))
}
