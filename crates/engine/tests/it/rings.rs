//! Rings: one device first, then some, then all; a gate behind each; a job that is held, let pass, rolled back.

use std::time::Duration;

use muster_engine::{
    Event, Growth, JobId, JobOptions, JobState, JobSummary, Progress, RingState, Stop, Target, TaskState,
};
use muster_model::commands::Command;
use muster_model::devices::Device;
use muster_model::words::Platform;
use muster_uem::On;
use tokio::sync::Notify;

use crate::world::{World, at_once, draft, send};

fn rings(sizes: &str, soak: Duration) -> JobOptions {
    let rings = sizes.parse().expect("sizes");
    JobOptions { rings: Some(Growth { rings, soak, ..Growth::default() }), lanes: 2, ..at_once() }
}

/// Wakes whoever waits until a ring is being watched.
#[derive(Default)]
struct Watched(Notify);

impl Progress for Watched {
    fn event(&self, event: &Event) {
        if matches!(event, Event::Waiting { why, .. } if why.starts_with("watching the fleet")) {
            self.0.notify_one();
        }
    }
}

/// Runs a job, and does something once its first ring is being watched.
async fn run_and(world: &World, job: &JobId, stop: &Stop, then: impl Future<Output = ()>) -> JobSummary {
    let (tenant, watched) = (world.tenant().await, Watched::default());
    let meanwhile = async {
        watched.0.notified().await;
        then.await;
    };
    let (summary, ()) = tokio::join!(world.engine.run(job, &tenant, &watched, stop), meanwhile);
    summary.expect("a run")
}

async fn sent(world: &World) -> u64 {
    world.effects().await.values().sum()
}

#[tokio::test]
async fn a_healthy_job_grows_to_its_end_and_each_device_has_its_place() {
    let world = World::new(30).await;
    let job = world.start(world.commands(Command::SyncDevice, 30), rings("1,10,100%", Duration::ZERO)).await;
    let summary = world.run(&job).await;
    assert_eq!((summary.state, summary.counts.done), (JobState::Finished, 30));
    let tasks = world.tasks(&job).await;
    let of = |ring| tasks.iter().filter(|task| task.ring == ring).count();
    assert_eq!((of(0), of(1), of(2)), (1, 9, 20));
    let states: Vec<RingState> = world.engine.rings(&job).await.expect("rings").iter().map(|ring| ring.state).collect();
    assert_eq!(states, [RingState::Passed, RingState::Passed, RingState::Open]);
    // The same devices are first in the next job.
    let again = world.start(world.commands(Command::DeviceQuery, 30), rings("1,10,100%", Duration::ZERO)).await;
    let places: Vec<u32> = world.tasks(&again).await.iter().map(|task| task.ring).collect();
    assert_eq!(places, tasks.iter().map(|task| task.ring).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_ring_that_fails_holds_the_rest_until_somebody_lets_it_pass() {
    let world = World::new(20).await;
    let job = world.start(world.commands(Command::SyncDevice, 20), rings("1,100%", Duration::ZERO)).await;
    world.uem.faults().on(On::Writes).fail_with(400, 1);
    let summary = world.run(&job).await;
    assert_eq!((summary.state, summary.counts.failed, summary.counts.pending), (JobState::Stopped, 1, 19));
    let why = summary.stopped.expect("a reason").why;
    assert!(why.starts_with("the gate behind ring 1 of 2 holds the next one: 1 of 1 items failed"), "{why}");
    assert_eq!(sent(&world).await, 0);

    // Going on is not enough.
    assert_eq!(world.run(&job).await.counts.pending, 19);
    let detail = world.engine.let_pass(&job.to_string(), "grace").await.expect("is held");
    assert_eq!(detail.id, job);
    let summary = world.run(&job).await;
    assert_eq!((summary.state, summary.counts.done, summary.counts.failed), (JobState::Finished, 19, 1));
    assert!(world.engine.let_pass(&job.to_string(), "grace").await.is_err(), "nothing is held any more");
    let audit = world.engine.audit().await.expect("the audit");
    let passed = audit.iter().find(|record| record.event == "job.ring.continued").expect("is recorded");
    assert_eq!((passed.actor.as_str(), passed.details["ring"].as_i64()), ("grace", Some(0)));
}

#[tokio::test]
async fn the_fleet_is_watched_for_as_long_as_was_asked_and_across_a_restart() {
    let world = World::new(12).await;
    let soak = Duration::from_secs(3600);
    let job = world.start(world.commands(Command::SyncDevice, 12), rings("2,100%", soak)).await;
    let stop = Stop::new();
    // Somebody stops the program while it only watches.
    let summary = run_and(&world, &job, &stop, async { stop.stop() }).await;
    assert_eq!((summary.state, summary.counts.done), (JobState::Stopped, 2));
    let ring = world.engine.rings(&job).await.expect("rings").remove(0);
    assert_eq!(ring.soak_until, ring.opened_at.checked_add(soak).ok().map(|_| ring.soak_until.expect("a time")));

    world.advance(soak + Duration::from_secs(10)).await;
    let summary = world.run(&job).await;
    assert_eq!((summary.state, summary.counts.done), (JobState::Finished, 12));
    let health = world.engine.rings(&job).await.expect("rings").remove(0).health.expect("was looked at");
    assert!(health.soaked && health.devices == 2 && health.failed == 0, "{health:?}");
}

#[tokio::test]
async fn devices_that_fall_silent_hold_the_next_ring() {
    let world = World::new(10).await;
    let soak = Duration::from_secs(60);
    let job = world.start(world.commands(Command::SyncDevice, 10), rings("2,100%", soak)).await;
    // Only our clock moves: nobody at the tenant checks in.
    let summary = run_and(&world, &job, &Stop::new(), async { world.clock.advance(soak) }).await;
    assert_eq!((summary.state, summary.counts.pending), (JobState::Stopped, 8));
    let why = summary.stopped.expect("a reason").why;
    assert!(why.contains("2 of 2 devices were not heard from since"), "{why}");
}

/// It was cancelled while commands of its first ring were on their way, and they never arrived.
#[tokio::test]
async fn a_job_that_was_cancelled_on_its_way_comes_to_its_end() {
    let world = World::new(12).await;
    let job = world.start(world.commands(Command::SyncDevice, 12), rings("3,100%", Duration::ZERO)).await;
    let faults = world.uem.faults();
    faults.on(On::Writes).fail_with(500, 3);
    faults.on(On::Operation("guide.devices.commands".to_owned())).fail_with(403, 100);
    assert_eq!(world.run(&job).await.counts.unknown, 3);
    world.engine.cancel(&job.to_string(), "grace").await.expect("cancelled");
    faults.clear();
    assert_eq!(world.run(&job).await.state, JobState::Cancelled);
}

#[tokio::test]
async fn a_held_job_is_rolled_back() {
    let world = World::new(12).await;
    let retag = muster_engine::Action::Retag { add: vec!["Wave".to_owned()], remove: Vec::new() };
    let items = (0..12).map(|place| muster_engine::DraftItem::new(world.target(place), retag.clone(), "a story"));
    let job = world.start(crate::world::draft(items.collect()), rings("3,100%", Duration::ZERO)).await;
    let options = world.engine.job(&job.to_string()).await.expect("the job").options;
    assert!(options.rings.is_some());
    // The last write of the first ring fails.
    world.uem.faults().on(On::Writes).fail_with(400, 1);
    assert_eq!(world.run(&job).await.counts.pending, 9);
    let plan = world.engine.roll_back(&job.to_string(), "ada").await.expect("a plan");
    assert_eq!(plan.items.len(), 2, "what failed and what was not begun is not taken back");
    let back = world.engine.start(&plan, at_once()).await.expect("a job");
    assert_eq!(world.run(&back).await.counts.done, 2);
    assert_eq!(world.engine.job(&job.to_string()).await.expect("the job").state, JobState::Cancelled);
    let tasks = world.tasks(&job).await;
    assert_eq!(tasks.iter().filter(|task| task.state == TaskState::Cancelled).count(), 9);
    let client = world.client().await;
    for device in &world.devices {
        let tags = client.device(device.id.0).await.expect("a device").tags.unwrap_or_default();
        assert!(!tags.contains(&"Wave".to_owned()));
    }
}

/// The tenant takes every command, and no device knows it: what a first ring is for.
#[tokio::test]
async fn what_the_devices_of_a_ring_could_not_do_holds_the_next_one() {
    let world = World::new(40).await;
    let soak = Duration::from_secs(6 * 3600);
    let lists = || {
        let android = |device: &&Device| device.platform == Platform::Android;
        let items = world.devices.iter().filter(android).map(|device| {
            // The plan takes them for iPhones.
            let device = Device { platform: Platform::Apple, ..device.clone() };
            send(Target::Device((&device).into()), Command::UserList)
        });
        draft(items.take(8).collect())
    };
    let total = lists().items.len() as u64;
    let job = world.start(lists(), rings("3,100%", soak)).await;
    let summary = run_and(&world, &job, &Stop::new(), world.advance(soak)).await;
    let health = world.engine.rings(&job).await.expect("rings").remove(0).health.expect("was looked at");
    assert!(health.failed > 0 && health.proven == 0 && health.failed + health.unproven == 3, "{health:?}");
    assert_eq!(summary.state, JobState::Stopped, "{health:?}");
    assert_eq!((summary.counts.failed, summary.counts.pending), (health.failed, total - 3), "{summary:?}");
    let why = summary.stopped.expect("a reason").why;
    assert!(why.starts_with("the gate behind ring 1 of 2 holds the next one"), "{why}");
    let refused: Vec<_> = world.tasks(&job).await.into_iter().filter(|task| task.state == TaskState::Failed).collect();
    assert!(refused.iter().all(|task| task.class.as_deref() == Some("device")), "{refused:?}");

    // Where nobody watches, nobody asks.
    let job = world.start(lists(), rings("3,100%", Duration::ZERO)).await;
    assert_eq!(world.run(&job).await.counts.failed, 0);
    let health = world.engine.rings(&job).await.expect("rings").remove(0).health.expect("was looked at");
    assert_eq!((health.failed, health.proven, health.unproven), (0, 0, 3));
}
