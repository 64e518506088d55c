//! Counters of one client, for progress lines and closing notes.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// What a client did since it connected.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct Statistics {
    /// Requests sent, repeated ones included.
    pub calls: u64,
    /// Calls that were not sent, because their answer was remembered.
    pub saved: u64,
    /// Requests that repeated an earlier attempt.
    pub retries: u64,
    /// Answers that said "too many requests".
    pub throttled: u64,
    /// Time spent waiting before requests: for a lane, for quota, for a back-off; summed over all lanes.
    pub waited: Duration,
    /// Bytes of answer bodies, after decompression.
    pub bytes: u64,
}

/// The live counters behind [`Statistics`].
#[derive(Debug, Default)]
pub(crate) struct Counters {
    calls: AtomicU64,
    saved: AtomicU64,
    retries: AtomicU64,
    throttled: AtomicU64,
    waited_micros: AtomicU64,
    bytes: AtomicU64,
}

impl Counters {
    pub(crate) fn called(&self) {
        self.calls.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn called_yet(&self) -> bool {
        self.calls.load(Ordering::Relaxed) > 0
    }

    pub(crate) fn saved(&self) {
        self.saved.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn retried(&self) {
        self.retries.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn throttled(&self) {
        self.throttled.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn waited(&self, time: Duration) {
        self.waited_micros.fetch_add(u64::try_from(time.as_micros()).unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    pub(crate) fn received(&self, bytes: usize) {
        self.bytes.fetch_add(bytes as u64, Ordering::Relaxed);
    }

    pub(crate) fn snapshot(&self) -> Statistics {
        Statistics {
            calls: self.calls.load(Ordering::Relaxed),
            saved: self.saved.load(Ordering::Relaxed),
            retries: self.retries.load(Ordering::Relaxed),
            throttled: self.throttled.load(Ordering::Relaxed),
            waited: Duration::from_micros(self.waited_micros.load(Ordering::Relaxed)),
            bytes: self.bytes.load(Ordering::Relaxed),
        }
    }
}
