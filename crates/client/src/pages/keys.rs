//! The keys of rows that were seen. A million of them go through here for one list, so they are hashed quickly; with a
//! secret of this process, because they come from elsewhere.

use std::collections::HashSet;
use std::hash::{BuildHasher, Hasher, RandomState};

/// A set of keys.
pub(super) type Keys<Key> = HashSet<Key, Folding>;

/// Makes hashes that nobody else can foresee.
#[derive(Debug, Clone)]
pub(super) struct Folding {
    start: u64,
    factor: u64,
}

impl Default for Folding {
    fn default() -> Self {
        let random = RandomState::new();
        // Odd, so that no bit of a key is lost.
        Self { start: random.hash_one(1), factor: random.hash_one(2) | 1 }
    }
}

impl BuildHasher for Folding {
    type Hasher = Folded;

    fn build_hasher(&self) -> Folded {
        Folded { state: self.start, factor: self.factor }
    }
}

/// A hash in the making: each word is multiplied in, and both halves of the product are kept.
pub(super) struct Folded {
    state: u64,
    factor: u64,
}

impl Folded {
    #[expect(clippy::cast_possible_truncation, reason = "the lower half, and the upper one beside it")]
    fn fold(&mut self, word: u64) {
        let product = u128::from(self.state ^ word) * u128::from(self.factor);
        self.state = (product as u64) ^ ((product >> 64) as u64);
        self.factor = self.factor.rotate_left(23);
    }
}

impl Hasher for Folded {
    fn write(&mut self, bytes: &[u8]) {
        let mut words = bytes.chunks_exact(8);
        for word in words.by_ref() {
            self.fold(word.try_into().map_or(0, u64::from_le_bytes));
        }
        let rest = words.remainder();
        if !rest.is_empty() {
            self.fold(rest.iter().fold(rest.len() as u64, |word, byte| (word << 8) | u64::from(*byte)));
        }
    }

    fn write_u8(&mut self, number: u8) {
        self.fold(number.into());
    }

    fn write_u32(&mut self, number: u32) {
        self.fold(number.into());
    }

    fn write_u64(&mut self, number: u64) {
        self.fold(number);
    }

    fn write_usize(&mut self, number: usize) {
        self.fold(number as u64);
    }

    fn finish(&self) -> u64 {
        self.state
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_spread_and_each_set_has_its_own_secret() {
        let (one, other) = (Folding::default(), Folding::default());
        let mut low = HashSet::new();
        for key in 0..10_000_i64 {
            assert_ne!(one.hash_one(key), other.hash_one(key), "{key}");
            low.insert(one.hash_one(key) % 65_536);
        }
        // Chance leaves about 9,300 of them apart.
        assert!(low.len() > 8_500, "{} of 10,000", low.len());
        assert_ne!(one.hash_one([0_u8; 3]), one.hash_one([0_u8; 4]));
    }
}
