//! Staging bundles: how a device that is new gets into the tenant, and what it installs first.

use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::context::Context;
use super::given::Given;
use super::owner;
use super::policy::Action::{Create, Delete, Edit, Read};
use super::policy::Resource::Products;
use super::policy::needs;
use super::refusal::Refusal;
use super::said::Said;
use super::table::Table;
use crate::store::names::{self, Thing};
use crate::store::objects::{self, Key, NewObject, Object, Wanted};
use crate::store::page::Page;
use muster_model::words::Platform;

pub(super) fn routes(table: &mut Table) {
    table
        .serve("mdmv1/StagingV1_AddStagingBundle", needs(Products, Create), add_first)
        .serve("mdmv1/StagingV1_UpdateStagingBundle", needs(Products, Edit), update_first)
        .serve("mdmv1/StagingV1_GetStagingDetails", needs(Products, Read), get_first)
        .serve("mdmv1/StagingV1_DeleteStagingBundle", needs(Products, Delete), delete_first)
        .serve("mdmv1/StagingBundlesV1_Search", needs(Products, Read), search)
        .serve("mdmv2/StagingBundlesV2_StagingBundlesAdd", needs(Products, Create), add_second)
        .serve("mdmv2/StagingBundlesV2_StagingBundlesUpdate", needs(Products, Edit), update_second)
        .serve("mdmv2/StagingBundlesV2_StagingBundles", needs(Products, Read), get_second)
        .serve("mdmv2/StagingBundlesV2_StagingBundlesDelete", needs(Products, Delete), delete_second);
}

const KIND: &str = "staging-bundle";

/// What a step brings: name in version 1, in version 2, and what kind of thing it is.
const THINGS: &[(&str, &str, &str)] = &[
    ("ApplicationID", "application", "Application"),
    ("ProfileID", "profile", "Profile"),
    ("EventActionID", "event_action", "EventAction"),
    ("FileActionsID", "file_actions", "FileAction"),
];

/// What a request wants a bundle to be. Steps name things by id.
struct Draft {
    name: String,
    group: i64,
    body: Map<String, Value>,
}

async fn first(context: &Context, given: &Given) -> Result<Draft, Refusal> {
    let general = given.member("General").and_then(Value::as_object);
    let general = general.ok_or_else(|| Refusal::bad("The General field is required."))?;
    let text = |name: &str| general.get(name).and_then(Value::as_str).map(str::trim).filter(|text| !text.is_empty());
    let name = text("Name").ok_or_else(|| Refusal::bad("The Name field is required."))?;
    let group = text("ManagedBy").map(str::parse).transpose();
    let group = owner::group(context, group.map_err(|_| Refusal::bad("The ManagedBy is no number."))?).await?;
    let number = given.member_id("PlatformId").map(|number| number.to_string());
    let platform = number.and_then(|number| Platform::known(&number));
    let platform = platform.ok_or_else(|| Refusal::bad("The PlatformId is missing or not known."))?;
    let user = text("EnrollmentUser").ok_or_else(|| Refusal::bad("The EnrollmentUser field is required."))?;
    check_user(context, user).await?;
    let mut steps = Vec::new();
    let listed = given.member("Manifest").and_then(|manifest| manifest.get("Steps")?.as_array());
    for step in listed.into_iter().flatten() {
        let mut kept = Map::from_iter([
            ("task".to_owned(), step.get("ExecutionTaskID").cloned().unwrap_or_default()),
            ("persist".to_owned(), step.get("PersistThroughEnterpriseReset").cloned().unwrap_or_default()),
        ]);
        for (theirs, ours, kind) in THINGS {
            let Some(id) = step.get(*theirs).and_then(Value::as_i64).filter(|id| *id > 0) else { continue };
            let found = names::thing(context.database(), kind, Key::Id(id), context.scope()).await?;
            let found = found.ok_or_else(|| Refusal::bad(format!("{kind} not found: {id}.")))?;
            kept.insert((*ours).to_owned(), json!(found.id));
        }
        steps.push(Value::Object(kept));
    }
    let body = json!({
        "platform": platform.as_str(), "user": user, "description": general.get("Description"),
        "password": general.get("Password"), "passkey": general.get("Passkey"),
        "package_version": general.get("PackageVersion"), "agent": general.get("AgentID"), "steps": steps,
    });
    Ok(Draft { name: name.to_owned(), group, body: body.as_object().cloned().unwrap_or_default() })
}

async fn second(context: &Context, given: &Given) -> Result<Draft, Refusal> {
    let word = given.required_text("platform_name")?;
    let platform = Platform::known(word).ok_or_else(|| Refusal::shape(format!("Unknown platform '{word}'.")))?;
    let general = given.member("general").and_then(Value::as_object);
    let general = general.ok_or_else(|| Refusal::shape("The general field is required."))?;
    let text = |name: &str| general.get(name).and_then(Value::as_str).map(str::trim).unwrap_or_default();
    if text("name").is_empty() {
        return Err(Refusal::shape("The name field is required."));
    }
    let uuid: Uuid = text("organization_group_uuid").parse().unwrap_or_default();
    let group = owner::of_uuid(context, uuid).await?;
    let user = text("enrollment_user_name");
    check_user(context, user).await.map_err(|_| Refusal::shape(format!("Enrollment user not found: {user}.")))?;
    let mut steps = Vec::new();
    let listed = given.member("manifest").and_then(|manifest| manifest.get("steps")?.as_array());
    for step in listed.into_iter().flatten() {
        let mut kept = Map::from_iter([
            ("task".to_owned(), step.get("execution_task_name").cloned().unwrap_or_default()),
            ("persist".to_owned(), step.get("persist_through_enterprise_reset").cloned().unwrap_or_default()),
        ]);
        for (_, ours, kind) in THINGS {
            let uuid = step.get(format!("{ours}_uuid")).and_then(Value::as_str).and_then(|uuid| uuid.parse().ok());
            let Some(uuid) = uuid else { continue };
            let found = names::thing(context.database(), kind, Key::Uuid(uuid), context.scope()).await?;
            let found = found.ok_or_else(|| Refusal::not_found(format!("{kind} not found: {uuid}.")))?;
            kept.insert((*ours).to_owned(), json!(found.id));
        }
        steps.push(Value::Object(kept));
    }
    let body = json!({
        "platform": platform.as_str(), "user": user, "description": general.get("description"),
        "password": general.get("password"), "passkey": general.get("Passkey"),
        "package_version": general.get("PackageVersion"), "package_uuid": general.get("package_uuid"), "steps": steps,
    });
    Ok(Draft { name: text("name").to_owned(), group, body: body.as_object().cloned().unwrap_or_default() })
}

async fn check_user(context: &Context, name: &str) -> Result<(), Refusal> {
    if names::user_exists(context.database(), name, context.scope()).await? {
        return Ok(());
    }
    Err(Refusal::bad(format!("Enrollment user not found: {name}.")))
}

async fn make(context: &Context, draft: Draft) -> Result<Object, Refusal> {
    let mut tx = context.begin().await?;
    let wanted = Wanted { name: Some(&draft.name), group: Some(draft.group), ..Wanted::default() };
    if objects::first(&mut tx, KIND, &wanted, context.scope()).await?.is_some() {
        return Err(Refusal::bad(format!("A staging bundle of the name '{}' exists already.", draft.name)));
    }
    let new = NewObject {
        kind: KIND,
        group: draft.group,
        parent: None,
        name: &draft.name,
        state: "",
        body: draft.body,
        created_by: &context.caller.name,
    };
    let made = objects::create(&mut tx, new, context.now()).await?;
    tx.commit().await?;
    Ok(made)
}

async fn change(context: &Context, key: Key, draft: Draft, missing: Refusal) -> Result<Said, Refusal> {
    let mut tx = context.begin().await?;
    let mut bundle = objects::find(&mut tx, KIND, key, context.scope()).await?.ok_or(missing)?;
    bundle.name = draft.name;
    bundle.group = draft.group;
    bundle.body = draft.body;
    objects::save(&mut tx, &bundle, context.now()).await?;
    tx.commit().await?;
    Ok(Said::nothing(204))
}

async fn delete(context: &Context, key: Key, missing: Refusal) -> Result<Said, Refusal> {
    let mut tx = context.begin().await?;
    let bundle = objects::find(&mut tx, KIND, key, context.scope()).await?.ok_or(missing)?;
    objects::remove(&mut tx, &bundle).await?;
    tx.commit().await?;
    Ok(Said::nothing(204))
}

fn invalid_bundle(id: i64) -> Refusal {
    Refusal::bad(format!("Staging bundle not found: {id}."))
}

fn no_bundle(uuid: Uuid) -> Refusal {
    Refusal::not_found(format!("Staging bundle not found: {uuid}."))
}

async fn add_first(context: Context, given: Given) -> Result<Said, Refusal> {
    let draft = first(&context, &given).await?;
    let made = make(&context, draft).await?;
    let location = format!("{}/api/mdm/staging/{}", context.tenant.url, made.id);
    Ok(Said::made_at(201, location, json!({ "Value": made.id })))
}

async fn update_first(context: Context, given: Given) -> Result<Said, Refusal> {
    let id = given.member("General").and_then(|general| general.get("StagingId")?.as_i64());
    let id = id.ok_or_else(|| Refusal::bad("The StagingId field is required."))?;
    let draft = first(&context, &given).await?;
    change(&context, id.into(), draft, invalid_bundle(id)).await
}

async fn get_first(context: Context, given: Given) -> Result<Said, Refusal> {
    let id = given.id("stagingId");
    let bundle = objects::get(context.database(), KIND, id, context.scope()).await?;
    let bundle = bundle.ok_or_else(|| invalid_bundle(id))?;
    let body = |name: &str| bundle.body.get(name).cloned().unwrap_or_default();
    let steps = bundle.body.get("steps").and_then(Value::as_array);
    let steps: Vec<Value> = steps
        .into_iter()
        .flatten()
        .map(|step| {
            let mut shown = Map::from_iter([
                ("ExecutionTaskID".to_owned(), step.get("task").cloned().unwrap_or_default()),
                ("PersistThroughEnterpriseReset".to_owned(), step.get("persist").cloned().unwrap_or_default()),
            ]);
            for (theirs, ours, _) in THINGS {
                shown.insert((*theirs).to_owned(), step.get(*ours).cloned().unwrap_or_default());
            }
            Value::Object(shown)
        })
        .collect();
    let platform = Platform::from(body("platform").as_str().unwrap_or_default());
    Ok(Said::json(
        200,
        json!({
            "General": { "StagingId": bundle.id, "Name": bundle.name, "Description": body("description"),
                "EnrollmentUser": body("user"), "ManagedBy": bundle.group.to_string(), "AgentID": body("agent"),
                "PackageVersion": body("package_version"), "Passkey": body("passkey") },
            "Manifest": { "Steps": steps }, "PlatformId": platform.number(),
        }),
    ))
}

async fn delete_first(context: Context, given: Given) -> Result<Said, Refusal> {
    let id = given.id("stagingId");
    delete(&context, id.into(), invalid_bundle(id)).await
}

async fn add_second(context: Context, given: Given) -> Result<Said, Refusal> {
    let draft = second(&context, &given).await?;
    let made = make(&context, draft).await.map_err(|refusal| match refusal {
        Refusal::Fault { status: 400, message, .. } => Refusal::shape(message),
        other => other,
    })?;
    let location = format!("{}/api/mdm/product-components/staging-bundles/{}", context.tenant.url, made.uuid);
    Ok(Said::made_at(201, location, json!({ "uuid": made.uuid, "id": made.id })))
}

async fn update_second(context: Context, given: Given) -> Result<Said, Refusal> {
    let uuid = given.member("general").and_then(|general| general.get("staging_bundle_uuid")?.as_str()?.parse().ok());
    let uuid: Uuid = uuid.unwrap_or_default();
    let draft = second(&context, &given).await?;
    change(&context, uuid.into(), draft, no_bundle(uuid)).await
}

async fn get_second(context: Context, given: Given) -> Result<Said, Refusal> {
    let uuid = given.uuid("stagingUuid");
    let bundle = objects::get(context.database(), KIND, uuid, context.scope()).await?.ok_or_else(|| no_bundle(uuid))?;
    let group = owner::shown(&context, bundle.group).await?;
    let body = |name: &str| bundle.body.get(name).cloned().unwrap_or_default();
    let mut steps = Vec::new();
    for step in bundle.body.get("steps").and_then(Value::as_array).into_iter().flatten() {
        let mut shown = Map::from_iter([
            ("execution_task_name".to_owned(), step.get("task").cloned().unwrap_or_default()),
            ("persist_through_enterprise_reset".to_owned(), step.get("persist").cloned().unwrap_or_default()),
        ]);
        for (_, ours, kind) in THINGS {
            let Some(id) = step.get(*ours).and_then(Value::as_i64) else { continue };
            let found = names::thing(context.database(), kind, Key::Id(id), context.scope()).await?;
            let Some(Thing { uuid, name, .. }) = found else { continue };
            shown.insert(format!("{ours}_uuid"), json!(uuid));
            shown.insert(format!("{ours}_name"), json!(name));
        }
        steps.push(Value::Object(shown));
    }
    let general = json!({
        "staging_bundle_uuid": bundle.uuid, "name": bundle.name, "description": body("description"),
        "enrollment_user_name": body("user"), "package_uuid": body("package_uuid"), "passkey": body("passkey"),
        "PackageVersion": body("package_version"), "organization_group_uuid": group.0,
        "organization_group_name": group.1,
    });
    Ok(Said::json(
        200,
        json!({ "id": bundle.id, "uuid": bundle.uuid, "platform_name": body("platform"), "general": general,
            "manifest": { "steps": steps } }),
    ))
}

async fn delete_second(context: Context, given: Given) -> Result<Said, Refusal> {
    let uuid = given.uuid("stagingUuid");
    delete(&context, uuid.into(), no_bundle(uuid)).await
}

async fn search(context: Context, given: Given) -> Result<Said, Refusal> {
    let group = match given.asked_uuid("organization_group_uuid") {
        Some(uuid) => Some(owner::of_uuid(&context, uuid).await?),
        None => None,
    };
    let platform = match given.asked("device_type") {
        Some(word) => {
            let missing = || Refusal::not_found(format!("'{word}' is no device type."));
            Some(Platform::known(word).ok_or_else(missing)?)
        }
        None => None,
    };
    let wanted = Wanted { name_contains: given.asked("search_text"), group, ..Wanted::default() };
    let everything = Page::asked_or_all(None, None);
    let (found, _) = objects::list(context.database(), KIND, &wanted, everything, context.scope()).await?;
    let mut rows = Vec::new();
    for bundle in found {
        let own = bundle.body.get("platform").and_then(Value::as_str).unwrap_or_default();
        if platform.as_ref().is_some_and(|platform| platform.as_str() != own) {
            continue;
        }
        let group = owner::shown(&context, bundle.group).await?;
        rows.push(json!({
            "id": bundle.id, "uuid": bundle.uuid, "StagingUuid": bundle.uuid, "Name": bundle.name,
            "DevicePlatformName": own, "EnrollmentUserName": bundle.body.get("user"),
            "OrganizationGroupUuid": group.0, "OrganizationGroupName": group.1,
        }));
    }
    let total = rows.len();
    Ok(Said::json(
        200,
        json!({ "StagingBundleDetails": rows, "TotalResults": total, "AdditionalInfo": { "Links": [] } }),
    ))
}
