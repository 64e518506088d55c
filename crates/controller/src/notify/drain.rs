//! Sends what waits for a channel.

use std::time::Duration;

use muster_store::Clock;

use super::{ATTEMPTS, Channel, wait};
use crate::Error;
use crate::store::Rows;

/// For how long a delivery that is being sent is kept from everybody else: longer than a send may take.
const HOLD: Duration = Duration::from_secs(60);

/// The most deliveries of one pass, so that a flood of alerts cannot keep the controller from its watch.
const PASS: usize = 50;

/// What one pass came to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Drained {
    pub delivered: u64,
    /// Did not arrive; tried again later.
    pub failed: u64,
    /// Did not arrive, and will not be tried again.
    pub given_up: u64,
}

/// Sends what is due on `channel`, one after the other. The pass ends at the first failure: the next
/// message would most likely fail for the same reason.
pub(crate) async fn drain(rows: &Rows, channel: &dyn Channel, clock: &dyn Clock) -> Result<Drained, Error> {
    let mut drained = Drained::default();
    for _ in 0..PASS {
        let Some(delivery) = rows.claim_delivery(channel.name(), clock.now(), HOLD).await? else { break };
        let outcome = channel.send(&delivery).await;
        let now = clock.now();
        let again = (delivery.attempts < ATTEMPTS).then(|| now.checked_add(wait(delivery.attempts)).unwrap_or(now));
        rows.settle_delivery(delivery.id, outcome.as_ref().err().map(String::as_str), again, now).await?;
        let Err(why) = outcome else {
            drained.delivered += 1;
            continue;
        };
        tracing::warn!(delivery.id = %delivery.id, channel = channel.name(), attempt = delivery.attempts, why, "a message did not arrive");
        match again {
            Some(_) => drained.failed += 1,
            None => drained.given_up += 1,
        }
        break;
    }
    Ok(drained)
}
