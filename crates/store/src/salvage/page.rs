//! Pages of SQLite's file: leaves with records, and the pages above them with their children.

use super::record;
use crate::Value;
pub(super) use crate::damage::PAGE;

const MAGIC: &[u8; 16] = b"SQLite format 3\0";
/// The header of the file stands before that of its first page.
const FILE_HEADER: usize = 100;

const LEAF: u8 = 0x0d;
const ABOVE: u8 = 0x05;

/// The size of a file's pages, as far as its first bytes tell; 65,536 is written as 1.
pub(super) fn size(first: &[u8]) -> usize {
    match first.get(16..18) {
        Some(&[0, 1]) if first.starts_with(MAGIC) => 65_536,
        Some(&[one, two]) if first.starts_with(MAGIC) => {
            let size = usize::from(one) << 8 | usize::from(two);
            if size.is_power_of_two() && size >= 512 { size } else { PAGE }
        }
        _ => PAGE,
    }
}

/// Whether it begins as a file does.
pub(super) fn begins_a_file(page: &[u8]) -> bool {
    page.starts_with(MAGIC)
}

/// A record with the pages that it lies on.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    /// Its number in the table.
    pub row: i64,
    pub values: Vec<Value>,
    /// Pages beside its own that it takes, from 1.
    pub beyond: Vec<u32>,
}

/// What a page is.
pub(super) enum Page {
    /// Records, and how many more there are that cannot be read.
    Leaf(Vec<Record>, usize),
    /// Children, and how many more there are that cannot be read.
    Above(Vec<u32>, usize),
    /// Of an index, a continuation, free, or damaged.
    Other,
}

/// Where the header of a page begins. Pages may have changed places.
fn header(page: &[u8]) -> usize {
    if begins_a_file(page) || (!matches!(page.first(), Some(&(LEAF | ABOVE))) && kind(page, FILE_HEADER)) {
        FILE_HEADER
    } else {
        0
    }
}

fn kind(page: &[u8], at: usize) -> bool {
    matches!(page.get(at), Some(&(LEAF | ABOVE)))
}

/// Reads a page. `other` gives pages on which a record goes on, of which there are `pages`.
pub(super) fn read(page: &[u8], first: bool, pages: u32, mut other: impl FnMut(u32) -> Option<Vec<u8>>) -> Page {
    let at = if first || begins_a_file(page) { header(page) } else { 0 };
    let Some(&kind) = page.get(at) else { return Page::Other };
    let cells = usize::from(word(page, at + 3));
    let pointers = at + if kind == LEAF { 8 } else { 12 };
    // A cell has four bytes at least.
    if cells > page.len() / 4 {
        return Page::Other;
    }
    let places = (0..cells).map(|cell| usize::from(word(page, pointers + 2 * cell)));
    let places = places.map(|place| Some(place).filter(|place| *place >= pointers + 2 * cells && *place < page.len()));
    match kind {
        LEAF => {
            let (mut records, mut lost) = (Vec::with_capacity(cells), 0);
            for place in places {
                match place.and_then(|place| cell(page, place, pages, &mut other)) {
                    Some(record) => records.push(record),
                    None => lost += 1,
                }
            }
            Page::Leaf(records, lost)
        }
        ABOVE => {
            let own = |page: u32| (1..=pages).contains(&page).then_some(page);
            let mut children: Vec<Option<u32>> = places.map(|place| own(number(page, place?)?)).collect();
            children.push(number(page, at + 8).and_then(own));
            let lost = children.iter().filter(|child| child.is_none()).count();
            Page::Above(children.into_iter().flatten().collect(), lost)
        }
        _ => Page::Other,
    }
}

/// A record on a leaf, which may go on elsewhere.
fn cell(page: &[u8], at: usize, pages: u32, other: &mut impl FnMut(u32) -> Option<Vec<u8>>) -> Option<Record> {
    let (length, rest) = record::varint(page.get(at..)?)?;
    let (row, rest) = record::varint(rest)?;
    let length = usize::try_from(length).ok()?;
    let size = page.len();
    if length <= size - 35 {
        return Some(Record { row, values: record::values(rest.get(..length)?)?, beyond: Vec::new() });
    }
    // It must fit into the file.
    if length / size > pages as usize {
        return None;
    }
    let least = (size - 12) * 32 / 255 - 23;
    let here = least + (length - least) % (size - 4);
    let here = if here <= size - 35 { here } else { least };
    let mut payload = rest.get(..here)?.to_vec();
    let mut next = number(rest, here)?;
    let mut beyond = Vec::new();
    while payload.len() < length {
        if !(1..=pages).contains(&next) {
            return None;
        }
        let more = other(next)?;
        beyond.push(next);
        next = number(&more, 0)?;
        let open = length - payload.len();
        payload.extend(more.get(4..)?.get(..open.min(size - 4))?);
    }
    // The last page points nowhere.
    if next != 0 {
        return None;
    }
    Some(Record { row, values: record::values(&payload)?, beyond })
}

fn word(page: &[u8], at: usize) -> u16 {
    page.get(at..at + 2).and_then(|bytes| bytes.try_into().ok()).map_or(0, u16::from_be_bytes)
}

pub(super) fn number(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..at.checked_add(4)?)?.try_into().ok().map(u32::from_be_bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_size_of_pages_is_what_the_header_says_if_it_can_be_so() {
        let mut first = MAGIC.to_vec();
        first.extend([0x02, 0x00]);
        assert_eq!(size(&first), 512);
        first[16] = 0x03;
        assert_eq!(size(&first), PAGE);
        first[16..].copy_from_slice(&[0, 1]);
        assert_eq!(size(&first), 65_536);
        first[0] = b's';
        assert_eq!(size(&first), PAGE);
        assert_eq!(size(&[]), PAGE);
    }
}
