//! The room's front door: what a controller is made of, and its two loops.
//!
//! One loop nudges workflows when their schedules are due; the other keeps watch: it asks the tenant how
//! it is, judges alerts and sends what is to be told. They are two, because a run may take an hour and
//! nobody should wait that long to hear that the tenant is gone.

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use muster_engine::{Engine, JobDetail, Stop};
use muster_store::{Clock, Database, Lease};
use tokio::sync::Notify;

use crate::alerts::{Alert, Change, Facts, advance, judge};
use crate::error::chain;
use crate::health::Probe;
use crate::notify::{Channel, Drained, drain};
use crate::run::{self, Run};
use crate::schedule::{Schedule, due};
use crate::store::{Retention, Rows};
use crate::tenant::{Connect, Link};
use crate::{Error, Settings, web};

/// For how long a controller that died keeps others from its schedule.
const LEASE: Duration = Duration::from_secs(60);

/// How often the schedules are looked at: another controller may have moved them, and the machine may
/// have slept.
const LOOK: Duration = Duration::from_secs(5);

/// What a controller is made of.
pub struct Parts {
    /// Holds the controller's rows; usually the engine's database.
    pub database: Database,
    pub clock: Arc<dyn Clock>,
    pub engine: Engine,
    /// Connects to the tenant that [`Settings::tenant`] names.
    pub connect: Arc<dyn Connect>,
    /// Where alerts are told; none is allowed.
    pub channels: Vec<Arc<dyn Channel>>,
    pub settings: Settings,
}

/// Decides when and whom. Cheap to clone; the clones are one controller.
#[derive(Clone)]
pub struct Controller {
    inner: Arc<Inner>,
}

/// What the loops and the pages share.
pub(crate) struct Inner {
    pub(crate) rows: Rows,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) engine: Engine,
    pub(crate) link: Link,
    pub(crate) channels: Vec<Arc<dyn Channel>>,
    pub(crate) settings: Settings,
    pub(crate) heartbeat: Heartbeat,
    /// A run has ended: judge it now.
    ended: Notify,
}

/// What one [`Controller::tick`] did.
#[derive(Debug, Default)]
pub struct Tick {
    pub runs: Vec<Run>,
    /// Alerts that people were told of.
    pub opened: Vec<Alert>,
    pub resolved: Vec<Alert>,
    pub drained: Drained,
}

impl Controller {
    /// Makes the controller's tables and brings its schedules in line with the settings.
    ///
    /// # Errors
    /// [`Error::Settings`] for settings that cannot be meant, [`Error::Store`] if the database fails.
    pub async fn open(parts: Parts) -> Result<Self, Error> {
        parts.settings.check()?;
        let rows = Rows::open(parts.database, &parts.settings.tenant).await?;
        rows.declare(&parts.settings.schedules, parts.clock.now()).await?;
        let link = Link::new(parts.connect, parts.settings.cache_for, Arc::clone(&parts.clock));
        Ok(Self {
            inner: Arc::new(Inner {
                rows,
                clock: parts.clock,
                engine: parts.engine,
                link,
                channels: parts.channels,
                settings: parts.settings,
                heartbeat: Heartbeat::default(),
                ended: Notify::new(),
            }),
        })
    }

    /// Everything that is to be done at `now`, once and in order: probe, nudge, judge, tell.
    ///
    /// # Errors
    /// What the database says. What goes wrong in a run is in its row.
    pub async fn tick(&self, now: Timestamp) -> Result<Tick, Error> {
        let inner = &self.inner;
        inner.probe(now).await?;
        let runs = inner.fire(now, &Stop::new()).await?;
        let (opened, resolved) = inner.judge(now).await?;
        let drained = inner.tell().await?;
        inner.forget(now).await?;
        Ok(Tick { runs, opened, resolved, drained })
    }

    /// Works until `shutdown` is ready, then lets a job that is being carried out come to an orderly stop;
    /// the next start goes on with it. A failing database is logged and tried again.
    pub async fn run(&self, shutdown: impl Future<Output = ()>) {
        let stop = Stop::new();
        let inner = &self.inner;
        let watch = async {
            shutdown.await;
            stop.stop();
        };
        tokio::join!(watch, inner.nudge_loop(&stop), inner.watch_loop(&stop));
    }

    /// [`Controller::run`] with the dashboard on `listen`; `ready` hears the address once it accepts
    /// connections.
    ///
    /// # Errors
    /// [`Error::NotLoopback`], [`Error::Listen`], or [`Error::Serve`] if the server breaks off.
    pub async fn serve(
        &self,
        listen: SocketAddr,
        shutdown: impl Future<Output = ()>,
        ready: impl FnOnce(SocketAddr),
    ) -> Result<(), Error> {
        let listener = web::listen(listen).await?;
        ready(listener.local_addr().map_err(Error::Serve)?);
        let stop = Stop::new();
        let ending = stop.clone();
        let server = axum::serve(listener, web::router(Arc::clone(&self.inner)))
            .with_graceful_shutdown(async move { ending.stopped().await });
        let work = self.run(async {
            tokio::select! {
                () = shutdown => {}
                // The server broke off: end the work too.
                () = stop.stopped() => {}
            }
            stop.stop();
        });
        let serve = async {
            let outcome = server.await.map_err(Error::Serve);
            stop.stop();
            outcome
        };
        let (outcome, ()) = tokio::join!(serve, work);
        outcome
    }
}

impl Inner {
    /// Jobs of this tenant, newest first.
    pub(crate) async fn jobs(&self) -> Result<Vec<JobDetail>, Error> {
        let mut jobs = self.engine.jobs().await.map_err(Error::Engine)?;
        jobs.retain(|job| job.tenant == self.settings.tenant);
        Ok(jobs)
    }

    async fn nudge_loop(&self, stop: &Stop) {
        while !stop.is_stopped() {
            match self.fire(self.clock.now(), stop).await {
                Ok(runs) if !runs.is_empty() => self.ended.notify_one(),
                Ok(_) => {}
                Err(error) => tracing::error!(error = chain(&error), "the schedules could not be looked at"),
            }
            let next =
                self.rows.schedules().await.unwrap_or_default().into_iter().map(|schedule| schedule.next_due).min();
            rest(stop, until(next, self.clock.now(), LOOK), &Notify::new()).await;
        }
    }

    async fn watch_loop(&self, stop: &Stop) {
        let mut probed: Option<Timestamp> = None;
        while !stop.is_stopped() {
            let now = self.clock.now();
            let is_time = probed.is_none_or(|at| {
                until(Some(at), now, Duration::MAX).is_zero() && elapsed(at, now) >= self.settings.watch_every
            });
            if is_time {
                probed = Some(now);
            }
            if let Err(error) = self.watch(now, is_time).await {
                tracing::error!(error = chain(&error), "the watch could not be kept");
            }
            let delivery = self.rows.next_delivery().await.unwrap_or_default().filter(|_| !self.channels.is_empty());
            rest(stop, until(delivery, self.clock.now(), self.settings.watch_every), &self.ended).await;
        }
    }

    async fn watch(&self, now: Timestamp, is_time_to_probe: bool) -> Result<(), Error> {
        if is_time_to_probe {
            self.probe(now).await?;
        }
        self.heartbeat.beat(now);
        self.judge(now).await?;
        self.tell().await?;
        if is_time_to_probe {
            self.forget(now).await?;
        }
        Ok(())
    }

    /// Asks the tenant how it is.
    async fn probe(&self, now: Timestamp) -> Result<(), Error> {
        let probe = match self.link.connected().await {
            Ok(connected) => {
                let (probe, kind) = Probe::take(&connected.tenant.client, now).await;
                if let Some(kind) = kind {
                    self.link.doubt(kind).await;
                }
                probe
            }
            Err(error) => Probe::missed(now, &error),
        };
        self.heartbeat.beat(now);
        self.rows.keep_probe(&probe, &self.settings.controller).await
    }

    /// Nudges what is due, and takes up what a controller that died has left.
    async fn fire(&self, now: Timestamp, stop: &Stop) -> Result<Vec<Run>, Error> {
        let mut runs = Vec::new();
        for schedule in self.rows.schedules().await? {
            if stop.is_stopped() {
                break;
            }
            let left = self.rows.unfinished_runs(&schedule.name).await?;
            if left.is_empty() && due(&schedule, now).is_none() {
                continue;
            }
            let name = format!("controller run {} {}", self.settings.tenant, schedule.name);
            let claim = Lease::claim(self.rows.database(), &name, &self.settings.controller, LEASE, now);
            // Whoever has the lease is at work on this schedule: one run at a time.
            let Some(mut lease) = claim.await.map_err(Error::writing)? else { continue };
            // A run whose lease is lost must stop, but not be torn off in the middle of a request.
            let ours = Stop::new();
            let outcome = {
                let work = self.nudge(&schedule.name, now, &ours);
                tokio::pin!(work);
                let lost = self.hold(&mut lease, stop, &ours);
                tokio::select! {
                    outcome = &mut work => outcome,
                    () = lost => work.await,
                }
            };
            lease.release(self.rows.database()).await.map_err(Error::writing)?;
            runs.extend(outcome?);
        }
        Ok(runs)
    }

    /// Keeps a lease until it is lost or the controller is asked to stop; then asks the work to stop.
    async fn hold(&self, lease: &mut Lease, stop: &Stop, ours: &Stop) {
        loop {
            tokio::select! {
                () = stop.stopped(), if !ours.is_stopped() => ours.stop(),
                () = tokio::time::sleep(LEASE / 3) => {
                    match lease.renew(self.rows.database(), LEASE, self.clock.now()).await {
                        Ok(true) => {}
                        Ok(false) => break,
                        // Perhaps the next attempt works; the lease lasts two more.
                        Err(error) => tracing::warn!(error = chain(&error), "a lease could not be renewed"),
                    }
                }
            }
        }
        tracing::warn!("a schedule was taken over by another controller");
        ours.stop();
    }

    /// With the lease: what was left, then what is due.
    async fn nudge(&self, name: &str, now: Timestamp, stop: &Stop) -> Result<Vec<Run>, Error> {
        let mut runs = Vec::new();
        for left in self.rows.unfinished_runs(name).await? {
            runs.extend(run::recover(self, left, stop).await?);
        }
        // One run at a time: what is due meanwhile waits until the open one has come to its end.
        if !self.rows.unfinished_runs(name).await?.is_empty() {
            return Ok(runs);
        }
        // The row may have moved before the lease was ours.
        let schedules: Vec<Schedule> = self.rows.schedules().await?;
        let Some(schedule) = schedules.into_iter().find(|schedule| schedule.name == name) else { return Ok(runs) };
        let Some(fire) = due(&schedule, now) else { return Ok(runs) };
        if stop.is_stopped() || !self.rows.claim_fire(&schedule, &fire, &self.settings.controller, now).await? {
            return Ok(runs);
        }
        tracing::info!(schedule = schedule.name, due = %fire.due, missed = fire.missed, "a schedule nudges its workflow");
        runs.push(run::activate(self, &schedule, &fire, stop).await?);
        Ok(runs)
    }

    /// Judges what was seen and moves the alerts.
    async fn judge(&self, now: Timestamp) -> Result<(Vec<Alert>, Vec<Alert>), Error> {
        let thresholds = &self.settings.thresholds;
        let since = now.checked_sub(thresholds.rise_window).unwrap_or(Timestamp::MIN);
        let (probes, runs) = (self.rows.probes(1).await?, self.rows.runs(50).await?);
        let snapshots = self.rows.snapshots(since, 5_000).await?;
        let waiting = run::waiting(&self.engine, &self.settings.tenant, now).await.map_err(Error::Engine)?;
        let living = self.rows.living_alerts().await?;
        let facts =
            Facts { now, probes: &probes, runs: &runs, snapshots: &snapshots, waiting: &waiting, living: &living };
        let channels: Vec<&'static str> = self.channels.iter().map(|channel| channel.name()).collect();
        let (mut opened, mut resolved) = (Vec::new(), Vec::new());
        for judgement in judge(&facts, thresholds) {
            let before = living.iter().find(|alert| alert.rule == judgement.rule && alert.subject == judgement.subject);
            let Some(change) = advance(before, &judgement) else { continue };
            if !self.rows.change_alert(&change, before, &channels, now).await? {
                continue;
            }
            match change {
                Change::Opened(alert) => {
                    tracing::warn!(alert.rule = alert.rule.as_str(), alert.summary, "an alert opened");
                    opened.push(alert);
                }
                Change::Resolved(alert) => {
                    tracing::info!(alert.rule = alert.rule.as_str(), alert.resolution, "an alert is over");
                    resolved.push(alert);
                }
                Change::Watched(_) | Change::Noted(_) | Change::Forgotten(_) => {}
            }
        }
        Ok((opened, resolved))
    }

    /// Sends what waits on every channel.
    async fn tell(&self) -> Result<Drained, Error> {
        let mut total = Drained::default();
        for channel in &self.channels {
            let Drained { delivered, failed, given_up } = drain(&self.rows, &**channel, &*self.clock).await?;
            total.delivered += delivered;
            total.failed += failed;
            total.given_up += given_up;
        }
        Ok(total)
    }

    async fn forget(&self, now: Timestamp) -> Result<(), Error> {
        let retention = Retention { history: self.settings.keep_history, probes: self.settings.keep_probes };
        let gone = self.rows.forget(retention, now).await?;
        if gone > 0 {
            tracing::debug!(rows = gone, "old rows were forgotten");
        }
        Ok(())
    }
}

/// When the watch last looked around.
#[derive(Debug, Default)]
pub(crate) struct Heartbeat(AtomicI64);

impl Heartbeat {
    fn beat(&self, now: Timestamp) {
        self.0.store(now.as_microsecond(), Ordering::Relaxed);
    }

    /// `None` before the first look.
    pub(crate) fn last(&self) -> Option<Timestamp> {
        let micros = self.0.load(Ordering::Relaxed);
        (micros != 0).then(|| Timestamp::from_microsecond(micros).ok()).flatten()
    }
}

/// Waits, unless something happens or the controller is asked to stop.
async fn rest(stop: &Stop, time: Duration, sooner: &Notify) {
    tokio::select! {
        () = stop.stopped() => {}
        () = sooner.notified() => {}
        () = tokio::time::sleep(time) => {}
    }
}

/// The time from `now` to `then`: none if that has passed, and at most `longest`.
fn until(then: Option<Timestamp>, now: Timestamp, longest: Duration) -> Duration {
    then.map_or(longest, |then| elapsed(now, then).min(longest))
}

/// The time from `earlier` to `later`; none if they are the other way round.
fn elapsed(earlier: Timestamp, later: Timestamp) -> Duration {
    let micros = later.as_microsecond().saturating_sub(earlier.as_microsecond());
    Duration::from_micros(u64::try_from(micros).unwrap_or_default())
}
