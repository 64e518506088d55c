//! Which scheduled instant is due, as arithmetic over a grid of equal steps.

use std::time::Duration;

use jiff::Timestamp;

use super::Schedule;

/// A scheduled instant that ought to be acted upon now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fire {
    /// The instant: the latest one that has passed. With the schedule's name it is the id of the fire.
    pub due: Timestamp,
    /// How many earlier instants passed without being acted upon; they are not made up for.
    pub missed: u64,
    /// The first instant after `now`.
    pub next_due: Timestamp,
}

/// The instant of `schedule` that is due at `now`, if any. Instants that passed while nobody was there
/// collapse into the latest one, so that a controller which comes back does not run the same workflow
/// many times in a row.
pub fn due(schedule: &Schedule, now: Timestamp) -> Option<Fire> {
    let late = now.as_microsecond().checked_sub(schedule.next_due.as_microsecond())?;
    let missed = u64::try_from(late).ok()? / step(schedule.every);
    let due = later(schedule.next_due, schedule.every, missed);
    Some(Fire { due, missed, next_due: later(due, schedule.every, 1) })
}

/// `from` and `steps` times `every`; the end of time where that does not exist.
pub(super) fn later(from: Timestamp, every: Duration, steps: u64) -> Timestamp {
    let span = step(every).checked_mul(steps).and_then(|span| i64::try_from(span).ok());
    span.and_then(|span| from.as_microsecond().checked_add(span))
        .and_then(|micros| Timestamp::from_microsecond(micros).ok())
        .unwrap_or(Timestamp::MAX)
}

/// Microseconds between two instants; never less than a second, so that the division is safe and a
/// schedule cannot spin.
fn step(every: Duration) -> u64 {
    u64::try_from(every.as_micros()).unwrap_or(u64::MAX).max(1_000_000)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schedule::Workflow;

    fn schedule(next_due: &str) -> Schedule {
        Schedule {
            name: "compliance".into(),
            workflow: Workflow::Compliance,
            every: Duration::from_secs(900),
            apply: false,
            last_fire: None,
            next_due: at(next_due),
        }
    }

    fn at(text: &str) -> Timestamp {
        text.parse().expect("a timestamp")
    }

    #[test]
    fn nothing_is_due_before_its_instant() {
        assert_eq!(due(&schedule("2025-01-01T00:15:00Z"), at("2025-01-01T00:14:59.999999Z")), None);
    }

    #[test]
    fn an_instant_is_due_when_it_comes_and_a_little_later() {
        for now in ["2025-01-01T00:15:00Z", "2025-01-01T00:29:59.999999Z"] {
            let fire = due(&schedule("2025-01-01T00:15:00Z"), at(now)).expect("due");
            assert_eq!(fire.due, at("2025-01-01T00:15:00Z"), "{now}");
            assert_eq!(fire.missed, 0, "{now}");
            assert_eq!(fire.next_due, at("2025-01-01T00:30:00Z"), "{now}");
        }
    }

    #[test]
    fn missed_instants_collapse_into_the_latest() {
        let fire = due(&schedule("2025-01-01T00:15:00Z"), at("2025-01-02T00:20:00Z")).expect("due");
        assert_eq!(fire.due, at("2025-01-02T00:15:00Z"));
        assert_eq!(fire.missed, 96);
        assert_eq!(fire.next_due, at("2025-01-02T00:30:00Z"));
    }

    #[test]
    fn an_absurd_interval_neither_panics_nor_spins() {
        let mut never = schedule("2025-01-01T00:15:00Z");
        never.every = Duration::MAX;
        assert_eq!(due(&never, at("2025-01-01T00:15:00Z")).expect("due").next_due, Timestamp::MAX);
        never.every = Duration::ZERO;
        assert_eq!(due(&never, at("2025-01-01T00:15:00Z")).expect("due").next_due, at("2025-01-01T00:15:01Z"));
    }
}
