//! The record of a device's commands, read as evidence: that a command is there proves that the tenant accepted it, and
//! the device's answer that it was carried out.

use jiff::Timestamp;
use muster_client::Client;
use muster_model::commands::{Command, CommandRecord};
use muster_model::ids::{AppId, DeviceId};
use muster_model::words::CommandStatus;

use super::{Evidence, Failure, Sent, Standing, Trace};

/// Looks for a command that was queued at or after `since`.
pub(super) async fn look(
    client: &Client,
    device: DeviceId,
    command: Command,
    app: Option<AppId>,
    since: Timestamp,
) -> Result<Evidence, Failure> {
    let records = client.device_commands(device).await.map_err(|error| Failure::after(&error))?;
    Ok(judge(&records, command, app, since))
}

/// How far a command has come that is known to have been accepted.
pub(super) async fn prove(
    client: &Client,
    device: DeviceId,
    command: Command,
    app: Option<AppId>,
    sent: Sent<'_>,
) -> Result<Option<Standing>, Failure> {
    let records = client.device_commands(device).await.map_err(|error| Failure::after(&error))?;
    Ok(own(&records, command, app, sent).map(standing))
}

/// The record of the command's id, or else the first that was queued at or after the sending.
fn own<'a>(
    records: &'a [CommandRecord],
    command: Command,
    app: Option<AppId>,
    sent: Sent<'_>,
) -> Option<&'a CommandRecord> {
    let find = |fits: &dyn Fn(Timestamp) -> bool| {
        records.iter().rev().find(|record| {
            let named = record.command_uuid.zip(sent.command_id).map(|(uuid, id)| uuid.to_string() == id);
            named
                .unwrap_or_else(|| is_of(record, command, app) && record.queued_at.is_some_and(|queued| fits(queued.0)))
        })
    };
    let (from, to) = sent.between;
    // A clock that was set since would hide it for ever; what was queued in the very seconds of the sending is ours.
    find(&|queued| queued >= sent.since).or_else(|| find(&|queued| queued >= from && queued <= to))
}

/// What a record says of its command. Pure.
fn standing(record: &CommandRecord) -> Standing {
    match &record.status {
        CommandStatus::Acknowledged => Standing::Executed,
        CommandStatus::Sent | CommandStatus::NotNow => Standing::Delivered,
        word @ (CommandStatus::Error
        | CommandStatus::Unsupported
        | CommandStatus::Expired
        | CommandStatus::Cancelled) => Standing::Failed(match record.reason.is_empty() {
            true => format!("the tenant accepted it; the device answered {word}"),
            false => format!("the tenant accepted it; the device answered {word}: {}", record.reason),
        }),
        CommandStatus::Queued | CommandStatus::Other(_) => Standing::Queued,
    }
}

fn is_of(record: &CommandRecord, command: Command, app: Option<AppId>) -> bool {
    Command::known(&record.command) == Some(command) && (app.is_none() || record.application_id.map(AppId) == app)
}

/// The records come newest first and the evidence goes oldest first: the first one after the sending is
/// the likeliest to be ours.
fn judge(records: &[CommandRecord], command: Command, app: Option<AppId>, since: Timestamp) -> Evidence {
    let fits = |record: &&CommandRecord| {
        is_of(record, command, app) && record.queued_at.is_some_and(|queued| queued.0 >= since)
    };
    let trace = |record: &CommandRecord| {
        Some(Trace { command_id: record.command_uuid.map(|id| id.to_string()), at: record.queued_at?.0 })
    };
    let found: Vec<Trace> = records.iter().rev().filter(fits).filter_map(trace).collect();
    if found.is_empty() { Evidence::Absent } else { Evidence::Records(found) }
}

#[cfg(test)]
mod tests {
    use muster_model::Stamp;
    use uuid::Uuid;

    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).expect("a moment")
    }

    fn record(id: u128, command: &str, second: i64, app: Option<i64>) -> CommandRecord {
        CommandRecord {
            command_uuid: Some(Uuid::from_u128(id)),
            command: command.to_owned(),
            queued_at: Some(Stamp(at(second))),
            application_id: app,
            ..CommandRecord::default()
        }
    }

    #[test]
    fn only_the_same_command_from_the_sending_on_is_evidence() {
        let records = [
            record(5, "DeviceLock", 60, None),
            record(4, "SyncDevice", 50, None),
            record(3, "SyncDevice", 40, None),
            record(2, "SyncDevice", 30, None),
        ];
        let trace = |id: u128, second| Trace { command_id: Some(Uuid::from_u128(id).to_string()), at: at(second) };
        let look = |command, second| judge(&records, command, None, at(second));
        assert_eq!(look(Command::SyncDevice, 40), Evidence::Records(vec![trace(3, 40), trace(4, 50)]));
        assert_eq!(look(Command::SyncDevice, 51), Evidence::Absent);
        assert_eq!(look(Command::Lock, 0), Evidence::Records(vec![trace(5, 60)]));
        assert_eq!(look(Command::DeviceWipe, 0), Evidence::Absent);
    }

    #[test]
    fn an_install_is_evidence_for_its_own_app_only() {
        let records = [record(1, "InstallApplication", 10, Some(7))];
        let look = |app| judge(&records, Command::InstallApplication, Some(AppId(app)), at(0));
        assert!(matches!(look(7), Evidence::Records(_)));
        assert_eq!(look(8), Evidence::Absent);
    }
}
