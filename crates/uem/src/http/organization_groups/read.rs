//! Looking at groups: search, one, its children, and how many devices each has.

use serde_json::{Value, json};

use super::super::context::Context;
use super::super::given::Given;
use super::super::refusal::Refusal;
use super::super::said::Said;
use super::{is_descending, named, place, seen};
use crate::store::organization_groups::{self, Group, Placed, Wanted};

pub(super) const LOCALE: &str = "English (United States)";

/// A detail of a group, or what such groups have by default.
pub(super) fn text(group: &Group, name: &str, default: &str) -> String {
    group.details.get(name).and_then(Value::as_str).unwrap_or(default).to_owned()
}

/// `10/27/2023 3:05:53 PM`: groups write their time as no other resource does (requirement S21).
pub(super) fn created_on(group: &Group) -> String {
    group.created_at.strftime("%-m/%-d/%Y %-I:%M:%S %p").to_string()
}

/// A row of version 1. In searches it has no UUID, and only among children a parent, as on real tenants.
fn row(placed: &Placed, with_uuid: bool, with_parent: bool) -> Value {
    let group = &placed.group;
    let mut row = json!({
        "Id": group.id, "Name": group.name, "GroupId": group.code, "LocationGroupType": group.kind,
        "Country": text(group, "Country", "United States"), "Locale": text(group, "Locale", LOCALE),
        "CreatedOn": created_on(group), "LgLevel": placed.level, "Users": placed.owned.users.to_string(),
        "Admins": placed.owned.admins.to_string(), "Devices": placed.owned.devices.to_string(),
        "IsCustomerTypeExistInParentHierarchy": placed.level > 0,
        "AddDefaultLocation": text(group, "AddDefaultLocation", ""),
    });
    if with_uuid {
        row["Uuid"] = json!(group.uuid);
    }
    if let (true, Some((id, uuid, name))) = (with_parent, &placed.parent) {
        row["ParentLocationGroup"] = json!({ "Id": { "Value": id }, "Name": name, "Uuid": uuid });
    }
    row
}

pub(super) async fn search(context: Context, given: Given) -> Result<Said, Refusal> {
    let page = given.page()?;
    let wanted = Wanted {
        name: given.asked("name"),
        code: given.asked("groupid"),
        kind: given.asked("type"),
        order_by: given.asked("orderby"),
        descending: is_descending(given.asked("sortorder")),
    };
    let (groups, total) = organization_groups::search(context.database(), &wanted, page, context.scope()).await?;
    let rows: Vec<_> = groups.iter().map(|placed| row(placed, false, false)).collect();
    let said = json!({ "LocationGroups": rows, "Page": page.number, "PageSize": page.size, "Total": total });
    Ok(Said::list(said, rows.len() as u64))
}

pub(super) async fn get(context: Context, given: Given) -> Result<Said, Refusal> {
    let group = seen(&context, given.id("id")).await?;
    Ok(Said::json(200, row(&place(&context, group).await?, true, false)))
}

pub(super) async fn get_v2(context: Context, given: Given) -> Result<Said, Refusal> {
    let placed = place(&context, seen(&context, given.uuid("uuid")).await?).await?;
    let mut said = row(&placed, true, false);
    for name in ["EnableRestApiAccess", "Timezone", "timezone_code", "customer_industry_type", "location"] {
        if let Some(value) = placed.group.details.get(name) {
            said[name] = value.clone();
        }
    }
    Ok(Said::json(200, said))
}

/// A bare list, the group itself first.
pub(super) async fn children(context: Context, given: Given) -> Result<Said, Refusal> {
    let group = seen(&context, given.id("id")).await?;
    let below = organization_groups::below(context.database(), group.id).await?;
    // The topmost group that a caller sees has a parent that they do not see.
    let seen = |placed: &Placed| placed.parent.as_ref().is_some_and(|(id, ..)| context.scope().sees(*id));
    let rows: Vec<_> = below.iter().map(|placed| row(placed, true, seen(placed))).collect();
    Ok(Said::json(200, json!(rows)))
}

pub(super) async fn device_counts(context: Context, given: Given) -> Result<Said, Refusal> {
    let top = named(&context, given.asked_id("organizationgroupid").unwrap_or(context.caller.group)).await?;
    let (since, till) = (given.asked_time("seensince"), given.asked_time("seentill"));
    if let (Some(since), Some(till)) = (since, till)
        && since > till
    {
        return Err(Refusal::new(400, 6019, "The time seensince is after seentill."));
    }
    let page = given.page()?;
    let below = organization_groups::below(context.database(), top.id).await?;
    let ids: Vec<i64> = below.iter().map(|placed| placed.group.id).collect();
    let counts = organization_groups::device_counts(context.database(), &ids, since, till).await?;
    let first = usize::try_from(page.number).unwrap_or(usize::MAX).saturating_mul(page.size as usize);
    let shown: Vec<_> =
        below.iter().skip(first).take(page.size as usize).map(|placed| count(placed, &counts)).collect();
    let said = json!({ "LocationGroups": shown, "Page": page.number, "PageSize": page.size, "Total": below.len() });
    Ok(Said::json(200, said))
}

type Counts = std::collections::BTreeMap<i64, std::collections::BTreeMap<String, i64>>;

fn count(placed: &Placed, counts: &Counts) -> Value {
    const STATUSES: [&str; 12] = [
        "AppCatalogOnly",
        "BlackListed",
        "DeviceWipePending",
        "Discovered",
        "Enrolled",
        "EnrollmentInProgress",
        "EnterpriseWipePending",
        "PendingAgent",
        "Registered",
        "Retired",
        "Unenrolled",
        "UnenrolledByFeedbackService",
    ];
    let mine = counts.get(&placed.group.id);
    let of = |status: &str| mine.and_then(|mine| mine.get(status)).copied().unwrap_or_default();
    let by_status: serde_json::Map<_, _> =
        STATUSES.iter().map(|&status| (status.to_owned(), json!(of(status)))).collect();
    json!({
        "LocationGroupId": placed.group.id, "LocationGroupName": placed.group.name,
        "TotalDevices": mine.map_or(0, |mine| mine.values().sum::<i64>()), "DeviceCountByEnrollmentStatus": by_status,
    })
}
