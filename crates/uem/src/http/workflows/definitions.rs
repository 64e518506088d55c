//! What workflows are, and who gets them.

use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::super::assigned;
use super::super::context::Context;
use super::super::given::Given;
use super::super::policy::Action::{Create, Edit, Read};
use super::super::policy::Resource::Workflows;
use super::super::policy::needs;
use super::super::refusal::Refusal;
use super::super::said::Said;
use super::super::table::Table;
use crate::store::agent_runs::{self, Handed, WORKFLOW};
use crate::store::objects::{self, NewObject, Object, Wanted};
use crate::store::page::Page;
use crate::store::smart_groups::Named;

/// Platforms whose agents run workflows.
const PLATFORMS: [&str; 5] = ["WinRT", "AppleOsX", "Apple", "Android", "Linux"];
const STATES: [&str; 5] = ["NotPublished", "Published", "Paused", "Resumed", "Archived"];
const MODES: [&str; 3] = ["Auto", "OnDemand", "Onboarding"];

pub(super) fn routes(table: &mut Table) {
    table
        .serve("mdmv2/WorkflowV2_GetAllWorkflowsAsync", needs(Workflows, Read), list)
        .serve("mdmv2/WorkflowV2_CreateWorkflowAsync", needs(Workflows, Create), create)
        .serve("mdmv2/WorkflowV2_GetWorkflowByIdAsync", needs(Workflows, Read), get)
        .serve("mdmv2/WorkflowV2_UpdateWorkflowAsync", needs(Workflows, Edit), update)
        .serve("mdmv2/WorkflowV2_CloneWorkflowAsync", needs(Workflows, Create), clone)
        .serve("mdmv1/WorkflowEntityV1_GetWorkflowsForEntityAsync", needs(Workflows, Read), of_entity);
}

pub(super) fn missing(uuid: impl std::fmt::Display) -> Refusal {
    Refusal::not_found(format!("Workflow not found: {uuid}."))
}

/// A workflow that the caller sees.
pub(super) async fn find(context: &Context, uuid: Uuid) -> Result<Object, Refusal> {
    objects::get(context.database(), WORKFLOW, uuid, context.scope()).await?.ok_or_else(|| missing(uuid))
}

/// One of the attributes by which a workflow is handed out.
fn attribute<'a>(given: &'a Given, name: &str) -> Option<&'a str> {
    let attributes = given.member("workflow_attributes").and_then(Value::as_array).into_iter().flatten();
    let mut found = attributes.filter(|one| one["name"].as_str().is_some_and(|known| known.eq_ignore_ascii_case(name)));
    found.next()?["value"].as_str()
}

fn word(text: &str, words: &'static [&'static str], name: &str) -> Result<&'static str, Refusal> {
    let found = words.iter().copied().find(|word| word.eq_ignore_ascii_case(text.trim()));
    found.ok_or_else(|| Refusal::bad(format!("The attribute {name} is one of {}, not '{text}'.", words.join(", "))))
}

/// Who gets a workflow, as far as the body says it.
struct Handing {
    groups: Option<Vec<Named>>,
    state: Option<&'static str>,
    mode: Option<&'static str>,
}

async fn handing(context: &Context, given: &Given) -> Result<Handing, Refusal> {
    let groups = match attribute(given, "SmartGroupUuids") {
        None => None,
        Some(text) => {
            let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
            let wrong = |part: &str| Refusal::bad(format!("'{part}' is not the UUID of a smart group."));
            let uuids = parts.map(|part| part.parse().map_err(|_| wrong(part))).collect::<Result<Vec<Uuid>, _>>()?;
            let (found, unknown) = assigned::smart_groups(context, &uuids).await?;
            if let Some(unknown) = unknown.first() {
                return Err(Refusal::not_found(format!("Smart group not found: {unknown}.")));
            }
            Some(found)
        }
    };
    Ok(Handing {
        groups,
        state: attribute(given, "State").map(|text| word(text, &STATES, "State")).transpose()?,
        mode: attribute(given, "DeploymentMode").map(|text| word(text, &MODES, "DeploymentMode")).transpose()?,
    })
}

/// The payload as it was sent: its steps say more than the published shape knows.
fn payload(given: &Given) -> Option<Value> {
    let raw: Value = serde_json::from_slice(&given.raw).ok()?;
    let members = raw.as_object()?;
    members.iter().find(|(name, _)| name.eq_ignore_ascii_case("payload")).map(|(_, value)| value.clone())
}

fn fill(workflow: &mut Object, given: &Given, handing: &Handing) {
    for (name, value) in given.members() {
        if !["name", "organization_group_uuid"].contains(&name.as_str()) {
            workflow.body.insert(name, value);
        }
    }
    if let Some(payload) = payload(given) {
        workflow.body.insert("payload".to_owned(), payload);
    }
    if let Some(groups) = &handing.groups {
        let uuids: Vec<Uuid> = groups.iter().map(|group| group.uuid).collect();
        workflow.body.insert("smart_group_uuids".to_owned(), json!(uuids));
    }
    if let Some(mode) = handing.mode {
        workflow.body.insert("deployment_mode".to_owned(), mode.into());
    }
    if let Some(state) = handing.state {
        state.clone_into(&mut workflow.state);
    }
}

async fn refuse_taken(
    context: &Context,
    tx: &mut muster_store::Transaction,
    name: &str,
    group: i64,
    own: Option<Uuid>,
) -> Result<(), Refusal> {
    let taken = Wanted { name: Some(name), group: Some(group), ..Wanted::default() };
    match objects::first(tx, WORKFLOW, &taken, context.scope()).await? {
        Some(other) if Some(other.uuid) != own => {
            Err(Refusal::shape(format!("A workflow of the name '{name}' exists already.")))
        }
        _ => Ok(()),
    }
}

fn check(given: &Given) -> Result<(), Refusal> {
    match given.member_text("device_type") {
        Some(platform) if !PLATFORMS.contains(&platform) => {
            Err(Refusal::shape(format!("{platform} has no workflows: valid are {}.", PLATFORMS.join(", "))))
        }
        _ => Ok(()),
    }
}

async fn create(context: Context, given: Given) -> Result<Said, Refusal> {
    let name = given.required_text("name")?;
    given.required_text("device_type")?;
    check(&given)?;
    let group = assigned::group(&context, given.member_uuid("organization_group_uuid")).await?;
    let handing = handing(&context, &given).await?;
    let mut tx = context.begin().await?;
    refuse_taken(&context, &mut tx, name, group, None).await?;
    let mut made = add(&context, &mut tx, name, group, Map::new()).await?;
    fill(&mut made, &given, &handing);
    publish(&context, &mut tx, &mut made, handing.groups.unwrap_or_default()).await?;
    tx.commit().await?;
    Ok(Said::json(201, json!(made.uuid)))
}

/// Stores a workflow that nobody has yet.
pub(super) async fn add(
    context: &Context,
    tx: &mut muster_store::Transaction,
    name: &str,
    group: i64,
    mut body: Map<String, Value>,
) -> Result<Object, Refusal> {
    body.insert("version_id".to_owned(), json!(1));
    let by = &context.caller.name;
    let new = NewObject { kind: WORKFLOW, group, parent: None, name, state: STATES[0], body, created_by: by };
    Ok(objects::create(tx, new, context.now()).await?)
}

/// Saves a workflow, and hands it to the devices of its groups or takes it back, as its state says.
async fn publish(
    context: &Context,
    tx: &mut muster_store::Transaction,
    workflow: &mut Object,
    groups: Vec<Named>,
) -> Result<(), Refusal> {
    let handed_out = matches!(workflow.state.as_str(), "Published" | "Resumed");
    if handed_out && !workflow.body.contains_key("published_on") {
        workflow.body.insert("published_on".to_owned(), json!(context.now().as_microsecond()));
    }
    objects::save(tx, workflow, context.now()).await?;
    // Paused ones stay where they are.
    if workflow.state != "Paused" {
        agent_runs::take_back(tx, workflow.uuid, true).await?;
    }
    if handed_out {
        let platform = assigned::text(workflow, "device_type");
        let handed = Handed { kind: WORKFLOW, subject: workflow.uuid, platform };
        let criteria: Vec<String> = groups.into_iter().map(|group| group.criteria).collect();
        agent_runs::hand_out(tx, handed, &criteria, context.now()).await?;
    }
    Ok(())
}

async fn update(context: Context, given: Given) -> Result<Said, Refusal> {
    check(&given)?;
    let mut workflow = find(&context, given.uuid("workflowUuid")).await?;
    let handing = handing(&context, &given).await?;
    let before = workflow.body.get("payload").cloned();
    if let Some(name) = given.member_text("name") {
        name.clone_into(&mut workflow.name);
    }
    fill(&mut workflow, &given, &handing);
    let groups = match handing.groups {
        Some(groups) => groups,
        None => assigned::smart_groups(&context, &groups_of(&workflow)).await?.0,
    };
    let mut tx = context.begin().await?;
    refuse_taken(&context, &mut tx, &workflow.name, workflow.group, Some(workflow.uuid)).await?;
    if workflow.body.get("payload") != before.as_ref() {
        // Other steps are another version, which everybody begins anew.
        let version = workflow.body.get("version_id").and_then(Value::as_i64).unwrap_or(1) + 1;
        workflow.body.insert("version_id".to_owned(), json!(version));
        agent_runs::take_back(&mut tx, workflow.uuid, false).await?;
    }
    publish(&context, &mut tx, &mut workflow, groups).await?;
    tx.commit().await?;
    Ok(Said::nothing(204))
}

async fn clone(context: Context, given: Given) -> Result<Said, Refusal> {
    let workflow = find(&context, given.uuid("workflowUuid")).await?;
    let mut tx = context.begin().await?;
    let made = copy(&context, &mut tx, &workflow.name, workflow.group, &workflow.body).await?;
    tx.commit().await?;
    Ok(Said::json(201, json!(made.uuid)))
}

/// A new workflow that does the same and that nobody has, under the first name that is free.
pub(super) async fn copy(
    context: &Context,
    tx: &mut muster_store::Transaction,
    name: &str,
    group: i64,
    body: &Map<String, Value>,
) -> Result<Object, Refusal> {
    let mut body = body.clone();
    for own in ["smart_group_uuids", "deployment_mode", "published_on", "workflow_attributes"] {
        body.remove(own);
    }
    let mut free = name.to_owned();
    for number in 1.. {
        if refuse_taken(context, tx, &free, group, None).await.is_ok() {
            break;
        }
        free = if number == 1 { format!("Copy of {name}") } else { format!("Copy of {name} ({number})") };
    }
    add(context, tx, &free, group, body).await
}

pub(super) fn groups_of(workflow: &Object) -> Vec<Uuid> {
    assigned::uuids(workflow.body.get("smart_group_uuids"))
}

fn version(workflow: &Object) -> i64 {
    workflow.body.get("version_id").and_then(Value::as_i64).unwrap_or(1)
}

/// What the steps are about: members such as `entity_type` and `entity_uuid`, wherever they stand.
fn entities(value: &Value, found: &mut Vec<Value>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| entities(item, found)),
        Value::Object(members) => {
            let named = |wanted: &str| {
                let bare = |name: &str| name.replace('_', "").to_lowercase();
                members.iter().find(|(name, _)| bare(name) == wanted).and_then(|(_, value)| value.as_str())
            };
            if let (Some(kind), Some(uuid)) = (named("entitytype"), named("entityuuid")) {
                found.push(json!({ "EntityType": kind, "EntityUuid": uuid }));
            }
            members.values().for_each(|value| entities(value, found));
        }
        _ => {}
    }
}

pub(super) async fn shown(context: &Context, workflow: &Object) -> Result<Value, Refusal> {
    let (groups, mut found) = (groups_of(workflow), Vec::new());
    entities(&Value::Object(workflow.body.clone()), &mut found);
    let assignment = json!({
        "AssignmentUuid": workflow.uuid, "SmartGroupUuids": groups, "WorkflowAssignmentState": workflow.state,
        "deployment_mode": workflow.body.get("deployment_mode").cloned().unwrap_or_else(|| "Auto".into()),
        "name": workflow.name,
    });
    let handed = !groups.is_empty();
    let own = json!({
        "workflow_uuid": workflow.uuid, "name": workflow.name, "version": version(workflow).to_string(),
        "current_version": version(workflow).to_string(), "workflow_assignment_state": workflow.state,
        "created_on": workflow.created_at.as_microsecond(), "modified_on": workflow.updated_at.as_microsecond(),
        "can_edit": true, "can_delete": !handed, "workflow_entities": found,
        "assignments": if handed { vec![assignment] } else { Vec::new() },
        "assignment_uuids": if handed { vec![workflow.uuid] } else { Vec::new() },
    });
    Ok(assigned::joined([own, assigned::owner(context, workflow).await?, Value::Object(workflow.body.clone())]))
}

async fn get(context: Context, given: Given) -> Result<Said, Refusal> {
    let workflow = find(&context, given.uuid("workflowUuid")).await?;
    Ok(Said::json(200, shown(&context, &workflow).await?))
}

async fn list(context: Context, given: Given) -> Result<Said, Refusal> {
    let (_, scope) =
        assigned::group_and_below(&context, given.asked_uuid("organization_group_uuid").unwrap_or_default()).await?;
    let page = given.page()?;
    let text = given.asked("search").map(str::to_lowercase);
    let state = given.asked("assignment_state").filter(|state| !state.eq_ignore_ascii_case("all"));
    let active = |state: &str| matches!(state, "Published" | "Resumed");
    let mut workflows = assigned::all(&context, WORKFLOW, &scope).await?;
    workflows.retain(|workflow| {
        text.as_ref().is_none_or(|text| workflow.name.to_lowercase().contains(text))
            && assigned::is(workflow, "device_type", given.asked("device_type"))
            && assigned::is(workflow, "type", given.asked("type"))
            && state.is_none_or(|state| match state {
                "Active" => active(&workflow.state),
                state => workflow.state.eq_ignore_ascii_case(state),
            })
    });
    let descending = given.asked("sortorder").is_some_and(|order| order.eq_ignore_ascii_case("descending"));
    assigned::sort(&mut workflows, given.asked("orderby"), descending);
    Ok(Said::json(200, listed(&context, workflows, page).await?))
}

async fn listed(context: &Context, workflows: Vec<Object>, page: Page) -> Result<Value, Refusal> {
    let total = workflows.len();
    let mut rows = Vec::new();
    for workflow in assigned::paged(workflows, page) {
        rows.push(shown(context, &workflow).await?);
    }
    Ok(json!({ "page": page.number, "page_size": page.size, "results": rows, "total": total }))
}

async fn of_entity(context: Context, given: Given) -> Result<Said, Refusal> {
    const KINDS: [&str; 13] = [
        "Application",
        "Profile",
        "Script",
        "Sensor",
        "DeviceTrustPolicy",
        "TunnelCommand",
        "Email",
        "ChangeOg",
        "DeleteDevice",
        "DeviceCommand",
        "AddTag",
        "RemoveTag",
        "DomainJoin",
    ];
    let (kind, uuid) = (given.text("entitytype"), given.text("entityUuid"));
    if !KINDS.iter().any(|known| known.eq_ignore_ascii_case(kind)) {
        return Err(Refusal::not_found(format!("'{kind}' is nothing that a step of a workflow is about.")));
    }
    let page = given.page()?;
    let mut workflows = assigned::all(&context, WORKFLOW, context.scope()).await?;
    workflows.retain(|workflow| {
        let mut found = Vec::new();
        entities(&Value::Object(workflow.body.clone()), &mut found);
        let same =
            |one: &Value, name: &str, text: &str| one[name].as_str().is_some_and(|x| x.eq_ignore_ascii_case(text));
        found.iter().any(|one| same(one, "EntityType", kind) && same(one, "EntityUuid", uuid))
    });
    let total = workflows.len();
    let rows = assigned::paged(workflows, page).into_iter().map(|workflow| {
        json!({
            "workflow_uuid": workflow.uuid, "name": workflow.name, "version": version(&workflow).to_string(),
            "created_on": workflow.created_at.as_microsecond(), "assignment_group_uuids": groups_of(&workflow),
            "description": workflow.body.get("description"),
        })
    });
    let rows: Vec<Value> = rows.collect();
    Ok(Said::json(200, json!([{ "page": page.number, "page_size": page.size, "results": rows, "total": total }])))
}
