//! The log of the API: who asked for what, and how it ended. Requests only append to a list in memory; one
//! task writes it to the database, with what was used of quotas and which names are locked.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::http::request::Parts as Head;
use jiff::{SignedDuration, Timestamp};
use muster_store::{Database, Error};
use tokio::sync::{Notify, watch};
use uuid::Uuid;

use super::limits::{Counted, Days};
use super::wire::Line;
use crate::store::access::{admins, log};

/// How long entries gather before they are written.
const GATHER: Duration = Duration::from_millis(250);
/// With so many waiting, whoever appends the next one waits for them to be written.
const WAITING: usize = 10_000;
/// Rows of one statement: SQLite takes 32,766 arguments.
const ROWS: usize = 1_000;
/// How often the log is searched for what is too old.
const SWEEP: SignedDuration = SignedDuration::from_hours(1);

/// What is learned of a request on its way.
#[derive(Debug, Default)]
pub(super) struct Trail {
    pub(super) group: i64,
    pub(super) caller: Arc<str>,
    /// The means, and the service of the API key.
    pub(super) credential: (&'static str, Option<Arc<str>>),
    pub(super) operation: &'static str,
    pub(super) object: String,
}

impl Trail {
    pub(super) fn entry(
        self,
        head: &Head,
        line: &Line,
        status: u16,
        took: Duration,
        correlation: Uuid,
        at: Timestamp,
    ) -> log::Entry {
        let (means, service) = self.credential;
        log::Entry {
            at,
            group: self.group,
            caller: self.caller.as_ref().to_owned(),
            credential: service.map_or_else(|| means.to_owned(), |service| format!("{means}, key {service}")),
            address: line.peer.address.to_string(),
            method: head.method.as_str().to_owned(),
            path: head.uri.path().to_owned(),
            operation: self.operation.to_owned(),
            object: self.object,
            status,
            duration_us: u64::try_from(took.as_micros()).unwrap_or(u64::MAX),
            correlation,
        }
    }
}

pub(super) struct ApiLog {
    waiting: Mutex<Vec<log::Entry>>,
    locks: Mutex<Vec<(i64, Timestamp)>>,
    come: Notify,
    /// The last id, by whoever writes.
    writing: tokio::sync::Mutex<i64>,
    /// Microseconds; the next time to look for what is too old.
    sweep_at: AtomicI64,
}

impl ApiLog {
    pub(super) async fn open(database: &Database) -> Result<Self, Error> {
        Ok(Self {
            waiting: Mutex::default(),
            locks: Mutex::default(),
            come: Notify::new(),
            writing: tokio::sync::Mutex::new(log::last_id(database).await?),
            sweep_at: AtomicI64::new(i64::MIN),
        })
    }

    fn waiting(&self) -> MutexGuard<'_, Vec<log::Entry>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Appends an entry. Answers whether so many wait that the caller should write them.
    #[must_use]
    pub(super) fn append(&self, entry: log::Entry) -> bool {
        let mut waiting = self.waiting();
        waiting.push(entry);
        let (first, full) = (waiting.len() == 1, waiting.len() >= WAITING);
        drop(waiting);
        if first {
            self.come.notify_one();
        }
        full
    }

    /// Something else than an entry waits to be written: what was used of quotas.
    pub(super) fn nudge(&self) {
        self.come.notify_one();
    }

    /// An account was locked.
    pub(super) fn locked(&self, account: i64, until: Timestamp) {
        self.locks.lock().unwrap_or_else(PoisonError::into_inner).push((account, until));
        self.come.notify_one();
    }

    /// Writes until the sender of `stopping` says `true` or is gone; [`Self::flush`] writes what comes after.
    pub(super) async fn write(&self, database: &Database, days: &Days, mut stopping: watch::Receiver<bool>) {
        loop {
            tokio::select! {
                biased;
                // An error says that the sender is gone, which is also the end.
                _ = stopping.changed() => return,
                () = self.come.notified() => {}
            }
            tokio::time::sleep(GATHER).await;
            if let Err(error) = self.flush(database, days).await {
                tracing::error!(%error, "the log of the API cannot be written");
            }
        }
    }

    /// Writes what waits. After an error it waits still, unless that is too much.
    pub(super) async fn flush(&self, database: &Database, days: &Days) -> Result<(), Error> {
        let mut last = self.writing.lock().await;
        let entries = std::mem::take(&mut *self.waiting());
        let locks = std::mem::take(&mut *self.locks.lock().unwrap_or_else(PoisonError::into_inner));
        let used = days.fresh();
        if entries.is_empty() && locks.is_empty() && used.is_empty() {
            return Ok(());
        }
        let written = write_all(database, *last, &entries, &locks, &used).await;
        match written {
            Ok(()) => *last += i64::try_from(entries.len()).unwrap_or_default(),
            Err(_) => {
                let mut waiting = self.waiting();
                let newer = std::mem::replace(&mut *waiting, entries);
                waiting.extend(newer);
                let too_many = waiting.len().saturating_sub(2 * WAITING);
                if too_many > 0 {
                    tracing::error!(lost = too_many, "entries of the API's log were lost");
                    waiting.drain(..too_many);
                }
            }
        }
        written
    }

    /// Whether it is time to look for what is too old; says so once an hour.
    pub(super) fn is_due(&self, now: Timestamp) -> bool {
        let (now, next) = (now.as_microsecond(), now.saturating_add(SWEEP).unwrap_or(Timestamp::MAX).as_microsecond());
        let due = self.sweep_at.load(Ordering::Relaxed);
        now >= due && self.sweep_at.compare_exchange(due, next, Ordering::Relaxed, Ordering::Relaxed).is_ok()
    }

    /// Forgets what is older than its group keeps it, in days.
    pub(super) async fn sweep(
        &self,
        database: &Database,
        log_days: &[(i64, u32)],
        now: Timestamp,
    ) -> Result<(), Error> {
        let mut tx = crate::store::begin(database).await?;
        for &(group, days) in log_days {
            let age = SignedDuration::from_hours(24 * i64::from(days));
            log::forget(&mut tx, group, now.saturating_sub(age).unwrap_or(Timestamp::MIN)).await?;
        }
        tx.commit().await
    }
}

async fn write_all(
    database: &Database,
    mut last: i64,
    entries: &[log::Entry],
    locks: &[(i64, Timestamp)],
    used: &[(Counted, super::limits::Day)],
) -> Result<(), Error> {
    let mut tx = crate::store::begin(database).await?;
    for part in entries.chunks(ROWS) {
        log::add(&mut tx, last, part).await?;
        last += i64::try_from(part.len()).unwrap_or_default();
    }
    for (account, until) in locks {
        admins::set_lock(&mut tx, *account, Some(*until)).await?;
    }
    for (whose, day) in used {
        match whose {
            Counted::Group(group) => log::write_group_use(&mut tx, *group, day.number, day.count).await?,
            Counted::Account(account) => admins::note_login(&mut tx, *account, day.at).await?,
            Counted::Credential(kind, id) => {
                let used = log::Used { day: day.number, count: day.count, at: day.at };
                log::write_use(&mut tx, *kind, *id, used).await?;
            }
        }
    }
    tx.commit().await
}
