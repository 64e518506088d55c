//! Settles what was sent and never answered: by reading, never by sending again.

use std::time::Duration;

use futures_util::{StreamExt, stream};
use jiff::Timestamp;
use muster_model::Effect;

use super::Event;
use super::pace::between;
use super::run::{Order, Run, entry};
use super::send::sleep_or_stop;
use crate::error::Error;
use crate::journal::{Delivery, Entry, OpenTask, Stopped, TaskState};
use crate::verbs::{self, Evidence, Failure, Standing, Tools, Trace};

/// Tasks that are read from the journal at one time.
const PAGE: usize = 256;
/// The tenant's clock is known to the second, and its records may be a moment older than the answer.
pub(super) const TOLERANCE: Duration = Duration::from_secs(2);
/// How often one run sends a reversible change that does not arrive. What earlier runs tried does not count:
/// a process that dies between mark and request says nothing about the tenant.
const ATTEMPTS: u32 = 3;
/// Class of a task whose change is not there.
const NOT_ARRIVED: &str = "not-arrived";

/// What a look at one task came to.
enum Seen {
    /// The outcome is known now.
    Settled(Entry),
    /// It did not arrive.
    Absent(Box<OpenTask>),
    /// Reading failed.
    Blind(Entry, Failure),
    /// The run was asked to stop before it was clear.
    NotLooked,
}

impl Run<'_> {
    /// Reads back every task that was sent and has no outcome, each once.
    pub(super) async fn settle(&mut self, tools: &Tools<'_>) -> Result<Option<Stopped>, Error> {
        if self.counts.sending + self.counts.unknown == 0 {
            return Ok(None);
        }
        let order = self.order;
        order.progress.event(&Event::Settling { tasks: self.counts.sending + self.counts.unknown });
        let ahead = clock_difference(order, tools).await;
        let (began_at, lanes) = (self.began_at, self.lanes());
        let mut beyond = -1;
        loop {
            let page = order.journal.unsettled(self.claim.job, beyond, PAGE).await?;
            let Some(last) = page.last() else { return Ok(None) };
            beyond = i64::try_from(last.index).unwrap_or(i64::MAX);
            let looks = stream::iter(page).map(|task| look(order, tools, task, ahead, began_at));
            let mut groups = looks.buffer_unordered(lanes).ready_chunks(lanes);
            while let Some(group) = groups.next().await {
                let mut entries = Vec::new();
                let mut end = None;
                for seen in group {
                    let entry = match seen? {
                        Seen::Settled(entry) => {
                            self.absences.remove(&entry.index);
                            entry
                        }
                        Seen::Absent(task) => {
                            let absences = self.absences.entry(task.index).or_default();
                            // What a dead run was sending may never have left it.
                            *absences += u32::from(task.state == TaskState::Unknown);
                            absent(&task, *absences)
                        }
                        Seen::Blind(entry, failure) => {
                            end = end.or(self.limits.general(&failure));
                            entries.push(entry);
                            continue;
                        }
                        Seen::NotLooked => continue,
                    };
                    self.limits.passed();
                    if entry.state == TaskState::Failed {
                        end = end.or(self.limits.failed());
                    }
                    entries.push(entry);
                }
                self.conclude(entries).await?;
                if end.is_some() {
                    return Ok(end);
                }
            }
        }
    }
}

/// How far the tenant's clock is ahead of ours, in microseconds; 0 if the tenant does not tell.
pub(super) async fn clock_difference(order: &Order<'_>, tools: &Tools<'_>) -> i64 {
    if tools.client.server_time().is_none() {
        // Any answer tells the time. If there is none, the reads that follow say why.
        let _ = tools.client.system_info().await;
    }
    let theirs = tools.client.server_time().map(Timestamp::as_microsecond);
    theirs.map_or(0, |theirs| theirs - order.journal.now().as_microsecond())
}

/// Looks at one task, twice if the first look sees nothing too soon after the sending.
async fn look(
    order: &Order<'_>,
    tools: &Tools<'_>,
    task: OpenTask,
    ahead: i64,
    began_at: Timestamp,
) -> Result<Seen, Error> {
    let sent_at = task.sending_at.unwrap_or(began_at);
    let since = Timestamp::from_microsecond(sent_at.as_microsecond().saturating_add(ahead)).unwrap_or(sent_at);
    let since = since.checked_sub(TOLERANCE).unwrap_or(since);
    // A task that a dead run was sending may have left at any moment until this run began.
    let noted_at = task.at.unwrap_or(sent_at);
    let left_by = if task.state == TaskState::Sending { noted_at.max(began_at) } else { noted_at };
    let mut waited = false;
    loop {
        if order.stop.is_stopped() {
            return Ok(Seen::NotLooked);
        }
        let (evidence, noted) = match verbs::of(&task.target, &task.action) {
            Ok(verb) => (verb.read_back(&Tools { task: task.index, ..*tools }, since).await, verb.noted()),
            Err(failure) => (Err(failure), Standing::Accepted),
        };
        let evidence = match evidence {
            Ok(evidence) => own(order, &task, evidence, ahead).await?,
            Err(failure) => {
                let blind = entry(&task, TaskState::Unknown, &failure.reason);
                return Ok(Seen::Blind(Entry { class: Some(failure.class()), ..blind }, failure));
            }
        };
        if evidence == Evidence::Absent && !waited {
            // Its traces may not be visible yet.
            let grace = order.job.options.settle_grace.saturating_sub(between(left_by, order.journal.now()));
            if !grace.is_zero() {
                sleep_or_stop(grace, order.stop).await;
                waited = true;
                continue;
            }
        }
        return Ok(match outcome(&task, evidence, &noted) {
            Some(entry) => Seen::Settled(entry),
            None => Seen::Absent(Box::new(task)),
        });
    }
}

/// Leaves out the records that other tasks of this journal have got for their own.
async fn own(order: &Order<'_>, task: &OpenTask, evidence: Evidence, ahead: i64) -> Result<Evidence, Error> {
    let Evidence::Records(mut records) = evidence else { return Ok(evidence) };
    let ids: Vec<String> = records.iter().filter_map(|trace| trace.command_id.clone()).collect();
    let taken = order.journal.claimed_commands(order.job.id, task.index, &ids).await?;
    records.retain(|trace| trace.command_id.as_ref().is_none_or(|id| !taken.contains(id)));
    let Some(first) = records.first() else { return Ok(Evidence::Absent) };
    let since = ours(first.at, ahead).checked_sub(TOLERANCE).unwrap_or(first.at);
    let theirs = order.journal.theirs(&order.job, task, since).await?;
    let free = unclaimed(records, theirs, ahead);
    Ok(free.map_or(Evidence::Absent, |trace| Evidence::Fulfilled { command_id: trace.command_id }))
}

/// The first record that no task of others needs, each of which was sent and noted as done between two moments and was
/// told no id; those that are noted first choose first. Pure.
fn unclaimed(records: Vec<Trace>, mut theirs: Vec<(Timestamp, Timestamp)>, ahead: i64) -> Option<Trace> {
    records.into_iter().find(|trace| {
        let at = ours(trace.at, ahead);
        let fits = |(sent, noted): &(Timestamp, Timestamp)| {
            between(at, *sent) <= TOLERANCE && between(*noted, at) <= TOLERANCE
        };
        match theirs.iter().position(fits) {
            Some(place) => {
                theirs.remove(place);
                false
            }
            None => true,
        }
    })
}

/// A moment of the tenant's clock by ours.
fn ours(theirs: Timestamp, ahead: i64) -> Timestamp {
    Timestamp::from_microsecond(theirs.as_microsecond().saturating_sub(ahead)).unwrap_or(theirs)
}

/// What the evidence makes of the task; `None` if there is no trace of it. Pure.
fn outcome(task: &OpenTask, evidence: Evidence, noted: &Standing) -> Option<Entry> {
    let done =
        |command_id, proven| Entry { command_id, delivery: Some(proven), ..entry(task, TaskState::Done, &task.wanted) };
    // That the tenant has noted what a device is to do proves that it was accepted; whether it was done is another question.
    let proven = if *noted == Standing::Verified { Delivery::Verified } else { Delivery::Accepted };
    match evidence {
        Evidence::Fulfilled { command_id } => Some(done(command_id, proven)),
        Evidence::Records(records) => {
            Some(done(records.into_iter().next().and_then(|trace| trace.command_id), Delivery::Accepted))
        }
        Evidence::Contradicted(why) => {
            Some(Entry { class: Some("conflict".to_owned()), ..entry(task, TaskState::Failed, why) })
        }
        Evidence::Absent => None,
    }
}

/// What becomes of a task that did not arrive, for the `absences`th time in this run. Pure.
fn absent(task: &OpenTask, absences: u32) -> Entry {
    let reason = if task.action.effect() == Effect::Destroy {
        "did not arrive; it is not sent again by itself".to_owned()
    } else if absences >= ATTEMPTS {
        format!("did not arrive in {absences} attempts; the last one: {}", task.reason)
    } else {
        return entry(task, TaskState::Pending, "did not arrive; it is sent again");
    };
    Entry { class: Some(NOT_ARRIVED.to_owned()), ..entry(task, TaskState::Failed, reason) }
}

#[cfg(test)]
mod tests {
    use muster_model::commands::Command;
    use muster_model::ids::DeviceId;
    use serde_json::Map;

    use super::*;
    use crate::plan::{Action, DeviceTarget, Target};

    fn task(command: Command) -> OpenTask {
        OpenTask {
            index: 0,
            target: Target::Device(DeviceTarget {
                id: DeviceId(1),
                uuid: None,
                serial: "S1".to_owned(),
                name: String::new(),
                platform: muster_model::words::Platform::Apple,
                user: String::new(),
                last_seen: None,
                ..DeviceTarget::default()
            }),
            action: Action::SendCommand { command, parameters: Map::new() },
            wanted: "a test".to_owned(),
            attempt: 5,
            state: TaskState::Unknown,
            reason: "no answer in time".to_owned(),
            sending_at: None,
            at: None,
            command_id: None,
        }
    }

    #[test]
    fn what_is_not_there_is_sent_again_only_if_it_can_be_undone_and_not_for_ever() {
        assert_eq!(outcome(&task(Command::SyncDevice), Evidence::Absent, &Standing::Accepted), None);
        let of = |command, absences| absent(&task(command), absences).state;
        assert_eq!(of(Command::SyncDevice, 1), TaskState::Pending);
        assert_eq!(of(Command::SyncDevice, 2), TaskState::Pending);
        assert_eq!(of(Command::SyncDevice, 3), TaskState::Failed);
        for command in Command::all().filter(|command| command.effect() == Effect::Destroy) {
            assert_eq!(of(command, 1), TaskState::Failed, "{command}");
        }
    }

    #[test]
    fn a_record_that_another_task_needs_is_no_evidence() {
        let at = |second| Timestamp::from_second(second).expect("a moment");
        let traces = |seconds: &[i64]| -> Vec<Trace> {
            seconds.iter().map(|second| Trace { command_id: Some(second.to_string()), at: at(*second) }).collect()
        };
        let free = |seconds: &[i64], theirs: &[(i64, i64)]| {
            let theirs = theirs.iter().map(|(sent, noted)| (at(*sent), at(*noted))).collect();
            unclaimed(traces(seconds), theirs, 0).and_then(|trace| trace.command_id)
        };
        assert_eq!(free(&[100], &[]).as_deref(), Some("100"));
        assert_eq!(free(&[100], &[(99, 101)]), None);
        assert_eq!(free(&[100, 200], &[(99, 101)]).as_deref(), Some("200"));
        assert_eq!(free(&[100, 200], &[(199, 201)]).as_deref(), Some("100"));
        assert_eq!(free(&[100, 101], &[(90, 110), (90, 110)]), None);
        assert_eq!(free(&[100], &[(50, 60)]).as_deref(), Some("100"));
        // A tenant whose clock is an hour ahead.
        let theirs = vec![(at(99), at(101))];
        assert_eq!(unclaimed(traces(&[3_700]), theirs, 3_600_000_000), None);
    }

    #[test]
    fn what_is_there_is_done() {
        let id = Some("c1".to_owned());
        let settled = |command, evidence| outcome(&task(command), evidence, &Standing::Accepted).expect("settled");
        let done = settled(Command::DeviceWipe, Evidence::Fulfilled { command_id: id.clone() });
        assert_eq!((done.state, done.command_id, done.reason.as_str()), (TaskState::Done, id, "a test"));
        let other = settled(Command::SyncDevice, Evidence::Contradicted("no".to_owned()));
        assert_eq!((other.state, other.class.as_deref()), (TaskState::Failed, Some("conflict")));
    }
}
