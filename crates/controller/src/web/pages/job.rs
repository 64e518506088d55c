//! `/jobs/{id}`: one job with its tasks.

use std::collections::BTreeMap;
use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use jiff::Timestamp;
use muster_engine::{Error as EngineError, JobDetail, JobState, Task, TaskState};

use super::sections::{Bar, bar, tone};
use super::{Frame, message};
use crate::Error;
use crate::controller::Inner;
use crate::web::page;
use crate::web::words::{When, moment, number, short};

/// How many tasks the page lists.
const SHOWN: usize = 200;

/// How many reasons the page lists.
const REASONS: usize = 25;

#[derive(Template)]
#[template(path = "job.html")]
pub(super) struct Page {
    pub(super) frame: Frame,
    pub(super) id: String,
    pub(super) plan: String,
    pub(super) purpose: String,
    pub(super) tone: &'static str,
    pub(super) state: &'static str,
    pub(super) stopped: String,
    pub(super) started_by: String,
    pub(super) created: When,
    pub(super) finished: Option<When>,
    pub(super) bar: Bar,
    pub(super) total: String,
    pub(super) reasons: Vec<Reason>,
    /// How many more reasons there are.
    pub(super) more_reasons: usize,
    pub(super) tasks: Vec<Row>,
    pub(super) shown: String,
}

/// Tasks that are in the same state for the same reason.
pub(super) struct Reason {
    pub(super) state: TaskState,
    pub(super) reason: String,
    pub(super) number: String,
}

/// One task.
pub(super) struct Row {
    pub(super) index: usize,
    pub(super) target: String,
    pub(super) action: String,
    pub(super) state: TaskState,
    pub(super) reason: String,
    pub(super) attempt: u32,
    pub(super) command_id: String,
    /// The end of it.
    pub(super) short: String,
    pub(super) at: Option<When>,
}

pub(in crate::web) async fn show(State(inner): State<Arc<Inner>>, Path(id): Path<String>) -> Response {
    let job = match inner.engine.job(&id).await {
        // Several tenants may share the database; this dashboard is about one.
        Ok(job) if job.tenant == inner.settings.tenant => job,
        Ok(_) | Err(EngineError::NotFound { .. }) => return message(StatusCode::NOT_FOUND, "There is no such job."),
        Err(EngineError::Ambiguous { .. }) => {
            return message(StatusCode::NOT_FOUND, "Several jobs have an id like this; give more of it.");
        }
        Err(error) => return page(Err(Error::Engine(error))),
    };
    match inner.engine.tasks(&job.id).await {
        Ok(tasks) => page(render(&job, &tasks, inner.clock.now())),
        Err(error) => page(Err(Error::Engine(error))),
    }
}

pub(super) fn render(job: &JobDetail, tasks: &[Task], now: Timestamp) -> Result<String, Error> {
    let reasons = reasons(tasks);
    let is_moving = matches!(job.state, JobState::Ready | JobState::Running);
    let page = Page {
        frame: Frame {
            title: format!("{} · {} · muster", job.purpose, job.tenant),
            tenant: job.tenant.clone(),
            as_of: moment(now),
            refresh: is_moving.then_some(5),
            path: format!("/jobs/{}", job.id),
        },
        id: job.id.to_string(),
        plan: job.plan_id.to_string(),
        purpose: job.purpose.clone(),
        tone: tone(job),
        state: job.state.as_str(),
        stopped: job.stopped.as_ref().map(|stopped| stopped.why.clone()).unwrap_or_default(),
        started_by: job.started_by.clone(),
        created: When::new(job.created_at, now),
        finished: job.finished_at.map(|at| When::new(at, now)),
        bar: bar(&job.counts),
        total: number(job.counts.total()),
        more_reasons: reasons.len().saturating_sub(REASONS),
        reasons: reasons.into_iter().take(REASONS).collect(),
        tasks: tasks.iter().take(SHOWN).map(|task| row(task, now)).collect(),
        shown: number(tasks.len().min(SHOWN) as u64),
    };
    Ok(page.render()?)
}

/// The most frequent first.
fn reasons(tasks: &[Task]) -> Vec<Reason> {
    let mut counts: BTreeMap<(&'static str, &str), (TaskState, u64)> = BTreeMap::new();
    for task in tasks {
        counts.entry((task.state.as_str(), task.reason.as_str())).or_insert((task.state, 0)).1 += 1;
    }
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_by(|a, b| b.1.1.cmp(&a.1.1).then(a.0.cmp(&b.0)));
    counts
        .into_iter()
        .map(|((_, reason), (state, count))| Reason { state, reason: reason.to_owned(), number: number(count) })
        .collect()
}

fn row(task: &Task, now: Timestamp) -> Row {
    let command_id = task.command_id.clone().unwrap_or_default();
    Row {
        index: task.index,
        target: task.target.name().to_owned(),
        action: task.action.describe(),
        state: task.state,
        reason: task.reason.clone(),
        attempt: task.attempt,
        short: short(&command_id).to_owned(),
        command_id,
        at: task.at.map(|at| When::new(at, now)),
    }
}
