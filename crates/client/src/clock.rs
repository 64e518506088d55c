//! The tenant's clock, as its answers tell it; and the caller's, where a signature has to say when it was made. This
//! crate never asks what time it is here.

use std::sync::Mutex;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::time::Instant;

/// `Date` headers count whole seconds, so the tenant's clock is never earlier than the latest header says,
/// carried forward, and less than a second later; the largest estimate is the best one. One that is further
/// behind than this means that the tenant's clock was set back.
const SET_BACK: SignedDuration = SignedDuration::from_secs(3);

/// The time of day, as the caller knows it.
pub trait Clock: std::fmt::Debug + Send + Sync {
    fn now(&self) -> Timestamp;
}

#[derive(Debug, Default)]
pub(crate) struct ServerClock(Mutex<Option<(Instant, Timestamp)>>);

impl ServerClock {
    /// Remembers what an answer's `Date` header said when it arrived.
    pub(crate) fn note(&self, date: Timestamp) {
        let Ok(mut seen) = self.0.lock() else { return };
        let now = Instant::now();
        let better = match carried(*seen, now) {
            Some(known) => date > known || known.duration_since(date) > SET_BACK,
            None => true,
        };
        if better {
            *seen = Some((now, date));
        }
    }

    /// The tenant's present time, as far as it is known.
    pub(crate) fn now(&self) -> Option<Timestamp> {
        carried(*self.0.lock().ok()?, Instant::now())
    }
}

fn carried(seen: Option<(Instant, Timestamp)>, now: Instant) -> Option<Timestamp> {
    let (at, date) = seen?;
    let elapsed: Duration = now.saturating_duration_since(at);
    date.checked_add(elapsed).ok()
}

/// Reads a `Date` or `Retry-After` header.
pub(crate) fn http_date(text: &str) -> Option<Timestamp> {
    jiff::fmt::rfc2822::parse(text.trim()).ok().map(|zoned| zoned.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn the_servers_clock_is_carried_forward_and_never_jumps_back_by_a_rounding() {
        let clock = ServerClock::default();
        assert_eq!(clock.now(), None);
        let noon = http_date("Tue, 15 Nov 1994 12:00:00 GMT").expect("a date");
        clock.note(noon);
        tokio::time::advance(Duration::from_millis(1500)).await;
        let later = noon + Duration::from_millis(1500);
        assert_eq!(clock.now(), Some(later));
        // The header lags by its rounding: the estimate stays.
        clock.note(noon + Duration::from_secs(1));
        assert_eq!(clock.now(), Some(later));
        // It was set back by an hour: believed.
        clock.note(noon - Duration::from_secs(3600));
        assert_eq!(clock.now(), Some(noon - Duration::from_secs(3600)));
    }
}
