//! To whom sensors are handed, and when they run there.

use muster_model::error::code;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::super::assigned;
use super::super::context::Context;
use super::super::given::Given;
use super::super::policy::Action::{Delete, Edit, Read};
use super::super::policy::Resource::Sensors;
use super::super::policy::needs;
use super::super::refusal::Refusal;
use super::super::said::Said;
use super::super::table::Table;
use super::definitions;
use crate::store::agent_runs::{self, Handed, SENSOR, SENSOR_ASSIGNMENT};
use crate::store::objects::{self, NewObject, Object};
use crate::store::smart_groups::Named;

pub(super) fn routes(table: &mut Table) {
    table
        .serve("mdmv1/DeviceSensorsV1_AssignDeviceSensor", needs(Sensors, Edit), assign)
        .serve("mdmv2/DeviceSensorsV2_AddDeviceSensorAssignmentAsync", needs(Sensors, Edit), add)
        .serve("mdmv2/DeviceSensorsV2_GetDeviceSensorAssignmentsAsync", needs(Sensors, Read), list)
        .serve("mdmv2/DeviceSensorsV2_BulkUpdateDeviceSensorAssignmentRankingsAsync", needs(Sensors, Edit), rank)
        .serve("mdmv2/DeviceSensorsV2_GetDeviceSensorAssignmentAsync", needs(Sensors, Read), get)
        .serve("mdmv2/DeviceSensorsV2_UpdateDeviceSensorAssignmentAsync", needs(Sensors, Edit), update)
        .serve("mdmv2/DeviceSensorsV2_DeleteDeviceSensorAssignmentAsync", needs(Sensors, Delete), delete);
}

/// The smart groups of assignments, each once, as answers show them.
pub(super) async fn smart_groups(context: &Context, assignments: &[Object]) -> Result<Vec<Value>, Refusal> {
    let mut uuids: Vec<Uuid> = assignments.iter().flat_map(groups_of).collect();
    uuids.sort_unstable();
    uuids.dedup();
    let (found, _) = assigned::smart_groups(context, &uuids).await?;
    Ok(found.iter().map(|group| json!({ "smart_group_uuid": group.uuid, "name": group.name })).collect())
}

fn groups_of(assignment: &Object) -> Vec<Uuid> {
    assigned::uuids(assignment.body.get("smart_group_uuids"))
}

fn ranking(assignment: &Object) -> i64 {
    assignment.body.get("ranking").and_then(Value::as_i64).unwrap_or_default()
}

async fn shown(context: &Context, assignment: &Object) -> Result<Value, Refusal> {
    let groups = smart_groups(context, std::slice::from_ref(assignment)).await?;
    let own = json!({
        "uuid": assignment.uuid, "name": assignment.name, "smart_group_count": groups.len(),
        "assigned_smart_groups": groups,
    });
    Ok(assigned::joined([own, Value::Object(assignment.body.clone())]))
}

/// The smart groups that a body names, all of which must be there.
async fn wanted(context: &Context, given: &Given) -> Result<Vec<Named>, Refusal> {
    let (found, unknown) = assigned::smart_groups(context, &assigned::uuids(given.member("smart_group_uuids"))).await?;
    match unknown.first() {
        Some(unknown) => Err(Refusal::new(404, 5208, format!("Smart group not found: {unknown}."))),
        None => Ok(found),
    }
}

fn body(given: &Given, groups: &[Named], ranking: i64) -> Map<String, Value> {
    let trigger = given.member_text("trigger_type").unwrap_or("SCHEDULE");
    let events = given.member("event_triggers").cloned().unwrap_or_else(|| json!([]));
    let groups: Vec<Uuid> = groups.iter().map(|group| group.uuid).collect();
    let body = json!({
        "trigger_type": trigger, "event_triggers": events, "smart_group_uuids": groups, "ranking": ranking,
    });
    body.as_object().cloned().unwrap_or_default()
}

fn check(given: &Given) -> Result<(), Refusal> {
    let trigger = given.member_text("trigger_type").unwrap_or("SCHEDULE");
    let events = given.member("event_triggers").and_then(Value::as_array).is_some_and(|events| !events.is_empty());
    if trigger.contains("EVENT") && !events {
        return Err(Refusal::shape(format!("The trigger type {trigger} needs at least one of event_triggers.")));
    }
    Ok(())
}

/// Hands a sensor to the devices of smart groups.
async fn hand_out(
    context: &Context,
    tx: &mut muster_store::Transaction,
    sensor: &Object,
    groups: &[Named],
) -> Result<(), Refusal> {
    let handed = Handed { kind: SENSOR, subject: sensor.uuid, platform: assigned::text(sensor, "platform") };
    let criteria: Vec<String> = groups.iter().map(|group| group.criteria.clone()).collect();
    agent_runs::hand_out(tx, handed, &criteria, context.now()).await?;
    Ok(())
}

async fn add(context: Context, given: Given) -> Result<Said, Refusal> {
    let name = given.required_text("name")?;
    check(&given)?;
    let sensor = definitions::named(&context, &given).await?;
    let others = assigned::parts(&context, SENSOR_ASSIGNMENT, sensor.uuid).await?;
    if others.iter().any(|other| other.name.eq_ignore_ascii_case(name)) {
        return Err(Refusal::shape(format!("The sensor has an assignment of the name '{name}' already.")));
    }
    let groups = wanted(&context, &given).await?;
    let last = others.iter().map(ranking).max().unwrap_or_default();
    let mut tx = context.begin().await?;
    let made = objects::create(
        &mut tx,
        NewObject {
            kind: SENSOR_ASSIGNMENT,
            group: sensor.group,
            parent: Some(sensor.uuid),
            name,
            state: "",
            body: body(&given, &groups, last + 1),
            created_by: &context.caller.name,
        },
        context.now(),
    )
    .await?;
    hand_out(&context, &mut tx, &sensor, &groups).await?;
    tx.commit().await?;
    Ok(Said::json(201, json!({ "id": made.id, "uuid": made.uuid })))
}

/// Version 1 hands several sensors to several smart groups, and says what it could not do.
async fn assign(context: Context, given: Given) -> Result<Said, Refusal> {
    let group = given.member_uuid("organization_group_uuid");
    assigned::group(&context, group).await?;
    let (sensors, groups) =
        (assigned::uuids(given.member("device_sensors")), assigned::uuids(given.member("smart_groups")));
    if sensors.is_empty() || groups.is_empty() {
        return Err(Refusal::shape("Both device_sensors and smart_groups must name something."));
    }
    let (found, unknown) = assigned::smart_groups(&context, &groups).await?;
    let failed = |uuid: &Uuid, code: i64, message: &str| json!({ "uuid": uuid, "error_code": code, "error_message": format!("{message} not found: {uuid}.") });
    let failed_groups: Vec<Value> = unknown.iter().map(|uuid| failed(uuid, 5208, "Smart group")).collect();
    let mut failed_sensors = Vec::new();
    for uuid in &sensors {
        let Some(sensor) = objects::get(context.database(), SENSOR, *uuid, context.scope()).await? else {
            failed_sensors.push(failed(uuid, 5141, "Device sensor"));
            continue;
        };
        extend(&context, &sensor, &found).await?;
    }
    if failed_sensors.len() == sensors.len() || found.is_empty() {
        return Err(Refusal::new(404, code::NOT_FOUND, "None of the sensors or none of the smart groups was found."));
    }
    let failures = failed_sensors.len() + failed_groups.len();
    Ok(Said::json(
        200,
        json!({
            "total_items": sensors.len() + groups.len(), "failed_items": failures,
            "accepted_items": sensors.len() + groups.len() - failures, "failed_sensors": failed_sensors,
            "failed_smart_groups": failed_groups, "activity_id": context.errand.request,
        }),
    ))
}

/// Adds smart groups to the assignment by which version 1 hands a sensor out, with the sensor's own triggers.
async fn extend(context: &Context, sensor: &Object, groups: &[Named]) -> Result<(), Refusal> {
    const NAME: &str = "Default";
    let others = assigned::parts(context, SENSOR_ASSIGNMENT, sensor.uuid).await?;
    let mut tx = context.begin().await?;
    let own: Vec<Uuid> = groups.iter().map(|group| group.uuid).collect();
    match others.iter().find(|other| other.name == NAME) {
        Some(found) => {
            let mut found = found.clone();
            let mut all = groups_of(&found);
            all.extend(own);
            all.sort_unstable();
            all.dedup();
            found.body.insert("smart_group_uuids".to_owned(), json!(all));
            objects::save(&mut tx, &found, context.now()).await?;
        }
        None => {
            let trigger = sensor.body.get("trigger_type").cloned().unwrap_or_else(|| "SCHEDULE".into());
            let events = sensor.body.get("event_trigger").cloned().unwrap_or_else(|| json!([]));
            let last = others.iter().map(ranking).max().unwrap_or_default();
            let body = json!({
                "trigger_type": trigger, "event_triggers": events, "smart_group_uuids": own, "ranking": last + 1,
            });
            let new = NewObject {
                kind: SENSOR_ASSIGNMENT,
                group: sensor.group,
                parent: Some(sensor.uuid),
                name: NAME,
                state: "",
                body: body.as_object().cloned().unwrap_or_default(),
                created_by: &context.caller.name,
            };
            objects::create(&mut tx, new, context.now()).await?;
        }
    }
    hand_out(context, &mut tx, sensor, groups).await?;
    tx.commit().await?;
    Ok(())
}

async fn list(context: Context, given: Given) -> Result<Said, Refusal> {
    let sensor = definitions::named(&context, &given).await?;
    let mut assignments = assigned::parts(&context, SENSOR_ASSIGNMENT, sensor.uuid).await?;
    assignments.sort_by_key(|assignment| (ranking(assignment), assignment.id));
    let mut rows = Vec::new();
    for assignment in &assignments {
        rows.push(shown(&context, assignment).await?);
    }
    Ok(Said::json(200, Value::Array(rows)))
}

async fn rank(context: Context, given: Given) -> Result<Said, Refusal> {
    if given.asked("action") != Some("update-ranking") {
        return Err(Refusal::bad("The action must be update-ranking."));
    }
    let sensor = definitions::named(&context, &given).await?;
    let mut assignments = assigned::parts(&context, SENSOR_ASSIGNMENT, sensor.uuid).await?;
    let mut tx = context.begin().await?;
    for wanted in given.body.as_array().into_iter().flatten() {
        let uuid: Option<Uuid> = wanted["uuid"].as_str().and_then(|text| text.parse().ok());
        let found = assignments.iter_mut().find(|assignment| Some(assignment.uuid) == uuid);
        let found = found.ok_or_else(|| no_assignment(uuid.unwrap_or_default()))?;
        found.body.insert("ranking".to_owned(), wanted["ranking"].clone());
        objects::save(&mut tx, found, context.now()).await?;
    }
    tx.commit().await?;
    Ok(Said::nothing(204))
}

fn no_assignment(uuid: Uuid) -> Refusal {
    Refusal::new(404, 5251, format!("Device sensor assignment not found: {uuid}."))
}

async fn named(context: &Context, given: &Given) -> Result<Object, Refusal> {
    let uuid = given.uuid("assignmentUuid");
    let found = objects::get(context.database(), SENSOR_ASSIGNMENT, uuid, context.scope()).await?;
    found.ok_or_else(|| no_assignment(uuid))
}

async fn get(context: Context, given: Given) -> Result<Said, Refusal> {
    let assignment = named(&context, &given).await?;
    Ok(Said::json(200, shown(&context, &assignment).await?))
}

async fn update(context: Context, given: Given) -> Result<Said, Refusal> {
    let name = given.required_text("name")?;
    check(&given)?;
    let mut assignment = named(&context, &given).await?;
    let sensor = sensor_of(&context, &assignment).await?;
    let groups = wanted(&context, &given).await?;
    let mut tx = context.begin().await?;
    name.clone_into(&mut assignment.name);
    assignment.body = body(&given, &groups, ranking(&assignment));
    objects::save(&mut tx, &assignment, context.now()).await?;
    tx.commit().await?;
    again(&context, &sensor).await?;
    Ok(Said::nothing(204))
}

async fn delete(context: Context, given: Given) -> Result<Said, Refusal> {
    let assignment = named(&context, &given).await?;
    let sensor = sensor_of(&context, &assignment).await?;
    let mut tx = context.begin().await?;
    objects::remove(&mut tx, &assignment).await?;
    tx.commit().await?;
    again(&context, &sensor).await?;
    Ok(Said::nothing(204))
}

async fn sensor_of(context: &Context, assignment: &Object) -> Result<Object, Refusal> {
    let uuid = assignment.parent.unwrap_or_default();
    let found = objects::get(context.database(), SENSOR, uuid, context.scope()).await?;
    found.ok_or_else(|| definitions::missing(uuid))
}

/// Hands a sensor out by what its assignments say now: who has never run it and is in none of them loses it.
async fn again(context: &Context, sensor: &Object) -> Result<(), Refusal> {
    let assignments = assigned::parts(context, SENSOR_ASSIGNMENT, sensor.uuid).await?;
    let uuids: Vec<Uuid> = assignments.iter().flat_map(groups_of).collect();
    let (groups, _) = assigned::smart_groups(context, &uuids).await?;
    let mut tx = context.begin().await?;
    agent_runs::take_back(&mut tx, sensor.uuid, true).await?;
    hand_out(context, &mut tx, sensor, &groups).await?;
    tx.commit().await?;
    Ok(())
}
