//! The one way by which a command gets into the queue, whoever asks for it and however: the right to send that very
//! command, what the device must be, wipe protection, the row in the queue and its trace in the device's log.

use std::collections::HashSet;

use jiff::Timestamp;
use muster_model::commands::Command;
use muster_model::error::code;
use muster_model::ids::{AppId, DeviceId};
use muster_model::words::{EnrollmentStatus, Platform};
use muster_store::Transaction;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::super::context::Context;
use super::super::refusal::Refusal;
use crate::store::apps::reach;
use crate::store::commands::NewCommand;
use crate::store::devices::Identifier;
use crate::store::events::NewEvent;
use crate::store::recipients::{self, Recipient};
use crate::store::wipes::{NewWipe, Standing};
use crate::store::{commands, devices, events, wipes};

/// What devices are asked for.
#[derive(Debug, Clone, Copy)]
pub(in crate::http) struct Asked<'a> {
    pub(in crate::http) command: Command,
    /// Of `InstallApplication`.
    pub(in crate::http) app: Option<AppId>,
    pub(in crate::http) parameters: &'a Map<String, Value>,
    pub(in crate::http) source: Source,
    /// Refuses what a platform does not have, as the published API does. Else the device says so itself.
    pub(in crate::http) strict: bool,
}

/// Where a wipe comes from, as the log of wipes tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::http) enum Source {
    /// One device, named in the call.
    Single,
    /// Several devices in one call.
    Bulk,
    /// The actions of administrators on a list of devices.
    AdminBulk,
    /// A device that is deleted while it is enrolled.
    Deletion,
    /// Several such devices in one call.
    BulkDeletion,
}

impl Source {
    fn word(self) -> &'static str {
        match self {
            Self::Single => "ADMIN_ACTION",
            Self::Bulk => "BULK_API_ACTION",
            Self::AdminBulk => "ADMIN_BULK_ACTION",
            Self::Deletion => "SINGLE_ADMIN_API_ACTION_DELETE_DEVICE",
            Self::BulkDeletion => "BULK_ADMIN_API_ACTION_DELETE_DEVICE",
        }
    }
}

/// What became of a request that was not refused. The UUID is the command's, or the one it will have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::http) enum Accepted {
    Queued(Uuid),
    /// A wipe beyond the threshold: it waits for an approval and does not reach the device before.
    Held(Uuid),
}

impl Accepted {
    pub(in crate::http) fn uuid(self) -> Uuid {
        match self {
            Self::Queued(uuid) | Self::Held(uuid) => uuid,
        }
    }
}

/// Accepts a command for devices, in the order in which they are given. What one of them refuses does not hinder the
/// others; that the caller may not send the command at all is refused as a whole.
pub(in crate::http) async fn accept(
    context: &Context,
    tx: &mut Transaction,
    asked: &Asked<'_>,
    recipients: &[Recipient],
) -> Result<Vec<Result<Accepted, Refusal>>, Refusal> {
    // The right to send this very command may reach less far than the right to send one at all.
    let context = &context.for_command(asked.command)?;
    let now = context.now();
    let mut standing = if asked.command.is_wipe() { Some(Standing::read(tx, now).await?) } else { None };
    let mut answers = Vec::with_capacity(recipients.len());
    let (mut queued, mut held, mut seen) = (Vec::new(), Vec::new(), HashSet::new());
    for recipient in recipients {
        let refusal = if !context.scope().sees(recipient.group) {
            Some(Refusal::no_device(recipient.id))
        } else if seen.insert(recipient.id) {
            refusal(tx, asked, recipient, now).await?
        } else {
            Some(Refusal::bad("The device is named more than once."))
        };
        let admitted = refusal.is_some() || standing.as_mut().is_none_or(|standing| standing.admit(recipient.group));
        let answer = match refusal {
            Some(refusal) => Err(refusal),
            None if admitted => {
                let uuid = commands::new_uuid(now);
                queued.push((uuid, recipient));
                Ok(Accepted::Queued(uuid))
            }
            None => {
                // Asking again does not make a second one.
                let waiting = wipes::held_for(tx, recipient.id).await?;
                let same = waiting.iter().find(|wipe| wipe.command == asked.command).map(|wipe| wipe.uuid);
                let uuid = same.unwrap_or_else(Uuid::new_v4);
                if same.is_none() {
                    held.push((uuid, recipient));
                }
                Ok(Accepted::Held(uuid))
            }
        };
        answers.push(answer);
    }
    if let Some(standing) = standing {
        standing.save(tx).await?;
        log(context, tx, asked, &queued, &held).await?;
    }
    enqueue(context, tx, asked, &queued, true).await?;
    // That a command was requested, its row in the queue tells; one that is held has none yet.
    let told = held.iter().map(|(uuid, recipient)| {
        let mut details = vec![format!("CommandUuid={uuid}")];
        details.extend(asked.app.map(|app| format!("ApplicationId={app}")));
        details.push("Status=HELD".to_owned());
        event(context, recipient.id, format!("{} Requested", asked.command), details)
    });
    events::record(tx, told.collect()).await?;
    Ok(answers)
}

/// Accepts a command for one device.
pub(in crate::http) async fn accept_one(
    context: &Context,
    tx: &mut Transaction,
    asked: &Asked<'_>,
    recipient: &Recipient,
) -> Result<Accepted, Refusal> {
    let answers = accept(context, tx, asked, std::slice::from_ref(recipient)).await?;
    // One answer for each recipient.
    answers.into_iter().next().unwrap_or_else(|| Err(Refusal::no_device(recipient.id)))
}

/// Counts the deletion of an enrolled device as the wipe that it is: it takes the device out of the tenant. Beyond the
/// threshold the device stays, and its wipe is held.
pub(in crate::http) async fn may_delete(
    context: &Context,
    tx: &mut Transaction,
    device: i64,
    source: Source,
) -> Result<(), Refusal> {
    let found = recipients::one(tx, Identifier::Id, &device.to_string(), context.scope()).await?;
    let Some(found) = found.filter(|found| found.enrollment == EnrollmentStatus::Enrolled) else { return Ok(()) };
    let context = &context.for_command(Command::EnterpriseWipe)?;
    let parameters = Map::new();
    let command = Command::EnterpriseWipe;
    let asked = Asked { command, app: None, parameters: &parameters, source, strict: false };
    match accept_one(context, tx, &asked, &found).await? {
        Accepted::Queued(_) => Ok(()),
        Accepted::Held(_) => {
            let message = "The wipe threshold is reached: the device is kept, and its wipe is on hold.";
            Err(Refusal::new(403, 403, message))
        }
    }
}

/// Why this device does not take the command, if so.
async fn refusal(
    tx: &mut Transaction,
    asked: &Asked<'_>,
    recipient: &Recipient,
    now: Timestamp,
) -> Result<Option<Refusal>, Refusal> {
    let id = recipient.id;
    if let Some(unfit) = unfit(asked.command, asked.strict, (id, &recipient.enrollment, &recipient.platform)) {
        return Ok(Some(unfit));
    }
    if let Some(app) = asked.app {
        if !reach::is_assigned(tx, app, DeviceId(id)).await? {
            return Ok(Some(Refusal::bad("Application is not assigned to this device.")));
        }
        reach::ask(tx, app, DeviceId(id), now).await?;
    }
    Ok(None)
}

/// Why a device does not take a command, by what it is.
pub(super) fn unfit(
    command: Command,
    strict: bool,
    (id, enrollment, platform): (i64, &EnrollmentStatus, &Platform),
) -> Option<Refusal> {
    if *enrollment != EnrollmentStatus::Enrolled {
        let message = format!("Device {id} is not enrolled: its status is {enrollment}.");
        return Some(Refusal::new(400, code::NOT_ENROLLED, message));
    }
    if strict && !command.runs_on(platform) {
        let message = format!("Command is not supported: {platform} has no {command}.");
        return Some(Refusal::new(400, code::COMMAND_NOT_SUPPORTED, message));
    }
    None
}

/// Puts a command into the queue of devices, and lets those within reach know. `told`: the logs of the devices say that
/// it was requested.
pub(super) async fn enqueue(
    context: &Context,
    tx: &mut Transaction,
    asked: &Asked<'_>,
    queued: &[(Uuid, &Recipient)],
    told: bool,
) -> Result<(), Refusal> {
    if queued.is_empty() {
        return Ok(());
    }
    let now = context.now();
    let parameters = kept(asked.parameters);
    let requested_by = context.caller.name.as_ref();
    let new: Vec<NewCommand<'_>> = queued
        .iter()
        .map(|&(uuid, recipient)| NewCommand {
            uuid,
            device: DeviceId(recipient.id),
            command: asked.command,
            parameters: &parameters,
            app: asked.app,
            requested_by,
            told,
        })
        .collect();
    commands::queue(tx, &new, now).await?;
    let ids: Vec<i64> = queued.iter().map(|(_, recipient)| recipient.id).collect();
    let pending = match asked.command {
        Command::EnterpriseWipe => Some(EnrollmentStatus::EnterpriseWipePending),
        Command::DeviceWipe => Some(EnrollmentStatus::DeviceWipePending),
        _ => None,
    };
    if let Some(pending) = pending {
        devices::set_enrollment(tx, &ids, &pending).await?;
    }
    context.tenant.push(tx, &ids, now).await?;
    Ok(())
}

async fn log(
    context: &Context,
    tx: &mut Transaction,
    asked: &Asked<'_>,
    queued: &[(Uuid, &Recipient)],
    held: &[(Uuid, &Recipient)],
) -> Result<(), Refusal> {
    let parameters = without_secrets(asked.parameters);
    let entries = queued.iter().map(|entry| (entry, false)).chain(held.iter().map(|entry| (entry, true)));
    let new: Vec<NewWipe<'_>> = entries
        .map(|(&(uuid, device), held)| NewWipe {
            uuid,
            device,
            command: asked.command,
            source: asked.source.word(),
            held,
            parameters: &parameters,
            requested_by: &context.caller.name,
        })
        .collect();
    wipes::record(tx, &new, context.now()).await?;
    Ok(())
}

/// An entry of a device's log about what a caller did.
pub(super) fn event(context: &Context, device: i64, event: String, details: Vec<String>) -> NewEvent {
    let (at, admin_account) = (context.now(), context.caller.name.to_string());
    NewEvent { device_id: device, at, severity: "Information", event, admin_account, source: "Console", details }
}

/// Parameters as the queue keeps them.
pub(super) fn kept(parameters: &Map<String, Value>) -> String {
    Value::Object(without_secrets(parameters)).to_string()
}

/// Nobody reads a passcode back out of the queue, so none is kept there.
fn without_secrets(parameters: &Map<String, Value>) -> Map<String, Value> {
    let secret = |name: &str| {
        let name = name.to_ascii_lowercase();
        ["passcode", "password", "pin", "activation_code"].iter().any(|word| name.ends_with(word))
    };
    let clean = |(name, value): (&String, &Value)| {
        let value = match value {
            Value::Object(inner) => Value::Object(without_secrets(inner)),
            Value::String(_) | Value::Number(_) if secret(name) => Value::from("***"),
            other => other.clone(),
        };
        (name.clone(), value)
    };
    parameters.iter().map(clean).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn no_passcode_is_kept_in_the_queue() {
        let given = json!({"Passcode": "1234", "message": "hello", "unlock_pin": 123_456,
            "device_wipe": {"wipe_pin": 7, "obliteration_behavior": "DEFAULT"}});
        let kept = Value::Object(without_secrets(given.as_object().expect("an object")));
        let clean = json!({"Passcode": "***", "message": "hello", "unlock_pin": "***",
            "device_wipe": {"wipe_pin": "***", "obliteration_behavior": "DEFAULT"}});
        assert_eq!(kept, clean);
    }
}
