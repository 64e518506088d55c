//! What is being carried out, and what was.

use jiff::Timestamp;
use muster_engine::{Counts, JobDetail, JobState, TaskState};

use crate::web::words::{When, number, short};

/// How many jobs the dashboard lists.
const SHOWN: usize = 8;

/// Running jobs first, then the last ones.
pub(in crate::web::pages) struct Jobs {
    pub(in crate::web::pages) rows: Vec<Row>,
    /// How many more there are.
    pub(in crate::web::pages) more: String,
}

/// One job.
pub(in crate::web::pages) struct Row {
    pub(in crate::web::pages) id: String,
    pub(in crate::web::pages) short: String,
    pub(in crate::web::pages) purpose: String,
    pub(in crate::web::pages) tone: &'static str,
    pub(in crate::web::pages) state: &'static str,
    pub(in crate::web::pages) stopped: String,
    pub(in crate::web::pages) bar: Bar,
    pub(in crate::web::pages) done: String,
    pub(in crate::web::pages) total: String,
    pub(in crate::web::pages) created: When,
}

/// Tasks by state, as the parts of one bar.
pub(in crate::web::pages) struct Bar {
    /// State, where its part begins and how wide it is, in thousandths of the bar.
    pub(in crate::web::pages) parts: Vec<(&'static str, f64, f64)>,
    /// The same in words.
    pub(in crate::web::pages) words: String,
}

impl Jobs {
    /// `jobs` has the newest first.
    pub(in crate::web::pages) fn new(jobs: &[JobDetail], now: Timestamp) -> Self {
        let (running, rest): (Vec<_>, Vec<_>) = jobs.iter().partition(|job| job.state == JobState::Running);
        let more = jobs.len().saturating_sub(SHOWN.max(running.len()));
        Self {
            rows: running
                .iter()
                .chain(rest.iter().take(SHOWN.saturating_sub(running.len())))
                .map(|job| row(job, now))
                .collect(),
            more: if more == 0 { String::new() } else { number(more as u64) },
        }
    }
}

fn row(job: &JobDetail, now: Timestamp) -> Row {
    let id = job.id.to_string();
    Row {
        short: short(&id).to_owned(),
        id,
        purpose: job.purpose.clone(),
        tone: tone(job),
        state: job.state.as_str(),
        stopped: job.stopped.as_ref().map(|stopped| stopped.why.clone()).unwrap_or_default(),
        bar: bar(&job.counts),
        done: number(job.counts.done),
        total: number(job.counts.total()),
        created: When::new(job.created_at, now),
    }
}

/// The colour of a job's state.
pub(in crate::web::pages) fn tone(job: &JobDetail) -> &'static str {
    match job.state {
        JobState::Running | JobState::Ready => "busy",
        JobState::Finished if job.counts.failed + job.counts.unknown > 0 => "warn",
        JobState::Finished => "good",
        JobState::Stopped => "bad",
        JobState::Cancelled => "idle",
    }
}

/// The parts of a job's bar, done first.
pub(in crate::web::pages) fn bar(counts: &Counts) -> Bar {
    const ORDER: [TaskState; 8] = [
        TaskState::Done,
        TaskState::Failed,
        TaskState::Unknown,
        TaskState::Held,
        TaskState::Skipped,
        TaskState::Cancelled,
        TaskState::Sending,
        TaskState::Pending,
    ];
    let total = counts.total().max(1) as f64;
    let (mut parts, mut words, mut from) = (Vec::new(), Vec::new(), 0.0);
    for state in ORDER {
        let count = counts.of(state);
        if count == 0 {
            continue;
        }
        let width = (count as f64 * 10_000.0 / total).round() / 10.0;
        parts.push((state.as_str(), from, width));
        words.push(format!("{} {state}", number(count)));
        from = ((from + width) * 10.0).round() / 10.0;
    }
    Bar { parts, words: words.join(", ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_has_a_part_for_each_state() {
        let counts = Counts { done: 6, failed: 1, held: 3, ..Counts::default() };
        let bar = bar(&counts);
        assert_eq!(bar.parts, [("done", 0.0, 600.0), ("failed", 600.0, 100.0), ("held", 700.0, 300.0)]);
        assert_eq!(bar.words, "6 done, 1 failed, 3 held");
        assert!(super::bar(&Counts::default()).parts.is_empty());
    }
}
