//! What the agent of a device asks for: a script that it has, and how it is to be run.

use serde_json::{Value, json};
use uuid::Uuid;

use super::super::assigned;
use super::super::context::Context;
use super::super::given::Given;
use super::super::policy::Action::Read;
use super::super::policy::Resource::Scripts;
use super::super::policy::needs;
use super::super::refusal::Refusal;
use super::super::said::Said;
use super::super::table::Table;
use super::{assignments, definitions};
use crate::store::agent_runs::{self, SCRIPT, Wanted};

pub(super) fn routes(table: &mut Table) {
    table.serve("mdmv1/ScriptsV1_GetScriptDefinitionAsyncAsync", needs(Scripts, Read), definition).serve(
        "mdmv1/ScriptsV1_GetScriptConfigurationAsync",
        needs(Scripts, Read),
        configuration,
    );
}

/// Whether the device has the script.
async fn has(context: &Context, device: Uuid, script: Uuid) -> Result<bool, Refusal> {
    let wanted = Wanted { kind: SCRIPT, subject: Some(script), device: Some(device), ..Wanted::default() };
    let (_, total) = agent_runs::search(context.database(), &wanted, 1, 0, context.scope()).await?;
    Ok(total > 0)
}

async fn definition(context: Context, given: Given) -> Result<Said, Refusal> {
    let device = given.uuid("deviceUuid");
    assigned::device(&context, device).await.map_err(|_| Refusal::bad(format!("Device not found: {device}.")))?;
    let script = definitions::named(&context, &given).await?;
    if !has(&context, device, script.uuid).await? {
        return Err(Refusal::bad(format!("The script {} is not assigned to this device.", script.uuid)));
    }
    Ok(Said::json(200, json!({ "scripts": [definitions::shown(&context, &script).await?] })))
}

/// A bundle of configuration is an assignment of the script.
async fn configuration(context: Context, given: Given) -> Result<Said, Refusal> {
    let (script, bundle) = (given.uuid("scriptUuid"), given.uuid("configBundleUuid"));
    let device = assigned::device(&context, given.uuid("deviceUuid")).await?;
    let missing = || Refusal::not_found(format!("Configuration not found: {bundle}."));
    if !has(&context, device.uuid.unwrap_or_default(), script).await? {
        return Err(missing());
    }
    let script = definitions::named(&context, &given).await?;
    let assignment = assignments::of(&context, script.uuid, bundle).await?.ok_or_else(missing)?;
    let own = json!({
        "config_uuid": assignment.uuid, "script_uuid": script.uuid,
        "catalog_display": script.body.get("catalog_display"),
        "trigger_events": assignment.body.get("event_triggers"),
        "trigger_schedule": assignment.body.get("schedule_trigger"),
    });
    Ok(Said::json(200, assigned::joined([own, Value::Object(assignment.body.clone())])))
}
