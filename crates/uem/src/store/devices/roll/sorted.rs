//! Devices by a moment: a sorted list in pieces, of which a few are touched when one device moves, and in which the
//! place of any number is found without going through those before it.

/// A piece that becomes longer than two of these is divided.
const PIECE: usize = 1_024;

/// A moment, and the device.
type Key = (i64, u32);

#[derive(Default)]
pub(super) struct Sorted {
    pieces: Vec<Vec<Key>>,
}

impl Sorted {
    pub(super) fn of(mut keys: Vec<Key>) -> Self {
        keys.sort_unstable();
        Self { pieces: keys.chunks(PIECE).map(<[Key]>::to_vec).collect() }
    }

    /// The piece that has a key or would have it.
    fn piece(&self, key: Key) -> usize {
        self.pieces.partition_point(|piece| piece.last().is_some_and(|last| *last < key))
    }

    pub(super) fn insert(&mut self, key: Key) {
        if self.pieces.is_empty() {
            self.pieces.push(Vec::new());
        }
        let index = self.piece(key).min(self.pieces.len() - 1);
        let piece = &mut self.pieces[index];
        let place = piece.partition_point(|other| *other < key);
        piece.insert(place, key);
        if piece.len() > 2 * PIECE {
            let rest = piece.split_off(PIECE);
            self.pieces.insert(index + 1, rest);
        }
    }

    pub(super) fn remove(&mut self, key: Key) {
        let index = self.piece(key);
        let Some(piece) = self.pieces.get_mut(index) else { return };
        if let Ok(place) = piece.binary_search(&key) {
            piece.remove(place);
            if piece.is_empty() {
                self.pieces.remove(index);
            }
        }
    }

    /// Devices from the one with this number on, counted from 0.
    pub(super) fn from(&self, number: usize) -> impl DoubleEndedIterator<Item = u32> {
        let (mut index, mut left) = (0, number);
        while let Some(piece) = self.pieces.get(index)
            && piece.len() <= left
        {
            left -= piece.len();
            index += 1;
        }
        let first = self.pieces.get(index).map_or(&[][..], |piece| &piece[left..]);
        let rest = self.pieces.get(index + 1..).unwrap_or_default();
        first.iter().chain(rest.iter().flatten()).map(|key| key.1)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn it_stays_in_order_whatever_moves() {
        let at = |number: u32| i64::from(number.wrapping_mul(2_654_435_761) % 1_000);
        let mut sorted = Sorted::of((0..3_000).map(|number| (at(number), number)).collect());
        let mut keys: BTreeSet<Key> = (0..3_000).map(|number| (at(number), number)).collect();
        for number in 0..6_000_u32 {
            let (old, new) = ((at(number % 3_000), number % 3_000), (2_000 + at(number), number + 10_000));
            sorted.remove(old);
            sorted.insert(new);
            keys.remove(&old);
            keys.insert(new);
        }
        let expected: Vec<u32> = keys.iter().map(|key| key.1).collect();
        for number in [0, 1, 1_023, 1_024, 2_500, 5_999, 6_000, 9_000] {
            let rest = expected.get(number..).unwrap_or_default();
            assert_eq!(sorted.from(number).collect::<Vec<_>>(), rest, "{number}");
            assert_eq!(
                sorted.from(number).rev().take(3).collect::<Vec<_>>(),
                rest.iter().rev().take(3).copied().collect::<Vec<_>>()
            );
        }
        assert!(sorted.pieces.iter().all(|piece| !piece.is_empty() && piece.len() <= 2 * PIECE));
    }
}
