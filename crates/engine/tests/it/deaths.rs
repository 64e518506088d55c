//! A thousand deaths: jobs of mixed work, each killed again and again at appends that a fixed series picks, with lost
//! answers, failures and throttling on. At the end of each job the tenant's ledger holds every effect once.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use muster_client::Dialect;
use muster_engine::{Action, Append, DraftItem, Growth, JobId, JobOptions, JobState, Moment, Seam, Stop, TaskState};
use muster_model::Effect;
use muster_model::commands::Command;
use muster_uem::On;
use tokio::sync::Notify;

use crate::world::{Heard, Series, World, draft, send};

/// Devices that every job commands and tags; one more for each job is wiped.
const LIVING: usize = 12;
const JOBS: usize = 40;

/// Never returns from the append that is so many ahead.
struct Killer {
    left: AtomicUsize,
    dead: Notify,
}

#[async_trait]
impl Seam for Killer {
    async fn reached(&self, _append: Append, _moment: Moment) {
        if self.left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)) == Ok(1) {
            self.dead.notify_one();
            std::future::pending::<()>().await;
        }
    }
}

pub(crate) fn trouble(world: &World) {
    let writes = world.uem.faults().on(On::Writes);
    writes.lose_answers(2);
    writes.fail_with(503, 1);
    writes.fail_after(500, 1);
    writes.throttle(1, Some(Duration::ZERO));
}

/// A job of every kind of work, in rings if it is an odd one.
pub(crate) async fn job(world: &World, number: usize) -> JobId {
    let mut items = world.commands(Command::SyncDevice, LIVING).items;
    for place in 0..4 {
        let action = Action::Retag { add: vec![format!("Wave {number}")], remove: Vec::new() };
        items.push(DraftItem::new(world.target(place), action, "a story"));
    }
    items.push(send(world.target(LIVING + number), Command::EnterpriseWipe));
    let plan = world.propose(draft(items)).await;
    let plan = world.approve(&world.engine, &plan.id.to_string(), "").await.expect("approved");
    let rings = (number % 2 == 1).then(|| Growth {
        gate: muster_engine::Gate { failed: 100.0, classes: Vec::new(), ..Default::default() },
        soak: Duration::ZERO,
        ..Growth::default()
    });
    let options = JobOptions { lanes: 2, settle_grace: Duration::from_millis(30), rings, ..JobOptions::default() };
    world.engine.start(&plan, options).await.expect("a job")
}

/// Lives until the job is at its end, or dies before; answers whether it was at its end.
pub(crate) async fn live_or_die(world: &World, job: &JobId, series: &mut Series) -> bool {
    let killer = Arc::new(Killer {
        // Half of all appends are over before anything is sent.
        left: AtomicUsize::new(1 + series.next(9) as usize),
        dead: Notify::new(),
    });
    let engine = world.reopen().await.alone().with_seam(Arc::clone(&killer) as Arc<dyn Seam>);
    let tenant = world.tenant().await;
    let (heard, stop) = (Heard::default(), Stop::new());
    tokio::select! {
        // A run that had to stop is taken up again.
        summary = engine.run(job, &tenant, &heard, &stop) => summary.expect("a run").state == JobState::Finished,
        () = killer.dead.notified() => false,
    }
}

/// Lives and dies until the job is at its end; answers how often it died.
async fn live_and_die(world: &World, job: &JobId, series: &mut Series) -> usize {
    for deaths in 0..=400 {
        if live_or_die(world, job, series).await {
            return deaths;
        }
    }
    panic!("the job does not end");
}

async fn die(dialect: Dialect, wanted: usize, seed: u64) {
    let world = World::speaking(dialect, (LIVING + JOBS) as u32).await;
    let mut series = Series(seed);
    let mut expected: BTreeMap<(i64, String), u64> = BTreeMap::new();
    let (mut deaths, mut number) = (0, 0);
    while deaths < wanted {
        assert!(number < JOBS, "{deaths} deaths in {number} jobs");
        let job = job(&world, number).await;
        trouble(&world);
        deaths += live_and_die(&world, &job, &mut series).await;
        world.uem.faults().clear();
        number += 1;
        for task in world.tasks(&job).await {
            let at = format!("{dialect}, seed {seed}, job {number}: {task:?}");
            match (task.action.effect(), task.state) {
                (_, TaskState::Done) => {
                    if let (Some(command), muster_engine::Target::Device(device)) =
                        (task.action.command(), &task.target)
                    {
                        *expected.entry((device.id.0, command.to_string())).or_default() += 1;
                    } else {
                        assert!(task.image.is_some() || task.delivery.is_some(), "{at}");
                    }
                }
                // A wipe that did not arrive is told, and not sent again.
                (Effect::Destroy, TaskState::Failed) => assert_eq!(task.class.as_deref(), Some("not-arrived"), "{at}"),
                _ => panic!("{at}"),
            }
        }
        assert_eq!(world.effects().await, expected, "{dialect}, seed {seed}, job {number}, {deaths} deaths");
        let client = world.client().await;
        for place in 0..4 {
            let tags = client.device(world.devices[place].id.0).await.expect("a device").tags.unwrap_or_default();
            assert!(tags.contains(&format!("Wave {}", number - 1)), "{tags:?}");
        }
    }
    world.engine.verify_audit(&muster_engine::Trust::default()).await.expect("the audit holds");
}

#[tokio::test]
async fn five_hundred_deaths_in_the_guide_dialect() {
    die(Dialect::Guide, 500, 0x9e37_79b9_7f4a_7c15).await;
}

#[tokio::test]
async fn five_hundred_deaths_in_the_published_dialect_where_many_go_in_one_call() {
    die(Dialect::Published, 500, 0xbf58_476d_1ce4_e5b9).await;
}

/// For the note on reliability: `cargo test -p muster-engine --release deaths -- --ignored`.
#[tokio::test]
#[ignore = "takes a quarter of an hour"]
async fn ten_thousand_deaths() {
    for seed in 1..=20 {
        for dialect in Dialect::ALL {
            die(dialect, 250, seed * 0x2545_f491_4f6c_dd1d).await;
        }
    }
}
