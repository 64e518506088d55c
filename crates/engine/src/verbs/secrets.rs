//! Secrets of one run. They are looked up when they are needed and live in memory only.

use std::collections::BTreeMap;

use secrecy::SecretString;

/// Passwords by key, for the users that a run creates.
#[derive(Default)]
pub struct Secrets(BTreeMap<String, SecretString>);

impl Secrets {
    /// Remembers a secret.
    pub fn insert(&mut self, key: impl Into<String>, secret: SecretString) {
        self.0.insert(key.into(), secret);
    }

    /// The secret of that key.
    pub fn get(&self, key: &str) -> Option<&SecretString> {
        self.0.get(key)
    }
}

impl FromIterator<(String, SecretString)> for Secrets {
    fn from_iter<I: IntoIterator<Item = (String, SecretString)>>(pairs: I) -> Self {
        Self(pairs.into_iter().collect())
    }
}

/// How many, not which.
impl std::fmt::Debug for Secrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Secrets").field("count", &self.0.len()).finish()
    }
}
