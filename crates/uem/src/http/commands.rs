//! Device commands: accepted into the queue, never carried out here. A command leaves two traces in
//! the same transaction: its row in the queue, and an entry in the device's event log.

use muster_model::apps::Install;
use muster_model::commands::{Command, HistoryPage, Send};
use muster_model::error::code;
use muster_model::guide::{CommandAnswer, CommandHistory, SendCommand};
use muster_model::ids::{AppId, DeviceId};
use muster_model::words::EnrollmentStatus;
use muster_model::{Call, Nothing};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::context::Context;
use super::refusal::Refusal;
use super::table::Outcome;
use crate::store::commands::NewCommand;
use crate::store::events::NewEvent;
use crate::store::page::Page;
use crate::store::{apps, commands, devices, events};

pub(super) async fn send(context: Context, call: Call<Send>) -> Outcome<Send> {
    let command = Command::known(&call.query.command).filter(|command| command.published().is_some());
    let command = command.ok_or_else(invalid)?;
    let mut parameters = Map::new();
    if let Some(reason) = call.query.reason {
        parameters.insert("Reason".to_owned(), reason.into());
    }
    accept(&context, call.path, command, None, &parameters).await?;
    Ok(Nothing)
}

pub(super) async fn guide_send(context: Context, call: Call<SendCommand>) -> Outcome<SendCommand> {
    let mut parameters = call.body.parameters;
    // Members of a map keep their spelling, so a name in another case has ended up among the parameters.
    let mut stray = |name: &str| {
        let key = parameters.keys().find(|key| key.eq_ignore_ascii_case(name)).cloned()?;
        parameters.remove(&key)
    };
    let word = match stray("Command") {
        Some(Value::String(word)) if call.body.command.is_empty() => word,
        _ => call.body.command,
    };
    let app = call.body.application_id.or_else(|| stray("ApplicationId")?.as_i64());
    let command = Command::known(&word).ok_or_else(invalid)?;
    let app = if command == Command::InstallApplication { Some(app) } else { None };
    let app = match app {
        None => None,
        Some(Some(app)) => Some(AppId(app)),
        Some(None) => return Err(Refusal::bad("The ApplicationId field is required.")),
    };
    let uuid = accept(&context, call.path, command, app, &parameters).await?;
    Ok(CommandAnswer { command_uuid: Some(uuid) })
}

pub(super) async fn install(context: Context, call: Call<Install>) -> Outcome<Install> {
    let app = call.path;
    if apps::kind(context.database(), app).await?.as_deref() != Some("Internal") {
        return Err(Refusal::no_app(401, app));
    }
    accept(&context, call.body.device_id, Command::InstallApplication, Some(app), &Map::new()).await?;
    Ok(Nothing)
}

fn invalid() -> Refusal {
    Refusal::new(422, code::UNPROCESSABLE, "Invalid command type")
}

async fn accept(
    context: &Context,
    device: DeviceId,
    command: Command,
    app: Option<AppId>,
    parameters: &Map<String, Value>,
) -> Result<Uuid, Refusal> {
    let now = context.now();
    let mut tx = context.begin().await?;
    match devices::enrollment(&mut tx, device).await? {
        None => return Err(Refusal::no_device(device)),
        Some(EnrollmentStatus::Enrolled) => {}
        Some(status) => {
            let message = format!("Device {device} is not enrolled: its status is {status}.");
            return Err(Refusal::new(400, code::NOT_ENROLLED, message));
        }
    }
    if let Some(app) = app {
        if !apps::is_assigned(&mut tx, app, device).await? {
            return Err(Refusal::bad("Application is not assigned to this device."));
        }
        apps::ask(&mut tx, app, device, now).await?;
    }
    let requested_by = context.caller.name.as_ref();
    let new = NewCommand { device, command, parameters, app, requested_by };
    let uuid = commands::queue(&mut tx, &new, now).await?;
    let mut details = vec![format!("CommandUuid={uuid}")];
    details.extend(app.map(|app| format!("ApplicationId={app}")));
    let event = NewEvent {
        device_id: device.0,
        at: now,
        severity: "Information",
        event: format!("{command} Requested"),
        admin_account: requested_by.to_owned(),
        source: "Console",
        details,
    };
    events::record(&mut tx, vec![event]).await?;
    let pending = match command {
        Command::EnterpriseWipe => Some(EnrollmentStatus::EnterpriseWipePending),
        Command::DeviceWipe => Some(EnrollmentStatus::DeviceWipePending),
        _ => None,
    };
    if let Some(pending) = pending {
        devices::set_enrollment(&mut tx, device, &pending).await?;
    }
    context.tenant.push(&mut tx, device.0, now).await?;
    tx.commit().await?;
    Ok(uuid)
}

pub(super) async fn history(context: Context, call: Call<CommandHistory>) -> Outcome<CommandHistory> {
    known_device(&context, call.path).await?;
    let all = Page::asked_or_all(None, None);
    let (commands, total) = commands::of_device(context.database(), call.path, all).await?;
    Ok(HistoryPage { commands, total })
}

async fn known_device(context: &Context, id: DeviceId) -> Result<(), Refusal> {
    match devices::get(context.database(), id, context.scope()).await? {
        Some(_) => Ok(()),
        None => Err(Refusal::no_device(id)),
    }
}
