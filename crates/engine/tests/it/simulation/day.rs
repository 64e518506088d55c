//! One simulated day: a tenant, a network, one journal and one to three processes that share it, all in this thread and
//! in virtual time. What is asked for, what goes wrong, who dies when: everything is drawn from the seed.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use jiff::SignedDuration;
use muster_client::{Credentials, DeviceFilter, Dialect, Rate, RetrySettings, Settings, connect_with};
use muster_engine::{
    Action, Append, DraftItem, Engine, Error, Gate, Growth, GuardPolicy, JobId, JobOptions, JobState, JobSummary,
    Moment, Permitted, Role, Seam, Secrets, SharedQuota, SigningKey, Stop, Tenant, Urgency,
};
use muster_model::commands::Command;
use muster_model::devices::Device;
use muster_model::words::EnrollmentStatus;
use muster_store::{Clock, Database, Options, args};
use muster_uem::Running;
use tokio::sync::Notify;
use tokio::time::{Instant, sleep};

use super::checks;
use super::clock::Virtual;
use super::dice::Dice;
use super::faults::Planted;
use super::network::{Network, Weather};
use super::quota::Watched;
use super::record::Record;
use crate::world::{Heard, TENANT, draft, key, send};

/// The organization group whose limit is shared.
const GROUP: &str = "4711";

/// What a day came to.
#[derive(Debug)]
pub(crate) struct Lived {
    pub(crate) hash: u64,
    pub(crate) events: u64,
    pub(crate) simulated: Duration,
    pub(crate) kills: u64,
    pub(crate) pauses: u64,
    /// What must never be, and was.
    pub(crate) wrongs: Vec<String>,
}

/// Lives the day of a seed.
pub(crate) fn live(seed: u64, planted: &Planted, aloud: bool) -> Lived {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
    runtime.expect("a runtime").block_on(async {
        let day = Day::begin(seed, planted, aloud).await;
        let wrongs = day.live().await;
        Lived {
            hash: day.record.hash(),
            events: day.record.events(),
            simulated: day.record.now(),
            kills: day.record.kills(),
            pauses: day.record.pauses(),
            wrongs,
        }
    })
}

/// What somebody asked for.
pub(crate) struct Asked {
    pub(crate) job: JobId,
    pub(crate) options: JobOptions,
    pub(crate) cancel_after: Option<Duration>,
    /// Whether somebody let through what was held.
    pub(crate) approved: bool,
}

pub(crate) struct Day<'a> {
    pub(crate) uem: Arc<Running>,
    pub(crate) record: Record,
    pub(crate) database: Database,
    pub(crate) engine: Engine,
    pub(crate) devices: Vec<Device>,
    pub(crate) jobs: Vec<Asked>,
    pub(crate) per_minute: Option<u32>,
    /// Jobs whose gate somebody let pass.
    pub(crate) let_pass: Mutex<BTreeSet<JobId>>,
    dice: Dice,
    clock: Virtual,
    dialect: Dialect,
    weather: Arc<Mutex<Weather>>,
    draws: Arc<Mutex<u64>>,
    /// When trouble ends.
    evening: Duration,
    planted: &'a Planted,
}

impl<'a> Day<'a> {
    async fn begin(seed: u64, planted: &'a Planted, aloud: bool) -> Self {
        let (dice, record) = (Dice::new(seed), Record::new(aloud));
        let clock = Virtual::new(Instant::now());
        let per_minute = dice.of(&[None, Some(60), Some(120), Some(300)]);
        let settings = muster_uem::Settings {
            devices: 24,
            rate_limit: per_minute,
            seed: dice.below(1 << 40),
            clock: Arc::new(clock.clone()),
            check_answers: false,
            inline: true,
            ..muster_uem::Settings::in_memory()
        };
        let uem = Arc::new(muster_uem::start(settings).await.expect("a tenant"));
        let options = Options { inline: true, ..Options::default() };
        let database = Database::open("sqlite::memory:", options).await.expect("a database");
        let engine = open(&database, &clock).await;
        let dialect = dice.of(&Dialect::ALL);
        let mut day = Self {
            uem,
            record,
            database,
            engine,
            devices: Vec::new(),
            jobs: Vec::new(),
            per_minute,
            let_pass: Mutex::default(),
            evening: Duration::from_secs(dice.from(60, 1_800)),
            draws: Arc::new(Mutex::new(dice.below(u64::MAX))),
            weather: Arc::new(Mutex::new(Weather::CALM)),
            dice,
            clock,
            dialect,
            planted,
        };
        let client = day.tenant(0, &day.clock, 4).await.client;
        day.devices = client.devices(&DeviceFilter::default()).await.expect("devices");
        day.devices.retain(|device| device.enrollment_status == EnrollmentStatus::Enrolled);
        day.devices.sort_by_key(|device| device.id.0.0);
        for sql in planted.sql {
            day.database.execute(*sql, args![]).await.expect("a fault is planted");
        }
        for number in 0..day.dice.from(1, 3) {
            let asked = day.ask(number as usize).await;
            day.jobs.push(asked);
        }
        day
    }

    /// A connection as a process has it that has just begun.
    async fn tenant(&self, process: usize, clock: &Virtual, lanes: usize) -> Tenant {
        let ready = &self.uem.ready;
        let credentials = Credentials::Basic {
            username: ready.username.clone(),
            password: ready.password.clone().into(),
            tenant_code: ready.tenant_code.clone().into(),
        };
        let network = Network {
            uem: Arc::clone(&self.uem),
            record: self.record.clone(),
            process,
            weather: Arc::clone(&self.weather),
            draws: Arc::clone(&self.draws),
        };
        let settings = Settings {
            dialect: Some(self.dialect),
            rate: Rate { per_second: 50.0, burst: 20 },
            lanes,
            timeout: Duration::from_secs(10),
            retry: RetrySettings {
                base: Duration::from_millis(100),
                cap: Duration::from_secs(2),
                ..RetrySettings::default()
            },
            outside: Some(Arc::new(network)),
            ..Settings::new(self.uem.url.clone(), credentials)
        };
        let permitted = Permitted { per_minute: self.per_minute, per_day: None };
        let clock = Arc::new(clock.clone());
        let shared = SharedQuota::open(self.database.clone(), clock, TENANT, GROUP, permitted, Urgency::Usual).await;
        let quota = Watched::new(shared.expect("a ledger"), self.record.clone(), process, self.planted.quota);
        let (client, writer) = connect_with(settings, Arc::new(quota)).await.expect("a connection");
        Tenant { name: TENANT.to_owned(), client, writer, secrets: Secrets::default() }
    }

    /// Somebody who looks.
    pub(crate) async fn client(&self) -> muster_client::Client {
        self.tenant(0, &self.clock, 4).await.client
    }

    /// Somebody asks for something, on a quiet morning.
    async fn ask(&self, number: usize) -> Asked {
        let dice = self.dice.fork();
        let mut items = Vec::new();
        let command = dice.of(&[Command::SyncDevice, Command::DeviceQuery, Command::SyncDevice, Command::Lock]);
        let many = dice.from(2, 12) as usize;
        let place = |at: usize| muster_engine::Target::Device((&self.devices[at % (self.devices.len() - 3)]).into());
        let first = dice.below(8) as usize;
        items.extend((0..many).map(|at| send(place(first + at), command)));
        // The guide's API replaces a device's whole list of tags. Two jobs that tag one device in the same moment undo each
        // other, which no journal can prevent; so each job has devices of its own.
        let of_three = (self.devices.len() - 3) / 3 * 3;
        for at in 0..dice.below(4) as usize {
            let action = Action::Retag { add: vec![format!("Wave {number}")], remove: Vec::new() };
            items.push(DraftItem::new(place((3 * (first + at) + number) % of_three), action, "a story"));
        }
        // One device is wiped by one job only.
        let wipe = dice.percent(60);
        if wipe {
            let last = muster_engine::Target::Device((&self.devices[self.devices.len() - 1 - number]).into());
            items.push(send(last, Command::EnterpriseWipe));
        }
        let growth = Growth {
            rings: dice.of(&["1,100%", "1,4,100%", "3,100%"]).parse().expect("rings"),
            soak: Duration::from_secs(dice.of(&[0, 0, 20, 600, 3_600])),
            gate: Gate {
                failed: dice.of(&[10.0, 100.0, 100.0]),
                silent: dice.of(&[20.0, 100.0, 100.0]),
                noncompliant: 100.0,
                classes: if dice.percent(50) { Vec::new() } else { Gate::default().classes },
            },
        };
        let options = JobOptions {
            lanes: dice.from(1, 6) as usize,
            batch_size: dice.percent(20).then(|| dice.from(1, 4) as usize),
            pause: dice.milliseconds(0, 3_000),
            rings: dice.percent(35).then_some(growth),
            deadline: dice.percent(20).then(|| Duration::from_secs(dice.from(2, 60))),
            bulk: dice.percent(60),
            ..JobOptions::default()
        };
        let mut plan = self.engine.propose(draft(items), "ada", TENANT).await.expect("a plan");
        let approved = dice.percent(75);
        if approved && plan.count(muster_engine::Verdict::Hold) > 0 {
            let id = plan.id.to_string();
            plan = approve(&self.engine, &id).await;
        }
        let cancel_after = dice.percent(15).then(|| dice.milliseconds(100, 60_000));
        // Ids of one millisecond would be in any order.
        sleep(Duration::from_millis(dice.from(5, 500))).await;
        let job = self.engine.start(&plan, options.clone()).await.expect("a job");
        self.record.event(&format!("job {number}: {} items, {options:?}", plan.items.len()));
        Asked { job, options, cancel_after, approved }
    }

    /// Trouble until the evening, then a quiet night in which everything comes to its end; what was wrong.
    async fn live(&self) -> Vec<String> {
        self.trouble();
        let processes = self.dice.from(1, 3) as usize;
        let lives: Vec<_> = (1..=processes).map(|process| self.process(process, self.dice.fork())).collect();
        let mut wrongs: Vec<String> = tokio::select! {
            biased;
            lived = async { tokio::join!(futures_util::future::join_all(lives), self.cancel()) } => lived.0.concat(),
            never = self.fleet() => match never {},
        };
        self.uem.faults().clear();
        *self.weather.lock().expect("one thread") = Weather::CALM;
        self.record.event("evening");
        // Whoever was paused or killed is gone; what is on its way arrives.
        sleep(Duration::from_secs(20)).await;
        wrongs.extend(self.night().await);
        wrongs.extend(checks::all(self).await);
        wrongs
    }

    /// Devices live.
    async fn fleet(&self) -> std::convert::Infallible {
        loop {
            sleep(Duration::from_secs(90)).await;
            self.uem.step(Duration::ZERO).await.expect("a step");
        }
    }

    async fn cancel(&self) {
        for asked in &self.jobs {
            if let Some(after) = asked.cancel_after {
                sleep(after).await;
                self.record.event("somebody cancels a job");
                self.engine.cancel(&asked.job.to_string(), "grace").await.expect("cancelled");
            }
        }
    }

    /// Orders what goes wrong today.
    fn trouble(&self) {
        let dice = self.dice.fork();
        *self.weather.lock().expect("one thread") = Weather {
            refused: dice.of(&[0, 50, 300]),
            lost_request: dice.of(&[0, 50, 300]),
            lost_answer: dice.of(&[0, 100, 500]),
            never: dice.of(&[0, 0, 100]),
            latency: dice.of(&[20, 200, 900]),
        };
        let kinds = [
            "lose-answer:on=writes",
            "fail:status=503",
            "fail:status=500,on=writes",
            "fail-after:status=500,on=writes",
            "fail-after:status=502,html,on=writes",
            "throttle",
            "throttle:retry-after=1",
            "throttle:retry-after=8",
            "delay:by=3s",
            "delay:by=20s",
            "cut-body",
            "page:on=reads",
            "partial:items=0.3",
        ];
        for kind in kinds {
            if dice.percent(30) {
                let share = dice.of(&[1, 3, 10]);
                let separator = if kind.contains(':') { ',' } else { ':' };
                let order = format!("{kind}{separator}share=0.{share:02},seed={}", dice.below(1 << 30));
                self.record.event(&order);
                self.uem.faults().add(order.parse().expect("an order"));
            }
        }
    }

    /// A process that is started again and again, until the evening.
    async fn process(&self, process: usize, dice: Dice) -> Vec<String> {
        let mut wrongs = Vec::new();
        sleep(dice.milliseconds(0, 5_000)).await;
        while self.record.now() < self.evening && !self.is_through().await {
            let left = self.evening - self.record.now();
            let killed_after = dice.milliseconds(20, dice.of(&[500, 5_000, 60_000, 600_000])).min(left);
            // Half of all appends are over before anything is sent.
            let killer =
                Killer::new(dice.of(&[usize::MAX, dice.from(1, 9) as usize, dice.from(1, 40) as usize]), &dice);
            let pause = dice.percent(30).then(|| (dice.milliseconds(50, 5_000), dice.milliseconds(100, 25_000)));
            // The shared limit counts by everybody's clock, which machines keep better than this.
            let apart = if self.per_minute.is_some() { 40 } else { 300 };
            let skew = SignedDuration::from_millis(i64::try_from(dice.below(2 * apart)).expect("small") - apart as i64);
            let clock = self.clock.apart(skew);
            let life = self.life(process, &dice, Arc::clone(&killer), &clock);
            tokio::select! {
                biased;
                () = killer.dead.notified() => self.record.killed(process, &format!("{:?}", killer.at())),
                () = sleep(killed_after) => self.record.killed(process, "at any moment"),
                ended = self.with_pause(process, pause, &clock, life) => wrongs.extend(ended),
            }
            sleep(dice.milliseconds(50, dice.of(&[300, 3_000, 12_000, 60_000]))).await;
        }
        wrongs
    }

    /// Whether nothing is left to do.
    async fn is_through(&self) -> bool {
        let jobs = self.engine.jobs().await.expect("jobs");
        jobs.iter().all(|job| matches!(job.state, JobState::Finished | JobState::Cancelled) && job.counts.open() == 0)
    }

    /// Stands still in between, as a process does whose machine sleeps.
    async fn with_pause<T>(
        &self,
        process: usize,
        pause: Option<(Duration, Duration)>,
        clock: &Virtual,
        life: impl Future<Output = T>,
    ) -> T {
        let mut life = std::pin::pin!(life);
        if let Some((at, time)) = pause {
            tokio::select! {
                biased;
                ended = &mut life => return ended,
                () = sleep(at) => {}
            }
            self.record.paused(process, time);
            sleep(time).await;
            if self.planted.sleeps {
                clock.lose(time);
            }
        }
        life.await
    }

    /// Runs every job once, each to wherever it gets.
    async fn life(&self, process: usize, dice: &Dice, seam: Arc<Killer>, clock: &Virtual) -> Vec<String> {
        let engine = open(&self.database, clock).await.with_seam(seam);
        let mut wrongs = Vec::new();
        let first = dice.below(self.jobs.len() as u64) as usize;
        for at in 0..self.jobs.len() {
            let asked = &self.jobs[(first + at) % self.jobs.len()];
            let tenant = self.tenant(process, clock, asked.options.lanes).await;
            let stop = Stop::new();
            let stopped = dice.percent(10).then(|| dice.milliseconds(100, 10_000));
            let heard = Heard::default();
            let mut run = std::pin::pin!(engine.run(&asked.job, &tenant, &heard, &stop));
            let ended = match stopped {
                None => run.await,
                Some(after) => tokio::select! {
                    biased;
                    ended = &mut run => ended,
                    () = sleep(after) => {
                        stop.stop();
                        run.await
                    }
                },
            };
            self.record.event(&format!("{process} ends a run: {}", told(&ended)));
            match ended {
                Ok(_) | Err(Error::Busy { .. } | Error::LeaseLost { .. }) => {}
                Err(error) => wrongs.push(format!("a run ends with {error:?}")),
            }
        }
        wrongs
    }

    /// One process and nothing in its way: every job comes to its end.
    async fn night(&self) -> Vec<String> {
        let mut wrongs = Vec::new();
        let seam = Killer::new(usize::MAX, &self.dice);
        let engine = self.engine.clone().with_seam(seam);
        for asked in &self.jobs {
            let mut last = None;
            for _ in 0..12 {
                let tenant = self.tenant(9, &self.clock, asked.options.lanes).await;
                let ended = engine.run(&asked.job, &tenant, &Heard::default(), &Stop::new()).await;
                self.record.event(&format!("night: {}", told(&ended)));
                match ended {
                    Ok(summary) if matches!(summary.state, JobState::Finished | JobState::Cancelled) => {
                        last = None;
                        break;
                    }
                    Ok(summary) if is_held(&summary) => {
                        if self.dice.percent(50) {
                            last = None;
                            break;
                        }
                        match engine.let_pass(&asked.job.to_string(), "grace").await {
                            Ok(_) => drop(self.let_pass.lock().expect("one thread").insert(asked.job)),
                            Err(error) => wrongs.push(format!("a job is held although {error}")),
                        }
                    }
                    other => last = Some(told(&other)),
                }
                sleep(Duration::from_secs(7)).await;
            }
            wrongs.extend(last.map(|last| format!("a job does not come to its end: {last}")));
        }
        wrongs
    }
}

fn is_held(summary: &JobSummary) -> bool {
    summary.stopped.as_ref().is_some_and(|stopped| stopped.why.starts_with("the gate behind ring"))
}

fn told(ended: &Result<JobSummary, Error>) -> String {
    match ended {
        Ok(summary) => format!("{} {:?} {:?}", summary.state, summary.counts, summary.stopped),
        // Who has it is named by a random number.
        Err(Error::Busy { .. }) => "busy".to_owned(),
        Err(error) => format!("{error:?}"),
    }
}

async fn open(database: &Database, clock: &Virtual) -> Engine {
    let clock = Arc::new(clock.clone()) as Arc<dyn Clock>;
    let engine = Engine::open(database.clone(), clock, GuardPolicy::default()).await.expect("an engine");
    engine.signed_by(&audit_key()).await.expect("signs")
}

/// One key for all: making them takes time.
fn audit_key() -> SigningKey {
    static KEY: std::sync::OnceLock<SigningKey> = std::sync::OnceLock::new();
    KEY.get_or_init(|| key("audit")).clone()
}

async fn approve(engine: &Engine, id: &str) -> muster_engine::Plan {
    static GRACE: std::sync::OnceLock<SigningKey> = std::sync::OnceLock::new();
    let grace = GRACE.get_or_init(|| key("grace"));
    if engine.approvers().await.expect("approvers").is_empty() {
        engine.add_approver(grace.public(), &Role::ALL, &[], grace, "grace").await.expect("the first");
    }
    engine.approve(id, grace, "").await.expect("approved")
}

/// Stands at every append: takes its time, and never returns from the one that is so many ahead.
struct Killer {
    left: AtomicUsize,
    at: Mutex<Option<(Append, Moment)>>,
    dead: Notify,
    draws: Mutex<u64>,
}

impl Killer {
    fn new(left: usize, dice: &Dice) -> Arc<Self> {
        let draws = Mutex::new(dice.below(u64::MAX));
        Arc::new(Self { left: AtomicUsize::new(left), at: Mutex::default(), dead: Notify::new(), draws })
    }

    fn at(&self) -> Option<(Append, Moment)> {
        *self.at.lock().expect("one thread")
    }
}

#[async_trait]
impl Seam for Killer {
    async fn reached(&self, append: Append, moment: Moment) {
        if self.left.fetch_sub(1, Ordering::Relaxed) == 1 {
            *self.at.lock().expect("one thread") = Some((append, moment));
            self.dead.notify_one();
            std::future::pending::<()>().await;
        }
        let took = {
            let mut draws = self.draws.lock().expect("one thread");
            *draws = draws.wrapping_add(0x9e37_79b9_7f4a_7c15);
            super::dice::mixed(*draws) % 8
        };
        // A disk takes no time or some.
        if took > 3 {
            sleep(Duration::from_millis(took)).await;
        }
    }
}
