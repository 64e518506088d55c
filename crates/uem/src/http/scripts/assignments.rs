//! To whom scripts are handed, and when they run there.

use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::super::assigned;
use super::super::context::Context;
use super::super::given::Given;
use super::super::policy::Action::{Edit, Read};
use super::super::policy::Resource::Scripts;
use super::super::policy::needs;
use super::super::refusal::Refusal;
use super::super::said::Said;
use super::super::table::Table;
use crate::store::agent_runs::{self, Handed, SCRIPT, SCRIPT_ASSIGNMENT};
use crate::store::objects::{self, NewObject, Object};
use crate::store::scope::Scope;
use crate::store::smart_groups::Named;

pub(super) fn routes(table: &mut Table) {
    table
        .serve("mdmv1/ScriptAssignmentV1_GetScriptAssignmentsAsync", needs(Scripts, Read), list)
        .serve("mdmv1/ScriptAssignmentV1_AddScriptAssignmentAsync", needs(Scripts, Edit), add)
        .serve("mdmv1/ScriptAssignmentV1_BulkUpdateScriptAssignmentsAsync", needs(Scripts, Edit), replace_all)
        .serve("mdmv1/ScriptAssignmentV1_GetScriptAssignmentAsync", needs(Scripts, Read), get);
}

fn missing(uuid: impl std::fmt::Display) -> Refusal {
    Refusal::new(404, 150_035, format!("Script not found: {uuid}."))
}

async fn script(context: &Context, uuid: Uuid) -> Result<Object, Refusal> {
    objects::get(context.database(), SCRIPT, uuid, context.scope()).await?.ok_or_else(|| missing(uuid))
}

async fn shown(context: &Context, assignment: &Object) -> Result<Value, Refusal> {
    let (groups, _) = assigned::smart_groups(context, &groups_of(assignment)).await?;
    let groups = groups.iter().map(|group| json!({ "smart_group_uuid": group.uuid, "smart_group_name": group.name }));
    let groups: Vec<Value> = groups.collect();
    let own = json!({
        "assignment_uuid": assignment.uuid, "name": assignment.name, "smart_group_count": groups.len(),
        "assigned_smart_groups": groups,
    });
    Ok(assigned::joined([own, Value::Object(assignment.body.clone())]))
}

fn groups_of(assignment: &Object) -> Vec<Uuid> {
    assigned::uuids(assignment.body.get("smart_group_uuids"))
}

fn priority(assignment: &Object) -> i64 {
    assignment.body.get("priority").and_then(Value::as_i64).unwrap_or_default()
}

/// An assignment as a body describes it.
struct Asked {
    name: String,
    groups: Vec<Uuid>,
    body: Map<String, Value>,
}

fn asked(given: &Value, place: usize) -> Result<Asked, Refusal> {
    let name = given["name"].as_str().map(str::trim).filter(|name| !name.is_empty());
    let name = name.ok_or_else(|| Refusal::bad("An assignment needs a name."))?;
    let members = given["memberships"].as_array().into_iter().flatten();
    let groups: Vec<Uuid> = members.filter_map(|member| member["smart_group_uuid"].as_str()?.parse().ok()).collect();
    if groups.is_empty() {
        return Err(Refusal::bad(format!("The assignment '{name}' has no smart group.")));
    }
    let deployment = &given["script_deployment"];
    let trigger = deployment["trigger_type"].as_str().unwrap_or("NONE");
    let events = deployment["trigger_events"].as_array().cloned().unwrap_or_default();
    if trigger.contains("EVENT") && events.is_empty() {
        return Err(Refusal::bad(format!("The trigger type {trigger} needs at least one of trigger_events.")));
    }
    let body = json!({
        "priority": given["priority"].as_i64().unwrap_or(place as i64 + 1),
        "deployment_mode": given["deployment_mode"].as_str().unwrap_or("AUTO"),
        "show_in_catalog": given["show_in_catalog"].as_bool().unwrap_or_default(),
        "trigger_type": trigger, "event_triggers": events,
        "schedule_trigger": deployment["trigger_schedule"], "smart_group_uuids": groups,
    });
    Ok(Asked { name: name.to_owned(), groups, body: body.as_object().cloned().unwrap_or_default() })
}

/// The smart groups of what was asked, all of which must be there.
async fn known(context: &Context, uuids: &[Uuid]) -> Result<Vec<Named>, Refusal> {
    let (found, unknown) = assigned::smart_groups(context, uuids).await?;
    match unknown.first() {
        Some(unknown) => Err(Refusal::new(404, 5208, format!("Smart group not found: {unknown}."))),
        None => Ok(found),
    }
}

async fn hand_out(
    context: &Context,
    tx: &mut muster_store::Transaction,
    script: &Object,
    groups: &[Named],
) -> Result<(), Refusal> {
    let handed = Handed { kind: SCRIPT, subject: script.uuid, platform: assigned::text(script, "platform") };
    let criteria: Vec<String> = groups.iter().map(|group| group.criteria.clone()).collect();
    agent_runs::hand_out(tx, handed, &criteria, context.now()).await?;
    Ok(())
}

async fn create(
    context: &Context,
    tx: &mut muster_store::Transaction,
    script: &Object,
    asked: Asked,
) -> Result<Object, Refusal> {
    let new = NewObject {
        kind: SCRIPT_ASSIGNMENT,
        group: script.group,
        parent: Some(script.uuid),
        name: &asked.name,
        state: "",
        body: asked.body,
        created_by: &context.caller.name,
    };
    Ok(objects::create(tx, new, context.now()).await?)
}

async fn add(context: Context, given: Given) -> Result<Said, Refusal> {
    let script = script(&context, given.uuid("scriptUuid")).await?;
    let others = assigned::parts(&context, SCRIPT_ASSIGNMENT, script.uuid).await?;
    // Here a body that lacks something has the wrong shape.
    let asked = asked(&given.body, others.len()).map_err(|refusal| match refusal {
        Refusal::Fault { message, .. } => Refusal::shape(message),
        page @ Refusal::Page => page,
    })?;
    if others.iter().any(|other| other.name.eq_ignore_ascii_case(&asked.name)) {
        return Err(Refusal::shape(format!("The script has an assignment of the name '{}' already.", asked.name)));
    }
    let groups = known(&context, &asked.groups).await?;
    let mut tx = context.begin().await?;
    let made = create(&context, &mut tx, &script, asked).await?;
    hand_out(&context, &mut tx, &script, &groups).await?;
    tx.commit().await?;
    let location = format!("{}/api/mdm/scriptassignments/{}", context.tenant.url, made.uuid);
    Ok(Said::made_at(201, location, Value::Null))
}

/// The list that is given replaces the one that was; assignments that it names by UUID keep it.
async fn replace_all(context: Context, given: Given) -> Result<Said, Refusal> {
    let script = script(&context, given.uuid("scriptUuid")).await?;
    let list = given.member("assignments").and_then(Value::as_array).cloned().unwrap_or_default();
    let asked = list.iter().enumerate().map(|(place, item)| {
        let uuid: Option<Uuid> = item["assignment_uuid"].as_str().and_then(|text| text.parse().ok());
        Ok((uuid, asked(item, place)?))
    });
    let asked = asked.collect::<Result<Vec<(Option<Uuid>, Asked)>, Refusal>>()?;
    let uuids: Vec<Uuid> = asked.iter().flat_map(|(_, asked)| asked.groups.iter().copied()).collect();
    let groups = known(&context, &uuids).await?;
    let mut others = assigned::parts(&context, SCRIPT_ASSIGNMENT, script.uuid).await?;
    let mut tx = context.begin().await?;
    for (uuid, asked) in asked {
        match others.iter().position(|other| Some(other.uuid) == uuid) {
            Some(place) => {
                let mut kept = others.swap_remove(place);
                (kept.name, kept.body) = (asked.name, asked.body);
                objects::save(&mut tx, &kept, context.now()).await?;
            }
            None => {
                create(&context, &mut tx, &script, asked).await?;
            }
        }
    }
    for gone in others {
        objects::remove(&mut tx, &gone).await?;
    }
    agent_runs::take_back(&mut tx, script.uuid, true).await?;
    hand_out(&context, &mut tx, &script, &groups).await?;
    tx.commit().await?;
    Ok(Said::nothing(204))
}

async fn list(context: Context, given: Given) -> Result<Said, Refusal> {
    let script = script(&context, given.uuid("scriptUuid")).await?;
    let mut assignments = assigned::parts(&context, SCRIPT_ASSIGNMENT, script.uuid).await?;
    assignments.sort_by_key(|assignment| (priority(assignment), assignment.id));
    let mut rows = Vec::new();
    for assignment in &assignments {
        rows.push(shown(&context, assignment).await?);
    }
    Ok(Said::json(200, json!({ "RecordCount": rows.len(), "SearchResults": rows })))
}

async fn get(context: Context, given: Given) -> Result<Said, Refusal> {
    let uuid = given.uuid("assignmentUuid");
    let found = objects::get(context.database(), SCRIPT_ASSIGNMENT, uuid, context.scope()).await?;
    let found = found.ok_or_else(|| Refusal::new(404, 5251, format!("Script assignment not found: {uuid}.")))?;
    Ok(Said::json(200, shown(&context, &found).await?))
}

/// The assignment of a script by its own UUID.
pub(super) async fn of(context: &Context, script: Uuid, uuid: Uuid) -> Result<Option<Object>, Refusal> {
    let found = objects::get(context.database(), SCRIPT_ASSIGNMENT, uuid, &Scope::Everything).await?;
    Ok(found.filter(|assignment| assignment.parent == Some(script)))
}
