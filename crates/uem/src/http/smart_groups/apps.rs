//! Apps are given to a smart group, and taken from it, one call each.

use muster_model::ids::{AppId, SmartGroupId};

use super::super::context::Context;
use super::super::given::Given;
use super::super::policy::Action::Edit;
use super::super::policy::Resource::Apps;
use super::super::policy::needs;
use super::super::refusal::Refusal;
use super::super::said::Said;
use super::super::table::Table;
use crate::store::{apps, operations, smart_groups};

pub(super) fn routes(table: &mut Table) {
    let right = needs(Apps, Edit);
    table
        .serve("mamv1/SmartGroup_AddInternalAppToSmartGroupAsync", right, add_internal)
        .serve("mamv1/SmartGroup_RemoveInternalAppFromSmartGroupAsync", right, remove_internal)
        .serve("mamv1/SmartGroup_AddPublicAppToSmartGroupAsync", right, add_public)
        .serve("mamv1/SmartGroup_RemovePublicAppFromSmartGroupAsync", right, remove_public);
}

const INTERNAL: &str = "Internal";
const PUBLIC: &str = "Public";

/// App and smart group of a path, if the app is of the kind.
async fn both(context: &Context, given: &Given, kind: &str) -> Result<(AppId, SmartGroupId), Refusal> {
    let (app, group) = (given.id("applicationid"), given.id("smartgroupid"));
    if apps::kind(context.database(), AppId(app)).await?.as_deref() != Some(kind) {
        return Err(Refusal::bad(format!("Application {app} is not found or not accessible.")));
    }
    let found = smart_groups::get(context.database(), group, context.scope()).await?;
    let missing = || Refusal::bad(format!("Smart group {group} is not found or not accessible."));
    Ok((AppId(app), SmartGroupId(found.ok_or_else(missing)?.id)))
}

async fn add(context: Context, given: Given, kind: &str) -> Result<Said, Refusal> {
    let (app, group) = both(&context, &given, kind).await?;
    let now = context.now();
    let mut tx = context.begin().await?;
    if smart_groups::has_app(&mut tx, group.0, app.0).await? {
        return Err(Refusal::bad("The application is assigned to this smart group already."));
    }
    apps::assign(&mut tx, app, &[group], "Auto", "{}", now).await?;
    operations::start(&mut tx, operations::APP_PUBLISH, Some(app.0), now).await?;
    tx.commit().await?;
    Ok(Said::nothing(201))
}

async fn remove(context: Context, given: Given, kind: &str) -> Result<Said, Refusal> {
    let (app, group) = both(&context, &given, kind).await?;
    let mut tx = context.begin().await?;
    if !smart_groups::take_app(&mut tx, group.0, app.0).await? {
        return Err(Refusal::bad("The application is not assigned to this smart group."));
    }
    tx.commit().await?;
    Ok(Said::nothing(204))
}

async fn add_internal(context: Context, given: Given) -> Result<Said, Refusal> {
    add(context, given, INTERNAL).await
}

async fn remove_internal(context: Context, given: Given) -> Result<Said, Refusal> {
    remove(context, given, INTERNAL).await
}

async fn add_public(context: Context, given: Given) -> Result<Said, Refusal> {
    add(context, given, PUBLIC).await
}

async fn remove_public(context: Context, given: Given) -> Result<Said, Refusal> {
    remove(context, given, PUBLIC).await
}
