//! How many requests are answered in a minute and in a day.
//!
//! A limit belongs to the organization group that sets it and is shared by all below; without one the
//! tenant's own holds. The minute is a fixed window, as the headers describe it, and runs in real time,
//! because it is about real load. A day is the tenant's, from midnight to midnight UTC.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use tokio::time::Instant;

use crate::store::access::log::UseOf;

const WINDOW: Duration = Duration::from_secs(60);
const DAY_SECONDS: i64 = 24 * 60 * 60;
/// Whose window it is when no group sets a limit.
const TENANT: i64 = 0;

pub(super) struct Limiter {
    /// The tenant's own.
    limit: u32,
    /// By the group whose limit it is.
    windows: Mutex<HashMap<i64, Window>>,
}

#[derive(Clone, Copy)]
struct Window {
    began: Instant,
    used: u32,
}

/// Where a request stands within the limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Standing {
    pub(super) limit: u32,
    pub(super) remaining: u32,
    /// Until the count begins again.
    pub(super) reset: Duration,
    /// Whether the request may pass.
    pub(super) within: bool,
}

impl Standing {
    /// Whole seconds until the count begins again, at least one.
    pub(super) fn reset_seconds(&self) -> u64 {
        self.reset.as_millis().div_ceil(1000).try_into().unwrap_or(u64::MAX).max(1)
    }
}

impl Limiter {
    pub(super) fn new(limit: u32) -> Self {
        Self { limit, windows: Mutex::default() }
    }

    /// The limit that holds when no group sets one.
    pub(super) fn tenants(&self) -> u32 {
        self.limit
    }

    /// Counts one request against a group's limit, or the tenant's. One that is turned away does not count.
    pub(super) fn take(&self, set: Option<(i64, u32)>, now: Instant) -> Standing {
        let (group, limit) = set.unwrap_or((TENANT, self.limit));
        let mut windows = self.windows.lock().unwrap_or_else(PoisonError::into_inner);
        let window = windows.entry(group).or_insert(Window { began: now, used: 0 });
        if now.duration_since(window.began) >= WINDOW {
            *window = Window { began: now, used: 0 };
        }
        let within = window.used < limit;
        if within {
            window.used += 1;
        }
        Standing {
            limit,
            remaining: limit.saturating_sub(window.used),
            reset: WINDOW.saturating_sub(now.duration_since(window.began)),
            within,
        }
    }
}

/// Whose day is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Counted {
    Group(i64),
    Credential(UseOf, i64),
    /// Has no quota; it is known when an administrator was last here.
    Account(i64),
}

/// What was used of a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Day {
    /// From 1970.
    pub(super) number: i64,
    pub(super) count: u64,
    pub(super) at: Timestamp,
    /// Not written to the database yet.
    fresh: bool,
}

#[derive(Default)]
pub(super) struct Days(Mutex<HashMap<Counted, Day>>);

impl Days {
    fn all(&self) -> MutexGuard<'_, HashMap<Counted, Day>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What was used before the start.
    pub(super) fn remember(&self, whose: Counted, number: i64, count: u64) {
        self.all().entry(whose).or_insert(Day { number, count, at: Timestamp::UNIX_EPOCH, fresh: false });
    }

    /// Counts one request for each, unless the quota of one is used up: then it counts for none.
    pub(super) fn take(&self, each: &[(Counted, Option<u64>)], now: Timestamp) -> bool {
        let today = day_of(now);
        let mut all = self.all();
        let used = |all: &HashMap<Counted, Day>, whose| {
            all.get(whose).filter(|day: &&Day| day.number == today).map_or(0, |day| day.count)
        };
        if each.iter().any(|(whose, quota)| quota.is_some_and(|quota| used(&all, whose) >= quota)) {
            return false;
        }
        for (whose, _) in each {
            let count = used(&all, whose) + 1;
            all.insert(*whose, Day { number: today, count, at: now, fresh: true });
        }
        true
    }

    /// Counts one request that no quota bounds.
    pub(super) fn note(&self, whose: Counted, now: Timestamp) {
        self.take(&[(whose, None)], now);
    }

    pub(super) fn used(&self, whose: Counted, now: Timestamp) -> u64 {
        self.all().get(&whose).filter(|day| day.number == day_of(now)).map_or(0, |day| day.count)
    }

    /// When something was last used, if it was since the start.
    pub(super) fn last(&self, whose: Counted) -> Option<Timestamp> {
        self.all().get(&whose).map(|day| day.at).filter(|at| *at > Timestamp::UNIX_EPOCH)
    }

    /// What is to be written; from now on it counts as written.
    pub(super) fn fresh(&self) -> Vec<(Counted, Day)> {
        let mut all = self.all();
        let fresh = all.iter_mut().filter(|(_, day)| day.fresh);
        fresh.map(|(whose, day)| (*whose, Day { fresh: std::mem::take(&mut day.fresh), ..*day })).collect()
    }
}

pub(super) fn day_of(now: Timestamp) -> i64 {
    now.as_second().div_euclid(DAY_SECONDS)
}

/// Until the tenant's next midnight.
pub(super) fn until_midnight(now: Timestamp) -> Duration {
    let seconds = DAY_SECONDS - now.as_second().rem_euclid(DAY_SECONDS);
    Duration::from_secs(seconds.unsigned_abs())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_lets_its_number_pass_and_begins_again() {
        let start = Instant::now();
        let limiter = Limiter::new(2);
        let at = |seconds| limiter.take(None, start + Duration::from_secs(seconds));
        assert_eq!(at(0), Standing { limit: 2, remaining: 1, reset: WINDOW, within: true });
        assert_eq!((at(10).within, at(20).within), (true, false));
        assert_eq!(at(45).reset_seconds(), 15);
        assert_eq!(at(60), Standing { limit: 2, remaining: 1, reset: WINDOW, within: true });
    }

    #[test]
    fn a_groups_limit_is_its_own() {
        let start = Instant::now();
        let limiter = Limiter::new(1);
        assert!(limiter.take(None, start).within && !limiter.take(None, start).within);
        assert!(limiter.take(Some((7, 1)), start).within && !limiter.take(Some((7, 1)), start).within);
        // Lowered while the window runs.
        assert_eq!(limiter.take(Some((7, 0)), start).remaining, 0);
    }

    #[test]
    fn a_quota_is_a_days_and_nothing_counts_when_one_is_used_up() {
        let days = Days::default();
        let now = Timestamp::from_second(1_767_600_000).expect("a moment");
        let (key, group) = (Counted::Credential(UseOf::Key, 1), Counted::Group(7));
        let each = [(key, Some(3)), (group, Some(2))];
        assert!(days.take(&each, now) && days.take(&each, now) && !days.take(&each, now));
        assert_eq!((days.used(key, now), days.used(group, now)), (2, 2));
        assert_eq!(days.fresh().len(), 2);
        assert!(days.fresh().is_empty(), "once is enough");
        assert_eq!(until_midnight(now), Duration::from_secs(16 * 60 * 60));
        let tomorrow = now + jiff::SignedDuration::from_hours(16);
        assert!(days.take(&each, tomorrow));
        assert_eq!((days.used(key, tomorrow), days.last(key)), (1, Some(tomorrow)));
        days.remember(Counted::Group(9), day_of(now), 5);
        assert_eq!((days.used(Counted::Group(9), now), days.last(Counted::Group(9))), (5, None));
    }
}
