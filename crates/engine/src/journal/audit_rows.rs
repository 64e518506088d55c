//! SQL of the audit.

use jiff::Timestamp;
use muster_store::{Row, Transaction, args};

use super::{Claim, Journal, reading, text_of, value_of, writing};
use crate::audit::{AuditRecord, AuditState, Occurrence, Walk};
use crate::error::Error;

const COLUMNS: [&str; 8] = ["number", "at", "actor", "event", "subject", "details", "previous", "hash"];

/// Numbers that an append has taken, and the hash that its first record continues.
pub(super) struct Reserved {
    first: i64,
    previous: String,
}

/// Takes the next numbers of the chain. Updating the one row of the head locks it, so that on PostgreSQL
/// two appends queue up behind each other.
pub(super) async fn reserve(transaction: &mut Transaction, count: usize) -> Result<Reserved, Error> {
    let sql = "update audit_head set number = number + $1 where id = 1 returning number, hash";
    let head = transaction.fetch_one(sql, args![count]).await.map_err(writing)?;
    reserved(&head, count)
}

/// The same for an append to a job, if the claim on it still holds; `None` if it does not.
pub(super) async fn reserve_for(
    transaction: &mut Transaction,
    claim: &Claim,
    count: usize,
) -> Result<Option<Reserved>, Error> {
    let sql = "update audit_head set number = number + $1 where id = 1 \
               and exists (select 1 from jobs where id = $2 and fence = $3) returning number, hash";
    let values = args![count, claim.job.to_string(), claim.fence];
    let head = transaction.fetch_optional(sql, values).await.map_err(writing)?;
    head.map(|head| reserved(&head, count)).transpose()
}

fn reserved(head: &Row, count: usize) -> Result<Reserved, Error> {
    let last: i64 = head.get("number").map_err(writing)?;
    let previous = head.get("hash").map_err(writing)?;
    Ok(Reserved { first: last + 1 - i64::try_from(count).unwrap_or(i64::MAX), previous })
}

/// Writes as many records as there were numbers taken.
pub(super) async fn write(
    transaction: &mut Transaction,
    now: Timestamp,
    reserved: Reserved,
    occurrences: Vec<Occurrence>,
) -> Result<(), Error> {
    if occurrences.is_empty() {
        return Ok(());
    }
    let Reserved { first, mut previous } = reserved;
    let mut rows = Vec::with_capacity(occurrences.len());
    for (number, occurrence) in (first..).zip(occurrences) {
        let record = AuditRecord::link(occurrence, now, number, &previous);
        let details = text_of(&record.details)?;
        previous.clone_from(&record.hash);
        let AuditRecord { actor, event, subject, previous, hash, .. } = record;
        rows.push(args![number, now, actor, event, subject, details, previous, hash]);
    }
    transaction.insert("audit", &COLUMNS, rows).await.map_err(writing)?;
    transaction.execute("update audit_head set hash = $1 where id = 1", args![previous]).await.map_err(writing)?;
    Ok(())
}

/// Continues the chain within the transaction that does what is recorded: both are durable, or neither.
pub(super) async fn append(transaction: &mut Transaction, now: Timestamp, occurrence: Occurrence) -> Result<(), Error> {
    let reserved = reserve(transaction, 1).await?;
    write(transaction, now, reserved, vec![occurrence]).await
}

impl Journal {
    /// The whole audit, oldest first.
    pub(crate) async fn audit(&self) -> Result<Vec<AuditRecord>, Error> {
        let rows = self.database.fetch("select * from audit order by number", args![]).await.map_err(reading)?;
        rows.iter().map(record).collect()
    }

    /// Recomputes the chain, a page at a time.
    pub(crate) async fn verify_audit(&self) -> Result<AuditState, Error> {
        let mut walk = Walk::new(self.head().await?);
        loop {
            let sql = "select * from audit where number > $1 order by number limit 5000";
            let rows = self.database.fetch(sql, args![walk.last()]).await.map_err(reading)?;
            if rows.is_empty() {
                break;
            }
            for row in &rows {
                walk.step(&record(row)?)?;
            }
        }
        walk.end(self.head().await?.0)
    }

    async fn head(&self) -> Result<(i64, String), Error> {
        let row = self.database.fetch_one("select number, hash from audit_head where id = 1", args![]).await;
        let row = row.map_err(reading)?;
        Ok((row.get("number").map_err(reading)?, row.get("hash").map_err(reading)?))
    }
}

fn record(row: &Row) -> Result<AuditRecord, Error> {
    let text = |column: &str| row.get::<String>(column).map_err(reading);
    Ok(AuditRecord {
        number: row.get("number").map_err(reading)?,
        at: row.get("at").map_err(reading)?,
        actor: text("actor")?,
        event: text("event")?,
        subject: text("subject")?,
        details: value_of("audit record", &text("details")?)?,
        previous: text("previous")?,
        hash: text("hash")?,
    })
}
