//! One record: what happened, by whom, and the hash of the record before.

use std::borrow::Borrow;
use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::tree::{self, Hash};
use crate::plan::hash::{self, Members};

/// What stands before the first record.
pub(crate) const ORIGIN: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// One thing that was done, decided or refused.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
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

/// How much a record asks for attention.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    Info,
    /// Something was refused or held back.
    Notice,
    /// Who may do what was changed, or something failed.
    Warning,
    /// Somebody has to look at once: a guard was got past on purpose.
    Alert,
}

impl Severity {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Notice => "notice",
            Self::Warning => "warning",
            Self::Alert => "alert",
        }
    }

    /// How severe an event is. It follows from the event, so that nobody can write it down wrongly.
    pub(crate) fn of(event: &str) -> Self {
        match event {
            "plan.break-glass" => Self::Alert,
            "task.failed" | "task.unknown" => Self::Warning,
            "plan.refused" | "approval.refused" | "task.held" | "job.cancelled" => Self::Notice,
            _ if event.starts_with("approver.") || event.starts_with("template.") => Self::Warning,
            _ => Self::Info,
        }
    }
}

/// What is to be recorded. Many at a time share who did it and what it belongs to.
#[derive(Debug, Clone)]
pub(crate) struct Occurrence {
    pub actor: Arc<str>,
    pub event: Arc<str>,
    pub subject: Arc<str>,
    /// In canonical form.
    pub details: String,
}

impl Occurrence {
    pub(crate) fn new(actor: &str, event: &str, subject: impl ToString, details: impl Borrow<Value>) -> Self {
        let (actor, subject) = (actor.into(), subject.to_string().into());
        Self { actor, event: event.into(), subject, details: hash::canonical(details.borrow()) }
    }
}

/// What is hashed of a record: canonical JSON of everything but the hash itself.
pub(crate) struct Content(String);

impl Content {
    pub(crate) fn of(occurrence: &Occurrence, at: Timestamp, number: i64, previous: &str) -> Self {
        let Occurrence { actor, event, subject, details } = occurrence;
        let members = Members::new(details.len() + 320)
            .text("actor", actor)
            .number("at", at.as_microsecond())
            .written("details", details)
            .text("event", event)
            .number("number", number);
        Self(members.text("previous", previous).text("subject", subject).end())
    }

    pub(crate) fn leaf(&self) -> Hash {
        tree::leaf(self.0.as_bytes())
    }

    pub(crate) fn text(&self) -> &str {
        &self.0
    }

    pub(crate) fn hash(&self) -> String {
        hash::of_text(&self.0)
    }
}

impl AuditRecord {
    /// How much it asks for attention.
    pub fn severity(&self) -> Severity {
        Severity::of(&self.event)
    }

    pub(crate) fn content(&self) -> Content {
        let occurrence = Occurrence::new(&self.actor, &self.event, &self.subject, &self.details);
        Content::of(&occurrence, self.at, self.number, &self.previous)
    }

    /// The record as a line of an exported log: JSON with its members in this order and no spaces.
    pub fn to_line(&self) -> String {
        format!(
            r#"{{"number":{},"at":{},"actor":{},"event":{},"subject":{},"details":{},"previous":{},"hash":{}}}"#,
            self.number,
            text(&self.at.to_string()),
            text(&self.actor),
            text(&self.event),
            text(&self.subject),
            hash::canonical(&self.details),
            text(&self.previous),
            text(&self.hash),
        )
    }
}

fn text(text: &str) -> String {
    Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_hashed_is_canonical_json_of_everything_else() {
        let details = json!({ "b": 1.5, "a": [null, "x\n"] });
        let mut record = AuditRecord {
            number: 3,
            at: Timestamp::UNIX_EPOCH,
            actor: "ä\"da".to_owned(),
            event: "task.done".to_owned(),
            subject: "job".to_owned(),
            details,
            previous: ORIGIN.to_owned(),
            hash: String::new(),
        };
        let content = record.content();
        record.hash = content.hash();
        let value = json!({
            "number": 3, "at": 0, "actor": "ä\"da", "event": "task.done", "subject": "job",
            "details": { "a": [null, "x\n"], "b": 1.5 }, "previous": ORIGIN,
        });
        assert_eq!(content.text(), hash::canonical(&value));
        assert_eq!(record.hash, hash::of_value(&value));
        let read: AuditRecord = serde_json::from_str(&record.to_line()).expect("JSON");
        assert_eq!((read.to_line(), &read), (record.to_line(), &record));
    }

    #[test]
    fn a_broken_glass_is_louder_than_anything_else() {
        let events = ["plan.break-glass", "approver.added", "plan.refused", "plan.approved", "task.done"];
        let severities = events.map(Severity::of);
        assert!(severities.windows(2).all(|pair| pair[0] >= pair[1]) && severities[0] > severities[1]);
    }
}
