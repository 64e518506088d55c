//! Apps: search, assign, state per device, in both dialects. (An install on one device is a command.)

use muster_model::apps::{AppDevicePage, AppPage, Assign, Assignment, DeploymentParameters, Devices, Get, Search};
use muster_model::error::code;
use muster_model::guide::{AssignedGroups, DeviceApp, DeviceAppList, Published};
use muster_model::ids::AppId;
use muster_model::{Call, Nothing, guide};

use super::context::Context;
use super::refusal::Refusal;
use super::table::Outcome;
use crate::store::operations::Operation;
use crate::store::page::Page;
use crate::store::{apps, operations, organization_groups, smart_groups};

pub(super) async fn search(context: Context, call: Call<Search>) -> Outcome<Search> {
    let page = Page::asked(call.query.page, call.query.pagesize);
    let (name, bundle) = (call.query.applicationname.as_deref(), call.query.bundleid.as_deref());
    let (application, total) = apps::search(context.database(), name, bundle, page).await?;
    Ok(AppPage { application, page: page.number, page_size: page.size, total })
}

pub(super) async fn guide_search(context: Context, call: Call<guide::AppsSearch>) -> Outcome<guide::AppsSearch> {
    let page = Page::asked(call.query.page, call.query.pagesize);
    let (name, bundle) = (call.query.applicationname.as_deref(), call.query.bundleid.as_deref());
    let (applications, total) = apps::search(context.database(), name, bundle, page).await?;
    Ok(guide::AppList { applications, page: page.number, page_size: page.size, total })
}

pub(super) async fn get(context: Context, call: Call<Get>) -> Outcome<Get> {
    apps::internal(context.database(), call.path).await?.ok_or_else(|| Refusal::no_app(401, call.path))
}

pub(super) async fn guide_assignments(
    context: Context,
    call: Call<guide::AppAssignments>,
) -> Outcome<guide::AppAssignments> {
    known(&context, call.path).await?;
    Ok(AssignedGroups { assignments: apps::assignments(context.database(), call.path).await? })
}

pub(super) async fn assign(context: Context, call: Call<Assign>) -> Outcome<Assign> {
    if apps::kind(context.database(), call.path).await?.as_deref() != Some("Internal") {
        return Err(Refusal::no_app(401, call.path));
    }
    publish(&context, call.path, &call.body).await?;
    Ok(Nothing)
}

pub(super) async fn guide_assign(context: Context, call: Call<guide::AssignApp>) -> Outcome<guide::AssignApp> {
    known(&context, call.path).await?;
    let operation = publish(&context, call.path, &call.body).await?;
    Ok(Published { operation_id: Some(operation.uuid) })
}

async fn known(context: &Context, app: AppId) -> Result<(), Refusal> {
    match apps::kind(context.database(), app).await? {
        Some(_) => Ok(()),
        None => Err(Refusal::no_app(404, app)),
    }
}

/// Writes the assignments and starts the operation that brings them to devices.
async fn publish(context: &Context, app: AppId, assignment: &Assignment) -> Result<Operation, Refusal> {
    let groups = &assignment.smart_group_ids;
    if groups.is_empty() {
        return Err(Refusal::bad("The SmartGroupIds field is required."));
    }
    let ids: Vec<i64> = groups.iter().map(|group| group.0).collect();
    if let Some(unknown) = smart_groups::unknown(context.database(), &ids).await?.first() {
        return Err(Refusal::invalid(format!("Smart group {unknown} is not found or not accessible.")));
    }
    let push_mode = push_mode(&assignment.deployment_parameters)?;
    let parameters = serde_json::to_string(&assignment.deployment_parameters).unwrap_or_default();
    let now = context.now();
    let mut tx = context.begin().await?;
    apps::assign(&mut tx, app, groups, push_mode, &parameters, now).await?;
    let operation = operations::start(&mut tx, operations::APP_PUBLISH, Some(app.0), now).await?;
    tx.commit().await?;
    Ok(operation)
}

/// By itself only if neither of the two words that say so says otherwise: the guide sends `AssignmentType`
/// as its user chose and `PushMode` always as `Auto`.
fn push_mode(parameters: &DeploymentParameters) -> Result<&'static str, Refusal> {
    let kind = if parameters.assignment_type.is_empty() { "Auto" } else { known_mode(&parameters.assignment_type)? };
    let mode = known_mode(&parameters.push_mode)?;
    Ok(if kind == "Auto" { mode } else { kind })
}

/// Clients write it with a hyphen, a space or neither.
fn known_mode(word: &str) -> Result<&'static str, Refusal> {
    let letters: String = word.chars().filter(char::is_ascii_alphabetic).collect();
    match letters.to_ascii_lowercase().as_str() {
        "auto" => Ok("Auto"),
        "ondemand" => Ok("On-Demand"),
        _ => Err(Refusal::bad(format!("'{word}' is not a valid PushMode. Valid are: Auto, On-Demand."))),
    }
}

pub(super) async fn devices(context: Context, call: Call<Devices>) -> Outcome<Devices> {
    let group = call.query.organizationgroupuuid;
    let group = group.ok_or_else(|| Refusal::invalid("The organizationgroupuuid parameter is required."))?;
    if !organization_groups::exists_uuid(context.database(), group).await? {
        let message = format!("Organization group {group} is not found.");
        return Err(Refusal::new(404, code::GROUP_NOT_FOUND, message));
    }
    let app = apps::id_of(context.database(), call.path).await?.ok_or_else(|| Refusal::no_app(404, call.path))?;
    let page = Page::asked(Some(call.query.page), Some(call.query.pagesize));
    let (devices, total_results) = apps::devices(context.database(), app, page).await?;
    Ok(AppDevicePage { devices, total_results })
}

pub(super) async fn guide_devices(context: Context, call: Call<guide::AppDevices>) -> Outcome<guide::AppDevices> {
    known(&context, call.path).await?;
    let page = Page::asked_or_all(call.query.page, call.query.pagesize);
    let (devices, total) = apps::devices(context.database(), call.path, page).await?;
    let rows = devices.into_iter().map(|device| DeviceApp {
        device_id: device.device_id,
        device_friendly_name: device.friendly_name,
        status: device.installed_status,
        reason: device.latest_app_reason,
        installed_version: device.installed_version,
    });
    Ok(DeviceAppList { device_apps: rows.collect(), page: page.number, page_size: page.size, total })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_push_mode_is_known_in_every_spelling() {
        for (word, known) in [("Auto", "Auto"), ("On Demand", "On-Demand"), ("on-demand", "On-Demand")] {
            assert_eq!(known_mode(word), Ok(known));
        }
        assert!(known_mode("Sometimes").is_err());
    }

    #[test]
    fn an_app_comes_by_itself_only_if_nothing_says_otherwise() {
        let mode = |kind: &str, push: &str| {
            let (assignment_type, push_mode_word) = (kind.to_owned(), push.to_owned());
            push_mode(&DeploymentParameters {
                assignment_type,
                push_mode: push_mode_word,
                ..DeploymentParameters::default()
            })
        };
        assert_eq!(mode("", "Auto"), Ok("Auto"));
        assert_eq!(mode("Auto", "Auto"), Ok("Auto"));
        assert_eq!(mode("On-Demand", "Auto"), Ok("On-Demand"));
        assert_eq!(mode("Auto", "OnDemand"), Ok("On-Demand"));
        assert!(mode("Sometimes", "Auto").is_err());
    }
}
