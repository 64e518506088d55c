//! What sensors are. Version 1 keeps their triggers with them, version 2 in their assignments.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use muster_store::Transaction;
use serde_json::{Value, json};

use super::super::assigned;
use super::super::context::Context;
use super::super::given::Given;
use super::super::policy::Action::{Create, Delete, Edit, Read};
use super::super::policy::Resource::Sensors;
use super::super::policy::needs;
use super::super::refusal::Refusal;
use super::super::said::Said;
use super::super::table::Table;
use super::assignments;
use crate::store::agent_runs::{self, SENSOR, SENSOR_ASSIGNMENT};
use crate::store::objects::{self, NewObject, Object, Wanted};

/// Platforms whose agents run sensors.
const PLATFORMS: [&str; 3] = ["WIN_RT", "APPLE_OSX", "LINUX"];

pub(super) fn routes(table: &mut Table) {
    table
        .serve("mdmv1/DeviceSensorsV1_CreateDeviceSensor", needs(Sensors, Create), create)
        .serve("mdmv1/DeviceSensorsV1_GetDeviceSensor", needs(Sensors, Read), get)
        .serve("mdmv1/DeviceSensorsV1_GetDeviceSensors", needs(Sensors, Read), list)
        .serve("mdmv1/DeviceSensorsV1_UpdateDeviceSensor", needs(Sensors, Edit), update)
        .serve("mdmv1/DeviceSensorsV1_BulkDeleteDeviceSensors", needs(Sensors, Delete), bulk_delete)
        .serve("mdmv2/DeviceSensorsV2_CreateDeviceSensorAsync", needs(Sensors, Create), create)
        .serve("mdmv2/DeviceSensorsV2_GetDeviceSensorAsync", needs(Sensors, Read), get)
        .serve("mdmv2/DeviceSensorsV2_GetDeviceSensorsAsync", needs(Sensors, Read), list)
        .serve("mdmv2/DeviceSensorsV2_UpdateDeviceSensorAsync", needs(Sensors, Edit), update);
}

async fn create(context: Context, given: Given) -> Result<Said, Refusal> {
    let name = given.required_text("name")?;
    check(&given)?;
    let group = assigned::group(&context, given.member_uuid("organization_group_uuid")).await?;
    let mut tx = context.begin().await?;
    let taken = Wanted { name: Some(name), group: Some(group), ..Wanted::default() };
    if objects::first(&mut tx, SENSOR, &taken, context.scope()).await?.is_some() {
        return Err(Refusal::new(422, 5180, format!("A sensor of the name '{name}' exists already.")));
    }
    let mut body = given.members();
    for own in ["name", "organization_group_uuid", "id", "uuid"] {
        body.remove(own);
    }
    let by = &context.caller.name;
    let new = NewObject { kind: SENSOR, group, parent: None, name, state: "", body, created_by: by };
    let made = objects::create(&mut tx, new, context.now()).await?;
    tx.commit().await?;
    let location = format!("{}/api/mdm/devicesensors/{}", context.tenant.url, made.uuid);
    // Version 1 has its answer in the header alone.
    let said = if given.operation.version == 1 { Value::Null } else { json!({ "id": made.id, "uuid": made.uuid }) };
    Ok(Said::made_at(201, location, said))
}

/// What the published shape cannot say: a platform that has sensors, and a script that is Base64.
fn check(given: &Given) -> Result<(), Refusal> {
    if let Some(platform) = given.member_text("platform").filter(|word| !PLATFORMS.contains(word)) {
        return Err(Refusal::shape(format!("Platform {platform} has no sensors: valid are {}.", PLATFORMS.join(", "))));
    }
    match given.member_text("script_data").map(|text| STANDARD.decode(text)) {
        Some(Err(_)) => Err(Refusal::shape("The script_data field must be Base64.")),
        Some(Ok(script)) if script.is_empty() => Err(Refusal::shape("The script_data field is required.")),
        _ => Ok(()),
    }
}

pub(super) fn missing(uuid: impl std::fmt::Display) -> Refusal {
    Refusal::new(404, 5141, format!("Device sensor not found: {uuid}."))
}

/// The sensor of the address.
pub(super) async fn named(context: &Context, given: &Given) -> Result<Object, Refusal> {
    let uuid = given.uuid("sensorUuid");
    objects::get(context.database(), SENSOR, uuid, context.scope()).await?.ok_or_else(|| missing(uuid))
}

async fn shown(context: &Context, sensor: &Object) -> Result<Value, Refusal> {
    let assignments = assigned::parts(context, SENSOR_ASSIGNMENT, sensor.uuid).await?;
    let own = json!({
        "id": sensor.id, "uuid": sensor.uuid, "name": sensor.name, "is_read_only": false, "timeout": 0,
        "assigned_smart_groups": assignments::smart_groups(context, &assignments).await?,
        "assignment_count": assignments.len(),
        "last_modified_by": sensor.created_by, "last_modified_on": sensor.updated_at.as_microsecond(),
    });
    Ok(assigned::joined([own, assigned::owner(context, sensor).await?, Value::Object(sensor.body.clone())]))
}

async fn get(context: Context, given: Given) -> Result<Said, Refusal> {
    let sensor = named(&context, &given).await?;
    let mut shown = shown(&context, &sensor).await?;
    if given.operation.version == 1 && matches!(shown["query_type"].as_str(), Some(word) if word != "POWERSHELL") {
        // Version 1 knows no other language.
        shown["query_type"] = "UNKNOWN".into();
    }
    Ok(Said::json(200, shown))
}

async fn list(context: Context, given: Given) -> Result<Said, Refusal> {
    let (_, scope) = assigned::group_and_below(&context, given.uuid("organizationGroupUuid")).await?;
    let page = given.page()?;
    let name = given.asked("name").map(str::to_lowercase);
    let mut sensors = assigned::all(&context, SENSOR, &scope).await?;
    sensors.retain(|sensor| {
        name.as_ref().is_none_or(|name| sensor.name.to_lowercase().contains(name))
            && assigned::is(sensor, "query_type", given.asked("query_type"))
            && assigned::is(sensor, "platform", given.asked("platform"))
    });
    let descending = given.asked("sort_order").is_some_and(|order| order.eq_ignore_ascii_case("desc"));
    assigned::sort(&mut sensors, given.asked("orderby"), descending);
    let total = sensors.len() as u64;
    let mut rows = Vec::new();
    for sensor in assigned::paged(sensors, page) {
        rows.push(shown(&context, &sensor).await?);
    }
    Ok(Said::list(json!({ "result_set": rows, "total_results": total }), total))
}

async fn update(context: Context, given: Given) -> Result<Said, Refusal> {
    check(&given)?;
    let mut sensor = named(&context, &given).await?;
    let mut tx = context.begin().await?;
    for (name, value) in given.members() {
        if !["id", "uuid"].contains(&name.as_str()) {
            sensor.body.insert(name, value);
        }
    }
    objects::save(&mut tx, &sensor, context.now()).await?;
    tx.commit().await?;
    Ok(Said::nothing(204))
}

async fn bulk_delete(context: Context, given: Given) -> Result<Said, Refusal> {
    assigned::group(&context, given.member_uuid("organization_group_uuid")).await?;
    let wanted = assigned::uuids(given.member("sensor_uuids"));
    let mut tx = context.begin().await?;
    let mut removed = 0;
    for uuid in &wanted {
        if let Some(sensor) = objects::find(&mut tx, SENSOR, *uuid, context.scope()).await? {
            delete(&mut tx, &sensor).await?;
            removed += 1;
        }
    }
    if removed == 0 {
        return Err(Refusal::new(422, 5141, "None of the sensors could be deleted."));
    }
    tx.commit().await?;
    Ok(Said::nothing(204))
}

async fn delete(tx: &mut Transaction, sensor: &Object) -> Result<(), Refusal> {
    agent_runs::take_back(tx, sensor.uuid, false).await?;
    assigned::remove_whole(tx, sensor, SENSOR_ASSIGNMENT).await
}
