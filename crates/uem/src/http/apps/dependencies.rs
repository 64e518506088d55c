//! Packages that other packages of Windows need: internal apps that were uploaded as such.

use serde_json::{Value, json};

use super::super::context::Context;
use super::super::given::Given;
use super::super::policy::Action::{Delete, Read};
use super::super::policy::Resource::Apps;
use super::super::policy::needs;
use super::super::refusal::Refusal;
use super::super::said::Said;
use super::super::table::Table;
use crate::store::apps::{self, App, INTERNAL, Wanted};
use crate::store::page::Page;

pub(super) fn routes(table: &mut Table) {
    table
        .serve("mamv1/InternalAppsV1_GetWindowsAppDependanciesByLocationGroupId", needs(Apps, Read), list)
        .serve("mamv1/InternalAppsV1_GetWindowsAppDependencyById", needs(Apps, Read), get)
        .serve("mamv1/InternalAppsV1_DeleteWindowsAppDependency", needs(Apps, Delete), delete);
}

fn is_dependency(app: &App) -> bool {
    app.platform == "WinRT" && app.body.get("IsDependencyFile").and_then(Value::as_bool) == Some(true)
}

fn shown(app: &App) -> Value {
    json!({
        "id": app.id, "uuid": app.uuid, "Name": app.name, "Version": app.version, "PackageId": app.bundle_id,
        "PackageFamilyName": app.bundle_id, "BlobId": app.blob, "LocationGroupId": app.group,
        "OrganizationGroupUuid": app.group_uuid, "IsSystemApp": false,
        "ProcessorArchitecture": app.body.get("SupportedProcessorArchitecture"),
        "DeploymentOptions": app.body.get("DeploymentOptions"), "FilesOptions": app.body.get("FilesOptions"),
    })
}

/// Those of a group and of the groups above it, which it may use too.
async fn list(context: Context, given: Given) -> Result<Said, Refusal> {
    let text = given.text("organizationGroupId");
    let id = text.parse::<i64>().map_err(|_| Refusal::bad(format!("'{text}' is no id of an organization group.")))?;
    let (group, _) = super::group(&context, id).await?;
    let wanted = Wanted {
        kinds: vec![INTERNAL],
        platform: Some("WinRT".to_owned()),
        groups: Some(apps::family(context.database(), group, true).await?),
        ..Wanted::default()
    };
    let all = Page::asked_or_all(None, None);
    let (found, _) = apps::search(context.database(), &wanted, all, context.scope()).await?;
    let list: Vec<Value> = found.iter().filter(|app| is_dependency(app)).map(shown).collect();
    Ok(Said::json(200, Value::Array(list)))
}

fn missing(id: i64) -> Refusal {
    Refusal::bad(format!("Windows application dependency not found: {id}."))
}

async fn get(context: Context, given: Given) -> Result<Said, Refusal> {
    let id = given.id("windowsAppDependencyId");
    let app = apps::get(context.database(), id, Some(INTERNAL), context.scope()).await?;
    let app = app.filter(is_dependency).ok_or_else(|| missing(id))?;
    Ok(Said::json(200, shown(&app)))
}

async fn delete(context: Context, given: Given) -> Result<Said, Refusal> {
    let id = given.id("windowsAppDependencyId");
    let mut tx = context.begin().await?;
    let app = apps::find(&mut tx, id, Some(INTERNAL), context.scope()).await?;
    let app = app.filter(is_dependency).ok_or_else(|| missing(id))?;
    apps::remove(&mut tx, &app).await?;
    tx.commit().await?;
    Ok(Said::nothing(204))
}
