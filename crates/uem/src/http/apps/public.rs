//! Public apps: those that a store gives away.

use serde_json::{Value, json};

use super::super::context::Context;
use super::super::given::Given;
use super::super::policy::Action::{Create, Delete, Edit, Execute, Read};
use super::super::policy::Resource::Apps;
use super::super::policy::needs;
use super::super::refusal::Refusal;
use super::super::said::Said;
use super::super::table::Table;
use super::internal::{describe, describing, erase, turn};
use super::{Missing, found, named, shown};
use crate::store::apps::devices::{self, Name};
use crate::store::apps::{self, App, NewApp, PUBLIC, Wanted, assignments};
use crate::store::events::{self, NewEvent};
use crate::store::objects::Key;
use crate::store::page::Page;

pub(super) fn routes(table: &mut Table) {
    table
        .serve("mamv1/PublicApps_InsertPublicAppAsync", needs(Apps, Create), insert)
        .serve("mamv1/PublicApps_GetPublicAppByIdAsync", needs(Apps, Read), get)
        .serve("mamv1/PublicApps_UpdatePublicAppAsync", needs(Apps, Edit), update)
        .serve("mamv1/PublicApps_DeletePublicAppAsync", needs(Apps, Delete), delete)
        .serve("mamv1/PublicApps_ActivatePublicAppAsync", needs(Apps, Edit), activate)
        .serve("mamv1/PublicApps_DeactivatePublicAppAsync", needs(Apps, Edit), deactivate)
        .serve(
            "mamv1/PublicApps_SendApplicationConfigurationPublicAppsAsync",
            needs(Apps, Execute),
            send_configuration,
        );
}

/// An app as it is answered after a change of it.
pub(super) async fn entity(context: &Context, app: &App) -> Result<Value, Refusal> {
    let groups = assignments::of_apps(context.database(), &[app.id]).await?;
    Ok(shown::entity(app, groups.get(&app.id).map_or(&[], Vec::as_slice)))
}

/// Stores an app that a store has; one that the group has already is refused.
pub(super) async fn add(context: &Context, new: &NewApp) -> Result<App, Refusal> {
    let wanted = Wanted {
        bundle: Some(&new.bundle_id),
        platform: Some(new.platform.clone()),
        kinds: vec![new.kind],
        groups: Some(vec![new.group]),
        ..Wanted::default()
    };
    let (_, there) = apps::search(context.database(), &wanted, Page::asked(None, Some(1)), context.scope()).await?;
    if there > 0 {
        let message = format!("The application {} exists already in this organization group.", new.bundle_id);
        return Err(Refusal::bad(message));
    }
    let mut tx = context.begin().await?;
    let id = apps::create(&mut tx, new, context.now()).await?;
    let made = apps::find(&mut tx, id, None, context.scope()).await?;
    tx.commit().await?;
    made.ok_or_else(|| Refusal::no_app(404, id))
}

async fn insert(context: Context, given: Given) -> Result<Said, Refusal> {
    let required = |name: &str| Refusal::bad(format!("The {name} field is required."));
    let name = given.member_text("ApplicationName").ok_or_else(|| required("ApplicationName"))?;
    let number = given.member_id("Platform").ok_or_else(|| required("Platform"))?;
    let platform = super::platform(&number.to_string());
    let platform = platform.ok_or_else(|| Refusal::bad(format!("{number} is not a valid Platform.")))?;
    let bundle = ["BundleId", "ExternalId", "ApplicationUrl"].iter().find_map(|name| given.member_text(name));
    let bundle = bundle.ok_or_else(|| Refusal::bad("One of BundleId, ExternalId and ApplicationUrl is required."))?;
    let group = match given.member_id("LocationGroupId") {
        None => context.caller.group,
        Some(id) => super::group(&context, id).await?.0,
    };
    let mut body = describing(&given);
    for name in ["ExternalId", "PushMode"] {
        if let Some(value) = given.member(name) {
            body.insert(name.to_owned(), value.clone());
        }
    }
    let new = NewApp {
        name: name.to_owned(),
        bundle_id: bundle.to_owned(),
        version: given.member_text("AppVersion").unwrap_or("1.0").to_owned(),
        kind: PUBLIC,
        platform: platform.as_str().to_owned(),
        group,
        size_mb: 50,
        body,
        ..NewApp::default()
    };
    let app = add(&context, &new).await?;
    Ok(Said::json(200, entity(&context, &app).await?))
}

async fn get(context: Context, given: Given) -> Result<Said, Refusal> {
    let app = named(&context, &given, Some(PUBLIC), Missing::Unauthorized).await?;
    Ok(Said::json(200, entity(&context, &app).await?))
}

async fn update(context: Context, given: Given) -> Result<Said, Refusal> {
    let mut tx = context.begin().await?;
    let mut app = found(&context, &mut tx, &given, Some(PUBLIC), Missing::NotFound).await?;
    describe(&mut app, &given);
    apps::save(&mut tx, &app, context.now()).await?;
    tx.commit().await?;
    Ok(Said::nothing(204))
}

async fn delete(context: Context, given: Given) -> Result<Said, Refusal> {
    erase(&context, &given, PUBLIC, Missing::Bad).await?;
    Ok(Said::nothing(204))
}

async fn activate(context: Context, given: Given) -> Result<Said, Refusal> {
    turn(&context, &given, PUBLIC, Missing::NotFound, &["InActive", "Retired"], "Active").await
}

async fn deactivate(context: Context, given: Given) -> Result<Said, Refusal> {
    turn(&context, &given, PUBLIC, Missing::NotFound, &["Active"], "InActive").await
}

/// Sends an app's configuration again, to one device or to all that have the app.
async fn send_configuration(context: Context, given: Given) -> Result<Said, Refusal> {
    let missing = || Refusal::no_app(404, given.member("ApplicationId").unwrap_or(&Value::Null));
    let key = given.member_uuid("ApplicationUuid").map(Key::Uuid);
    let key = key.or_else(|| given.member_id("ApplicationId").map(Key::Id)).ok_or_else(missing)?;
    let app = apps::get(context.database(), key, Some(PUBLIC), context.scope()).await?.ok_or_else(missing)?;
    let configured = assignments::of_app(context.database(), app.id).await?.iter().any(|one| {
        let list = one.rule.get("application_configuration").and_then(Value::as_array);
        list.is_some_and(|list| !list.is_empty())
    });
    if !configured {
        return Err(Refusal::bad("No assignment of the application has a configuration."));
    }
    let no_device = || Refusal::bad("Device not found for this request.");
    let everywhere = given.member("IsAppLevelRequest").and_then(Value::as_bool) == Some(true);
    let device = match given.member_text("deviceUuid") {
        _ if everywhere => None,
        Some(text) => {
            let uuid = text.parse().map_err(|_| no_device())?;
            Some(devices::named(context.database(), Name::Uuid(uuid), context.scope()).await?.ok_or_else(no_device)?.0)
        }
        None => return Err(no_device()),
    };
    let wanted = devices::Wanted { apps: vec![app.id], device, assigned: Some(true), ..devices::Wanted::default() };
    let all = Page::asked_or_all(None, None);
    let (rows, total) = devices::list(context.database(), &wanted, all, context.scope()).await?;
    if rows.is_empty() {
        return Err(no_device());
    }
    let mut tx = context.begin().await?;
    let told = rows.iter().map(|row| NewEvent {
        device_id: row.device,
        at: context.now(),
        severity: "Information",
        event: "Application Configuration Sent".to_owned(),
        admin_account: context.caller.name.to_string(),
        source: "Console",
        details: vec![format!("ApplicationId={}", app.id)],
    });
    events::record(&mut tx, told.collect()).await?;
    let reached: Vec<i64> = rows.iter().map(|row| row.device).collect();
    context.tenant.push(&mut tx, &reached, context.now()).await?;
    tx.commit().await?;
    Ok(Said::json(200, json!({ "ApplicationId": app.id, "ApplicationUuid": app.uuid, "DeviceCount": total })))
}
