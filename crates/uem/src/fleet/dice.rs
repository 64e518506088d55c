//! Chance that can be repeated: every draw follows from the tenant's seed, what it is for, whom it
//! concerns and how often that one has drawn before. Nothing is shared, so neither the number of
//! devices nor the order in which they live changes what happens to one of them.

use rand::Rng;
use rand_pcg::Pcg64Mcg;
use uuid::Uuid;

/// What draws are for; two purposes never share a sequence.
#[derive(Debug, Clone, Copy)]
pub(super) enum Purpose {
    Person = 1,
    Hardware = 2,
    Enrollment = 3,
    Turn = 4,
    Thing = 5,
    Hardship = 6,
    Agent = 7,
}

/// A sequence of draws.
pub(super) struct Dice(Pcg64Mcg);

impl Dice {
    /// The sequence for one subject (a device, a user) at one of its occasions.
    pub(super) fn new(seed: u64, purpose: Purpose, subject: i64, occasion: i64) -> Self {
        let mut state = scramble(seed ^ 0x6d75_7374_6572);
        for part in [purpose as u64, subject as u64, occasion as u64] {
            state = scramble(state ^ part);
        }
        Self(Pcg64Mcg::new(u128::from(state) << 64 | u128::from(scramble(state))))
    }

    fn next(&mut self) -> u64 {
        self.0.next_u64()
    }

    /// Uniform in `0.0..1.0`.
    pub(super) fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// True in the given share of cases.
    pub(super) fn chance(&mut self, share: f64) -> bool {
        self.unit() < share
    }

    /// Uniform in `low..high`.
    pub(super) fn real(&mut self, low: f64, high: f64) -> f64 {
        low + self.unit() * (high - low)
    }

    /// Uniform in `0..count`; 0 if there is nothing to choose from.
    pub(super) fn below(&mut self, count: usize) -> usize {
        // Multiply-and-shift: its bias is far below anything that a fleet could show.
        ((u128::from(self.next()) * count as u128) >> 64) as usize
    }

    /// Uniform in `low..=high`.
    pub(super) fn whole(&mut self, low: i64, high: i64) -> i64 {
        low + self.below((high - low + 1).max(1) as usize) as i64
    }

    /// One of a list that is not empty.
    pub(super) fn pick<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        &list[self.below(list.len())]
    }

    /// One of a list that is not empty, each as often as its weight says.
    pub(super) fn weighted<'a, T>(&mut self, list: &'a [T], weight: impl Fn(&T) -> u32) -> &'a T {
        let total: u32 = list.iter().map(&weight).sum();
        let mut left = self.below(total as usize) as u32;
        list.iter()
            .find(|entry| match left.checked_sub(weight(entry)) {
                Some(rest) => {
                    left = rest;
                    false
                }
                None => true,
            })
            .unwrap_or(&list[0])
    }

    /// Characters out of an alphabet of ASCII letters.
    pub(super) fn text(&mut self, alphabet: &str, length: usize) -> String {
        let alphabet = alphabet.as_bytes();
        (0..length).map(|_| char::from(*self.pick(alphabet))).collect()
    }

    /// A version 4 UUID.
    pub(super) fn uuid(&mut self) -> Uuid {
        let bytes = (u128::from(self.next()) << 64 | u128::from(self.next())).to_be_bytes();
        uuid::Builder::from_random_bytes(bytes).into_uuid()
    }
}

/// One number for a text.
pub(super) fn mix(text: &[u8]) -> u64 {
    text.iter().fold(0, |number, byte| scramble(number ^ u64::from(*byte)))
}

/// The mixing step of SplitMix64: neighbouring numbers come out unrelated.
fn scramble(number: u64) -> u64 {
    let mut z = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_occasion_draws_the_same_and_another_does_not() {
        let draws = |seed, subject, occasion| {
            let mut dice = Dice::new(seed, Purpose::Turn, subject, occasion);
            (0..8).map(|_| dice.below(1000)).collect::<Vec<_>>()
        };
        assert_eq!(draws(1, 2, 3), draws(1, 2, 3));
        assert_ne!(draws(1, 2, 3), draws(1, 2, 4));
        assert_ne!(draws(1, 2, 3), draws(1, 3, 3));
        assert_ne!(draws(1, 2, 3), draws(2, 2, 3));
    }

    #[test]
    fn weights_and_shares_come_out() {
        let mut dice = Dice::new(7, Purpose::Thing, 0, 0);
        let heavy = (0..10_000).filter(|_| *dice.weighted(&[(1, 'a'), (3, 'b')], |entry| entry.0) == (3, 'b')).count();
        assert!((7_300..7_700).contains(&heavy), "{heavy}");
        let hits = (0..10_000).filter(|_| dice.chance(0.1)).count();
        assert!((850..1_150).contains(&hits), "{hits}");
        assert!((0..1_000).all(|_| (3..=5).contains(&dice.whole(3, 5))));
    }
}
