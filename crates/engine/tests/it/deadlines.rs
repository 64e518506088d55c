//! What comes too late, what is on its way already, and what is old enough to be forgotten.

use std::time::Duration;

use jiff::SignedDuration;
use muster_engine::{Event, JobOptions, JobState, Kind, Only, Progress, Stop, TaskState};
use muster_model::commands::Command;
use muster_uem::On;

use crate::world::{Heard, Skewed, World, at_once};

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
