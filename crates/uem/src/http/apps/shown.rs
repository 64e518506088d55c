//! An app in the forms that answers have.

use std::collections::HashMap;

use muster_model::apps as model;
use muster_model::ids::{AppId, Wrapped};
use muster_model::words::Platform;
use serde_json::{Map, Value, json};

use super::rules;
use crate::store::apps::App;
use crate::store::apps::assignments::{Assignment, Group};

pub(super) fn platform_number(app: &App) -> i64 {
    Platform::from(app.platform.as_str()).number().unwrap_or_default()
}

pub(super) fn assignment_status(app: &App) -> &'static str {
    if app.assignments > 0 { "Assigned" } else { "NotAssigned" }
}

/// As searches and uploads show it.
pub(super) fn entity(app: &App, groups: &[Group]) -> Value {
    let mut shown = app.body.clone();
    let icon = app.body.get("IconBlobUuId").cloned().unwrap_or_default();
    let own = json!({
        "Id": { "Value": app.id },
        "Uuid": app.uuid,
        "ApplicationName": app.name,
        "BundleId": app.bundle_id,
        "AppVersion": app.version,
        "AppType": app.kind,
        "Status": app.status,
        "Platform": platform_number(app),
        "AssignmentStatus": assignment_status(app),
        "LocationGroupId": app.group,
        "OrganizationGroupUuid": app.group_uuid,
        "RootLocationGroupName": app.group_name,
        "ApplicationSize": format!("{} MB", app.size_mb),
        "AssignedDeviceCount": app.assigned,
        "InstalledDeviceCount": app.installed,
        "NotInstalledDeviceCount": app.assigned.saturating_sub(app.installed),
        "SmartGroups": groups.iter().map(|group| json!({ "Id": group.id, "Name": group.name })).collect::<Vec<_>>(),
        "SupportedModels": supported_models(app),
        "PushMode": if app.body.get("PushMode").is_some_and(is_on_demand) { 1 } else { 0 },
    });
    overlay(&mut shown, own);
    let usual = json!({
        "ActualFileVersion": app.version, "CategoryList": { "Category": [] }, "IsReimbursable": false,
        "ApplicationUrl": "", "LargeIconUri": icon, "MediumIconUri": icon, "SmallIconUri": icon, "AppRank": 0,
        "AutoUpdateVersion": false, "EnableProvisioning": false, "IsDependencyFile": false, "ContentGatewayId": 0,
        "IconFileName": "", "ApplicationFileName": "", "MetadataFileName": "", "ApplicationSource": 0,
    });
    for (name, value) in usual.as_object().into_iter().flatten() {
        if !shown.contains_key(name) && !value.is_null() {
            shown.insert(name.clone(), value.clone());
        }
    }
    Value::Object(shown)
}

/// Puts members over those of the same name.
pub(super) fn overlay(shown: &mut Map<String, Value>, own: Value) {
    if let Value::Object(own) = own {
        shown.extend(own.into_iter().filter(|(_, value)| !value.is_null()));
    }
}

fn is_on_demand(word: &Value) -> bool {
    word.as_i64() == Some(1) || word.as_str().is_some_and(|word| word.to_lowercase().contains("demand"))
}

/// The models that were named when it was made, else the one that stands for its platform (reference §1.11).
fn supported_models(app: &App) -> Value {
    let named = app.body.get("SupportedModels").and_then(|models| models.get("Model").or(Some(models)));
    let mut models: Vec<Value> = named.and_then(Value::as_array).cloned().unwrap_or_default();
    if models.is_empty() {
        let (id, name) = match app.platform.as_str() {
            "Apple" => (1, "iPhone"),
            "Android" => (5, "Android"),
            "WinRT" => (83, "Desktop"),
            "AppleOsX" => (14, "MacBook Pro"),
            _ => return json!({ "Model": [] }),
        };
        models.push(json!({ "ModelId": id, "ModelName": name }));
    }
    for model in &mut models {
        if let Value::Object(model) = model {
            model.insert("ApplicationId".to_owned(), app.id.into());
        }
    }
    json!({ "Model": models })
}

/// A page of apps, each with the smart groups that it is assigned to.
pub(super) fn entities(apps: &[App], groups: &HashMap<i64, Vec<Group>>) -> Vec<Value> {
    apps.iter().map(|app| entity(app, groups.get(&app.id).map_or(&[], Vec::as_slice))).collect()
}

/// All of an internal app.
pub(super) fn detail(app: &App, assignments: &[Assignment], excluded: &[Group]) -> Value {
    let mut shown = app.body.clone();
    let list = |name: &str, inner: &str| -> Vec<Value> {
        let found = app.body.get(name).and_then(|list| list.get(inner).or(Some(list)));
        found.and_then(Value::as_array).cloned().unwrap_or_default()
    };
    let categories: Vec<Value> = list("CategoryList", "Category")
        .iter()
        .map(|one| json!({ "Name": one.get("Name"), "id": one.get("CategoryId").or(one.get("id")) }))
        .collect();
    let models = supported_models(app);
    let models: Vec<Value> = models["Model"].as_array().cloned().unwrap_or_default();
    let named = |name: &str, model: &Value| model.get(name).cloned().unwrap_or_default();
    let own = json!({
        "ApplicationName": app.name,
        "AppId": app.bundle_id,
        "AirwatchAppVersion": app.version,
        "Platform": app.platform,
        "Status": app.status,
        "ManagedBy": app.group.to_string(),
        "ManagedByUuid": app.group_uuid,
        "AppSizeInKB": app.size_mb.saturating_mul(1024).min(i64::from(i32::MAX)),
        "DevicesAssignedCount": app.assigned,
        "DevicesInstalledCount": app.installed,
        "DevicesNotInstalledCount": app.assigned.saturating_sub(app.installed),
        "Assignments": assignments.iter().map(rules::as_parameters).collect::<Vec<_>>(),
        "ExcludedSmartGroupIds": excluded.iter().map(|group| group.id).collect::<Vec<_>>(),
        "ExcludedSmartGroupGuids": excluded.iter().map(|group| group.uuid).collect::<Vec<_>>(),
        "CategoryList": categories,
        "SupportedModels": models.iter()
            .map(|model| json!({ "Name": named("ModelName", model), "id": named("ModelId", model) }))
            .collect::<Vec<_>>(),
        "SupportedModelsName": models.iter().map(|model| named("ModelName", model)).collect::<Vec<_>>(),
        "id": app.id,
        "uuid": app.uuid,
    });
    overlay(&mut shown, own);
    for name in ["ActualFileVersion", "BuildVersion"] {
        if !shown.contains_key(name) {
            shown.insert(name.to_owned(), app.version.clone().into());
        }
    }
    Value::Object(shown)
}

/// As the guide's search shows it.
pub(super) fn row(app: &App) -> model::App {
    model::App {
        id: Wrapped(AppId(app.id)),
        uuid: Some(app.uuid),
        application_name: app.name.clone(),
        bundle_id: app.bundle_id.clone(),
        app_version: app.version.clone(),
        app_type: app.kind.clone(),
        status: app.status.clone(),
        platform: platform_number(app),
        assignment_status: assignment_status(app).to_owned(),
        location_group_id: app.group,
        organization_group_uuid: app.group_uuid,
        assigned_device_count: app.assigned,
        installed_device_count: app.installed,
        not_installed_device_count: app.assigned.saturating_sub(app.installed),
        ..Default::default()
    }
}
