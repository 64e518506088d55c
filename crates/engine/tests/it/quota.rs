//! The shared ledger of calls: days of one to four processes that are killed at any moment, against a tenant that
//! counts. Time is stepped.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use muster_engine::{Permitted, SharedQuota, Turn, Urgency};
use muster_store::testing::Postgres;
use muster_store::{Clock as _, Database, ManualClock, Options};

const SECOND: i64 = 1_000_000;
const HOUR: i64 = 3600 * SECOND;
const TENANT: &str = "https://as000.example.com";

/// Numbers that look like chance, the same in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }
}

/// What a tenant counts: the most calls in any window of a length.
struct Window {
    length: i64,
    calls: VecDeque<i64>,
    most: usize,
}

impl Window {
    fn new(length: i64) -> Self {
        Self { length, calls: VecDeque::new(), most: 0 }
    }

    fn count(&mut self, now: i64) {
        while self.calls.front().is_some_and(|first| *first <= now - self.length) {
            self.calls.pop_front();
        }
        self.calls.push_back(now);
        self.most = self.most.max(self.calls.len());
    }
}

struct Process {
    quota: SharedQuota,
    next: i64,
    sent: u64,
}

/// Processes that would send all the time.
struct World {
    database: Database,
    clock: ManualClock,
    permitted: Permitted,
    processes: Vec<Process>,
    minute: Window,
    day: Window,
    sent: u64,
    kills: u64,
}

impl World {
    async fn new(database: Database, permitted: Permitted, processes: usize) -> Self {
        let clock = ManualClock::at("2026-11-25T09:17:00Z".parse().expect("a time"));
        let (minute, day) = (Window::new(60 * SECOND), Window::new(24 * HOUR));
        let mut world = Self { database, clock, permitted, processes: Vec::new(), minute, day, sent: 0, kills: 0 };
        for _ in 0..processes {
            let quota = world.open(Urgency::Usual).await;
            let next = world.now();
            world.processes.push(Process { quota, next, sent: 0 });
        }
        world
    }

    async fn open(&self, urgency: Urgency) -> SharedQuota {
        let clock = Arc::new(self.clock.clone());
        SharedQuota::open(self.database.clone(), clock, TENANT, "4711", self.permitted, urgency).await.expect("opens")
    }

    fn now(&self) -> i64 {
        self.clock.now().as_microsecond()
    }

    /// Lives for so long; one step in so many ends with a kill, and a new process takes the place.
    async fn live(&mut self, time: i64, kill_one_in: Option<u64>, dice: &mut Dice) {
        let end = self.now() + time;
        loop {
            let index = (0..self.processes.len()).min_by_key(|index| self.processes[*index].next).expect("processes");
            let due = self.processes[index].next;
            if due >= end {
                self.clock.advance(Duration::from_micros((end - self.now()).max(0).unsigned_abs()));
                return;
            }
            self.clock.advance(Duration::from_micros((due - self.now()).max(0).unsigned_abs()));
            let now = self.now();
            let process = &mut self.processes[index];
            match process.quota.step().await.expect("a ledger") {
                Turn::Now => {
                    process.sent += 1;
                    process.next = now + dice.below(3_000) as i64;
                    self.sent += 1;
                    self.minute.count(now);
                    self.day.count(now);
                }
                Turn::Wait(wait) => process.next = now + (wait.as_micros() as i64).max(1),
                Turn::UsedUp(until) => process.next = until.as_microsecond().max(now + SECOND),
            }
            if kill_one_in.is_some_and(|sides| dice.below(sides) == 0) {
                // Whatever it had leased is gone with it.
                self.processes[index].quota = self.open(Urgency::Usual).await;
                self.kills += 1;
            }
        }
    }
}

async fn memory() -> Database {
    Database::open("sqlite::memory:", Options::default()).await.expect("opens")
}

#[tokio::test]
async fn no_window_is_above_the_permit_however_processes_come_and_die() {
    for (processes, seed) in [(1, 1), (2, 2), (3, 3), (4, 4)] {
        let permitted = Permitted { per_minute: Some(40), per_day: Some(600) };
        let mut world = World::new(memory().await, permitted, processes).await;
        let mut dice = Dice(seed);
        world.live(4 * 24 * HOUR, Some(40), &mut dice).await;
        let (minute, day) = (world.minute.most, world.day.most);
        assert!(minute <= 40 && day <= 600, "{processes}: {minute} in a minute, {day} in a day");
        assert!(world.kills > 20, "{} kills", world.kills);
        // Five in a hundred are kept for urgent work, kills cost their leases, and an hour counts until it is over.
        assert!(day >= 500 && world.sent >= 4 * 480, "{processes}: {day} in a day, {} in all", world.sent);
    }
}

#[tokio::test]
async fn four_processes_share_one_permit_evenly() {
    let mut databases = vec![memory().await];
    if let Some(postgres) = Postgres::shared().expect("starts") {
        let url = postgres.database().await.expect("a database");
        databases.push(Database::open(&url, Options::default()).await.expect("opens"));
    }
    for database in databases {
        let permitted = Permitted { per_minute: Some(600), per_day: None };
        let mut world = World::new(database, permitted, 4).await;
        world.live(300 * SECOND, None, &mut Dice(7)).await;
        let sent: Vec<f64> = world.processes.iter().map(|process| process.sent as f64).collect();
        let (sum, squares) = (sent.iter().sum::<f64>(), sent.iter().map(|sent| sent * sent).sum::<f64>());
        let jain = sum * sum / (sent.len() as f64 * squares);
        assert!(jain >= 0.95, "{jain} {sent:?}");
        assert!(world.minute.most <= 600, "{} in a minute", world.minute.most);
        assert!(sum >= 0.94 * 600.0 * 5.0, "{sum} of 3000");
    }
}

#[tokio::test]
async fn the_day_ends_before_its_quota_and_urgent_work_goes_on() {
    let permitted = Permitted { per_minute: None, per_day: Some(100) };
    let mut world = World::new(memory().await, permitted, 1).await;
    world.live(HOUR, None, &mut Dice(1)).await;
    assert_eq!(world.sent, 95);
    let allowance = world.processes[0].quota.allowance().await.expect("reads");
    assert_eq!(allowance.left_today, Some(0));
    assert!(!allowance.forecast(1, 50.0, world.clock.now()).fits());

    let urgent = world.open(Urgency::Urgent).await;
    assert_eq!(urgent.allowance().await.expect("reads").left_today, Some(5));
    for _ in 0..5 {
        assert_eq!(urgent.step().await.expect("a ledger"), Turn::Now);
    }
    let Turn::UsedUp(until) = urgent.step().await.expect("a ledger") else { panic!("used up") };
    assert!(until.duration_since(world.clock.now()).as_hours() >= 23, "{until}");
    // Another group has its own.
    let clock = Arc::new(world.clock.clone());
    let other = SharedQuota::open(world.database.clone(), clock, TENANT, "815", permitted, Urgency::Usual).await;
    assert_eq!(other.expect("opens").step().await.expect("a ledger"), Turn::Now);
}

#[tokio::test]
async fn what_the_tenant_tells_counts() {
    use muster_client::{Quota as _, ToldLimit};
    let world = World::new(memory().await, Permitted::default(), 1).await;
    let quota = &world.processes[0].quota;
    assert_eq!(quota.allowance().await.expect("reads").left_today, None);
    quota.told(ToldLimit { limit: 50_000, remaining: Some(2_600), left: Some(Duration::from_secs(40_000)) });
    quota.told(ToldLimit { limit: 600, remaining: Some(10), left: Some(Duration::from_secs(30)) });
    let mut told = quota.allowance().await.expect("reads");
    for _ in 0..200 {
        if told.left_today.is_some() && told.per_second.is_some() {
            break;
        }
        tokio::task::yield_now().await;
        told = quota.allowance().await.expect("reads");
    }
    // 2,500 are the reserve.
    assert_eq!(told.left_today, Some(100));
    assert!(told.per_second.is_some_and(|rate| (9.5..10.0).contains(&rate)), "{told:?}");
    let done: Timestamp = world.clock.now() + Duration::from_secs(10);
    let forecast = told.forecast(98, 50.0, world.clock.now());
    assert!(
        forecast.fits() && forecast.done_at.is_some_and(|at| at.duration_since(done).abs().as_secs() < 1),
        "{forecast:?}"
    );
}

/// A stream that is read slowly leaves its requests unlooked at. Whoever reads it writes down what it has read, and
/// asks for calls of its own: neither may have to wait for the requests.
#[tokio::test]
async fn a_caller_that_looks_away_keeps_nobody_waiting() {
    use futures_util::FutureExt as _;
    use muster_client::Quota as _;
    let folder = tempfile::tempdir().expect("a folder");
    let url = format!("sqlite:{}", folder.path().join("state.db").display());
    let database = Database::open(&url, Options::default()).await.expect("opens");
    let permitted = Permitted { per_minute: Some(60_000), per_day: None };
    let clock = Arc::new(muster_store::SystemClock);
    let quota = SharedQuota::open(database.clone(), clock, TENANT, "4711", permitted, Urgency::Usual).await;
    let quota = quota.expect("opens");
    let mut looked_away: Vec<_> = (0..16).map(|_| quota.permit()).collect();
    for permit in &mut looked_away {
        assert!(permit.now_or_never().is_none(), "it looks once");
    }
    let written = async {
        for hour in 0..50_i64 {
            let sql = "insert into quota_hours (tenant, organization_group, hour, calls) values ('other', '', $1, 1)";
            database.execute(sql, muster_store::args![hour]).await.expect("nobody holds the database");
            quota.permit().await.expect("a turn");
        }
    };
    tokio::time::timeout(Duration::from_secs(60), written).await.expect("nobody has to wait");
    for permit in looked_away {
        permit.await.expect("a turn");
    }
}

/// Two processes that looked before either of them wrote: what the second one saw counts no more.
#[tokio::test]
async fn what_was_seen_before_somebody_came_between_counts_no_more() {
    let permitted = Permitted { per_minute: Some(60), per_day: Some(40) };
    let world = World::new(memory().await, permitted, 2).await;
    let (mut sent, mut used_up, mut waits) = (0, 0, 0);
    // Both want to send all the time, in turns, at the same instants.
    for _ in 0..2_000 {
        for process in &world.processes {
            match process.quota.step().await.expect("a ledger") {
                Turn::Now => sent += 1,
                Turn::Wait(_) => waits += 1,
                Turn::UsedUp(_) => used_up += 1,
            }
        }
        world.clock.advance(Duration::from_millis(100));
    }
    assert_eq!(sent, 38, "two of forty are kept for urgent work");
    assert!(waits > 38 && used_up > 1_000, "{waits} waits, used up {used_up} times");
    let sql = "select calls, changes from quota_hours, quotas";
    let row = world.database.fetch_one(sql, muster_store::args![]).await.expect("one hour");
    let (calls, changes) = (row.get::<i64>("calls").expect("calls"), row.get::<i64>("changes").expect("changes"));
    // What is permitted was written down once, and each lease was for one call.
    assert!((38..=40).contains(&calls) && changes == 1 + calls, "{calls} calls, {changes} changes");
}

/// Pages that commits have put into the log.
fn pages(log: &std::path::Path) -> u64 {
    std::fs::metadata(log).map_or(0, |log| log.len() / 4_120)
}

#[tokio::test]
async fn who_makes_a_few_calls_writes_once() {
    use muster_client::{Quota as _, ToldLimit};
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("state.db");
    let log = file.with_extension("db-wal");
    let url = format!("sqlite:{}", file.display());
    let permitted = Permitted { per_minute: None, per_day: Some(100_000) };
    let mut written = Vec::new();
    for _ in 0..3 {
        let database = Database::open(&url, Options::default()).await.expect("opens");
        let clock = Arc::new(ManualClock::at("2026-11-25T09:17:00Z".parse().expect("a time")));
        let before = pages(&log);
        let quota = SharedQuota::open(database.clone(), clock, TENANT, "4711", permitted, Urgency::Usual).await;
        let quota = quota.expect("opens");
        for _ in 0..4 {
            quota.permit().await.expect("a turn");
            // The tenant says what is known already.
            quota.told(ToldLimit { limit: 100_000, remaining: Some(90_000), left: Some(Duration::from_secs(40_000)) });
            tokio::task::yield_now().await;
        }
        // Whatever was told is written down by now, if it is.
        quota.allowance().await.expect("reads");
        written.push(pages(&log) - before);
        drop(quota);
        database.leave().await;
    }
    assert_eq!(written[1..], [2, 2], "a page of the limit and one of its hour");
}
