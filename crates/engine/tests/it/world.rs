//! A tenant, a database and an engine for one story.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::Timestamp;
use muster_client::{Client, Credentials, DeviceFilter, Dialect, Rate, RetrySettings, Settings, connect};
use muster_engine::{
    Action, Counts, Draft, DraftItem, Engine, Error, Event, GuardPolicy, JobId, JobOptions, JobSummary, Plan, Progress,
    Role, Secrets, Selection, SigningKey, Stop, Surroundings, Target, Task, Tenant,
};
use muster_model::commands::Command;
use muster_model::devices::Device;
use muster_model::words::EnrollmentStatus;
use muster_store::{Clock, Database, Options, SystemClock};
use muster_uem::Running;
use serde_json::Map;

/// The time of day, moved forward by as much as a story wants.
#[derive(Clone, Default)]
pub(crate) struct Skewed(Arc<AtomicU64>);

impl Skewed {
    pub(crate) fn advance(&self, by: Duration) {
        self.0.fetch_add(by.as_micros() as u64, Ordering::SeqCst);
    }
}

impl Clock for Skewed {
    fn now(&self) -> Timestamp {
        SystemClock.now() + Duration::from_micros(self.0.load(Ordering::SeqCst))
    }
}

pub(crate) const TENANT: &str = "test";

pub(crate) struct World {
    pub(crate) uem: Running,
    pub(crate) clock: Skewed,
    pub(crate) engine: Engine,
    pub(crate) devices: Vec<Device>,
    pub(crate) dialect: Dialect,
    /// The handle that `engine` works with.
    pub(crate) database: Database,
    /// The key of somebody who may approve everything.
    pub(crate) grace: SigningKey,
    address: String,
    _folder: tempfile::TempDir,
}

impl World {
    /// A tenant in the guide dialect and an engine over a file.
    pub(crate) async fn new(devices: u32) -> Self {
        Self::speaking(Dialect::Guide, devices).await
    }

    pub(crate) async fn speaking(dialect: Dialect, devices: u32) -> Self {
        Self::over(None, dialect, devices).await
    }

    /// An engine over a database on a server, or over a file.
    pub(crate) async fn over(server: Option<String>, dialect: Dialect, devices: u32) -> Self {
        // The tenant's `Date` header is real time, so its clock has to be real too.
        let settings = muster_uem::Settings {
            devices: devices + devices / 4 + 10,
            clock: Arc::new(SystemClock),
            ..muster_uem::Settings::in_memory()
        };
        let clock = Skewed::default();
        let uem = muster_uem::start(settings).await.expect("a tenant");
        let folder = tempfile::tempdir().expect("a folder");
        let address = server.unwrap_or_else(|| format!("sqlite:{}", folder.path().join("journal.db").display()));
        let database = Database::open(&address, Options::default()).await.expect("a database");
        let engine = engine(&database, &clock).await;
        let mut world = Self {
            uem,
            clock,
            engine,
            devices: Vec::new(),
            dialect,
            database,
            grace: key("grace"),
            address,
            _folder: folder,
        };
        // Some devices of a fleet are not enrolled, and take no commands.
        world.devices = world.client().await.devices(&DeviceFilter::default()).await.expect("devices");
        world.devices.retain(|device| device.enrollment_status == EnrollmentStatus::Enrolled);
        world.devices.truncate(devices as usize);
        assert_eq!(world.devices.len(), devices as usize);
        world
    }

    /// Another engine over the same database, as another process would have it.
    pub(crate) async fn reopen(&self) -> Engine {
        let database = Database::open(&self.address, Options::default()).await.expect("the database");
        engine(&database, &self.clock).await
    }

    /// Time passes, here and at the tenant, whose devices live up to it.
    pub(crate) async fn advance(&self, by: Duration) {
        self.clock.advance(by);
        self.uem.step(by).await.expect("a step");
    }

    pub(crate) async fn tenant(&self) -> Tenant {
        let (client, writer) = connect(self.settings()).await.expect("a connection");
        Tenant { name: TENANT.to_owned(), client, writer, secrets: Secrets::default() }
    }

    pub(crate) async fn client(&self) -> Client {
        self.tenant().await.client
    }

    pub(crate) fn settings(&self) -> Settings {
        let ready = &self.uem.ready;
        let credentials = Credentials::Basic {
            username: ready.username.clone(),
            password: ready.password.clone().into(),
            tenant_code: ready.tenant_code.clone().into(),
        };
        Settings {
            dialect: Some(self.dialect),
            rate: Rate { per_second: 100_000.0, burst: 10_000 },
            lanes: 32,
            retry: RetrySettings {
                base: Duration::from_millis(1),
                cap: Duration::from_millis(5),
                ..RetrySettings::default()
            },
            ..Settings::new(self.uem.url.clone(), credentials)
        }
    }

    /// The target of the device at that place.
    pub(crate) fn target(&self, place: usize) -> Target {
        Target::Device((&self.devices[place]).into())
    }

    /// One command for each of the first devices.
    pub(crate) fn commands(&self, command: Command, count: usize) -> Draft {
        let items = (0..count).map(|place| send(self.target(place), command)).collect();
        draft(items)
    }

    pub(crate) async fn propose(&self, draft: Draft) -> Plan {
        self.engine.propose(draft, "ada", TENANT).await.expect("a plan")
    }

    /// Approves a plan as grace, who is made an approver if there is none.
    pub(crate) async fn approve(&self, engine: &Engine, id: &str, note: &str) -> Result<Plan, Error> {
        if engine.approvers().await?.is_empty() {
            engine.add_approver(self.grace.public(), &Role::ALL, &[], &self.grace, "grace").await?;
        }
        engine.approve(id, &self.grace, note).await
    }

    /// Proposes and starts.
    pub(crate) async fn start(&self, draft: Draft, options: JobOptions) -> JobId {
        let plan = self.propose(draft).await;
        self.engine.start(&plan, options).await.expect("a job")
    }

    /// The plan that takes a job back, with what the tenant says now.
    pub(crate) async fn undo(&self, job: &JobId) -> Plan {
        let draft = self.engine.undo_draft(&job.to_string()).await.expect("a draft");
        let seen = self.engine.look(&self.client().await, &draft).await;
        let plan = self.engine.undo_knowing(&job.to_string(), "ada", Surroundings::default(), Some(&seen)).await;
        plan.expect("a plan")
    }

    /// Runs a job to wherever it gets.
    pub(crate) async fn run(&self, job: &JobId) -> JobSummary {
        let tenant = self.tenant().await;
        self.engine.run(job, &tenant, &Heard::default(), &Stop::new()).await.expect("a run")
    }

    pub(crate) async fn tasks(&self, job: &JobId) -> Vec<Task> {
        self.engine.tasks(job).await.expect("tasks")
    }

    /// How often each device was sent each command since the story began.
    /// The ledger is about commands only.
    pub(crate) async fn effects(&self) -> BTreeMap<(i64, String), u64> {
        let effects = self.uem.effects().await.expect("effects");
        effects.into_iter().map(|effect| ((effect.device_id, effect.command), effect.count)).collect()
    }
}

async fn engine(database: &Database, clock: &Skewed) -> Engine {
    let engine =
        Engine::open(database.clone(), Arc::new(clock.clone()), GuardPolicy::default()).await.expect("an engine");
    engine.signed_by(&key("audit")).await.expect("signs")
}

pub(crate) fn key(name: &str) -> SigningKey {
    SigningKey::generate(name).expect("a key")
}

pub(crate) fn send(target: Target, command: Command) -> DraftItem {
    DraftItem::new(target, Action::SendCommand { command, parameters: Map::new() }, "a story")
}

pub(crate) fn draft(items: Vec<DraftItem>) -> Draft {
    Draft { purpose: "a story".to_owned(), selection: Selection::Listed, items }
}

/// Options without the wait that only a real tenant needs.
pub(crate) fn at_once() -> JobOptions {
    JobOptions { settle_grace: Duration::ZERO, ..JobOptions::default() }
}

pub(crate) fn counts(done: u64, failed: u64, unknown: u64, pending: u64) -> Counts {
    Counts { done, failed, unknown, pending, ..Counts::default() }
}

/// A series that looks random and is the same every time.
pub(crate) struct Series(pub(crate) u64);

impl Series {
    pub(crate) fn next(&mut self, below: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % below
    }
}

/// Remembers what a run told.
#[derive(Default)]
pub(crate) struct Heard(pub(crate) Mutex<Vec<Event>>);

impl Progress for Heard {
    fn event(&self, event: &Event) {
        self.0.lock().expect("no panic").push(event.clone());
    }
}
