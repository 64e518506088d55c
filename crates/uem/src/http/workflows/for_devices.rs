//! What the agent of a device asks for: which workflows it has, and what their steps are.

use serde_json::{Value, json};
use uuid::Uuid;

use super::super::assigned;
use super::super::context::Context;
use super::super::given::Given;
use super::super::policy::Action::Read;
use super::super::policy::Resource::Workflows;
use super::super::policy::needs;
use super::super::refusal::Refusal;
use super::super::said::Said;
use super::super::table::Table;
use super::definitions;
use crate::store::agent_runs::{self, Order, WORKFLOW, Wanted};

pub(super) fn routes(table: &mut Table) {
    table.serve("mdmv1/DeviceWorkflowV1_GetWorkflowMetadataAsync", needs(Workflows, Read), of_device).serve(
        "mdmv1/DeviceWorkflowV1_GetBulkWorkflowDefinitionsAsync",
        needs(Workflows, Read),
        definitions_of,
    );
}

async fn of_device(context: Context, given: Given) -> Result<Said, Refusal> {
    let device = assigned::device(&context, given.asked_uuid("device_uuid").unwrap_or_default()).await?;
    let wanted = Wanted { kind: WORKFLOW, device: device.uuid, order: Order::Name, ..Wanted::default() };
    let (runs, _) = agent_runs::search(context.database(), &wanted, 1_000, 0, context.scope()).await?;
    let mut rows = Vec::new();
    for run in runs {
        let workflow = definitions::find(&context, run.subject).await?;
        let mut row = definitions::shown(&context, &workflow).await?;
        // Here entities are UUIDs alone.
        let uuids = row["workflow_entities"].as_array().into_iter().flatten().map(|one| one["EntityUuid"].clone());
        row["workflow_entities"] = uuids.collect();
        rows.push(row);
    }
    Ok(Said::json(200, Value::Array(rows)))
}

async fn definitions_of(context: Context, given: Given) -> Result<Said, Refusal> {
    let asked = given.body.as_array().into_iter().flatten();
    let asked: Vec<Uuid> = asked.filter_map(|one| one["workflow_uuid"].as_str()?.parse().ok()).collect();
    if asked.is_empty() {
        return Err(Refusal::bad("The body must be a list of the UUIDs of workflows."));
    }
    let mut rows = Vec::new();
    for uuid in asked {
        let workflow = definitions::find(&context, uuid)
            .await
            .map_err(|_| Refusal::bad(format!("Workflow not found: {uuid}.")))?;
        let mut row = definitions::shown(&context, &workflow).await?;
        row["payload"] = workflow.body.get("payload").map(Value::to_string).unwrap_or_default().into();
        row["deployment_mode"] = json!(row["deployment_mode"].as_str().unwrap_or("Auto"));
        rows.push(row);
    }
    Ok(Said::json(200, Value::Array(rows)))
}
