//! The audit: an append-only chain of records, each of which carries the hash of the one before, so
//! that a later edit shows.
//!
//! Whoever can write to the database can also forge a whole new chain; the hash of its head, noted
//! somewhere else, is the proof against that.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::error::Error;
use crate::plan::hash;

/// What stands before the first record.
pub(crate) const ORIGIN: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// One thing that was done, decided or refused.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AuditRecord {
    /// From 1, without gaps.
    pub number: i64,
    pub at: Timestamp,
    /// Who asked for it.
    pub actor: String,
    /// `plan.proposed`, `plan.refused`, `plan.approved`, `job.started`, `task.done`, …
    pub event: String,
    /// The plan or job it belongs to.
    pub subject: String,
    pub details: Value,
    /// Hash of the record before; of the first one, 64 zeros.
    pub previous: String,
    /// SHA-256 (hex) over all of the above.
    pub hash: String,
}

/// A chain that holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditState {
    pub records: u64,
    /// Hash of the last record: whoever notes it elsewhere can tell that nothing before was changed.
    pub head: String,
}

/// What is to be recorded.
#[derive(Debug, Clone)]
pub(crate) struct Occurrence {
    pub actor: String,
    pub event: String,
    pub subject: String,
    pub details: Value,
}

impl Occurrence {
    pub(crate) fn new(actor: &str, event: &str, subject: impl ToString, details: Value) -> Self {
        Self { actor: actor.to_owned(), event: event.to_owned(), subject: subject.to_string(), details }
    }
}

impl AuditRecord {
    /// The record that continues a chain.
    pub(crate) fn link(occurrence: Occurrence, at: Timestamp, number: i64, previous: &str) -> Self {
        let Occurrence { actor, event, subject, details } = occurrence;
        let mut record =
            Self { number, at, actor, event, subject, details, previous: previous.to_owned(), hash: String::new() };
        record.hash = record.compute_hash();
        record
    }

    fn compute_hash(&self) -> String {
        hash::of_value(&json!({
            "number": self.number,
            "at": self.at.as_microsecond(),
            "actor": self.actor,
            "event": self.event,
            "subject": self.subject,
            "details": self.details,
            "previous": self.previous,
        }))
    }
}

/// A walk along the chain, from its first record to the head that the journal has noted.
pub(crate) struct Walk {
    records: i64,
    previous: String,
    /// The head as noted before the walk: number and hash.
    noted: (i64, String),
    /// Whether the walk has come by the noted head.
    seen: bool,
}

impl Walk {
    pub(crate) fn new(noted: (i64, String)) -> Self {
        let seen = noted.0 == 0 && noted.1 == ORIGIN;
        Self { records: 0, previous: ORIGIN.to_owned(), noted, seen }
    }

    /// Number of the last record that was right.
    pub(crate) fn last(&self) -> i64 {
        self.records
    }

    /// Takes the next record in.
    pub(crate) fn step(&mut self, record: &AuditRecord) -> Result<(), Error> {
        let number = self.records + 1;
        if record.number != number {
            return broken(number, "is missing");
        }
        if record.previous != self.previous {
            return broken(number, "does not continue the one before it");
        }
        if record.compute_hash() != record.hash {
            return broken(number, "does not have the content that it was written with");
        }
        self.records = number;
        self.previous.clone_from(&record.hash);
        self.seen |= (number, &record.hash) == (self.noted.0, &self.noted.1);
        Ok(())
    }

    /// Ends the walk. `now` is the number of the head as noted after the walk: records may have been
    /// appended while it lasted, but none can be beyond that.
    pub(crate) fn end(self, now: i64) -> Result<AuditState, Error> {
        if self.noted.0 > self.records {
            return broken(self.records + 1, "is missing");
        }
        if self.records > now {
            return broken(now + 1, "was added behind the end");
        }
        if !self.seen {
            return broken(self.noted.0, "is not the one that the journal has noted as the end");
        }
        Ok(AuditState { records: self.records.unsigned_abs(), head: self.previous })
    }
}

fn broken<T>(record: i64, why: &str) -> Result<T, Error> {
    Err(Error::Audit { record, why: why.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chain(length: i64) -> Vec<AuditRecord> {
        let mut records: Vec<AuditRecord> = Vec::new();
        for number in 1..=length {
            let occurrence = Occurrence::new("ada", "task.done", "job", json!({ "index": number }));
            let previous = records.last().map_or(ORIGIN.to_owned(), |record| record.hash.clone());
            records.push(AuditRecord::link(occurrence, Timestamp::UNIX_EPOCH, number, &previous));
        }
        records
    }

    fn verify(records: &[AuditRecord], head: (i64, &str)) -> Result<AuditState, Error> {
        let mut walk = Walk::new((head.0, head.1.to_owned()));
        records.iter().try_for_each(|record| walk.step(record))?;
        walk.end(head.0)
    }

    #[test]
    fn an_untouched_chain_holds_and_every_kind_of_edit_shows() {
        let records = chain(5);
        let end = records[4].hash.clone();
        let head = (5, end.as_str());
        assert_eq!(verify(&records, head).expect("holds").records, 5);
        assert!(verify(&[], (0, ORIGIN)).is_ok());

        type Edit = fn(&mut Vec<AuditRecord>);
        let edits: [(&str, Edit); 9] = [
            ("a record behind the end", |records| records.extend(chain(6).pop())),
            ("a changed detail", |records| records[2].details = json!({ "index": 9 })),
            ("a changed actor", |records| records[2].actor = "eve".to_owned()),
            ("a changed time", |records| records[0].at = Timestamp::MAX),
            ("a removed record", |records| drop(records.remove(1))),
            ("a cut end", |records| records.truncate(3)),
            ("a swap", |records| records.swap(1, 2)),
            ("an insertion", |records| {
                let copy = records[2].clone();
                records.insert(2, copy);
            }),
            ("a rewritten record with a new hash", |records| {
                records[2].actor = "eve".to_owned();
                records[2].hash = records[2].compute_hash();
            }),
        ];
        for (what, edit) in edits {
            let mut records = records.clone();
            edit(&mut records);
            assert!(verify(&records, head).is_err(), "{what}");
        }
    }
}
