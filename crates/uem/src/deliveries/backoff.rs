//! When a message is tried again, and when it is given up.

use jiff::{SignedDuration, Timestamp};

use crate::store::deliveries::{Delivery, TEST};

/// Seconds from one attempt to the next; after the last one the message is given up.
const WAITS: [i64; 6] = [10, 30, 120, 600, 1_800, 3_600];
/// What is older than a day is tried once: behind a receiver that is gone for good, others would wait for weeks.
const OLD: SignedDuration = SignedDuration::from_hours(24);

/// When a message that has just failed is tried again.
pub(super) fn again(delivery: &Delivery, now: Timestamp) -> Option<Timestamp> {
    if delivery.kind == TEST || now.duration_since(delivery.created_at) > OLD {
        return None;
    }
    let wait = WAITS.get(usize::try_from(delivery.tries).ok()?)?;
    now.checked_add(SignedDuration::from_secs(*wait)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_grows_and_ends() {
        let start = Timestamp::UNIX_EPOCH;
        let delivery = |kind: &str, tries| Delivery {
            id: 1,
            kind: kind.to_owned(),
            content_type: String::new(),
            body: String::new(),
            tries,
            created_at: start,
            next_try_at: start,
        };
        let waits: Vec<_> = (0..8).map(|tries| again(&delivery("Wipe", tries), start)).collect();
        assert_eq!(waits.iter().flatten().count(), WAITS.len());
        assert!(waits.iter().flatten().is_sorted() && waits[6].is_none());
        assert_eq!(again(&delivery(TEST, 0), start), None);
        let next_week = start + SignedDuration::from_hours(24 * 7);
        assert_eq!(again(&delivery("Wipe", 0), next_week), None);
    }
}
