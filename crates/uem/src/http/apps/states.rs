//! Smaller questions about apps: who manages one, what is known of it, how it travels between devices; and renewing
//! what a signed app needs to run.

use jiff::SignedDuration;
use muster_model::Stamp;
use serde_json::{Value, json};
use uuid::Uuid;

use super::super::context::Context;
use super::super::given::Given;
use super::super::policy::Action::{Edit, Read};
use super::super::policy::Resource::Apps;
use super::super::policy::needs;
use super::super::refusal::Refusal;
use super::super::said::Said;
use super::super::table::Table;
use crate::store::apps::devices::{self, Name};
use crate::store::apps::{self, App, INTERNAL, PUBLIC, PURCHASED, Wanted};
use crate::store::page::Page;

pub(super) fn routes(table: &mut Table) {
    table
        .serve("mamv1/Apps_GetAppManagementStatus", needs(Apps, Read), management)
        .serve("mamv1/GetApplicationMetadata", needs(Apps, Read), metadata)
        .serve("mamv2/InternalAppsV2_GetApplicationBranchCacheStatisticsAsync", needs(Apps, Read), branch_cache)
        .serve("mamv2/InternalAppsV2_RenewProvisioningProfile", needs(Apps, Edit), renew);
}

/// A device by whatever name a caller has for it.
fn any_name(text: &str) -> Name<'_> {
    match (text.parse::<i64>(), text.parse::<Uuid>()) {
        (Ok(id), _) => Name::Id(id),
        (_, Ok(uuid)) => Name::Uuid(uuid),
        _ => Name::Udid(text),
    }
}

/// Whether an app on a device is managed by this tenant: 1 if so.
async fn management(context: Context, given: Given) -> Result<Said, Refusal> {
    let (Some(device), Some(bundle)) = (given.asked("managementid"), given.asked("bundleid")) else {
        let message = "Mandatory input parameter missing. Mandatory params : managmentid, bundleid.";
        return Err(Refusal::bad(message));
    };
    let known = devices::named(context.database(), any_name(device), context.scope()).await?;
    let (device, _, _) = known.ok_or_else(|| Refusal::bad(format!("No device has the management id {device}.")))?;
    let apps = of_bundle(&context, bundle).await?;
    let wanted = devices::Wanted {
        apps: apps.iter().map(|app| app.id).collect(),
        device: Some(device),
        assigned: Some(true),
        ..devices::Wanted::default()
    };
    let managed = !apps.is_empty() && devices::count(context.database(), &wanted, context.scope()).await? > 0;
    Ok(Said::json(200, json!({ "Status": i64::from(managed) })))
}

async fn of_bundle(context: &Context, bundle: &str) -> Result<Vec<App>, Refusal> {
    let wanted = Wanted { bundle: Some(bundle), kinds: vec![INTERNAL, PUBLIC, PURCHASED], ..Wanted::default() };
    let all = Page::asked_or_all(None, None);
    Ok(apps::search(context.database(), &wanted, all, context.scope()).await?.0)
}

/// What is known of apps that a device asks about, one entry each.
async fn metadata(context: Context, given: Given) -> Result<Said, Refusal> {
    let device = given.member_uuid("device_uuid");
    let device = device.ok_or_else(|| Refusal::bad("The device_uuid field is required."))?;
    let known = devices::named(context.database(), Name::Uuid(device), context.scope()).await?;
    let (device, _, _) = known.ok_or_else(|| Refusal::not_found(format!("Device not found: {device}.")))?;
    let asked = given.member("application_identifiers").and_then(Value::as_array).cloned().unwrap_or_default();
    if asked.is_empty() {
        return Err(Refusal::bad("The application_identifiers field is required."));
    }
    let mut answers = Vec::new();
    for identifier in &asked {
        let value = identifier["value"].as_str().unwrap_or_default();
        let apps = if identifier["type"] == "APPLICATION_UUID" {
            let uuid: Uuid = value.parse().unwrap_or_default();
            apps::get(context.database(), uuid, None, context.scope()).await?.into_iter().collect()
        } else {
            of_bundle(&context, value).await?
        };
        let version = identifier["version"].as_str().filter(|version| !version.is_empty());
        let app = apps.iter().rfind(|app| version.is_none_or(|version| app.version == version));
        answers.push(match app {
            None => json!({ "identifier": identifier, "status": 404, "message": "Application not found." }),
            Some(app) => {
                let wanted = devices::Wanted { apps: vec![app.id], device: Some(device), ..devices::Wanted::default() };
                let one = Page::asked(None, Some(1));
                let (rows, _) = devices::list(context.database(), &wanted, one, context.scope()).await?;
                let row = rows.first();
                json!({
                    "identifier": identifier, "status": 200, "application_uuid": app.uuid,
                    "application_name": app.name, "bundle_id": app.bundle_id, "version": app.version,
                    "application_type": app.kind, "size_in_kb": app.size_mb * 1024,
                    "installed_status": row.map(|row| row.installed_status().as_str().to_owned()),
                    "installed_version": row.map(|row| row.installed_version.clone()),
                })
            }
        });
    }
    Ok(Said::json(207, json!({ "application_metadata": answers })))
}

/// How much of an app came from the server and how much from other devices. Devices of this tenant have their caches
/// turned off, so everything came from the server.
async fn branch_cache(context: Context, given: Given) -> Result<Said, Refusal> {
    let bundle = given.text("bundleid");
    let named = |name: &str| -> Result<Vec<Uuid>, Refusal> {
        let wrong = |text: &str| Refusal::bad(format!("'{text}' in {name} is no UUID."));
        given.asked_all(name).into_iter().map(|text| text.parse().map_err(|_| wrong(text))).collect()
    };
    let (chosen, only, groups) = (named("application_uuids")?, named("device_uuids")?, named("smart_group_uuids")?);
    let mut apps = of_bundle(&context, bundle).await?;
    apps.retain(|app| app.kind == INTERNAL && (chosen.is_empty() || chosen.contains(&app.uuid)));
    if apps.is_empty() {
        return Err(Refusal::no_app(404, bundle));
    }
    let criteria = if groups.is_empty() { None } else { Some(devices::criteria(context.database(), &groups).await?) };
    let group = match given.asked_uuid("organization_group_uuid") {
        None => None,
        Some(uuid) => Some(super::group(&context, uuid).await?.0),
    };
    let wanted = devices::Wanted {
        apps: apps.iter().map(|app| app.id).collect(),
        criteria,
        group,
        installed: Some(true),
        ..devices::Wanted::default()
    };
    let all = Page::asked_or_all(None, None);
    let (mut rows, _) = devices::list(context.database(), &wanted, all, context.scope()).await?;
    rows.retain(|row| only.is_empty() || only.contains(&row.device_uuid));
    let size = |id: i64| apps.iter().find(|app| app.id == id).map_or(0, |app| app.size_mb * 1024 * 1024);
    let total: i64 = rows.iter().map(|row| size(row.app)).sum();
    let each = rows.iter().map(|row| {
        json!({
            "application_uuid": row.app_uuid, "device_uuid": row.device_uuid, "application_size": size(row.app),
            "branchcache_enabled": "false", "client_mode": "Disabled", "cache_bytes": 0, "hosted_servers": [],
            "server_bytes": size(row.app), "download_sources": "Server",
        })
    });
    let summary_only = given.asked_flag("summary_only").unwrap_or_default();
    let each: Vec<Value> = if summary_only { Vec::new() } else { each.collect() };
    Ok(Said::json(
        200,
        json!({
            "branchcache_statistics": {
                "total_device_count": rows.len(), "total_devices_branchcache_mode_enabled": 0,
                "total_devices_utilized_branchcache": 0, "total_devices_not_utilized_branchcache": rows.len(),
                "total_cache_bytes": 0, "total_server_bytes": total, "total_savings_percent": 0,
            },
            "devices": each,
        }),
    ))
}

/// Gives every app of a provisioning profile another year.
async fn renew(context: Context, given: Given) -> Result<Said, Refusal> {
    let uuid = given.uuid("uuid");
    let wanted = Wanted { kinds: vec![INTERNAL], ..Wanted::default() };
    let all = Page::asked_or_all(None, None);
    let (found, _) = apps::search(context.database(), &wanted, all, context.scope()).await?;
    let profile = uuid.to_string();
    let uses = |app: &App| app.body.get("AppProvisioningProfileUuid").and_then(Value::as_str) == Some(&profile);
    let found: Vec<App> = found.into_iter().filter(|app| uses(app)).collect();
    let Some(first) = found.first() else {
        return Err(Refusal::new(401, 6, "Provisioning Profile is not found or unauthorized."));
    };
    let platform = first.platform.clone();
    let now = context.now();
    let until = now.saturating_add(SignedDuration::from_hours(365 * 24)).unwrap_or(now);
    let until = Stamp(until).to_string();
    let uuids: Vec<Uuid> = found.iter().map(|app| app.uuid).collect();
    let mut tx = context.begin().await?;
    for mut app in found {
        app.body.insert("RenewalDate".to_owned(), until.clone().into());
        apps::save(&mut tx, &app, now).await?;
    }
    tx.commit().await?;
    Ok(Said::json(
        200,
        json!({
            "AppUuids": uuids, "DeviceType": platform, "CreationDate": Stamp(now).to_string(),
            "ExpirationDate": until, "uuid": uuid,
        }),
    ))
}
