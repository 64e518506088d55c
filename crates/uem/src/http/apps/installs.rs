//! Installing an app on a device and removing it there. Both are asked for here and done by the device.

use muster_model::apps::Install;
use muster_model::commands::Command;
use muster_model::error::code;
use muster_model::ids::{AppId, DeviceId};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::super::commands::{Asked, Source, accept_one};
use super::super::context::Context;
use super::super::given::Given;
use super::super::policy::Action::{Execute, Read};
use super::super::policy::Resource::Apps;
use super::super::policy::needs;
use super::super::refusal::Refusal;
use super::super::said::Said;
use super::super::table::Table;
use super::{Missing, named};
use crate::store::apps::devices::{self, Name};
use crate::store::apps::{self, App, INTERNAL, PUBLIC, PURCHASED, blocks, reach};
use crate::store::devices::Identifier;
use crate::store::events::{self, NewEvent};
use crate::store::page::Page;
use crate::store::recipients;

pub(super) fn routes(table: &mut Table) {
    table
        .serve_as::<Install, _, _>(needs(Apps, Execute), |context, given| {
            install_here(context, given, INTERNAL, Missing::Unauthorized, 202)
        })
        .serve("mamv1/InternalAppsV1_RemoveInternalAppFromDeviceAsync", needs(Apps, Execute), |context, given| {
            remove_here(context, given, INTERNAL, Missing::Unauthorized, 204)
        })
        .serve("mamv1/InternalAppsV1_ApplicationBulkActionOnDevices", needs(Apps, Execute), bulk)
        .serve("mamv1/InternalAppsV1_GetInternalAppStatusAsync", needs(Apps, Read), status_of_internal)
        .serve("mamv1/PublicApps_InstallPublicAppOnDeviceAsync", needs(Apps, Execute), |context, given| {
            install_here(context, given, PUBLIC, Missing::Unauthorized, 202)
        })
        .serve("mamv1/PublicApps_RemovePublicAppFromDeviceAsync", needs(Apps, Execute), |context, given| {
            remove_here(context, given, PUBLIC, Missing::Unauthorized, 204)
        })
        .serve("mamv1/PurchasedAppsV1_InstallVppAppForDeviceAsync", needs(Apps, Execute), |context, given| {
            install_here(context, given, PURCHASED, Missing::Unauthorized, 200)
        })
        .serve("mamv1/PurchasedAppsV1_RemovePurchasedAppFromDeviceAsync", needs(Apps, Execute), |context, given| {
            remove_here(context, given, PURCHASED, Missing::Unauthorized, 200)
        })
        .serve("mamv1/PurchasedAppsV1_GetPurchasedAppStatusAsync", needs(Apps, Read), status_of_purchased)
        .serve("mamv2/PurchasedAppsV2_InstallVppAppForDeviceAsync", needs(Apps, Execute), |context, given| {
            install_here(context, given, PURCHASED, Missing::NotFound, 200)
        })
        .serve("mamv2/PurchasedAppsV2_RemovePurchasedAppFromDeviceAsync", needs(Apps, Execute), |context, given| {
            remove_here(context, given, PURCHASED, Missing::NotFound, 200)
        });
}

/// A device that something is to be done on.
#[derive(Debug, Clone, Copy)]
struct Target {
    device: i64,
    enrolled: bool,
}

async fn target(context: &Context, name: Option<Name<'_>>) -> Result<Target, Refusal> {
    let Some(name) = name else { return Err(Refusal::bad("A device has to be named.")) };
    match devices::named(context.database(), name, context.scope()).await? {
        Some((device, _, status)) => Ok(Target { device, enrolled: status == "Enrolled" }),
        None => Err(Refusal::new(404, code::DEVICE_NOT_FOUND, "Device not found for this request.")),
    }
}

/// The device that a body names in one of four ways.
fn in_body(given: &Given) -> Option<Name<'_>> {
    let id = given.member_id("DeviceId").filter(|id| *id > 0).map(Name::Id);
    let uuid = || given.member_uuid("device_uuid").map(Name::Uuid);
    let text = |name: &str, other: &str| given.member_text(name).or_else(|| given.member_text(other));
    id.or_else(uuid)
        .or_else(|| text("SerialNumber", "serial_number").map(Name::Serial))
        .or_else(|| text("Udid", "device_udid").map(Name::Udid))
        .or_else(|| text("MacAddress", "mac_address").map(Name::Mac))
}

/// Queues the installation of an app on a device; answers the command's UUID.
pub(super) async fn install(context: &Context, app: &App, device: i64) -> Result<Uuid, Refusal> {
    let mut tx = context.begin().await?;
    if blocks::is_blocked(&mut tx, app.id, device, "INSTALL").await? {
        return Err(Refusal::bad("Installing the application on this device is blocked."));
    }
    if app.status != "Active" {
        return Err(Refusal::bad(format!("Application {} is {}.", app.id, app.status)));
    }
    let recipient = recipients::one(&mut tx, Identifier::Id, &device.to_string(), context.scope()).await?;
    let recipient = recipient.ok_or_else(|| Refusal::no_device(device))?;
    let asked = Asked {
        command: Command::InstallApplication,
        app: Some(AppId(app.id)),
        parameters: &Map::new(),
        source: Source::Single,
        strict: true,
    };
    let accepted = accept_one(context, &mut tx, &asked, &recipient).await?;
    tx.commit().await?;
    Ok(accepted.uuid())
}

fn asked(context: &Context, device_id: i64, event: String, details: Vec<String>) -> NewEvent {
    NewEvent {
        device_id,
        at: context.now(),
        severity: "Information",
        event,
        admin_account: context.caller.name.to_string(),
        source: "Console",
        details,
    }
}

/// Has a device remove an app at its next check-in.
pub(super) async fn remove(context: &Context, app: &App, device: i64, enrolled: bool) -> Result<(), Refusal> {
    if !enrolled {
        return Err(Refusal::new(400, code::NOT_ENROLLED, format!("Device {device} is not enrolled.")));
    }
    let mut tx = context.begin().await?;
    if blocks::is_blocked(&mut tx, app.id, device, "REMOVE").await? {
        return Err(Refusal::bad("Removing the application from this device is blocked."));
    }
    if !reach::ask_removal(&mut tx, AppId(app.id), DeviceId(device), context.now()).await? {
        return Err(Refusal::bad("Application is not installed on this device."));
    }
    let details = vec![format!("ApplicationId={}", app.id)];
    let event = asked(context, device, "RemoveApplication Requested".to_owned(), details);
    events::record(&mut tx, vec![event]).await?;
    context.tenant.push(&mut tx, &[device], context.now()).await?;
    tx.commit().await?;
    Ok(())
}

async fn install_here(
    context: Context,
    given: Given,
    kind: &str,
    missing: Missing,
    status: u16,
) -> Result<Said, Refusal> {
    let app = named(&context, &given, Some(kind), missing).await?;
    let target = target(&context, in_body(&given)).await?;
    install(&context, &app, target.device).await?;
    Ok(Said::nothing(status))
}

async fn remove_here(
    context: Context,
    given: Given,
    kind: &str,
    missing: Missing,
    status: u16,
) -> Result<Said, Refusal> {
    let app = named(&context, &given, Some(kind), missing).await?;
    let target = target(&context, in_body(&given)).await?;
    remove(&context, &app, target.device, target.enrolled).await?;
    Ok(Said::nothing(status))
}

/// Installs or removes on many devices at once: pairs of apps and devices, or every device that a filter finds.
async fn bulk(context: Context, given: Given) -> Result<Said, Refusal> {
    let installing = match given.asked("action").map(str::to_lowercase).as_deref() {
        Some("install") => true,
        Some("remove" | "uninstall") => false,
        other => {
            let message = format!("'{}' is not a valid action. Valid are: Install, Remove.", other.unwrap_or_default());
            return Err(Refusal::new(422, 1012, message));
        }
    };
    let pairs = given.member("device_assigned_app_uuids").and_then(Value::as_array).cloned().unwrap_or_default();
    let work = if pairs.is_empty() { filtered(&context, &given).await? } else { paired(&context, &pairs).await? };
    let mut refused = None;
    let mut done = 0;
    for (app, target) in &work {
        let outcome = if installing {
            install(&context, app, target.device).await.map(|_| ())
        } else {
            remove(&context, app, target.device, target.enrolled).await
        };
        match outcome {
            Ok(()) => done += 1,
            Err(refusal) if refused.is_none() => refused = Some(refusal),
            Err(_) => {}
        }
    }
    match refused {
        // Some were accepted: which were not shows in the devices' list.
        Some(refusal) if done == 0 => Err(refusal),
        _ => Ok(Said::nothing(202)),
    }
}

async fn paired(context: &Context, pairs: &[Value]) -> Result<Vec<(App, Target)>, Refusal> {
    let mut work = Vec::new();
    for pair in pairs {
        let uuid: Uuid = pair["application_uuid"].as_str().and_then(|text| text.parse().ok()).unwrap_or_default();
        let app = apps::get(context.database(), uuid, Some(INTERNAL), context.scope()).await?;
        let app = app.ok_or_else(|| Missing::NotFound.refusal(uuid))?;
        for device in pair["device_uuid"].as_array().into_iter().flatten() {
            let uuid = device.as_str().and_then(|text| text.parse().ok()).map(Name::Uuid);
            work.push((app.clone(), target(context, uuid).await?));
        }
    }
    Ok(work)
}

async fn filtered(context: &Context, given: &Given) -> Result<Vec<(App, Target)>, Refusal> {
    let Some(filter) = given.member("filter_criteria").and_then(Value::as_object) else {
        let message = "Either device_assigned_app_uuids or filter_criteria is required.";
        return Err(Refusal::new(422, 1012, message));
    };
    let bundle = super::text(filter, "bundle_identifier").unwrap_or_default();
    let platform = super::text(filter, "device_type").and_then(super::platform);
    let platform = platform.ok_or_else(|| Refusal::new(422, 1012, "The device_type field is required."))?;
    let chain = super::internal::of_bundle(context, bundle, platform.as_str()).await?;
    let Some(newest) = chain.iter().rfind(|app| app.status == "Active") else {
        return Err(Missing::NotFound.refusal(bundle));
    };
    let groups: Vec<Uuid> = filter
        .get("smart_group_uuids")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(|uuid| uuid.as_str()?.parse().ok())
        .collect();
    let criteria = if groups.is_empty() { None } else { Some(devices::criteria(context.database(), &groups).await?) };
    let flag = |name: &str| filter.get(name).and_then(Value::as_bool);
    let wanted = devices::Wanted {
        apps: vec![newest.id],
        criteria,
        text: super::text(filter, "search_text"),
        installed: flag("is_application_version_not_installed").map(|missing| !missing),
        ..devices::Wanted::default()
    };
    let all = Page::asked_or_all(None, None);
    let (rows, _) = devices::list(context.database(), &wanted, all, context.scope()).await?;
    let targets = rows.iter().map(|row| Target { device: row.device, enrolled: row.enrollment == "Enrolled" });
    Ok(targets.map(|target| (newest.clone(), target)).collect())
}

/// What an app's state on a device is called here.
fn word(row: Option<&devices::AppOnDevice>) -> &'static str {
    match row.map(|row| row.status.as_str()) {
        Some("Installed") => "Installed",
        Some("Pending") => "Pending Install",
        Some("Failed") => "Install Failed",
        Some("PendingRemoval" | "RemovalHeld") => "Pending Removal",
        Some("NotInstalled") => "Not Installed",
        _ => "Not Assigned",
    }
}

async fn status(context: &Context, given: &Given, kind: &str) -> Result<Said, Refusal> {
    let app = named(context, given, Some(kind), Missing::Unauthorized).await?;
    let id = given.asked("deviceid").map(|text| text.parse::<i64>().map_or(Name::Udid(text), Name::Id));
    let name = id
        .or_else(|| given.asked("serialnumber").map(Name::Serial))
        .or_else(|| given.asked("udid").map(Name::Udid))
        .or_else(|| given.asked("macaddress").map(Name::Mac));
    let target = target(context, name).await?;
    let wanted = devices::Wanted { apps: vec![app.id], device: Some(target.device), ..devices::Wanted::default() };
    let one = Page::asked(None, Some(1));
    let (rows, _) = devices::list(context.database(), &wanted, one, context.scope()).await?;
    Ok(Said::json(200, json!(word(rows.first()))))
}

async fn status_of_internal(context: Context, given: Given) -> Result<Said, Refusal> {
    status(&context, &given, INTERNAL).await
}

async fn status_of_purchased(context: Context, given: Given) -> Result<Said, Refusal> {
    status(&context, &given, PURCHASED).await
}
