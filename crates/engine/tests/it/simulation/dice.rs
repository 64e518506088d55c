//! Chance that is the same for the same seed.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

/// A series of draws (SplitMix64). Clones draw from the same series.
#[derive(Debug, Clone)]
pub(crate) struct Dice(Rc<Cell<u64>>);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        let dice = Self(Rc::new(Cell::new(seed)));
        dice.next();
        dice
    }

    /// A series of its own, so that what is drawn here does not shift what is drawn elsewhere.
    pub(crate) fn fork(&self) -> Self {
        Self::new(self.next())
    }

    fn next(&self) -> u64 {
        let state = self.0.get().wrapping_add(0x9e37_79b9_7f4a_7c15);
        self.0.set(state);
        mixed(state)
    }

    /// From 0 to below `sides`.
    pub(crate) fn below(&self, sides: u64) -> u64 {
        self.next() % sides.max(1)
    }

    /// From the first to the last, both included.
    pub(crate) fn from(&self, least: u64, most: u64) -> u64 {
        least + self.below(most - least + 1)
    }

    pub(crate) fn percent(&self, chance: u64) -> bool {
        self.below(100) < chance
    }

    pub(crate) fn milliseconds(&self, least: u64, most: u64) -> Duration {
        Duration::from_millis(self.from(least, most))
    }

    pub(crate) fn of<T: Copy>(&self, choices: &[T]) -> T {
        choices[self.below(choices.len() as u64) as usize]
    }
}

/// One number well mixed.
pub(crate) fn mixed(mut state: u64) -> u64 {
    state = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    state = (state ^ (state >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    state ^ (state >> 31)
}
