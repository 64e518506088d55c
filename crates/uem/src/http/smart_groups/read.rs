//! One smart group: its criteria, its devices, its apps.

use muster_model::words::Ownership;
use serde_json::{Map, Value, json};

use super::super::context::Context;
use super::super::given::Given;
use super::super::policy::Action::Read;
use super::super::policy::Resource::SmartGroups;
use super::super::policy::needs;
use super::super::refusal::Refusal;
use super::super::said::Said;
use super::super::table::Table;
use super::moment;
use crate::store::smart_groups::{self, Group};

pub(super) fn routes(table: &mut Table) {
    let right = needs(SmartGroups, Read);
    table
        .serve("mdmv1/SmartGroups_LoadSmartGroupAsync", right, load)
        .serve("mdmv1/SmartGroups_GetDevices", right, devices)
        .serve("mdmv1/SmartGroups_GetAppsBySmartGroupAsync", right, apps);
}

async fn group(context: &Context, id: i64) -> Result<Group, Refusal> {
    let missing = || Refusal::invalid(format!("Smart group {id} is not found or not accessible."));
    smart_groups::get(context.database(), id, context.scope()).await?.ok_or_else(missing)
}

fn owner(letter: &str) -> &'static str {
    match Ownership::from(letter) {
        Ownership::Corporate => "CorporateDedicated",
        Ownership::Employee => "EmployeeOwned",
        Ownership::Shared => "CorporateShared",
        Ownership::Undefined | Ownership::Other(_) => "Unknown",
    }
}

/// The lists of a group as the API writes them. A group of the first start has its criteria only.
pub(super) fn lists(group: &Group) -> Map<String, Value> {
    let criteria = &group.criteria;
    let mut lists = criteria.shown.clone();
    lists.insert("Platforms".to_owned(), json!(criteria.platforms));
    let owners: Vec<&str> = criteria.ownerships.iter().map(|letter| owner(letter)).collect();
    lists.insert("Ownerships".to_owned(), if owners.is_empty() { json!(["allownerships"]) } else { json!(owners) });
    if !criteria.tags.is_empty() {
        let tags: Vec<Value> = criteria.tags.iter().map(|name| json!({ "Name": name })).collect();
        lists.insert("Tags".to_owned(), tags.into());
    }
    for name in [
        "OrganizationGroups",
        "UserGroups",
        "Tags",
        "Models",
        "OperatingSystems",
        "OEMAndModels",
        "CpuArchitectures",
        "EnrollmentCategories",
        "ManagementTypes",
        "UserAdditions",
        "UserExclusions",
        "DeviceAdditions",
        "DeviceExclusions",
        "UserGroupExclusions",
    ] {
        lists.entry(name).or_insert_with(|| json!([]));
    }
    lists
}

async fn load(context: Context, given: Given) -> Result<Said, Refusal> {
    let group = group(&context, given.id("id")).await?;
    let counts = smart_groups::counts(context.database(), &group).await?;
    let mut shown = lists(&group);
    let own = json!({
        "Name": group.name, "SmartGroupID": group.id, "SmartGroupUuid": group.uuid,
        "CriteriaType": if group.criteria.only_named { "UserDevice" } else { "All" },
        "ManagedByOrganizationGroupId": group.group.to_string(),
        "ManagedByOrganizationGroupName": group.group_name,
        "ManagedByOrganizationGroupUuid": group.group_uuid,
        "Devices": counts.devices, "Assignments": counts.assignments, "Exclusions": group.criteria.exclusions(),
    });
    shown.extend(own.as_object().cloned().unwrap_or_default());
    Ok(Said::json(200, Value::Object(shown)))
}

async fn devices(context: Context, given: Given) -> Result<Said, Refusal> {
    let group = group(&context, given.id("smartgroupid")).await?;
    let since = moment("seensince", given.asked("seensince"))?;
    let till = moment("seentill", given.asked("seentill"))?;
    let members = smart_groups::members(context.database(), &group.criteria, since, till, context.scope()).await?;
    let total = members.len() as u64;
    let rows: Vec<Value> = members
        .into_iter()
        .map(|device| {
            json!({
                "Id": device.id.to_string(), "Name": device.name, "Platform": device.platform, "Model": device.model,
                "OSVersion": device.os_version, "Ownership": device.ownership, "Username": device.username,
            })
        })
        .collect();
    Ok(Said::list(json!({ "Devices": rows }), total))
}

async fn apps(context: Context, given: Given) -> Result<Said, Refusal> {
    let group = group(&context, given.id("id")).await?;
    let apps = smart_groups::apps(context.database(), group.id, context.scope()).await?;
    let rows: Vec<Value> = apps
        .into_iter()
        .map(|app| {
            json!({
                "id": app.id, "uuid": app.uuid, "applicationName": app.name, "bundleId": app.bundle_id,
                "version": app.version, "platform": app.platform, "managedBy": app.managed_by,
            })
        })
        .collect();
    Ok(Said::json(200, rows.into()))
}
