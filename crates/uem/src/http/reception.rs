//! What happens to a request before its route: who calls, the limits of their organization group, and the
//! settings that hold for them.

use std::time::Duration;

use axum::http::HeaderMap;
use jiff::Timestamp;
use muster_model::error::code;
use muster_store::Database;
use tokio::sync::watch;
use tokio::time::Instant;
use uuid::Uuid;

use super::api_log::ApiLog;
use super::context::Caller;
use super::gate::{Claim, Gate, Headers};
use super::limits::{self, Counted, Days, Limiter, Standing};
use super::refusal::Refusal;
use super::wire::Peer;
use crate::authority::book::Effective;
use crate::error::Error;
use crate::store::access::log;

/// Everything that decides about a request before its route does.
pub(crate) struct Reception {
    pub(crate) gate: Gate,
    pub(super) limiter: Limiter,
    pub(super) days: Days,
    pub(super) log: ApiLog,
}

/// How a request was received.
pub(super) struct Received {
    pub(super) standing: Standing,
    /// The settings of the caller's group.
    pub(super) settings: Effective,
    /// The group whose settings these are; 0 if nobody was recognised.
    pub(super) group: i64,
    pub(super) outcome: Result<Caller, Turned>,
}

/// Why a request goes no further.
pub(super) enum Turned {
    Away(Refusal),
    /// Too many, and when to come again.
    Back {
        after: Duration,
        refusal: Refusal,
    },
}

impl Reception {
    pub(super) async fn open(database: &Database, tenant: Uuid, limit: u32, now: Timestamp) -> Result<Self, Error> {
        let gate = Gate::open(database, tenant, now).await?;
        let days = Days::default();
        for (group, day, count) in log::group_uses(database).await? {
            days.remember(Counted::Group(group), day, count);
        }
        for &(kind, id, day, count) in &gate.book().uses {
            days.remember(Counted::Credential(kind, id), day, count);
        }
        Ok(Self { gate, limiter: Limiter::new(limit), days, log: ApiLog::open(database).await? })
    }

    /// Recognises a caller, counts the request, and proves the rest.
    pub(super) async fn receive(&self, headers: &HeaderMap, path: &str, peer: &Peer, now: Timestamp) -> Received {
        match self.gate.claim(&Headers::of(headers), path, peer, now) {
            Ok(claim) => self.recognised(claim, now).await,
            Err(refusal) => {
                // Whoever is not recognised counts against the tenant's own limit.
                let standing = self.limiter.take(None, Instant::now());
                let turned = if standing.within { Turned::Away(refusal) } else { too_many(&standing) };
                Received { standing, settings: Effective::DEFAULT, group: 0, outcome: Err(turned) }
            }
        }
    }

    async fn recognised(&self, claim: Claim, now: Timestamp) -> Received {
        let (group, settings) = (claim.group(), claim.settings());
        let standing = self.limiter.take(settings.rate_limit, Instant::now());
        let outcome = if !standing.within {
            Err(too_many(&standing))
        } else if !settings.enabled {
            let message = "The API is not enabled for this organization group.";
            Err(Turned::Away(Refusal::new(403, code::BAD_TENANT_CODE, message)))
        } else if !self.days.take(&claim.counted(&settings), now) {
            let refusal =
                Refusal::new(429, code::THROTTLED, "Too many requests: the API quota of this day is used up.");
            Err(Turned::Back { after: limits::until_midnight(now), refusal })
        } else {
            let proved = self.gate.prove(claim, now).await.map_err(|(refusal, locked)| {
                if let Some(locked) = locked {
                    self.log.locked(locked.account, locked.until);
                }
                Turned::Away(refusal)
            });
            if let Some(account) = proved.as_ref().ok().map(|caller| caller.account).filter(|account| *account > 0) {
                self.days.note(Counted::Account(account), now);
            }
            proved
        };
        Received { standing, settings, group, outcome }
    }

    /// Appends to the log; looks now and then for what is too old.
    pub(super) async fn record(&self, database: &Database, entry: log::Entry, now: Timestamp) {
        let mut done = Ok(());
        if self.log.append(entry) {
            done = self.flush(database).await;
        }
        if self.log.is_due(now) {
            let days: Vec<(i64, u32)> = self.gate.book().log_days().collect();
            done = done.and(self.log.sweep(database, &days, now).await);
        }
        if let Err(error) = done {
            tracing::error!(%error, "the log of the API cannot be written");
        }
    }

    /// Writes the log until the tenant stops.
    pub(crate) async fn keep_log(&self, database: &Database, stopping: watch::Receiver<bool>) {
        self.log.write(database, &self.days, stopping).await;
    }

    /// Writes what waits to be written.
    pub(crate) async fn flush(&self, database: &Database) -> Result<(), muster_store::Error> {
        self.log.flush(database, &self.days).await
    }
}

pub(super) fn too_many(standing: &Standing) -> Turned {
    let refusal = Refusal::new(429, code::THROTTLED, "Too many requests: the API quota of this minute is used up.");
    Turned::Back { after: Duration::from_secs(standing.reset_seconds()), refusal }
}
