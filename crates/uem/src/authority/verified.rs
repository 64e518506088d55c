//! Credentials that were found right a moment ago, so that a caller who sends the same ones again costs
//! microseconds. What is kept is a keyed hash of them, and what it was that they were compared with: a
//! password, a client or a certificate that changed or went makes the entry worthless.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use aws_lc_rs::hmac;
use jiff::Timestamp;

use crate::error::Error;

/// Entries that are kept at once; a full table is emptied.
const ENTRIES: usize = 10_000;

/// What credentials proved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Proven {
    /// The password whose hash this was then.
    Password { account: i64, hash: Arc<str> },
    /// A token of this client.
    Token { client_id: Arc<str>, until: Timestamp },
    /// A signature made with this certificate, or the certificate itself.
    Signature { fingerprint: Arc<str>, from: Timestamp, until: Timestamp },
}

/// A keyed hash of credentials.
pub(crate) type Mark = [u8; 32];

pub(crate) struct Verified {
    /// Random, and gone with the process.
    key: hmac::Key,
    entries: Mutex<HashMap<Mark, Proven>>,
}

impl Verified {
    pub(crate) fn new() -> Result<Self, Error> {
        let mut bytes = [0_u8; 32];
        aws_lc_rs::rand::fill(&mut bytes).map_err(|_| Error::Random)?;
        Ok(Self { key: hmac::Key::new(hmac::HMAC_SHA256, &bytes), entries: Mutex::default() })
    }

    /// The mark of credentials, and of what they are about where that matters.
    pub(crate) fn mark(&self, credentials: impl AsRef<[u8]>, about: &str) -> Mark {
        let mut context = hmac::Context::with_key(&self.key);
        context.update(credentials.as_ref());
        context.update(&[0]);
        context.update(about.as_bytes());
        let mut mark = Mark::default();
        mark.copy_from_slice(context.sign().as_ref());
        mark
    }

    pub(crate) fn find(&self, mark: &Mark) -> Option<Proven> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner).get(mark).cloned()
    }

    pub(crate) fn keep(&self, mark: Mark, proven: Proven) {
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        if entries.len() >= ENTRIES {
            entries.clear();
        }
        entries.insert(mark, proven);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_is_of_the_whole_and_of_this_process_only() {
        let (one, other) = (Verified::new().expect("starts"), Verified::new().expect("starts"));
        assert_eq!(one.mark("a", "b"), one.mark("a", "b"));
        assert_ne!(one.mark("a", "b"), other.mark("a", "b"));
        assert_ne!(one.mark("ab", ""), one.mark("a", "b"));
        let proven = Proven::Password { account: 7, hash: "h".into() };
        one.keep(one.mark("a", ""), proven.clone());
        assert_eq!(one.find(&one.mark("a", "")), Some(proven));
        assert_eq!(one.find(&one.mark("a", "/path")), None);
    }

    #[test]
    fn the_table_does_not_grow_for_ever() {
        let verified = Verified::new().expect("starts");
        for number in 0..ENTRIES + 5 {
            let mark = verified.mark(number.to_string(), "");
            verified.keep(mark, Proven::Password { account: 1, hash: "h".into() });
        }
        assert!(verified.entries.lock().expect("no panic").len() <= ENTRIES);
    }
}
