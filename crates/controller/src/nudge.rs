//! The loop that nudges: when a schedule's instant comes, its workflow runs, once and by one controller.

use std::time::Duration;

use jiff::Timestamp;
use muster_engine::Stop;
use muster_store::Lease;
use tokio::sync::Notify;

use crate::Error;
use crate::controller::{Inner, rest, until};
use crate::error::chain;
use crate::run::{self, Run};
use crate::schedule::{Schedule, due};

/// For how long a controller that died keeps others from its schedule.
const LEASE: Duration = Duration::from_secs(60);

/// How often the schedules are looked at: another controller may have moved them, and the machine may
/// have slept.
const LOOK: Duration = Duration::from_secs(5);

impl Inner {
    pub(crate) async fn nudge_loop(&self, stop: &Stop) {
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

    /// Nudges what is due, and takes up what a controller that died has left.
    pub(crate) async fn fire(&self, now: Timestamp, stop: &Stop) -> Result<Vec<Run>, Error> {
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
}
