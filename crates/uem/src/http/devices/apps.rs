//! Apps of a device, as several generations of the API list them.

use muster_model::Stamp;
use muster_model::words::ComplianceStatus;
use serde_json::{Value, json};

use super::super::context::Context;
use super::super::given::Given;
use super::super::refusal::Refusal;
use super::super::said::Said;
use super::search::group_of;
use super::{named, words};
use crate::store::devices::apps::{self, DeviceApp};
use crate::store::devices::{self, Identifier, Record};
use crate::store::page::Page;
use crate::store::{compliance, organization_groups};

/// What version 1 calls the state of an app.
fn status(app: &DeviceApp) -> &'static str {
    match app.status.as_str() {
        "Installed" => "installed",
        "Pending" => "pendinginstall",
        "NotInstalled" => "removed",
        _ => "unknown",
    }
}

fn bytes(app: &DeviceApp) -> i64 {
    app.size_mb * 1_048_576
}

pub(super) async fn list(context: Context, given: Given) -> Result<Said, Refusal> {
    let page = given.page()?;
    let record = named::device(&context, &given).await?;
    let (found, total) = apps::of_device(context.database(), record.id, None, false, page).await?;
    let row = |app: &DeviceApp| {
        let outdated = !app.installed_version.is_empty() && app.installed_version != app.version;
        json!({
            "ApplicationIdentifier": app.bundle_id, "ApplicationName": app.name, "AppVersion": app.version,
            "Version": app.installed_version, "BuildVersion": app.installed_version, "Status": status(app),
            "Type": app.kind, "Size": bytes(app).to_string(), "IsManaged": true, "HasUpdateAvailable": outdated,
            "DeviceId": record.reference(), "Id": app.id, "Uuid": app.uuid,
            "AppStoreVendable": app.kind == "Public", "AdHocCodeSigned": false, "BetaApp": false,
            "DeviceBasedVPP": false,
        })
    };
    let rows: Vec<Value> = found.iter().map(row).collect();
    Ok(Said::json(200, json!({ "DeviceApps": rows, "Page": page.number, "PageSize": page.size, "Total": total })))
}

/// Apps that administer the device: the tenant's own agent.
pub(super) async fn administering(context: Context, given: Given) -> Result<Said, Refusal> {
    let record = named::device(&context, &given).await?;
    let agents: &[(&str, &str)] = match record.device.platform.as_str() {
        _ if !record.is_managed() => &[],
        "Android" => &[("com.airwatch.androidagent", "Intelligent Hub"), ("com.google.android.gms", "Google Services")],
        "AppleOsX" => &[("com.vmware.hub.mac", "Intelligent Hub")],
        "WinRT" => &[("AirWatchLLC.WorkspaceONEIntelligentHub", "Intelligent Hub")],
        _ => &[],
    };
    let shown = agents.iter().map(|(id, name)| json!({ "Identifier": id, "Name": name, "Version": "24.10.0" }));
    Ok(Said::json(200, json!({ "DeviceAdminApps": shown.collect::<Vec<_>>() })))
}

/// What the device said last about an app.
fn action(app: &DeviceApp) -> &'static str {
    if app.status == "NotInstalled" { "None" } else { "Install" }
}

pub(super) async fn search(context: Context, given: Given) -> Result<Said, Refusal> {
    let (page, descending) = (given.page()?, words::descending(given.asked("sortorder"))?);
    let record = named::device(&context, &given).await?;
    let text = given.asked("searchtext");
    let (found, total) = apps::of_device(context.database(), record.id, text, descending, page).await?;
    let row = |app: &DeviceApp| {
        json!({
            "application_uuid": app.uuid, "name": app.name, "display_name": app.name, "bundle_id": app.bundle_id,
            "assigned_version": app.version, "installed_version": app.installed_version,
            "assignment_status": "Assigned", "installed_status": app.status, "latest_uem_action": action(app),
            "latest_uem_action_time": Stamp(app.updated_at).to_string(), "size": bytes(app).to_string(),
            "app_store_vendable": app.kind == "Public", "beta_app": false, "device_based_vpp": false,
        })
    };
    let rows: Vec<Value> = found.iter().map(row).collect();
    let here = format!("{}/api/mdm/devices/{}/apps/search", context.tenant.url, record.uuid);
    let mut links =
        vec![json!({ "Rel": "self", "Href": format!("{here}?page={}&pagesize={}", page.number, page.size) })];
    if (u64::from(page.number) + 1) * u64::from(page.size) < total {
        links.push(json!({ "Rel": "next", "Href": format!("{here}?page={}&pagesize={}", page.number + 1, page.size) }));
    }
    let answer = json!({ "app_items": rows, "TotalResults": total, "AdditionalInfo": { "Links": links } });
    Ok(Said::json(200, answer))
}

/// Everything about one app of a device.
pub(super) async fn one(context: Context, given: Given) -> Result<Said, Refusal> {
    let record = named::device(&context, &given).await?;
    let bundle = given.asked("bundleid").unwrap_or_default();
    let app = of_bundle(&context, &record, bundle).await?;
    let app = app.ok_or_else(|| Refusal::no_app(404, bundle))?;
    let device = &record.device;
    let states = compliance::of_device(context.database(), device.id.0, context.scope()).await?;
    let (overall, states) = states.unwrap_or((ComplianceStatus::Unknown, Vec::new()));
    let checked = Stamp(device.last_compliance_check_on.map_or(record.seen_at, |stamp| stamp.0)).to_string();
    let word = |compliant: bool| if compliant { "Compliant" } else { "NonCompliant" };
    let policies = states.iter().map(|state| {
        json!({
            "compliance_policy": state.policy_name, "compliance_status": word(state.compliant_status),
            "compliance_timestamp": state.last_compliance_check.map_or(checked.clone(), |stamp| stamp.to_string()),
        })
    });
    let answer = json!({
        "app_details": { "identifier": app.bundle_id, "total_size": bytes(&app), "type": [app.kind] },
        "assignment_info": {
            "assigned_version": app.version, "assignment_status": "Assigned", "latest_uem_action": action(&app),
            "effective_date": Stamp(record.enrolled_at.min(app.updated_at)).to_string(),
        },
        "compliance_info": {
            "compliance_status": overall.as_str(), "compliance_timestamp": checked,
            "compliance_policy_status": policies.collect::<Vec<_>>(),
        },
        "device_sample_info": {
            "installed_status": app.status, "installed_version": app.installed_version,
            "latest_app_reason": app.reason, "latest_app_reason_time": Stamp(app.updated_at).to_string(),
            "latest_app_sample_event": if app.status == "Installed" { "Installed" } else { "Reported" },
        },
    });
    Ok(Said::json(200, answer))
}

async fn of_bundle(context: &Context, record: &Record, bundle: &str) -> Result<Option<DeviceApp>, Refusal> {
    let everything = Page::asked_or_all(None, None);
    let (found, _) = apps::of_device(context.database(), record.id, Some(bundle), false, everything).await?;
    Ok(found.into_iter().find(|app| app.bundle_id.eq_ignore_ascii_case(bundle)))
}

/// Apps of several devices of a group.
pub(super) async fn of_devices(context: Context, given: Given) -> Result<Said, Refusal> {
    let group = given.required_text("organization_group_uuid")?;
    let group = group_of(&context, group).await?;
    let uuids = given.member("device_uuids").and_then(Value::as_array).cloned().unwrap_or_default();
    let uuids: Vec<String> = uuids.iter().filter_map(Value::as_str).map(str::to_owned).collect();
    if uuids.is_empty() {
        return Err(Refusal::shape("The device_uuids field needs at least one UUID."));
    }
    let found = devices::find_many(context.database(), Identifier::Uuid, &uuids, context.scope()).await?;
    let mut ids = Vec::new();
    for (_, record) in &found {
        if organization_groups::ids_above(context.database(), record.group).await?.contains(&group) {
            ids.push(record.id);
        }
    }
    if ids.is_empty() {
        return Err(Refusal::new(404, muster_model::error::code::DEVICE_UUID_NOT_FOUND, "Device not found."));
    }
    let apps = apps::of_devices(context.database(), &ids).await?;
    let shown = apps.iter().map(|(uuid, name)| json!({ "application_uuid": uuid, "application_name": name }));
    Ok(Said::json(200, json!({ "Apps": shown.collect::<Vec<_>>() })))
}

/// Whether a device may use an app, as the app itself asks at its start.
pub(super) async fn app_status(context: Context, given: Given) -> Result<Said, Refusal> {
    let record = named::device(&context, &given).await?;
    let bundle = given.asked("bundleId").unwrap_or_default();
    let app = of_bundle(&context, &record, bundle).await?;
    let supported = apps::is_known(context.database(), bundle).await?;
    let device = &record.device;
    let settings = [
        ("EnrollmentStatus", device.enrollment_status.to_string()),
        ("ComplianceStatus", device.compliance_status.to_string()),
        ("Compromised", device.compromised_status.to_string()),
    ];
    let settings = settings.iter().map(|(setting, value)| json!({ "setting": setting, "value": value }));
    let answer = json!({
        "appstatus": if supported { "AppSupported" } else { "AppNotSupported" }, "isappassigned": app.is_some(),
        "authentication": { "ssoenabled": false, "authenticationurl": format!("{}/connect/token", context.tenant.url) },
        "devicestatus": settings.collect::<Vec<_>>(),
    });
    Ok(Said::json(200, answer))
}

/// How far an installation is, by the id or UUID of its app.
pub(super) async fn install(context: Context, given: Given) -> Result<Said, Refusal> {
    let record = named::device(&context, &given).await?;
    let asked = given.asked("installId").unwrap_or_default();
    let everything = Page::asked_or_all(None, None);
    let (found, _) = apps::of_device(context.database(), record.id, None, false, everything).await?;
    let fits = |app: &DeviceApp| {
        asked.parse() == Ok(app.id) || asked.parse() == Ok(app.uuid) || app.bundle_id.eq_ignore_ascii_case(asked)
    };
    let app = found.into_iter().find(fits).ok_or_else(|| Refusal::no_app(404, asked))?;
    let state = if app.status == "Installed" { "installed" } else { "installPending" };
    let code: i64 = app.version.split('.').take(3).fold(0, |sum, part| sum * 1_000 + part.parse().unwrap_or(0));
    let answer = json!({
        "kind": "androidenterprise#install", "installState": state, "productId": format!("app:{}", app.bundle_id),
        "versionCode": code.min(i64::from(i32::MAX)),
    });
    Ok(Said::json(200, answer))
}
