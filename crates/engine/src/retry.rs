//! Makes a new draft of what a job did not get done. Pure.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::guard::NOTHING_TO_DO;
use crate::journal::{Only, Task, TaskState};
use crate::plan::{Draft, DraftItem, Plan};

/// A draft, and where each of its items comes from.
pub(crate) struct Again {
    pub draft: Draft,
    /// Index of each item's task in the old job.
    pub origin: Vec<usize>,
    /// When an item's task was sent, if its outcome is not known.
    pub unsettled_since: Vec<Option<Timestamp>>,
}

/// Takes up the tasks that are in the wanted state, and those that were skipped because they wait for
/// one of them. `tasks` are those of the job that `plan` became.
pub(crate) fn again(plan: Plan, tasks: &[Task], only: Only, sent_at: &[(usize, Timestamp)]) -> Again {
    let state = only.state();
    let mut position: BTreeMap<usize, usize> = BTreeMap::new();
    let mut again = Again {
        draft: Draft {
            purpose: format!("{} (again: {state})", plan.purpose),
            selection: plan.selection,
            items: Vec::new(),
        },
        origin: Vec::new(),
        unsettled_since: Vec::new(),
    };
    let sent_at: BTreeMap<usize, Timestamp> = sent_at.iter().copied().collect();
    for (item, task) in plan.items.into_iter().zip(tasks) {
        let after = item.after.and_then(|first| position.get(&first).copied());
        let waits = after.is_some() && task.state == TaskState::Skipped;
        if task.state != state && !waits {
            continue;
        }
        position.insert(item.index, again.origin.len());
        again.origin.push(item.index);
        let unsettled = (task.state == TaskState::Unknown).then(|| sent_at.get(&item.index).copied());
        again.unsettled_since.push(unsettled.flatten());
        let nothing_to_do = (task.class.as_deref() == Some(NOTHING_TO_DO)).then(|| task.reason.clone());
        again.draft.items.push(DraftItem {
            target: item.target,
            action: item.action,
            reason: item.reason,
            before: item.before,
            input: item.input,
            after,
            nothing_to_do,
        });
    }
    again
}
