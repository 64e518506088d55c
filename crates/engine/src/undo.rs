//! Makes the items of a draft that takes back what a job did. Pure.

use std::collections::BTreeMap;

use crate::journal::{Task, TaskState};
use crate::plan::{DraftItem, JobId, Remedy};

/// A job that is taken back, as far as its tasks have passed by, the last one first.
pub(crate) struct TakingBack {
    job: JobId,
    /// Whoever waited for a task is taken back before it: places in the draft, by the index of the task.
    waits: BTreeMap<usize, usize>,
    taken: usize,
}

impl TakingBack {
    pub(crate) fn new(job: JobId) -> Self {
        Self { job, waits: BTreeMap::new(), taken: 0 }
    }

    /// Takes back the tasks that are done or may be; each comes with the one it waited for. What cannot be taken back is
    /// in the draft too, with the reason, and is skipped.
    pub(crate) fn page(&mut self, tasks: &[(Task, Option<usize>)]) -> Vec<DraftItem> {
        let mut items: Vec<DraftItem> = Vec::new();
        for (task, after) in tasks {
            let first = self.waits.remove(&task.index);
            if !matches!(task.state, TaskState::Done | TaskState::Unknown | TaskState::Sending) {
                continue;
            }
            let reason = format!("takes back `{}` of job {}", task.action.describe(), self.job);
            let (action, nothing) = match task.action.remedy(task.image.as_ref()) {
                Remedy::Do(action) => (*action, None),
                Remedy::Nothing(why) => (task.action.clone(), Some(format!("nothing to take back: {why}"))),
                Remedy::Never(why) => (task.action.clone(), Some(format!("cannot be taken back: {why}"))),
            };
            if nothing.is_none()
                && let Some(before) = after
            {
                self.waits.insert(*before, self.taken);
            }
            self.taken += 1;
            items.push(DraftItem {
                input: task.input.clone(),
                after: first,
                nothing_to_do: nothing,
                ..DraftItem::new(task.target.clone(), action, reason)
            });
        }
        items
    }
}
