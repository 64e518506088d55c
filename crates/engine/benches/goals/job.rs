//! A job in a process of its own, so that its memory and its death are its own.

use std::io::BufReader;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use muster_client::{Credentials, Dialect, Rate, Settings, connect};
use muster_engine::{
    Action, DeviceTarget, DraftItem, Engine, GuardPolicy, JobOptions, Secrets, Selection, Silent, Stop, Surroundings,
    Target, TaskState, Tenant,
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

/// What a phase of a job took.
#[derive(Debug, Clone, Copy, serde::Serialize, serde::Deserialize)]
pub(crate) struct Phase {
    pub(crate) time: Duration,
    /// Of processors, by this process.
    pub(crate) processor: Duration,
    /// Bytes, at most.
    pub(crate) memory: u64,
}

impl Phase {
    /// For each of so many tasks: microseconds that passed, and those of processors.
    pub(crate) fn per_task(&self, tasks: u64) -> (f64, f64) {
        let each = |time: Duration| time.as_secs_f64() * 1e6 / tasks as f64;
        (each(self.time), each(self.processor))
    }
}

/// What a job took.
#[derive(Debug, serde::Serialize, serde::Deserialize)]
pub(crate) struct Took {
    pub(crate) planned: Phase,
    pub(crate) started: Phase,
    pub(crate) sent: Phase,
    /// Every task read for a report.
    pub(crate) reported: Phase,
}

impl Took {
    pub(crate) fn per_second(&self, tasks: u64) -> f64 {
        tasks as f64 / self.sent.time.as_secs_f64()
    }

    /// Bytes, at most.
    pub(crate) fn memory(&self) -> u64 {
        self.phases().into_iter().map(|(_, phase)| phase.memory).max().unwrap_or_default()
    }

    pub(crate) fn phases(&self) -> [(&'static str, Phase); 4] {
        [("plan", self.planned), ("start", self.started), ("run", self.sent), ("report", self.reported)]
    }
}

/// Measures one phase after the other.
struct Watch {
    begun: Instant,
    processor: Duration,
}

impl Watch {
    fn new() -> Self {
        memory::forget();
        Self { begun: Instant::now(), processor: memory::processor() }
    }

    fn phase(&mut self) -> Phase {
        let processor = memory::processor().saturating_sub(self.processor);
        let phase = Phase { time: self.begun.elapsed(), processor, memory: memory::most() };
        *self = Self::new();
        phase
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

/// The time to the last of ten commands to devices from `first` on, in a folder where another job may be running.
pub(crate) fn ten_in(folder: &Path, port: u16, first: u64) -> Duration {
    let program = std::env::current_exe().expect("a program");
    let mut command = std::process::Command::new(program);
    command.args([START, &port.to_string()]).arg(folder).args(["10", &first.to_string()]);
    let output = command.output().expect("runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let took: Took = serde_json::from_slice(&output.stdout).expect("what it took");
    took.planned.time + took.started.time + took.sent.time
}

/// Plans and carries out; prints what it took.
#[expect(clippy::print_stdout, reason = "the parent reads it")]
pub(crate) async fn start(words: &[String]) {
    let (port, folder, tasks) = (&words[0], Path::new(&words[1]), words[2].parse::<i64>().expect("a number"));
    let first = words.get(3).map_or(1, |first| first.parse().expect("a number"));
    let (engine, tenant) = both(port, folder).await;
    let mut watch = Watch::new();
    let about = ("a benchmark".to_owned(), Selection::Listed);
    let plan = engine.propose_each(about, (first..first + tasks).map(item), "bench", TENANT, Surroundings::default());
    let plan = plan.await.expect("a plan");
    let planned = watch.phase();
    let options = JobOptions { lanes: LANES, bulk: false, settle_grace: Duration::ZERO, ..JobOptions::default() };
    let job = engine.start(&plan, options).await.expect("a job");
    let started = watch.phase();
    let summary = engine.run(&job, &tenant, &Silent, &Stop::new()).await.expect("runs");
    let sent = watch.phase();
    assert_eq!(summary.counts.done, tasks.unsigned_abs(), "{summary:?}");
    let (mut beyond, mut done) = (None, 0);
    loop {
        let page = engine.task_page(&job, beyond).await.expect("reads");
        let Some(last) = page.last() else { break };
        beyond = Some(last.index);
        done += page.iter().filter(|task| task.state == TaskState::Done).count() as u64;
    }
    let reported = watch.phase();
    assert_eq!(done, tasks.unsigned_abs(), "every task is in the report");
    println!("{}", serde_json::to_string(&Took { planned, started, sent, reported }).expect("JSON"));
}

/// Goes on with the only job there is; prints the most bytes it had.
#[expect(clippy::print_stdout, reason = "the parent reads it")]
pub(crate) async fn resume(words: &[String]) {
    let (engine, tenant) = both(&words[0], Path::new(&words[1])).await;
    let job = engine.jobs().await.expect("reads").first().expect("a job").id;
    let summary = engine.run(&job, &tenant, &Silent, &Stop::new()).await.expect("runs");
    assert_eq!(summary.counts.pending, 0, "{summary:?}");
    println!("{}", memory::most());
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
