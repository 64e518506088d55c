//! SQL of the audit.

use jiff::Timestamp;
use muster_store::{Row, Transaction, args};

use super::{Journal, reading, text_of, value_of, writing};
use crate::audit::{AuditRecord, AuditState, Occurrence, Walk};
use crate::error::Error;

const COLUMNS: [&str; 8] = ["number", "at", "actor", "event", "subject", "details", "previous", "hash"];

/// Continues the chain within the transaction that does what is recorded: both are durable, or neither.
pub(super) async fn append(
    transaction: &mut Transaction,
    now: Timestamp,
    occurrences: Vec<Occurrence>,
) -> Result<(), Error> {
    if occurrences.is_empty() {
        return Ok(());
    }
    let count = occurrences.len();
    // Updating first locks the row, so that on PostgreSQL two appends queue up behind each other.
    let head = transaction
        .fetch_one("update audit_head set number = number + $1 where id = 1 returning number, hash", args![count])
        .await
        .map_err(writing)?;
    let last: i64 = head.get("number").map_err(writing)?;
    let mut previous: String = head.get("hash").map_err(writing)?;
    let mut rows = Vec::with_capacity(count);
    for (position, occurrence) in occurrences.into_iter().enumerate() {
        let number = last - (count - 1 - position) as i64;
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
