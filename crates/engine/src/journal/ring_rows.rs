//! SQL of rings: who belongs to which, and how each went.

use std::collections::BTreeMap;

use jiff::Timestamp;
use muster_store::{Row, Transaction, Value, args};
use serde_json::json;

use super::job_rows::Claim;
use super::{
    Append, Journal, RingDetail, RingState, TaskState, audit_rows, item_rows, reading, text_of, value_of, word_of,
    writing,
};
use crate::audit::Occurrence;
use crate::error::Error;
use crate::plan::{DeviceTarget, Health, JobId, PlanId, Rings, Target, ring};

/// Rows of one statement.
const CHUNK: usize = 2_000;

/// A ring as a run works with it.
#[derive(Debug, Clone)]
pub(crate) struct OpenRing {
    pub ring: u32,
    pub state: RingState,
    pub opened_at: Timestamp,
    pub soak_until: Option<Timestamp>,
    /// Whether each device of the sample was compliant when the ring began, by id.
    pub baseline: BTreeMap<i64, bool>,
    pub reasons: Vec<String>,
}

/// Gives every task of a new job its ring, as [`Rings::of_items`] does. What is skipped or held takes no place.
pub(super) async fn assign(
    transaction: &mut Transaction,
    job: JobId,
    plan: PlanId,
    rings: &Rings,
) -> Result<(), Error> {
    place_all(transaction, plan).await?;
    let (job, plan) = (job.to_string(), plan.to_string());
    let places = "select distinct i.place from tasks t join plan_items i on i.plan_id = $2 and i.idx = t.idx \
                  where t.job_id = $1 and t.state = 'pending'";
    let sql = format!("select count(*) as places from ({places}) as p");
    let row = transaction.fetch_one(sql, args![job.as_str(), plan.as_str()]).await.map_err(writing)?;
    let mut last = Vec::new();
    for rank in rings.last_ranks(row.get("places").map_err(writing)?) {
        let place: Option<i64> = match rank {
            Some(rank) => {
                let sql = format!("{places} order by i.place limit 1 offset $3");
                let row = transaction.fetch_one(sql, args![job.as_str(), plan.as_str(), rank]).await;
                Some(row.map_err(writing)?.get("place").map_err(writing)?)
            }
            None => None,
        };
        last.push(place);
    }
    // A place is in as many rings further in as there are whose last place is before it.
    let mut values = args![job.as_str(), plan];
    let mut beyond = vec![last.iter().filter(|last| last.is_none()).count().to_string()];
    for place in last.into_iter().flatten() {
        values.push(place.into());
        beyond.push(format!("case when i.place > ${} then 1 else 0 end", values.len()));
    }
    let sql = format!(
        "update tasks set ring = {} from plan_items i \
         where tasks.job_id = $1 and i.plan_id = $2 and i.idx = tasks.idx and tasks.state = 'pending'",
        beyond.join(" + ")
    );
    transaction.execute(sql, values).await.map_err(writing)?;
    // Whoever waits for another is not in an earlier ring than that; a chain takes a pass for each of its links.
    let sql = "update tasks set ring = f.ring from tasks f \
               where tasks.job_id = $1 and tasks.after_idx is not null and tasks.state = 'pending' \
               and f.job_id = $1 and f.idx = tasks.after_idx and f.ring > tasks.ring";
    while transaction.execute(sql, args![job.as_str()]).await.map_err(writing)? > 0 {}
    Ok(())
}

/// Gives items of plans from before places were kept theirs.
async fn place_all(transaction: &mut Transaction, plan: PlanId) -> Result<(), Error> {
    let sql = "select idx, target from plan_items where plan_id = $1 and place is null limit $2";
    loop {
        let rows = transaction.fetch(sql, args![plan.to_string(), CHUNK]).await.map_err(writing)?;
        if rows.is_empty() {
            return Ok(());
        }
        for row in &rows {
            let target: Target = value_of("target", &row.get::<String>("target").map_err(writing)?)?;
            let place = item_rows::kept_place(ring::place(ring::key(&target)));
            let index: i64 = row.get("idx").map_err(writing)?;
            let sql = "update plan_items set place = $3 where plan_id = $1 and idx = $2";
            transaction.execute(sql, args![plan.to_string(), index, place]).await.map_err(writing)?;
        }
    }
}

impl Journal {
    /// How the rings of a job went so far, in order.
    pub(crate) async fn rings(&self, job: JobId) -> Result<Vec<RingDetail>, Error> {
        let sql = "select * from rings where job_id = $1 order by ring";
        let rows = self.database.fetch(sql, args![job.to_string()]).await.map_err(reading)?;
        rows.iter()
            .map(|row| {
                let health: Option<String> = row.get("health").map_err(reading)?;
                let OpenRing { ring, state, opened_at, soak_until, reasons, .. } = open_ring(row)?;
                let health = health.map(|text| value_of("health of a ring", &text)).transpose()?;
                Ok(RingDetail { ring, state, opened_at, soak_until, health, reasons })
            })
            .collect()
    }

    /// The ring that a job has come to.
    pub(crate) async fn open_ring(&self, job: JobId) -> Result<Option<OpenRing>, Error> {
        let sql = "select * from rings where job_id = $1 order by ring desc limit 1";
        let row = self.database.fetch_optional(sql, args![job.to_string()]).await.map_err(reading)?;
        row.as_ref().map(open_ring).transpose()
    }

    /// The first ring with waiting tasks that has not begun. Tasks of earlier rings may wait again, because they did not
    /// arrive; and in a cancelled job nothing begins any more.
    pub(crate) async fn next_ring(&self, job: JobId) -> Result<Option<u32>, Error> {
        let sql = "select min(ring) as ring from tasks where job_id = $1 and state = 'pending' \
                   and ring > coalesce((select max(ring) from rings where job_id = $1), -1) \
                   and exists (select 1 from jobs where id = $1 and state <> 'cancelled')";
        let row = self.database.fetch_one(sql, args![job.to_string()]).await.map_err(reading)?;
        row.get("ring").map_err(reading)
    }

    /// The first devices of a ring that begins.
    pub(crate) async fn ring_devices(&self, job: JobId, ring: u32, limit: usize) -> Result<Vec<DeviceTarget>, Error> {
        let sql = "select i.target from tasks t join jobs j on j.id = t.job_id \
                   join plan_items i on i.plan_id = j.plan_id and i.idx = t.idx \
                   where t.job_id = $1 and t.ring = $2 and t.state = 'pending' \
                   order by t.idx limit $3";
        let rows = self.database.fetch(sql, args![job.to_string(), ring, limit]).await.map_err(reading)?;
        let mut devices = Vec::new();
        for row in &rows {
            let target: Target = value_of("target", &row.get::<String>("target").map_err(reading)?)?;
            if let Target::Device(device) = target {
                devices.push(device);
            }
        }
        Ok(devices)
    }

    /// What became of a ring's tasks; the fleet is left out.
    pub(crate) async fn ring_outcomes(&self, job: JobId, ring: u32) -> Result<Health, Error> {
        let sql = "select state, class, case when delivery in ('executed', 'verified') then 1 else 0 end as proven, \
                   count(*) as tasks from tasks where job_id = $1 and ring = $2 \
                   and state in ('done', 'failed', 'expired', 'unknown', 'sending') \
                   group by state, class, case when delivery in ('executed', 'verified') then 1 else 0 end";
        let rows = self.database.fetch(sql, args![job.to_string(), ring]).await.map_err(reading)?;
        let mut health = Health::default();
        for row in &rows {
            let state = row.get::<String>("state").map_err(reading)?;
            let tasks: u64 = row.get("tasks").map_err(reading)?;
            let class: Option<String> = row.get("class").map_err(reading)?;
            match word_of("task state", TaskState::known, &state)? {
                TaskState::Done => {
                    health.items += tasks;
                    let is_proven = row.get::<i64>("proven").map_err(reading)? == 1;
                    *(if is_proven { &mut health.proven } else { &mut health.unproven }) += tasks;
                }
                TaskState::Failed | TaskState::Expired => {
                    health.items += tasks;
                    health.failed += tasks;
                    *health.classes.entry(class.unwrap_or(state)).or_default() += tasks;
                }
                TaskState::Unknown | TaskState::Sending => {
                    health.items += tasks;
                    health.unknown += tasks;
                }
                TaskState::Pending | TaskState::Skipped | TaskState::Held | TaskState::Cancelled => {}
            }
        }
        Ok(health)
    }

    /// Begins a ring.
    pub(crate) async fn begin_ring(
        &self,
        claim: &Claim,
        ring: u32,
        baseline: &BTreeMap<i64, bool>,
    ) -> Result<OpenRing, Error> {
        let now = self.now();
        let (job, text) = (claim.job.to_string(), text_of(baseline)?);
        let sql = "insert into rings (job_id, ring, state, opened_at, baseline) values ($1, $2, 'open', $3, $4)";
        let record = Occurrence::new(&claim.owner, "job.ring.open", claim.job, json!({ "ring": ring }));
        self.ring_change(Some(claim), sql, args![job, ring, now, text], record).await?;
        Ok(OpenRing {
            ring,
            state: RingState::Open,
            opened_at: now,
            soak_until: None,
            baseline: baseline.clone(),
            reasons: Vec::new(),
        })
    }

    /// Notes until when the fleet is watched.
    pub(crate) async fn soak_ring(&self, claim: &Claim, ring: u32, until: Timestamp) -> Result<(), Error> {
        let sql = "update rings set state = 'soaking', soak_until = $3 where job_id = $1 and ring = $2";
        let record = Occurrence::new(
            &claim.owner,
            "job.ring.soaking",
            claim.job,
            json!({ "ring": ring, "until": until.to_string() }),
        );
        self.ring_change(Some(claim), sql, args![claim.job.to_string(), ring, until], record).await
    }

    /// Notes what the gate said.
    pub(crate) async fn judge_ring(
        &self,
        claim: &Claim,
        ring: u32,
        health: &Health,
        reasons: &[String],
    ) -> Result<(), Error> {
        let state = if reasons.is_empty() { RingState::Passed } else { RingState::Held };
        let sql = "update rings set state = $3, health = $4, reasons = $5 where job_id = $1 and ring = $2";
        let values = args![claim.job.to_string(), ring, state.as_str(), text_of(health)?, text_of(&reasons)?];
        let details = json!({ "ring": ring, "health": health, "reasons": reasons });
        let record = Occurrence::new(&claim.owner, &format!("job.ring.{}", state.as_str()), claim.job, details);
        self.ring_change(Some(claim), sql, values, record).await
    }

    /// Lets the ring behind a held one begin, in somebody's name; whether there was one.
    pub(crate) async fn pass_ring(&self, job: JobId, by: &str) -> Result<bool, Error> {
        let held = self.open_ring(job).await?.filter(|ring| ring.state == RingState::Held);
        let Some(held) = held else { return Ok(false) };
        let sql = "update rings set state = 'passed' where job_id = $1 and ring = $2 and state = 'held'";
        let details = json!({ "ring": held.ring, "reasons": held.reasons });
        let record = Occurrence::new(by, "job.ring.continued", job, details);
        self.ring_change(None, sql, args![job.to_string(), held.ring], record).await?;
        Ok(true)
    }

    async fn ring_change(
        &self,
        claim: Option<&Claim>,
        sql: &'static str,
        values: Vec<Value>,
        record: Occurrence,
    ) -> Result<(), Error> {
        let mut transaction = self.begin(Append::Ring).await?;
        let now = self.now();
        match claim {
            Some(claim) => {
                let reserved = audit_rows::reserve_for(&mut transaction, claim).await?;
                audit_rows::write(&mut transaction, now, reserved, vec![record]).await?;
            }
            None => audit_rows::append(&mut transaction, now, record).await?,
        }
        transaction.execute(sql, values).await.map_err(writing)?;
        self.commit(Append::Ring, transaction).await
    }
}

fn open_ring(row: &Row) -> Result<OpenRing, Error> {
    let text = |column: &str| row.get::<Option<String>>(column).map_err(reading);
    let state: String = row.get("state").map_err(reading)?;
    let baseline = text("baseline")?.map(|text| value_of("baseline of a ring", &text)).transpose()?;
    let reasons = text("reasons")?.map(|text| value_of("reasons of a ring", &text)).transpose()?;
    Ok(OpenRing {
        ring: row.get("ring").map_err(reading)?,
        state: word_of("ring state", RingState::known, &state)?,
        opened_at: row.get("opened_at").map_err(reading)?,
        soak_until: row.get("soak_until").map_err(reading)?,
        baseline: baseline.unwrap_or_default(),
        reasons: reasons.unwrap_or_default(),
    })
}
