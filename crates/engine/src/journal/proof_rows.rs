//! SQL of proofs: how far what was done is known to have come.

use std::collections::BTreeMap;

use muster_store::{Transaction, Value, args};
use serde_json::json;

use super::job_counts::Shift;
use super::job_rows::Claim;
use super::task_rows::OPEN;
use super::{Append, Delivery, Journal, OpenTask, TaskState, audit_rows, reading, word_of, writing};
use crate::audit::Occurrence;
use crate::error::Error;
use crate::plan::JobId;

/// What a look at a done task proved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Proven {
    pub index: usize,
    /// `Done`, or `Failed` if the device could not do what the tenant had accepted.
    pub state: TaskState,
    pub delivery: Option<Delivery>,
    /// `None` leaves it.
    pub reason: Option<String>,
    pub class: Option<String>,
}

/// The condition that a task is done by the tenant's word alone.
pub(super) fn by_word_alone(task: &str) -> String {
    format!("{task}.state = 'done' and ({task}.delivery is null or {task}.delivery in ('accepted', 'delivered'))")
}

impl Journal {
    /// Tasks of a job, or of one of its rings, beyond a place that are done by the tenant's word alone.
    pub(crate) async fn unproven(
        &self,
        job: JobId,
        ring: Option<u32>,
        beyond: i64,
        limit: usize,
    ) -> Result<Vec<OpenTask>, Error> {
        let of_ring = if ring.is_some() { " and t.ring = $4" } else { "" };
        let sql = format!("{OPEN} and {} and t.idx > $2{of_ring} order by t.idx limit $3", by_word_alone("t"));
        let mut values = args![job.to_string(), beyond, limit];
        values.extend(ring.map(Value::from));
        let rows = self.database.fetch(sql, values).await.map_err(reading)?;
        rows.iter().map(super::task_rows::open_task).collect()
    }

    /// Writes down what was proven. Only what turned out otherwise than accepted is an event of the audit.
    pub(crate) async fn keep_proofs(&self, claim: &Claim, proofs: &[Proven]) -> Result<(), Error> {
        let failed: Vec<&Proven> = proofs.iter().filter(|proof| proof.state == TaskState::Failed).collect();
        let now = self.now();
        let mut transaction = self.begin(Append::Tasks).await?;
        let reserved = audit_rows::reserve_for(&mut transaction, claim).await?;
        let steps = delivered(&mut transaction, claim, proofs).await?;
        let mut shift = Shift::default();
        for proof in proofs {
            if let Some(before) = steps.get(&proof.index) {
                shift.add(TaskState::Done, *before, -1);
                shift.add(proof.state, proof.delivery, 1);
            }
            let sql = "update tasks set state = $3, delivery = $4, reason = coalesce($5, reason), class = $6, \
                       at = case when state <> $3 then $7 else at end \
                       where job_id = $1 and idx = $2 and state = 'done'";
            let values = args![
                claim.job.to_string(),
                proof.index,
                proof.state.as_str(),
                proof.delivery.map(Delivery::as_str),
                proof.reason.as_deref(),
                proof.class.as_deref(),
                now,
            ];
            transaction.execute(sql, values).await.map_err(writing)?;
        }
        shift.write(&mut transaction, claim.job).await?;
        let record = |proof: &&Proven| {
            let details = json!({ "index": proof.index, "reason": proof.reason, "class": proof.class });
            Occurrence::new(&claim.owner, "task.disproved", claim.job, details)
        };
        let records = failed.iter().map(record).collect();
        audit_rows::write(&mut transaction, now, reserved, records).await?;
        self.commit(Append::Tasks, transaction).await
    }
}

/// How far the tasks were proven before, of those that are still done.
async fn delivered(
    transaction: &mut Transaction,
    claim: &Claim,
    proofs: &[Proven],
) -> Result<BTreeMap<usize, Option<Delivery>>, Error> {
    let places: Vec<String> = (0..proofs.len()).map(|place| format!("${}", place + 2)).collect();
    let sql = format!(
        "select idx, delivery from tasks where job_id = $1 and state = 'done' and idx in ({})",
        places.join(", ")
    );
    let mut values = args![claim.job.to_string()];
    values.extend(proofs.iter().map(|proof| Value::from(proof.index)));
    let mut steps = BTreeMap::new();
    for row in &transaction.fetch(sql, values).await.map_err(writing)? {
        let step: Option<String> = row.get("delivery").map_err(writing)?;
        let step = step.map(|step| word_of("delivery", Delivery::known, &step)).transpose()?;
        steps.insert(row.get("idx").map_err(writing)?, step);
    }
    Ok(steps)
}
