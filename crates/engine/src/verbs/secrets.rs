//! Secrets of one run, in both directions. Those that it needs are looked up when they are needed and live in memory
//! only; those that it gets are handed to whoever keeps them before anybody is told that there is one. Beside them the
//! files that calls by the catalogue send, and what such calls were answered.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use aws_lc_rs::digest;
use muster_client::catalog::Answer;
use secrecy::SecretString;

use super::call_operation::Answered;
use crate::plan::Withheld;

/// Keeps the secrets that a tenant gives out once.
#[async_trait]
pub trait Keeper: Send + Sync {
    /// Keeps a secret under a name, and returns when it would survive a power failure. The error says why not.
    async fn keep(&self, name: &str, secret: &SecretString) -> Result<(), String>;

    /// Whether a secret of that name is kept, perhaps by an earlier process.
    async fn has(&self, name: &str) -> bool;
}

/// Passwords by key for the users that a run creates, and the keeper of what the tenant gives out.
///
/// A secret cannot be printed,
///
/// ```compile_fail,E0277
/// let mut secrets = muster_engine::Secrets::default();
/// secrets.insert("row 2", String::from("s3cret").into());
/// let _ = format!("{}", secrets.get("row 2").expect("is there"));
/// ```
///
/// cannot be written down as part of something else,
///
/// ```compile_fail,E0277
/// let mut secrets = muster_engine::Secrets::default();
/// secrets.insert("row 2", String::from("s3cret").into());
/// let _ = serde_json::to_string(&secrets.get("row 2"));
/// ```
///
/// and shows nothing to whoever debugs:
///
/// ```
/// let mut secrets = muster_engine::Secrets::default();
/// secrets.insert("row 2", String::from("s3cret").into());
/// assert!(!format!("{secrets:?} {:?}", secrets.get("row 2")).contains("s3cret"));
/// ```
#[derive(Default)]
pub struct Secrets {
    given: BTreeMap<String, SecretString>,
    keeper: Option<Arc<dyn Keeper>>,
    /// By their hash.
    files: BTreeMap<String, Vec<u8>>,
    /// In the order in which they came.
    answers: Mutex<Vec<Answered>>,
}

impl Secrets {
    /// None to look up, and somebody who keeps what comes.
    pub fn kept_by(keeper: Arc<dyn Keeper>) -> Self {
        Self { keeper: Some(keeper), ..Self::default() }
    }

    /// Remembers a secret.
    pub fn insert(&mut self, key: impl Into<String>, secret: SecretString) {
        self.given.insert(key.into(), secret);
    }

    /// The secret of that key.
    pub fn get(&self, key: &str) -> Option<&SecretString> {
        self.given.get(key)
    }

    /// Remembers a file that a call sends.
    pub fn insert_file(&mut self, bytes: Vec<u8>) {
        let digest = digest::digest(&digest::SHA256, &bytes);
        let hash = digest.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
        self.files.insert(hash, bytes);
    }

    pub(crate) fn file(&self, sha256: &str) -> Option<&[u8]> {
        self.files.get(sha256).map(Vec::as_slice)
    }

    pub(crate) fn answered(&self, address: String, answer: Answer) {
        self.answers.lock().unwrap_or_else(PoisonError::into_inner).push((address, answer));
    }

    /// What calls by the catalogue were answered, each with its address. They may hold secrets that were just made.
    pub fn answers(&self) -> Vec<(String, Answer)> {
        self.answers.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Who keeps what the tenant gives out.
    pub(crate) fn keeper(&self) -> Option<&dyn Keeper> {
        self.keeper.as_deref()
    }
}

impl FromIterator<(String, SecretString)> for Secrets {
    fn from_iter<I: IntoIterator<Item = (String, SecretString)>>(pairs: I) -> Self {
        Self { given: pairs.into_iter().collect(), ..Self::default() }
    }
}

impl From<Withheld> for Secrets {
    fn from(withheld: Withheld) -> Self {
        let mut secrets: Self = withheld.secrets.into_iter().map(|(key, text)| (key, text.into())).collect();
        if let Some(file) = withheld.file {
            secrets.insert_file(file);
        }
        secrets
    }
}

/// How many, not which.
impl std::fmt::Debug for Secrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Secrets").field("count", &self.given.len()).field("keeps", &self.keeper.is_some()).finish()
    }
}
