//! The fleet's time: what is due happens, by itself or when somebody steps.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use muster_store::{Clock, Database, Error, args};
use tokio::sync::watch;

use super::pace::{Moment, Pace};
use super::{agents, expiry, ledger, profiles, publish, turn};
use crate::fault::Hardship;
use crate::store;

/// Devices that are read, lived and written together.
const BATCH: usize = 500;
/// Turns of one device that are lived in one go: a batch must not keep callers waiting after a leap in time.
const IN_ONE_GO: u64 = 64;
/// How long the fleet sleeps at most: a command that was queued meanwhile must be seen.
const NAP: Duration = Duration::from_secs(1);
/// Fleet minutes between two looks for devices that joined a smart group.
const JOINING: f64 = 30.0;

/// Told of devices, each with the moment at which it was heard from.
type Tell = Box<dyn Fn(&[(i64, Moment)]) + Send + Sync>;

/// All devices of a tenant.
pub(crate) struct Fleet {
    database: Database,
    clock: Arc<dyn Clock>,
    seed: u64,
    pace: Pace,
    /// When it was last looked for devices that joined a smart group; 0 before the first look.
    caught_up: AtomicI64,
    /// What it suffers from at present.
    hardship: Box<dyn Fn() -> Hardship + Send + Sync>,
    /// Told which devices were heard from and when, once that is written.
    tell: Tell,
}

/// What happened in one step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Lived {
    /// How often devices were heard from.
    pub(crate) turns: u64,
    /// When something happens next, in microseconds since 1970.
    pub(crate) next: Option<Moment>,
}

impl Fleet {
    /// A fleet over a tenant's database. `speed` divides every interval of its life.
    pub(crate) fn new(database: Database, clock: Arc<dyn Clock>, seed: u64, speed: f64) -> Self {
        let (pace, hardship) = (Pace::new(speed), Box::new(Hardship::default));
        Self { database, clock, seed, pace, caught_up: AtomicI64::new(0), hardship, tell: Box::new(|_| {}) }
    }

    /// The same fleet, which suffers from what it is told whenever it asks.
    pub(crate) fn suffering(self, from: impl Fn() -> Hardship + Send + Sync + 'static) -> Self {
        Self { hardship: Box::new(from), ..self }
    }

    /// The same fleet, which tells of whom it has heard.
    pub(crate) fn telling(self, tell: impl Fn(&[(i64, Moment)]) + Send + Sync + 'static) -> Self {
        Self { tell: Box::new(tell), ..self }
    }

    /// Lives until the sender of `shutdown` says `true` or is gone.
    pub(crate) async fn live(self, mut shutdown: watch::Receiver<bool>) {
        let stopped = async move {
            // Gone is as good as told.
            let _ = shutdown.wait_for(|stop| *stop).await;
        };
        // A step that is dropped rolls its open batch back.
        tokio::select! {
            () = stopped => {}
            () = self.live_on() => {}
        }
    }

    async fn live_on(&self) {
        if let Err(error) = self.resume().await {
            tracing::error!(error = &error as &dyn std::error::Error, "the fleet could not take its life up again");
        }
        loop {
            let wait = match self.step().await {
                Ok(lived) => {
                    let now = self.clock.now().as_microsecond();
                    let left = lived.next.map_or(u64::MAX, |next| (next - now).max(0).unsigned_abs());
                    Duration::from_micros(left).clamp(Duration::from_millis(20), NAP)
                }
                Err(error) => {
                    tracing::error!(error = &error as &dyn std::error::Error, "the fleet could not live on");
                    NAP
                }
            };
            tokio::time::sleep(wait).await;
        }
    }

    /// Takes life up after the tenant was not there: devices could not report meanwhile, so nothing has
    /// happened to them; within minutes they all try again.
    async fn resume(&self) -> Result<(), Error> {
        let now = self.clock.now().as_microsecond();
        let sql = "update devices set next_checkin_at = $1 + (id % 600) * $2 where next_checkin_at < $3";
        let missed = now - self.pace.hours(1.0);
        self.database.execute(sql, args![now, self.pace.seconds(1.0), missed]).await?;
        Ok(())
    }

    /// Lets everything happen that is due up to now, in due order.
    ///
    /// # Errors
    /// [`Error`] of the store; batches that were finished before it stay.
    pub(crate) async fn step(&self) -> Result<Lived, Error> {
        let now = self.clock.now().as_microsecond();
        let mut lived = Lived::default();
        loop {
            let operation = publish::first(&self.database, self.pace).await?.filter(|open| open.due <= now);
            let until = operation.as_ref().map_or(now, |open| open.due);
            self.live_until(until, &mut lived).await?;
            let Some(operation) = operation else { break };
            let mut tx = store::begin(&self.database).await?;
            publish::advance(&mut tx, &operation, self.pace).await?;
            tx.commit().await?;
        }
        expiry::run(&self.database, now, self.pace).await?;
        self.catch_up(now).await?;
        lived.next = self.next().await?;
        Ok(lived)
    }

    async fn live_until(&self, until: Moment, lived: &mut Lived) -> Result<(), Error> {
        // Most ticks find nothing due; only the others take the one writer.
        while self.next_checkin().await?.is_some_and(|due| due <= until) {
            let mut tx = store::begin(&self.database).await?;
            let world = ledger::world(&mut tx, self.seed, self.pace, (self.hardship)()).await?;
            let mut lives = ledger::due(&mut tx, until, BATCH).await?;
            for life in &mut lives {
                lived.turns += turn::live(life, &world, until, IN_ONE_GO);
            }
            agents::run(&mut tx, &lives, &world).await?;
            let heard: Vec<(i64, Moment)> =
                lives.iter().map(|life| (life.device.id, life.device.last_seen_at)).collect();
            ledger::save(&mut tx, lives, &world).await?;
            tx.commit().await?;
            (self.tell)(&heard);
        }
        Ok(())
    }

    /// Looks for devices that joined a smart group, now and then.
    async fn catch_up(&self, now: Moment) -> Result<(), Error> {
        let last = self.caught_up.load(Ordering::Relaxed);
        if now - last < self.pace.minutes(JOINING) {
            return Ok(());
        }
        self.caught_up.store(now, Ordering::Relaxed);
        // A fleet that has just been opened has nobody who joined while it was not looking.
        if last == 0 {
            return Ok(());
        }
        let mut tx = store::begin(&self.database).await?;
        publish::catch_up(&mut tx, now, self.pace).await?;
        tx.commit().await?;
        profiles::catch_up(&self.database, self.clock.now()).await
    }

    async fn next(&self) -> Result<Option<Moment>, Error> {
        let operation = publish::first(&self.database, self.pace).await?.map(|open| open.due);
        Ok(operation.into_iter().chain(self.next_checkin().await?).min())
    }

    async fn next_checkin(&self) -> Result<Option<Moment>, Error> {
        self.database.fetch_one("select min(next_checkin_at) as due from devices", args![]).await?.get("due")
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use muster_store::{ManualClock, Options};

    use super::*;
    use crate::settings::Settings;
    use crate::store;

    #[tokio::test]
    async fn nothing_happens_to_devices_while_the_tenant_is_away() {
        let settings = Settings { devices: 100, ..Settings::in_memory() };
        let clock = ManualClock::at(Timestamp::from_second(1_767_600_000).expect("a moment"));
        let database = Database::open("sqlite::memory:", Options::default()).await.expect("opens");
        store::migrate(&database).await.expect("migrates");
        store::tenant::prepare(&database, clock.now()).await.expect("prepares");
        super::super::seed(&database, &settings, clock.now()).await.expect("seeds");
        let fleet = Fleet::new(database.clone(), Arc::new(clock.clone()), settings.seed, settings.speed);
        let minutes = |minutes: u64| Duration::from_secs(60 * minutes);

        clock.advance(minutes(30 * 24 * 60));
        fleet.resume().await.expect("resumes");
        clock.advance(minutes(11));
        let lived = fleet.step().await.expect("steps");
        assert!((90..250).contains(&lived.turns), "{lived:?}");

        // Time that passes while the tenant is there is lived, however much at once.
        clock.advance(minutes(30 * 24 * 60));
        let lived = fleet.step().await.expect("steps");
        assert!(lived.turns > 90 * 30 * 4, "{lived:?}");
        assert!(lived.next.is_some_and(|next| next > clock.now().as_microsecond()));
    }
}
