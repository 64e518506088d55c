//! Makes the items of a new draft of what a job did not get done. Pure.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::guard::NOTHING_TO_DO;
use crate::journal::{Only, Task, TaskState};
use crate::plan::{DraftItem, PlanItem, Wish};

/// A job that is taken up again, as far as its items have passed by.
pub(crate) struct Again {
    only: Only,
    /// Places in the new draft of items that others wait for, by those in the old plan.
    position: BTreeMap<usize, usize>,
    taken: usize,
}

impl Again {
    pub(crate) fn new(only: Only) -> Self {
        Self { only, position: BTreeMap::new(), taken: 0 }
    }

    /// Of the next items of the plan, with their tasks: those that are in the wanted state, and those that were skipped
    /// because they wait for one of them. `awaited` tells of whom others wait.
    pub(crate) fn page(
        &mut self,
        items: Vec<PlanItem>,
        tasks: &[Task],
        sent_at: &[(usize, Timestamp)],
        awaited: bool,
    ) -> Vec<Wish> {
        let state = self.only.state();
        let sent_at: BTreeMap<usize, Timestamp> = sent_at.iter().copied().collect();
        let mut wishes = Vec::new();
        for (item, task) in items.into_iter().zip(tasks) {
            let after = item.after.and_then(|first| self.position.get(&first).copied());
            let waits = after.is_some() && task.state == TaskState::Skipped;
            if task.state != state && !waits {
                continue;
            }
            if awaited {
                self.position.insert(item.index, self.taken);
            }
            self.taken += 1;
            let unsettled = (task.state == TaskState::Unknown).then(|| sent_at.get(&item.index).copied());
            let nothing_to_do = (task.class.as_deref() == Some(NOTHING_TO_DO)).then(|| task.reason.clone());
            let doubt = item.doubt().map(str::to_owned);
            wishes.push(Wish {
                origin: Some(item.index),
                unsettled_since: unsettled.flatten(),
                item: DraftItem {
                    target: item.target,
                    action: item.action,
                    reason: item.reason,
                    before: item.before,
                    input: item.input,
                    after,
                    nothing_to_do,
                    doubt,
                },
            });
        }
        wishes
    }
}
