//! How many tasks a second: a number to look at, and a bound far below it.

use std::io::Write as _;
use std::time::Instant;

use muster_engine::plan::OrganizationGroup;
use muster_engine::{DeviceTarget, JobOptions, Stop, Target};
use muster_model::commands::Command;
use muster_model::ids::DeviceId;
use muster_model::words::Platform;

use crate::world::{Heard, World, counts, draft, send};

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

/// Seconds to propose, read back and start a plan of so many items.
async fn plan_of(world: &World, items: i64) -> [f64; 3] {
    let device = |id: i64| {
        Target::Device(DeviceTarget {
            id: DeviceId(1_000_000 + id),
            serial: format!("S{id:08}"),
            name: format!("device {id}"),
            platform: Platform::Apple,
            user: format!("user{id}"),
            organization_group: Some(OrganizationGroup { id: 1 + id % 40, name: format!("group {}", id % 40) }),
            ..DeviceTarget::default()
        })
    };
    let wanted = draft((0..items).map(|id| send(device(id), Command::SyncDevice)).collect());
    let begin = Instant::now();
    let plan = world.propose(wanted).await;
    let proposed = begin.elapsed().as_secs_f64();
    let begin = Instant::now();
    assert_eq!(world.engine.plan(&plan.id.to_string()).await.expect("the plan").items.len() as i64, items);
    let read = begin.elapsed().as_secs_f64();
    let begin = Instant::now();
    world.engine.start(&plan, JobOptions::default()).await.expect("a job");
    [proposed, read, begin.elapsed().as_secs_f64()]
}

#[tokio::test]
async fn a_plan_takes_time_by_its_items_and_no_more() {
    let world = World::new(1).await;
    let few = plan_of(&world, 2_000).await;
    let many = plan_of(&world, 20_000).await;
    for (few, many) in few.iter().zip(&many) {
        // Ten times as many items; four times that is let pass, because other things run beside and use the same disk. What
        // looks at all items for each of them would take a hundred times as long.
        assert!(*many < few.max(0.05) * 40.0, "{few:.2} s for 2,000 items, {many:.2} s for 20,000");
    }
}

#[tokio::test]
#[ignore = "a measurement"]
async fn measure_a_plan_of_a_hundred_thousand() {
    let world = World::new(1).await;
    let [proposed, read, started] = plan_of(&world, 100_000).await;
    let _ = writeln!(std::io::stderr(), "proposed in {proposed:.2} s, read in {read:.2} s, started in {started:.2} s");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a measurement"]
async fn measure_two_thousand_commands() {
    for lanes in [8, 16, 32] {
        let rate = measure(2_000, lanes).await;
        let _ = writeln!(std::io::stderr(), "{lanes} lanes: {rate:.0} tasks/s");
    }
}
