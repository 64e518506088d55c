//! Time as the fleet counts it: microseconds since 1970, and how long things take at the tenant's speed.

/// A moment, in microseconds since 1970, as the database keeps it.
pub(super) type Moment = i64;

/// A moment that does not come: late in the year 9999.
pub(super) const NEVER: Moment = 253_402_214_400_000_000;

const SECOND: f64 = 1e6;

/// How fast the fleet lives. Moments are real; every interval is divided by the speed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pace(f64);

impl Pace {
    /// A speed that is not a positive number counts as 1.
    pub(super) fn new(speed: f64) -> Self {
        Self(if speed.is_finite() && speed > 0.0 { speed } else { 1.0 })
    }

    /// How long a span of the fleet's life takes, in microseconds; at least one.
    pub(super) fn seconds(self, seconds: f64) -> Moment {
        ((seconds * SECOND / self.0) as Moment).max(1)
    }

    pub(super) fn minutes(self, minutes: f64) -> Moment {
        self.seconds(minutes * 60.0)
    }

    pub(super) fn hours(self, hours: f64) -> Moment {
        self.seconds(hours * 3600.0)
    }

    /// Hours of the fleet's life between two moments; never negative.
    pub(super) fn hours_between(self, from: Moment, to: Moment) -> f64 {
        (to - from).max(0) as f64 * self.0 / (3600.0 * SECOND)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn speed_divides_what_things_take() {
        let pace = Pace::new(60.0);
        assert_eq!(pace.hours(4.0), 240_000_000);
        assert!((pace.hours_between(0, 240_000_000) - 4.0).abs() < 1e-9);
        assert_eq!(Pace::new(0.0).seconds(1.0), 1_000_000);
        assert_eq!(Pace::new(f64::INFINITY).seconds(1.0), 1_000_000);
    }
}
