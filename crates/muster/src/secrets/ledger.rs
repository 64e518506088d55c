//! What is remembered of secrets on this machine: when a reference was last found to work, and until when its secret
//! is good. Neither a secret nor anything made of one.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Facts, replace_private};
use crate::error::Failure;

/// One reference.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Remembered {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) changed_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) expires_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) checked_at: Option<Timestamp>,
    /// Whether the last check went well.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) ok: Option<bool>,
}

/// All of them, by reference.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Ledger {
    #[serde(skip)]
    path: PathBuf,
    references: BTreeMap<String, Remembered>,
}

impl Ledger {
    /// What is remembered in a state folder. What cannot be read is forgotten: it can be found out again.
    pub(crate) fn read(state: &Path) -> Self {
        let path = state.join("secrets.json");
        let read = std::fs::read(&path).ok().and_then(|text| serde_json::from_slice::<Self>(&text).ok());
        Self { path, ..read.unwrap_or_default() }
    }

    pub(crate) fn get(&self, reference: &str) -> Remembered {
        self.references.get(reference).cloned().unwrap_or_default()
    }

    /// A secret was put there at this moment.
    pub(crate) fn changed(&mut self, reference: &str, at: Timestamp, expires_at: Option<Timestamp>) {
        let kept = Remembered { changed_at: Some(at), expires_at, ..Remembered::default() };
        self.references.insert(reference.to_owned(), kept);
    }

    /// A reference was looked up, and tried if there was something to try it on.
    pub(crate) fn checked(&mut self, reference: &str, at: Timestamp, facts: Option<&Facts>, ok: bool) {
        let kept = self.references.entry(reference.to_owned()).or_default();
        if let Some(facts) = facts {
            kept.changed_at = facts.changed_at.or(kept.changed_at);
            kept.expires_at = facts.expires_at.or(kept.expires_at);
        }
        (kept.checked_at, kept.ok) = (Some(at), Some(ok));
    }

    pub(crate) fn forget(&mut self, reference: &str) {
        self.references.remove(reference);
    }

    pub(crate) fn write(&self) -> Result<(), Failure> {
        let failed = |error: std::io::Error| Failure::io(format!("cannot write {}", self.path.display()), &error);
        if let Some(folder) = self.path.parent() {
            crate::wiring::private_folder(folder).map_err(failed)?;
        }
        replace_private(&self.path, &serde_json::to_vec_pretty(self).unwrap_or_default()).map_err(failed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_remembered_is_read_again_and_a_new_value_begins_anew() {
        let folder = tempfile::tempdir().expect("a folder");
        let at = |second| Timestamp::from_second(second).expect("a moment");
        let mut ledger = Ledger::read(folder.path());
        ledger.checked("env:X", at(5), Some(&Facts { changed_at: Some(at(1)), expires_at: None }), true);
        ledger.checked("env:X", at(6), None, false);
        ledger.write().expect("writes");
        let mut ledger = Ledger::read(folder.path());
        let kept = ledger.get("env:X");
        assert_eq!((kept.changed_at, kept.checked_at, kept.ok), (Some(at(1)), Some(at(6)), Some(false)));
        ledger.changed("env:X", at(9), Some(at(99)));
        assert_eq!((ledger.get("env:X").checked_at, ledger.get("env:X").expires_at), (None, Some(at(99))));
        ledger.forget("env:X");
        assert_eq!(ledger.get("env:X"), Remembered::default());
        std::fs::write(folder.path().join("secrets.json"), "{").expect("writes");
        assert_eq!(Ledger::read(folder.path()).get("env:X"), Remembered::default());
    }
}
