//! Wrong passwords lock a name for a while: any name, so that a lock does not tell which names exist.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::{SignedDuration, Timestamp};

/// So many wrong passwords within [`WINDOW`] lock the name for [`LOCK`].
const FAILURES: u32 = 5;
const WINDOW: SignedDuration = SignedDuration::from_mins(15);
const LOCK: SignedDuration = SignedDuration::from_mins(15);
/// Names that are remembered at once; a flood of invented names costs no more memory.
const NAMES: usize = 10_000;

#[derive(Default)]
pub(crate) struct Lockout(Mutex<HashMap<String, Tries>>);

#[derive(Debug, Clone, Copy)]
struct Tries {
    failures: u32,
    since: Timestamp,
    locked_until: Option<Timestamp>,
}

impl Tries {
    fn is_locked(&self, now: Timestamp) -> bool {
        self.locked_until.is_some_and(|until| now < until)
    }

    fn is_over(&self, now: Timestamp) -> bool {
        !self.is_locked(now) && now.duration_since(self.since) >= WINDOW
    }
}

impl Lockout {
    fn tries(&self) -> MutexGuard<'_, HashMap<String, Tries>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A lock from before the start.
    pub(crate) fn remember(&self, name: &str, until: Timestamp) {
        let tries = Tries { failures: 0, since: until, locked_until: Some(until) };
        self.tries().insert(name.to_lowercase(), tries);
    }

    pub(crate) fn is_locked(&self, name: &str, now: Timestamp) -> bool {
        self.tries().get(&name.to_lowercase()).is_some_and(|tries| tries.is_locked(now))
    }

    /// Counts a wrong password. Answers until when the name is locked, if this one locked it.
    pub(crate) fn failed(&self, name: &str, now: Timestamp) -> Option<Timestamp> {
        let mut all = self.tries();
        if all.len() >= NAMES {
            all.retain(|_, tries| !tries.is_over(now));
        }
        if all.len() >= NAMES {
            all.retain(|_, tries| tries.is_locked(now));
        }
        let tries = all.entry(name.to_lowercase()).or_insert(Tries { failures: 0, since: now, locked_until: None });
        if tries.is_locked(now) {
            return None;
        }
        if tries.is_over(now) || tries.locked_until.is_some() {
            *tries = Tries { failures: 0, since: now, locked_until: None };
        }
        tries.failures += 1;
        if tries.failures < FAILURES {
            return None;
        }
        let until = now.saturating_add(LOCK).unwrap_or(Timestamp::MAX);
        *tries = Tries { failures: 0, since: now, locked_until: Some(until) };
        Some(until)
    }

    /// A right password, or a console that unlocks.
    pub(crate) fn forget(&self, name: &str) {
        self.tries().remove(&name.to_lowercase());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minutes: i64) -> Timestamp {
        Timestamp::from_second(1_767_600_000 + minutes * 60).expect("a moment")
    }

    #[test]
    fn five_within_a_quarter_of_an_hour_lock_for_another() {
        let lockout = Lockout::default();
        for minute in 0..4 {
            assert_eq!(lockout.failed("Ada", at(minute)), None);
        }
        assert!(!lockout.is_locked("ada", at(4)));
        assert_eq!(lockout.failed("ADA", at(4)), Some(at(19)));
        assert!(lockout.is_locked("ada", at(18)) && !lockout.is_locked("ada", at(19)));
        // More of them while it is locked do not prolong it, and afterwards counting begins again.
        assert_eq!(lockout.failed("ada", at(10)), None);
        assert_eq!(lockout.failed("ada", at(20)), None);
        assert!(!lockout.is_locked("ada", at(20)));
    }

    #[test]
    fn slow_failures_and_a_success_are_forgotten() {
        let lockout = Lockout::default();
        for hour in 0..9 {
            assert_eq!(lockout.failed("ada", at(hour * 60)), None);
        }
        for _ in 0..3 {
            lockout.failed("ben", at(0));
        }
        lockout.forget("Ben");
        for _ in 0..4 {
            assert_eq!(lockout.failed("ben", at(1)), None);
        }
        lockout.remember("carl", at(5));
        assert!(lockout.is_locked("CARL", at(4)) && !lockout.is_locked("carl", at(5)));
    }

    #[test]
    fn invented_names_do_not_fill_the_memory() {
        let lockout = Lockout::default();
        for name in 0..NAMES + 50 {
            lockout.failed(&name.to_string(), at(0));
        }
        assert!(lockout.tries().len() <= NAMES);
    }
}
