//! What waits for a person: plans with held items, and jobs whose held items were left behind.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use jiff::Timestamp;
use muster_engine::{Action, Draft, Engine, Error, JobDetail, PlanStatus, Target, Task, TaskState, Verdict};

/// A plan or a job with items that only a person can release.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaitingPlan {
    /// Id of the plan, or of the job that went ahead without its held items.
    pub id: String,
    pub purpose: String,
    pub requested_by: String,
    /// Items that wait for an approval.
    pub held: u64,
    /// Items altogether.
    pub total: u64,
    pub created_at: Timestamp,
    /// After that nobody can release them any more.
    pub expires_at: Timestamp,
    /// Whether the rest of the plan is being or was carried out, so that the held items have to be taken
    /// up again from its job.
    pub is_job: bool,
}

/// Every plan and job of `tenant` that waits for an approval at `now`, oldest first.
pub(crate) async fn waiting(engine: &Engine, tenant: &str, now: Timestamp) -> Result<Vec<WaitingPlan>, Error> {
    let plans: Vec<_> = engine.plans().await?.into_iter().filter(|plan| plan.tenant == tenant).collect();
    let jobs: Vec<_> = engine.jobs().await?.into_iter().filter(|job| job.tenant == tenant).collect();
    let mut waiting = Vec::new();
    let mut taken_up: BTreeSet<String> =
        jobs.iter().filter_map(|job| job.retry_of).map(|job| job.to_string()).collect();
    for summary in
        plans.iter().filter(|plan| plan.held > 0 && plan.status == PlanStatus::Proposed && now < plan.expires_at)
    {
        // Only the plan itself tells whether it was approved, and which job it takes up again.
        let plan = engine.plan_head(&summary.id.to_string()).await?;
        taken_up.extend(plan.retry_of.map(|job| job.to_string()));
        if plan.approval(now).is_none() {
            waiting.push(WaitingPlan {
                id: summary.id.to_string(),
                purpose: summary.purpose.clone(),
                requested_by: summary.requested_by.clone(),
                held: summary.held,
                total: summary.items,
                created_at: summary.created_at,
                expires_at: summary.expires_at,
                is_job: false,
            });
        }
    }
    let expiry: BTreeMap<_, _> = plans.iter().map(|plan| (plan.id, (plan.expires_at, &plan.requested_by))).collect();
    for job in jobs.iter().filter(|job| job.counts.held > 0 && !taken_up.contains(&job.id.to_string())) {
        let Some((expires_at, requested_by)) = expiry.get(&job.plan_id).filter(|(at, _)| now < *at) else { continue };
        waiting.push(of_job(job, *expires_at, requested_by));
    }
    waiting.sort_by_key(|plan| plan.created_at);
    Ok(waiting)
}

fn of_job(job: &JobDetail, expires_at: Timestamp, requested_by: &str) -> WaitingPlan {
    WaitingPlan {
        id: job.id.to_string(),
        purpose: job.purpose.clone(),
        requested_by: requested_by.to_owned(),
        held: job.counts.held,
        total: job.counts.total(),
        created_at: job.created_at,
        expires_at,
        is_job: true,
    }
}

/// What a schedule has asked for before: it is not asked for again at every fire.
#[derive(Debug, Default)]
pub(crate) struct Waiting {
    asked: HashSet<String>,
}

/// Whose wishes are gathered, and which of them still count.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asked<'a> {
    pub(crate) tenant: &'a str,
    /// As the schedule's plans name it.
    pub(crate) requested_by: &'a str,
    /// With it only held items of a plan wait; without it all items of a plan that nobody has started.
    pub(crate) apply: bool,
    /// What was sent from then on counts too: a remedy needs time, and some need a person, before the
    /// fleet shows that it helped.
    pub(crate) sent_since: Timestamp,
    pub(crate) now: Timestamp,
}

impl Waiting {
    /// Gathers it from the plans of one schedule.
    pub(crate) async fn gather(engine: &Engine, asked: Asked<'_>) -> Result<Self, Error> {
        let mut waiting = Self::default();
        for summary in engine.plans().await? {
            if summary.tenant != asked.tenant || summary.requested_by != asked.requested_by {
                continue;
            }
            let is_alive = asked.now < summary.expires_at;
            match summary.status {
                PlanStatus::Proposed if is_alive && (!asked.apply || summary.held > 0) => {
                    let plan = engine.plan(&summary.id.to_string()).await?;
                    let counts = |verdict| verdict == Verdict::Hold || (!asked.apply && verdict == Verdict::Allow);
                    let items = plan.items.iter().filter(|item| counts(item.decision.verdict));
                    waiting.asked.extend(items.map(|item| key(&item.target, &item.action)));
                }
                PlanStatus::Applied { job } if asked.sent_since <= summary.expires_at => {
                    let tasks = engine.tasks(&job).await?;
                    let counts = |task: &&Task| match task.state {
                        TaskState::Held => is_alive,
                        // An unknown outcome may be a good one.
                        TaskState::Done | TaskState::Unknown | TaskState::Sending => {
                            task.at.is_some_and(|at| asked.sent_since <= at)
                        }
                        _ => false,
                    };
                    waiting.asked.extend(tasks.iter().filter(counts).map(|task| key(&task.target, &task.action)));
                }
                PlanStatus::Proposed | PlanStatus::Applied { .. } | PlanStatus::Expired => {}
            }
        }
        Ok(waiting)
    }

    /// The draft without what was asked for before, and how many items those were. An item that was to come
    /// after one of them waits with it. Rows that only say why nothing is to be done stay.
    pub(crate) fn strip(&self, draft: Draft) -> (Draft, u64) {
        let mut places: Vec<Option<usize>> = Vec::with_capacity(draft.items.len());
        let mut items = Vec::with_capacity(draft.items.len());
        for mut item in draft.items {
            let before = item.after.map(|index| places.get(index).copied().flatten());
            let is_asked = item.nothing_to_do.is_none() && self.asked.contains(&key(&item.target, &item.action));
            if before == Some(None) || is_asked {
                places.push(None);
                continue;
            }
            item.after = before.flatten();
            places.push(Some(items.len()));
            items.push(item);
        }
        let waiting = places.iter().filter(|place| place.is_none()).count() as u64;
        (Draft { items, ..draft }, waiting)
    }
}

/// What makes two items the same wish.
fn key(target: &Target, action: &Action) -> String {
    let target = match target {
        Target::Device(device) => format!("device {}", device.id),
        Target::User { name, .. } => format!("user {}", name.to_lowercase()),
        Target::App { id, .. } => format!("app {id}"),
        Target::ApiKey { id, service } => format!("api key {id:?} of {service}"),
        Target::Resource { address, .. } => format!("resource {address}"),
    };
    format!("{target} {}", serde_json::json!(action))
}

#[cfg(test)]
mod tests {
    use muster_engine::{DraftItem, Selection};
    use muster_model::ids::{AppId, UserGroupId};

    use super::*;

    fn item(id: i64, after: Option<usize>) -> DraftItem {
        let target = Target::App { id: AppId(id), uuid: None, name: format!("app {id}") };
        let action = Action::JoinUserGroup { group: UserGroupId(1), group_name: "g".into() };
        DraftItem { after, ..DraftItem::new(target, action, "because") }
    }

    #[test]
    fn what_waits_already_is_left_out_with_what_depends_on_it() {
        let first = item(1, None);
        let waiting = Waiting { asked: HashSet::from([key(&first.target, &first.action)]) };
        let draft = Draft {
            purpose: "p".into(),
            selection: Selection::Listed,
            items: vec![first, item(2, None), item(3, Some(0)), item(4, Some(1))],
        };
        let (draft, number) = waiting.strip(draft);
        assert_eq!(number, 2);
        let left: Vec<(&str, Option<usize>)> =
            draft.items.iter().map(|item| (item.target.name(), item.after)).collect();
        assert_eq!(left, [("app 2", None), ("app 4", Some(0))]);
    }
}
