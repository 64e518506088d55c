//! What was asked of the API and how it ended, and how much of their quotas callers have used.

use jiff::Timestamp;
use muster_store::{Database, Error, Row, Transaction, args};
use uuid::Uuid;

use crate::store::filter::Filter;
use crate::store::page::Page;

/// One request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) at: Timestamp,
    /// Of the caller's credentials; 0 if nobody was recognised.
    pub(crate) group: i64,
    /// Empty if nobody was recognised.
    pub(crate) caller: String,
    /// By which means, such as `basic, key backup-service`.
    pub(crate) credential: String,
    pub(crate) address: String,
    pub(crate) method: String,
    pub(crate) path: String,
    /// Empty if no route was found.
    pub(crate) operation: String,
    /// The arguments of the path.
    pub(crate) object: String,
    pub(crate) status: u16,
    pub(crate) duration_us: u64,
    pub(crate) correlation: Uuid,
}

/// What a reader of the log wants; `None` matches everything.
#[derive(Debug, Clone, Default)]
pub(crate) struct Wanted<'a> {
    /// One of these organization groups.
    pub(crate) groups: Option<&'a [i64]>,
    pub(crate) caller: Option<&'a str>,
    pub(crate) operation: Option<&'a str>,
    pub(crate) status: Option<u16>,
    pub(crate) since: Option<Timestamp>,
    pub(crate) correlation: Option<Uuid>,
}

/// Where numbers go on.
pub(crate) async fn last_id(database: &Database) -> Result<i64, Error> {
    database.fetch_one("select coalesce(max(id), 0) as id from api_log", args![]).await?.get("id")
}

/// Writes entries, the first of which gets the id after `last`.
pub(crate) async fn add(tx: &mut Transaction, last: i64, entries: &[Entry]) -> Result<(), Error> {
    const COLUMNS: [&str; 13] = [
        "id",
        "at",
        "organization_group_id",
        "caller",
        "credential",
        "address",
        "method",
        "path",
        "operation",
        "object",
        "status",
        "duration_us",
        "correlation",
    ];
    let rows = (last + 1..).zip(entries).map(|(id, entry)| {
        args![
            id,
            entry.at,
            entry.group,
            entry.caller.as_str(),
            entry.credential.as_str(),
            entry.address.as_str(),
            entry.method.as_str(),
            entry.path.as_str(),
            entry.operation.as_str(),
            entry.object.as_str(),
            entry.status,
            i64::try_from(entry.duration_us).unwrap_or(i64::MAX),
            entry.correlation
        ]
    });
    tx.insert("api_log", &COLUMNS, rows.collect()).await
}

/// One page of the log, newest first, and how many entries match.
pub(crate) async fn search(database: &Database, wanted: &Wanted<'_>, page: Page) -> Result<(Vec<Entry>, u64), Error> {
    let mut filter = Filter::default();
    if let Some(groups) = wanted.groups {
        if groups.is_empty() {
            filter.and("1 = 0");
        }
        filter.one_of("organization_group_id", groups.iter().copied());
    }
    if let Some(caller) = wanted.caller {
        filter.contains("caller", caller);
    }
    if let Some(operation) = wanted.operation {
        filter.contains("operation", operation);
    }
    if let Some(status) = wanted.status {
        filter.equal("status", status);
    }
    if let Some(since) = wanted.since {
        let since = filter.arg(since);
        filter.and(format!("at >= {since}"));
    }
    if let Some(correlation) = wanted.correlation {
        filter.equal("correlation", correlation);
    }
    let condition = filter.text();
    let count = format!("select count(*) as total from api_log{condition}");
    let total = database.fetch_one(count, filter.args()).await?.get("total")?;
    let sql = format!("select * from api_log{condition} order by id desc{}", page.text());
    let rows = database.fetch(sql, filter.args()).await?;
    Ok((rows.iter().map(read).collect::<Result<_, _>>()?, total))
}

/// Forgets what a group's retention no longer covers.
pub(crate) async fn forget(tx: &mut Transaction, group: i64, before: Timestamp) -> Result<u64, Error> {
    tx.execute("delete from api_log where organization_group_id = $1 and at < $2", args![group, before]).await
}

/// What was used since the last time this was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Used {
    pub(crate) day: i64,
    /// Of that day so far.
    pub(crate) count: u64,
    pub(crate) at: Timestamp,
}

/// Writes the use of a key (`api_keys`) or a client (`oauth_clients`).
pub(crate) async fn write_use(tx: &mut Transaction, table: UseOf, id: i64, used: Used) -> Result<(), Error> {
    let table = match table {
        UseOf::Key => "api_keys",
        UseOf::Client => "oauth_clients",
    };
    let sql = format!("update {table} set used_day = $2, used_count = $3, last_used_at = $4 where id = $1");
    let count = i64::try_from(used.count).unwrap_or(i64::MAX);
    tx.execute(sql, args![id, used.day, count, used.at]).await.map(|_| ())
}

/// Whose daily use is counted beside the group's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum UseOf {
    Key,
    Client,
}

/// Writes how much of a day's quota a group has used, and forgets other days.
pub(crate) async fn write_group_use(tx: &mut Transaction, group: i64, day: i64, count: u64) -> Result<(), Error> {
    tx.execute("delete from api_usage where organization_group_id = $1 and day < $2", args![group, day]).await?;
    let sql = "insert into api_usage (organization_group_id, day, used_count) values ($1, $2, $3) \
               on conflict (organization_group_id, day) do update set used_count = excluded.used_count";
    tx.execute(sql, args![group, day, i64::try_from(count).unwrap_or(i64::MAX)]).await.map(|_| ())
}

/// Group, day and use, of every group that has used any.
pub(crate) async fn group_uses(database: &Database) -> Result<Vec<(i64, i64, u64)>, Error> {
    let rows = database.fetch("select organization_group_id, day, used_count from api_usage", args![]).await?;
    let read = |row: &Row| {
        let count: i64 = row.get("used_count")?;
        Ok((row.get("organization_group_id")?, row.get("day")?, count.unsigned_abs()))
    };
    rows.iter().map(read).collect()
}

fn read(row: &Row) -> Result<Entry, Error> {
    Ok(Entry {
        at: row.get("at")?,
        group: row.get("organization_group_id")?,
        caller: row.get("caller")?,
        credential: row.get("credential")?,
        address: row.get("address")?,
        method: row.get("method")?,
        path: row.get("path")?,
        operation: row.get("operation")?,
        object: row.get("object")?,
        status: u16::try_from(row.get::<i64>("status")?).unwrap_or_default(),
        duration_us: row.get::<i64>("duration_us")?.unsigned_abs(),
        correlation: row.get("correlation")?,
    })
}
