//! Plans of more items than are in memory at one time, and what is kept so that nothing has to be counted.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use muster_engine::guard::policy::CountChange;
use muster_engine::{
    Action, Append, DeviceTarget, Draft, DraftItem, Engine, Error, GuardPolicy, JobOptions, Moment, Only, Rings, Seam,
    Selection, Surroundings, Target, Verdict,
};
use muster_model::commands::Command;
use muster_model::ids::DeviceId;
use muster_model::words::Platform;
use muster_store::{Database, args};

use crate::world::{TENANT, World, draft, send};

/// More than two pages of a thousand.
const MANY: i64 = 2_300;

fn device(id: i64) -> Target {
    Target::Device(DeviceTarget {
        id: DeviceId(1_000_000 + id),
        serial: format!("S{id:08}"),
        name: format!("device {id}"),
        platform: Platform::Apple,
        ..DeviceTarget::default()
    })
}

fn many() -> Vec<DraftItem> {
    (0..MANY).map(|id| send(device(id), Command::SyncDevice)).collect()
}

fn filter() -> Selection {
    Selection::Filter { text: "all of them".to_owned(), everything: false, bound: None, query: None }
}

async fn rows(database: &Database, table: &str) -> i64 {
    let row = database.fetch_one(format!("select count(*) as n from {table}"), args![]).await.expect("a count");
    row.get("n").expect("a number")
}

#[tokio::test]
async fn a_plan_of_many_pages_is_one_plan() {
    let world = World::new(1).await;
    let mut items = many();
    // Waits for one that is held, two pages before.
    items[3] = send(device(3), Command::EnterpriseWipe);
    items[2_250].after = Some(3);
    let about = ("a story".to_owned(), Selection::Listed);
    let head = world.engine.propose_each(about, items.clone().into_iter(), "ada", TENANT, Surroundings::default());
    let head = head.await.expect("a plan");
    let plan = world.engine.plan(&head.id.to_string()).await.expect("the plan");
    assert_eq!((plan.compute_hash(), plan.items.len() as i64), (head.hash.clone(), MANY));
    assert_eq!((head.verdicts.hold, head.verdicts.allow as i64), (2, MANY - 2));
    assert!(plan.items[2_250].decision.explain().contains("waits for"), "{}", plan.items[2_250].decision.explain());
    assert_eq!(rows(&world.database, "drafts").await, 0);
    // As one that is handed over as a whole.
    let same = world.propose(draft(items)).await;
    assert_eq!((&same.hash, &same.decision), (&plan.hash, &plan.decision));

    let (decision, rules) = world.engine.explain(&head).await.expect("explained");
    assert_eq!(decision, plan.decision);
    let held: Vec<&str> = rules.iter().filter(|rule| rule.items > 0).map(|rule| rule.rule).collect();
    assert_eq!(held, ["destructive", "freshness", "order"]);

    // Its rings are those that are shown.
    let rings: Rings = "1,10,50%,100%".parse().expect("rings");
    let growth = muster_engine::Growth { rings: rings.clone(), soak: Duration::ZERO, ..Default::default() };
    let options = JobOptions { rings: Some(growth), ..JobOptions::default() };
    let job = world.engine.start(&head, options).await.expect("a job");
    let shown = rings.of_items(&plan.items, |item| item.decision.verdict == Verdict::Allow);
    let tasks = world.engine.tasks(&job).await.expect("tasks");
    assert!(tasks.iter().zip(&shown).all(|(task, ring)| task.ring as usize == ring.unwrap_or_default()));
    assert_eq!(shown.iter().flatten().filter(|ring| **ring < 2).count(), 10);
}

#[tokio::test]
async fn what_is_refused_leaves_nothing_behind() {
    let world = World::new(1).await;
    let mut twice = many();
    twice.push(send(device(5), Command::SyncDevice));
    let refused = world.engine.propose(draft(twice), "ada", TENANT).await.expect_err("refused");
    let Error::Refused { reasons } = refused else { panic!("{refused:?}") };
    assert_eq!(reasons.len(), 1);
    assert!(reasons[0].text.ends_with("is in the plan twice (items 6 and 2301)"), "{}", reasons[0].text);
    let mut odd = many();
    odd[2_200].after = Some(2_200);
    assert!(matches!(world.engine.propose(draft(odd), "ada", TENANT).await, Err(Error::Draft(_))));
    for table in ["plans", "plan_items", "drafts"] {
        assert_eq!(rows(&world.database, table).await, 0, "{table}");
    }
}

#[tokio::test]
async fn a_change_of_the_number_holds_every_page() {
    let world = World::new(1).await;
    let policy =
        GuardPolicy { change: CountChange { percent: 50.0, at_least: 1, targets: 0 }, ..GuardPolicy::default() };
    let clock = Arc::new(world.clock.clone());
    let engine = Engine::open(world.database.clone(), clock, policy).await.expect("an engine");
    let first = Draft { purpose: "a story".to_owned(), selection: filter(), items: many()[..10].to_vec() };
    let plan = engine.propose(first, "ada", TENANT).await.expect("a plan");
    engine.start(&plan, JobOptions::default()).await.expect("a job");
    // That there are many more shows only at the end.
    let items = many().into_iter().filter(|_| true);
    let about = ("a story".to_owned(), filter());
    let head = engine.propose_each(about, items, "ada", TENANT, Surroundings::default()).await.expect("a plan");
    assert_eq!((head.verdicts.hold as i64, head.decision.verdict), (MANY, Verdict::Hold));
    let plan = engine.plan(&head.id.to_string()).await.expect("the plan");
    assert_eq!(plan.compute_hash(), head.hash);
    assert!(plan.items.iter().all(|item| item.decision.explain().contains("2300")));
}

/// Compares, behind every append, the counts that are kept with the tasks.
struct Counting {
    database: Database,
    seen: Mutex<usize>,
}

#[async_trait]
impl Seam for Counting {
    async fn reached(&self, append: Append, moment: Moment) {
        if moment == Moment::Before {
            return;
        }
        let sql = "select c.* from (select job_id, state, delivery, tasks from job_counts where tasks <> 0 \
                   union all select job_id, state, coalesce(delivery, ''), -count(*) from tasks \
                   group by job_id, state, coalesce(delivery, '')) as c";
        let rows = self.database.fetch(sql, args![]).await.expect("counts");
        let mut sums = std::collections::BTreeMap::<(String, String, String), i64>::new();
        for row in rows {
            let text = |column: &str| row.get::<String>(column).expect("a text");
            *sums.entry((text("job_id"), text("state"), text("delivery"))).or_default() +=
                row.get::<i64>("tasks").expect("a number");
        }
        assert!(sums.values().all(|tasks| *tasks == 0), "after {append:?}: {sums:?}");
        *self.seen.lock().expect("not poisoned") += 1;
    }
}

#[tokio::test]
async fn every_change_of_a_state_is_counted() {
    let world = World::new(12).await;
    let counting = Arc::new(Counting { database: world.database.clone(), seen: Mutex::default() });
    let engine = world.engine.clone().with_seam(counting.clone());
    let tenant = world.tenant().await;
    let run = async |job| engine.run(&job, &tenant, &muster_engine::Silent, &muster_engine::Stop::new()).await;

    let mut items = world.commands(Command::SyncDevice, 6).items;
    // One that fails with one behind it, one that is held, one with nothing to do.
    items[1] = send(device(7), Command::SyncDevice);
    items[2].after = Some(1);
    items[3] = send(world.target(3), Command::EnterpriseWipe);
    items[4].nothing_to_do = Some("just synced".to_owned());
    let tags = Action::Retag { add: vec!["Pilot".to_owned()], remove: Vec::new() };
    items.push(DraftItem::new(world.target(8), tags, "a story"));
    let plan = engine.propose(draft(items), "ada", TENANT).await.expect("a plan");
    let growth = muster_engine::Growth { soak: Duration::ZERO, ..Default::default() };
    let options = JobOptions { lanes: 2, rings: Some(growth), ..JobOptions::default() };
    let job = engine.start(&plan, options).await.expect("a job");
    run(job).await.expect("a run");
    let shown = engine.job(&job.to_string()).await.expect("the job");
    assert!(shown.counts.held == 1 && shown.counts.skipped >= 1 && shown.counts.total() == 7, "{:?}", shown.counts);
    engine.prove_job(&job, &tenant, &muster_engine::Silent, &muster_engine::Stop::new()).await.expect("looks");

    let again = engine.retry(&job.to_string(), Only::Held, "ada").await.expect("a plan");
    let held = engine.start(&again, JobOptions::default()).await.expect("a job");
    engine.cancel(&held.to_string(), "ada").await.expect("cancelled");
    let deadline = Some(std::time::Duration::from_secs(1));
    let late = engine.propose(world.commands(Command::DeviceQuery, 3), "ada", TENANT).await.expect("a plan");
    let late = engine.start(&late, JobOptions { deadline, ..JobOptions::default() }).await.expect("a job");
    world.clock.advance(std::time::Duration::from_secs(5));
    run(late).await.expect("a run");
    assert_eq!(engine.job(&late.to_string()).await.expect("the job").counts.expired, 3);
    assert!(*counting.seen.lock().expect("not poisoned") > 10);
}
