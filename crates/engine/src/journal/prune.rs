//! What is old enough to be forgotten: finished jobs with their tasks, plans and rings, and plans that expired without
//! becoming a job. What caps still count is not old enough, and the audit is never shortened.

use jiff::{SignedDuration, Timestamp};
use muster_store::args;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{Append, Journal, audit_rows, writing};
use crate::audit::Occurrence;
use crate::error::Error;

/// For so many days jobs are kept after their end, if nobody says otherwise.
pub const KEEP_JOBS_DAYS: u32 = 400;

/// What was sent within so many days stays, whatever is asked for: caps count it, and may be made to count further back.
const COUNTED_DAYS: i64 = 30;

/// How long what was sent has to stay, if the longest window of a cap is this.
pub(crate) fn counted(longest_window: Option<SignedDuration>) -> SignedDuration {
    let least = SignedDuration::from_hours(COUNTED_DAYS * 24);
    longest_window.map_or(least, |window| window.max(least))
}

/// What was forgotten.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pruned {
    pub jobs: u64,
    pub tasks: u64,
    pub plans: u64,
}

/// Jobs that are at their end for so long. An unknown outcome keeps its job.
const OLD_JOBS: &str = "\
    select id from jobs where finished_at < $1 and state in ('finished', 'cancelled') \
    and not exists (select 1 from tasks t where t.job_id = jobs.id and t.state in ('sending', 'unknown'))";

impl Journal {
    /// Forgets what came to its end before `before`.
    pub(crate) async fn prune(&self, before: Timestamp, by: &str) -> Result<Pruned, Error> {
        let mut transaction = self.begin(Append::Prune).await?;
        let delete = |table: &str, column: &str, of: &str| format!("delete from {table} where {column} in ({of})");
        let mut pruned = Pruned::default();
        let sql = delete("tasks", "job_id", OLD_JOBS);
        pruned.tasks = transaction.execute(sql, args![before]).await.map_err(writing)?;
        for table in ["rings", "job_counts"] {
            transaction.execute(delete(table, "job_id", OLD_JOBS), args![before]).await.map_err(writing)?;
        }
        // Their tasks are gone, so that this finds the same jobs.
        let sql = "delete from jobs where finished_at < $1 and state in ('finished', 'cancelled') \
                   and not exists (select 1 from tasks t where t.job_id = jobs.id)";
        pruned.jobs = transaction.execute(sql, args![before]).await.map_err(writing)?;
        let orphans = "select id from plans where expires_at < $1 \
                       and not exists (select 1 from jobs j where j.plan_id = plans.id)";
        for (table, column) in [("plan_items", "plan_id"), ("approvals", "plan_id")] {
            transaction.execute(delete(table, column, orphans), args![before]).await.map_err(writing)?;
        }
        pruned.plans = transaction.execute(delete("plans", "id", orphans), args![before]).await.map_err(writing)?;
        if pruned == Pruned::default() {
            return Ok(pruned);
        }
        let details =
            json!({ "before": before.to_string(), "jobs": pruned.jobs, "tasks": pruned.tasks, "plans": pruned.plans });
        audit_rows::append(&mut transaction, self.now(), Occurrence::new(by, "journal.pruned", "-", details)).await?;
        self.commit(Append::Prune, transaction).await?;
        Ok(pruned)
    }
}
