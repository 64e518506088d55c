//! The tenant's clock: the one it was given, and ahead of it by what it was stepped.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use muster_store::Clock;

pub(crate) struct TenantClock {
    base: Arc<dyn Clock>,
    /// Microseconds.
    ahead: AtomicI64,
}

impl TenantClock {
    pub(crate) fn new(base: Arc<dyn Clock>) -> Self {
        Self { base, ahead: AtomicI64::new(0) }
    }

    pub(crate) fn advance(&self, by: Duration) {
        let by = i64::try_from(by.as_micros()).unwrap_or(i64::MAX);
        self.ahead.fetch_add(by, Ordering::SeqCst);
    }
}

impl TenantClock {
    /// Sets the clock forward or back.
    pub(crate) fn shift(&self, seconds: i64) {
        self.ahead.fetch_add(seconds.saturating_mul(1_000_000), Ordering::SeqCst);
    }
}

impl Clock for TenantClock {
    fn now(&self) -> Timestamp {
        let ahead = SignedDuration::from_micros(self.ahead.load(Ordering::SeqCst));
        self.base.now().saturating_add(ahead).unwrap_or(Timestamp::MAX)
    }
}

#[cfg(test)]
mod tests {
    use muster_store::ManualClock;

    use super::*;

    #[test]
    fn stepping_adds_to_whatever_the_base_does() {
        let base = ManualClock::at(Timestamp::UNIX_EPOCH);
        let clock = TenantClock::new(Arc::new(base.clone()));
        clock.advance(Duration::from_secs(5));
        base.advance(Duration::from_secs(2));
        assert_eq!(clock.now().as_second(), 7);
    }
}
