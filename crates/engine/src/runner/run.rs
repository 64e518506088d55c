//! One run of a job from claim to finish.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;

use super::claim::{self, Term};
use super::limits::Limits;
use super::pace::{Pace, between};
use super::rings::Next;
use super::send::{Pass, sleep_or_stop};
use super::settle::TOLERANCE;
use super::{Event, Progress, Stop, Tally, Tenant};
use crate::error::Error;
use crate::journal::{Claim, Counts, Entry, JobDetail, JobState, JobSummary, Journal, OpenTask, Stopped, TaskState};
use crate::plan::{Action, Target};
use crate::verbs::{Bulk, Failure, Memory, Noting, Tools};

/// Beyond what settling looks back, and the second that a clock may be wrong.
const APART: Duration = TOLERANCE.saturating_add(Duration::from_secs(2));

/// What is to be run, and for whom.
pub(crate) struct Order<'a> {
    pub journal: &'a Journal,
    pub job: JobDetail,
    pub tenant: &'a Tenant,
    pub progress: &'a dyn Progress,
    pub stop: &'a Stop,
    /// Whether a lease that somebody has must be a dead one's.
    pub alone: bool,
    /// Why something is not done to a target now although the job may do it, if so.
    pub objection: &'a (dyn Fn(Timestamp, &Target, &Action) -> Option<String> + Send + Sync),
}

/// A run on its way.
pub(super) struct Run<'a> {
    pub order: &'a Order<'a>,
    pub claim: &'a Claim,
    /// When this run began: what was being sent then was sent by a run that is dead now.
    pub began_at: Timestamp,
    pub counts: Counts,
    pub limits: Limits,
    pub pace: Pace,
    /// How often this run found that a task had not arrived, by index.
    pub absences: BTreeMap<usize, u32>,
    /// Whether any task waits for another.
    pub ordered: bool,
    /// Tasks of later rings are not sent yet.
    pub ring: u32,
    /// How many tasks fit into one call, where there are calls for many; asked when two tasks could share one.
    pub bulk: Bulks,
}

/// What is known of calls for many.
pub(super) enum Bulks {
    NotAsked,
    None,
    Some(Bulk),
}

impl Bulks {
    pub(super) fn known(&self) -> Option<&Bulk> {
        match self {
            Self::Some(bulk) => Some(bulk),
            Self::NotAsked | Self::None => None,
        }
    }
}

/// For reading: nothing is changed, so that there is nothing to note.
pub(super) struct Nothing;

#[async_trait::async_trait]
impl Noting for Nothing {
    async fn note(&self, _images: Vec<(usize, serde_json::Value)>) -> Result<(), Failure> {
        Ok(())
    }
}

/// Carries a job out, or goes on with it.
pub(crate) async fn run(order: Order<'_>) -> Result<JobSummary, Error> {
    let job = &order.job;
    if order.tenant.name != job.tenant {
        let (planned, connected) = (job.tenant.clone(), order.tenant.name.clone());
        return Err(Error::OtherTenant { job: job.id, planned, connected });
    }
    if job.counts.open() == 0 && matches!(job.state, JobState::Finished | JobState::Cancelled) {
        return summary(&order, job.state, None, job.counts, Duration::ZERO).await;
    }
    let (mut hold, claim) = claim::claim(order.journal, job.id, order.alone, order.progress).await?;
    let term = hold.term();
    let worked = tokio::select! {
        biased;
        worked = work(&order, &claim, term) => worked,
        never = hold.beat(order.journal) => match never {},
    };
    hold.release(order.journal).await;
    worked
}

async fn work(order: &Order<'_>, claim: &Claim, term: Term) -> Result<JobSummary, Error> {
    let began_at = order.journal.now();
    // Read again: a run that has just died may have gone further than what the caller saw.
    let counts = order.journal.job(&order.job.id.to_string()).await?.counts;
    let mut run = Run {
        order,
        claim,
        began_at,
        counts,
        limits: Limits::new(&order.job.options, counts.open()),
        pace: Pace::new(began_at),
        absences: BTreeMap::new(),
        ordered: order.journal.has_order(order.job.id).await?,
        ring: u32::MAX,
        bulk: if order.job.options.bulk { Bulks::NotAsked } else { Bulks::None },
    };
    order.progress.event(&Event::Started { total: counts.total(), open: counts.open() });
    let memory = Memory::default();
    let tenant = order.tenant;
    // What became of a write is read from the tenant, not from memory.
    let fresh = tenant.client.fresh();
    // A run that stood still may have lost its lease while a request waited for its turn, or to be repeated.
    let (held, journal) = (term.clone(), order.journal.clone());
    let writer = &tenant.writer.while_holds(move || held.holds(journal.now()));
    let tools = Tools { client: &fresh, writer, secrets: &tenant.secrets, memory: &memory, noting: &Nothing, task: 0 };
    run.keep_apart().await?;
    let stopped = run.rounds(&tools, &term).await?;

    // The tasks themselves, not what was kept of them.
    let counts = order.journal.recount(order.job.id).await?;
    let state = if counts.open() == 0 { JobState::Finished } else { JobState::Stopped };
    let stopped = stopped.or_else(|| (state == JobState::Stopped).then(|| left_open(&counts)));
    if let Some(stopped) = &stopped {
        order.progress.event(&Event::Stopped { why: stopped.why.clone() });
    }
    let state = order.journal.finish(claim, state, stopped.as_ref(), &counts).await?;
    let elapsed = between(began_at, order.journal.now());
    let counts = order.journal.job(&order.job.id.to_string()).await?.counts;
    let summary = summary(order, state, stopped, counts, elapsed).await?;
    order.progress.event(&Event::Finished(summary.clone()));
    Ok(summary)
}

impl Run<'_> {
    /// Settles and sends in turns until nothing is left to do, or nothing may be done.
    async fn rounds(&mut self, tools: &Tools<'_>, term: &Term) -> Result<Option<Stopped>, Error> {
        if let Some(stopped) = self.settle(tools).await? {
            return Ok(Some(stopped));
        }
        if self.deadline_is_over() {
            self.expire().await?;
        }
        if let Some(stopped) = self.leave_out_in_flight(tools).await? {
            return Ok(Some(stopped));
        }
        match self.enter_ring(tools).await? {
            Next::Ring | Next::End => {}
            Next::Stop(stopped) => return Ok(Some(stopped)),
        }
        loop {
            self.hold_back().await?;
            let unknown = self.counts.unknown;
            // On the heap: the stack of a debug build is soon full.
            match Box::pin(self.send(tools, term)).await? {
                Pass::Halted(stopped) => return Ok(Some(stopped)),
                Pass::SettleFirst => {}
                // What is still unknown was read back in vain just now.
                Pass::Exhausted if self.counts.unknown <= unknown => match self.next_ring(tools).await? {
                    Next::Ring => {}
                    Next::End => return Ok(None),
                    Next::Stop(stopped) => return Ok(Some(stopped)),
                },
                Pass::Exhausted => {}
            }
            if let Some(stopped) = self.settle(tools).await? {
                return Ok(Some(stopped));
            }
        }
    }

    /// Waits until records of what another job sent a moment ago cannot be taken for records of this one. Only where
    /// the same command went to the same device, and the tenant names no commands.
    async fn keep_apart(&mut self) -> Result<(), Error> {
        if self.counts.pending == 0 {
            return Ok(());
        }
        let now = self.order.journal.now();
        let since = now.checked_sub(APART).unwrap_or(now);
        let Some(last) = self.order.journal.same_lately(&self.order.job, since).await? else { return Ok(()) };
        let duration = APART.saturating_sub(between(last, now));
        let why = "the same commands were sent a moment ago, and their records have to be told apart".to_owned();
        self.order.progress.event(&Event::Waiting { why, duration });
        sleep_or_stop(duration, self.order.stop).await;
        Ok(())
    }

    /// Whether what waits is not to be sent any more.
    pub(super) fn deadline_is_over(&self) -> bool {
        let job = &self.order.job;
        let open = |deadline| between(job.created_at, self.order.journal.now()) < deadline;
        self.counts.pending > 0 && job.options.deadline.is_some_and(|deadline| !open(deadline))
    }

    /// Takes out what waits.
    pub(super) async fn expire(&mut self) -> Result<(), Error> {
        let expired = self.order.journal.expire(self.claim).await?;
        self.counts.expired += expired;
        self.counts.pending = self.counts.pending.saturating_sub(expired);
        Ok(())
    }

    /// Writes down what became of tasks, and tells of it.
    pub(super) async fn conclude(&mut self, entries: Vec<Entry>) -> Result<(), Error> {
        if !entries.is_empty() {
            self.order.journal.append(self.claim, &entries, &[], &[]).await?;
            self.announce(entries);
        }
        Ok(())
    }

    /// Takes outcomes that are in the journal into the count, and tells of them.
    pub(super) fn announce(&mut self, entries: Vec<Entry>) {
        let through = entries.iter().filter(|entry| entry.state != TaskState::Pending).count();
        for entry in entries {
            let slot = self.counts.slot(entry.from);
            *slot = slot.saturating_sub(1);
            *self.counts.slot(entry.state) += 1;
            self.order.progress.event(&Event::Item {
                index: entry.index,
                name: entry.target,
                state: entry.state,
                reason: entry.reason,
                attempt: entry.attempt,
            });
        }
        self.pace.add(self.order.journal.now(), through as u64);
        let Counts { done, failed, unknown, skipped, held, .. } = self.counts;
        self.order.progress.event(&Event::Tally(Tally {
            done,
            failed,
            unknown,
            skipped,
            held,
            total: self.counts.total(),
            per_second: self.pace.per_second(),
            eta: self.pace.eta(self.counts.pending + self.counts.sending),
        }));
    }
}

/// The sentence for a job that this run could not bring to its end.
fn left_open(counts: &Counts) -> Stopped {
    let unsettled = counts.unknown + counts.sending;
    let why = match (unsettled, counts.pending) {
        (0, pending) => format!("{pending} tasks are left"),
        (unsettled, 0) => format!("the outcome of {unsettled} tasks is not known yet; the next run reads it again"),
        (unsettled, pending) => {
            format!("the outcome of {unsettled} tasks is not known yet, and {pending} tasks wait")
        }
    };
    Stopped { why, class: None }
}

async fn summary(
    order: &Order<'_>,
    state: JobState,
    stopped: Option<Stopped>,
    counts: Counts,
    elapsed: Duration,
) -> Result<JobSummary, Error> {
    let all_failed = counts.done == 0 && counts.failed > 0 && counts.open() == 0;
    let shared = if all_failed { order.journal.shared_failure(order.job.id).await? } else { None };
    let sole_failure = shared.or_else(|| stopped.as_ref().and_then(|stopped| stopped.class.clone()));
    Ok(JobSummary { job: order.job.id, state, stopped, counts, sole_failure, elapsed })
}

/// A task's new state, with what the audit wants to know of it.
pub(super) fn entry(task: &OpenTask, state: TaskState, reason: impl Into<String>) -> Entry {
    Entry {
        index: task.index,
        from: task.state,
        state,
        reason: reason.into(),
        class: None,
        command_id: None,
        delivery: None,
        attempt: task.attempt,
        target: task.target.name().to_owned(),
        action: task.action.describe(),
    }
}
