//! The stage of every story: a tenant with a fleet that lives while it is stepped, a client of it, and an
//! engine that carries drafts out.

use std::sync::Arc;
use std::time::Duration;

use muster_client::{Client, Credentials, Dialect, Rate};
use muster_engine::{
    Draft, Engine, GuardPolicy, JobId, JobOptions, Plan, Role, Secrets, SigningKey, Silent, Stop, Task, TaskState,
    Tenant,
};
use muster_store::{Database, ManualClock, Options};
use muster_uem::Running;
use secrecy::SecretString;

pub(crate) struct Stage {
    pub(crate) uem: Running,
    pub(crate) client: Client,
    engine: Engine,
    tenant: Tenant,
    /// The key of somebody who may approve everything.
    grace: SigningKey,
}

impl Stage {
    pub(crate) async fn new(dialect: Dialect, devices: u32) -> Self {
        let uem = muster_uem::start(muster_uem::Settings { devices, ..muster_uem::Settings::in_memory() })
            .await
            .expect("the tenant starts");
        let credentials = Credentials::Basic {
            username: uem.ready.username.clone(),
            password: uem.ready.password.clone().into(),
            tenant_code: uem.ready.tenant_code.clone().into(),
        };
        let settings = muster_client::Settings {
            dialect: Some(dialect),
            rate: Rate { per_second: 10_000.0, burst: 10_000 },
            lanes: 16,
            ..muster_client::Settings::new(uem.url.clone(), credentials)
        };
        let (client, writer) = muster_client::connect(settings).await.expect("connects");
        let database = Database::open("sqlite::memory:", Options::default()).await.expect("opens");
        let clock = Arc::new(ManualClock::at(uem.now()));
        let engine = Engine::open(database, clock, GuardPolicy::default()).await.expect("opens");
        let tenant = Tenant { name: "rehearsal".into(), client: client.clone(), writer, secrets: Secrets::default() };
        let grace = SigningKey::generate("grace").expect("a key");
        Self { uem, client, engine, tenant, grace }
    }

    /// Proposes and runs a draft.
    pub(crate) async fn run(&self, draft: Draft) -> (Plan, Vec<Task>) {
        let plan = self.engine.propose(draft, "story", "rehearsal").await.expect("is let through");
        let job = self.engine.start(&plan, JobOptions::default()).await.expect("starts");
        self.engine.run(&job, &self.tenant, &Silent, &Stop::new()).await.expect("runs");
        let tasks = self.engine.tasks(&job).await.expect("has tasks");
        assert_eq!(tasks.len(), plan.items.len());
        (plan, tasks)
    }

    /// The same for what waits for somebody else's word, which it gets.
    pub(crate) async fn run_approved(&self, draft: Draft) -> (JobId, Vec<Task>) {
        let (engine, grace) = (&self.engine, &self.grace);
        let plan = engine.propose(draft, "story", "rehearsal").await.expect("is let through");
        if engine.approvers().await.expect("reads").is_empty() {
            engine.add_approver(grace.public(), &Role::ALL, &[], grace, "grace").await.expect("the first one");
        }
        engine.approve(&plan.id.to_string(), grace, "a story").await.expect("approves");
        let job = self.engine.start(&plan, JobOptions::default()).await.expect("starts");
        self.engine.run(&job, &self.tenant, &Silent, &Stop::new()).await.expect("runs");
        (job, self.engine.tasks(&job).await.expect("has tasks"))
    }

    /// Looks what became of a job's commands.
    pub(crate) async fn prove(&self, job: &JobId) {
        self.engine.prove_job(job, &self.tenant, &Silent, &Stop::new()).await.expect("looks");
    }

    /// Hands the run the passwords of new users.
    pub(crate) fn keep_secrets(&mut self, secrets: Vec<(String, SecretString)>) {
        self.tenant.secrets = secrets.into_iter().collect();
    }

    /// Lets the fleet live for some hours.
    pub(crate) async fn hours(&self, hours: u64) {
        for _ in 0..hours {
            self.uem.step(Duration::from_secs(3600)).await.expect("steps");
        }
    }
}

/// How many tasks are in a state.
pub(crate) fn count(tasks: &[Task], state: TaskState) -> usize {
    tasks.iter().filter(|task| task.state == state).count()
}

/// The cells of one column.
pub(crate) fn column<'a>(report: &'a muster_engine::Report, name: &str) -> Vec<&'a str> {
    let at = report.columns.iter().position(|column| column == name).expect("has the column");
    report.rows.iter().map(|row| row[at].as_str()).collect()
}
