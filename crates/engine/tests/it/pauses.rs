//! What comes up while a job runs: a freeze begins, a window closes, the context becomes one that is only read. The job
//! stops and says why; nothing more leaves until it is over, and then `resume` goes on.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use muster_engine::{Engine, Event, GuardPolicy, JobId, JobOptions, JobState, JobSummary, Progress, Stop};
use muster_model::commands::Command;
use muster_store::Clock as _;
use serde_json::json;

use crate::world::{Heard, Skewed, TENANT, World, at_once, counts};

const DEVICES: usize = 60;

/// Lets a few seconds pass when so many items are through: more than until the freeze, less than a lease holds.
struct Later {
    clock: Skewed,
    left: AtomicUsize,
}

impl Progress for Later {
    fn event(&self, event: &Event) {
        if matches!(event, Event::Item { .. }) && self.left.fetch_sub(1, Ordering::SeqCst) == 1 {
            self.clock.advance(Duration::from_secs(4));
        }
    }
}

async fn with_policy(world: &World, policy: GuardPolicy) -> Engine {
    Engine::open(world.database.clone(), Arc::new(world.clock.clone()), policy).await.expect("an engine")
}

async fn begin(world: &World, engine: &Engine) -> JobId {
    let plan = engine.propose(world.commands(Command::SyncDevice, DEVICES), "ada", TENANT).await.expect("a plan");
    engine.start(&plan, JobOptions { lanes: 1, ..at_once() }).await.expect("a job")
}

async fn run(world: &World, engine: &Engine, job: &JobId, progress: &dyn Progress) -> JobSummary {
    engine.run(job, &world.tenant().await, progress, &Stop::new()).await.expect("a run")
}

/// The story of a policy under which a job may begin now, and may not go on in three seconds, for less than two hours.
async fn paused(policy: impl Fn(Timestamp) -> serde_json::Value, expected: &str) {
    let world = World::new(DEVICES as u32).await;
    let policy: GuardPolicy = serde_json::from_value(policy(world.clock.now())).expect("a policy");
    let engine = with_policy(&world, policy).await;
    let job = begin(&world, &engine).await;
    let later = Later { clock: world.clock.clone(), left: AtomicUsize::new(5) };
    let summary = run(&world, &engine, &job, &later).await;
    let why = summary.stopped.expect("a reason").why;
    assert!(why.contains(expected), "{why}");
    assert_eq!(summary.state, JobState::Stopped);
    let done = summary.counts.done;
    assert!((5..DEVICES as u64).contains(&done), "{:?}", summary.counts);
    assert_eq!(summary.counts, counts(done, 0, 0, DEVICES as u64 - done), "what did not leave waits");

    let again = run(&world, &engine, &job, &Heard::default()).await;
    assert!(again.stopped.expect("a reason").why.contains(expected));
    assert_eq!(again.counts.done, done, "nothing leaves meanwhile");
    world.advance(Duration::from_secs(2 * 3_600)).await;
    assert_eq!(run(&world, &engine, &job, &Heard::default()).await.counts, counts(DEVICES as u64, 0, 0, 0));
    assert!(world.effects().await.values().all(|count| *count == 1));
}

fn local(moment: Timestamp) -> jiff::civil::DateTime {
    TimeZone::UTC.to_datetime(moment)
}

#[tokio::test]
async fn a_freeze_that_begins_stops_the_job_until_it_is_over() {
    let policy = |now: Timestamp| {
        let (from, until) = (local(now + Duration::from_secs(3)), local(now + Duration::from_secs(3_600)));
        json!({"freezes": [{"name": "release", "from": from, "until": until, "risk": "reversible"}]})
    };
    paused(policy, "the freeze `release` has begun and lasts until ").await;
}

#[tokio::test]
async fn a_window_that_closes_stops_the_job_until_the_next_one_opens() {
    let policy = |now: Timestamp| {
        let first = (local(now - Duration::from_secs(1_800)).time(), local(now + Duration::from_secs(3)).time());
        let next = (local(now + Duration::from_secs(3_600)).time(), local(now + Duration::from_secs(4 * 3_600)).time());
        json!({"windows": [
            {"name": "noon", "from": first.0, "until": first.1, "risk": "reversible"},
            {"name": "evening", "from": next.0, "until": next.1, "risk": "reversible"},
        ]})
    };
    paused(policy, "the window `noon` has closed and opens ").await;
}

#[tokio::test]
async fn a_freeze_of_others_stops_nothing() {
    let world = World::new(DEVICES as u32).await;
    let now = world.clock.now();
    let (from, until) = (local(now + Duration::from_secs(3)), local(now + Duration::from_secs(3_600)));
    let policy = json!({"freezes": [
        {"name": "elsewhere", "from": from, "until": until, "risk": "reversible", "groups": ["Nowhere"]},
        {"name": "wipes", "from": from, "until": until, "risk": "irreversible"},
    ]});
    let engine = with_policy(&world, serde_json::from_value(policy).expect("a policy")).await;
    let job = begin(&world, &engine).await;
    let later = Later { clock: world.clock.clone(), left: AtomicUsize::new(5) };
    assert_eq!(run(&world, &engine, &job, &later).await.counts, counts(DEVICES as u64, 0, 0, 0));
}

#[tokio::test]
async fn a_job_does_not_go_on_where_only_reading_is_allowed_now() {
    let world = World::new(DEVICES as u32).await;
    let job = begin(&world, &world.engine).await;
    let engine =
        with_policy(&world, GuardPolicy { read_only: vec![TENANT.to_owned()], ..GuardPolicy::default() }).await;
    let summary = run(&world, &engine, &job, &Heard::default()).await;
    assert_eq!(summary.counts, counts(0, 0, 0, DEVICES as u64));
    let why = summary.stopped.expect("a reason").why;
    assert_eq!(why, "`test` is read-only by the policy now");
    assert!(world.effects().await.is_empty());
    assert_eq!(world.run(&job).await.counts, counts(DEVICES as u64, 0, 0, 0));
}
