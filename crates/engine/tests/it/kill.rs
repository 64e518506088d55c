//! The process dies: at every append to the journal, on either side of it, and anywhere in between.
//! Afterwards the job is taken up again, and nothing may be lost and nothing doubled.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use muster_client::Dialect;
use muster_engine::{
    Action, Append, Draft, DraftItem, Engine, Error, JobId, JobOptions, JobState, Moment, Password, PlanStatus, Seam,
    Stop, Target, Task, TaskState, Trust,
};
use muster_model::commands::Command;
use muster_model::ids::UserGroupId;
use muster_model::users::UserEdit;
use muster_store::testing::Postgres;
use muster_uem::On;
use tokio::sync::Notify;

use crate::world::{Heard, TENANT, World, draft, send};

/// Never returns from one of the points that it is told of.
struct Killer {
    point: usize,
    reached: AtomicUsize,
    dead: Notify,
}

impl Killer {
    fn at(point: usize) -> Arc<Self> {
        Arc::new(Self { point, reached: AtomicUsize::new(0), dead: Notify::new() })
    }
}

#[async_trait]
impl Seam for Killer {
    async fn reached(&self, _append: Append, _moment: Moment) {
        if self.reached.fetch_add(1, Ordering::SeqCst) == self.point {
            self.dead.notify_one();
            std::future::pending::<()>().await;
        }
    }
}

fn options() -> JobOptions {
    // Few lanes make many groups. The grace lets a request that was on its way be seen.
    JobOptions { lanes: 2, settle_grace: Duration::from_millis(60), ..JobOptions::default() }
}

/// One of each kind: commands, a wipe, tags, and a user who is created and joins a group.
fn wishes(world: &World, group: UserGroupId) -> Draft {
    let mut items = world.commands(Command::SyncDevice, 5).items;
    items.push(send(world.target(5), Command::EnterpriseWipe));
    for place in 6..8 {
        let action = Action::Retag { add: vec!["Pilot".to_owned()], remove: Vec::new() };
        items.push(DraftItem::new(world.target(place), action, "a story"));
    }
    let user = |name: &str| Target::User { name: name.to_owned(), id: None };
    let edit = UserEdit {
        user_name: "kill.story".to_owned(),
        first_name: Some("Kill".to_owned()),
        last_name: Some("Story".to_owned()),
        email: Some("kill.story@example.com".to_owned()),
        ..UserEdit::default()
    };
    let create = Action::CreateUser { user: edit, password: Password::Generated };
    items.push(DraftItem::new(user("kill.story"), create, "a story"));
    let join = Action::JoinUserGroup { group, group_name: "a group".to_owned() };
    let after = Some(items.len() - 1);
    items.push(DraftItem { after, ..DraftItem::new(user("kill.story"), join, "a story") });
    draft(items)
}

/// What an operator does until the job is at its end: look what there is, and go on from there.
async fn go_on(world: &World, engine: &Engine, group: UserGroupId) -> Result<JobId, Error> {
    let plan = match engine.plans().await?.first() {
        Some(plan) => engine.plan(&plan.id.to_string()).await?,
        None => engine.propose(wishes(world, group), "ada", TENANT).await?,
    };
    let job = match plan.status {
        PlanStatus::Applied { job } => job,
        _ => {
            let plan = match plan.approvals.is_empty() {
                true => world.approve(engine, &plan.id.to_string(), "").await?,
                false => plan,
            };
            engine.start(&plan, options()).await?
        }
    };
    engine.run(&job, &world.tenant().await, &Heard::default(), &Stop::new()).await?;
    Ok(job)
}

/// What must be true at the end, whatever happened on the way.
async fn check(world: &World, job: JobId, group: UserGroupId, at: &str) {
    let tasks = world.tasks(&job).await;
    let detail = world.engine.job(&job.to_string()).await.expect("the job");
    assert_eq!(detail.state, JobState::Finished, "{at}: {detail:?}");
    let effects = world.effects().await;
    let sent = |task: &Task| {
        let (Target::Device(device), Some(command)) = (&task.target, task.action.command()) else { return None };
        Some(effects.get(&(device.id.0, command.to_string())).copied().unwrap_or(0))
    };
    for task in &tasks {
        let at = format!("{at}: {task:?}");
        match (task.action.effect(), task.state) {
            (_, TaskState::Done) => assert_eq!(sent(task).unwrap_or(1), 1, "{at}"),
            // A wipe that did not arrive is not sent again.
            (muster_model::Effect::Destroy, TaskState::Failed) => {
                assert_eq!((sent(task), task.class.as_deref()), (Some(0), Some("not-arrived")), "{at}");
            }
            _ => panic!("{at}"),
        }
    }
    let client = world.client().await;
    for place in 6..8 {
        let tags = client.device(world.devices[place].id.0).await.expect("a device").tags.unwrap_or_default();
        assert!(tags.contains(&"Pilot".to_owned()), "{at}");
    }
    let users = client.users(Some("kill.story")).await.expect("users");
    assert_eq!(users.len(), 1, "{at}");
    let members = client.user_group_members(group).await.expect("members");
    assert_eq!(members.iter().filter(|name| *name == "kill.story").count(), 1, "{at}");
    world.engine.verify_audit(&Trust::default()).await.expect("the audit holds");
}

/// Orders the trouble that a bad day brings.
fn trouble(world: &World) {
    let writes = world.uem.faults().on(On::Writes);
    writes.lose_answers(1);
    writes.fail_with(503, 1);
    writes.fail_after(500, 1);
    writes.throttle(1, Some(Duration::ZERO));
    writes.lose_answers(1);
    writes.fail_with(500, 1);
}

async fn group_of(world: &World) -> UserGroupId {
    world.client().await.user_groups(None).await.expect("groups").first().expect("one").id
}

/// Tells the story once per point until it is through before it is killed; answers how many there were.
async fn kill_at_every_append(dialect: Dialect, faults: bool, server: Option<&Postgres>) -> usize {
    // Over a server every fourth point has to do; what differs is the database, not the journal.
    for point in (0..).step_by(if server.is_some() { 4 } else { 1 }) {
        let address = match server {
            Some(server) => Some(server.database().await.expect("a database")),
            None => None,
        };
        let world = World::over(address, dialect, 8).await;
        let group = group_of(&world).await;
        if faults {
            trouble(&world);
        }
        let killer = Killer::at(point);
        let engine = world.reopen().await.with_seam(Arc::clone(&killer) as Arc<dyn Seam>);
        let finished = tokio::select! {
            job = go_on(&world, &engine, group) => Some(job.expect("a job")),
            () = killer.dead.notified() => None,
        };
        drop(engine);
        let through = finished.is_some();
        let job = match finished {
            Some(job) => job,
            None => {
                // The lease of the dead run has to be out.
                world.advance(Duration::from_secs(10)).await;
                let engine = world.reopen().await;
                go_on(&world, &engine, group).await.expect("a job")
            }
        };
        check(&world, job, group, &format!("{dialect}, faults {faults}, killed at point {point}")).await;
        world.uem.stop().await;
        if through {
            return point;
        }
    }
    unreachable!("some run is through before it is killed")
}

#[tokio::test]
async fn killed_at_every_append_on_a_good_day() {
    let points = kill_at_every_append(Dialect::Guide, false, None).await;
    assert!(points > 20, "{points}");
}

#[tokio::test]
async fn killed_at_every_append_on_a_bad_day() {
    let points = kill_at_every_append(Dialect::Guide, true, None).await;
    assert!(points > 20, "{points}");
}

#[tokio::test]
async fn killed_at_every_append_in_the_published_dialect() {
    kill_at_every_append(Dialect::Published, true, None).await;
}

#[tokio::test]
async fn killed_at_every_append_over_a_server() {
    match Postgres::shared().expect("an installed PostgreSQL starts") {
        Some(server) => drop(kill_at_every_append(Dialect::Guide, true, Some(server)).await),
        None => tracing::warn!("skipped: no PostgreSQL here"),
    }
}

/// Not at an append but anywhere: between the bytes of a request, while an answer is read.
#[tokio::test]
async fn killed_at_any_moment_and_again_and_again() {
    let world = World::new(60).await;
    let job = world.start(world.commands(Command::SyncDevice, 60), options()).await;
    let faults = world.uem.faults().on(On::Writes);
    faults.lose_answers(3);
    faults.fail_with(503, 3);
    // A fixed series that looks like none: moments from 1 to 30 ms.
    let moments = (1..=25_u64).map(|step| step * step * 7 % 30 + 1);
    for moment in moments {
        let engine = world.reopen().await;
        let tenant = world.tenant().await;
        let (heard, stop) = (Heard::default(), Stop::new());
        let run = engine.run(&job, &tenant, &heard, &stop);
        let _killed = tokio::time::timeout(Duration::from_millis(moment), run).await;
        world.advance(Duration::from_secs(10)).await;
    }
    let engine = world.reopen().await;
    let summary = engine.run(&job, &world.tenant().await, &Heard::default(), &Stop::new()).await.expect("a run");
    assert_eq!((summary.state, summary.counts.done), (JobState::Finished, 60));
    let effects = world.effects().await;
    for device in &world.devices {
        assert_eq!(effects[&(device.id.0.0, "SyncDevice".to_owned())], 1);
    }
}
