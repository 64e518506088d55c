//! What the guide's scripts do with apps: search, assign, watch.

use muster_model::guide::{
    AppAssignments, AppDevices, AppList, AppsSearch, AssignApp, AssignedGroups, DeviceApp, DeviceAppList, Published,
};
use muster_model::ids::{AppId, DeviceId, SmartGroupId};
use muster_model::{Call, apps as model};
use serde_json::Value;

use super::super::super::context::Context;
use super::super::super::policy::Action::{Edit, Read};
use super::super::super::policy::Resource::Apps;
use super::super::super::policy::needs;
use super::super::super::refusal::Refusal;
use super::super::super::table::{Outcome, Table};
use super::super::assignments::{Wish, grant, push_mode};
use super::super::{devices, rules, shown};
use crate::store::apps::{self, App, INTERNAL, PUBLIC, Wanted, assignments};
use crate::store::page::Page;

pub(super) fn routes(table: &mut Table) {
    table
        .route::<AppsSearch, _>(needs(Apps, Read), search)
        .route::<AssignApp, _>(needs(Apps, Edit), assign)
        .route::<AppAssignments, _>(needs(Apps, Read), assigned)
        .route::<AppDevices, _>(needs(Apps, Read), on_devices);
}

async fn search(context: Context, call: Call<AppsSearch>) -> Outcome<AppsSearch> {
    let page = Page::asked(call.query.page, call.query.pagesize);
    let (name, bundle_id) = (call.query.applicationname.as_deref(), call.query.bundleid.as_deref());
    let wanted = Wanted { name, bundle_id, kinds: vec![INTERNAL, PUBLIC], ..Wanted::default() };
    let (found, total) = apps::search(context.database(), &wanted, page, context.scope()).await?;
    let applications = found.iter().map(shown::row).collect();
    Ok(AppList { applications, page: page.number, page_size: page.size, total, ..Default::default() })
}

/// The app of an id; a missing one is 404 here.
pub(super) async fn known(context: &Context, id: i64) -> Result<App, Refusal> {
    let app = apps::get(context.database(), id, None, context.scope()).await?;
    app.ok_or_else(|| Refusal::no_app(404, id))
}

async fn assigned(context: Context, call: Call<AppAssignments>) -> Outcome<AppAssignments> {
    let app = known(&context, call.path.0).await?;
    let assigned = assignments::of_app(context.database(), app.id).await?;
    let shown = assigned.into_iter().map(|one| model::AssignedGroup {
        smart_group_id: SmartGroupId(one.group.id),
        smart_group_name: one.group.name,
        smart_group_uuid: Some(one.group.uuid),
        push_mode: one.push_mode,
        ..Default::default()
    });
    Ok(AssignedGroups { assignments: shown.collect(), ..Default::default() })
}

async fn assign(context: Context, call: Call<AssignApp>) -> Outcome<AssignApp> {
    let AppId(id) = call.path;
    let app = known(&context, id).await?;
    let groups: Vec<i64> = call.body.smart_group_ids.iter().map(|group| group.0).collect();
    if groups.is_empty() {
        return Err(Refusal::bad("The SmartGroupIds field is required."));
    }
    let parameters = &call.body.deployment_parameters;
    let push_mode = push_mode(parameters)?;
    let told = serde_json::to_value(parameters).unwrap_or_default();
    let mut rule = rules::of_parameters(told.as_object().unwrap_or(&serde_json::Map::new()));
    // What only the guide has is kept as it was said.
    rule.insert("deployment_parameters".to_owned(), Value::clone(&told));
    let operation = grant(&context, &app, Wish { groups, push_mode, rule, ..Wish::default() }).await?;
    Ok(Published { operation_id: Some(operation.uuid), ..Default::default() })
}

async fn on_devices(context: Context, call: Call<AppDevices>) -> Outcome<AppDevices> {
    let app = known(&context, call.path.0).await?;
    let page = Page::asked_or_all(call.query.page, call.query.pagesize);
    let (rows, total) = devices::rows(&context, app.id, page).await?;
    let shown = rows.into_iter().map(|row| DeviceApp {
        device_id: DeviceId(row.device),
        status: row.installed_status(),
        device_friendly_name: row.friendly_name,
        reason: row.reason,
        installed_version: row.installed_version,
        ..Default::default()
    });
    Ok(DeviceAppList {
        device_apps: shown.collect(),
        page: page.number,
        page_size: page.size,
        total,
        ..Default::default()
    })
}
