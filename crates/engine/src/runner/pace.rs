//! How fast it goes and how long it will take: arithmetic over moments that others tell.

use std::collections::VecDeque;
use std::time::Duration;

use jiff::Timestamp;

/// The rate is taken over this stretch of time, so that a pause or a slow start is soon forgotten.
const WINDOW: Duration = Duration::from_secs(10);

/// Outcomes over time.
pub(super) struct Pace {
    /// When how many outcomes were in, oldest first; the first one is at or before the window's begin.
    marks: VecDeque<(Timestamp, u64)>,
}

impl Pace {
    pub(super) fn new(start: Timestamp) -> Self {
        Self { marks: VecDeque::from([(start, 0)]) }
    }

    /// Takes in further outcomes.
    pub(super) fn add(&mut self, now: Timestamp, outcomes: u64) {
        let total = self.marks.back().map_or(0, |(_, total)| *total) + outcomes;
        self.marks.push_back((now, total));
        while self.marks.get(1).is_some_and(|(at, _)| between(*at, now) >= WINDOW) {
            self.marks.pop_front();
        }
    }

    /// Outcomes per second over the window; 0 while no time has passed.
    pub(super) fn per_second(&self) -> f64 {
        let (Some(first), Some(last)) = (self.marks.front(), self.marks.back()) else { return 0.0 };
        let seconds = between(first.0, last.0).as_secs_f64();
        if seconds > 0.0 { (last.1 - first.1) as f64 / seconds } else { 0.0 }
    }

    /// Time that the open tasks will take at this rate.
    pub(super) fn eta(&self, open: u64) -> Option<Duration> {
        let rate = self.per_second();
        (rate > 0.0).then(|| Duration::try_from_secs_f64(open as f64 / rate).unwrap_or(Duration::MAX))
    }
}

/// Time from one moment to a later one; none if the clock was set back.
pub(super) fn between(earlier: Timestamp, later: Timestamp) -> Duration {
    later.duration_since(earlier).try_into().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).expect("a moment")
    }

    #[test]
    fn the_rate_is_that_of_the_last_ten_seconds() {
        let mut pace = Pace::new(at(0));
        assert_eq!((pace.per_second(), pace.eta(5)), (0.0, None));
        for second in 1..=20 {
            pace.add(at(second), 100);
        }
        assert_eq!(pace.per_second(), 100.0);
        assert_eq!(pace.eta(250), Some(Duration::from_millis(2500)));
        for second in 21..=40 {
            pace.add(at(second), 10);
        }
        assert_eq!(pace.per_second(), 10.0);
        assert!(pace.marks.len() < 13);
    }

    #[test]
    fn a_clock_that_stands_or_is_set_back_gives_no_rate() {
        let mut pace = Pace::new(at(10));
        pace.add(at(10), 5);
        assert_eq!(pace.eta(5), None);
        pace.add(at(5), 5);
        assert_eq!((pace.per_second(), pace.eta(5)), (0.0, None));
    }
}
