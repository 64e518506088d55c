//! A log in a file: one record a line, and a checkpoint on a line of its own wherever one was taken. It is
//! verified with nothing but the public key; no database and no part of muster has to run.

use serde::Deserialize;

use super::Checkpoint;
use super::record::AuditRecord;
use super::walk::{AuditState, Trust, Walk, broken};
use crate::error::Error;

/// A checkpoint as a line of an exported log.
pub fn checkpoint_line(checkpoint: &Checkpoint) -> String {
    serde_json::json!({ "checkpoint": checkpoint.text() }).to_string()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CheckpointLine {
    checkpoint: String,
}

/// Verifies an exported log, a line at a time.
pub struct LogCheck {
    walk: Walk,
    trust: Trust,
}

impl LogCheck {
    /// Begins. There is nobody but `trust` to believe.
    ///
    /// # Errors
    /// [`Error::Untrusted`] if it holds no key; [`Error::Audit`] if a checkpoint from elsewhere was signed
    /// by none of its keys.
    pub fn new(trust: Trust) -> Result<Self, Error> {
        if trust.keys.is_empty() {
            return Err(Error::Untrusted);
        }
        Ok(Self { walk: Walk::new(&trust, Vec::new(), &[])?, trust })
    }

    /// Takes the next line in.
    ///
    /// # Errors
    /// [`Error::Audit`] names the record that is not as it was written.
    pub fn line(&mut self, line: &str) -> Result<(), Error> {
        let number = self.walk.last() + 1;
        if line.starts_with("{\"checkpoint\":") {
            let read: Option<CheckpointLine> = serde_json::from_str(line).ok();
            let checkpoint = read.and_then(|read| Checkpoint::parse(&read.checkpoint).ok());
            return match checkpoint.filter(|checkpoint| checkpoint_line(checkpoint) == line) {
                Some(checkpoint) => self.walk.checkpoint(&checkpoint, &self.trust.keys),
                None => broken(number, "follows a checkpoint that is none"),
            };
        }
        let record: AuditRecord = match serde_json::from_str(line) {
            Ok(record) => record,
            Err(_) => return broken(number, "is no record"),
        };
        self.walk.step(&record)?;
        // Whatever JSON lets pass without a meaning (spaces, members that come twice) is an edit too.
        if record.to_line() == line { Ok(()) } else { broken(number, "is not written as it was exported") }
    }

    /// Ends: the last record has to be covered by a checkpoint, or it could have been added by anybody.
    ///
    /// # Errors
    /// [`Error::Audit`].
    pub fn end(self) -> Result<AuditState, Error> {
        let (last, covered) = (self.walk.last(), self.walk.covered());
        let state = self.walk.end()?;
        if covered < state.records {
            return broken(last, "is covered by no checkpoint");
        }
        Ok(state)
    }
}
