//! Makes a draft that takes back what a job did. Pure.

use std::collections::BTreeMap;

use crate::journal::{JobDetail, Task, TaskState};
use crate::plan::{Draft, DraftItem, Remedy, Selection};

/// Takes back the tasks that are done or may be, the last one first. What cannot be taken back is in the draft too, with
/// the reason, and is skipped. `tasks` are those of the job.
pub(crate) fn draft(job: &JobDetail, tasks: &[Task], after: &BTreeMap<usize, usize>) -> Draft {
    let mut items: Vec<DraftItem> = Vec::new();
    // Whoever waited for a task is taken back before it.
    let mut waits: BTreeMap<usize, usize> = BTreeMap::new();
    for task in tasks.iter().rev() {
        if !matches!(task.state, TaskState::Done | TaskState::Unknown | TaskState::Sending) {
            continue;
        }
        let reason = format!("takes back `{}` of job {}", task.action.describe(), job.id);
        let (action, nothing) = match task.action.remedy(task.image.as_ref()) {
            Remedy::Do(action) => (*action, None),
            Remedy::Nothing(why) => (task.action.clone(), Some(format!("nothing to take back: {why}"))),
            Remedy::Never(why) => (task.action.clone(), Some(format!("cannot be taken back: {why}"))),
        };
        let first = waits.get(&task.index).copied();
        if nothing.is_none()
            && let Some(before) = after.get(&task.index)
        {
            waits.insert(*before, items.len());
        }
        items.push(DraftItem {
            input: task.input.clone(),
            after: first,
            nothing_to_do: nothing,
            ..DraftItem::new(task.target.clone(), action, reason)
        });
    }
    let by = format!("undo of job {}", job.id);
    Draft { purpose: format!("undo: {}", job.purpose), selection: Selection::Decided { by }, items }
}
