//! `/devicecommands` of the guide dialect: the queue of all devices, listed, searched, read, added to and taken from.

use muster_model::commands::Command;
use muster_model::ids::DeviceId;
use muster_model::words::EnrollmentStatus;
use serde_json::{Value, json};

use super::super::context::Context;
use super::super::given::Given;
use super::super::policy::Action::{Execute, Read};
use super::super::policy::Resource::Commands;
use super::super::policy::needs;
use super::super::refusal::Refusal;
use super::super::said::Said;
use super::super::table::Table;
use super::{guide_accept, invalid};
use crate::store::commands::{self, Queued, Wanted};
use crate::store::devices;

pub(super) fn routes(table: &mut Table) {
    table
        .serve("guide/devicecommands.list", needs(Commands, Read), list)
        .serve("guide/devicecommands.search", needs(Commands, Read), list)
        .serve("guide/devicecommands.get", needs(Commands, Read), get)
        .serve("guide/devicecommands.send", needs(Commands, Execute), send)
        .serve("guide/devicecommands.cancel", needs(Commands, Execute), cancel);
}

fn shown(queued: &Queued) -> Value {
    let record = &queued.record;
    json!({
        "CommandUuid": record.command_uuid, "DeviceId": queued.device, "Command": record.command,
        "Status": record.status, "Reason": record.reason, "RequestedBy": record.requested_by,
        "QueuedAt": record.queued_at, "FinishedAt": record.finished_at, "ApplicationId": record.application_id,
    })
}

async fn list(context: Context, given: Given) -> Result<Said, Refusal> {
    let command = match given.asked("command") {
        None => None,
        Some(word) => Some(Command::known(word).ok_or_else(invalid)?),
    };
    let wanted = Wanted {
        device: given.asked_id("deviceid"),
        command,
        status: given.asked("status"),
        requested_by: given.asked("requestedby"),
        since: given.asked_time("queuedsince"),
        uuid: None,
    };
    let page = given.page()?;
    let (found, total) = commands::search(context.database(), &wanted, page, context.scope()).await?;
    let rows: Vec<Value> = found.iter().map(shown).collect();
    Ok(Said::json(200, json!({ "Commands": rows, "Page": page.number, "PageSize": page.size, "Total": total })))
}

async fn one(context: &Context, given: &Given) -> Result<Queued, Refusal> {
    let uuid = given.uuid("uuid");
    let wanted = Wanted { uuid: Some(uuid), ..Wanted::default() };
    let page = crate::store::page::Page::asked(None, Some(1));
    let (found, _) = commands::search(context.database(), &wanted, page, context.scope()).await?;
    found.into_iter().next().ok_or_else(|| Refusal::not_found(format!("Command not found: {uuid}.")))
}

async fn get(context: Context, given: Given) -> Result<Said, Refusal> {
    Ok(Said::json(200, shown(&one(&context, &given).await?)))
}

async fn send(context: Context, given: Given) -> Result<Said, Refusal> {
    let command = Command::known(given.member_text("Command").unwrap_or_default()).ok_or_else(invalid)?;
    let device = DeviceId(given.member_id("DeviceId").unwrap_or_default());
    let parameters = given.member("Parameters").and_then(Value::as_object).cloned().unwrap_or_default();
    let app = given.member_id("ApplicationId");
    let accepted = guide_accept(&context, device, command, app, &parameters).await?;
    Ok(Said::json(200, json!({ "CommandUuid": accepted.uuid() })))
}

/// Takes a command back that its device has not been handed yet.
async fn cancel(context: Context, given: Given) -> Result<Said, Refusal> {
    let queued = one(&context, &given).await?;
    let command = Command::known(&queued.record.command);
    if let Some(command) = command {
        context.for_command(command)?;
    }
    let mut tx = context.begin().await?;
    if !commands::take_back(&mut tx, given.uuid("uuid"), context.now()).await? {
        let message = format!("The command can not be taken back any more: its status is {}.", queued.record.status);
        return Err(Refusal::new(409, 409, message));
    }
    if command.is_some_and(Command::is_wipe) {
        devices::set_enrollment(&mut tx, &[queued.device], &EnrollmentStatus::Enrolled).await?;
    }
    tx.commit().await?;
    Ok(Said::nothing(200))
}
