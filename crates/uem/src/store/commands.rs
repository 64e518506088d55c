//! The queue where callers and devices meet, seen from the callers' side. Every accepted command is
//! one row, for ever: the queue is also the ledger of effects.

use jiff::Timestamp;
use muster_model::Stamp;
use muster_model::commands::{Command, CommandRecord};
use muster_model::ids::{AppId, DeviceId};
use muster_model::words::CommandStatus;
use muster_store::{Database, Error, Row, Transaction, args};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::page::Page;

/// A command that was accepted.
#[derive(Debug)]
pub(crate) struct NewCommand<'a> {
    pub(crate) device: DeviceId,
    pub(crate) command: Command,
    /// What stands beside the command in its request.
    pub(crate) parameters: &'a Map<String, Value>,
    /// Of `InstallApplication`.
    pub(crate) app: Option<AppId>,
    pub(crate) requested_by: &'a str,
}

/// Queues a command for the device's next check-in.
pub(crate) async fn queue(tx: &mut Transaction, new: &NewCommand<'_>, now: Timestamp) -> Result<Uuid, Error> {
    let uuid = Uuid::new_v4();
    tx.execute(
        "insert into commands (id, uuid, device_id, command, parameters, application_id, status, reason, \
         requested_by, queued_at, sent_at, finished_at, due_at, tries) \
         select coalesce(max(id), 0) + 1, $1, $2, $3, $4, $5, 'Queued', '', $6, $7, null, null, $7, 0 from commands",
        args![
            uuid,
            new.device.0,
            new.command.as_str(),
            Value::Object(new.parameters.clone()).to_string(),
            new.app.map(|app| app.0),
            new.requested_by,
            now
        ],
    )
    .await?;
    Ok(uuid)
}

/// The commands of a device, newest first, and how many there are.
pub(crate) async fn of_device(
    database: &Database,
    device: DeviceId,
    page: Page,
) -> Result<(Vec<CommandRecord>, u64), Error> {
    let count = "select count(*) as total from commands where device_id = $1";
    let total = database.fetch_one(count, args![device.0]).await?.get("total")?;
    let sql = format!(
        "select uuid, command, status, reason, requested_by, queued_at, finished_at, application_id from commands \
         where device_id = $1 order by id desc{}",
        page.text()
    );
    let rows = database.fetch(sql, args![device.0]).await?;
    let read = |row: &Row| {
        Ok(CommandRecord {
            command_uuid: Some(row.get("uuid")?),
            command: row.get("command")?,
            status: CommandStatus::from(row.get::<String>("status")?.as_str()),
            reason: row.get("reason")?,
            requested_by: row.get("requested_by")?,
            queued_at: Some(Stamp(row.get("queued_at")?)),
            finished_at: row.get::<Option<Timestamp>>("finished_at")?.map(Stamp),
            application_id: row.get("application_id")?,
        })
    };
    Ok((rows.iter().map(read).collect::<Result<_, Error>>()?, total))
}
