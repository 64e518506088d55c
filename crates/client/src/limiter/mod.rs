//! How fast the requests of one process leave: never faster than the settings or the tenant allow, and as close
//! to what the tenant really grants as its answers show. [`pace`] decides, this file waits; over tokio's clock, so
//! that tests step it.

mod latency;
mod pace;
mod told;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until};

use self::pace::Pace;
pub(crate) use self::told::Told;
use crate::{Error, Rate};

/// Lets requests go in the order in which they came.
#[derive(Debug)]
pub(crate) struct Limiter {
    /// Instants are told to [`Pace`] as seconds since this one.
    start: Instant,
    pace: Mutex<Pace>,
    /// Those who wait stand in line here; the first one looks at the clock.
    line: tokio::sync::Mutex<()>,
    waiting: AtomicUsize,
    /// The first in line has to look again.
    changed: Notify,
}

/// One more in line, however it ends.
struct InLine<'a>(&'a AtomicUsize);

impl Drop for InLine<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Limiter {
    pub(crate) fn new(rate: Rate) -> Result<Self, Error> {
        if !(rate.per_second.is_finite() && rate.per_second > 0.0 && rate.burst > 0) {
            return Err(Error::Invalid(format!(
                "a rate of {} requests per second with a burst of {} lets nothing through",
                rate.per_second, rate.burst
            )));
        }
        if Duration::try_from_secs_f64(1.0 / rate.per_second).is_err() {
            return Err(Error::Invalid(format!("a rate of {} requests per second is too slow", rate.per_second)));
        }
        Ok(Self {
            start: Instant::now(),
            pace: Mutex::new(Pace::new(rate)),
            line: tokio::sync::Mutex::default(),
            waiting: AtomicUsize::new(0),
            changed: Notify::new(),
        })
    }

    /// Waits until one request may leave.
    pub(crate) async fn permit(&self) {
        // Nobody is waiting and there is nothing to wait for: the usual case.
        if self.waiting.load(Ordering::Relaxed) == 0 && self.take().is_ok() {
            return;
        }
        self.waiting.fetch_add(1, Ordering::Relaxed);
        let _here = InLine(&self.waiting);
        let _first = self.line.lock().await;
        loop {
            let changed = self.changed.notified();
            let Err(due) = self.take() else { return };
            tokio::select! {
                biased;
                () = sleep_until(due) => {}
                () = changed => {}
            }
        }
    }

    /// Takes a permit, or says when there may be one.
    fn take(&self) -> Result<(), Instant> {
        let now = self.now();
        let mut pace = self.pace();
        let due = pace.due(now);
        if due <= now {
            pace.take(now);
            return Ok(());
        }
        // Timers count whole milliseconds, and a year is as good as never.
        Err(self.start + Duration::from_secs_f64(due.min(now + 3.0e7)))
    }

    /// An answer that was no refusal came, to a request that left at `sent`.
    pub(crate) fn answered(&self, sent: Instant, endpoint: &'static str) {
        let (now, sent) = (self.now(), self.seconds(sent));
        let mut pace = self.pace();
        if pace.answered(now, sent, endpoint) {
            drop(pace);
            self.look_again();
        }
    }

    /// The tenant refused a request that left at `sent` as one too many, and perhaps said how long to wait: everybody
    /// does.
    pub(crate) fn refused(&self, sent: Instant, wait: Option<Duration>) {
        let (now, sent) = (self.now(), self.seconds(sent));
        self.pace().refused(now, sent, wait.map(|wait| wait.as_secs_f64()));
    }

    /// What the tenant says about its limit.
    pub(crate) fn told(&self, told: Told) {
        let now = self.now();
        if self.pace().told(now, told) {
            self.look_again();
        }
    }

    fn look_again(&self) {
        if self.waiting.load(Ordering::Relaxed) > 0 {
            self.changed.notify_one();
        }
    }

    fn pace(&self) -> MutexGuard<'_, Pace> {
        self.pace.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now(&self) -> f64 {
        self.seconds(Instant::now())
    }

    fn seconds(&self, instant: Instant) -> f64 {
        instant.saturating_duration_since(self.start).as_secs_f64()
    }
}

#[cfg(test)]
mod scene;
#[cfg(test)]
mod tests;
