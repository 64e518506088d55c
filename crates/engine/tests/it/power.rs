//! The power is cut: at random instants the disk under the journal is cloned as it is, between two writes of its
//! blocks, while the engine goes on writing. The clone is the only disk there is from then on: its file system has to be
//! whole, everything that was acknowledged has to be there, and the job is taken up from it with the tenant as it was.
//!
//! What makes the instant exact: the line to the tenant is cut first. So every request that ever arrived had left before
//! the clone was made, and whatever the engine still writes, nobody has acted on.
//!
//! `MUSTER_TEST_CUTS` says how many images are taken.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use muster_client::{Dialect, connect};
use muster_engine::{
    Action, Draft, DraftItem, Engine, Event, GuardPolicy, JobId, JobOptions, JobState, Plan, PlanId, PlanStatus,
    Progress, Secrets, SigningKey, Stop, TaskState, Tenant, Trust,
};
use muster_model::Effect;
use muster_model::commands::Command;
use muster_store::testing::{Disk, Workshop};
use muster_store::{Database, Options, args};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};

use crate::world::{Heard, Series, TENANT, World, draft, key, send};

/// Devices of each job: so many are commanded, two of them tagged, and one more is wiped.
const COMMANDED: usize = 12;
const DEVICES: usize = COMMANDED + 1;
/// Jobs that one tenant sees: each wipes a device, and of more the tenant would hold some back.
const JOBS: usize = 8;

/// The line to the tenant. Cut, it carries nothing more to it, and nobody notices: an engine that is told that the
/// line is down would write that down, and nobody is told anything when the power goes.
struct Line {
    address: SocketAddr,
    cut: Arc<AtomicBool>,
    carrier: JoinHandle<()>,
}

impl Line {
    async fn to(tenant: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let cut = Arc::new(AtomicBool::new(false));
        let is_cut = Arc::clone(&cut);
        let carrier = tokio::spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((here, _)) = listener.accept().await {
                let there = TcpStream::connect(tenant).await.expect("the tenant is there");
                connections.spawn(carry(here, there, Arc::clone(&is_cut)));
            }
        });
        Self { address, cut, carrier }
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        self.carrier.abort();
    }
}

async fn carry(mut here: TcpStream, mut there: TcpStream, is_cut: Arc<AtomicBool>) {
    let (mut from_here, mut to_here) = here.split();
    let (mut from_there, mut to_there) = there.split();
    let requests = async {
        let mut bytes = vec![0; 16 * 1024];
        while let Ok(count @ 1..) = from_here.read(&mut bytes).await {
            if is_cut.load(Ordering::SeqCst) {
                std::future::pending::<()>().await;
            }
            if to_there.write_all(&bytes[..count]).await.is_err() {
                return;
            }
        }
    };
    tokio::select! {
        () = requests => {}
        _ = tokio::io::copy(&mut from_there, &mut to_here) => {}
    }
}

/// What somebody was told, and may rely on.
#[derive(Default)]
struct Told {
    plan: Mutex<Option<PlanId>>,
    approved: AtomicBool,
    job: Mutex<Option<JobId>>,
    heard: Heard,
}

impl Progress for Told {
    fn event(&self, event: &Event) {
        self.heard.event(event);
    }
}

/// What of it was told by an instant.
struct Known {
    plan: Option<PlanId>,
    approved: bool,
    job: Option<JobId>,
    outcomes: BTreeMap<usize, TaskState>,
}

impl Told {
    fn by_now(&self) -> Known {
        let heard = self.heard.0.lock().expect("no panic");
        let outcome = |event: &Event| match event {
            Event::Item { index, state, .. } => Some((*index, *state)),
            _ => None,
        };
        Known {
            outcomes: heard.iter().filter_map(outcome).collect(),
            job: *self.job.lock().expect("no panic"),
            approved: self.approved.load(Ordering::SeqCst),
            plan: *self.plan.lock().expect("no panic"),
        }
    }
}

async fn open(disk: &Path, signer: &SigningKey) -> (Database, Engine) {
    let address = format!("sqlite:{}", disk.join("state").join("journal.db").display());
    let database = Database::open(&address, Options::default()).await.expect("a database that can be read");
    let engine = Engine::open(database.clone(), Arc::new(muster_store::SystemClock), GuardPolicy::default()).await;
    (database, engine.expect("an engine").signed_by(signer).await.expect("signs").alone())
}

/// A job of every kind of work, for devices that no other job touches.
fn wishes(world: &World, number: usize) -> Draft {
    let first = number * DEVICES;
    let mut items: Vec<DraftItem> =
        (first..first + COMMANDED).map(|place| send(world.target(place), Command::SyncDevice)).collect();
    for place in first..first + 2 {
        let action = Action::Retag { add: vec!["Power".to_owned()], remove: Vec::new() };
        items.push(DraftItem::new(world.target(place), action, "a story"));
    }
    items.push(send(world.target(first + COMMANDED), Command::EnterpriseWipe));
    Draft { purpose: format!("job {number}"), ..draft(items) }
}

/// The plan of a job, if it is there.
async fn plan_of(engine: &Engine, number: usize) -> Option<Plan> {
    let plans = engine.plans().await.expect("plans");
    let plan = plans.iter().find(|plan| plan.purpose == format!("job {number}"))?;
    Some(engine.plan(&plan.id.to_string()).await.expect("the plan"))
}

/// What an operator does: looks what there is, and goes on from there.
async fn go_on(world: Arc<World>, engine: Engine, tenant: Tenant, number: usize, told: Arc<Told>) -> JobState {
    let plan = match plan_of(&engine, number).await {
        Some(plan) => plan,
        None => engine.propose(wishes(&world, number), "ada", TENANT).await.expect("a plan"),
    };
    *told.plan.lock().expect("no panic") = Some(plan.id);
    let job = match plan.status {
        PlanStatus::Applied { job } => job,
        _ => {
            let plan = match plan.approvals.is_empty() {
                true => world.approve(&engine, &plan.id.to_string(), "").await.expect("approved"),
                false => plan,
            };
            told.approved.store(true, Ordering::SeqCst);
            let options = JobOptions { lanes: 2, settle_grace: Duration::from_millis(30), ..JobOptions::default() };
            engine.start(&plan, options).await.expect("a job")
        }
    };
    *told.job.lock().expect("no panic") = Some(job);
    engine.run(&job, &tenant, &*told, &Stop::new()).await.expect("a run").state
}

/// Everything that was told by then, and every request that arrived, is on the disk.
async fn check(world: &World, disk: &Disk, signer: &SigningKey, number: usize, known: &Known, at: &str) {
    let (database, engine) = open(disk.path(), signer).await;
    let whole = database.fetch("pragma integrity_check", args![]).await.expect("reads");
    assert_eq!(whole[0].get::<String>("integrity_check").expect("a word"), "ok", "{at}");
    engine.verify_audit(&Trust::default()).await.unwrap_or_else(|error| panic!("{at}: {error}"));
    let plan = plan_of(&engine, number).await;
    assert!(known.plan.is_none() || plan.is_some(), "{at}: a plan was lost");
    if known.approved {
        assert!(!plan.as_ref().expect("the plan").approvals.is_empty(), "{at}: an approval was lost");
    }
    let job = match plan.as_ref().map(|plan| plan.status.clone()) {
        Some(PlanStatus::Applied { job }) => Some(job),
        _ => None,
    };
    assert!(known.job.is_none() || known.job == job, "{at}: a job was lost");
    let tasks = match &job {
        Some(job) => engine.tasks(job).await.expect("tasks"),
        None => Vec::new(),
    };
    for (index, state) in &known.outcomes {
        let found = tasks[*index].state;
        // What was unknown may be settled by now, and what was settled stays.
        assert!(found == *state || matches!(state, TaskState::Unknown | TaskState::Pending), "{at}: {found} {state}");
    }
    let first = number * DEVICES;
    for ((device, command), count) in world.effects().await {
        let Some(place) = world.devices.iter().position(|known| known.id.0.0 == device) else { continue };
        if !(first..first + DEVICES).contains(&place) {
            continue;
        }
        assert_eq!(count, 1, "{at}: {command} for {device} was sent twice");
        let task = tasks.get(if place - first == COMMANDED { COMMANDED + 2 } else { place - first });
        let state = task.map(|task| task.state);
        assert!(state.is_some_and(|state| state != TaskState::Pending), "{at}: {command} had left, and is {state:?}");
    }
    database.close().await;
}

/// Lives from one power cut to the next until the job is through; answers how many images there were, and the last.
async fn live(
    world: &Arc<World>,
    mut disk: Disk,
    signer: &SigningKey,
    number: usize,
    series: &mut Series,
) -> (usize, Disk) {
    let tenant: SocketAddr = world.uem.url.socket_addrs(|| None).expect("an address")[0];
    for cuts in 1.. {
        let line = Line::to(tenant).await;
        let mut settings = world.settings();
        settings.url = format!("http://{}", line.address).parse().expect("an address");
        settings.retry.attempts = 1;
        let (client, writer) = connect(settings).await.expect("a connection");
        let tenant = Tenant { name: TENANT.to_owned(), client, writer, secrets: Secrets::default() };
        let told = Arc::new(Told::default());
        let (_database, engine) = open(disk.path(), signer).await;
        let life = tokio::spawn(go_on(Arc::clone(world), engine, tenant, number, Arc::clone(&told)));
        // A machine that has much else to do comes less far in the same time.
        let longest = 60_000 + 3_000 * cuts as u64;
        tokio::time::sleep(Duration::from_micros(series.next(longest))).await;

        // What ends after this may end after the image as well.
        let through = life.is_finished();
        let known = told.by_now();
        line.cut.store(true, Ordering::SeqCst);
        let (image, was) = tokio::task::spawn_blocking(move || (disk.power_cut(), disk)).await.expect("no panic");
        life.abort();
        let ended = life.await;
        drop(was);

        disk = image.expect("an image").power_on().expect("a file system that is whole");
        let at = format!("job {number}, image {cuts}");
        check(world, &disk, signer, number, &known, &at).await;
        match ended {
            Ok(JobState::Finished) if through => return (cuts, disk),
            // The line was cut before the end, or the run was aborted.
            Ok(_) => {}
            Err(error) => assert!(error.is_cancelled(), "{at}: {error}"),
        }
        assert!(cuts < 200, "the job does not end");
    }
    unreachable!("some life comes to the end")
}

/// What must be true of a job in the end.
async fn settle(world: &World, disk: &Disk, signer: &SigningKey, number: usize) {
    let (database, engine) = open(disk.path(), signer).await;
    let plan = plan_of(&engine, number).await.expect("the plan");
    let PlanStatus::Applied { job } = plan.status else { panic!("{:?}", plan.status) };
    let effects = world.effects().await;
    for task in engine.tasks(&job).await.expect("tasks") {
        let at = format!("job {number}: {task:?}");
        let muster_engine::Target::Device(device) = &task.target else { panic!("{at}") };
        let sent = |command: &Command| effects.get(&(device.id.0, command.to_string())).copied().unwrap_or(0);
        match (task.action.effect(), task.state, task.action.command()) {
            (_, TaskState::Done, Some(command)) => assert_eq!(sent(&command), 1, "{at}"),
            (_, TaskState::Done, None) => {
                let tags = world.client().await.device(device.id).await.expect("a device").tags.unwrap_or_default();
                assert!(tags.contains(&"Power".to_owned()), "{at}");
            }
            // A wipe that did not arrive is told, and not sent again.
            (Effect::Destroy, TaskState::Failed, Some(command)) => {
                assert_eq!((sent(&command), task.class.as_deref()), (0, Some("not-arrived")), "{at}");
            }
            _ => panic!("{at}"),
        }
    }
    database.close().await;
}

#[allow(clippy::disallowed_methods, reason = "how long the test runs is said by whoever runs it")]
fn wanted() -> usize {
    std::env::var("MUSTER_TEST_CUTS").ok().and_then(|text| text.parse().ok()).unwrap_or(60)
}

async fn cut_power(dialect: Dialect, seed: u64) {
    let workshop = match Workshop::shared().expect("a machine for proofs has disks") {
        Ok(workshop) => workshop,
        Err(why) => return drop(writeln!(std::io::stderr(), "skipped: {why}")),
    };
    let mut series = Series(seed);
    let signer = key("audit");
    let (mut cuts, mut jobs) = (0, 0);
    while cuts < wanted() / 2 {
        let world = Arc::new(World::speaking(dialect, (JOBS * DEVICES) as u32).await);
        let mut disk = workshop.disk(24).expect("a disk");
        for number in 0..JOBS {
            let (more, after) = live(&world, disk, &signer, number, &mut series).await;
            settle(&world, &after, &signer, number).await;
            disk = after;
            (cuts, jobs) = (cuts + more, jobs + 1);
            if cuts >= wanted() / 2 {
                break;
            }
        }
    }
    let _ = writeln!(std::io::stderr(), "{dialect}: {cuts} crash images of {jobs} jobs, each resumed");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_power_cut_loses_nothing_that_was_acknowledged() {
    cut_power(Dialect::Guide, 0x9e37_79b9_7f4a_7c15).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_power_cut_loses_nothing_where_many_go_in_one_call() {
    cut_power(Dialect::Published, 0xbf58_476d_1ce4_e5b9).await;
}
