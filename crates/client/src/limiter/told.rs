//! What a tenant says of its limit: `X-RateLimit-Limit`, `-Remaining` and `-Reset` (seconds since 1970, by its own
//! clock). It does not say over which time it counts; that follows from how far away the reset has been.

pub(crate) use crate::quota::ToldLimit as Told;

/// Windows that tenants count in.
const MINUTE: f64 = 60.0;
/// Clocks and whole seconds.
const SLACK: f64 = 2.0;

/// The limit as it stands.
#[derive(Debug, Default)]
pub(super) struct Limit {
    calls: u64,
    /// The longest time to a reset that was seen with this limit, in seconds.
    longest: f64,
    /// A second, if less remains of the present window than its time would allow; until when.
    scarce: Option<(f64, f64)>,
}

impl Limit {
    pub(super) fn note(&mut self, now: f64, told: Told) {
        if told.limit != self.calls {
            *self = Self { calls: told.limit, ..Self::default() };
        }
        let Some(left) = told.left.map(|left| left.as_secs_f64()) else { return };
        self.longest = self.longest.max(left);
        self.scarce = told.remaining.and_then(|remaining| {
            let even = told.limit as f64 * left / MINUTE;
            // Others use the same limit. At the very end of a window the figures are too coarse to act on.
            let scarce = left >= SLACK && self.by_the_minute() && (remaining as f64) < 0.9 * even;
            scarce.then(|| ((remaining as f64 / left).max(1.0 / left), now + left))
        });
    }

    fn by_the_minute(&self) -> bool {
        self.longest > 0.0 && self.longest <= MINUTE + SLACK
    }

    /// The rate that follows, if the window is a minute. A limit for a day says nothing about how fast to go.
    pub(super) fn per_second(&self, now: f64) -> Option<f64> {
        if self.calls == 0 || !self.by_the_minute() {
            return None;
        }
        let even = self.calls as f64 / MINUTE;
        Some(match self.scarce {
            Some((rate, until)) if now < until => rate.min(even),
            _ => even,
        })
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn told(limit: u64, remaining: Option<u64>, left: u64) -> Told {
        Told { limit, remaining, left: Some(Duration::from_secs(left)) }
    }

    #[test]
    fn the_window_follows_from_the_reset() {
        let mut limit = Limit::default();
        assert_eq!(limit.per_second(0.0), None);
        limit.note(0.0, told(3000, None, 17));
        assert_eq!(limit.per_second(0.0), Some(50.0));
        limit.note(10.0, told(600, Some(590), 60));
        assert_eq!(limit.per_second(10.0), Some(10.0));
        // A day's quota is no rate.
        limit.note(20.0, told(50_000, Some(49_000), 40_000));
        assert_eq!(limit.per_second(20.0), None);
        limit.note(30.0, Told { limit: 5000, remaining: Some(3), left: None });
        assert_eq!(limit.per_second(30.0), None);
    }

    #[test]
    fn what_others_have_used_is_spread_over_the_rest_of_the_window() {
        let mut limit = Limit::default();
        limit.note(0.0, told(600, Some(60), 30));
        assert_eq!(limit.per_second(0.0), Some(2.0));
        assert_eq!(limit.per_second(31.0), Some(10.0), "a new window");
        limit.note(31.0, told(600, Some(0), 30));
        assert!(limit.per_second(31.0).is_some_and(|rate| rate > 0.0));
    }
}
