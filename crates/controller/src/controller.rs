//! The room's front door: what a controller is made of, and what can be asked of it.
//!
//! Two loops do its work: one nudges workflows when their schedules are due, the other keeps watch over the
//! tenant and tells people. They are two, because a run may take an hour and
//! nobody should wait that long to hear that the tenant is gone.

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use muster_engine::{Engine, JobDetail, Stop};
use muster_store::{Clock, Database};
use tokio::sync::{Mutex, Notify};

use crate::alerts::Alert;
use crate::notify::{Channel, Drained};
use crate::run::Run;
use crate::store::Rows;
use crate::tenant::{Connect, Link};
use crate::watch::Heartbeat;
use crate::{Error, Settings, web};

/// How long answers that are on their way may take when the controller ends.
const GRACE: Duration = Duration::from_secs(2);

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
    pub(crate) ended: Notify,
    /// When old jobs were looked for last.
    pub(crate) pruned_at: Mutex<Option<Timestamp>>,
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
                pruned_at: Mutex::new(None),
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
        // Boxed: a run is nested so deeply (workflow, engine, client) that whoever awaits one more level meets the
        // compiler's limit.
        tokio::join!(watch, Box::pin(inner.nudge_loop(&stop)), Box::pin(inner.watch_loop(&stop)));
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
        let finished = Notify::new();
        let work = async {
            let asked = async {
                tokio::select! {
                    () = shutdown => {}
                    // The server broke off: end the work too.
                    () = stop.stopped() => {}
                }
                stop.stop();
            };
            self.run(asked).await;
            finished.notify_one();
        };
        let serve = async {
            let outcome = tokio::select! {
                outcome = server => outcome.map_err(Error::Serve),
                // The work is done, and nobody waits for a browser that holds on to its connection.
                () = async { finished.notified().await; tokio::time::sleep(GRACE).await } => Ok(()),
            };
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
}

/// Waits, unless something happens or the controller is asked to stop.
pub(crate) async fn rest(stop: &Stop, time: Duration, sooner: &Notify) {
    tokio::select! {
        () = stop.stopped() => {}
        () = sooner.notified() => {}
        () = tokio::time::sleep(time) => {}
    }
}

/// The time from `now` to `then`: none if that has passed, and at most `longest`.
pub(crate) fn until(then: Option<Timestamp>, now: Timestamp, longest: Duration) -> Duration {
    then.map_or(longest, |then| elapsed(now, then).min(longest))
}

/// The time from `earlier` to `later`; none if they are the other way round.
pub(crate) fn elapsed(earlier: Timestamp, later: Timestamp) -> Duration {
    let micros = later.as_microsecond().saturating_sub(earlier.as_microsecond());
    Duration::from_micros(u64::try_from(micros).unwrap_or_default())
}
