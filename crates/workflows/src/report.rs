//! What all reports of this room share: the guide's columns, then what became of it, row by row.
//!
//! Which columns there are is each workflow's own; how they are written down is the program's.

use jiff::Timestamp;
use muster_engine::report::{self, Report};
use muster_engine::{Draft, Task, TaskState};

use crate::bulk::{command, tags};
use crate::provisioning;

/// Some figures for people: a title, and what was counted in the order in which it is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    pub title: &'static str,
    pub figures: Vec<(String, String)>,
}

impl Summary {
    /// A summary without figures yet.
    pub fn of(title: &'static str) -> Self {
        Self { title, figures: Vec::new() }
    }

    /// With one more figure.
    #[must_use]
    pub fn with(mut self, name: impl Into<String>, value: impl ToString) -> Self {
        self.figures.push((name.into(), value.to_string()));
        self
    }
}

/// What became of the items behind one row of a report.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Word for the worst state among the items.
    pub status: String,
    pub reason: String,
    /// Class of a failure, or the rule that held or skipped it.
    pub class: String,
    pub attempt: u32,
    /// Several are parted by a blank.
    pub command_id: String,
    pub at: Option<Timestamp>,
}

impl Outcome {
    /// Nothing ought to be done, and why.
    pub fn nothing(reason: impl Into<String>) -> Self {
        Self { status: "unchanged".to_owned(), reason: reason.into(), ..Self::default() }
    }

    /// Refused before anything was planned, and why.
    pub fn failed(reason: impl Into<String>) -> Self {
        Self { status: "failed".to_owned(), reason: reason.into(), ..Self::default() }
    }

    /// What became of one task.
    pub fn of_task(task: &Task) -> Self {
        Self {
            status: task.state.to_string(),
            reason: task.reason.clone(),
            class: task.class.clone().unwrap_or_default(),
            attempt: task.attempt,
            command_id: task.command_id.clone().unwrap_or_default(),
            at: task.at,
        }
    }

    /// Sums up the items `range` of a draft. An item without a task has only been planned.
    pub fn of(draft: &Draft, tasks: &[Task], range: std::ops::Range<usize>) -> Self {
        let mut outcome = Self::default();
        let mut worst = 0;
        for index in range {
            let Some(item) = draft.items.get(index) else { continue };
            let task = task(tasks, index);
            let (status, reason) = match (task, &item.nothing_to_do) {
                (Some(task), _) => (task.state.as_str(), task.reason.as_str()),
                (None, Some(why)) => ("skipped", why.as_str()),
                (None, None) => ("planned", item.reason.as_str()),
            };
            let severity = severity(status);
            if severity > worst {
                (worst, outcome.status) = (severity, status.to_owned());
                outcome.reason.clear();
                outcome.class.clear();
            }
            if severity == worst && !reason.is_empty() && !outcome.reason.split("; ").any(|known| known == reason) {
                join(&mut outcome.reason, "; ", reason);
            }
            let class = task.and_then(|task| task.class.as_deref()).unwrap_or_default();
            if severity == worst && !outcome.class.split(' ').any(|known| known == class) {
                join(&mut outcome.class, " ", class);
            }
            if let Some(task) = task {
                outcome.attempt = outcome.attempt.max(task.attempt);
                outcome.at = outcome.at.max(task.at);
                join(&mut outcome.command_id, " ", task.command_id.as_deref().unwrap_or_default());
            }
        }
        outcome
    }

    /// The cells under [`report::OUTCOME_COLUMNS`].
    pub fn cells(&self) -> [String; 6] {
        [
            self.status.clone(),
            self.reason.clone(),
            self.class.clone(),
            self.attempt.to_string(),
            self.command_id.clone(),
            self.at.map(instant).unwrap_or_default(),
        ]
    }
}

/// The task of a draft's item, if it has one. Tasks usually stand in the order of the items.
pub(crate) fn task(tasks: &[Task], index: usize) -> Option<&Task> {
    tasks.get(index).filter(|task| task.index == index).or_else(|| tasks.iter().find(|task| task.index == index))
}

/// Whether the task is done.
pub(crate) fn done(tasks: &[Task], index: usize) -> bool {
    task(tasks, index).is_some_and(|task| task.state == TaskState::Done)
}

fn severity(status: &str) -> u8 {
    match status {
        "skipped" => 1,
        "done" => 2,
        "planned" | "pending" | "sending" => 3,
        "cancelled" | "expired" => 4,
        "held" => 5,
        "unknown" => 6,
        "failed" => 7,
        _ => 0,
    }
}

fn join(text: &mut String, separator: &str, more: &str) {
    if !text.is_empty() && !more.is_empty() {
        text.push_str(separator);
    }
    text.push_str(more);
}

/// A row of a report before it is put under its columns.
#[derive(Debug, Default)]
pub(crate) struct Row {
    pub(crate) input: Vec<(String, String)>,
    /// As long as the report's own columns.
    pub(crate) own: Vec<String>,
    pub(crate) outcome: Outcome,
}

/// Input columns, then the report's own, then the outcome.
pub(crate) fn assemble(own: &[&str], rows: Vec<Row>) -> Report {
    let rows = rows.into_iter().map(|row| report::Row { input: row.input, own: row.own, outcome: row.outcome.cells() });
    report::assemble(own, rows.collect())
}

/// Which columns of a table were the input's, if it is a report of ours; see [`report::input_columns`].
pub(crate) fn input_columns(header: &[String]) -> Option<Vec<(usize, String)>> {
    report::input_columns(header, &[&command::COLUMNS, &tags::COLUMNS, &provisioning::COLUMNS])
}

/// A moment for people and programs: UTC, to the second.
pub(crate) fn instant(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}
