//! What must be true at the end of every day, whatever happened in it.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use jiff::Timestamp;
use muster_engine::{Action, JobState, RingState, Target, Task, TaskState, Trust};
use muster_model::Effect;
use muster_model::commands::Command;
use muster_model::ids::DeviceId;

use super::day::{Asked, Day};

const MINUTE: Duration = Duration::from_secs(60);
/// Shorter ones are a process's own business.
const SHARED_WAIT: Duration = Duration::from_secs(5);
/// Turns are given away so far ahead, and each may be used a moment late.
const SLACK: Duration = Duration::from_millis(2_500);

/// Everything that is wrong, in words.
pub(crate) async fn all(day: &Day<'_>) -> Vec<String> {
    let mut wrongs = Vec::new();
    let mut expected: BTreeMap<(i64, String), u64> = BTreeMap::new();
    let mut tags: BTreeSet<(i64, String)> = BTreeSet::new();
    for asked in &day.jobs {
        let tasks = day.engine.tasks(&asked.job).await.expect("tasks");
        for task in &tasks {
            day.record.event(&format!("{} is {} ({})", task.index, task.state, task.reason));
            let Target::Device(device) = &task.target else { continue };
            // What the tenant took and the device could not do was sent all the same.
            let refused = task.state == TaskState::Failed && task.class.as_deref() == Some("device");
            let state = if refused { TaskState::Done } else { task.state };
            match (&task.action, state) {
                (Action::SendCommand { command, .. }, TaskState::Done) => {
                    *expected.entry((device.id.0, command.to_string())).or_default() += 1;
                }
                (Action::Retag { add, .. }, TaskState::Done) => {
                    tags.extend(add.iter().map(|tag| (device.id.0, tag.clone())));
                }
                _ => {}
            }
        }
        wrongs.extend(job(day, asked, &tasks).await);
    }
    wrongs.extend(effects(day, &expected, &tags).await);
    wrongs.extend(destroyed_blindly(day));
    wrongs.extend(limits(day));
    if let Err(error) = day.engine.verify_audit(&Trust::default()).await {
        wrongs.push(format!("the audit does not verify: {error:?}"));
    }
    wrongs
}

/// Nothing is lost and nothing is doubled: the tenant carried out what the journal says, so often as it says.
async fn effects(
    day: &Day<'_>,
    expected: &BTreeMap<(i64, String), u64>,
    tags: &BTreeSet<(i64, String)>,
) -> Vec<String> {
    let mut wrongs = Vec::new();
    let ours = [Command::SyncDevice, Command::DeviceQuery, Command::Lock, Command::EnterpriseWipe];
    let effects = day.uem.effects().await.expect("effects").into_iter();
    let effects: BTreeMap<(i64, String), u64> = effects
        .filter(|effect| ours.iter().any(|command| command.to_string() == effect.command))
        .map(|effect| ((effect.device_id, effect.command), effect.count))
        .collect();
    for (device, command) in effects.keys().chain(expected.keys()).collect::<BTreeSet<_>>() {
        let key = (*device, command.clone());
        let (done, sent) = (expected.get(&key).copied().unwrap_or(0), effects.get(&key).copied().unwrap_or(0));
        if done != sent {
            wrongs.push(format!("device {device}: {command} is done {done} times and was carried out {sent} times"));
        }
    }
    let client = day.client().await;
    for (id, tag) in tags {
        let device = client.device(DeviceId(*id)).await.expect("a device");
        if !device.tags.unwrap_or_default().contains(tag) {
            wrongs.push(format!("device {id} was tagged {tag} and is not"));
        }
    }
    wrongs
}

/// What the journal says of one job fits together, and nobody sent what was not to be sent.
async fn job(day: &Day<'_>, asked: &Asked, tasks: &[Task]) -> Vec<String> {
    let mut wrongs = Vec::new();
    let detail = day.engine.job(&asked.job.to_string()).await.expect("the job");
    let of = |state| tasks.iter().filter(|task| task.state == state).count() as u64;
    let open = of(TaskState::Pending) + of(TaskState::Sending) + of(TaskState::Unknown);
    if detail.counts.total() != tasks.len() as u64 || detail.counts.open() != open {
        wrongs.push(format!("the counts {:?} do not add up to {} tasks", detail.counts, tasks.len()));
    }
    let rings = day.engine.rings(&asked.job).await.expect("rings");
    let held = rings.iter().any(|ring| ring.state == RingState::Held);
    match detail.state {
        JobState::Finished | JobState::Cancelled if open == 0 => {}
        JobState::Stopped if held && of(TaskState::Pending) == open => {}
        state => wrongs.push(format!("a job ends as {state} with {open} open tasks")),
    }
    let sends = sends(day, asked).await;
    let ever: BTreeSet<usize> = sends.iter().map(|send| send.index).collect();
    for task in tasks {
        let sent = ever.contains(&task.index);
        if task.state == TaskState::Held && sent {
            wrongs.push(format!("task {} is held and was sent", task.index));
        }
        if task.action.effect() == Effect::Destroy && sent && !asked.approved {
            wrongs.push(format!("task {} was sent without an approval", task.index));
        }
        if task.state == TaskState::Done && !sent {
            wrongs.push(format!("task {} is done and nobody noted that it is being sent", task.index));
        }
    }
    for send in &sends {
        if send.ended {
            wrongs.push(format!("task {} was sent after its job was cancelled or expired", send.index));
        }
        // Clocks differ by less than a second.
        let latest = asked.options.deadline.and_then(|deadline| detail.created_at.checked_add(deadline).ok());
        if latest.is_some_and(|latest| send.at.duration_since(latest).as_millis() > 1_000) {
            wrongs.push(format!("task {} was sent after the deadline of its job", send.index));
        }
        let ring = tasks.iter().find(|task| task.index == send.index).map_or(0, |task| task.ring);
        let opened = rings.iter().find(|known| known.ring == ring);
        if !rings.is_empty() && opened.is_none_or(|ring| ring.opened_at.duration_since(send.at).as_millis() > 1_000) {
            wrongs.push(format!("task {} was sent before its ring began", send.index));
        }
    }
    for pair in rings.windows(2) {
        let (ring, next) = (&pair[0], &pair[1]);
        let passed = ring.state == RingState::Passed
            && (ring.reasons.is_empty() || day.let_pass.lock().expect("one thread").contains(&asked.job));
        if !passed {
            wrongs.push(format!("ring {} began although ring {} is {:?}", next.ring, ring.ring, ring.state));
        }
        let soak = asked.options.rings.as_ref().map_or(Duration::ZERO, |growth| growth.soak);
        // Clocks differ by less than a second.
        if next.opened_at.duration_since(ring.opened_at).as_millis() + 1_000 < soak.as_millis() as i128 {
            wrongs.push(format!("ring {} began before ring {} was watched for long enough", next.ring, ring.ring));
        }
        let judged = ring.health.as_ref().is_none_or(|health| {
            asked.options.rings.as_ref().is_some_and(|growth| growth.gate.judge(health).is_empty())
        });
        if !judged && !day.let_pass.lock().expect("one thread").contains(&asked.job) {
            wrongs.push(format!("ring {} began although the gate of ring {} holds it", next.ring, ring.ring));
        }
    }
    wrongs
}

/// One mark of the audit that a task is being sent.
struct Send {
    index: usize,
    at: Timestamp,
    /// Whether the job had been cancelled or had expired by then.
    ended: bool,
}

async fn sends(day: &Day<'_>, asked: &Asked) -> Vec<Send> {
    let (subject, mut ended, mut sends) = (asked.job.to_string(), false, Vec::new());
    for record in day.engine.audit().await.expect("the audit") {
        if record.subject != subject {
            continue;
        }
        ended = ended || matches!(record.event.as_str(), "job.cancelled" | "job.deadline");
        if record.event == "task.sending" {
            let ranges: Vec<(usize, usize)> =
                serde_json::from_value(record.details["indexes"].clone()).expect("ranges");
            let indexes = ranges.into_iter().flat_map(|(first, last)| first..=last);
            sends.extend(indexes.map(|index| Send { index, at: record.at, ended }));
        }
    }
    sends
}

/// A destructive request is repeated only if the tenant said that it did not carry it out.
fn destroyed_blindly(day: &Day<'_>) -> Vec<String> {
    let mut known: BTreeMap<String, Option<u16>> = BTreeMap::new();
    let mut wrongs = Vec::new();
    for exchange in day.record.exchanges() {
        if !exchange.request.contains("EnterpriseWipe") || exchange.request.starts_with("GET ") {
            continue;
        }
        if let Some(before) = known.get(&exchange.request)
            && !before.is_some_and(|status| (400..500).contains(&status))
        {
            wrongs.push(format!("sent again after {before:?}: {}", exchange.request));
        }
        known.insert(exchange.request, exchange.status);
    }
    wrongs
}

/// No minute has more permits than the tenant allows, nothing leaves without one, and when the tenant asks everybody to
/// wait, everybody waits.
fn limits(day: &Day<'_>) -> Vec<String> {
    let mut wrongs = Vec::new();
    let permits = day.record.permits();
    if let Some(per_minute) = day.per_minute {
        for (at, (_, first)) in permits.iter().enumerate() {
            let within = permits[at..].iter().take_while(|(_, time)| *time < *first + MINUTE).count();
            if within > per_minute as usize {
                wrongs.push(format!("{within} permits in a minute that allows {per_minute}, from {first:?} on"));
                break;
            }
        }
    }
    let exchanges = day.record.exchanges();
    for process in 0..10 {
        let sent = exchanges.iter().filter(|exchange| exchange.process == process).count();
        let permitted = permits.iter().filter(|(of, _)| *of == process).count();
        if sent > permitted {
            wrongs.push(format!("process {process} sent {sent} requests with {permitted} permits"));
        }
    }
    for (_, at, wait) in day.record.refusals().into_iter().filter(|(_, _, wait)| *wait >= SHARED_WAIT) {
        let quiet = (at + SLACK)..(at + wait - SLACK);
        if let Some((process, early)) = permits.iter().find(|(_, time)| quiet.contains(time)) {
            wrongs.push(format!("process {process} may send at {early:?}; since {at:?} all are to wait {wait:?}"));
        }
    }
    wrongs
}
