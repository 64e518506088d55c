//! The ledger of effects: what each accepted request changed, written in the transaction that changed it. So a
//! row is there if and only if the effect is, and whoever counts rows counts effects.

use jiff::Timestamp;
use muster_store::{Database, Error, Row, Transaction, args};
use uuid::Uuid;

use super::rows;

/// The request behind a change.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cause<'a> {
    /// The correlation id of the answer.
    pub(crate) request: Uuid,
    pub(crate) operation: &'a str,
    /// The address that was called.
    pub(crate) object: &'a str,
    /// The device in the address, where it names one.
    pub(crate) device: Option<i64>,
}

/// One effect as it is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Effect {
    pub(crate) id: i64,
    pub(crate) at: Timestamp,
    pub(crate) request: Uuid,
    pub(crate) operation: String,
    pub(crate) object: String,
    pub(crate) command: Option<String>,
    pub(crate) device: Option<i64>,
}

/// The last command of the queue, to be asked before a change begins.
pub(crate) async fn last_command(tx: &mut Transaction) -> Result<i64, Error> {
    tx.fetch_one("select coalesce(max(id), 0) as last from commands", args![]).await?.get("last")
}

/// Records a change: one effect for each command that was queued since `before`, or a single one if none was.
pub(crate) async fn record(tx: &mut Transaction, cause: &Cause<'_>, before: i64, now: Timestamp) -> Result<(), Error> {
    let commands = "insert into effects (id, at, request_id, operation, object, command, device_id) \
                    select (select coalesce(max(id), 0) from effects) + row_number() over (order by c.id), \
                    $1, $2, $3, $4, c.command, c.device_id from commands c where c.id > $5";
    let queued = tx.execute(commands, args![now, cause.request, cause.operation, cause.object, before]).await?;
    if queued == 0 {
        let single = "insert into effects (id, at, request_id, operation, object, command, device_id) \
                      select coalesce(max(id), 0) + 1, $1, $2, $3, $4, null, $5 from effects";
        tx.execute(single, args![now, cause.request, cause.operation, cause.object, cause.device]).await?;
    }
    Ok(())
}

/// A command that was queued for a device, and the request that did it.
#[derive(Debug)]
pub(crate) struct Sent<'a> {
    pub(crate) request: Uuid,
    pub(crate) operation: &'a str,
    pub(crate) object: &'a str,
    pub(crate) command: &'static str,
    pub(crate) device: i64,
}

/// Records commands that were queued for many requests at once; the last effect before them is known.
pub(crate) async fn record_sent(
    tx: &mut Transaction,
    last: i64,
    sent: &[Sent<'_>],
    now: Timestamp,
) -> Result<(), Error> {
    let row =
        |sent: &Sent<'_>| (sent.request, sent.operation.to_owned(), sent.object.to_owned(), sent.command, sent.device);
    let rows: Vec<_> = sent.iter().map(row).collect();
    let sql = format!(
        "insert into effects (id, at, request_id, operation, object, command, device_id) \
         select $1 + 1 + r.place, $2, r.value->>0, r.value->>1, r.value->>2, r.value->>3, \
         cast(r.value->>4 as bigint) from {} as r",
        rows::each(tx.engine(), "$3")
    );
    tx.execute(sql, args![last, now, rows::argument(&rows)]).await.map(drop)
}

/// Effects after the one with this number, oldest first.
pub(crate) async fn after(database: &Database, id: i64, limit: u32) -> Result<Vec<Effect>, Error> {
    let sql = format!(
        "select id, at, request_id, operation, object, command, device_id from effects where id > $1 \
         order by id limit {limit}"
    );
    database.fetch(sql, args![id]).await?.iter().map(read).collect()
}

fn read(row: &Row) -> Result<Effect, Error> {
    Ok(Effect {
        id: row.get("id")?,
        at: row.get("at")?,
        request: row.get("request_id")?,
        operation: row.get("operation")?,
        object: row.get("object")?,
        command: row.get("command")?,
        device: row.get("device_id")?,
    })
}
