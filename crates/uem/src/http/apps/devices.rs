//! What became of an app on devices: lists, counts, the state on one device.

use muster_model::apps::Devices;
use serde_json::{Value, json};
use uuid::Uuid;

use super::super::context::Context;
use super::super::given::Given;
use super::super::policy::Action::Read;
use super::super::policy::Resource::Apps;
use super::super::policy::needs;
use super::super::refusal::Refusal;
use super::super::said::Said;
use super::super::table::Table;
use super::{Missing, named};
use crate::store::apps::devices::{self, AppOnDevice, Column, Wanted};
use crate::store::apps::{self, App, INTERNAL, PUBLIC, PURCHASED};
use crate::store::page::Page;

pub(super) fn routes(table: &mut Table) {
    table
        .serve_as::<Devices, _, _>(needs(Apps, Read), of_version)
        .serve("mamv1/InternalAppsV1_GetDevicesAssignedOrInstalledForAppAtAppLevel", needs(Apps, Read), of_bundle)
        .serve("mamv1/InternalAppsV1_GetInternalAppInstalledOrAssignedDevices", needs(Apps, Read), of_internal)
        .serve("mamv1/PublicApps_GetPublicAppInstalledOrAssignedDevices", needs(Apps, Read), of_public)
        .serve("mamv1/PurchasedAppsV1_GetPurchasedAppInstalledOrAssignedDevices", needs(Apps, Read), of_purchased)
        .serve("mamv1/InternalAppsV1_GetInternalAppInstallCounts", needs(Apps, Read), install_counts)
        .serve("mamv1/InternalAppsV1_GetInternalAppReasonBreakdownCounts", needs(Apps, Read), reasons_of_bundle)
        .serve("mamv1/Apps_GetAppDeploymentCounts", needs(Apps, Read), deployment_counts)
        .serve("mamv1/Apps_GetAppActionBreakdownCounts", needs(Apps, Read), action_counts)
        .serve("mamv1/Apps_GetAppReasonBreakdownCounts", needs(Apps, Read), reason_counts);
}

/// The group of `organizationgroupuuid`; routes that need one say so.
async fn asked_group(context: &Context, given: &Given) -> Result<Option<i64>, Refusal> {
    let Some(uuid) = given.asked_uuid("organizationgroupuuid") else { return Ok(None) };
    match apps::group(context.database(), uuid, context.scope()).await? {
        Some((id, _)) => Ok(Some(id)),
        None => Err(Refusal::no_group_of_uuid(uuid)),
    }
}

async fn of_version(context: Context, given: Given) -> Result<Said, Refusal> {
    if given.asked("organizationgroupuuid").is_none() {
        return Err(Refusal::invalid("The organizationgroupuuid parameter is required."));
    }
    let group = asked_group(&context, &given).await?;
    let app = named(&context, &given, None, Missing::NotFound).await?;
    list(&context, &given, vec![app.id], group).await
}

/// The versions of an internal app that are owned by the group of `apporganizationgroupuuid`.
async fn chain(context: &Context, given: &Given) -> Result<Vec<App>, Refusal> {
    let bundle = given.asked("bundleid").unwrap_or_default();
    let word = given.asked("devicetype").unwrap_or_default();
    let platform = super::platform(word)
        .ok_or_else(|| Refusal::new(422, 1012, format!("'{word}' is not a valid device type.")))?;
    let owner = given.asked_uuid("apporganizationgroupuuid").unwrap_or_default();
    let mut found = super::internal::of_bundle(context, bundle, platform.as_str()).await?;
    found.retain(|app| app.group_uuid == Some(owner));
    if found.is_empty() { Err(Refusal::no_app(404, bundle)) } else { Ok(found) }
}

async fn of_bundle(context: Context, given: Given) -> Result<Said, Refusal> {
    let group = asked_group(&context, &given).await?;
    let chain = chain(&context, &given).await?;
    list(&context, &given, chain.iter().map(|app| app.id).collect(), group).await
}

async fn list(context: &Context, given: &Given, apps: Vec<i64>, group: Option<i64>) -> Result<Said, Refusal> {
    let page = given.page()?;
    let wanted = wanted(context, given, apps, group).await?;
    let (rows, total) = devices::list(context.database(), &wanted, page, context.scope()).await?;
    let rows: Vec<Value> = rows.iter().map(row).collect();
    Ok(Said::json(200, json!({ "devices": rows, "TotalResults": total })))
}

/// What a list of devices asks for.
pub(super) async fn wanted<'a>(
    context: &Context,
    given: &'a Given,
    apps: Vec<i64>,
    group: Option<i64>,
) -> Result<Wanted<'a>, Refusal> {
    let flag = |yes: &str, no: &str| match (given.asked_flag(yes), given.asked_flag(no)) {
        (Some(true), Some(true)) | (None | Some(false), None | Some(false)) => None,
        (asked, _) => Some(asked == Some(true)),
    };
    let groups: Vec<Uuid> = ["smartgroupids", "smartgroupuuids"]
        .iter()
        .flat_map(|name| given.asked_all(name))
        .map(|text| text.parse().map_err(|_| Refusal::bad(format!("'{text}' is not the UUID of a smart group."))))
        .collect::<Result<_, _>>()?;
    let criteria = if groups.is_empty() { None } else { Some(devices::criteria(context.database(), &groups).await?) };
    let down = given.asked("sortorder").is_some_and(|word| word.eq_ignore_ascii_case("desc"));
    let order = match given.asked("orderby").map(|word| word.to_lowercase().replace('_', "")).as_deref() {
        None | Some("deviceid") => Some(("d.id", down)),
        Some("friendlyname") => Some(("lower(d.friendly_name)", down)),
        Some("installedstatus") => Some(("x.status", down)),
        Some("installedversion") => Some(("x.installed_version", down)),
        Some("latestappreason") => Some(("x.reason", down)),
        Some("latestactiontakendatetime") => Some(("x.updated_at", down)),
        Some(other) => return Err(Refusal::new(422, 1012, format!("'{other}' is not a valid orderby."))),
    };
    let mut statuses = given.asked_all("installationstatus");
    for word in given.asked_all("lastactiontaken") {
        statuses.push(status_of_action(word).unwrap_or(word));
    }
    Ok(Wanted {
        apps,
        group,
        criteria,
        text: given.asked("searchtext"),
        assigned: flag("isassigned", "isnotassigned"),
        installed: flag("isinstalled", "isnotinstalled"),
        statuses,
        order,
        device: None,
    })
}

/// What was last done about an app, in the words of the API.
fn action(status: &str) -> &'static str {
    match status {
        "Installed" => "Managed",
        "Failed" => "InstallCommandFailed",
        "Pending" => "InstallCommandReadyForDevice",
        "PendingRemoval" => "PendingRemoval",
        "RemovalHeld" => "RemoveAppCommandInHeldState",
        _ => "Unknown",
    }
}

fn status_of_action(word: &str) -> Option<&'static str> {
    ["Installed", "Failed", "Pending", "PendingRemoval", "RemovalHeld", "NotInstalled"]
        .into_iter()
        .find(|status| action(status).eq_ignore_ascii_case(word))
}

fn row(row: &AppOnDevice) -> Value {
    let at = row.updated_at.as_microsecond();
    json!({
        "device_id": row.device,
        "device_uuid": row.device_uuid,
        "friendly_name": row.friendly_name,
        "enrollment_user_id": row.user,
        "enrollment_user_name": row.username,
        "ownership_type": row.ownership,
        "application_uuid": row.app_uuid,
        "assigned_version": if row.assigned { row.version.as_str() } else { "" },
        "assignment_status": if row.assigned { "Assigned" } else { "NotAssigned" },
        "assignment_type": "Default",
        "installed_status": row.installed_status().as_str(),
        "installed_version": row.installed_version,
        "last_action_taken": action(&row.status),
        "latest_action_taken_date_time": at,
        "latest_app_reason": row.reason,
        "latest_app_reason_date_time": at,
        "app_sample_last_seen_date": row.last_seen_at.as_microsecond(),
        "management_type": "MDM",
        "is_device_up": row.enrollment == "Enrolled",
        "requires_approval": false,
        "approval_received": false,
    })
}

async fn of_internal(context: Context, given: Given) -> Result<Said, Refusal> {
    ids(&context, &given, INTERNAL).await
}

async fn of_public(context: Context, given: Given) -> Result<Said, Refusal> {
    ids(&context, &given, PUBLIC).await
}

async fn of_purchased(context: Context, given: Given) -> Result<Said, Refusal> {
    ids(&context, &given, PURCHASED).await
}

/// Ids of the devices that an app is assigned to or installed on.
async fn ids(context: &Context, given: &Given, kind: &str) -> Result<Said, Refusal> {
    let installed = match given.asked("status").map(str::to_lowercase).as_deref() {
        None | Some("assigned") => false,
        Some("installed") => true,
        Some(other) => return Err(Refusal::bad(format!("The Device status value {other} is invalid."))),
    };
    let group = match given.asked("locationgroupid") {
        None => None,
        Some(text) => {
            let wrong = |_| Refusal::bad(format!("The value '{text}' of locationgroupid is not valid."));
            Some(super::group(context, text.parse::<i64>().map_err(wrong)?).await?.0)
        }
    };
    let page = given.page()?;
    let app = named(context, given, Some(kind), Missing::Unauthorized).await?;
    let (assigned, installed) = if installed { (None, Some(true)) } else { (Some(true), None) };
    let wanted = Wanted { apps: vec![app.id], group, assigned, installed, ..Wanted::default() };
    let (rows, total) = devices::list(context.database(), &wanted, page, context.scope()).await?;
    let ids: Vec<i64> = rows.iter().map(|row| row.device).collect();
    let answer = json!({ "DeviceId": ids, "Page": page.number, "PageSize": page.size, "Total": total });
    Ok(Said::list(answer, total))
}

/// How often a version is assigned, installed, and installed without being assigned.
async fn version_counts(context: &Context, given: &Given, app: &App, group: Option<i64>) -> Result<Value, Refusal> {
    let base = wanted(context, given, vec![app.id], group).await?;
    let count = async |assigned: Option<bool>, installed: Option<bool>| {
        let wanted = Wanted { assigned, installed, ..base.clone() };
        devices::count(context.database(), &wanted, context.scope()).await
    };
    Ok(json!({
        "application_version": app.version,
        "assigned_count": count(Some(true), None).await?,
        "installed_count": count(None, Some(true)).await?,
        "sideloaded_count": count(Some(false), Some(true)).await?,
    }))
}

async fn install_counts(context: Context, given: Given) -> Result<Said, Refusal> {
    let group = asked_group(&context, &given).await?;
    let mut counts = Vec::new();
    for app in chain(&context, &given).await? {
        counts.push(version_counts(&context, &given, &app, group).await?);
    }
    Ok(Said::json(200, json!({ "app_version_level_counts": counts })))
}

async fn deployment_counts(context: Context, given: Given) -> Result<Said, Refusal> {
    let group = asked_group(&context, &given).await?;
    let app = named(&context, &given, None, Missing::NotFound).await?;
    Ok(Said::json(200, version_counts(&context, &given, &app, group).await?))
}

async fn action_counts(context: Context, given: Given) -> Result<Said, Refusal> {
    let group = asked_group(&context, &given).await?;
    let app = named(&context, &given, None, Missing::NotFound).await?;
    let wanted = wanted(&context, &given, vec![app.id], group).await?;
    let counts = devices::count_by(context.database(), Column::Status, &wanted, context.scope()).await?;
    let counts =
        counts.iter().map(|(status, devices)| json!({ "app_action": action(status), "device_count": devices }));
    Ok(Said::json(200, json!({ "app_action_counts": counts.collect::<Vec<_>>() })))
}

async fn reasons(context: &Context, given: &Given, apps: Vec<i64>, group: Option<i64>) -> Result<Said, Refusal> {
    let wanted = wanted(context, given, apps, group).await?;
    let counts = devices::count_by(context.database(), Column::Reason, &wanted, context.scope()).await?;
    let counts = counts.iter().map(|(reason, devices)| {
        // What went well has no reason.
        let reason = if reason.is_empty() { "Managed" } else { reason.as_str() };
        let key: String = reason.chars().filter(char::is_ascii_alphanumeric).collect();
        json!({ "app_reason": reason, "app_reason_display_key": key, "device_count": devices })
    });
    Ok(Said::json(200, json!({ "app_reason_counts": counts.collect::<Vec<_>>() })))
}

async fn reason_counts(context: Context, given: Given) -> Result<Said, Refusal> {
    let group = asked_group(&context, &given).await?;
    let app = named(&context, &given, None, Missing::NotFound).await?;
    reasons(&context, &given, vec![app.id], group).await
}

async fn reasons_of_bundle(context: Context, given: Given) -> Result<Said, Refusal> {
    let group = asked_group(&context, &given).await?;
    let chain = chain(&context, &given).await?;
    reasons(&context, &given, chain.iter().map(|app| app.id).collect(), group).await
}

/// Rows of one app, for the guide.
pub(super) async fn rows(context: &Context, app: i64, page: Page) -> Result<(Vec<AppOnDevice>, u64), Refusal> {
    let wanted = Wanted { apps: vec![app], assigned: Some(true), ..Wanted::default() };
    Ok(devices::list(context.database(), &wanted, page, context.scope()).await?)
}
