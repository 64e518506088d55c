//! One run per job: a lease that this run renews while it lives.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use muster_store::Lease;
use uuid::Uuid;

use super::{Event, Progress};
use crate::error::Error;
use crate::journal::{Claim, Journal, lease_name};
use crate::plan::JobId;

/// For so long a dead run keeps others out. Every append checks the fence, so a run that was stalled for
/// longer than this cannot do harm, it only ends.
const TTL: Duration = Duration::from_secs(6);
const BEAT: Duration = Duration::from_secs(2);
/// How often a waiting run looks whether the holder lives.
const LOOK: Duration = Duration::from_millis(250);

/// The lease of a run.
pub(super) struct Hold {
    lease: Lease,
    term: Term,
}

/// Until when the lease holds, in microseconds since 1970; renewed while others look at it.
#[derive(Clone)]
pub(super) struct Term(Arc<AtomicI64>);

impl Term {
    /// Whether the lease still held at `now`. Nothing is sent when it does not.
    pub(super) fn holds(&self, now: Timestamp) -> bool {
        now.as_microsecond() < self.0.load(Ordering::Relaxed)
    }
}

/// Claims a job. If somebody has it, waits until that lease runs out or shows that its holder lives.
pub(super) async fn claim(
    journal: &Journal,
    job: JobId,
    alone: bool,
    progress: &dyn Progress,
) -> Result<(Hold, Claim), Error> {
    let (hold, claim) = hold(journal, job, alone, progress).await?;
    if let Err(error) = journal.claim(&claim).await {
        hold.release(journal).await;
        return Err(error);
    }
    Ok((hold, claim))
}

/// Claims a job without running it: to write down what became of it.
pub(super) async fn claim_to_look(
    journal: &Journal,
    job: JobId,
    alone: bool,
    progress: &dyn Progress,
) -> Result<(Hold, Claim), Error> {
    let (hold, claim) = hold(journal, job, alone, progress).await?;
    if let Err(error) = journal.claim_to_look(&claim).await {
        hold.release(journal).await;
        return Err(error);
    }
    Ok((hold, claim))
}

async fn hold(journal: &Journal, job: JobId, alone: bool, progress: &dyn Progress) -> Result<(Hold, Claim), Error> {
    let name = lease_name(job);
    let run = Uuid::new_v4().simple().to_string();
    let owner = format!("process {} (run {})", std::process::id(), &run[..8]);
    let lease = take(journal, &name, &owner, job, alone, progress).await?;
    let claim = Claim { job, fence: lease.fence(), owner };
    let term = Term(Arc::new(AtomicI64::new(lease.expires_at().as_microsecond())));
    Ok((Hold { lease, term }, claim))
}

async fn take(
    journal: &Journal,
    name: &str,
    owner: &str,
    job: JobId,
    alone: bool,
    progress: &dyn Progress,
) -> Result<Lease, Error> {
    let database = journal.database();
    let store = |source| Error::Journal { action: "claimed", source };
    let mut first_seen: Option<Timestamp> = None;
    let mut waited = Duration::ZERO;
    loop {
        let now = journal.now();
        if let Some(lease) = Lease::claim(database, name, owner, TTL, now).await.map_err(store)? {
            return Ok(lease);
        }
        let Some(holder) = Lease::holder(database, name, now).await.map_err(store)? else { continue };
        if alone {
            if let Some(lease) = Lease::take_over(database, &holder, owner, TTL, now).await.map_err(store)? {
                return Ok(lease);
            }
            continue;
        }
        // A lease that was renewed since it was first seen has a living holder.
        let seen = *first_seen.get_or_insert(holder.expires_at);
        if holder.expires_at != seen || waited > TTL + LOOK {
            return Err(Error::Busy { job, owner: holder.owner });
        }
        if waited.is_zero() {
            let why = format!("the job was last run by {}; waiting whether it still lives", holder.owner);
            progress.event(&Event::Waiting { why, duration: TTL });
        }
        tokio::time::sleep(LOOK).await;
        waited += LOOK;
    }
}

impl Hold {
    pub(super) fn term(&self) -> Term {
        self.term.clone()
    }

    /// Renews the lease until dropped. When it is lost, nothing more is sent and the next append fails.
    pub(super) async fn beat(&mut self, journal: &Journal) -> std::convert::Infallible {
        let Self { lease, term: Term(until) } = self;
        loop {
            tokio::time::sleep(BEAT).await;
            match lease.renew(journal.database(), TTL, journal.now()).await {
                Ok(true) => until.store(lease.expires_at().as_microsecond(), Ordering::Relaxed),
                Ok(false) => until.store(0, Ordering::Relaxed),
                // The database may be busy; the lease ends by itself if that lasts.
                Err(error) => tracing::warn!(%error, "the lease of the job could not be renewed"),
            }
        }
    }

    /// Lets others in at once. If that fails, the lease runs out by itself.
    pub(super) async fn release(self, journal: &Journal) {
        if let Err(error) = self.lease.release(journal.database()).await {
            tracing::warn!(%error, "the lease of the job could not be released");
        }
    }
}
