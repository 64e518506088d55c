//! One command for many devices: version 1 by identifiers, the actions of administrators, and the actions on
//! shared Windows devices. Each item is accepted or refused by itself.

use muster_model::commands::Command;
use muster_model::error::code;
use muster_model::words::Platform;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::super::context::Context;
use super::super::given::Given;
use super::super::policy::Action::Execute;
use super::super::policy::Resource::Commands;
use super::super::policy::needs;
use super::super::refusal::Refusal;
use super::super::said::Said;
use super::super::table::Table;
use super::accept::{Asked, Source};
use super::addressed::{Tally, bulk_values, identifier, send_to_all};
use crate::store::devices::Identifier;
use crate::store::{bulk_limits, organization_groups, recipients};

pub(super) fn routes(table: &mut Table) {
    let right = needs(Commands, Execute);
    table
        .serve("mdmv1/CommandsV1_BulkExecuteAsync", right, execute)
        .serve("mdmv1/CommandsV1_BulkExecuteScheduleOsUpdate", right, schedule_os_update)
        .serve("mdmv1/AdminActionV1_BulkAdminActionAsync", right, admin_action)
        .serve("mdmv3/DeviceActionsV3_ExecuteBulkDeviceActionAsync", right, device_action)
        .serve("mdmv1/SyncV1_CreateZebraSyncRequestAsync", right, sync_zebra);
}

/// What the bulk call takes; single calls take more.
fn of_bulk(word: &str) -> Option<Command> {
    use Command::{EnterpriseWipe, InstallOsUpdate, Lock, Shutdown, SoftReset};
    let taken = [EnterpriseWipe, Lock, InstallOsUpdate, SoftReset, Shutdown];
    Command::known(word).filter(|command| taken.contains(command))
}

async fn execute(context: Context, given: Given) -> Result<Said, Refusal> {
    let by = identifier(given.asked("searchby").unwrap_or_default())?;
    let invalid = || Refusal::new(422, code::UNPROCESSABLE, "Invalid command parameter.");
    let command = of_bulk(given.asked("command").unwrap_or_default()).ok_or_else(invalid)?;
    let values = bulk_values(&given, bulk_limits::of(context.database(), command).await?)?;
    let parameters = Map::new();
    let asked = Asked { command, app: None, parameters: &parameters, source: Source::Bulk, strict: true };
    let mut tx = context.begin().await?;
    let tally = send_to_all(&context, &mut tx, &asked, by, &values).await?;
    tx.commit().await?;
    Ok(tally.said(202))
}

async fn schedule_os_update(context: Context, given: Given) -> Result<Said, Refusal> {
    let by = identifier(given.asked("searchby").unwrap_or_default())?;
    let command = Command::InstallOsUpdate;
    let values = bulk_values(&given, bulk_limits::of(context.database(), command).await?)?;
    let mut parameters = Map::new();
    parameters.extend(given.asked("installaction").map(|action| ("installaction".to_owned(), action.into())));
    let asked = Asked { command, app: None, parameters: &parameters, source: Source::Bulk, strict: true };
    let mut tx = context.begin().await?;
    let tally = send_to_all(&context, &mut tx, &asked, by, &values).await?;
    tally.refused_if_all_failed()?;
    tx.commit().await?;
    Ok(tally.said(202))
}

/// The answer of the newer bulk calls.
fn counted(tally: &Tally, item: impl Fn(&str) -> Value) -> Value {
    let faults: Vec<Value> = tally
        .faults
        .iter()
        .map(|(_, value, message)| json!({ "message": message, "request_item": item(value) }))
        .collect();
    json!({
        "accepted_count": tally.total - faults.len(), "failed_count": faults.len(), "total_count": tally.total,
        "faults": faults,
    })
}

async fn admin_action(context: Context, given: Given) -> Result<Said, Refusal> {
    let word = given.text("adminAction");
    let command = of_admins(word)
        .ok_or_else(|| Refusal::new(400, code::COMMAND_NOT_SUPPORTED, format!("Command is not supported: {word}.")))?;
    let devices = given.member("assigned_devices").and_then(Value::as_array);
    let uuid = |device: &Value| device.get("device_uuid").and_then(Value::as_str).map(str::to_owned);
    let values: Vec<String> = devices.into_iter().flatten().filter_map(uuid).collect();
    if values.is_empty() {
        return Err(Refusal::bad("The assigned_devices field is required."));
    }
    let most = bulk_limits::of(context.database(), command).await?;
    if values.len() > most as usize {
        let message = format!("Admin action cannot be performed on more than {most} number of devices in one go.");
        return Err(Refusal::new(400, 10_036, message));
    }
    let parameters = given.member("metadata").and_then(Value::as_object).cloned().unwrap_or_default();
    let asked = Asked { command, app: None, parameters: &parameters, source: Source::AdminBulk, strict: true };
    let mut tx = context.begin().await?;
    let tally = send_to_all(&context, &mut tx, &asked, Identifier::Uuid, &values).await?;
    tx.commit().await?;
    if tally.faults.is_empty() {
        return Ok(Said::nothing(204));
    }
    Ok(Said::json(207, counted(&tally, |uuid| json!({ "device_uuid": uuid }))))
}

fn of_admins(word: &str) -> Option<Command> {
    use Command::{
        DeviceQuery, DeviceWipe, EnterpriseWipe, RequestDeviceLog, SendMessage, Shutdown, SoftReset, Suspend,
        SyncDevice, WakeUp,
    };
    let taken = [
        EnterpriseWipe,
        DeviceWipe,
        SoftReset,
        Suspend,
        WakeUp,
        SyncDevice,
        Shutdown,
        DeviceQuery,
        SendMessage,
        RequestDeviceLog,
    ];
    Command::known(word).filter(|command| taken.contains(command))
}

/// Makes shared Windows devices single ones and back; without a list, all of a group and below.
async fn device_action(context: Context, given: Given) -> Result<Said, Refusal> {
    let word = given.member_text("action_name").unwrap_or_default();
    let command = Command::known(word).ok_or_else(|| Refusal::shape(format!("Unknown action: {word}.")))?;
    let filter = given.member("filter").cloned().unwrap_or_default();
    let group = filter.get("organization_group_uuid").and_then(Value::as_str).unwrap_or_default();
    let group = group_of(&context, group).await?;
    let listed: Vec<String> = filter
        .get("device_uuids")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .map(str::to_owned)
        .collect();
    let most = bulk_limits::of(context.database(), command).await?;
    let mut tx = context.begin().await?;
    let members = recipients::of_group(&mut tx, group, Some(Platform::WinRt), None).await?;
    let members: Vec<String> = members.into_iter().map(|uuid| uuid.to_string()).collect();
    let values = if listed.is_empty() { members } else { listed };
    if values.len() > most as usize {
        return Err(Refusal::new(403, 403, "Devices provided is more than Bulk settings for this action."));
    }
    let parameters = Map::new();
    let asked = Asked { command, app: None, parameters: &parameters, source: Source::Bulk, strict: true };
    let tally = send_to_all(&context, &mut tx, &asked, Identifier::Uuid, &values).await?;
    tx.commit().await?;
    Ok(Said::json(202, counted(&tally, |uuid| json!({ "device_uuid": uuid }))))
}

/// A group that the caller sees, by its UUID.
async fn group_of(context: &Context, uuid: &str) -> Result<i64, Refusal> {
    let missing = || Refusal::new(404, 5177, format!("Organization group Uuid - {uuid} is not found."));
    let uuid: Uuid = uuid.parse().map_err(|_| missing())?;
    let found = organization_groups::get(context.database(), uuid, context.scope()).await?;
    found.map(|group| group.id).ok_or_else(missing)
}

/// Asks every rugged device of the maker in a group and below it for its state.
async fn sync_zebra(context: Context, given: Given) -> Result<Said, Refusal> {
    let group = group_of(&context, given.text("organizationGroupUuid")).await?;
    let mut tx = context.begin().await?;
    let android = Some(Platform::Android);
    let members = recipients::of_group(&mut tx, group, android, Some(&["TC", "MC"])).await?;
    if members.is_empty() {
        return Err(Refusal::new(422, code::UNPROCESSABLE, "The organization group has no device of this maker."));
    }
    let values: Vec<String> = members.into_iter().map(|uuid| uuid.to_string()).collect();
    let parameters = Map::new();
    let command = Command::SyncDevice;
    let asked = Asked { command, app: None, parameters: &parameters, source: Source::Bulk, strict: true };
    send_to_all(&context, &mut tx, &asked, Identifier::Uuid, &values).await?;
    tx.commit().await?;
    Ok(Said::nothing(202))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_bulk_call_has_its_own_commands() {
        assert_eq!(of_bulk("LockDevice"), Some(Command::Lock));
        assert_eq!((of_bulk("DeviceWipe"), of_bulk("SyncDevice")), (None, None));
        assert_eq!(of_admins("DEVICE_INFORMATION"), Some(Command::DeviceQuery));
        assert_eq!(of_admins("LOCK"), None);
    }
}
