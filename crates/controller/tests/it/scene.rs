//! Where the stories play: a tenant, a database, a clock, and controllers over them.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use muster_client::{Credentials, RetrySettings};
use muster_controller::notify::Channel;
use muster_controller::schedule::{Declared, Workflow};
use muster_controller::{Connect, Controller, Parts, Settings, Tick};
use muster_engine::{Engine, GuardPolicy, Secrets, Tenant};
use muster_store::testing::Postgres;
use muster_store::{Clock, Database, ManualClock, Options, Row, Value};
use muster_uem::Running;

pub(crate) const MINUTE: Duration = Duration::from_secs(60);
pub(crate) const QUARTER: Duration = Duration::from_secs(15 * 60);

/// One story's world.
pub(crate) struct Scene {
    pub(crate) uem: Running,
    pub(crate) clock: ManualClock,
    pub(crate) database: Database,
    pub(crate) engine: Engine,
    /// Whether controllers sign in with the right password.
    pub(crate) password_is_right: Arc<AtomicBool>,
    folder: tempfile::TempDir,
}

impl Scene {
    /// With rows in a SQLite file.
    pub(crate) async fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let url = format!("sqlite:{}", folder.path().join("muster.db").display());
        Self::over(&url, folder).await
    }

    /// One scene for each database that this machine has.
    pub(crate) async fn everywhere() -> Vec<Self> {
        let mut scenes = vec![Self::new().await];
        if let Some(server) = Postgres::shared().expect("PostgreSQL starts where it is installed") {
            let url = server.database().await.expect("a database");
            scenes.push(Self::over(&url, tempfile::tempdir().expect("a folder")).await);
        }
        scenes
    }

    async fn over(url: &str, folder: tempfile::TempDir) -> Self {
        // The day on which a tenant in memory begins.
        let clock = ManualClock::at("2026-01-05T08:00:00Z".parse().expect("a timestamp"));
        let settings = muster_uem::Settings { clock: Arc::new(clock.clone()), ..muster_uem::Settings::in_memory() };
        let uem = muster_uem::start(settings).await.expect("the tenant starts");
        let database = Database::open(url, Options { durable: false, readers: 2, ..Options::default() })
            .await
            .expect("a database");
        let engine = Engine::open(database.clone(), Arc::new(clock.clone()), GuardPolicy::default()).await;
        let engine = engine.expect("an engine");
        Self { uem, clock, database, engine, password_is_right: Arc::new(AtomicBool::new(true)), folder }
    }

    /// A controller with one schedule every quarter of an hour.
    pub(crate) async fn controller(&self, name: &str, apply: bool) -> Controller {
        self.controller_with(self.settings(name, apply), Vec::new()).await
    }

    pub(crate) fn settings(&self, name: &str, apply: bool) -> Settings {
        let schedule = Declared { name: "compliance".into(), workflow: Workflow::Compliance, every: QUARTER, apply };
        Settings {
            schedules: vec![schedule],
            state_folder: Some(self.folder.path().join("state")),
            ..Settings::new("acme", name)
        }
    }

    pub(crate) async fn controller_with(&self, settings: Settings, channels: Vec<Arc<dyn Channel>>) -> Controller {
        let parts = Parts {
            database: self.database.clone(),
            clock: Arc::new(self.clock.clone()),
            engine: self.engine.clone(),
            connect: Arc::new(self.connector()),
            channels,
            settings,
        };
        Controller::open(parts).await.expect("a controller")
    }

    pub(crate) fn connector(&self) -> Connector {
        let ready = &self.uem.ready;
        Connector {
            url: ready.url.clone(),
            username: ready.username.clone(),
            password: ready.password.clone(),
            tenant_code: ready.tenant_code.clone(),
            password_is_right: Arc::clone(&self.password_is_right),
        }
    }

    /// Lets time pass, also for the devices.
    pub(crate) async fn pass(&self, time: Duration) {
        self.clock.advance(time);
        self.uem.step(Duration::ZERO).await.expect("the fleet lives");
    }

    pub(crate) async fn tick(&self, controller: &Controller) -> Tick {
        controller.tick(self.clock.now()).await.expect("a tick")
    }

    /// Rows of the controller, looked at behind its back.
    pub(crate) async fn rows(&self, sql: &'static str) -> Vec<Row> {
        self.database.fetch(sql, Vec::new()).await.expect("rows")
    }

    pub(crate) async fn number(&self, sql: &'static str) -> i64 {
        self.rows(sql).await[0].get("number").expect("a number")
    }

    pub(crate) async fn execute(&self, sql: &'static str, values: Vec<Value>) {
        self.database.execute(sql, values).await.expect("written");
    }

    /// How many commands have reached the tenant.
    pub(crate) async fn commands(&self) -> u64 {
        self.uem.effects().await.expect("effects").iter().map(|effect| effect.count).sum()
    }

    /// No answer of the tenant is one, until the faults are cleared.
    pub(crate) fn lose_the_tenant(&self) {
        self.uem.faults().fail_with(503, 1_000_000);
    }
}

/// Connects as the program would, but without patience: the faults of a story are meant to be seen.
pub(crate) struct Connector {
    url: String,
    username: String,
    password: String,
    tenant_code: String,
    password_is_right: Arc<AtomicBool>,
}

#[async_trait]
impl Connect for Connector {
    async fn connect(&self) -> Result<Tenant, muster_client::Error> {
        let password = if self.password_is_right.load(Ordering::SeqCst) { self.password.clone() } else { "no".into() };
        let credentials = Credentials::Basic {
            username: self.username.clone(),
            password: password.into(),
            tenant_code: self.tenant_code.clone().into(),
        };
        let url = self.url.parse().expect("a URL");
        let mut settings = muster_client::Settings::new(url, credentials);
        settings.retry = RetrySettings { attempts: 1, ..RetrySettings::default() };
        settings.rate.per_second = 10_000.0;
        settings.rate.burst = 10_000;
        let (client, writer) = muster_client::connect(settings).await?;
        Ok(Tenant { name: "acme".into(), client, writer, secrets: Secrets::default() })
    }
}
