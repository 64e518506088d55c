//! A job in a process of its own, so that its memory and its death are its own.

use std::io::BufReader;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use muster_client::{Credentials, Dialect, Rate, Settings, connect};
use muster_engine::{
    Action, DeviceTarget, Draft, DraftItem, Engine, GuardPolicy, JobOptions, Secrets, Selection, Silent, Stop, Target,
    Tenant,
};
use muster_model::commands::Command;
use muster_model::ids::DeviceId;
use muster_store::{Database, Options, SystemClock};
use serde_json::Map;

use crate::{LANES, memory};

/// The words that make this program carry out a job, or go on with the one in a folder.
pub(crate) const START: &str = "start";
pub(crate) const RESUME: &str = "resume";

const TENANT: &str = "bench";

/// What a job took.
#[derive(Debug, serde::Serialize, serde::Deserialize)]
pub(crate) struct Took {
    pub(crate) planned: Duration,
    pub(crate) started: Duration,
    pub(crate) sent: Duration,
    /// Bytes, at most.
    pub(crate) memory: u64,
}

impl Took {
    pub(crate) fn per_second(&self, tasks: u64) -> f64 {
        tasks as f64 / self.sent.as_secs_f64()
    }
}

/// A job of so many commands, in a folder that is gone afterwards.
pub(crate) fn in_child(port: u16, tasks: u64) -> Took {
    let folder = tempfile::tempdir().expect("a folder");
    let mut child = crate::spawn(START, port, folder.path(), Some(tasks));
    let took = serde_json::from_reader(BufReader::new(child.stdout.take().expect("piped"))).expect("what it took");
    assert!(child.wait().expect("ends").success());
    took
}

/// Plans and carries out; prints what it took.
#[expect(clippy::print_stdout, reason = "the parent reads it")]
pub(crate) async fn start(words: &[String]) {
    let (port, folder, tasks) = (&words[0], Path::new(&words[1]), words[2].parse::<i64>().expect("a number"));
    let (engine, tenant) = both(port, folder).await;
    let begun = Instant::now();
    let items = (1..=tasks).map(item).collect();
    let draft = Draft { purpose: "a benchmark".to_owned(), selection: Selection::Listed, items };
    let plan = engine.propose(draft, "bench", TENANT).await.expect("a plan");
    let planned = begun.elapsed();
    let options = JobOptions { lanes: LANES, bulk: false, settle_grace: Duration::ZERO, ..JobOptions::default() };
    let job = engine.start(&plan, options).await.expect("a job");
    let started = begun.elapsed() - planned;
    drop(plan);
    let summary = engine.run(&job, &tenant, &Silent, &Stop::new()).await.expect("runs");
    let sent = begun.elapsed() - planned - started;
    assert_eq!(summary.counts.done, tasks.unsigned_abs(), "{summary:?}");
    let took = Took { planned, started, sent, memory: memory::most() };
    println!("{}", serde_json::to_string(&took).expect("JSON"));
}

/// Goes on with the only job there is.
pub(crate) async fn resume(words: &[String]) {
    let (engine, tenant) = both(&words[0], Path::new(&words[1])).await;
    let job = engine.jobs().await.expect("reads").first().expect("a job").id;
    let summary = engine.run(&job, &tenant, &Silent, &Stop::new()).await.expect("runs");
    assert_eq!(summary.counts.pending, 0, "{summary:?}");
}

fn item(number: i64) -> DraftItem {
    let device = DeviceTarget {
        id: DeviceId(number),
        serial: format!("C02XG2{number:06}"),
        name: format!("device {number}"),
        user: "ada".to_owned(),
        ..DeviceTarget::default()
    };
    let action = Action::SendCommand { command: Command::DeviceQuery, parameters: Map::new() };
    DraftItem::new(Target::Device(device), action, "a benchmark")
}

async fn both(port: &str, folder: &Path) -> (Engine, Tenant) {
    let address = format!("sqlite:{}", folder.join("journal.db").display());
    let database = Database::open(&address, Options::default()).await.expect("a database");
    let engine =
        Engine::open(database, Arc::new(SystemClock), GuardPolicy::default()).await.expect("an engine").alone();
    let credentials = Credentials::Basic {
        username: "api".to_owned(),
        password: "secret".to_owned().into(),
        tenant_code: "kQ3/zz+code==".to_owned().into(),
    };
    let url = format!("http://127.0.0.1:{port}").parse().expect("a URL");
    let settings = Settings {
        dialect: Some(Dialect::Published),
        lanes: LANES,
        rate: Rate { per_second: 1e6, burst: 100_000 },
        ..Settings::new(url, credentials)
    };
    let (client, writer) = connect(settings).await.expect("connects");
    (engine, Tenant { name: TENANT.to_owned(), client, writer, secrets: Secrets::default() })
}
