//! Damage in the middle of SQLite's write-ahead log.
//!
//! Every page in the log has a checksum over everything before it. At the first one that does not fit, SQLite takes the
//! log for ended, because that is how a write looks that a power cut tore. But a change is written only when the one
//! before it is lasting: if two changes are complete behind the page that does not fit, it was lasting once and has rotted,
//! and going on as if nothing stood behind it would forget what was acknowledged. In the last change the two cannot be
//! told apart.

use std::{
    fs::File,
    io::{self, BufReader, Read},
    path::Path,
};

pub(crate) const HEADER: usize = 32;
pub(crate) const PAGE_HEADER: usize = 24;

/// What our pages have where nothing says otherwise.
pub(crate) const PAGE: usize = 4_096;

/// Where it is, and what it hides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Damage {
    /// The first page that does not fit, counted from 1; 0 is the log's header.
    pub(crate) page: usize,
    /// Changes that are complete behind it.
    pub(crate) changes: usize,
}

/// Looks for damage in a log, which need not be there. A page is in memory at a time: the log of a large job is large.
///
/// # Errors
/// The log cannot be read.
pub(crate) fn of(log: &Path) -> io::Result<Option<Damage>> {
    let mut log = match File::open(log) {
        Ok(log) => BufReader::with_capacity(1 << 14, log),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let mut header = [0; HEADER];
    if !filled(&mut log, &mut header)? {
        return Ok(None);
    }
    // Flipped bits are taken for ours, whose pages are on a machine of today.
    let big = number(&header, 0) == 0x377f_0683;
    let sum = checksum(&header[..24], (0, 0), big);
    let sound = matches!(number(&header, 0), 0x377f_0682 | 0x377f_0683) && sum == sums(&header, 24);
    if !sound {
        let mut rest = Vec::new();
        log.read_to_end(&mut rest)?;
        return Ok(without_header(&rest));
    }
    let size = number(&header, 8) as usize;
    if !(512..=65_536).contains(&size) {
        return Ok(None);
    }
    let mut walk = Walk { salts: sums(&header, 16), big, sum: Some(sum), pages: 0, first: None, changes: 0 };
    let mut page = vec![0; PAGE_HEADER + size];
    while filled(&mut log, &mut page)? {
        walk.page(&page);
    }
    Ok(walk.damage())
}

/// Reads so many bytes, unless the log ends before.
fn filled(log: &mut impl Read, bytes: &mut [u8]) -> io::Result<bool> {
    match log.read_exact(bytes) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(false),
        Err(error) => Err(error),
    }
}

/// Without a header that can be trusted, the last page that ends a change says which pages belong together.
fn without_header(rest: &[u8]) -> Option<Damage> {
    let pages = rest.chunks_exact(PAGE_HEADER + PAGE);
    let salts = pages.clone().rev().find(|page| ends_a_change(page)).map(|page| sums(page, 8))?;
    let mut walk = Walk { salts, big: false, sum: None, pages: 0, first: Some(0), changes: 0 };
    pages.for_each(|page| walk.page(page));
    walk.damage()
}

/// Goes through the pages of a log.
struct Walk {
    /// What the pages of this log have in common; older ones have others.
    salts: (u32, u32),
    big: bool,
    /// Of everything so far; `None` behind the first page that does not fit.
    sum: Option<(u32, u32)>,
    pages: usize,
    first: Option<usize>,
    changes: usize,
}

impl Walk {
    fn page(&mut self, page: &[u8]) {
        self.pages += 1;
        let own = sums(page, 8) == self.salts;
        if let Some(before) = self.sum {
            let after = checksum(&page[PAGE_HEADER..], checksum(&page[..8], before, self.big), self.big);
            if own && sums(page, 16) == after {
                self.sum = Some(after);
                return;
            }
            (self.sum, self.first) = (None, Some(self.pages));
        }
        self.changes += usize::from(own && ends_a_change(page));
    }

    fn damage(self) -> Option<Damage> {
        self.first.filter(|_| self.changes >= 2).map(|page| Damage { page, changes: self.changes })
    }
}

/// Such a page says how large the database is then.
fn ends_a_change(page: &[u8]) -> bool {
    number(page, 0) != 0 && number(page, 4) != 0
}

pub(crate) fn number(bytes: &[u8], at: usize) -> u32 {
    bytes.get(at..at + 4).and_then(|bytes| bytes.try_into().ok()).map_or(0, u32::from_be_bytes)
}

pub(crate) fn sums(bytes: &[u8], at: usize) -> (u32, u32) {
    (number(bytes, at), number(bytes, at + 4))
}

/// SQLite's own sum, over pairs of words in the order of bytes of whoever made the log.
pub(crate) fn checksum(bytes: &[u8], sums: (u32, u32), big: bool) -> (u32, u32) {
    let (pairs, _) = bytes.as_chunks::<8>();
    // Which order it is, is asked once and not for each of the words: there are millions in a large log.
    if big {
        summed(pairs, sums, |pair| u64::from_be_bytes(*pair).rotate_left(32))
    } else {
        summed(pairs, sums, |pair| u64::from_le_bytes(*pair))
    }
}

/// The first word of a pair is its lower half.
fn summed(pairs: &[[u8; 8]], (mut one, mut two): (u32, u32), words: impl Fn(&[u8; 8]) -> u64) -> (u32, u32) {
    for pair in pairs {
        let both = words(pair);
        one = one.wrapping_add(both as u32).wrapping_add(two);
        two = two.wrapping_add((both >> 32) as u32).wrapping_add(one);
    }
    (one, two)
}
