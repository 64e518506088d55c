//! The quota of one process: a bucket of tokens that fills at a steady rate (GCRA: one point in time is all
//! its state), over tokio's clock, so that tests pause it.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use futures_util::future::BoxFuture;
use tokio::time::{Instant, sleep_until};

use crate::quota::{Exhausted, Quota};
use crate::{Error, Rate};

/// The default [`Quota`].
#[derive(Debug)]
pub(crate) struct Limiter {
    /// Time one token takes to grow.
    interval: Duration,
    /// How far ahead of the clock a full bucket lets the schedule run.
    ahead: Duration,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    /// When the bucket will be full again.
    full_at: Instant,
    /// Nobody goes before this.
    paused_until: Instant,
}

impl Limiter {
    pub(crate) fn new(rate: Rate) -> Result<Self, Error> {
        if !(rate.per_second.is_finite() && rate.per_second > 0.0 && rate.burst > 0) {
            return Err(Error::Invalid(format!(
                "a rate of {} requests per second with a burst of {} lets nothing through",
                rate.per_second, rate.burst
            )));
        }
        let interval = Duration::try_from_secs_f64(1.0 / rate.per_second)
            .map_err(|_| Error::Invalid(format!("a rate of {} requests per second is too slow", rate.per_second)))?;
        let now = Instant::now();
        Ok(Self {
            interval,
            ahead: interval.saturating_mul(rate.burst - 1),
            state: Mutex::new(State { full_at: now, paused_until: now }),
        })
    }

    /// Takes one token and says when it may be used.
    fn reserve(&self, now: Instant) -> Instant {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let full_at = state.full_at.max(now);
        state.full_at = full_at + self.interval;
        full_at.checked_sub(self.ahead).unwrap_or(now).max(now)
    }

    fn paused_until(&self) -> Instant {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).paused_until
    }
}

impl Quota for Limiter {
    fn permit(&self) -> BoxFuture<'_, Result<(), Exhausted>> {
        Box::pin(async move {
            sleep_until(self.reserve(Instant::now())).await;
            // A pause may have begun, or grown, while this call slept.
            loop {
                let until = self.paused_until();
                if until <= Instant::now() {
                    return Ok(());
                }
                sleep_until(until).await;
            }
        })
    }

    fn pause(&self, time: Duration) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.paused_until = state.paused_until.max(Instant::now() + time);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limiter(per_second: f64, burst: u32) -> Limiter {
        Limiter::new(Rate { per_second, burst }).expect("a rate")
    }

    async fn take(limiter: &Limiter, count: u32) -> Duration {
        let start = Instant::now();
        for _ in 0..count {
            limiter.permit().await.expect("a permit");
        }
        start.elapsed()
    }

    #[tokio::test(start_paused = true)]
    async fn a_burst_leaves_at_once_and_the_rest_at_the_rate() {
        let limiter = limiter(10.0, 5);
        assert_eq!(take(&limiter, 5).await, Duration::ZERO);
        let rest = take(&limiter, 10).await;
        assert!(rest >= Duration::from_millis(1000) && rest < Duration::from_millis(1020), "{rest:?}");
        // The bucket fills again while nobody asks, and never above the burst.
        tokio::time::advance(Duration::from_secs(60)).await;
        assert_eq!(take(&limiter, 5).await, Duration::ZERO);
        assert!(take(&limiter, 1).await >= Duration::from_millis(99));
    }

    #[tokio::test(start_paused = true)]
    async fn a_pause_holds_everybody_even_those_already_waiting() {
        let limiter = std::sync::Arc::new(limiter(1.0, 1));
        take(&limiter, 1).await;
        let waiting = tokio::spawn({
            let limiter = limiter.clone();
            async move { take(&limiter, 1).await }
        });
        tokio::time::sleep(Duration::from_millis(500)).await;
        limiter.pause(Duration::from_secs(30));
        let waited = waiting.await.expect("no panic");
        assert!(waited >= Duration::from_millis(30_499), "{waited:?}");
    }

    #[tokio::test]
    async fn a_rate_that_lets_nothing_through_is_refused() {
        for (per_second, burst) in [(0.0, 5), (-1.0, 5), (f64::NAN, 5), (5.0, 0), (f64::MIN_POSITIVE, 1)] {
            assert!(Limiter::new(Rate { per_second, burst }).is_err(), "{per_second} {burst}");
        }
    }
}
