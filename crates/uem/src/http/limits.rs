//! How many requests a tenant answers in a minute. A fixed window, as the headers describe it.
//!
//! Limits are about real requests, so the window runs in real time, however the tenant's clock goes.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

const WINDOW: Duration = Duration::from_secs(60);

pub(super) struct Limiter {
    limit: u32,
    window: Mutex<Window>,
}

struct Window {
    began: Instant,
    used: u32,
}

/// Where a request stands within the limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Standing {
    pub(super) limit: u32,
    pub(super) remaining: u32,
    /// Until the count begins again.
    pub(super) reset: Duration,
    /// Whether the request may pass.
    pub(super) within: bool,
}

impl Standing {
    /// Whole seconds until the count begins again, at least one.
    pub(super) fn reset_seconds(&self) -> u64 {
        self.reset.as_millis().div_ceil(1000).try_into().unwrap_or(u64::MAX).max(1)
    }
}

impl Limiter {
    pub(super) fn new(limit: u32, now: Instant) -> Self {
        Self { limit, window: Mutex::new(Window { began: now, used: 0 }) }
    }

    /// Counts one request. One that is turned away does not count.
    pub(super) fn take(&self, now: Instant) -> Standing {
        let mut window = self.window.lock().unwrap_or_else(PoisonError::into_inner);
        if now.duration_since(window.began) >= WINDOW {
            *window = Window { began: now, used: 0 };
        }
        let within = window.used < self.limit;
        if within {
            window.used += 1;
        }
        Standing {
            limit: self.limit,
            remaining: self.limit - window.used,
            reset: WINDOW.saturating_sub(now.duration_since(window.began)),
            within,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_lets_its_number_pass_and_begins_again() {
        let start = Instant::now();
        let limiter = Limiter::new(2, start);
        let at = |seconds| limiter.take(start + Duration::from_secs(seconds));
        assert_eq!(at(0), Standing { limit: 2, remaining: 1, reset: WINDOW, within: true });
        assert_eq!((at(10).within, at(20).within), (true, false));
        assert_eq!(at(45).reset_seconds(), 15);
        assert_eq!(at(60), Standing { limit: 2, remaining: 1, reset: WINDOW, within: true });
    }
}
