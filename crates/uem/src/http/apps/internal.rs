//! Internal apps: read, change, retire, remove, versions.

use muster_model::apps::Get;
use muster_store::Transaction;
use serde_json::{Map, Value, json};

use super::super::context::Context;
use super::super::given::Given;
use super::super::policy::Action::{Delete, Edit, Read};
use super::super::policy::Resource::Apps;
use super::super::policy::needs;
use super::super::refusal::Refusal;
use super::super::said::Said;
use super::super::table::Table;
use super::{Missing, found, named, publish, shown};
use crate::store::apps::reach::{self, From};
use crate::store::apps::{self, App, INTERNAL, Wanted, assignments};
use crate::store::page::Page;

pub(super) fn routes(table: &mut Table) {
    table
        .serve_as::<Get, _, _>(needs(Apps, Read), get)
        .serve("mamv2/InternalAppsV2_GetInternalAppByUuid", needs(Apps, Read), get)
        .serve("mamv1/InternalAppsV1_UpdateInternalAppAsync", needs(Apps, Edit), update)
        .serve("mamv1/InternalAppsV1_DeleteInternalAppAsync", needs(Apps, Delete), delete)
        .serve("mamv1/InternalAppsV1_RetireAppAsync", needs(Apps, Edit), retire)
        .serve("mamv1/InternalAppsV1_UnRetireAppAsync", needs(Apps, Edit), unretire)
        .serve("mamv1/InternalAppsV1_ActivateInternalAppAsync", needs(Apps, Edit), activate)
        .serve("mamv1/InternalAppsV1_DeactivateInternalAppAsync", needs(Apps, Edit), deactivate)
        .serve("mamv1/InternalAppsV1_RetrieveAppVersionsAsync", needs(Apps, Read), versions)
        .serve("mamv1/InternalAppsV1_RetrieveAppVersionsByPackageSourceIdAsync", needs(Apps, Read), versions_of_source)
        .serve("mamv1/InternalAppsV1_GetApplicationSummary", needs(Apps, Read), summary);
}

async fn get(context: Context, given: Given) -> Result<Said, Refusal> {
    let app = named(&context, &given, Some(INTERNAL), Missing::Unauthorized).await?;
    let assigned = assignments::of_app(context.database(), app.id).await?;
    let excluded = assignments::excluded(context.database(), app.id).await?;
    Ok(Said::json(200, shown::detail(&app, &assigned, &excluded)))
}

/// Members that describe an app and that a caller may change.
const DESCRIBING: &[&str] = &[
    "Description",
    "Comments",
    "ChangeLog",
    "Developer",
    "DeveloperEmail",
    "DeveloperPhone",
    "SupportEmail",
    "SupportPhone",
    "DisplayName",
    "CategoryList",
    "SupportedModels",
    "SupportedProcessorArchitecture",
    "DeploymentOptions",
    "FilesOptions",
    "MsiDeploymentParameters",
    "IsReimbursable",
    "ApplicationUrl",
    "AppRank",
    "AutoUpdateVersion",
    "EnableProvisioning",
    "LaunchCommand",
    "LaunchType",
    "IconBlobUuId",
    "ApplicabilityRule",
    "VersionIdentifier",
];

/// What was sent of the members that describe an app; the others say what it is and cannot be changed.
pub(super) fn describing(given: &Given) -> Map<String, Value> {
    let sent = DESCRIBING.iter().filter_map(|name| Some(((*name).to_owned(), given.member(name)?.clone())));
    sent.collect()
}

pub(super) fn describe(app: &mut App, given: &Given) {
    if let Some(name) = given.member_text("ApplicationName") {
        name.clone_into(&mut app.name);
    }
    app.body.extend(describing(given));
}

async fn update(context: Context, given: Given) -> Result<Said, Refusal> {
    let mut tx = context.begin().await?;
    let mut app = found(&context, &mut tx, &given, Some(INTERNAL), Missing::Bad).await?;
    describe(&mut app, &given);
    apps::save(&mut tx, &app, context.now()).await?;
    tx.commit().await?;
    Ok(Said::nothing(204))
}

async fn delete(context: Context, given: Given) -> Result<Said, Refusal> {
    erase(&context, &given, INTERNAL, Missing::Bad).await?;
    Ok(Said::nothing(204))
}

/// Removes an app from the tenant and, as they come by, from its devices.
pub(super) async fn erase(context: &Context, given: &Given, kind: &str, missing: Missing) -> Result<(), Refusal> {
    let mut tx = context.begin().await?;
    let app = found(context, &mut tx, given, Some(kind), missing).await?;
    reach::withdraw(&mut tx, app.id, From::Everywhere, "AppDeleteDeactivateOrRetire", context.now()).await?;
    apps::remove(&mut tx, &app).await?;
    tx.commit().await?;
    Ok(())
}

/// Moves an app from one state to another; 403 if it is there already.
pub(super) async fn turn(
    context: &Context,
    given: &Given,
    kind: &str,
    missing: Missing,
    from: &[&str],
    to: &str,
) -> Result<Said, Refusal> {
    let mut tx = context.begin().await?;
    let mut app = found(context, &mut tx, given, Some(kind), missing).await?;
    if !from.contains(&app.status.as_str()) {
        return Err(Refusal::new(403, 403, format!("Application {} is {}.", app.id, app.status)));
    }
    to.clone_into(&mut app.status);
    apps::save(&mut tx, &app, context.now()).await?;
    follow(context, &mut tx, &app).await?;
    tx.commit().await?;
    Ok(Said::nothing(202))
}

/// Does to devices what follows from the state of an app: an active one goes to them, an inactive one goes away. A
/// retired one goes to no further device, and stays where it is.
pub(super) async fn follow(context: &Context, tx: &mut Transaction, app: &App) -> Result<(), Refusal> {
    match app.status.as_str() {
        "Active" => {
            publish(context, tx, app.id).await?;
        }
        "InActive" => {
            let source = "AppDeleteDeactivateOrRetire";
            reach::withdraw(tx, app.id, From::Everywhere, source, context.now()).await?;
        }
        _ => {}
    }
    Ok(())
}

async fn retire(context: Context, given: Given) -> Result<Said, Refusal> {
    turn(&context, &given, INTERNAL, Missing::Bad, &["Active", "InActive"], "Retired").await
}

async fn unretire(context: Context, given: Given) -> Result<Said, Refusal> {
    let said = turn(&context, &given, INTERNAL, Missing::Bad, &["Retired"], "Active").await?;
    if given.asked_flag("retirepreviousversion") == Some(true) {
        let app = named(&context, &given, Some(INTERNAL), Missing::Bad).await?;
        let versions = of_bundle(&context, &app.bundle_id, &app.platform).await?;
        let mut tx = context.begin().await?;
        for mut other in versions {
            if other.id < app.id && other.status == "Active" {
                "Retired".clone_into(&mut other.status);
                apps::save(&mut tx, &other, context.now()).await?;
            }
        }
        tx.commit().await?;
    }
    Ok(said)
}

async fn activate(context: Context, given: Given) -> Result<Said, Refusal> {
    turn(&context, &given, INTERNAL, Missing::Bad, &["InActive"], "Active").await
}

async fn deactivate(context: Context, given: Given) -> Result<Said, Refusal> {
    turn(&context, &given, INTERNAL, Missing::Bad, &["Active"], "InActive").await
}

/// All versions of an internal app that the caller sees.
pub(super) async fn of_bundle(context: &Context, bundle: &str, platform: &str) -> Result<Vec<App>, Refusal> {
    let wanted = Wanted {
        bundle: Some(bundle),
        platform: Some(platform.to_owned()),
        kinds: vec![INTERNAL],
        ..Wanted::default()
    };
    let all = Page::asked_or_all(None, None);
    Ok(apps::search(context.database(), &wanted, all, context.scope()).await?.0)
}

/// All versions of the app of a bundle id and platform, of the asked group and those below; 404 if there is none.
async fn chain(context: &Context, bundle: &str, word: &str, group: Option<uuid::Uuid>) -> Result<Vec<App>, Refusal> {
    let platform = super::platform(word)
        .ok_or_else(|| Refusal::new(422, 1012, format!("'{word}' is not a valid device type.")))?;
    let groups = match group {
        None => None,
        Some(group) => {
            let (id, _) = super::group(context, group).await?;
            Some(apps::family(context.database(), id, false).await?)
        }
    };
    let mut found = of_bundle(context, bundle, platform.as_str()).await?;
    found.retain(|app| groups.as_ref().is_none_or(|groups| groups.contains(&app.group)));
    if found.is_empty() { Err(Refusal::no_app(404, bundle)) } else { Ok(found) }
}

async fn versions(context: Context, given: Given) -> Result<Said, Refusal> {
    let group = given.asked_uuid("organizationgroupuuid");
    let found = chain(&context, given.text("bundleId"), given.text("deviceType"), group).await?;
    Ok(Said::json(200, Value::Array(found.iter().map(version).collect())))
}

async fn versions_of_source(context: Context, given: Given) -> Result<Said, Refusal> {
    let word = given.text("deviceType");
    let platform = super::platform(word)
        .ok_or_else(|| Refusal::new(422, 1012, format!("'{word}' is not a valid device type.")))?;
    let source = given.text("packageSource");
    let wanted = Wanted { platform: Some(platform.as_str().to_owned()), kinds: vec![INTERNAL], ..Wanted::default() };
    let all = Page::asked_or_all(None, None);
    let (found, _) = apps::search(context.database(), &wanted, all, context.scope()).await?;
    let of_source = |app: &&App| {
        app.body.get("EARPackageId").and_then(Value::as_str).is_some_and(|id| id.eq_ignore_ascii_case(source))
    };
    let found: Vec<Value> = found.iter().filter(of_source).map(version).collect();
    if found.is_empty() {
        return Err(Refusal::new(400, 19, format!("Invalid package identifier {source}.")));
    }
    Ok(Said::json(200, Value::Array(found)))
}

fn version(app: &App) -> Value {
    let hash = app.body.get("ApplicationFileHash").cloned().unwrap_or_default();
    let file = app.body.get("ApplicationFileName").and_then(Value::as_str).unwrap_or_default();
    let kind = file.rsplit_once('.').map(|(_, kind)| kind.to_lowercase());
    json!({
        "application_uuid": app.uuid,
        "unique_identifier": app.bundle_id,
        "version": app.version,
        "package_version": app.version,
        "build_package_version": app.body.get("BuildVersion").cloned().unwrap_or_else(|| app.version.clone().into()),
        "device_type": app.platform,
        "file_type": kind,
        "is_active": app.status == "Active",
        "is_retired": app.status == "Retired",
        "is_provisioning_enabled": app.body.get("EnableProvisioning").and_then(Value::as_bool).unwrap_or_default(),
        "version_hash": hash,
    })
}

async fn summary(context: Context, given: Given) -> Result<Said, Refusal> {
    let owner = given.asked_uuid("apporganizationgroupuuid");
    let bundle = given.asked("bundleid").unwrap_or_default();
    let found = chain(&context, bundle, given.asked("devicetype").unwrap_or_default(), owner).await?;
    let Some(app) = found.last() else { return Err(Refusal::no_app(404, bundle)) };
    let display = app.body.get("DisplayName").cloned().unwrap_or_else(|| app.name.clone().into());
    Ok(Said::json(
        200,
        json!({
            "name": app.name, "display_name": display, "bundle_identifier": app.bundle_id,
            "managed_by": app.group_name, "icon_uri": app.body.get("IconBlobUuId"),
        }),
    ))
}
