//! The jobs and plans of a salvaged journal.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use muster_store::{Transaction, args};

use super::mending::Mending;
use super::words::{OfJob, Words};
use super::{Salvaged, items};
use crate::error::Error;
use crate::journal::{JobState, writing};
use crate::plan::JobId;

/// A plan, as far as it is there.
pub(super) struct Plan {
    pub tenant: String,
    purpose: String,
    pub hash: String,
    pub items: i64,
    /// The audit says so too.
    pub sure: bool,
}

/// Goes through all jobs and plans.
pub(super) async fn mend_all(
    transaction: &mut Transaction,
    words: &Words,
    now: Timestamp,
    found: &mut Salvaged,
) -> Result<(), Error> {
    let plans = plans(transaction, words, found).await?;
    forget_misnamed(transaction, words, found).await?;
    let mut jobs: BTreeSet<String> = ids(transaction, "select id from jobs").await?;
    // A job whose row is lost is known by its tasks, and by how it began.
    let orphans = ids(transaction, "select distinct job_id as id from tasks").await?;
    for id in orphans.difference(&jobs).cloned().collect::<Vec<_>>() {
        if rebuild(transaction, &id, words, &plans).await? {
            found.damaged = true;
            jobs.insert(id);
        } else {
            let lost = transaction.execute("delete from tasks where job_id = $1", args![id]).await.map_err(writing)?;
            found.leave_out("tasks", lost);
        }
    }
    let mut read = BTreeSet::new();
    for id in &jobs {
        if let Some(plan) = Mending::new(transaction, id, words, now).await?.mend(&plans, found).await? {
            read.insert(plan);
        }
    }
    // Plans that nobody has carried out yet.
    for (id, plan) in &plans {
        if !read.contains(id) {
            let items = items::read(transaction, id, &plan.tenant, &plan.hash, found).await?;
            if !items.hash_fits || !items.is_whole(plan.items) {
                found.damaged = true;
                found.plans.push(id.clone());
            }
        }
    }
    Ok(())
}

/// Takes out jobs whose own name is damaged: the audit knows that another one has their plan.
async fn forget_misnamed(transaction: &mut Transaction, words: &Words, found: &mut Salvaged) -> Result<(), Error> {
    for row in &transaction.fetch("select id, plan_id from jobs", args![]).await.map_err(writing)? {
        let (id, plan): (String, String) = (row.get("id").map_err(writing)?, row.get("plan_id").map_err(writing)?);
        let begun = |of: &OfJob| of.begun.as_ref().is_some_and(|begun| begun.plan == plan);
        let misnamed = !words.jobs.get(&id).is_some_and(begun) && words.jobs.values().any(begun);
        if misnamed || id.parse::<JobId>().is_err() {
            let rows = transaction.execute("delete from jobs where id = $1", args![id]).await.map_err(writing)?;
            found.leave_out("jobs", rows);
        }
    }
    Ok(())
}

async fn ids(transaction: &mut Transaction, sql: &'static str) -> Result<BTreeSet<String>, Error> {
    let rows = transaction.fetch(sql, args![]).await.map_err(writing)?;
    rows.iter().map(|row| row.get("id").map_err(writing)).collect()
}

/// The plans that are there, with the hash and the number of items that the audit has seen.
async fn plans(
    transaction: &mut Transaction,
    words: &Words,
    found: &mut Salvaged,
) -> Result<BTreeMap<String, Plan>, Error> {
    let mut plans = BTreeMap::new();
    for row in &transaction.fetch("select * from plans", args![]).await.map_err(writing)? {
        let text = |column: &str| row.get::<String>(column).map_err(writing);
        let id = text("id")?;
        let own = (text("hash")?, row.get::<i64>("items").map_err(writing)?);
        let (hash, items) = words.plans.get(&id).cloned().unwrap_or_else(|| own.clone());
        if own != (hash.clone(), items) {
            found.damaged = true;
            let sql = "update plans set hash = $2, items = $3 where id = $1";
            transaction.execute(sql, args![id.as_str(), hash.as_str(), items]).await.map_err(writing)?;
        }
        let sure = words.plans.contains_key(&id);
        plans.insert(id, Plan { tenant: text("tenant")?, purpose: text("purpose")?, hash, items, sure });
    }
    Ok(plans)
}

/// Makes the row of a job from what the audit says of how it began; whether that was possible.
async fn rebuild(
    transaction: &mut Transaction,
    id: &str,
    words: &Words,
    plans: &BTreeMap<String, Plan>,
) -> Result<bool, Error> {
    let Some(OfJob { begun: Some(begun), state, .. }) = words.jobs.get(id) else { return Ok(false) };
    let Some(plan) = plans.get(&begun.plan) else { return Ok(false) };
    let state = match state {
        Some(JobState::Ready) | None => JobState::Stopped,
        Some(state) => *state,
    };
    let sql = "insert or ignore into jobs (id, plan_id, retry_of, purpose, tenant, state, options, created_at, \
               started_by, fence) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0)";
    let values = args![
        id,
        begun.plan.as_str(),
        begun.retry_of.as_deref(),
        plan.purpose.as_str(),
        plan.tenant.as_str(),
        state.as_str(),
        begun.options.to_string(),
        begun.at,
        begun.by.as_str(),
    ];
    Ok(transaction.execute(sql, values).await.map_err(writing)? > 0)
}
