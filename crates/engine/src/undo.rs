//! Makes the items of a draft that takes back what a job did. Pure.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::inquiry::Seen;
use crate::journal::{Task, TaskState};
use crate::plan::{DraftItem, JobId, Remedy, Restored, Since, Target, relevant, since};

/// A job that is taken back, as far as its tasks have passed by, the last one first.
pub(crate) struct TakingBack<'a> {
    job: JobId,
    /// What the tenant says of the targets now, if it was asked.
    seen: Option<&'a Seen>,
    /// Whoever waited for a task is taken back before it: places in the draft, by the index of the task.
    waits: BTreeMap<usize, usize>,
    taken: usize,
}

impl<'a> TakingBack<'a> {
    pub(crate) fn new(job: JobId, seen: Option<&'a Seen>) -> Self {
        Self { job, seen, waits: BTreeMap::new(), taken: 0 }
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
            let (restored, nothing) = match task.action.remedy(task.image.as_ref()) {
                Remedy::Do(restored) => (restored, None),
                Remedy::Nothing(why) => {
                    (vec![task.action.clone().into()], Some(format!("nothing to take back: {why}")))
                }
                Remedy::Never(why) => (vec![task.action.clone().into()], Some(format!("cannot be taken back: {why}"))),
            };
            for one in restored {
                let item = match &nothing {
                    Some(why) => DraftItem { nothing_to_do: Some(why.clone()), ..self.item(task, one) },
                    None => self.compared(task, one),
                };
                if item.nothing_to_do.is_none()
                    && let Some(before) = after
                {
                    self.waits.insert(*before, self.taken);
                }
                self.taken += 1;
                items.push(DraftItem { after: first, ..item });
            }
        }
        items
    }

    fn item(&self, task: &Task, restored: Restored) -> DraftItem {
        let Restored { action, remarks, doubt } = restored;
        let mut reason = format!("takes back `{}` of job {}", task.action.describe(), self.job);
        for remark in remarks {
            reason.push_str("; ");
            reason.push_str(&remark);
        }
        let target = match (&task.target, self.seen) {
            // The job, or somebody after it, may have changed what the plan said of the device.
            (Target::Device(device), Some(seen)) => seen.device(device.id).unwrap_or(&task.target).clone(),
            (target, _) => target.clone(),
        };
        DraftItem { input: task.input.clone(), doubt, ..DraftItem::new(target, action, reason) }
    }

    /// With what the target is like now; in doubt where it is not what the job left.
    fn compared(&self, task: &Task, restored: Restored) -> DraftItem {
        let now: Option<&Value> = self.seen.and_then(|seen| seen.of(&task.target));
        let stands = since(&task.action, &restored.action, now);
        let mut item = self.item(task, restored);
        item.before = now.and_then(|now| relevant(&item.action, now));
        let doubt = match stands {
            None | Some(Since::Same) => None,
            Some(Since::Back) => {
                item.nothing_to_do = Some("nothing to take back: it is so again already".to_owned());
                None
            }
            Some(Since::Gone) => {
                item.nothing_to_do = Some(format!("nothing to take back: the {} is gone", task.target.kind()));
                None
            }
            Some(Since::Changed(what)) => Some(format!("changed since: {}", what.join("; "))),
            Some(Since::Unknown) => Some("whether it was changed since is not known".to_owned()),
        };
        item.doubt = match (item.doubt.take(), doubt) {
            (Some(one), Some(other)) => Some(format!("{one}; {other}")),
            (one, other) => one.or(other),
        };
        item
    }
}
