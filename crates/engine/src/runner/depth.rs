//! How many tasks may be marked as sending at one time. Pure.
//!
//! Marked tasks wait for a lane, so that no lane is idle while the next marks are made durable. How many
//! that takes depends on how many answers come in during one append: a handful at the pace that a real
//! tenant allows, many where the disk is slower than the tenant.

use crate::journal::JobOptions;

/// The most marked tasks per lane.
const PER_LANE: usize = 8;

/// The depth of the queue before the lanes, as it follows the pace.
pub(super) struct Depth {
    lanes: usize,
    most: usize,
    now: usize,
}

impl Depth {
    pub(super) fn new(options: &JobOptions) -> Self {
        let lanes = options.lanes.max(1);
        // What is marked may still fail after the limit was passed.
        let watched = options.stop_after.is_some() || !options.continue_on_error;
        Self { lanes, most: if watched { 2 * lanes } else { PER_LANE * lanes }, now: 2 * lanes }
    }

    /// Takes in how many answers came in during one append.
    pub(super) fn answered(&mut self, answers: usize) {
        self.now = (self.lanes + 2 * answers).clamp(self.lanes + 1, self.most);
    }

    /// How many more may be marked.
    pub(super) fn room(&self, under_way: usize) -> usize {
        self.now.saturating_sub(under_way)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_queue_grows_with_the_answers_per_append_and_has_bounds() {
        let mut depth = Depth::new(&JobOptions { lanes: 4, ..JobOptions::default() });
        assert_eq!((depth.room(0), depth.room(5), depth.room(9)), (8, 3, 0));
        for (answers, room) in [(0, 5), (1, 6), (4, 12), (100, 32)] {
            depth.answered(answers);
            assert_eq!(depth.room(0), room);
        }
        let mut watched = Depth::new(&JobOptions { lanes: 4, continue_on_error: false, ..JobOptions::default() });
        watched.answered(100);
        assert_eq!(watched.room(0), 8);
    }
}
