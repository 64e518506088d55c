//! Commands of versions 2 and 3, which stand in the path and may bring what they need in the body.

use muster_model::commands::Command;
use muster_model::error::code;
use muster_model::words::Platform;
use muster_store::Transaction;
use serde_json::{Map, Value};

use super::super::context::Context;
use super::super::given::Given;
use super::super::policy::Action::Execute;
use super::super::policy::Resource::Commands;
use super::super::policy::needs;
use super::super::refusal::Refusal;
use super::super::said::Said;
use super::super::table::Table;
use super::accept::{Asked, Source, accept_one, event};
use super::addressed::{by_uuid, identifier, send_to_all};
use super::one;
use crate::store::bulk_limits;
use crate::store::devices::Identifier;
use crate::store::recipients::{self, Recipient};
use crate::store::{commands, devices, events, wipes};

pub(super) fn routes(table: &mut Table) {
    let right = needs(Commands, Execute);
    table
        .serve("mdmv2/CommandsV2_ExecuteAsync", right, second)
        .serve("mdmv2/CommandsV2_ExecuteByAlternateIdAsync", right, second_by)
        .serve("mdmv2/CommandsV2_BulkExecuteAsync", right, second_bulk)
        .serve("mdmv3/CommandsV3_ExecuteAsync", right, third)
        .serve("mdmv3/CommandsV3_ExecuteByAlternateIdAsync", right, third_by);
}

/// The word for taking back what no device has been handed yet; no device is ever sent it.
const CANCEL: &str = "CancelPendingWipe";

fn unknown(word: &str) -> Refusal {
    Refusal::new(400, code::NO_COMMAND, format!("Command not found for the input device and command type: {word}."))
}

fn not_supported(why: impl Into<String>) -> Refusal {
    Refusal::new(400, code::COMMAND_NOT_SUPPORTED, why)
}

async fn second(context: Context, given: Given) -> Result<Said, Refusal> {
    let mut tx = context.begin().await?;
    let device = by_uuid(&context, &mut tx, &given, "deviceUuid").await?;
    send_second(&context, &mut tx, &given, &device).await?;
    tx.commit().await?;
    Ok(Said::nothing(202))
}

async fn second_by(context: Context, given: Given) -> Result<Said, Refusal> {
    let mut tx = context.begin().await?;
    let device = by_path(&context, &mut tx, &given).await?;
    send_second(&context, &mut tx, &given, &device).await?;
    tx.commit().await?;
    Ok(Said::nothing(202))
}

/// The device that the path names by `searchBy` and `id`.
async fn by_path(context: &Context, tx: &mut Transaction, given: &Given) -> Result<Recipient, Refusal> {
    let (by, id) = (identifier(given.text("searchBy"))?, given.text("id"));
    recipients::one(tx, by, id, context.scope()).await?.ok_or_else(|| Refusal::no_device(id))
}

async fn send_second(
    context: &Context,
    tx: &mut Transaction,
    given: &Given,
    device: &Recipient,
) -> Result<(), Refusal> {
    let word = given.text("commandName");
    let command = of_second(word).ok_or_else(|| unknown(word))?;
    let parameters = given.members();
    fits_second(command, Some(&device.platform), &parameters)?;
    accept_one(context, tx, &one(command, &parameters, true), device).await.map(drop)
}

/// The commands of version 2: those of version 1 and some that need a body.
fn of_second(word: &str) -> Option<Command> {
    use Command::{DeleteUser, LogoutUser, ResumeBitlocker, SuspendBitlocker};
    let own = [LogoutUser, DeleteUser, SuspendBitlocker, ResumeBitlocker];
    Command::known(word).filter(|command| command.published().is_some() || own.contains(command))
}

fn fits_second(command: Command, platform: Option<&Platform>, parameters: &Map<String, Value>) -> Result<(), Refusal> {
    let text = |name: &str| parameters.get(name).and_then(Value::as_str).unwrap_or_default();
    if text("message").chars().count() > 256 {
        return Err(Refusal::shape("The field Message must be a string with a maximum length of 256."));
    }
    let wipe = parameters.get("deviceWipe").and_then(|wipe| wipe.get("wipeType")).and_then(Value::as_str);
    if let (Command::DeviceWipe, Some(kind @ ("WIPE_PROTECTED" | "WIPE_PERSIST_USER_DATA"))) = (command, wipe)
        && platform.is_some_and(|platform| *platform != Platform::WinRt)
    {
        let message = format!("{kind} is supported only on Windows.");
        return Err(Refusal::new(422, code::UNPROCESSABLE, message));
    }
    let pin = parameters.get("unlock_pin").and_then(Value::as_i64);
    if platform.is_none_or(|platform| *platform == Platform::AppleOsX) && pin.is_some_and(|pin| !six_digits(pin)) {
        return Err(Refusal::invalid("Unlock PIN for macOS device must be 6 digits long."));
    }
    Ok(())
}

fn six_digits(pin: i64) -> bool {
    (100_000..=999_999).contains(&pin)
}

async fn second_bulk(context: Context, given: Given) -> Result<Said, Refusal> {
    let word = given.text("commandName");
    let command = of_second(word).ok_or_else(|| unknown(word))?;
    if !matches!(command, Command::Lock | Command::DeviceWipe | Command::SyncSensors) {
        return Err(not_supported(format!("Command is not supported for several devices: {word}.")));
    }
    let mut parameters = given.members();
    let devices = parameters.remove("device_uuids").unwrap_or_default();
    let uuids: Vec<String> =
        devices.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect();
    if uuids.is_empty() {
        return Err(Refusal::shape("The device_uuids field is required."));
    }
    fits_second(command, None, &parameters)?;
    if command == Command::SyncSensors && given.member_text("sensor_name").is_none() {
        return Err(Refusal::new(400, 150_099, "The sensor names are required."));
    }
    if uuids.len() > bulk_limits::of(context.database(), command).await? as usize {
        return Err(Refusal::new(403, 403, "Devices provided is more than Bulk settings for this action."));
    }
    let mut tx = context.begin().await?;
    let asked = Asked { command, app: None, parameters: &parameters, source: Source::Bulk, strict: true };
    let tally = send_to_all(&context, &mut tx, &asked, Identifier::Uuid, &uuids).await?;
    // The answer has no room for faults, so either every device takes it or none.
    if let Some((code, item, message)) = tally.faults.first() {
        let (status, code) = if *code == code::NOT_FOUND { (404, 8) } else { (400, *code) };
        return Err(Refusal::new(status, code, format!("{message} ({item})")));
    }
    tx.commit().await?;
    Ok(Said::nothing(202))
}

async fn third(context: Context, given: Given) -> Result<Said, Refusal> {
    let mut tx = context.begin().await?;
    let uuid = given.text("deviceUuid");
    let device = recipients::one(&mut tx, Identifier::Uuid, uuid, context.scope()).await?;
    let device = device.ok_or_else(|| Refusal::no_device(uuid))?;
    send_third(&context, &mut tx, &given, &device).await?;
    tx.commit().await?;
    Ok(Said::nothing(202))
}

async fn third_by(context: Context, given: Given) -> Result<Said, Refusal> {
    let mut tx = context.begin().await?;
    let device = by_path(&context, &mut tx, &given).await?;
    send_third(&context, &mut tx, &given, &device).await?;
    tx.commit().await?;
    Ok(Said::nothing(202))
}

async fn send_third(context: &Context, tx: &mut Transaction, given: &Given, device: &Recipient) -> Result<(), Refusal> {
    let word = given.text("commandName");
    if word.eq_ignore_ascii_case(CANCEL) {
        return cancel_wipe(context, tx, device).await;
    }
    let command = Command::known(word).ok_or_else(|| unknown(word))?;
    let parameters = match command {
        Command::SetRecoveryLock => recovery_lock(given)?,
        Command::DeviceWipe => device_wipe(given)?,
        Command::CustomMdmCommand => custom(given)?,
        _ => return Err(unknown(word)),
    };
    if device.platform != Platform::AppleOsX {
        return Err(not_supported(format!("Command is not supported: version 3 of {command} is for macOS.")));
    }
    accept_one(context, tx, &one(command, &parameters, true), device).await.map(drop)
}

fn recovery_lock(given: &Given) -> Result<Map<String, Value>, Refusal> {
    let lock = given.member("set_recovery_lock").and_then(Value::as_object).filter(|lock| !lock.is_empty());
    let empty = || Refusal::new(400, 5287, "The command request of SetRecoveryLock is empty.");
    let lock = lock.ok_or_else(empty)?;
    let clear = lock.get("clear_password").and_then(Value::as_bool).unwrap_or_default();
    let policy = lock.get("password_policy").and_then(Value::as_object).filter(|policy| !policy.is_empty());
    if !clear && policy.is_none() {
        return Err(Refusal::new(400, 5287, "The password policy of SetRecoveryLock is empty."));
    }
    let length = policy.and_then(|policy| policy.get("length")).and_then(Value::as_i64);
    if length.is_some_and(|length| !(8..=64).contains(&length)) {
        let message = "The value of set_recovery_lock.password_policy.length must be between 8 and 64.";
        return Err(Refusal::shape(message));
    }
    Ok(lock.clone())
}

fn device_wipe(given: &Given) -> Result<Map<String, Value>, Refusal> {
    let wipe = given.member("device_wipe").and_then(Value::as_object).cloned().unwrap_or_default();
    if wipe.get("wipe_pin").and_then(Value::as_i64).is_some_and(|pin| !six_digits(pin)) {
        return Err(Refusal::new(400, 5292, "PIN for macOS device must be 6 digits long."));
    }
    Ok(wipe)
}

fn custom(given: &Given) -> Result<Map<String, Value>, Refusal> {
    let custom = given.member("custom_mdm_command").and_then(Value::as_object).cloned().unwrap_or_default();
    match custom.get("CommandXml").and_then(Value::as_str) {
        Some(xml) if !xml.trim().is_empty() => Ok(custom),
        _ => Err(Refusal::bad("Command XML cannot be null or empty.")),
    }
}

/// Takes back the wipes of a device that it has not been handed yet, whether they are queued or held.
async fn cancel_wipe(context: &Context, tx: &mut Transaction, device: &Recipient) -> Result<(), Refusal> {
    let now = context.now();
    let mut cancelled = 0;
    for command in [Command::EnterpriseWipe, Command::DeviceWipe] {
        let context = context.for_command(command)?;
        if !context.scope().sees(device.group) {
            return Err(Refusal::no_device(device.uuid));
        }
        cancelled += commands::cancel(tx, device.id, command, "Taken back by an administrator", now).await?;
    }
    if cancelled > 0 {
        devices::set_enrollment(tx, &[device.id], &muster_model::words::EnrollmentStatus::Enrolled).await?;
    }
    let held = wipes::held_for(tx, device.id).await?;
    for wipe in &held {
        wipes::decide(tx, wipe.uuid, "ABORTED", &context.caller.name, now).await?;
    }
    if cancelled == 0 && held.is_empty() {
        let message = format!("The device is not eligible for {CANCEL}: no wipe is pending.");
        return Err(Refusal::new(400, code::NOT_ELIGIBLE, message));
    }
    events::record(tx, vec![event(context, device.id, "Wipe Cancelled".to_owned(), Vec::new())]).await?;
    Ok(())
}
