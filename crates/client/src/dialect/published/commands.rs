//! Commands: sent by a word in the query or by a call of their own, and afterwards visible only in the device's event log.

use std::collections::VecDeque;

use muster_model::Call;
use muster_model::apps::{Install, InstallTarget};
use muster_model::commands::{
    Command, CommandBody, CommandQuery, CommandRecord, EventData, EventLog, EventLogEntry, EventLogQuery, Route, Send,
};
use muster_model::ids::{AppId, DeviceId};
use muster_model::words::CommandStatus;
use serde_json::{Map, Value};

use super::routed::Routed;
use crate::dialect::Recipient;
use crate::{Client, Error, Receipt, Writer};

/// How far back the event log is read.
const DAYS: u32 = 30;

/// Whether there is a call for the command at all.
pub(crate) fn supports(command: Command) -> bool {
    command.published().is_some() || command == Command::InstallApplication || Route::of(command).is_some()
}

/// Why the command cannot be sent with these parameters, if so. Nothing is asked.
pub(crate) fn carries(command: Command, parameters: &Map<String, Value>) -> Result<(), Error> {
    request(command, parameters).map(drop)
}

pub(crate) async fn command(
    writer: &Writer,
    device: Recipient,
    command: Command,
    parameters: &Map<String, Value>,
) -> Result<Receipt, Error> {
    match request(command, parameters)? {
        Request::Command(query, body) => {
            writer.send(Call::<Send> { path: device.id, query, body }).await?;
        }
        Request::Install(app) => return install(writer, device.id, app).await,
        Request::Routed(routed) => routed.send(writer, device).await?,
    }
    Ok(Receipt::default())
}

pub(super) async fn install(writer: &Writer, device: DeviceId, app: AppId) -> Result<Receipt, Error> {
    writer
        .send(Call::<Install>::with_body(app, InstallTarget { device_id: Some(device), ..Default::default() }))
        .await?;
    Ok(Receipt::default())
}

enum Request {
    Command(CommandQuery, CommandBody),
    Install(AppId),
    Routed(Box<Routed>),
}

/// A command with its parameters in this dialect's form. A parameter that cannot be carried is refused rather
/// than dropped: the command would do something else than was asked for.
fn request(command: Command, parameters: &Map<String, Value>) -> Result<Request, Error> {
    // The common call carries most commands; what it cannot say is said by a call of the command's own.
    let plain =
        parameters.keys().all(|name| name.eq_ignore_ascii_case("Reason")) && command != Command::CustomMdmCommand;
    if let Some(route) = Route::of(command).filter(|_| command.published().is_none() || !plain) {
        return Routed::fit(route, parameters).map(|routed| Request::Routed(Box::new(routed)));
    }
    let given = |name: &str| parameters.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value);
    let carried: &[&str] = if command == Command::InstallApplication { &["ApplicationId"] } else { &["Reason"] };
    if let Some(name) = parameters.keys().find(|key| !carried.iter().any(|known| known.eq_ignore_ascii_case(key))) {
        return Err(Error::Unsupported(format!("the published API cannot carry `{name}` with {command}")));
    }
    if command == Command::InstallApplication {
        let app = given("ApplicationId").and_then(Value::as_i64);
        return app.map(|id| Request::Install(AppId(id))).ok_or_else(|| {
            Error::Invalid("InstallApplication needs the number of an application as `ApplicationId`".to_owned())
        });
    }
    let word =
        command.published().ok_or_else(|| Error::Unsupported(format!("the published API has no command {command}")))?;
    let reason = given("Reason").map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned));
    Ok(Request::Command(
        CommandQuery { command: word.to_owned(), reason, ..Default::default() },
        CommandBody::default(),
    ))
}

pub(crate) async fn device_commands(client: &Client, id: DeviceId) -> Result<Vec<CommandRecord>, Error> {
    let query = EventLogQuery { dayrange: Some(DAYS), ..EventLogQuery::default() };
    Ok(records(client.pages::<EventLog>(id, query).collect().await?))
}

/// Commands out of an event log: `X Requested` queues one, `X Confirmed` and `X Failed` end it. Which one they
/// end is said by its UUID where the details name it; else it is the oldest open one of the same name.
fn records(mut log: Vec<EventLogEntry>) -> Vec<CommandRecord> {
    log.sort_by_key(|entry| (entry.time_stamp, entry.id.0));
    let mut records: VecDeque<CommandRecord> = VecDeque::new();
    for entry in log {
        let Some((word, what)) = entry.event.rsplit_once(' ') else { continue };
        let command_uuid = detail(&entry.event_data_list, "CommandUuid").and_then(|uuid| uuid.parse().ok());
        let command = Command::known(word).map_or_else(|| word.to_owned(), |command| command.to_string());
        let status = match what {
            "Requested" => {
                records.push_back(CommandRecord {
                    command_uuid,
                    command,
                    status: CommandStatus::Queued,
                    requested_by: entry.admin_account,
                    queued_at: entry.time_stamp,
                    application_id: detail(&entry.event_data_list, "ApplicationId").and_then(|id| id.parse().ok()),
                    ..CommandRecord::default()
                });
                continue;
            }
            "Confirmed" => CommandStatus::Acknowledged,
            "Failed" => CommandStatus::Error,
            _ => continue,
        };
        let open = |record: &&mut CommandRecord| {
            let same = command_uuid.is_none() || record.command_uuid == command_uuid;
            same && record.status == CommandStatus::Queued && record.command == command
        };
        let reason = detail(&entry.event_data_list, "Reason").unwrap_or_default().to_owned();
        match records.iter_mut().find(open) {
            Some(record) => {
                (record.status, record.finished_at, record.reason) = (status, entry.time_stamp, reason);
            }
            // Requested before the log begins.
            None => records.push_back(CommandRecord {
                command_uuid,
                command,
                status,
                reason,
                finished_at: entry.time_stamp,
                ..CommandRecord::default()
            }),
        }
    }
    records.into_iter().rev().collect()
}

/// The value that a detail has now.
fn detail<'a>(details: &'a [EventData], name: &str) -> Option<&'a str> {
    details.iter().find(|detail| detail.event_data_type == name).map(|detail| detail.new_value.as_str())
}

#[cfg(test)]
mod tests {
    use muster_model::ids::{RecordId, Wrapped};

    use super::*;
    use crate::Kind;

    fn entry(id: i64, event: &str, details: &[&str]) -> EventLogEntry {
        EventLogEntry {
            time_stamp: format!("2024-06-28T04:35:{id:02}").parse().ok(),
            event: event.to_owned(),
            admin_account: "api".to_owned(),
            event_data_list: details
                .iter()
                .filter_map(|detail| detail.split_once('='))
                .map(|(name, value)| EventData::new(name, value))
                .collect(),
            id: Wrapped(RecordId(id)),
            ..EventLogEntry::default()
        }
    }

    #[test]
    fn commands_are_read_out_of_the_event_log_newest_first() {
        let log = vec![
            entry(9, "Lock Requested", &[]),
            entry(8, "Device Enrolled", &[]),
            entry(7, "SyncDevice Failed", &["Reason=out of storage"]),
            entry(5, "SyncDevice Confirmed", &[]),
            entry(3, "SyncDevice Requested", &[]),
            entry(2, "SyncDevice Requested", &[]),
            entry(1, "DeviceQuery Confirmed", &[]),
        ];
        let found: Vec<(String, CommandStatus, String)> =
            records(log).into_iter().map(|record| (record.command, record.status, record.reason)).collect();
        let expected = [
            ("DeviceLock", CommandStatus::Queued, ""),
            ("SyncDevice", CommandStatus::Error, "out of storage"),
            ("SyncDevice", CommandStatus::Acknowledged, ""),
            ("DeviceQuery", CommandStatus::Acknowledged, ""),
        ];
        let expected = expected.map(|(command, status, reason)| (command.to_owned(), status, reason.to_owned()));
        assert_eq!(found, expected);
    }

    #[test]
    fn what_cannot_be_carried_is_refused_and_not_dropped() {
        let parameters = |text: &str| serde_json::from_str(text).expect("an object");
        let kind = |command, text| request(command, &parameters(text)).err().map(|error| error.kind());
        assert_eq!(kind(Command::SyncDevice, "{}"), None);
        assert_eq!(kind(Command::DeviceWipe, r#"{"reason":"lost"}"#), None);
        assert_eq!(kind(Command::DeviceWipe, r#"{"Pin":"1234"}"#), Some(Kind::Unsupported));
        assert_eq!(kind(Command::EnableDeviceEncryption, "{}"), Some(Kind::Unsupported));
        assert_eq!(kind(Command::FindDevice, r#"{"Message":"Here"}"#), None);
        assert_eq!(kind(Command::Lock, r#"{"message":"Lost"}"#), None);
        assert_eq!(kind(Command::Lock, r#"{"Pin":7}"#), Some(Kind::Unsupported));
        assert_eq!(kind(Command::CustomMdmCommand, "{}"), Some(Kind::Invalid));
        assert_eq!(kind(Command::InstallApplication, r#"{"ApplicationId":7}"#), None);
        assert_eq!(kind(Command::InstallApplication, "{}"), Some(Kind::Invalid));
        for command in Command::all() {
            let sendable =
                request(command, &parameters("{}")).map_or_else(|error| error.kind() != Kind::Unsupported, |_| true);
            assert_eq!(supports(command), sendable, "{command}");
        }
    }
}
