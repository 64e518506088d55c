//! Damage in the middle of SQLite's write-ahead log.
//!
//! Every page in the log has a checksum over everything before it. At the first one that does not fit, SQLite takes the
//! log for ended, because that is how a write looks that a power cut tore. But a change is written only when the one
//! before it is lasting: if two changes are complete behind the page that does not fit, it was lasting once and has rotted,
//! and going on as if nothing stood behind it would forget what was acknowledged. In the last change the two cannot be
//! told apart.

use std::{fs, io, path::Path};

const HEADER: usize = 32;
const PAGE_HEADER: usize = 24;

/// What our pages have where nothing says otherwise.
const PAGE: usize = 4_096;

/// Where it is, and what it hides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Damage {
    /// The first page that does not fit, counted from 1; 0 is the log's header.
    pub(crate) page: usize,
    /// Changes that are complete behind it.
    pub(crate) changes: usize,
}

/// Looks for damage in a log, which need not be there.
///
/// # Errors
/// The log cannot be read.
pub(crate) fn of(log: &Path) -> io::Result<Option<Damage>> {
    match fs::read(log) {
        Ok(log) => Ok(within(&log)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

fn within(log: &[u8]) -> Option<Damage> {
    let header = log.get(..HEADER)?;
    let big = match number(header, 0) {
        0x377f_0682 => false,
        0x377f_0683 => true,
        // Flipped bits of ours, whose pages are on a machine of today.
        _ => false,
    };
    let sum = checksum(&header[..24], (0, 0), big);
    let sound = matches!(number(header, 0), 0x377f_0682 | 0x377f_0683) && sum == sums(header, 24);
    let size = if sound { number(header, 8) as usize } else { PAGE };
    if !(512..=65_536).contains(&size) {
        return None;
    }
    let pages = log[HEADER..].chunks_exact(PAGE_HEADER + size);
    // Without a header that can be trusted, the last page that ends a change says which pages belong together.
    let salts = match sound {
        true => sums(header, 16),
        false => pages.clone().rev().find(|page| ends_a_change(page)).map(|page| sums(page, 8))?,
    };
    let mut sum = sound.then_some(sum);
    let (mut first, mut changes) = ((!sound).then_some(0), 0);
    for (index, page) in pages.enumerate() {
        if let Some(before) = sum {
            let after = checksum(&page[PAGE_HEADER..], checksum(&page[..8], before, big), big);
            if sums(page, 8) == salts && sums(page, 16) == after {
                sum = Some(after);
                continue;
            }
            (sum, first) = (None, Some(index + 1));
        }
        changes += usize::from(sums(page, 8) == salts && ends_a_change(page));
    }
    first.filter(|_| changes >= 2).map(|page| Damage { page, changes })
}

/// Such a page says how large the database is then.
fn ends_a_change(page: &[u8]) -> bool {
    number(page, 0) != 0 && number(page, 4) != 0
}

fn number(bytes: &[u8], at: usize) -> u32 {
    bytes.get(at..at + 4).and_then(|bytes| bytes.try_into().ok()).map_or(0, u32::from_be_bytes)
}

fn sums(bytes: &[u8], at: usize) -> (u32, u32) {
    (number(bytes, at), number(bytes, at + 4))
}

/// SQLite's own sum, over pairs of words in the order of bytes of whoever made the log.
fn checksum(bytes: &[u8], (mut one, mut two): (u32, u32), big: bool) -> (u32, u32) {
    let word = |bytes: [u8; 4]| if big { u32::from_be_bytes(bytes) } else { u32::from_le_bytes(bytes) };
    for pair in bytes.chunks_exact(8) {
        let &[a, b, c, d, e, f, g, h] = pair else { continue };
        one = one.wrapping_add(word([a, b, c, d])).wrapping_add(two);
        two = two.wrapping_add(word([e, f, g, h])).wrapping_add(one);
    }
    (one, two)
}
