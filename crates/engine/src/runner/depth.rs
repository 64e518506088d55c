//! How many tasks may be marked as sending at one time. Pure.
//!
//! Marked tasks wait for a lane, so that no lane is idle while the next marks are made durable. How many
//! that takes depends on how many answers come in during one append: a handful at the pace that a real
//! tenant allows, many where the disk is slower than the tenant.

use crate::journal::JobOptions;

/// The most marked tasks per lane.
const PER_LANE: usize = 8;

/// The part by which the queue becomes shorter at most from one append to the next. After a few small appends, the queue
/// would else be too short for the next large one, and the lanes idle while that is written.
const SLOWLY: usize = 64;

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
        let shorter = self.now - self.now.div_ceil(SLOWLY);
        self.now = (self.lanes + 2 * answers).max(shorter).clamp(self.lanes + 1, self.most);
    }

    /// Whether so many outcomes may wait for others: the lanes have enough to do meanwhile, and a larger append costs
    /// less for each of its tasks. Never at a pace at which a handful comes in.
    pub(super) fn may_wait(&self, outcomes: usize, under_way: usize) -> bool {
        (1..2 * self.lanes).contains(&outcomes) && under_way > self.lanes + self.now / 2
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
        for (answers, room) in [(0, 7), (0, 6), (0, 5), (0, 5), (1, 6), (4, 12), (100, 32), (1, 31), (1, 30)] {
            depth.answered(answers);
            assert_eq!(depth.room(0), room);
        }
        let mut watched = Depth::new(&JobOptions { lanes: 4, continue_on_error: false, ..JobOptions::default() });
        watched.answered(100);
        assert_eq!(watched.room(0), 8);
    }

    #[test]
    fn outcomes_wait_for_others_only_while_the_queue_is_more_than_half_full() {
        let mut depth = Depth::new(&JobOptions { lanes: 4, ..JobOptions::default() });
        assert!(!depth.may_wait(1, 8), "at first it is short");
        depth.answered(100);
        let waits =
            [(0, 32), (1, 32), (7, 21), (8, 32), (1, 20)].map(|(outcomes, open)| depth.may_wait(outcomes, open));
        assert_eq!(waits, [false, true, true, false, false]);
        (0..100).for_each(|_| depth.answered(1));
        assert!(!depth.may_wait(1, depth.room(0)), "at the pace of a tenant");
    }
}
