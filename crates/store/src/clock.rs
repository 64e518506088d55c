//! What time it is: the one place of the workspace that asks the machine, and a clock that tests turn by hand.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use jiff::Timestamp;

/// Tells the time of day; everything that needs it takes one of these.
pub trait Clock: Send + Sync + 'static {
    /// The present moment. Not monotonic: the machine's clock may be set back.
    fn now(&self) -> Timestamp;
}

/// The machine's own clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the clock that everybody else is told to take")]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

/// A clock that stands still until it is advanced; its clones show the same time. Keeps microseconds.
#[derive(Debug, Clone)]
pub struct ManualClock {
    microseconds: Arc<AtomicI64>,
}

impl ManualClock {
    /// A clock that shows `start`.
    #[must_use]
    pub fn at(start: Timestamp) -> Self {
        Self { microseconds: Arc::new(AtomicI64::new(start.as_microsecond())) }
    }

    /// Moves the clock, and all its clones, forward; it stops at the last moment that a timestamp can tell.
    pub fn advance(&self, by: Duration) {
        let by = i64::try_from(by.as_micros()).unwrap_or(i64::MAX);
        // The closure always answers `Some`, so the update cannot fail.
        let _ = self.microseconds.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |now| {
            Some(now.saturating_add(by).min(Timestamp::MAX.as_microsecond()))
        });
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_microsecond(self.microseconds.load(Ordering::SeqCst)).unwrap_or(Timestamp::MAX)
    }
}

impl<C: Clock + ?Sized> Clock for Arc<C> {
    fn now(&self) -> Timestamp {
        (**self).now()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manual_clock_moves_only_when_told_and_with_all_its_clones() {
        let clock = ManualClock::at(Timestamp::UNIX_EPOCH);
        let other = clock.clone();
        clock.advance(Duration::from_millis(1500));
        assert_eq!(other.now().as_millisecond(), 1500);
        other.advance(Duration::MAX);
        assert_eq!(clock.now().as_microsecond(), Timestamp::MAX.as_microsecond());
    }
}
