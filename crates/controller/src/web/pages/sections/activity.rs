//! When workflows are nudged, and what came of it.

use jiff::Timestamp;

use crate::run::{Outcome, Run};
use crate::schedule::Schedule;
use crate::web::words::{When, number, short, span};

/// Schedules and the last runs.
pub(in crate::web::pages) struct Activity {
    pub(in crate::web::pages) schedules: Vec<Line>,
    pub(in crate::web::pages) runs: Vec<Row>,
}

/// One schedule.
pub(in crate::web::pages) struct Line {
    pub(in crate::web::pages) name: String,
    pub(in crate::web::pages) every: String,
    pub(in crate::web::pages) apply: bool,
    pub(in crate::web::pages) next: When,
}

/// One run.
pub(in crate::web::pages) struct Row {
    pub(in crate::web::pages) schedule: String,
    pub(in crate::web::pages) started: When,
    pub(in crate::web::pages) took: String,
    pub(in crate::web::pages) tone: &'static str,
    pub(in crate::web::pages) outcome: &'static str,
    /// Non-compliant, planned, waiting already, held, done, failed, unknown.
    pub(in crate::web::pages) figures: [String; 7],
    pub(in crate::web::pages) plan: String,
    /// The job's id, whole, for its page.
    pub(in crate::web::pages) job: Option<String>,
    pub(in crate::web::pages) failure: String,
}

impl Activity {
    pub(in crate::web::pages) fn new(schedules: &[Schedule], runs: &[Run], now: Timestamp) -> Self {
        let line = |schedule: &Schedule| Line {
            name: schedule.name.clone(),
            every: span(schedule.every),
            apply: schedule.apply,
            next: When::new(schedule.next_due, now),
        };
        Self { schedules: schedules.iter().map(line).collect(), runs: runs.iter().map(|run| row(run, now)).collect() }
    }
}

fn row(run: &Run, now: Timestamp) -> Row {
    let took = run.finished_at.map(|at| {
        let micros = at.as_microsecond().saturating_sub(run.started_at.as_microsecond());
        span(std::time::Duration::from_micros(u64::try_from(micros).unwrap_or_default()))
    });
    let tally = &run.tally;
    // Before a run has observed, its figures are not zero but unknown.
    let is_blind = run.plan.is_none() && run.outcome != Outcome::Finished && tally.noncompliant == 0;
    let figure = |count: u64| if is_blind { "–".to_owned() } else { number(count) };
    Row {
        schedule: run.schedule.clone(),
        started: When::new(run.started_at, now),
        took: took.unwrap_or_else(|| "–".to_owned()),
        tone: match run.outcome {
            Outcome::Running => "busy",
            Outcome::Finished if tally.failed + tally.unknown > 0 => "warn",
            Outcome::Finished => "good",
            Outcome::Failed => "bad",
            Outcome::Interrupted => "warn",
        },
        outcome: run.outcome.as_str(),
        figures: [
            tally.noncompliant,
            tally.planned,
            tally.waiting,
            tally.held,
            tally.done,
            tally.failed,
            tally.unknown,
        ]
        .map(figure),
        plan: run.plan.as_deref().map(short).unwrap_or_default().to_owned(),
        job: run.job.clone(),
        failure: run.failure.as_ref().map(|failure| failure.text.clone()).unwrap_or_default(),
    }
}
