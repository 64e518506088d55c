//! Handing licences out: to smart groups, to devices instead of people, by invitation.

use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::super::super::context::Context;
use super::super::super::given::Given;
use super::super::super::policy::Action::{Edit, Execute, Read};
use super::super::super::policy::Resource::Apps;
use super::super::super::policy::needs;
use super::super::super::refusal::Refusal;
use super::super::super::said::Said;
use super::super::super::table::Table;
use super::super::assignments::known_mode;
use super::super::{Missing, found, named, rules, search};
use super::{ELIGIBILITY, is_for_devices};
use crate::store::apps::assignments::{self, Assignment};
use crate::store::apps::devices::{self, Name};
use crate::store::apps::{self, App, PURCHASED, Wanted};
use crate::store::objects;
use crate::store::page::Page;

pub(super) fn routes(table: &mut Table) {
    table
        .serve("mamv1/PurchasedAppsV1_CreatePurchasedAppAssignmentAsync", needs(Apps, Edit), add)
        .serve("mamv1/PurchasedAppsV1_UpdateVppLicensedAppAssignmentAsync", needs(Apps, Edit), replace)
        .serve("mamv1/PurchasedAppsV1_EnableDeviceAssignmentForVppApp", needs(Apps, Edit), for_devices)
        .serve("mamv1/PurchasedAppsV1_EnableDeviceAssignmentBulkApplicationsAsync", needs(Apps, Edit), many_for_devices)
        .serve("mamv1/PurchasedAppsV1_BulkSendVppInvitesAsync", needs(Apps, Execute), invite)
        .serve("mamv1/PurchasedAppsV1_GetUserVppInviteStatusAsync", needs(Apps, Read), invited);
}

async fn add(context: Context, given: Given) -> Result<Said, Refusal> {
    allocate(&context, &given, false).await?;
    Ok(Said::nothing(201))
}

async fn replace(context: Context, given: Given) -> Result<Said, Refusal> {
    allocate(&context, &given, true).await?;
    Ok(Said::nothing(200))
}

/// Sets licences aside for smart groups, beside those that have some, or in their place.
async fn allocate(context: &Context, given: &Given, replace: bool) -> Result<(), Refusal> {
    let entries = given.member("Assignments").and_then(Value::as_array).cloned().unwrap_or_default();
    if entries.is_empty() && !replace {
        return Err(Refusal::bad("The Assignments field is required."));
    }
    let deployment = given.member("Deployment").and_then(Value::as_object).cloned().unwrap_or_default();
    let mode = match deployment.get("AssignmentType").and_then(Value::as_str) {
        Some(word) if !word.is_empty() => known_mode(word)?,
        _ => "Auto",
    };
    let mut tx = context.begin().await?;
    let app = found(context, &mut tx, given, Some(PURCHASED), Missing::Unauthorized).await?;
    let mut all = if replace { Vec::new() } else { assignments::find(&mut tx, app.id).await? };
    for entry in &entries {
        let group = entry["SmartGroupId"].as_i64().unwrap_or_default();
        let groups = rules::known(context, &mut tx, &[group], &[]).await?;
        let allocated = entry["Allocated"].as_i64().unwrap_or_default();
        if allocated < 0 {
            return Err(Refusal::new(422, 1012, "Allocated licences cannot be fewer than none."));
        }
        all.retain(|one| one.group.id != group);
        let priority = all.iter().map(|one| one.priority + 1).max().unwrap_or_default();
        all.extend(groups.into_iter().map(|group| Assignment {
            group,
            push_mode: mode.to_owned(),
            rule: rule(&deployment),
            priority,
            effective_at: jiff::Timestamp::UNIX_EPOCH,
            allocated,
            created_at: context.now(),
        }));
    }
    let allocated: i64 = all.iter().map(|one| one.allocated).sum();
    if allocated > app.licenses {
        let message = format!("{allocated} licences would be allocated, and {} were bought.", app.licenses);
        return Err(Refusal::new(422, 1012, message));
    }
    rules::settle(context, &mut tx, app.id, all, &[]).await?;
    tx.commit().await?;
    Ok(())
}

/// What a deployment says, as a rule keeps it. It has no distribution: that is how a rule of version 2 is told from it.
fn rule(deployment: &Map<String, Value>) -> Map<String, Value> {
    let flag = |name: &str| deployment.get(name).and_then(Value::as_bool).unwrap_or_default();
    let restriction = json!({
        "remove_on_unenroll": flag("RemoveOnUnenroll"),
        "prevent_application_backup": flag("PreventApplicationBackup"),
    });
    Map::from_iter([("restriction".to_owned(), restriction)])
}

async fn for_devices(context: Context, given: Given) -> Result<Said, Refusal> {
    let missing = || Refusal::new(422, 7000, "Application not found or user does not have access to it.");
    let mut tx = context.begin().await?;
    let key = super::super::key(&given);
    let mut app = apps::find(&mut tx, key, Some(PURCHASED), context.scope()).await?.ok_or_else(missing)?;
    if is_for_devices(&app) {
        return Err(Refusal::new(422, 7103, "Device based assignment is enabled for the application already."));
    }
    app.body.insert(ELIGIBILITY.to_owned(), "Device".into());
    apps::save(&mut tx, &app, context.now()).await?;
    tx.commit().await?;
    Ok(Said::json(200, json!({ "statusCode": 200, "status": "Success" })))
}

/// All apps of a group and those below it, only the named ones, or all but the named ones.
async fn many_for_devices(context: Context, given: Given) -> Result<Said, Refusal> {
    let uuid = given.uuid("organizationGroupUuid");
    let Some((group, _)) = apps::group(context.database(), uuid, context.scope()).await? else {
        return Err(Refusal::not_found(format!("Organization group {uuid} is not found.")));
    };
    let named = given.member("application_uuids").and_then(Value::as_array).cloned().unwrap_or_default();
    let named: Vec<Uuid> = named.iter().filter_map(|uuid| uuid.as_str()?.parse().ok()).collect();
    let action = given.asked("action").unwrap_or_default();
    if action != "All" && named.is_empty() {
        return Err(Refusal::new(400, 6, format!("The action {action} needs application_uuids.")));
    }
    let wanted = Wanted {
        name: given.asked("searchtext"),
        platform: search::asked_platform(&given)?,
        kinds: vec![PURCHASED],
        groups: Some(apps::family(context.database(), group, false).await?),
        ..Wanted::default()
    };
    let all = Page::asked_or_all(None, None);
    let (found, _) = apps::search(context.database(), &wanted, all, context.scope()).await?;
    if let Some(missing) = named.iter().find(|uuid| !found.iter().any(|app| app.uuid == **uuid)) {
        return Err(Refusal::new(400, 8, format!("Please check input parameters. {missing} not found.")));
    }
    let chosen = |app: &App| match action {
        "Include" => named.contains(&app.uuid),
        "Exclude" => !named.contains(&app.uuid),
        _ => true,
    };
    let mut tx = context.begin().await?;
    for mut app in found.into_iter().filter(|app| chosen(app)) {
        app.body.insert(ELIGIBILITY.to_owned(), "Device".into());
        apps::save(&mut tx, &app, context.now()).await?;
    }
    tx.commit().await?;
    Ok(Said::nothing(202))
}

const INVITE: &str = "vpp-invite";

/// Invites the people of devices to use a licence.
async fn invite(context: Context, given: Given) -> Result<Said, Refusal> {
    let app = named(&context, &given, Some(PURCHASED), Missing::Unauthorized).await?;
    if is_for_devices(&app) {
        return Err(Refusal::bad("The application's licences are for devices: nobody has to be invited."));
    }
    let values = given.member("BulkValues").and_then(|bulk| bulk.get("Value")).and_then(Value::as_array);
    let values: Vec<String> = values.into_iter().flatten().filter_map(|id| id.as_str().map(str::to_owned)).collect();
    if values.is_empty() {
        return Err(Refusal::bad("The BulkValues field is required."));
    }
    let (mut devices_found, mut faults) = (Vec::new(), Vec::new());
    for value in &values {
        let device = match value.parse::<i64>() {
            Ok(id) => devices::named(context.database(), Name::Id(id), context.scope()).await?,
            Err(_) => None,
        };
        match device {
            Some((_, uuid, _)) => devices_found.push(uuid),
            None => faults.push(json!({ "ErrorCode": 404, "ItemValue": value, "Message": "Device not found." })),
        }
    }
    let mut tx = context.begin().await?;
    for device in &devices_found {
        let body = Map::from_iter([("Status".to_owned(), Value::from("Invited"))]);
        objects::link(&mut tx, INVITE, app.uuid, *device, body, context.now()).await?;
    }
    tx.commit().await?;
    Ok(Said::json(
        201,
        json!({
            "TotalItems": values.len(), "AcceptedItems": devices_found.len(), "FailedItems": faults.len(),
            "Faults": { "Fault": faults },
        }),
    ))
}

async fn invited(context: Context, given: Given) -> Result<Said, Refusal> {
    let app = named(&context, &given, Some(PURCHASED), Missing::Unauthorized).await?;
    let id = given.text("deviceid").parse::<i64>().unwrap_or_default();
    let device = devices::named(context.database(), Name::Id(id), context.scope()).await?;
    let (_, uuid, _) = device.ok_or_else(|| Refusal::new(400, 2, "Device not found for this request."))?;
    let links = objects::links_from(context.database(), INVITE, app.uuid).await?;
    let link = links.iter().find(|link| link.other == uuid);
    let status = link.and_then(|link| link.body.get("Status")?.as_str()).unwrap_or("NotInvited");
    Ok(Said::json(200, json!({ "ApplicationId": app.id, "DeviceId": id, "Status": status })))
}
