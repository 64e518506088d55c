//! The monitor of deployments: apps and profiles, and how far each has come on its devices.

use serde_json::{Value, json};

use super::super::assigned;
use super::super::context::Context;
use super::super::given::Given;
use super::super::policy::Action::Read;
use super::super::policy::Resource::Reports;
use super::super::policy::needs;
use super::super::refusal::Refusal;
use super::super::said::Said;
use super::super::table::Table;
use crate::store::deployments::{self, Kind};

pub(super) fn routes(table: &mut Table) {
    table
        .serve("systemv1/ProductMonitorV1_GetApplications", needs(Reports, Read), apps)
        .serve("systemv1/ProductMonitorV1_GetProfiles", needs(Reports, Read), profiles)
        .serve("systemv1/ProductMonitorV1_GetProductDeploymentStatus", needs(Reports, Read), status);
}

async fn apps(context: Context, given: Given) -> Result<Said, Refusal> {
    list(context, given, Kind::App).await
}

async fn profiles(context: Context, given: Given) -> Result<Said, Refusal> {
    list(context, given, Kind::Profile).await
}

async fn list(context: Context, given: Given, kind: Kind) -> Result<Said, Refusal> {
    let page = given.page()?;
    let found = deployments::list(context.database(), kind, given.asked("searchtext"), context.scope()).await?;
    let total = found.len() as u64;
    let rows = assigned::paged(found, page).into_iter().map(|one| {
        json!({
            "id": one.id, "uuid": one.uuid, "name": one.name, "version": one.version, "deviceType": one.platform,
            "productType": kind.word(), "organizationGroupName": one.group_name,
        })
    });
    let rows: Vec<Value> = rows.collect();
    let total = if rows.is_empty() { 0 } else { total };
    Ok(Said::list(Value::Array(rows), total))
}

async fn status(context: Context, given: Given) -> Result<Said, Refusal> {
    let (uuid, word) = (given.uuid("uuid"), given.asked("producttype").unwrap_or_default());
    let missing = || Refusal::not_found(format!("No {word} is deployed under {uuid}."));
    let kind = Kind::named(word).ok_or_else(missing)?;
    let all = deployments::list(context.database(), kind, None, context.scope()).await?;
    let found = all.into_iter().find(|one| one.uuid == uuid).ok_or_else(missing)?;
    let counts = deployments::counts(context.database(), kind, found.id, context.scope()).await?;
    let part = |wanted: &[&str]| -> Vec<Value> {
        let rows = counts.iter().filter(|count| wanted.contains(&count.status.as_str()));
        rows.map(|count| json!({ "reasonName": count.reason, "devicesCount": count.devices })).collect()
    };
    let days = deployments::progress(context.database(), kind, found.id, context.scope()).await?;
    let days = days.into_iter().map(|(day, count)| json!({ "date": day, "progressCount": count }));
    let days: Vec<Value> = days.collect();
    Ok(Said::json(
        200,
        json!({
            "historicalData": days,
            "productStatusDetail": {
                "complete": part(&["Installed", "ConfirmedInstall"]),
                "incomplete": part(&["Failed", "NotInstalled", "Uninstalled", "Removed", "ConfirmedRemoval"]),
                "pending": part(&["Pending", "PendingInstall", "PendingRemoval", "InProgress"]),
            },
        }),
    ))
}
