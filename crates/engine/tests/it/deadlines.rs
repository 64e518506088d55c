//! What comes too late, what is on its way already, and what is old enough to be forgotten.

use std::time::Duration;

use jiff::SignedDuration;
use muster_engine::{Event, JobOptions, JobState, Kind, Only, Progress, Stop, TaskState};
use muster_model::commands::Command;
use muster_uem::On;

use crate::world::{Heard, Skewed, World, at_once, draft, send};

#[tokio::test]
async fn what_was_not_sent_before_the_deadline_is_not_sent_and_can_be_taken_up_again() {
    let world = World::new(6).await;
    let options = JobOptions { deadline: Some(Duration::from_secs(3600)), ..at_once() };
    let job = world.start(world.commands(Command::SyncDevice, 6), options).await;
    world.advance(Duration::from_secs(3601)).await;
    let summary = world.run(&job).await;
    assert_eq!((summary.state, summary.counts.expired), (JobState::Finished, 6));
    assert!(world.effects().await.is_empty());
    let task = &world.tasks(&job).await[0];
    assert_eq!((task.state, task.class.as_deref()), (TaskState::Expired, Some("deadline")));
    let plan = world.engine.retry(&job.to_string(), Only::Expired, "ada").await.expect("a plan");
    let again = world.engine.start(&plan, at_once()).await.expect("a job");
    assert_eq!(world.run(&again).await.counts.done, 6);
}

/// An hour passes with every pause.
struct Late(Skewed);

impl Progress for Late {
    fn event(&self, event: &Event) {
        if let Event::Waiting { .. } = event {
            self.0.advance(Duration::from_secs(3601));
        }
    }
}

/// The deadline comes while the job pauses between two batches.
#[tokio::test]
async fn what_was_read_before_the_deadline_is_not_sent_after_it() {
    let world = World::new(6).await;
    let pauses = JobOptions { batch_size: Some(1), pause: Duration::from_millis(1), lanes: 1, ..at_once() };
    let options = JobOptions { deadline: Some(Duration::from_secs(3600)), ..pauses };
    let job = world.start(world.commands(Command::SyncDevice, 6), options).await;
    let late = Late(world.clock.clone());
    let summary = world.engine.run(&job, &world.tenant().await, &late, &Stop::new()).await.expect("a run");
    assert_eq!(summary.state, JobState::Finished);
    assert!(summary.counts.expired >= 4 && summary.counts.done <= 2, "{:?}", summary.counts);
    assert_eq!(world.effects().await.len() as u64, summary.counts.done);
}

#[tokio::test]
async fn a_command_whose_outcome_is_open_is_not_sent_by_another_job() {
    let world = World::new(4).await;
    let first = world.start(world.commands(Command::SyncDevice, 2), at_once()).await;
    let faults = world.uem.faults();
    faults.on(On::Writes).lose_answers(2);
    faults.on(On::Reads).fail_with(403, 100);
    let tenant = world.tenant().await;
    let _ = world.engine.run(&first, &tenant, &Heard::default(), &Stop::new()).await.expect("a run");
    faults.clear();
    assert_eq!(world.engine.job(&first.to_string()).await.expect("the job").counts.unknown, 2);

    let second = world.start(world.commands(Command::SyncDevice, 4), at_once()).await;
    let tasks = world.tasks(&second).await;
    assert_eq!(tasks[0].class.as_deref(), Some("in-flight"));
    assert_eq!(tasks[0].reason, format!("is on its way already, by job {first}"));
    assert_eq!(world.run(&second).await.counts.done, 2);
    assert_eq!(world.run(&first).await.counts.done, 2);
    assert!(world.effects().await.values().all(|count| *count == 1));
}

#[tokio::test]
async fn finished_jobs_are_forgotten_when_they_are_old_and_the_audit_stays() {
    let world = World::new(3).await;
    let old = world.start(world.commands(Command::SyncDevice, 3), at_once()).await;
    world.run(&old).await;
    let records = world.engine.audit().await.expect("the audit").len();
    world.clock.advance(Duration::from_secs(40 * 86_400));
    let open = world.start(world.commands(Command::DeviceQuery, 3), at_once()).await;
    let age = SignedDuration::from_hours(30 * 24);
    let pruned = world.engine.prune(age, "ada").await.expect("pruned");
    assert_eq!((pruned.jobs, pruned.tasks, pruned.plans), (1, 3, 1));
    assert_eq!(world.engine.job(&old.to_string()).await.expect_err("is gone").kind(), Kind::NotFound);
    assert_eq!(world.run(&open).await.counts.done, 3);
    assert!(
        world.engine.verify_audit(&muster_engine::Trust::default()).await.expect("holds").records as usize > records
    );
    // What caps count stays, however little is to be kept.
    world.clock.advance(Duration::from_secs(29 * 86_400));
    let kept = world.engine.prune(SignedDuration::from_hours(1), "ada").await.expect("nothing to prune");
    assert_eq!(kept, muster_engine::Pruned::default());
    assert_eq!(world.engine.job(&open.to_string()).await.expect("is there").counts.done, 3);
    let again = world.engine.prune(age, "ada").await.expect("pruned");
    assert_eq!(again, muster_engine::Pruned::default());
}

fn lock(world: &World, count: usize) -> muster_engine::Draft {
    let able = (0..world.devices.len()).filter(|place| Command::Lock.runs_on(&world.devices[*place].platform));
    draft(able.take(count).map(|place| send(world.target(place), Command::Lock)).collect())
}

/// Nobody has looked what became of the first one.
#[tokio::test]
async fn a_command_that_waits_for_its_device_is_not_sent_twice_and_is_sent_again_when_it_was_answered() {
    for dialect in muster_client::Dialect::ALL {
        let world = World::speaking(dialect, 20).await;
        let first = world.start(lock(&world, 3), at_once()).await;
        world.run(&first).await;

        let second = world.start(lock(&world, 4), at_once()).await;
        assert_eq!(world.run(&second).await.counts.done, 1, "{dialect}: one was not locked before");
        for task in &world.tasks(&second).await[..3] {
            assert_eq!((task.state, task.class.as_deref()), (TaskState::Skipped, Some("in-flight")), "{dialect}");
            assert!(task.reason.starts_with(&format!("is on its way already, by job {first}")), "{}", task.reason);
        }
        assert!(world.effects().await.values().all(|count| *count == 1), "{dialect}");

        // Whoever was locked can be locked again: the tenant is asked, and not what was known of it before.
        world
            .engine
            .prove_job(&first, &world.tenant().await, &muster_engine::Silent, &Stop::new())
            .await
            .expect("a look");
        world.advance(Duration::from_secs(4 * 86_400)).await;
        let third = world.start(lock(&world, 3), at_once()).await;
        assert_eq!(world.run(&third).await.counts.done, 3, "{dialect}: {:?}", world.tasks(&third).await);
        world.uem.stop().await;
    }
}

/// A repeat of a question does no harm, so that the tenant is not asked about the first one.
#[tokio::test]
async fn a_question_is_asked_again_without_a_call_for_it() {
    let world = World::new(20).await;
    let looks = || -> u64 {
        let served = world.uem.served().into_iter();
        served.filter(|(name, _)| name.contains("devices.commands")).map(|(_, count)| count).sum()
    };
    for _ in 0..2 {
        let job = world.start(world.commands(Command::DeviceQuery, 4), at_once()).await;
        assert_eq!(world.run(&job).await.counts.done, 4);
    }
    assert_eq!(looks(), 0, "{:?}", world.uem.served());
    for _ in 0..2 {
        let job = world.start(lock(&world, 3), at_once()).await;
        world.run(&job).await;
    }
    assert_eq!(looks(), 3, "{:?}", world.uem.served());
}

/// What cannot be seen counts as on its way for a day, and not for ever.
#[tokio::test]
async fn a_command_of_which_nothing_can_be_seen_counts_as_on_its_way_for_a_day() {
    let world = World::new(20).await;
    let first = world.start(lock(&world, 2), at_once()).await;
    world.run(&first).await;
    world.uem.faults().on(On::Reads).fail_with(403, 1_000);
    let second = world.start(lock(&world, 2), at_once()).await;
    assert_eq!(world.run(&second).await.counts.skipped, 2);
    let reason = world.tasks(&second).await.remove(0).reason;
    assert!(reason.contains("cannot be seen") && reason.contains("24 hours"), "{reason}");
    world.clock.advance(Duration::from_secs(25 * 3600));
    let third = world.start(lock(&world, 2), at_once()).await;
    assert_eq!(world.run(&third).await.counts.done, 2);
}

/// What is left out takes no place in a ring: the canary is one that is sent to.
#[tokio::test]
async fn rings_are_cut_without_what_is_on_its_way() {
    let world = World::new(20).await;
    let first = world.start(lock(&world, 7), at_once()).await;
    world.run(&first).await;
    let rings = Some(muster_engine::Growth {
        rings: "1,100%".parse().expect("sizes"),
        soak: Duration::ZERO,
        ..Default::default()
    });
    let second = world.start(lock(&world, 8), JobOptions { rings, ..at_once() }).await;
    let summary = world.run(&second).await;
    assert_eq!((summary.counts.done, summary.counts.skipped), (1, 7));
    let tasks = world.tasks(&second).await;
    assert_eq!(tasks.iter().find(|task| task.state == TaskState::Done).expect("one").ring, 0);
}
