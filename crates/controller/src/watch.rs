//! The loop that keeps watch: it asks the tenant how it is, judges what was seen, tells people, and forgets
//! what is old.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use muster_engine::Stop;

use crate::Error;
use crate::alerts::{Alert, BrokenGlass, Change, Facts, advance, judge};
use crate::controller::{Inner, elapsed, rest, until};
use crate::error::chain;
use crate::health::Probe;
use crate::notify::{Drained, drain};
use crate::run;
use crate::store::Retention;

/// How often old jobs are looked for.
const A_DAY: Duration = Duration::from_secs(24 * 3600);

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

impl Inner {
    pub(crate) async fn watch_loop(&self, stop: &Stop) {
        let mut probed: Option<Timestamp> = None;
        while !stop.is_stopped() {
            let now = self.clock.now();
            // A clock that was set back is no reason to look away.
            let is_time = probed.is_none_or(|at| at > now || elapsed(at, now) >= self.settings.watch_every);
            if is_time {
                probed = Some(now);
            }
            tokio::select! {
                kept = self.watch(now, is_time) => if let Err(error) = kept {
                    tracing::error!(error = chain(&error), "the watch could not be kept");
                },
                // A tenant that does not answer can keep a probe for minutes. A message that is torn off
                // is sent again at the next start, under the same id.
                () = stop.stopped() => return,
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
    pub(crate) async fn probe(&self, now: Timestamp) -> Result<(), Error> {
        let probe = match self.link.connected().await {
            Ok(connected) => {
                let (probe, kind) = Probe::take(&connected.tenant.client, now).await;
                if let Some(kind) = kind {
                    self.link.doubt(kind);
                }
                probe
            }
            Err(error) => Probe::missed(now, &error),
        };
        self.heartbeat.beat(now);
        self.rows.keep_probe(&probe, &self.settings.controller).await
    }

    /// Judges what was seen and moves the alerts.
    pub(crate) async fn judge(&self, now: Timestamp) -> Result<(Vec<Alert>, Vec<Alert>), Error> {
        let thresholds = &self.settings.thresholds;
        let since = now.checked_sub(thresholds.rise_window).unwrap_or(Timestamp::MIN);
        let (probes, runs) = (self.rows.probes(1).await?, self.rows.runs(50).await?);
        let snapshots = self.rows.snapshots(since, 5_000).await?;
        let waiting = run::waiting(&self.engine, &self.settings.tenant, now).await.map_err(Error::Engine)?;
        let broken = self.broken_glasses(now).await?;
        let living = self.rows.living_alerts().await?;
        let facts = Facts {
            now,
            probes: &probes,
            runs: &runs,
            snapshots: &snapshots,
            waiting: &waiting,
            broken: &broken,
            living: &living,
        };
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

    /// Plans for which the glass was broken within the last day.
    async fn broken_glasses(&self, now: Timestamp) -> Result<Vec<BrokenGlass>, Error> {
        let since = now.checked_sub(SignedDuration::from_hours(24)).unwrap_or(Timestamp::MIN);
        let broken = self.engine.broken_glasses(since).await.map_err(Error::Engine)?;
        let glass = |(plan, approval): (muster_engine::PlanId, muster_engine::Approval)| BrokenGlass {
            plan: plan.to_string(),
            by: approval.by,
            reason: approval.note,
            at: approval.at,
        };
        Ok(broken.into_iter().map(glass).collect())
    }

    /// Sends what waits on every channel.
    pub(crate) async fn tell(&self) -> Result<Drained, Error> {
        let mut total = Drained::default();
        for channel in &self.channels {
            let Drained { delivered, failed, given_up } = drain(&self.rows, &**channel, &*self.clock).await?;
            total.delivered += delivered;
            total.failed += failed;
            total.given_up += given_up;
        }
        Ok(total)
    }

    pub(crate) async fn forget(&self, now: Timestamp) -> Result<(), Error> {
        let retention = Retention { history: self.settings.keep_history, probes: self.settings.keep_probes };
        let gone = self.rows.forget(retention, now).await?;
        if gone > 0 {
            tracing::debug!(rows = gone, "old rows were forgotten");
        }
        // Once a day: it takes the journal's lock.
        let mut pruned_at = self.pruned_at.lock().await;
        if pruned_at.is_none_or(|then| elapsed(then, now) >= A_DAY) {
            let age = jiff::SignedDuration::try_from(self.settings.keep_jobs).unwrap_or(jiff::SignedDuration::MAX);
            let pruned = self.engine.prune(age, &self.settings.controller).await.map_err(Error::Engine)?;
            *pruned_at = Some(now);
            if pruned.jobs > 0 {
                tracing::info!(jobs = pruned.jobs, "old jobs were forgotten");
            }
        }
        Ok(())
    }
}
