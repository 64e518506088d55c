//! How far a rotation is, on the disk before the next step is taken. It holds references and ids, never a key.

use std::path::{Path, PathBuf};

use jiff::{SignedDuration, Timestamp};
use muster_engine::JobId;
use muster_model::guide::NewApiKey;
use muster_model::ids::ApiKeyId;
use serde::{Deserialize, Serialize};

use crate::error::Failure;
use crate::secrets::replace_private;
use crate::wiring;

/// What is done already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Step {
    /// Nothing that counts: a key may have been made.
    Making,
    /// The new key is kept where the context will say.
    Made,
    /// The tenant lets it in.
    Tried,
    /// The context uses it; the old one opens too.
    Switched,
    /// The old one opens nothing.
    Retired,
}

impl Step {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Making => "making",
            Self::Made => "made",
            Self::Tried => "tried",
            Self::Switched => "switched",
            Self::Retired => "retired",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Rotation {
    /// Tells the keys of this rotation from all others.
    pub(super) id: String,
    pub(super) context: String,
    pub(super) step: Step,
    pub(super) begun_at: Timestamp,
    pub(super) old_reference: String,
    pub(super) new_reference: String,
    /// The new key comes from a person.
    pub(super) by_hand: bool,
    pub(super) old_key: Option<ApiKeyId>,
    pub(super) new_key: Option<ApiKeyId>,
    /// What the new key may do: what the old one may.
    pub(super) bounds: Option<NewApiKey>,
    /// Keys that were made and whose text nobody has. They go with the old one.
    pub(super) lost: Vec<ApiKeyId>,
    pub(super) attempt: u32,
    /// The job that makes the key.
    pub(super) job: Option<JobId>,
    pub(super) overlap: SignedDuration,
    pub(super) retire_at: Option<Timestamp>,
    pub(super) expires_at: Option<Timestamp>,
}

impl Rotation {
    pub(super) fn new(
        context: &str,
        old: &str,
        new: &str,
        overlap: SignedDuration,
        expires_at: Option<Timestamp>,
        now: Timestamp,
    ) -> Self {
        let id = uuid::Uuid::new_v4().simple().to_string();
        Self {
            id: id[..8].to_owned(),
            context: context.to_owned(),
            step: Step::Making,
            begun_at: now,
            old_reference: old.to_owned(),
            new_reference: new.to_owned(),
            by_hand: false,
            old_key: None,
            new_key: None,
            bounds: None,
            lost: Vec::new(),
            attempt: 1,
            job: None,
            overlap,
            retire_at: None,
            expires_at,
        }
    }

    /// The service's name of the key that this attempt makes. No other key has it.
    pub(super) fn service(&self) -> String {
        let of = self.bounds.as_ref().map_or("muster", |bounds| bounds.service.as_str());
        format!("{of} [{}.{}]", self.id, self.attempt)
    }

    /// The rotation of a context that was begun and not ended.
    pub(crate) fn read(state: &Path, context: &str) -> Result<Option<Self>, Failure> {
        let path = place(state, context);
        let unreadable = || {
            Failure::config(format!("{} is no rotation of ours", path.display()))
                .hint("see which key the context uses with `muster secrets check`, then remove the file")
        };
        match std::fs::read(&path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(Failure::io(format!("cannot read {}", path.display()), &error)),
            Ok(text) => serde_json::from_slice(&text).map(Some).map_err(|_| unreadable()),
        }
    }

    pub(super) fn write(&self, state: &Path) -> Result<(), Failure> {
        let path = place(state, &self.context);
        let failed = |error: std::io::Error| Failure::io(format!("cannot write {}", path.display()), &error);
        if let Some(folder) = path.parent() {
            wiring::private_folder(folder).map_err(failed)?;
        }
        replace_private(&path, &serde_json::to_vec_pretty(self).unwrap_or_default()).map_err(failed)
    }

    pub(super) fn remove(state: &Path, context: &str) -> Result<(), Failure> {
        let path = place(state, context);
        std::fs::remove_file(&path).map_err(|error| Failure::io(format!("cannot remove {}", path.display()), &error))
    }
}

/// A context may be called anything.
fn place(state: &Path, context: &str) -> PathBuf {
    let name: String = url::form_urlencoded::byte_serialize(context.as_bytes()).collect();
    state.join("rotations").join(format!("{name}.json"))
}
