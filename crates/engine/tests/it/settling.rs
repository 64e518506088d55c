//! What was sent and never answered is settled by reading.

use muster_client::Dialect;
use muster_engine::{JobOptions, JobState, Only, TaskState};
use muster_model::commands::Command;
use muster_uem::On;

use crate::world::{World, at_once, counts, draft, send};

#[tokio::test]
async fn lost_answers_are_read_back_and_nothing_is_sent_twice_in_both_dialects() {
    for dialect in Dialect::ALL {
        let world = World::speaking(dialect, 30).await;
        let job = world.start(world.commands(Command::SyncDevice, 30), at_once()).await;
        let faults = world.uem.faults().on(On::Writes);
        faults.lose_answers(7);
        faults.fail_after(503, 3);
        faults.fail_after(500, 3);
        let summary = world.run(&job).await;
        assert_eq!((summary.state, summary.counts), (JobState::Finished, counts(30, 0, 0, 0)), "{dialect}");
        let effects = world.effects().await;
        for device in &world.devices {
            assert_eq!(effects[&(device.id.0.0, "SyncDevice".to_owned())], 1, "{dialect}");
        }
        assert!(world.tasks(&job).await.iter().all(|task| task.attempt == 1));
    }
}

#[tokio::test]
async fn what_did_not_arrive_is_sent_again_if_it_can_be_undone() {
    let world = World::new(10).await;
    let job = world.start(world.commands(Command::SyncDevice, 10), at_once()).await;
    world.uem.faults().on(On::Writes).fail_with(500, 3);
    assert_eq!(world.run(&job).await.counts, counts(10, 0, 0, 0));
    let tasks = world.tasks(&job).await;
    assert_eq!(tasks.iter().filter(|task| task.attempt == 2).count(), 3);
    assert!(world.effects().await.values().all(|count| *count == 1));
}

#[tokio::test]
async fn what_never_arrives_is_given_up_after_three_attempts() {
    let world = World::new(1).await;
    let job = world.start(world.commands(Command::SyncDevice, 1), at_once()).await;
    world.uem.faults().on(On::Writes).fail_with(500, 100);
    let summary = world.run(&job).await;
    assert_eq!((summary.state, summary.counts), (JobState::Finished, counts(0, 1, 0, 0)));
    let task = &world.tasks(&job).await[0];
    assert_eq!((task.attempt, task.class.as_deref()), (3, Some("not-arrived")));
    assert!(task.reason.starts_with("did not arrive in 3 attempts; the last one: "), "{}", task.reason);
}

#[tokio::test]
async fn a_wipe_is_never_sent_twice_by_itself() {
    let world = World::new(2).await;
    let items = vec![send(world.target(0), Command::DeviceWipe), send(world.target(1), Command::DeviceWipe)];
    let plan = world.propose(draft(items)).await;
    let plan = world.approve(&world.engine, &plan.id.to_string(), "").await.expect("approved");
    let options = JobOptions { lanes: 1, ..at_once() };
    let job = world.engine.start(&plan, options).await.expect("a job");
    let faults = world.uem.faults().on(On::Writes);
    // The first one never arrives, the second one arrives and its answer is lost.
    faults.fail_with(500, 1);
    faults.lose_answers(1);
    let summary = world.run(&job).await;
    assert_eq!(summary.counts, counts(1, 1, 0, 0));
    let tasks = world.tasks(&job).await;
    assert_eq!(tasks[0].reason, "did not arrive; it is not sent again by itself");
    assert_eq!((tasks[0].state, tasks[0].attempt), (TaskState::Failed, 1));
    let effects = world.effects().await;
    let wipes = |place: usize| effects.get(&(world.devices[place].id.0.0, "DeviceWipe".to_owned())).copied();
    assert_eq!((wipes(0), wipes(1)), (None, Some(1)));
}

#[tokio::test]
async fn an_outcome_that_cannot_be_read_stays_unknown_until_a_later_run() {
    let world = World::new(3).await;
    let job = world.start(world.commands(Command::SyncDevice, 3), at_once()).await;
    world.uem.faults().on(On::Writes).lose_answers(1);
    world.uem.faults().on(On::Reads).fail_with(403, 1_000);
    let summary = world.run(&job).await;
    assert_eq!((summary.state, summary.counts), (JobState::Stopped, counts(2, 0, 1, 0)));
    assert!(summary.stopped.expect("a reason").why.contains("the outcome of 1 tasks is not known yet"));
    let tasks = world.tasks(&job).await;
    let unknown = tasks.iter().find(|task| task.state == TaskState::Unknown).expect("one");
    assert!(unknown.reason.starts_with("its outcome cannot be read: "), "{}", unknown.reason);

    world.uem.faults().clear();
    let summary = world.run(&job).await;
    assert_eq!((summary.state, summary.counts), (JobState::Finished, counts(3, 0, 0, 0)));
    assert_eq!(world.effects().await[&(world.devices[0].id.0.0, "SyncDevice".to_owned())], 1);
}

#[tokio::test]
async fn an_unknown_outcome_that_is_taken_up_by_a_new_job_is_read_back_and_leaves_the_old_one() {
    let world = World::new(1).await;
    let job = world.start(world.commands(Command::SyncDevice, 1), at_once()).await;
    world.uem.faults().on(On::Writes).lose_answers(1);
    world.uem.faults().on(On::Reads).fail_with(403, 1_000);
    assert_eq!(world.run(&job).await.counts.unknown, 1);
    world.uem.faults().clear();

    let plan = world.engine.retry(&job.to_string(), Only::Unknown, "ada").await.expect("a plan");
    assert!(plan.items[0].unsettled_since.is_some());
    let second = world.engine.start(&plan, at_once()).await.expect("a job");
    assert_eq!(world.run(&second).await.counts, counts(1, 0, 0, 0));
    let old = world.engine.job(&job.to_string()).await.expect("the old job");
    assert_eq!(old.counts.cancelled, 1);
    assert_eq!(world.run(&job).await.counts.cancelled, 1);
    assert_eq!(world.effects().await[&(world.devices[0].id.0.0, "SyncDevice".to_owned())], 1);
}

#[tokio::test]
async fn a_record_that_another_task_owns_is_no_evidence() {
    let world = World::new(1).await;
    // Two jobs do the same thing to the same device within the tolerance of the clocks.
    let first = world.start(world.commands(Command::SyncDevice, 1), at_once()).await;
    world.run(&first).await;
    let second = world.start(world.commands(Command::SyncDevice, 1), at_once()).await;
    world.uem.faults().on(On::Writes).fail_with(500, 1);
    assert_eq!(world.run(&second).await.counts, counts(1, 0, 0, 0));
    assert_eq!(world.tasks(&second).await[0].attempt, 2, "the first job's command was not taken for its own");
    assert_eq!(world.effects().await[&(world.devices[0].id.0.0, "SyncDevice".to_owned())], 2);
}

#[tokio::test]
async fn a_tenant_that_says_nothing_of_use_is_not_hammered() {
    let world = World::new(200).await;
    let job = world.start(world.commands(Command::SyncDevice, 200), at_once()).await;
    world.uem.faults().on(On::Writes).lose_answers(100_000);
    world.uem.faults().on(On::Reads).answer_with_page(100_000);
    let summary = world.run(&job).await;
    assert_eq!(summary.state, JobState::Stopped);
    assert_eq!(summary.sole_failure.as_deref(), Some("protocol"));
    assert!(summary.counts.unknown <= 32 && summary.counts.done == 0, "{:?}", summary.counts);
    world.uem.faults().clear();
    assert_eq!(world.run(&job).await.counts, counts(200, 0, 0, 0));
    let effects = world.effects().await;
    for device in &world.devices {
        assert_eq!(effects[&(device.id.0.0, "SyncDevice".to_owned())], 1);
    }
}

#[tokio::test]
async fn a_page_in_front_of_the_api_is_not_taken_for_a_receipt() {
    let world = World::new(40).await;
    let job = world.start(world.commands(Command::SyncDevice, 40), at_once()).await;
    world.uem.faults().answer_with_page(100_000);
    let summary = world.run(&job).await;
    assert_eq!((summary.state, summary.counts.done), (JobState::Stopped, 0), "{:?}", summary.counts);
    world.uem.faults().clear();
    assert_eq!(world.run(&job).await.counts, counts(40, 0, 0, 0));
    assert!(world.effects().await.values().all(|count| *count == 1));
}

#[tokio::test]
async fn clocks_that_differ_by_an_hour_do_not_matter() {
    let world = World::new(20).await;
    world.clock.advance(std::time::Duration::from_secs(3600));
    let job = world.start(world.commands(Command::SyncDevice, 20), at_once()).await;
    world.uem.faults().on(On::Writes).lose_answers(10);
    world.uem.faults().on(On::Writes).fail_with(500, 2);
    assert_eq!(world.run(&job).await.counts, counts(20, 0, 0, 0));
    assert!(world.effects().await.values().all(|count| *count == 1));
}
