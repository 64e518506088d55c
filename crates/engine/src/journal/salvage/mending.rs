//! One job of a salvaged journal: what each of its tasks is now, and whether it goes on.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use muster_store::{Row, Transaction, Value, args};
use uuid::Uuid;

use super::items::{self, Items};
use super::jobs::Plan;
use super::mend::{self, LOST, Mended, mend};
use super::words::{OfJob, Word, Words};
use super::{Salvaged, SalvagedJob};
use crate::error::Error;
use crate::journal::{Delivery, JobOptions, JobState, Stopped, TaskState, job_counts, text_of, writing};
use crate::plan::JobId;

/// Lost items that are told by name.
const TOLD: usize = 20;

/// A job that is being mended.
pub(super) struct Mending<'a> {
    transaction: &'a mut Transaction,
    id: &'a str,
    words: &'a OfJob,
    now: Timestamp,
    state: JobState,
    state_is_sure: bool,
    options: Option<JobOptions>,
    plan: String,
    tenant: String,
    began_at: Timestamp,
    handed_over: bool,
}

static NOTHING: std::sync::LazyLock<OfJob> = std::sync::LazyLock::new(OfJob::default);

impl<'a> Mending<'a> {
    pub(super) async fn new(
        transaction: &'a mut Transaction,
        id: &'a str,
        words: &'a Words,
        now: Timestamp,
    ) -> Result<Self, Error> {
        let words = words.jobs.get(id).unwrap_or(&NOTHING);
        let row = transaction.fetch_one("select * from jobs where id = $1", args![id]).await.map_err(writing)?;
        let text = |column: &str| row.get::<String>(column).map_err(writing);
        let state = JobState::known(&text("state")?);
        let created_at: i64 = row.get("created_at").map_err(writing)?;
        // Its id says too when it was made.
        let made_at = id.parse::<Uuid>().ok().and_then(|id| id.get_timestamp());
        let made_at = made_at.and_then(|at| i64::try_from(at.to_unix().0).ok()).unwrap_or(i64::MAX / 1_000_000);
        let began_at = match &words.begun {
            Some(begun) => begun.at,
            None => Timestamp::from_microsecond(created_at.min(made_at * 1_000_000)).unwrap_or(Timestamp::UNIX_EPOCH),
        };
        let sql = "select 1 as one from jobs where retry_of = $1 union all select 1 from plans where retry_of = $1";
        let taken = transaction.fetch_optional(sql, args![id]).await.map_err(writing)?.is_some();
        Ok(Self {
            state: state.or(words.state).unwrap_or(JobState::Stopped),
            state_is_sure: state.is_some(),
            options: serde_json::from_str(&text("options")?).ok(),
            plan: text("plan_id")?,
            tenant: text("tenant")?,
            handed_over: words.handed_over || taken,
            transaction,
            id,
            words,
            now,
            began_at,
        })
    }

    /// Mends the job, and answers with its plan if that is there.
    pub(super) async fn mend(
        mut self,
        plans: &BTreeMap<String, Plan>,
        found: &mut Salvaged,
    ) -> Result<Option<String>, Error> {
        let Ok(job) = self.id.parse::<JobId>() else { return Ok(None) };
        let mut told = SalvagedJob { job, restored: 0, unknown: 0, stopped: None, lost: Vec::new() };
        let head = self.head(found.audit.whole).await?;
        let plan = plans.get(&self.plan);
        let items = match plan {
            Some(plan) => items::read(self.transaction, &self.plan, &plan.tenant, &plan.hash, found).await?,
            None => Items::default(),
        };
        let count = plan.filter(|plan| plan.sure || items.is_whole(plan.items)).map(|plan| plan.items);
        let mut why = None;
        match (plan, count) {
            (Some(plan), Some(count)) if items.is_whole(count) && items.hash_fits => {
                if plan.tenant != self.tenant {
                    let sql = "update jobs set tenant = $2 where id = $1";
                    self.transaction.execute(sql, args![self.id, plan.tenant.as_str()]).await.map_err(writing)?;
                    found.damaged = true;
                }
            }
            (Some(_), _) => {
                found.plans.push(self.plan.clone());
                why = Some("its plan is not as it was made".to_owned());
            }
            (None, _) => why = Some("its plan is lost".to_owned()),
        }
        let doubtful = self.tasks(&items, count, &mut told, found).await?;
        if doubtful > 0 && why.is_none() {
            why = Some(format!("of {doubtful} of its tasks it is not known whether they were to be sent"));
        }
        let mended = head || told.restored + told.unknown > 0 || why.is_some();
        found.damaged |= mended;
        if let Some(why) = why {
            // A job that is at its end, and none of whose tasks is open, needs no word.
            if told.unknown > 0 || !matches!(self.state, JobState::Finished | JobState::Cancelled) {
                self.give_up(&why).await?;
            }
            told.stopped = Some(why);
        } else if found.damaged {
            self.hold_rings().await?;
        }
        job_counts::count(self.transaction, job).await?;
        if mended {
            found.jobs.push(told);
        }
        Ok(plan.map(|_| self.plan))
    }

    /// Puts right what the audit knows of the job itself; whether anything was wrong. Nobody runs it now.
    async fn head(&mut self, whole: bool) -> Result<bool, Error> {
        let mut wrong = !self.state_is_sure;
        let rests = |state: JobState| matches!(state, JobState::Finished | JobState::Cancelled);
        if let Some(state) = self.words.state
            && whole
            && rests(state) != rests(self.state)
        {
            (self.state, wrong) = (state, true);
        }
        let mut options = self.options.as_ref().map(text_of).transpose()?;
        if let Some(begun) = &self.words.begun {
            let noted: Option<JobOptions> = serde_json::from_value(begun.options.clone()).ok();
            if let Some(noted) = noted.filter(|noted| self.options.as_ref() != Some(noted)) {
                (options, wrong) = (Some(text_of(&noted)?), true);
                self.options = Some(noted);
            }
            wrong |= self.plan != begun.plan;
            self.plan.clone_from(&begun.plan);
        }
        if options.is_none() {
            // As careful as can be.
            let careful = JobOptions { lanes: 1, bulk: false, ..JobOptions::default() };
            (options, wrong) = (Some(text_of(&careful)?), true);
        }
        let sql = "update jobs set fence = 0, state = $2, options = $3, created_at = $4, plan_id = $5 where id = $1";
        let values = args![self.id, self.state.as_str(), options, self.began_at, self.plan.as_str()];
        self.transaction.execute(sql, values).await.map_err(writing)?;
        Ok(wrong)
    }

    /// Mends every task; answers of how many it is not known whether they were to be sent.
    async fn tasks(
        &mut self,
        items: &Items,
        count: Option<i64>,
        told: &mut SalvagedJob,
        found: &mut Salvaged,
    ) -> Result<u64, Error> {
        let facts = mend::Job {
            whole: found.audit.whole,
            closed: matches!(self.state, JobState::Finished | JobState::Cancelled),
            over: self.words.over,
            handed_over: self.handed_over,
            left_out: self.words.begun.as_ref().is_none_or(|begun| begun.left_out > 0),
        };
        let rows = self.rows().await?;
        let mut places: BTreeSet<i64> =
            items.intact.keys().chain(rows.keys()).chain(self.words.tasks.keys()).copied().collect();
        places.extend(0..count.unwrap_or(0));
        let last_ring = rows.values().map(|(_, _, ring)| *ring).max().unwrap_or(0);
        let mut doubtful = 0;
        for place in places {
            let word = self.words.tasks.get(&place);
            let (row, item) = (rows.get(&place), items.intact.get(&place));
            if place < 0 || count.is_some_and(|count| place >= count) {
                let sql = "delete from tasks where job_id = $1 and idx = $2";
                found.leave_out("tasks", self.transaction.execute(sql, args![self.id, place]).await.map_err(writing)?);
                continue;
            }
            if item.is_none() && told.lost.len() < TOLD {
                let name = word.and_then(|word| word.name.as_deref()).unwrap_or("nobody knows which");
                told.lost.push(format!("{place}: {name}"));
            }
            let (row, image, ring) = match row {
                Some((row, image, ring)) => (row.as_ref(), image.as_deref(), *ring),
                None => (None, None, last_ring),
            };
            let after = item.and_then(|item| item.after);
            let agreed = row.filter(|row| item.is_none() || row.1 == after).map(|row| &row.0);
            let mended = mend(agreed, word, item.is_some_and(|item| item.skipped), facts);
            let put = match (mended, word) {
                (Mended::Kept, _) => continue,
                (Mended::Restored, Some(word)) => {
                    told.restored += 1;
                    self.as_said(place, word)
                }
                (Mended::Skipped, _) => {
                    told.restored += 1;
                    args![
                        self.id,
                        place,
                        TaskState::Skipped.as_str(),
                        "skipped by the plan",
                        None::<&str>,
                        0,
                        None::<&str>,
                        None::<i64>,
                        self.now,
                        None::<&str>
                    ]
                }
                (Mended::Restored | Mended::Unknown | Mended::Doubtful, _) => {
                    told.unknown += 1;
                    doubtful += u64::from(mended == Mended::Doubtful);
                    self.unknown(place, word, agreed)
                }
            };
            self.put(put, (after, ring, image)).await?;
        }
        Ok(doubtful)
    }

    /// A task as the audit says.
    fn as_said(&self, place: i64, word: &Word) -> Vec<Value> {
        args![
            self.id,
            place,
            word.state.as_str(),
            word.reason.as_str(),
            word.class.as_deref(),
            word.attempt,
            word.command_id.as_deref(),
            word.sending_at,
            word.at,
            word.delivery.map(Delivery::as_str),
        ]
    }

    /// A task whose outcome is read back, from the time on at which it can have been sent first.
    fn unknown(&self, place: i64, word: Option<&Word>, row: Option<&mend::Row>) -> Vec<Value> {
        let attempt = word.map(|word| word.attempt).into_iter().chain(row.map(|row| row.attempt)).max().unwrap_or(0);
        args![
            self.id,
            place,
            TaskState::Unknown.as_str(),
            LOST,
            None::<&str>,
            attempt.max(1),
            word.and_then(|word| word.command_id.as_deref()),
            word.and_then(|word| word.sending_at).unwrap_or(self.began_at),
            self.now,
            None::<&str>,
        ]
    }

    async fn put(
        &mut self,
        mut values: Vec<Value>,
        (after, ring, image): (Option<i64>, i64, Option<&str>),
    ) -> Result<(), Error> {
        let sql = "insert into tasks (job_id, idx, state, reason, class, attempt, command_id, sending_at, at, delivery, \
                   after_idx, ring, image) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) \
                   on conflict (job_id, idx) do update set state = excluded.state, reason = excluded.reason, \
                   class = excluded.class, attempt = excluded.attempt, command_id = excluded.command_id, \
                   sending_at = excluded.sending_at, at = excluded.at, delivery = excluded.delivery, \
                   after_idx = excluded.after_idx, ring = excluded.ring, image = excluded.image";
        values.extend(args![after, ring, image]);
        self.transaction.execute(sql, values).await.map_err(writing)?;
        Ok(())
    }

    /// The rows of the tasks: what can be read of each, its image and its ring.
    async fn rows(&mut self) -> Result<BTreeMap<i64, TaskRow>, Error> {
        let sql = "select * from tasks where job_id = $1 order by idx";
        let rows = self.transaction.fetch(sql, args![self.id]).await.map_err(writing)?;
        rows.iter().map(|row| Ok((row.get("idx").map_err(writing)?, task_row(row)))).collect()
    }

    /// Nothing is sent any more; what is unknown is read back.
    async fn give_up(&mut self, why: &str) -> Result<(), Error> {
        let sql = "update tasks set state = 'cancelled', reason = $2, at = $3 where job_id = $1 and state = 'pending'";
        let reason = format!("the journal was damaged: {why}");
        self.transaction.execute(sql, args![self.id, reason.as_str(), self.now]).await.map_err(writing)?;
        let stopped = text_of(&Stopped { why: reason, class: None })?;
        let sql =
            "update jobs set state = 'cancelled', stopped = $2, finished_at = coalesce(finished_at, $3) where id = $1";
        self.transaction.execute(sql, args![self.id, stopped, self.now]).await.map_err(writing)?;
        Ok(())
    }

    /// Whether a gate has held a ring may be lost: somebody has to let it pass.
    async fn hold_rings(&mut self) -> Result<(), Error> {
        let ringed = self.options.as_ref().is_some_and(|options| options.rings.is_some());
        if !ringed || matches!(self.state, JobState::Finished | JobState::Cancelled | JobState::Ready) {
            return Ok(());
        }
        let reasons = text_of(&["the journal was damaged: see how the job went so far"])?;
        let sql = "insert into rings (job_id, ring, state, opened_at, reasons) \
                   select $1, coalesce(max(ring), 0), 'held', $2, $3 from rings where job_id = $1 \
                   on conflict (job_id, ring) do update set state = 'held', reasons = excluded.reasons";
        self.transaction.execute(sql, args![self.id, self.began_at, reasons]).await.map_err(writing)?;
        Ok(())
    }
}

/// What a row says: itself with the place it waits for, if it can be read; its image and its ring.
type TaskRow = (Option<(mend::Row, Option<i64>)>, Option<String>, i64);

fn task_row(row: &Row) -> TaskRow {
    let image: Option<String> = row.get::<Option<String>>("image").ok().flatten();
    let image_is_whole = image.as_deref().is_none_or(|text| serde_json::from_str::<serde_json::Value>(text).is_ok());
    let ring = row.get::<i64>("ring").ok().filter(|ring| (0..1_000).contains(ring));
    let read = || -> Option<(mend::Row, Option<i64>)> {
        let delivery: Option<String> = row.get("delivery").ok()?;
        Some((
            mend::Row {
                state: TaskState::known(&row.get::<String>("state").ok()?)?,
                attempt: row.get("attempt").ok()?,
                command_id: row.get("command_id").ok()?,
                delivery: match delivery {
                    Some(word) => Some(Delivery::known(&word)?),
                    None => None,
                },
                sending_at: row.get("sending_at").ok()?,
            },
            row.get("after_idx").ok()?,
        ))
    };
    let read = read().filter(|_| image_is_whole && ring.is_some());
    (read, image.filter(|_| image_is_whole), ring.unwrap_or(0))
}
