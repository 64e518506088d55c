//! Texts in which a part is looked for: all of them behind one another in one piece of memory.
//!
//! So that not all of it is gone through, neighbouring texts are taken together, and for each three characters it is
//! noted which of these groups have them. (Characters share a note, so a group with all of them is only looked at.)

use memchr::memmem::Finder;

/// Ends a text; none contains it.
const END: u8 = b'\n';
/// Texts that are noted together.
const GROUP: usize = 16;
/// How many notes there are: a power of two.
const NOTES: usize = 2_048;

/// One text for each of some slots, without regard to case.
#[derive(Default)]
pub(super) struct Texts {
    bytes: Vec<u8>,
    /// Where each text begins, and its slot; in ascending order.
    starts: Vec<(u32, u32)>,
    /// For each slot the index in `starts`, and 1; or 0.
    places: Vec<u32>,
    /// Bytes of texts that were replaced.
    dead: usize,
    /// For each note a bit for each group that has its characters.
    notes: Vec<Vec<u64>>,
}

/// The note of three characters.
fn note(characters: &[u8]) -> usize {
    let number = characters.iter().fold(0_u32, |number, byte| number << 8 | u32::from(*byte));
    number.wrapping_mul(0x9e37_79b1) as usize >> 21 & (NOTES - 1)
}

impl Texts {
    pub(super) fn put(&mut self, slot: u32, text: &str) {
        let index = slot as usize;
        if self.places.len() <= index {
            self.places.resize(index + 1, 0);
        }
        let text = text.to_lowercase().replace('\n', " ");
        if self.get(slot) == Some(text.as_bytes()) {
            return;
        }
        self.remove(slot);
        if self.dead > 1_000_000 && self.dead > self.bytes.len() / 2 {
            self.compact();
        }
        self.append(slot, text.as_bytes());
    }

    #[expect(clippy::cast_possible_truncation, reason = "the names of some ten million devices fit")]
    fn append(&mut self, slot: u32, text: &[u8]) {
        let group = self.starts.len() / GROUP;
        self.notes.resize(NOTES, Vec::new());
        for characters in text.windows(3) {
            let groups = &mut self.notes[note(characters)];
            if groups.len() <= group / 64 {
                groups.resize(group / 64 + 1, 0);
            }
            groups[group / 64] |= 1 << (group % 64);
        }
        self.starts.push((self.bytes.len() as u32, slot));
        self.places[slot as usize] = self.starts.len() as u32;
        self.bytes.extend_from_slice(text);
        self.bytes.push(END);
    }

    /// Where the text with an index begins and ends.
    fn span(&self, index: usize) -> (usize, usize) {
        let end = self.starts.get(index + 1).map_or(self.bytes.len(), |next| next.0 as usize);
        (self.starts[index].0 as usize, end - 1)
    }

    fn get(&self, slot: u32) -> Option<&[u8]> {
        let place = *self.places.get(slot as usize)?;
        let (start, end) = self.span(place.checked_sub(1)? as usize);
        Some(&self.bytes[start..end])
    }

    pub(super) fn remove(&mut self, slot: u32) {
        let Some(place) = self.places.get(slot as usize).and_then(|place| place.checked_sub(1)) else { return };
        let (start, end) = self.span(place as usize);
        // Nobody looks for what ends a text.
        self.bytes[start..end].fill(END);
        self.dead += end - start;
        self.places[slot as usize] = 0;
    }

    /// Gives back the room that was made for more.
    pub(super) fn settle(&mut self) {
        self.bytes.shrink_to_fit();
        self.starts.shrink_to_fit();
        self.places.shrink_to_fit();
        self.notes.iter_mut().for_each(Vec::shrink_to_fit);
    }

    fn compact(&mut self) {
        let old = std::mem::take(self);
        self.places = vec![0; old.places.len()];
        for (index, (_, slot)) in old.starts.iter().enumerate() {
            if old.places[*slot as usize] as usize == index + 1 {
                let (start, end) = old.span(index);
                self.append(*slot, &old.bytes[start..end]);
            }
        }
    }

    /// Slots whose text contains a part that is not empty.
    pub(super) fn containing(&self, part: &str) -> Vec<u32> {
        let part = part.to_lowercase();
        let mut found = Vec::new();
        if part.is_empty() || part.as_bytes().contains(&END) {
            return found;
        }
        let finder = Finder::new(&part);
        let notes: Vec<&[u64]> =
            part.as_bytes().windows(3).filter_map(|three| self.notes.get(note(three))).map(Vec::as_slice).collect();
        // Too short for a note.
        if notes.is_empty() {
            self.look(&finder, 0, self.starts.len(), &mut found);
            return found;
        }
        let words = notes.iter().map(|groups| groups.len()).min().unwrap_or_default();
        for word in 0..words {
            let mut groups = notes.iter().fold(u64::MAX, |all, groups| all & groups[word]);
            while groups != 0 {
                let first = (word * 64 + groups.trailing_zeros() as usize) * GROUP;
                self.look(&finder, first, (first + GROUP).min(self.starts.len()), &mut found);
                groups &= groups - 1;
            }
        }
        found
    }

    /// Looks at the texts with indexes from `index` up to `end`.
    fn look(&self, finder: &Finder<'_>, mut index: usize, end: usize, found: &mut Vec<u32>) {
        if index >= end {
            return;
        }
        let (mut from, until) = (self.span(index).0, self.span(end - 1).1);
        while let Some(hit) = finder.find(&self.bytes[from..until]) {
            let hit = from + hit;
            // The next one is likely where many match.
            if self.starts.get(index + 1).is_some_and(|next| next.0 as usize <= hit) {
                index += 1;
            }
            if self.starts.get(index + 1).is_some_and(|next| next.0 as usize <= hit) {
                index += self.starts[index..end].partition_point(|start| start.0 as usize <= hit) - 1;
            }
            found.push(self.starts[index].1);
            from = self.span(index).1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_found_in_what_is_there_now() {
        let mut texts = Texts::default();
        for slot in 0..500 {
            texts.put(slot, &format!("Device {slot:03} of Anna"));
        }
        assert_eq!(texts.containing("DEVICE 00"), (0..10).collect::<Vec<_>>());
        assert_eq!(texts.containing("anna").len(), 500);
        assert_eq!((texts.containing("na").len(), texts.containing("9").len()), (500, 95));
        assert_eq!(texts.containing("499 of"), [499]);
        assert!(texts.containing("annadevice").is_empty() && texts.containing("\n").is_empty());
        texts.put(7, "Bernd's\nphone");
        texts.remove(9);
        assert_eq!(texts.containing("bernd's phone"), [7]);
        assert_eq!(texts.containing("device 00"), [0, 1, 2, 3, 4, 5, 6, 8]);
        texts.compact();
        assert_eq!(texts.containing("device 00"), [0, 1, 2, 3, 4, 5, 6, 8]);
        assert_eq!(texts.containing("bernd"), [7]);
        texts.put(9, "Device 009");
        assert_eq!(texts.containing("device 009"), [9]);
    }
}
