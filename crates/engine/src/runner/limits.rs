//! When a run has to stop: too many failures, or every call failing for one reason. Pure.

use crate::journal::{JobOptions, StopAfter, Stopped};
use crate::verbs::Failure;

/// Counts what a run comes to.
pub(super) struct Limits {
    stop_after: Option<StopAfter>,
    continue_on_error: bool,
    /// Tasks that were open when the run began.
    open: u64,
    failed: u64,
    /// Failures of one class in a row after which the rest is not tried.
    row: usize,
    streak: Streak,
}

/// Failures of one general class without anything else in between.
#[derive(Default)]
struct Streak {
    class: String,
    length: usize,
}

impl Limits {
    pub(super) fn new(options: &JobOptions, open: u64) -> Self {
        Self {
            stop_after: options.stop_after,
            continue_on_error: options.continue_on_error,
            open,
            failed: 0,
            row: options.lanes.max(4),
            streak: Streak::default(),
        }
    }

    /// Takes in something that worked, or that failed in its own way.
    pub(super) fn passed(&mut self) {
        self.streak = Streak::default();
    }

    /// Takes in a failure that may hit every call; says so if that is what happens.
    pub(super) fn general(&mut self, failure: &Failure) -> Option<Stopped> {
        let class = failure.class();
        if !failure.is_general() {
            self.passed();
            return None;
        }
        if self.streak.class != class {
            self.streak = Streak { class: class.clone(), length: 0 };
        }
        self.streak.length += 1;
        (self.streak.length >= self.row).then(|| Stopped {
            why: format!("every call fails for one reason: {}", failure.reason),
            class: Some(class),
        })
    }

    /// Takes in a task that has failed; says so if that was one too many.
    pub(super) fn failed(&mut self) -> Option<Stopped> {
        self.failed += 1;
        let failed = self.failed;
        let why = match self.stop_after {
            _ if !self.continue_on_error => "a task has failed, and the job stops at the first failure".to_owned(),
            Some(StopAfter::Failures(limit)) if failed > limit => {
                format!("{failed} tasks have failed, more than the {limit} that are allowed")
            }
            Some(StopAfter::Percent(limit)) if share(failed, self.open) > limit => {
                format!("{failed} of {} tasks have failed, more than the {limit} % that are allowed", self.open)
            }
            _ => return None,
        };
        Some(Stopped { why, class: None })
    }

    /// Takes failures back that are to be tried again.
    pub(super) fn forget(&mut self, failures: usize) {
        self.failed = self.failed.saturating_sub(failures as u64);
    }
}

/// Percent.
fn share(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 * 100.0 / whole as f64 }
}

#[cfg(test)]
mod tests {
    use muster_client::{Error, Kind};

    use super::*;

    fn limits(stop_after: Option<StopAfter>, open: u64) -> Limits {
        Limits::new(&JobOptions { stop_after, ..JobOptions::default() }, open)
    }

    /// After how many failures in a row a run of that size stops.
    fn stops_at(mut limits: Limits, open: u64) -> Option<u64> {
        (1..=open).find(|_| limits.failed().is_some())
    }

    #[test]
    fn a_limit_is_exceeded_and_not_reached() {
        let table = [
            (Some(StopAfter::Failures(0)), 10, Some(1)),
            (Some(StopAfter::Failures(5)), 10, Some(6)),
            (Some(StopAfter::Failures(10)), 10, None),
            (Some(StopAfter::Percent(5.0)), 200, Some(11)),
            (Some(StopAfter::Percent(0.0)), 200, Some(1)),
            (Some(StopAfter::Percent(100.0)), 200, None),
            (None, 200, None),
        ];
        for (stop_after, open, expected) in table {
            assert_eq!(stops_at(limits(stop_after, open), open), expected, "{stop_after:?} of {open}");
        }
    }

    #[test]
    fn without_continuing_the_first_failure_is_the_last() {
        let options = JobOptions { continue_on_error: false, ..JobOptions::default() };
        assert_eq!(stops_at(Limits::new(&options, 10), 10), Some(1));
    }

    #[test]
    fn only_one_class_in_a_row_stops_everything() {
        let refused = |status| {
            let kind = if status == 401 { Kind::Auth } else { Kind::NotFound };
            Failure::write(&Error::Answered { endpoint: "test", status, fault: None, kind })
        };
        let mut limits = limits(None, 100);
        for _ in 0..7 {
            assert_eq!(limits.general(&refused(401)), None);
        }
        limits.passed();
        for _ in 0..7 {
            assert_eq!(limits.general(&refused(401)), None);
        }
        let stopped = limits.general(&refused(401)).expect("eight in a row");
        assert_eq!(stopped.class.as_deref(), Some("auth"));
        assert!(stopped.why.starts_with("every call fails for one reason: "), "{}", stopped.why);
        for _ in 0..20 {
            assert_eq!(limits.general(&refused(404)), None);
        }
    }
}
