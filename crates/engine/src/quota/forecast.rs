//! What a job will cost before it begins: its calls, what is left today, and when it will be done.

use std::time::Duration;

use jiff::Timestamp;

/// How the limit of a tenant stands.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Allowance {
    /// Calls that may still be sent today; `None` if no quota is known.
    pub left_today: Option<u64>,
    /// Calls a second that the tenant permits; `None` if that is not known.
    pub per_second: Option<f64>,
}

/// What is to be expected of a number of calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Forecast {
    pub calls: u64,
    pub left_today: Option<u64>,
    /// `None` if today's quota ends before the calls do.
    pub done_at: Option<Timestamp>,
}

impl Allowance {
    /// For so many calls, begun now, at this rate at most (calls a second).
    #[must_use]
    pub fn forecast(&self, calls: u64, rate: f64, now: Timestamp) -> Forecast {
        let rate = self.per_second.map_or(rate, |permitted| permitted.min(rate));
        let fits = self.left_today.is_none_or(|left| calls <= left);
        let time = Duration::try_from_secs_f64(calls as f64 / rate).ok().filter(|_| fits);
        Forecast { calls, left_today: self.left_today, done_at: time.and_then(|time| now.checked_add(time).ok()) }
    }
}

impl Forecast {
    /// Whether today's quota is enough.
    #[must_use]
    pub fn fits(&self) -> bool {
        self.left_today.is_none_or(|left| self.calls <= left)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_forecast_goes_by_the_slower_rate_and_sees_the_end_of_the_day() {
        let now: Timestamp = "2026-11-25T14:00:00Z".parse().expect("a time");
        let allowance = Allowance { left_today: Some(41_000), per_second: Some(2.0) };
        let forecast = allowance.forecast(2400, 50.0, now);
        assert_eq!(forecast.done_at, Some("2026-11-25T14:20:00Z".parse().expect("a time")));
        assert!(forecast.fits());
        let forecast = Allowance { left_today: Some(2000), ..allowance }.forecast(2400, 50.0, now);
        assert_eq!((forecast.done_at, forecast.fits()), (None, false));
        let forecast = Allowance::default().forecast(100, 50.0, now);
        assert_eq!(forecast.done_at, Some("2026-11-25T14:00:02Z".parse().expect("a time")));
    }
}
