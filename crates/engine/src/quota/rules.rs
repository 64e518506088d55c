//! Who may send how much, and when: pure arithmetic over what the ledger holds. Times are microseconds since 1970.

/// Microseconds.
pub(super) const SECOND: i64 = 1_000_000;
pub(super) const MINUTE: i64 = 60 * SECOND;
pub(super) const HOUR: i64 = 60 * MINUTE;
pub(super) const DAY: i64 = 24 * HOUR;

/// Turns are given away so far ahead; who comes later asks again.
const AHEAD: i64 = 2 * SECOND;

/// A lease covers so much time at most, so that everybody's turn comes soon and little is lost with a process.
const LONGEST_LEASE: i64 = SECOND / 4;

/// A turn that was not used within this time is void.
pub(super) const VOID_AFTER: i64 = SECOND / 4;

/// No lease is larger, also where nothing bounds the rate.
const LARGEST_LEASE: i64 = 64;

/// Nor larger than this part of what is left for today: a process that ends loses what it did not use, and near the end
/// of a quota nothing may be lost.
const SMALL_PART: i64 = 1_000;

/// What is known of a limit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Standing {
    /// 0 for not known.
    pub(super) per_minute: i64,
    pub(super) per_day: i64,
    pub(super) next_turn: i64,
    pub(super) paused_until: i64,
    pub(super) told_left: i64,
    pub(super) told_until: i64,
    /// Leased in the last 24 hours and the hour that has begun.
    pub(super) used: i64,
    /// When the oldest hour of those is over, and how much it frees.
    pub(super) frees_at: i64,
    /// Changes that were ever made: nobody came between two looks that see the same number.
    pub(super) changes: i64,
    /// The hour in which this was seen: in the next one, other hours count.
    pub(super) hour: i64,
    /// Whether there are hours that count no more.
    pub(super) stale: bool,
}

/// Calls that may be sent at their turns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Turns {
    pub(super) count: i64,
    pub(super) first: i64,
    pub(super) interval: i64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Decision {
    Lease(Turns),
    /// Ask again then.
    Wait(i64),
    /// The day's quota is used up, as far as this caller may use it, until about then.
    UsedUp(i64),
}

impl Standing {
    /// Time between two turns. What a burst and late turns may add to a minute is taken off, so that no minute has more
    /// than the tenant permits.
    fn interval(&self) -> i64 {
        if self.per_minute == 0 {
            return 0;
        }
        let spare = self.per_minute / 60 + 1;
        // Rounded up: a microsecond too long is none too many.
        MINUTE / (self.per_minute - spare).max(1) + 1
    }

    /// Calls that are left for today; `None` if no quota is known.
    pub(super) fn left(&self, now: i64) -> Option<i64> {
        if self.told_until > now {
            return Some(self.told_left.max(0));
        }
        (self.per_day > 0).then(|| (self.per_day - self.used).max(0))
    }

    /// Whether, and when, somebody who wants so many calls may send some of them. `reserve` calls are kept for others.
    pub(super) fn decide(&self, now: i64, wanted: i64, reserve: i64) -> Decision {
        let left = self.left(now).map(|left| left - reserve);
        if left.is_some_and(|left| left <= 0) {
            return Decision::UsedUp(if self.told_until > now { self.told_until } else { self.frees_at });
        }
        if self.paused_until > now {
            return Decision::Wait(self.paused_until);
        }
        let interval = self.interval();
        let next = self.next_turn.max(now);
        if next > now + AHEAD {
            return Decision::Wait(next - AHEAD / 2);
        }
        let within = if interval == 0 { LARGEST_LEASE } else { (LONGEST_LEASE / interval).clamp(1, LARGEST_LEASE) };
        let within = within.min(left.map_or(i64::MAX, |left| left / SMALL_PART)).max(1);
        let count = wanted.clamp(1, within);
        Decision::Lease(Turns { count, first: next, interval })
    }

    /// Calls a second that the minute allows; `None` if no limit is known.
    pub(super) fn per_second(&self) -> Option<f64> {
        let interval = self.interval();
        (interval > 0).then(|| SECOND as f64 / interval as f64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lease(count: i64, first: i64, interval: i64) -> Decision {
        Decision::Lease(Turns { count, first, interval })
    }

    #[test]
    fn turns_follow_one_another_and_a_minute_holds_no_more_than_it_may() {
        let mut standing = Standing { per_minute: 600, ..Standing::default() };
        let interval = MINUTE / (600 - 11) + 1;
        assert_eq!(standing.decide(5, 1, 0), lease(1, 5, interval));
        assert_eq!(standing.decide(5, 1000, 0), lease(2, 5, interval), "a quarter of a second at ten a second");
        standing.next_turn = 5 + SECOND;
        assert_eq!(standing.decide(5, 1, 0), lease(1, 5 + SECOND, interval), "others are before");
        standing.next_turn = 5 + 3 * SECOND;
        assert_eq!(standing.decide(5, 1, 0), Decision::Wait(5 + 2 * SECOND));
        standing.paused_until = 9 * SECOND;
        assert_eq!(standing.decide(5, 1, 0), Decision::Wait(9 * SECOND));
        for per_minute in 1..2000 {
            let interval = Standing { per_minute, ..Standing::default() }.interval();
            assert!((MINUTE + VOID_AFTER) / interval < per_minute.max(2), "{per_minute}");
        }
    }

    #[test]
    fn a_day_ends_before_its_quota_and_urgent_work_has_a_reserve() {
        let standing = Standing { per_day: 100_000, used: 50_000, frees_at: 77, ..Standing::default() };
        assert_eq!(standing.decide(0, 100, 0), lease(50, 0, 0));
        assert_eq!(standing.decide(0, 100, 40_000), lease(10, 0, 0));
        let standing = Standing { per_day: 1000, used: 950, ..standing };
        assert_eq!(standing.decide(0, 100, 0), lease(1, 0, 0));
        assert_eq!(standing.decide(0, 100, 49), lease(1, 0, 0));
        assert_eq!(standing.decide(0, 100, 50), Decision::UsedUp(77));
        // What the tenant says counts more than what was counted here.
        let told = Standing { told_left: 3, told_until: 10, ..standing };
        assert_eq!(told.decide(0, 100, 0), lease(1, 0, 0));
        assert_eq!(told.decide(0, 100, 3), Decision::UsedUp(10));
        assert_eq!(told.left(11), Some(50));
    }
}
