//! What happened to a device: the log that the published API shows, and the only trace of a command there.

use jiff::Timestamp;
use muster_model::Stamp;
use muster_model::commands::{EventData, EventLogEntry};
use muster_model::ids::{RecordId, Wrapped};
use muster_store::{Database, Error, Transaction, args};

use super::filter::Filter;
use super::page::Page;
use super::rows;

/// An entry to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NewEvent {
    pub(crate) device_id: i64,
    pub(crate) at: Timestamp,
    /// `Information`, `Warning` or `Error`.
    pub(crate) severity: &'static str,
    /// `SyncDevice Requested`, `SyncDevice Confirmed`, …
    pub(crate) event: String,
    /// Who asked for it; empty when the device acts by itself.
    pub(crate) admin_account: String,
    /// `Console` for what callers ask, `Device` for what devices report, `Server` for the rest.
    pub(crate) source: &'static str,
    /// `Name=Value` texts.
    pub(crate) details: Vec<String>,
}

/// Writes entries in the given order.
pub(crate) async fn record(tx: &mut Transaction, events: Vec<NewEvent>) -> Result<(), Error> {
    if events.is_empty() {
        return Ok(());
    }
    let sql = "select coalesce(max(id), 0) as last, \
               coalesce((select abs(event_id) from commands order by id desc limit 1), 0) as told from events";
    let row = tx.fetch_one(sql, args![]).await?;
    let last = row.get::<i64>("last")?.max(row.get("told")?);
    let row = |event: NewEvent| {
        let details = event.details.join("\n");
        let at = event.at.as_microsecond();
        (event.device_id, at, event.severity, event.event, event.admin_account, event.source, details)
    };
    let rows: Vec<_> = events.into_iter().map(row).collect();
    let sql = format!(
        "insert into events (id, device_id, at, severity, event, admin_account, source, details) \
         select $1 + 1 + r.place, cast(r.value->>0 as bigint), cast(r.value->>1 as bigint), r.value->>2, r.value->>3, \
         r.value->>4, r.value->>5, r.value->>6 from {} as r",
        rows::each(tx.engine(), "$2")
    );
    tx.execute(sql, args![last, rows::argument(&rows)]).await.map(drop)
}

/// What stands in the log: the entries, and of each command that it was requested, which its own row tells. `{line}`
/// parts the details.
const LOG: &str = "(select id, device_id, at, severity, event, admin_account, source, details from events union all \
    select event_id, device_id, queued_at, 'Information', command || ' Requested', requested_by, 'Console', \
    'CommandUuid=' || uuid || case when application_id is null then '' \
    else {line} || 'ApplicationId=' || cast(application_id as text) end \
    from commands where event_id > 0) as e";

/// One page of a device's log, newest first, and how long the log is.
pub(crate) async fn of_device(
    database: &Database,
    device_id: i64,
    since: Option<Timestamp>,
    severity: Option<&str>,
    page: Page,
) -> Result<(Vec<EventLogEntry>, u64), Error> {
    let mut filter = Filter::default();
    let log = LOG.replace("{line}", &format!("cast({} as text)", filter.arg("\n")));
    filter.equal("device_id", device_id);
    if let Some(since) = since {
        let since = filter.arg(since);
        filter.and(format!("at >= {since}"));
    }
    if let Some(severity) = severity {
        filter.equal("severity", severity);
    }
    let count = format!("select count(*) as total from {log}{}", filter.text());
    let total = database.fetch_one(count, filter.args()).await?.get("total")?;
    let sql = format!(
        "select id, at, severity, event, admin_account, source, details from {log}{} order by id desc{}",
        filter.text(),
        page.text()
    );
    let rows = database.fetch(sql, filter.args()).await?;
    let entries = rows.iter().map(|row| {
        let details: String = row.get("details")?;
        Ok(EventLogEntry {
            time_stamp: Some(Stamp(row.get("at")?)),
            severity: row.get("severity")?,
            event: row.get("event")?,
            admin_account: row.get("admin_account")?,
            source: row.get("source")?,
            event_data_list: details
                .lines()
                .filter_map(|line| line.split_once('='))
                .map(|(name, value)| EventData::new(name, value))
                .collect(),
            id: Wrapped(RecordId(row.get("id")?)),
            ..Default::default()
        })
    });
    Ok((entries.collect::<Result<_, Error>>()?, total))
}
