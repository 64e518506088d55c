//! How long a delivery waits before it is tried again.

use std::time::Duration;

/// After how many attempts a delivery is given up: a little more than four hours with [`wait`].
pub const ATTEMPTS: u32 = 12;

const FIRST: Duration = Duration::from_secs(15);
const LONGEST: Duration = Duration::from_secs(3600);

/// The pause after `attempts` attempts (at least one): 15 s, doubled each time, at most an hour. There is
/// no jitter, because a controller sends one delivery after the other.
pub fn wait(attempts: u32) -> Duration {
    let doublings = attempts.saturating_sub(1).min(16);
    FIRST.saturating_mul(1 << doublings).min(LONGEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pause_doubles_up_to_an_hour() {
        let pauses: Vec<u64> = [0, 1, 2, 3, 8, 9, u32::MAX].into_iter().map(|n| wait(n).as_secs()).collect();
        assert_eq!(pauses, [15, 15, 30, 60, 1920, 3600, 3600]);
        let total: u64 = (1..ATTEMPTS).map(|n| wait(n).as_secs()).sum();
        assert!(total > 4 * 3600, "{total}");
    }
}
