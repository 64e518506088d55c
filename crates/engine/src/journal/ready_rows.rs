//! SQL of the tasks that can be sent next, a page at a time.

use muster_store::{Row, args};

use super::task_rows::{NOWHERE, OpenTask, target_of};
use super::{Journal, TaskState, item_rows, reading, value_of};
use crate::error::Error;
use crate::plan::{Action, JobId};

/// Where a task stands among those that are sent.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place {
    ring: u32,
    index: i64,
}

/// Some of the tasks that can be sent.
pub(crate) struct Ready {
    pub tasks: Vec<OpenTask>,
    /// Where the last of them stands.
    pub end: Option<Place>,
    /// Whether there may be others beyond it.
    pub more: bool,
}

const READY: &str = "\
    select t.idx, t.ring, t.attempt, i.target, i.action, i.seal, i.reason as wanted \
    from tasks t join jobs j on j.id = t.job_id \
    join plan_items i on i.plan_id = j.plan_id and i.idx = t.idx \
    where t.job_id = $1 and t.state = 'pending' and t.ring <= $2 and (t.ring, t.idx) > ($3, $4) \
    and j.state <> 'cancelled' and (t.after_idx is null or exists (select 1 from tasks f \
        where f.job_id = t.job_id and f.idx = t.after_idx \
        and (f.state = 'done' or (f.state = 'skipped' and f.class = 'nothing-to-do')))) \
    order by t.ring, t.idx limit $5";

impl Journal {
    /// The next tasks beyond a place that can be sent: those that wait for none, or for one that is done. Of rings beyond
    /// `ring` none. What is known of earlier attempts is not read.
    pub(crate) async fn ready(
        &self,
        job: JobId,
        ring: u32,
        beyond: Option<Place>,
        limit: usize,
    ) -> Result<Ready, Error> {
        let (from, after) = beyond.map_or((0, NOWHERE), |place| (place.ring, place.index));
        let rows = self.database.fetch(READY, args![job.to_string(), ring, from, after, limit]).await;
        let rows = rows.map_err(reading)?;
        let (mut tasks, mut last) = (Vec::with_capacity(rows.len()), None);
        for row in &rows {
            tasks.push(waiting_task(row, &mut last)?);
        }
        let end = rows.last().map(|row| {
            let (ring, index) = (row.get("ring").map_err(reading)?, row.get("idx").map_err(reading)?);
            Ok::<_, Error>(Place { ring, index })
        });
        Ok(Ready { more: tasks.len() == limit, tasks, end: end.transpose()? })
    }
}

/// A task that may be sent: its item is still as it was written. Most tasks of a job have the same action, so that the
/// last one is remembered with its text.
fn waiting_task(row: &Row, last: &mut Option<(String, Action)>) -> Result<OpenTask, Error> {
    let (target, action) = (row.text("target").map_err(reading)?, row.text("action").map_err(reading)?);
    // Items of plans from before there were seals have none.
    let sealed: Option<i64> = row.get("seal").map_err(reading)?;
    if sealed.is_some_and(|sealed| sealed != item_rows::seal(target, action)) {
        let why = "its target or action is not what was planned".to_owned();
        return Err(Error::Corrupt { what: "plan item", why });
    }
    let action = match last {
        Some((text, known)) if text == action => known.clone(),
        _ => last.insert((action.to_owned(), value_of("action", action)?)).1.clone(),
    };
    Ok(OpenTask {
        index: row.get("idx").map_err(reading)?,
        target: target_of(target)?,
        action,
        wanted: row.get("wanted").map_err(reading)?,
        attempt: row.get("attempt").map_err(reading)?,
        state: TaskState::Pending,
        reason: String::new(),
        sending_at: None,
        at: None,
        command_id: None,
    })
}
