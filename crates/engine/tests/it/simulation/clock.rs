//! Times of day that follow the runtime's virtual time: everybody's clock, each with its own error.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use muster_store::Clock;
use tokio::time::Instant;

/// Monday, 5 January 2026, 08:00 UTC.
const MORNING: i64 = 1_767_600_000;

/// A clock that goes as virtual time does. Clones show the same time.
#[derive(Debug, Clone)]
pub(crate) struct Virtual {
    start: Instant,
    /// Microseconds before the true time.
    ahead: Arc<AtomicI64>,
}

impl Virtual {
    pub(crate) fn new(start: Instant) -> Self {
        Self { start, ahead: Arc::default() }
    }

    /// Stands still for a time that has passed.
    pub(crate) fn lose(&self, time: Duration) {
        self.ahead.fetch_sub(i64::try_from(time.as_micros()).expect("a short time"), Ordering::Relaxed);
    }

    /// Another clock that goes as this one does, ahead of it or behind.
    pub(crate) fn apart(&self, by: SignedDuration) -> Self {
        let ahead = self.ahead.load(Ordering::Relaxed) + i64::try_from(by.as_micros()).expect("a small error");
        Self { start: self.start, ahead: Arc::new(AtomicI64::new(ahead)) }
    }
}

impl Clock for Virtual {
    fn now(&self) -> Timestamp {
        let passed = i64::try_from(self.start.elapsed().as_micros()).expect("not so long");
        let now = MORNING * 1_000_000 + passed + self.ahead.load(Ordering::Relaxed);
        Timestamp::from_microsecond(now).expect("a time")
    }
}
