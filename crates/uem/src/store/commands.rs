//! The queue where callers and devices meet, seen from the callers' side. Every accepted command is
//! one row, for ever: the queue is also the ledger of effects.

use jiff::Timestamp;
use muster_model::Stamp;
use muster_model::commands::{Command, CommandRecord};
use muster_model::ids::{AppId, DeviceId};
use muster_model::words::CommandStatus;
use muster_store::{Database, Error, Row, Transaction, args};
use uuid::Uuid;

use super::filter::Filter;
use super::page::Page;
use super::rows;
use super::scope::Scope;

/// A command that was accepted.
#[derive(Debug)]
pub(crate) struct NewCommand<'a> {
    pub(crate) uuid: Uuid,
    pub(crate) device: DeviceId,
    pub(crate) command: Command,
    /// What stands beside the command in its request, as JSON.
    pub(crate) parameters: &'a str,
    /// Of `InstallApplication`.
    pub(crate) app: Option<AppId>,
    pub(crate) requested_by: &'a str,
    /// Whether the log of its device says that it was requested. Else whoever queues it writes what the log says.
    pub(crate) told: bool,
}

/// A new command's UUID. It begins with the time, so that rows of one moment stand side by side in the index of UUIDs:
/// with random ones, each is a page of it that has to be written.
pub(crate) fn new_uuid(now: Timestamp) -> Uuid {
    let milliseconds = u64::try_from(now.as_millisecond()).unwrap_or_default();
    uuid::Builder::from_unix_timestamp_millis(milliseconds, &rand::random()).into_uuid()
}

/// Queues commands, each for the next check-in of its device.
pub(crate) async fn queue(tx: &mut Transaction, new: &[NewCommand<'_>], now: Timestamp) -> Result<(), Error> {
    if new.is_empty() {
        return Ok(());
    }
    let last = Last::read(tx).await?;
    queue_after(tx, &last, new, now).await
}

/// Where numbers go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Last {
    command: i64,
    /// Of the logs of devices.
    event: i64,
    pub(crate) effect: i64,
}

impl Last {
    pub(crate) async fn read(tx: &mut Transaction) -> Result<Self, Error> {
        let sql = "select (select coalesce(max(id), 0) from commands) as command, \
                   (select coalesce(max(id), 0) from events) as event, \
                   coalesce((select abs(event_id) from commands order by id desc limit 1), 0) as told, \
                   (select coalesce(max(id), 0) from effects) as effect";
        let row = tx.fetch_one(sql, args![]).await?;
        let (event, told): (i64, i64) = (row.get("event")?, row.get("told")?);
        Ok(Self { command: row.get("command")?, event: event.max(told), effect: row.get("effect")? })
    }
}

/// The same, when it is known where numbers go on.
pub(crate) async fn queue_after(
    tx: &mut Transaction,
    last: &Last,
    new: &[NewCommand<'_>],
    now: Timestamp,
) -> Result<(), Error> {
    let mut event = last.event;
    let row = |new: &NewCommand<'_>| {
        event += i64::from(new.told);
        let number = if new.told { event } else { -event };
        let (app, by) = (new.app.map(|app| app.0), new.requested_by);
        (new.uuid, new.device.0, new.command.as_str(), new.parameters.to_owned(), app, by.to_owned(), number)
    };
    let rows: Vec<_> = new.iter().map(row).collect();
    let sql = format!(
        "insert into commands (id, uuid, device_id, command, parameters, application_id, status, reason, \
         requested_by, queued_at, due_at, tries, event_id) \
         select $1 + 1 + r.place, r.value->>0, cast(r.value->>1 as bigint), r.value->>2, r.value->>3, \
         cast(r.value->>4 as bigint), 'Queued', '', r.value->>5, $2, $2, 0, cast(r.value->>6 as bigint) from {} as r",
        rows::each(tx.engine(), "$3")
    );
    tx.execute(sql, args![last.command, now, rows::argument(&rows)]).await.map(drop)
}

/// Whether a command of this kind is still under way to a device.
pub(crate) async fn is_open(tx: &mut Transaction, device: i64, command: Command) -> Result<bool, Error> {
    let sql = "select id from commands where device_id = $1 and command = $2 \
               and status in ('Queued', 'Sent', 'NotNow') limit 1";
    Ok(tx.fetch_optional(sql, args![device, command.as_str()]).await?.is_some())
}

/// Takes commands of this kind back that their device has not been handed yet; tells how many.
pub(crate) async fn cancel(
    tx: &mut Transaction,
    device: i64,
    command: Command,
    reason: &str,
    now: Timestamp,
) -> Result<u64, Error> {
    let sql = "update commands set status = 'Cancelled', reason = $3, finished_at = $4 \
               where device_id = $1 and command = $2 and status in ('Queued', 'NotNow')";
    tx.execute(sql, args![device, command.as_str(), reason, now]).await
}

/// Rows of the queue, and the wipes that wait for an approval before they become one.
const RECORDS: &str = "(select uuid, device_id, command, status, reason, requested_by, queued_at, finished_at, \
    application_id from commands union all \
    select w.uuid, w.device_id, w.command, 'Held', 'Wipe protection holds it until it is approved', w.requested_by, \
    w.requested_at, null, null from wipes w where w.status = 'HELD') as r";

/// The commands of a device, newest first, and how many there are.
pub(crate) async fn of_device(
    database: &Database,
    device: DeviceId,
    page: Page,
) -> Result<(Vec<CommandRecord>, u64), Error> {
    let count = format!("select count(*) as total from {RECORDS} where r.device_id = $1");
    let total = database.fetch_one(count, args![device.0]).await?.get("total")?;
    // The ids of the queue say in which order commands came that came at the same moment.
    let sql = format!(
        "select r.uuid, r.command, r.status, r.reason, r.requested_by, r.queued_at, r.finished_at, r.application_id \
         from {RECORDS} left join commands c on c.uuid = r.uuid \
         where r.device_id = $1 order by r.queued_at desc, c.id desc{}",
        page.text()
    );
    let rows = database.fetch(sql, args![device.0]).await?;
    Ok((rows.iter().map(record).collect::<Result<_, Error>>()?, total))
}

fn record(row: &Row) -> Result<CommandRecord, Error> {
    Ok(CommandRecord {
        command_uuid: Some(row.get("uuid")?),
        command: row.get("command")?,
        status: CommandStatus::from(row.get::<String>("status")?.as_str()),
        reason: row.get("reason")?,
        requested_by: row.get("requested_by")?,
        queued_at: Some(Stamp(row.get("queued_at")?)),
        finished_at: row.get::<Option<Timestamp>>("finished_at")?.map(Stamp),
        application_id: row.get("application_id")?,
        ..Default::default()
    })
}

/// Which rows of the queue are wanted.
#[derive(Debug, Default)]
pub(crate) struct Wanted<'a> {
    pub(crate) device: Option<i64>,
    pub(crate) command: Option<Command>,
    pub(crate) status: Option<&'a str>,
    pub(crate) requested_by: Option<&'a str>,
    pub(crate) since: Option<Timestamp>,
    pub(crate) uuid: Option<Uuid>,
}

/// A row of the queue, and whose it is.
#[derive(Debug, Clone)]
pub(crate) struct Queued {
    pub(crate) device: i64,
    pub(crate) record: CommandRecord,
}

/// One page of the queue of all devices, newest first, and how many rows match.
pub(crate) async fn search(
    database: &Database,
    wanted: &Wanted<'_>,
    page: Page,
    scope: &Scope,
) -> Result<(Vec<Queued>, u64), Error> {
    let mut filter = Filter::default();
    filter.within("d.organization_group_id", scope);
    if let Some(device) = wanted.device {
        filter.equal("r.device_id", device);
    }
    if let Some(command) = wanted.command {
        filter.equal("r.command", command.as_str());
    }
    if let Some(status) = wanted.status {
        let status = filter.arg(status);
        filter.and(format!("lower(r.status) = lower({status})"));
    }
    if let Some(by) = wanted.requested_by {
        filter.contains("r.requested_by", by);
    }
    if let Some(since) = wanted.since {
        let since = filter.arg(since);
        filter.and(format!("r.queued_at >= {since}"));
    }
    if let Some(uuid) = wanted.uuid {
        filter.equal("r.uuid", uuid);
    }
    let tables = format!("{RECORDS} left join devices d on d.id = r.device_id");
    let count = format!("select count(*) as total from {tables}{}", filter.text());
    let total = database.fetch_one(count, filter.args()).await?.get("total")?;
    let sql = format!(
        "select r.uuid, r.device_id, r.command, r.status, r.reason, r.requested_by, r.queued_at, r.finished_at, \
         r.application_id from {tables}{} order by r.queued_at desc, r.uuid{}",
        filter.text(),
        page.text()
    );
    let rows = database.fetch(sql, filter.args()).await?;
    let read = |row: &Row| Ok(Queued { device: row.get("device_id")?, record: record(row)? });
    Ok((rows.iter().map(read).collect::<Result<_, Error>>()?, total))
}

/// Takes one command back; `false` if its device has been handed it, or it has ended.
pub(crate) async fn take_back(tx: &mut Transaction, uuid: Uuid, now: Timestamp) -> Result<bool, Error> {
    let sql = "update commands set status = 'Cancelled', reason = 'Taken back by an administrator', finished_at = $2 \
               where uuid = $1 and status in ('Queued', 'NotNow')";
    Ok(tx.execute(sql, args![uuid, now]).await? > 0)
}
