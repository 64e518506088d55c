//! A walk along the log from its first record to its last: the chain, the tree and every checkpoint on the
//! way are computed again. Pure: it is given one record after the other, from wherever they come.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use super::Checkpoint;
use super::record::{AuditRecord, ORIGIN};
use super::tree::Edge;
use crate::error::Error;
use crate::note::PublicKey;

/// What is known from elsewhere when a log is verified.
#[derive(Debug, Clone, Default)]
pub struct Trust {
    /// Keys that may have signed checkpoints. Without any, those that the log names itself count, which
    /// proves nothing against somebody who wrote a whole new log.
    pub keys: Vec<PublicKey>,
    /// Checkpoints that were kept somewhere else. The log has to go through each of them.
    pub outside: Vec<Checkpoint>,
}

/// A log that holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditState {
    pub records: u64,
    /// Hash of the last record.
    pub head: String,
    /// Root of the tree over all records, in base64.
    pub root: String,
    /// Checkpoints that the log went through, those from elsewhere among them.
    pub checkpoints: u64,
    /// Records that the last of them covers.
    pub covered: u64,
    /// Whether the signatures were verified with keys that did not come from the log itself.
    pub trusted: bool,
}

/// A walk on its way.
pub(crate) struct Walk {
    edge: Edge,
    previous: String,
    origin: Option<String>,
    passed: u64,
    covered: u64,
    /// Where the log is known to have been, the next one last.
    ahead: Vec<Checkpoint>,
    trusted: bool,
}

impl Walk {
    /// Begins a walk through the given checkpoints. `own` are the keys that the log itself names.
    pub(crate) fn new(trust: &Trust, noted: Vec<Checkpoint>, own: &[PublicKey]) -> Result<Self, Error> {
        let mut walk = Self {
            edge: Edge::default(),
            previous: ORIGIN.to_owned(),
            origin: None,
            passed: 0,
            covered: 0,
            ahead: Vec::new(),
            trusted: !trust.keys.is_empty(),
        };
        let keys = if walk.trusted { &trust.keys } else { own };
        for checkpoint in &noted {
            walk.admit(checkpoint, keys)?;
        }
        // Whoever kept one elsewhere knows where it came from; its signature counts where keys are known.
        for checkpoint in &trust.outside {
            if walk.trusted {
                walk.admit(checkpoint, keys)?;
            } else {
                walk.same_log(checkpoint)?;
            }
        }
        walk.ahead = noted;
        walk.ahead.extend(trust.outside.iter().cloned());
        walk.ahead.sort_by_key(|checkpoint| std::cmp::Reverse(checkpoint.size()));
        walk.arrive()?;
        Ok(walk)
    }

    /// Takes in a checkpoint that stands at this place of the log.
    pub(crate) fn checkpoint(&mut self, checkpoint: &Checkpoint, keys: &[PublicKey]) -> Result<(), Error> {
        self.admit(checkpoint, keys)?;
        if checkpoint.size() != self.edge.size() {
            return broken(self.last() + 1, "follows a checkpoint that belongs to another place");
        }
        self.compare(checkpoint)
    }

    fn admit(&mut self, checkpoint: &Checkpoint, keys: &[PublicKey]) -> Result<(), Error> {
        let number = i64::try_from(checkpoint.size()).unwrap_or(i64::MAX);
        if !checkpoint.is_signed_by(keys) {
            return broken(number, "is covered by a checkpoint that no trusted key has signed");
        }
        self.same_log(checkpoint)
    }

    fn same_log(&mut self, checkpoint: &Checkpoint) -> Result<(), Error> {
        let number = i64::try_from(checkpoint.size()).unwrap_or(i64::MAX);
        match &self.origin {
            Some(origin) if origin != checkpoint.origin() => {
                broken(number, "is covered by a checkpoint of another log")
            }
            _ => {
                self.origin = Some(checkpoint.origin().to_owned());
                Ok(())
            }
        }
    }

    /// Number of the last record that was right.
    pub(crate) fn last(&self) -> i64 {
        i64::try_from(self.edge.size()).unwrap_or(i64::MAX)
    }

    /// Records that a checkpoint on the way has covered.
    pub(crate) fn covered(&self) -> u64 {
        self.covered
    }

    /// Hash of the last record.
    pub(crate) fn head(&self) -> &str {
        &self.previous
    }

    pub(crate) fn edge(&self) -> &Edge {
        &self.edge
    }

    /// Takes the next record in.
    pub(crate) fn step(&mut self, record: &AuditRecord) -> Result<(), Error> {
        let number = self.last() + 1;
        if record.number != number {
            return broken(number, "is missing");
        }
        if record.previous != self.previous {
            return broken(number, "does not continue the one before it");
        }
        let content = record.content();
        if content.hash() != record.hash {
            return broken(number, "does not have the content that it was written with");
        }
        self.edge.push(content.leaf(), |_, _| {});
        self.previous.clone_from(&record.hash);
        self.arrive()
    }

    /// Compares with every checkpoint of this size.
    fn arrive(&mut self) -> Result<(), Error> {
        while let Some(checkpoint) = self.ahead.pop_if(|checkpoint| checkpoint.size() == self.edge.size()) {
            self.compare(&checkpoint)?;
        }
        Ok(())
    }

    fn compare(&mut self, checkpoint: &Checkpoint) -> Result<(), Error> {
        if *checkpoint.root() != self.edge.root() {
            return broken(self.last(), "or one before it is not what the checkpoint after it has seen");
        }
        self.passed += 1;
        self.covered = checkpoint.size();
        Ok(())
    }

    /// Ends the walk: no checkpoint may be ahead.
    pub(crate) fn end(self) -> Result<AuditState, Error> {
        if !self.ahead.is_empty() {
            return broken(self.last() + 1, "is missing: a checkpoint has seen it");
        }
        Ok(AuditState {
            records: self.edge.size(),
            root: STANDARD.encode(self.edge.root()),
            head: self.previous,
            checkpoints: self.passed,
            covered: self.covered,
            trusted: self.trusted,
        })
    }
}

pub(crate) fn broken<T>(record: i64, why: &str) -> Result<T, Error> {
    Err(Error::Audit { record, why: why.to_owned() })
}
