//! The limits of a tenant belong to the tenant and not to a process: how many calls were sent is kept where all
//! processes and machines see it. Each takes small leases, in turn, so that they share evenly; what is leased counts as
//! sent, so that a process that dies never makes others send too much. Ends before the day's quota, not at it.
//!
//! Not here: how fast one process goes within its turns, which the client decides by the answers it gets.

mod forecast;
mod ledger;
mod rules;
mod turns;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use futures_util::future::BoxFuture;
use jiff::Timestamp;
use muster_client::{Exhausted, Quota, ToldLimit};
use muster_store::{Clock, Database};
use tokio::sync::Mutex;
use tokio::sync::mpsc::{self, UnboundedSender};

pub use forecast::{Allowance, Forecast};

use self::ledger::Ledger;
use self::rules::{DAY, MINUTE};
use self::turns::{Ask, Dispenser};
use crate::error::Error;

/// Part of a day's quota that only urgent work may use.
const RESERVE: f64 = 0.05;

/// The tenant's figures are written down again when they differ by so much from the last ones (or by a hundredth, near
/// the end of a day), or after a minute: every answer has them, and each would be a commit.
const WORTH_A_COMMIT: u64 = 100;

/// Who may use the reserve.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Urgency {
    #[default]
    Usual,
    /// A lost device is to be locked, also when today's quota is nearly gone.
    Urgent,
}

/// Limits that somebody knows and the tenant does not say.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Permitted {
    pub per_minute: Option<u32>,
    pub per_day: Option<u32>,
}

/// This process's share in the limit of an organization group; a [`Quota`] for the client.
pub struct SharedQuota {
    ledger: Ledger,
    clock: Arc<dyn Clock>,
    urgency: Urgency,
    turns: Arc<Mutex<Dispenser>>,
    asks: UnboundedSender<Ask>,
    /// What the tenant said last, as far as it was written down.
    noted: AtomicI64,
    noted_at: AtomicI64,
}

/// What the next call has to do.
#[derive(Debug, Clone, PartialEq)]
pub enum Turn {
    Now,
    /// Wait so long, then ask again.
    Wait(Duration),
    /// Until when the quota is used up.
    UsedUp(Timestamp),
}

impl SharedQuota {
    /// Makes the tables of the limits, if they are not there yet.
    ///
    /// # Errors
    /// [`Error::Journal`].
    pub async fn make_tables(database: &Database) -> Result<(), Error> {
        Ledger::make_tables(database).await.map_err(|source| Error::Journal { action: "opened", source })
    }

    /// Takes part in the limit of `group` (as the tenant names it, or empty for the group of the credentials).
    ///
    /// # Errors
    /// [`Error::Journal`] if the database cannot be read or written.
    pub async fn open(
        database: Database,
        clock: Arc<dyn Clock>,
        tenant: &str,
        group: &str,
        permitted: Permitted,
        urgency: Urgency,
    ) -> Result<Self, Error> {
        let failed = |source| Error::Journal { action: "opened", source };
        let now = clock.now();
        let (ledger, seen) = Ledger::open(database, tenant, group, permitted, now).await.map_err(failed)?;
        let now = now.as_microsecond();
        // What another process wrote down of it is as good.
        let (noted, noted_at) = match seen {
            seen if seen.told_until > now => (seen.told_left, now),
            seen if seen.per_minute > 0 => (-seen.per_minute, 0),
            _ => (i64::MAX, 0),
        };
        let (noted, noted_at) = (AtomicI64::new(noted), AtomicI64::new(noted_at));
        let turns = Arc::new(Mutex::new(Dispenser::new(ledger.clone(), seen, clock.clone(), urgency)));
        let (asks, asked) = mpsc::unbounded_channel();
        tokio::spawn(turns::hand_out(turns.clone(), asked));
        Ok(Self { ledger, clock, urgency, turns, asks, noted, noted_at })
    }

    /// How it stands now.
    ///
    /// # Errors
    /// [`Error::Journal`].
    pub async fn allowance(&self) -> Result<Allowance, Error> {
        let now = self.clock.now();
        let standing = self.ledger.standing(now).await.map_err(|source| Error::Journal { action: "read", source })?;
        let reserve = if self.urgency == Urgency::Usual { standing.reserve(RESERVE) } else { 0 };
        let left = standing.left(now.as_microsecond()).map(|left| (left - reserve).max(0).unsigned_abs());
        Ok(Allowance { left_today: left, per_second: standing.per_second() })
    }

    /// The next step towards one permit, without waiting.
    ///
    /// # Errors
    /// What the database says.
    pub async fn step(&self) -> Result<Turn, muster_store::Error> {
        self.turns.lock().await.step().await
    }

    /// Writes down in the background; what fails is written down with the next answer.
    fn note(&self, note: impl Future<Output = Result<(), muster_store::Error>> + Send + 'static) {
        tokio::spawn(async move {
            if let Err(error) = note.await {
                tracing::warn!(%error, "what the tenant says of its limit could not be written down");
            }
        });
    }
}

impl Quota for SharedQuota {
    fn permit(&self) -> BoxFuture<'_, Result<(), Exhausted>> {
        Box::pin(turns::ask(&self.asks, &*self.clock))
    }

    fn refused(&self, wait: Option<Duration>) {
        // A short one is this process's own business.
        let Some(wait) = wait.filter(|wait| *wait >= Duration::from_secs(5)) else { return };
        let until = self.clock.now().as_microsecond().saturating_add(i64::try_from(wait.as_micros()).unwrap_or(DAY));
        let ledger = self.ledger.clone();
        self.note(async move { ledger.pause(until).await });
    }

    fn told(&self, told: ToldLimit) {
        let Some(left) = told.left.and_then(|left| i64::try_from(left.as_micros()).ok()) else { return };
        let limit = i64::try_from(told.limit).unwrap_or(i64::MAX);
        let now = self.clock.now().as_microsecond();
        let ledger = self.ledger.clone();
        if left <= MINUTE + 2 * rules::SECOND {
            if self.noted.swap(-limit, Ordering::Relaxed) != -limit {
                self.note(async move { ledger.permit(Some(limit), None).await });
            }
            return;
        }
        let Some(remaining) = told.remaining.and_then(|remaining| i64::try_from(remaining).ok()) else { return };
        let due = now - self.noted_at.load(Ordering::Relaxed) >= MINUTE;
        let differs = self.noted.load(Ordering::Relaxed).abs_diff(remaining);
        if due || differs >= (remaining.unsigned_abs() / 100).clamp(1, WORTH_A_COMMIT) {
            self.noted.store(remaining, Ordering::Relaxed);
            self.noted_at.store(now, Ordering::Relaxed);
            self.note(async move { ledger.told(limit, remaining, now + left).await });
        }
    }
}

impl std::fmt::Debug for SharedQuota {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SharedQuota")
            .field("tenant", &self.ledger.tenant)
            .field("group", &self.ledger.group)
            .field("urgency", &self.urgency)
            .finish_non_exhaustive()
    }
}
