//! SQL of the audit's records.

use std::sync::Arc;

use jiff::Timestamp;
use muster_store::{ForRows, Row, Statement, Transaction, Value, args};
use serde_json::json;

use super::outcome_rows::ranges;
use super::{Claim, Journal, OpenTask, reading, value_of, writing};
use crate::audit::tree::{Edge, Hash, Subtree};
use crate::audit::{AuditRecord, AuditState, Checkpoint, Content, Occurrence, Trust, Walk, broken};
use crate::error::Error;
use crate::note::PublicKey;
use crate::plan::hash::hexadecimal;

/// Records that are read at one time.
const PAGE: i64 = 5_000;
/// Subtrees are kept from this level on: 256 records are read in a moment.
pub(super) const KEPT_LEVEL: u32 = 8;

/// The head of the log, locked for an append.
pub(super) struct Head {
    pub(super) number: i64,
    pub(super) hash: Arc<str>,
    pub(super) edge: Edge,
}

/// Updating the head's one row is what locks it, so that on PostgreSQL two appends queue up behind each other.
const LOCK: &str = "update audit_head set number = number where id = 1 returning number, hash, edge";

/// Locks the head.
pub(super) async fn reserve(transaction: &mut Transaction) -> Result<Head, Error> {
    let row = transaction.fetch_one(LOCK, args![]).await.map_err(writing)?;
    head(&row)
}

/// The same for an append to a job, if the claim on it still holds.
pub(super) async fn reserve_for(transaction: &mut Transaction, claim: &Claim) -> Result<Head, Error> {
    let (sql, values) = reserving_for(claim);
    reserved_for(claim, &transaction.fetch(sql, values).await.map_err(writing)?)
}

/// The statement that does so, for the beginning of a transaction.
pub(super) fn reserving_for(claim: &Claim) -> Statement {
    let sql = "update audit_head set number = number where id = 1 \
               and exists (select 1 from jobs where id = $1 and fence = $2) returning number, hash, edge";
    (sql.into(), args![claim.job.to_string(), claim.fence])
}

/// What it answers.
pub(super) fn reserved_for(claim: &Claim, rows: &[Row]) -> Result<Head, Error> {
    rows.first().map(head).transpose()?.ok_or(Error::LeaseLost { job: claim.job })
}

fn head(row: &Row) -> Result<Head, Error> {
    let (number, edge): (i64, String) = (row.get("number").map_err(writing)?, row.get("edge").map_err(writing)?);
    let edge = Edge::parse(number.unsigned_abs(), &edge);
    let edge = edge.ok_or_else(|| Error::Corrupt { what: "head of the audit", why: "it has another size".into() })?;
    Ok(Head { number, hash: row.get("hash").map_err(writing)?, edge })
}

/// Writes records behind the head.
pub(super) async fn write(
    transaction: &mut Transaction,
    now: Timestamp,
    head: Head,
    occurrences: Vec<Occurrence>,
) -> Result<(), Error> {
    let mut growth = Growth::behind(head, now);
    occurrences.iter().for_each(|occurrence| growth.add(occurrence));
    let (_, last) = growth.write(transaction).await?;
    for (sql, values) in last {
        transaction.execute(sql, values).await.map_err(writing)?;
    }
    Ok(())
}

/// Records that are to come behind the head.
pub(super) struct Growth {
    head: Head,
    now: Timestamp,
    alike: Vec<Alike>,
    whole: Vec<Vec<Value>>,
}

/// Records that follow one another and have an actor and a subject in common: that is given to the database once.
struct Alike {
    actor: Arc<str>,
    subject: Arc<str>,
    rows: Vec<Value>,
}

impl Growth {
    pub(super) fn behind(head: Head, now: Timestamp) -> Self {
        Self { head, now, alike: Vec::new(), whole: Vec::new() }
    }

    /// Adds a record. That is hashing and no more: the database can be at work meanwhile.
    pub(super) fn add(&mut self, occurrence: &Occurrence) {
        let Occurrence { actor, subject, event, details } = occurrence;
        let Head { number, hash, edge } = &mut self.head;
        *number += 1;
        let content = Content::of(occurrence, self.now, *number, hash);
        edge.push(content.leaf(), |subtree, hash| keep(&mut self.whole, subtree, hash));
        let previous = std::mem::replace(hash, content.hash().into());
        let row = args![*number, event, details, previous, &*hash];
        match self.alike.last_mut() {
            Some(last) if last.actor == *actor && last.subject == *subject => last.rows.extend(row),
            _ => self.alike.push(Alike { actor: actor.clone(), subject: subject.clone(), rows: row }),
        }
    }

    /// Writes the records. Answers the new head, and the statements that are still to be carried out so that it is the
    /// database's, too.
    pub(super) async fn write(self, transaction: &mut Transaction) -> Result<(Head, Vec<Statement>), Error> {
        let Self { head, now, alike, whole } = self;
        if alike.is_empty() {
            return Ok((head, Vec::new()));
        }
        for Alike { actor, subject, rows } in alike {
            transaction.execute_for(&RECORDS, args![now, &*actor, &*subject], rows).await.map_err(writing)?;
        }
        let last = moved(&head, whole);
        Ok((head, last))
    }
}

static RECORDS: ForRows = ForRows::new(
    &["number", "event", "details", "previous", "hash"],
    || args![0, "", "", "", ""],
    "insert into audit (number, at, actor, event, subject, details, previous, hash) \
     select v.number, $1, $2, v.event, $3, v.details, v.previous, v.hash from v where v.number > 0",
);

/// A row of a subtree that is worth keeping.
pub(super) fn keep(rows: &mut Vec<Vec<Value>>, subtree: Subtree, hash: &Hash) {
    if subtree.level >= KEPT_LEVEL {
        let index = i64::try_from(subtree.index).unwrap_or(i64::MAX);
        rows.push(args![i64::from(subtree.level), index, hexadecimal(hash)]);
    }
}

/// What keeps the subtrees that are whole by now, and moves the head.
fn moved(head: &Head, whole: Vec<Vec<Value>>) -> Vec<Statement> {
    let kept = "insert into audit_subtrees (level, idx, hash) values ($1, $2, $3)";
    let sql = "update audit_head set number = $1, hash = $2, edge = $3 where id = 1";
    let mut last: Vec<Statement> = whole.into_iter().map(|values| (kept.into(), values)).collect();
    last.push((sql.into(), args![head.number, &head.hash, head.edge.to_text()]));
    last
}

/// Continues the log within the transaction that does what is recorded: both are durable, or neither.
pub(super) async fn append(transaction: &mut Transaction, now: Timestamp, occurrence: Occurrence) -> Result<(), Error> {
    let head = reserve(transaction).await?;
    write(transaction, now, head, vec![occurrence]).await
}

/// The record that some tasks are about to be sent: without it in the log, nothing leaves. What cannot be
/// undone is named one by one, the rest by its places in the plan.
pub(super) fn sending<'a>(claim: &Claim, tasks: impl Iterator<Item = &'a OpenTask>) -> Option<Occurrence> {
    let (mut places, mut destroys): (Vec<usize>, Vec<serde_json::Value>) = Default::default();
    for task in tasks {
        places.push(task.index);
        if task.action.effect() == muster_model::Effect::Destroy {
            destroys.push(json!({
                "index": task.index, "target": task.target.name(), "action": task.action.describe(),
                "attempt": task.attempt + 1,
            }));
        }
    }
    let indexes = ranges(places.into_iter());
    if indexes.is_empty() {
        return None;
    }
    let mut details = json!({ "indexes": indexes });
    if !destroys.is_empty() {
        details["destroys"] = destroys.into();
    }
    Some(Occurrence::new(&claim.owner, "task.sending", claim.job, details))
}

impl Journal {
    /// Records beyond `after`, oldest first, so many at most.
    pub(crate) async fn audit_page(&self, after: i64, limit: i64) -> Result<Vec<AuditRecord>, Error> {
        let sql = "select * from audit where number > $1 order by number limit $2";
        let rows = self.database.fetch(sql, args![after, limit]).await.map_err(reading)?;
        rows.iter().map(record).collect()
    }

    /// The whole audit, oldest first.
    pub(crate) async fn audit(&self) -> Result<Vec<AuditRecord>, Error> {
        self.audit_page(0, i64::MAX).await
    }

    /// Walks along the whole log, a page at a time.
    pub(crate) async fn verify_audit(&self, trust: &Trust) -> Result<AuditState, Error> {
        let noted = self.head().await?;
        let (checkpoints, own): (Vec<Checkpoint>, Vec<PublicKey>) = self.checkpoints(0).await?.into_iter().unzip();
        let mut walk = Walk::new(trust, checkpoints, &own)?;
        loop {
            if walk.last() == noted.number && (walk.head(), walk.edge()) != (&noted.hash, &noted.edge) {
                return broken(noted.number, "is not the one that the journal has noted as the end");
            }
            let page = self.audit_page(walk.last(), PAGE.min((noted.number - walk.last()).max(1))).await?;
            if page.is_empty() {
                break;
            }
            page.iter().try_for_each(|record| walk.step(record))?;
        }
        // Records may have been appended during the walk, but none can be beyond the head as it is now.
        let (last, now) = (walk.last(), self.head().await?.number);
        if last < noted.number {
            return broken(last + 1, "is missing");
        }
        if last > now {
            return broken(now + 1, "was added behind the end");
        }
        walk.end()
    }

    async fn head(&self) -> Result<Head, Error> {
        let row = self.database.fetch_one("select number, hash, edge from audit_head where id = 1", args![]).await;
        head(&row.map_err(reading)?)
    }

    /// Grows the tree over records from before there was one. They stay as they are.
    pub(super) async fn plant(&self) -> Result<(), Error> {
        let row = self.database.fetch_one("select number, edge from audit_head where id = 1", args![]).await;
        let row = row.map_err(reading)?;
        let (number, text): (i64, String) = (row.get("number").map_err(reading)?, row.get("edge").map_err(reading)?);
        if Edge::parse(number.unsigned_abs(), &text).is_some() {
            return Ok(());
        }
        let mut transaction = self.database.begin().await.map_err(writing)?;
        let row = transaction.fetch_one(LOCK, args![]).await.map_err(writing)?;
        let (number, hash): (i64, Arc<str>) = (row.get("number").map_err(writing)?, row.get("hash").map_err(writing)?);
        let text: String = row.get("edge").map_err(writing)?;
        // An edge that is there and does not fit was changed by somebody: that is for `verify` to tell.
        if !text.is_empty() {
            return Ok(());
        }
        let (mut edge, mut whole, mut last) = (Edge::default(), Vec::new(), 0);
        loop {
            let sql = "select * from audit where number > $1 order by number limit $2";
            let rows = transaction.fetch(sql, args![last, PAGE]).await.map_err(writing)?;
            let Some(end) = rows.last() else { break };
            last = end.get("number").map_err(writing)?;
            for row in &rows {
                edge.push(record(row)?.content().leaf(), |subtree, hash| keep(&mut whole, subtree, hash));
            }
        }
        if edge.size() != number.unsigned_abs() {
            return broken(last + 1, "is missing");
        }
        if !whole.is_empty() {
            transaction.insert("audit_subtrees", &["level", "idx", "hash"], whole).await.map_err(writing)?;
        }
        transaction.commit_with(moved(&Head { number, hash, edge }, Vec::new())).await.map_err(writing)
    }
}

pub(super) fn record(row: &Row) -> Result<AuditRecord, Error> {
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
