//! How long to wait before asking again, when the server does not say: exponential, with full jitter.

use std::time::Duration;

use crate::RetrySettings;

/// The wait before attempt `number + 1`, drawn by `random` (0 to 1) between nothing and a bound that doubles
/// with each attempt up to the cap. Full jitter spreads callers that failed together best.
pub(crate) fn wait(settings: &RetrySettings, number: u32, random: f64) -> Duration {
    let doubled = settings.base.saturating_mul(1_u32.checked_shl(number.saturating_sub(1)).unwrap_or(u32::MAX));
    doubled.min(settings.cap).mul_f64(random.clamp(0.0, 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bound_doubles_up_to_the_cap_and_the_wait_is_anywhere_below() {
        let settings = RetrySettings { attempts: 9, base: Duration::from_millis(500), cap: Duration::from_secs(30) };
        let bounds: Vec<u128> = (1..=8).map(|number| wait(&settings, number, 1.0).as_millis()).collect();
        assert_eq!(bounds, [500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]);
        assert_eq!(wait(&settings, 200, 1.0), settings.cap);
        assert_eq!(wait(&settings, 3, 0.0), Duration::ZERO);
        assert_eq!(wait(&settings, 3, 0.25), Duration::from_millis(500));
    }
}
