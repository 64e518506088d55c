//! Deployments of updates: which smart groups get one, from when on. Its devices are ordered to update when it is
//! made; one that starts later waits in the queue until then.

use muster_model::Stamp;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::super::context::Context;
use super::super::given::Given;
use super::super::refusal::Refusal;
use super::super::said::Said;
use super::updates::{self, Update};
use super::{search, words};
use crate::store::devices::groups;
use crate::store::objects::{self, NewObject, Object, Wanted};
use crate::store::page::Page;

const KIND: &str = "os-update-deployment";

fn missing(uuid: Uuid) -> Refusal {
    Refusal::not_found(format!("Deployment not found: {uuid}."))
}

async fn of_update(context: &Context, update: Uuid) -> Result<Vec<Object>, Refusal> {
    let wanted = Wanted { parent: Some(update), ..Wanted::default() };
    let everything = Page::asked_or_all(None, None);
    let (mut found, _) = objects::list(context.database(), KIND, &wanted, everything, context.scope()).await?;
    found.sort_by_key(|deployment| (ranking(deployment), deployment.id));
    Ok(found)
}

fn ranking(deployment: &Object) -> i64 {
    deployment.body.get("ranking").and_then(Value::as_i64).unwrap_or(i64::MAX)
}

/// Names and addresses of an update's deployments.
pub(super) async fn links(context: &Context, update: Uuid) -> Result<Value, Refusal> {
    let found = of_update(context, update).await?;
    let row = |deployment: &Object| {
        let href = format!("{}/api/mdm/updates/deployments/{}", context.tenant.url, deployment.uuid);
        json!({ "name": deployment.name, "links": [{ "Rel": "self", "Href": href }] })
    };
    Ok(found.iter().map(row).collect())
}

/// The smart groups of a body, all of which must exist.
async fn smart_groups(context: &Context, given: &Given) -> Result<Vec<Uuid>, Refusal> {
    let asked = given.member("smart_group_uuids").and_then(Value::as_array).cloned().unwrap_or_default();
    let asked: Vec<Uuid> = asked.iter().filter_map(|uuid| uuid.as_str()?.parse().ok()).collect();
    if asked.is_empty() {
        return Err(Refusal::shape("The smart_group_uuids field needs at least one smart group."));
    }
    let known = groups::known(context.database(), context.scope()).await?;
    match asked.iter().find(|uuid| !known.contains(uuid)) {
        Some(unknown) => Err(Refusal::new(404, 5208, format!("Smart group not found: {unknown}."))),
        None => Ok(asked),
    }
}

fn start(given: &Given) -> Result<jiff::Timestamp, Refusal> {
    let text = given.required_text("deployment_start_time")?;
    words::moment("deployment_start_time", text)
}

pub(super) async fn create(context: Context, given: Given) -> Result<Said, Refusal> {
    let (update, group) = updates::address(&context, &given).await?;
    let (name, from) = (given.required_text("name")?, start(&given)?);
    let smart_groups = smart_groups(&context, &given).await?;
    let others = of_update(&context, update.uuid).await?;
    if others.iter().any(|known| known.name.eq_ignore_ascii_case(name)) {
        return Err(Refusal::new(400, 5206, format!("A deployment of the name '{name}' exists already.")));
    }
    let members = members(&context, &update, group, &smart_groups).await?;
    let mut tx = context.begin().await?;
    let mut body = given.members();
    body.insert("ranking".to_owned(), json!(others.len() + 1));
    let new = NewObject {
        kind: KIND,
        group,
        parent: Some(update.uuid),
        name,
        state: "",
        body,
        created_by: &context.caller.name,
    };
    let made = objects::create(&mut tx, new, context.now()).await?;
    for record in &members {
        updates::order(&context, &mut tx, record, &update, Some(from)).await?;
    }
    tx.commit().await?;
    Ok(Said::made(201, made.id, made.uuid))
}

/// Devices of the smart groups that have not begun with the update.
async fn members(
    context: &Context,
    update: &Update,
    group: i64,
    smart_groups: &[Uuid],
) -> Result<Vec<crate::store::devices::Record>, Refusal> {
    let waiting = updates::waiting(context, update, group).await?;
    let ids: Vec<i64> = waiting.iter().map(|record| record.id).collect();
    let memberships = groups::of_devices(context.database(), &ids, context.scope()).await?;
    let is_member =
        |id: i64| memberships.get(&id).into_iter().flatten().any(|group| smart_groups.contains(&group.uuid));
    Ok(waiting.into_iter().filter(|record| is_member(record.id)).collect())
}

pub(super) async fn get(context: Context, given: Given) -> Result<Said, Refusal> {
    let uuid = given.uuid("uuid");
    let found = objects::get(context.database(), KIND, uuid, context.scope()).await?.ok_or_else(|| missing(uuid))?;
    let groups = crate::store::organization_groups::get(context.database(), found.group, context.scope()).await?;
    let mut shown = Value::Object(found.body.clone());
    shown["device_update_uuid"] = json!(found.parent);
    shown["organization_group_uuid"] = json!(groups.map(|group| group.uuid));
    shown["name"] = found.name.into();
    Ok(Said::json(200, shown))
}

pub(super) async fn update(context: Context, given: Given) -> Result<Said, Refusal> {
    let uuid = given.uuid("uuid");
    let name = given.required_text("name")?;
    start(&given)?;
    smart_groups(&context, &given).await?;
    let mut tx = context.begin().await?;
    let found = objects::find(&mut tx, KIND, uuid, context.scope()).await?;
    let mut found = found.ok_or_else(|| missing(uuid))?;
    let mut body: Map<String, Value> = given.members();
    body.insert("ranking".to_owned(), json!(ranking(&found)));
    found.name = name.to_owned();
    found.body = body;
    objects::save(&mut tx, &found, context.now()).await?;
    tx.commit().await?;
    Ok(Said::nothing(204))
}

pub(super) async fn delete(context: Context, given: Given) -> Result<Said, Refusal> {
    let uuid = given.uuid("uuid");
    let mut tx = context.begin().await?;
    let found = objects::find(&mut tx, KIND, uuid, context.scope()).await?.ok_or_else(|| missing(uuid))?;
    objects::remove(&mut tx, &found).await?;
    tx.commit().await?;
    Ok(Said::nothing(204))
}

/// An update's deployments in a group, in their order.
pub(super) async fn list(context: Context, given: Given) -> Result<Said, Refusal> {
    let update = updates::update(&context, given.uuid("uuid")).await?;
    let asked = given.asked("organization_group_uuid").unwrap_or_default();
    let group = search::group_of(&context, asked).await?;
    let found = of_update(&context, update.uuid).await?;
    let row = |deployment: &Object| {
        let groups = deployment.body.get("smart_group_uuids").and_then(Value::as_array).map_or(0, Vec::len);
        let start = deployment.body.get("deployment_start_time").and_then(Value::as_str).unwrap_or_default();
        let start = start.parse().map(|stamp: Stamp| stamp.to_string()).ok();
        json!({
            "uuid": deployment.uuid, "name": deployment.name, "deployment_start_time": start,
            "deployment_type": deployment.body.get("deployment_type"), "ranking": ranking(deployment),
            "smart_group_count": groups,
        })
    };
    let rows: Vec<Value> = found.iter().filter(|deployment| deployment.group == group).map(row).collect();
    Ok(Said::json(200, rows.into()))
}

/// Ranks deployments anew, or removes them.
pub(super) async fn change_many(context: Context, given: Given) -> Result<Said, Refusal> {
    let (update, group) = updates::address(&context, &given).await?;
    let action = given.asked("action").unwrap_or_default().to_lowercase();
    let remove = match action.as_str() {
        "rank" | "ranking" | "updateranking" => false,
        "delete" => true,
        other => return Err(words::unknown("action", other, "ranking, delete")),
    };
    let entries = given.body.as_array().cloned().unwrap_or_default();
    let mut tx = context.begin().await?;
    for entry in &entries {
        let uuid: Uuid = entry["uuid"].as_str().and_then(|uuid| uuid.parse().ok()).unwrap_or_default();
        let found = objects::find(&mut tx, KIND, uuid, context.scope()).await?;
        let found = found.filter(|known| known.parent == Some(update.uuid) && known.group == group);
        let mut found = found.ok_or_else(|| missing(uuid))?;
        if remove {
            objects::remove(&mut tx, &found).await?;
        } else {
            found.body.insert("ranking".to_owned(), entry["ranking"].clone());
            objects::save(&mut tx, &found, context.now()).await?;
        }
    }
    tx.commit().await?;
    Ok(Said::nothing(204))
}
