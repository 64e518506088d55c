//! How many tasks a second: a number to look at, and a bound far below it.

use std::io::Write as _;
use std::time::Instant;

use muster_engine::{JobOptions, Stop};
use muster_model::commands::Command;

use crate::world::{Heard, World, counts};

async fn measure(devices: u32, lanes: usize) -> f64 {
    let world = World::new(devices).await;
    let options = JobOptions { lanes, ..JobOptions::default() };
    let job = world.start(world.commands(Command::SyncDevice, devices as usize), options).await;
    let tenant = world.tenant().await;
    let heard = Heard::default();
    let begin = Instant::now();
    let summary = world.engine.run(&job, &tenant, &heard, &Stop::new()).await.expect("a run");
    let seconds = begin.elapsed().as_secs_f64();
    assert_eq!(summary.counts, counts(u64::from(devices), 0, 0, 0));
    f64::from(devices) / seconds
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_durable_job_does_more_than_fifty_tasks_a_second_even_in_a_debug_build() {
    let rate = measure(300, 8).await;
    assert!(rate > 50.0, "{rate:.0} tasks/s");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a measurement"]
async fn measure_two_thousand_commands() {
    for lanes in [8, 16, 32] {
        let rate = measure(2_000, lanes).await;
        let _ = writeln!(std::io::stderr(), "{lanes} lanes: {rate:.0} tasks/s");
    }
}
