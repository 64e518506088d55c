//! Device commands: accepted into the queue, never carried out here. A command leaves two traces in the same
//! transaction: its row in the queue, and an entry in the device's event log. Every way to send one ends in
//! [`accept`].

mod accept;
mod addressed;
mod bulk;
mod in_guide_words;
mod intake;
mod messages;
mod named;
mod remote;
mod single;
mod wipes;

use muster_model::commands::{Command, HistoryPage, Send};
use muster_model::error::code;
use muster_model::guide::{CommandAnswer, CommandHistory, SendCommand};
use muster_model::ids::{AppId, DeviceId};
use muster_model::words::Platform;
use muster_model::{Call, Nothing};
use serde_json::{Map, Value};

pub(super) use accept::{Accepted, Asked, Source, accept_one, may_delete};
pub(super) use addressed::identifier;
pub(super) use intake::Intake;

use super::context::Context;
use super::refusal::Refusal;
use super::table::{Outcome, Table};
use crate::store::devices::Identifier;
use crate::store::page::Page;
use crate::store::recipients::{self, Recipient};
use crate::store::{commands, devices};

pub(super) fn routes(table: &mut Table) {
    single::routes(table);
    bulk::routes(table);
    named::routes(table);
    messages::routes(table);
    wipes::routes(table);
    remote::routes(table);
    in_guide_words::routes(table);
}

/// Why a ChromeOS device may be taken out of the tenant.
const CHROMEOS_REASONS: [&str; 3] = ["different_model_replacement", "retiring_device", "same_model_replacement"];

pub(super) async fn send(context: Context, call: Call<Send>) -> Outcome<Send> {
    let command = published(&call.query.command)?;
    let mut parameters = Map::new();
    parameters.extend(call.query.reason.map(|reason| ("Reason".to_owned(), reason.into())));
    parameters.extend(call.body.command_xml.map(|xml| ("CommandXml".to_owned(), xml.into())));
    // What needs something beside its name is looked at together with its device.
    let plain = command != Command::CustomMdmCommand;
    if let Some(wanted) = intake::wanted(&context, call.path, &one(command, &parameters, true)).filter(|_| plain) {
        return intake::join(&context.tenant, wanted).await.map(|_| Nothing);
    }
    let mut tx = context.begin().await?;
    let id = call.path.to_string();
    let device = recipients::one(&mut tx, Identifier::Id, &id, context.scope()).await?;
    let device = device.ok_or_else(|| Refusal::no_device(&id))?;
    fits(command, &device, &parameters)?;
    accept::accept_one(&context, &mut tx, &one(command, &parameters, true), &device).await?;
    tx.commit().await?;
    Ok(Nothing)
}

/// A command by the word that the published API's `?command=` takes.
fn published(word: &str) -> Result<Command, Refusal> {
    Command::known(word).filter(|command| command.published().is_some()).ok_or_else(invalid)
}

/// What a command of version 1 needs beside its name.
fn fits(command: Command, device: &Recipient, parameters: &Map<String, Value>) -> Result<(), Refusal> {
    let given = |name: &str| parameters.get(name).and_then(Value::as_str).map(str::trim).unwrap_or_default();
    match command {
        Command::CustomMdmCommand if given("CommandXml").is_empty() => {
            Err(Refusal::bad("Command XML cannot be null or empty."))
        }
        Command::EnterpriseWipe if device.platform == Platform::ChromeOs => match given("Reason") {
            "" => Err(Refusal::bad("Enterprise wipe reason cannot be null or empty.")),
            reason if CHROMEOS_REASONS.contains(&reason) => Ok(()),
            _ => Err(Refusal::invalid(format!("The reason must be one of {}.", CHROMEOS_REASONS.join(", ")))),
        },
        _ => Ok(()),
    }
}

/// A command for one device, as its call names it.
fn one(command: Command, parameters: &Map<String, Value>, strict: bool) -> Asked<'_> {
    Asked { command, app: None, parameters, source: Source::Single, strict }
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
    let accepted = guide_accept(&context, call.path, command, app, &parameters).await?;
    Ok(CommandAnswer { command_uuid: Some(accepted.uuid()), ..Default::default() })
}

/// Accepts a command of the guide dialect, where devices say themselves what they do not have.
async fn guide_accept(
    context: &Context,
    device: DeviceId,
    command: Command,
    app: Option<i64>,
    parameters: &Map<String, Value>,
) -> Result<Accepted, Refusal> {
    let app = match (command, app) {
        (Command::InstallApplication, None) => return Err(Refusal::bad("The ApplicationId field is required.")),
        (Command::InstallApplication, Some(app)) => Some(AppId(app)),
        _ => None,
    };
    let asked = Asked { app, ..one(command, parameters, false) };
    to_device(context, device, &asked).await
}

async fn to_device(context: &Context, device: DeviceId, asked: &Asked<'_>) -> Result<Accepted, Refusal> {
    if let Some(wanted) = intake::wanted(context, device, asked) {
        return intake::join(&context.tenant, wanted).await.map(Accepted::Queued);
    }
    let mut tx = context.begin().await?;
    let found = recipients::one(&mut tx, Identifier::Id, &device.to_string(), context.scope()).await?;
    let found = found.ok_or_else(|| Refusal::no_device(device))?;
    let accepted = accept::accept_one(context, &mut tx, asked, &found).await?;
    tx.commit().await?;
    Ok(accepted)
}

fn invalid() -> Refusal {
    Refusal::new(422, code::UNPROCESSABLE, "Invalid command type")
}

pub(super) async fn history(context: Context, call: Call<CommandHistory>) -> Outcome<CommandHistory> {
    known_device(&context, call.path).await?;
    let all = Page::asked_or_all(None, None);
    let (commands, total) = commands::of_device(context.database(), call.path, all).await?;
    Ok(HistoryPage { commands, total, ..Default::default() })
}

async fn known_device(context: &Context, id: DeviceId) -> Result<(), Refusal> {
    match devices::get(context.database(), id, context.scope()).await? {
        Some(_) => Ok(()),
        None => Err(Refusal::no_device(id)),
    }
}
