//! What a run does when nothing, or only one thing, goes wrong.

use std::time::Duration;

use muster_client::Dialect;
use muster_engine::{Append, DeviceTarget, Event, JobOptions, JobState, Moment, Stop, StopAfter, Target, TaskState};
use muster_model::commands::Command;
use muster_model::ids::DeviceId;

use crate::world::{Heard, World, at_once, counts, draft, send};

#[tokio::test]
async fn every_command_of_a_job_arrives_once_in_both_dialects() {
    for dialect in Dialect::ALL {
        let world = World::speaking(dialect, 60).await;
        let before = world.effects().await;
        let job = world.start(world.commands(Command::SyncDevice, 60), JobOptions::default()).await;
        let heard = Heard::default();
        let summary = world.engine.run(&job, &world.tenant().await, &heard, &Stop::new()).await.expect("a run");

        assert_eq!((summary.state, summary.counts), (JobState::Finished, counts(60, 0, 0, 0)), "{dialect}");
        let after = world.effects().await;
        for device in &world.devices {
            let key = (device.id.0.0, "SyncDevice".to_owned());
            assert_eq!(after.get(&key).copied().unwrap_or(0) - before.get(&key).copied().unwrap_or(0), 1);
        }
        for task in world.tasks(&job).await {
            assert_eq!((task.state, task.attempt, task.reason.as_str()), (TaskState::Done, 1, "a story"));
            assert_eq!(task.command_id.is_some(), dialect == Dialect::Guide);
        }
        let events = heard.0.lock().expect("no panic");
        assert_eq!(events.first(), Some(&Event::Started { total: 60, open: 60 }));
        assert_eq!(events.iter().filter(|event| matches!(event, Event::Item { .. })).count(), 60);
        assert_eq!(events.last(), Some(&Event::Finished(summary)));
    }
}

#[tokio::test]
async fn a_finished_job_is_not_run_again() {
    let world = World::new(5).await;
    let job = world.start(world.commands(Command::SyncDevice, 5), JobOptions::default()).await;
    let first = world.run(&job).await;
    let effects = world.effects().await;
    let second = world.run(&job).await;
    assert_eq!(second.counts, first.counts);
    assert_eq!(world.effects().await, effects);
}

/// A device that the tenant does not have.
fn nobody(id: i64) -> Target {
    Target::Device(DeviceTarget {
        id: DeviceId(9_000_000 + id),
        uuid: None,
        serial: format!("NOBODY{id}"),
        name: String::new(),
        platform: muster_model::words::Platform::Apple,
        user: String::new(),
        last_seen: None,
        ..DeviceTarget::default()
    })
}

#[tokio::test]
async fn what_fails_does_not_keep_the_rest_from_being_done() {
    let world = World::new(10).await;
    let mut items = world.commands(Command::SyncDevice, 10).items;
    items.insert(3, send(nobody(1), Command::SyncDevice));
    let job = world.start(draft(items), JobOptions::default()).await;
    let summary = world.run(&job).await;
    assert_eq!((summary.state, summary.counts), (JobState::Finished, counts(10, 1, 0, 0)));
    let task = &world.tasks(&job).await[3];
    assert_eq!((task.state, task.class.as_deref()), (TaskState::Failed, Some("not-found")));
    assert!(!task.reason.is_empty());
    assert_eq!(summary.sole_failure, None);
}

#[tokio::test]
async fn failures_beyond_the_limit_stop_the_job_and_a_resumed_one_has_the_same_chance_again() {
    let world = World::new(1).await;
    let items = (0..40).map(|id| send(nobody(id), Command::SyncDevice)).collect();
    let options = JobOptions { lanes: 1, stop_after: Some(StopAfter::Failures(4)), ..JobOptions::default() };
    let job = world.start(draft(items), options).await;
    let summary = world.run(&job).await;
    // One lane has at most two marked tasks: one of them may still have been under way.
    assert!((5..=7).contains(&summary.counts.failed), "{:?}", summary.counts);
    assert_eq!(summary.state, JobState::Stopped);
    assert_eq!(summary.counts.open(), summary.counts.pending);
    let why = summary.stopped.expect("a reason").why;
    assert!(why.contains("more than the 4"), "{why}");
    let again = world.run(&job).await;
    assert!(again.counts.failed >= summary.counts.failed + 5);
}

#[tokio::test]
async fn without_continuing_the_first_failure_stops_the_job() {
    let world = World::new(1).await;
    let items = (0..40).map(|id| send(nobody(id), Command::SyncDevice)).collect();
    let options = JobOptions { lanes: 1, continue_on_error: false, ..JobOptions::default() };
    let job = world.start(draft(items), options).await;
    let summary = world.run(&job).await;
    assert!((1..=3).contains(&summary.counts.failed), "{:?}", summary.counts);
    assert_eq!(summary.state, JobState::Stopped);
}

#[tokio::test]
async fn a_job_that_fails_as_a_whole_names_the_one_reason() {
    let world = World::new(1).await;
    let items = (0..3).map(|id| send(nobody(id), Command::SyncDevice)).collect();
    let job = world.start(draft(items), JobOptions::default()).await;
    assert_eq!(world.run(&job).await.sole_failure.as_deref(), Some("not-found"));
}

#[tokio::test]
async fn a_wrong_password_stops_early_and_costs_nothing() {
    let world = World::new(60).await;
    let job = world.start(world.commands(Command::SyncDevice, 60), JobOptions::default()).await;
    world.uem.faults().fail_with(401, 1_000);
    let summary = world.run(&job).await;
    world.uem.faults().clear();
    assert_eq!((summary.state, summary.counts), (JobState::Stopped, counts(0, 0, 0, 60)));
    let stopped = summary.stopped.expect("a reason");
    assert_eq!(stopped.class.as_deref(), Some("auth"));
    assert_eq!(summary.sole_failure.as_deref(), Some("auth"));
    assert!(stopped.why.starts_with("every call fails for one reason: "), "{}", stopped.why);

    let summary = world.run(&job).await;
    assert_eq!((summary.state, summary.counts), (JobState::Finished, counts(60, 0, 0, 0)));
}

#[tokio::test]
async fn a_tenant_that_is_gone_stops_early_and_the_job_goes_on_when_it_is_back() {
    let world = World::new(60).await;
    let job = world.start(world.commands(Command::SyncDevice, 60), JobOptions::default()).await;
    let tenant = {
        // A port where nobody listens.
        let mut settings = world.settings();
        settings.url = "http://127.0.0.1:1".parse().expect("a URL");
        let (client, writer) = muster_client::connect(settings).await.expect("no request yet");
        muster_engine::Tenant { client, writer, ..world.tenant().await }
    };
    let summary = world.engine.run(&job, &tenant, &Heard::default(), &Stop::new()).await.expect("a run");
    assert_eq!((summary.state, summary.counts), (JobState::Stopped, counts(0, 0, 0, 60)));
    assert_eq!(summary.sole_failure.as_deref(), Some("not-sent"));
    assert_eq!(world.run(&job).await.counts, counts(60, 0, 0, 0));
}

#[tokio::test]
async fn batches_wait_for_all_answers_and_pause_in_between() {
    let world = World::new(10).await;
    let pause = Duration::from_millis(1);
    let options = JobOptions { batch_size: Some(4), pause, ..JobOptions::default() };
    let job = world.start(world.commands(Command::SyncDevice, 10), options).await;
    let heard = Heard::default();
    world.engine.run(&job, &world.tenant().await, &heard, &Stop::new()).await.expect("a run");
    let mut batches = vec![0];
    for event in heard.0.lock().expect("no panic").iter() {
        match event {
            Event::Item { .. } => *batches.last_mut().expect("one") += 1,
            Event::Waiting { duration, .. } => {
                assert_eq!(*duration, pause);
                batches.push(0);
            }
            _ => {}
        }
    }
    assert_eq!(batches, [4, 4, 2]);
}

/// Asks to stop at the first outcome.
struct Impatient(Stop);

impl muster_engine::Progress for Impatient {
    fn event(&self, event: &Event) {
        if matches!(event, Event::Item { .. }) {
            self.0.stop();
        }
    }
}

#[tokio::test]
async fn a_run_that_is_asked_to_stop_finishes_what_is_under_way_and_leaves_the_rest() {
    let world = World::new(60).await;
    let job = world.start(world.commands(Command::SyncDevice, 60), JobOptions::default()).await;
    let stop = Stop::new();
    let summary = world.engine.run(&job, &world.tenant().await, &Impatient(stop.clone()), &stop).await.expect("a run");
    assert_eq!(summary.state, JobState::Stopped);
    assert!(summary.counts.done > 0 && summary.counts.pending > 0, "{:?}", summary.counts);
    assert_eq!(summary.counts.done + summary.counts.pending, 60);
    assert_eq!(summary.stopped.expect("a reason").why, "stopped on request");
    assert!(world.tasks(&job).await.iter().all(|task| task.attempt == u32::from(task.state == TaskState::Done)));
    assert_eq!(world.run(&job).await.counts, counts(60, 0, 0, 0));
}

#[tokio::test]
async fn a_cancelled_job_sends_nothing_more() {
    let world = World::new(6).await;
    let job = world.start(world.commands(Command::SyncDevice, 6), at_once()).await;
    let before = world.effects().await;
    let detail = world.engine.cancel(&job.to_string(), "grace").await.expect("cancelled");
    assert_eq!((detail.state, detail.counts.cancelled), (JobState::Cancelled, 6));
    let summary = world.run(&job).await;
    assert_eq!((summary.state, summary.counts.cancelled), (JobState::Cancelled, 6));
    assert_eq!(world.effects().await, before);
}

#[tokio::test]
async fn a_job_runs_on_no_other_tenant() {
    let world = World::new(1).await;
    let job = world.start(world.commands(Command::SyncDevice, 1), JobOptions::default()).await;
    let other = muster_engine::Tenant { name: "other".to_owned(), ..world.tenant().await };
    let error = world.engine.run(&job, &other, &Heard::default(), &Stop::new()).await.expect_err("refused");
    assert!(error.to_string().contains("planned for `test`"), "{error}");
}

/// Cancels the job at the second append of task states.
struct Canceller {
    appends: std::sync::atomic::AtomicU32,
    engine: muster_engine::Engine,
    job: muster_engine::JobId,
}

#[async_trait::async_trait]
impl muster_engine::Seam for Canceller {
    async fn reached(&self, append: Append, moment: Moment) {
        let tasks = append == Append::Tasks && moment == Moment::After;
        if tasks && self.appends.fetch_add(1, std::sync::atomic::Ordering::SeqCst) == 1 {
            self.engine.cancel(&self.job.to_string(), "grace").await.expect("cancelled");
        }
    }
}

#[tokio::test]
async fn a_job_that_is_cancelled_while_it_runs_finishes_what_is_under_way_and_no_more() {
    let world = World::new(60).await;
    let job = world.start(world.commands(Command::SyncDevice, 60), at_once()).await;
    let canceller = Canceller { appends: 0.into(), engine: world.reopen().await, job };
    let engine = world.engine.clone().with_seam(std::sync::Arc::new(canceller));
    world.uem.faults().on(muster_uem::On::Writes).fail_with(500, 2);
    let summary = engine.run(&job, &world.tenant().await, &Heard::default(), &Stop::new()).await.expect("a run");
    assert_eq!(summary.state, JobState::Cancelled);
    assert_eq!(summary.counts.done + summary.counts.cancelled, 60, "{:?}", summary.counts);
    assert!(summary.counts.done > 0 && summary.counts.cancelled > 20, "{:?}", summary.counts);
    let sent: u64 = world.effects().await.values().sum();
    assert_eq!(sent, summary.counts.done);
}
