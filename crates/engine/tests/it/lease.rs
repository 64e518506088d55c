//! One job, one run.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use muster_engine::{Append, Error, JobOptions, JobState, Kind, Moment, Seam, Stop};
use muster_model::commands::Command;
use muster_store::{Clock, Lease};
use tokio::sync::Notify;

use crate::world::{Heard, World, counts};

const TTL: Duration = Duration::from_secs(6);

#[tokio::test]
async fn a_job_that_somebody_runs_is_refused_and_names_who_runs_it() {
    let world = World::new(1).await;
    let job = world.start(world.commands(Command::SyncDevice, 1), JobOptions::default()).await;
    let name = format!("engine/job/{job}");
    let lease = Lease::claim(&world.database, &name, "process 1", TTL, world.clock.now()).await.expect("claimed");
    let mut lease = lease.expect("free");
    let tenant = world.tenant().await;
    let heard = Heard::default();
    let stop = Stop::new();
    let run = world.engine.run(&job, &tenant, &heard, &stop);
    // The other one lives: it renews its lease.
    let renew = async {
        while heard.0.lock().expect("no panic").is_empty() {
            tokio::task::yield_now().await;
        }
        world.clock.advance(Duration::from_secs(1));
        assert!(lease.renew(&world.database, TTL, world.clock.now()).await.expect("renewed"));
    };
    let (run, ()) = tokio::join!(run, renew);
    let error = run.expect_err("refused");
    assert_eq!((error.kind(), error.to_string()), (Kind::Conflict, format!("job {job} is being run by process 1")));
    assert!(world.effects().await.iter().all(|((_, command), _)| command != "SyncDevice"));

    // Once it is dead, its lease runs out, and whoever holds the state folder need not even wait for that.
    let summary = world.engine.clone().alone().run(&job, &tenant, &heard, &stop).await.expect("taken over");
    assert_eq!(summary.counts, counts(1, 0, 0, 0));
}

/// Stops at the third append of task states, until it is let go.
struct Stall {
    left: std::sync::atomic::AtomicI32,
    reached: Notify,
    go: Notify,
}

#[async_trait]
impl Seam for Stall {
    async fn reached(&self, append: Append, moment: Moment) {
        let tasks = append == Append::Tasks && moment == Moment::Before;
        if tasks && self.left.fetch_sub(1, std::sync::atomic::Ordering::SeqCst) == 1 {
            self.reached.notify_one();
            self.go.notified().await;
        }
    }
}

#[tokio::test]
async fn a_run_that_was_stalled_and_overtaken_can_write_and_send_nothing_more() {
    let world = World::new(40).await;
    let options = JobOptions { lanes: 2, settle_grace: Duration::ZERO, ..JobOptions::default() };
    let job = world.start(world.commands(Command::SyncDevice, 40), options).await;
    let stall = Arc::new(Stall { left: 3.into(), reached: Notify::new(), go: Notify::new() });
    let stalled = world.engine.clone().with_seam(Arc::clone(&stall) as Arc<dyn Seam>);
    let tenant = world.tenant().await;
    let (heard, stop) = (Heard::default(), Stop::new());
    let run = stalled.run(&job, &tenant, &heard, &stop);
    let overtake = async {
        stall.reached.notified().await;
        let state = || async { world.engine.job(&job.to_string()).await.expect("the job").state };
        assert_eq!(state().await, JobState::Running);
        world.advance(2 * TTL).await;
        assert_eq!(state().await, JobState::Stopped, "nobody holds its lease");
        let summary = world.run(&job).await;
        stall.go.notify_one();
        summary
    };
    let (run, summary) = tokio::join!(run, overtake);
    assert!(matches!(run, Err(Error::LeaseLost { .. })), "{run:?}");
    assert_eq!(summary.counts, counts(40, 0, 0, 0));
    let effects = world.effects().await;
    for device in &world.devices {
        assert_eq!(effects[&(device.id.0.0, "SyncDevice".to_owned())], 1);
    }
}
