//! The write-ahead log of a damaged database: which of its pages count.
//!
//! Each page of the log has a sum over everything before it, but what is needed to compute it is only the sum that stands
//! with the page before. So behind a page that does not fit, the next ones can be told to be whole all the same.

use std::collections::BTreeMap;
use std::io::{Read, Seek, SeekFrom};

use crate::damage::{HEADER, PAGE_HEADER, checksum, number, sums};

/// What a log holds.
#[derive(Debug, Default)]
pub(super) struct Log {
    /// Where the newest whole form of a page stands, by its number.
    pub(super) pages: BTreeMap<u32, u64>,
    /// Where pages stand that are not as they were written; of which number, is not sure.
    pub(super) adrift: Vec<u64>,
    /// Behind the last change that is whole, something stands that may have been one.
    pub(super) torn: bool,
}

/// Reads a log whose pages are of this size.
pub(super) fn read(log: &mut (impl Read + Seek), size: usize) -> Log {
    let mut bytes = [0; HEADER];
    if log.seek(SeekFrom::Start(0)).and_then(|_| log.read_exact(&mut bytes)).is_err() {
        return Log::default();
    }
    let big = number(&bytes, 0) == 0x377f_0683;
    let sum = checksum(&bytes[..24], (0, 0), big);
    if sum == sums(&bytes, 24) {
        return frames(log, size, sums(&bytes, 16), sum, big);
    }
    // Without a header, the first pages say which ones belong together: those that were written last stand first.
    let mut begins = [0; PAGE_HEADER];
    let mut best = Log { torn: true, ..Log::default() };
    for frame in 0..2 {
        let at = HEADER as u64 + frame * (PAGE_HEADER + size) as u64;
        if log.seek(SeekFrom::Start(at)).and_then(|_| log.read_exact(&mut begins)).is_ok() {
            let found = frames(log, size, sums(&begins, 8), sums(&bytes, 24), false);
            if found.pages.len() > best.pages.len() {
                best = found;
            }
        }
    }
    best
}

/// A page of the log.
struct Frame {
    page: u32,
    at: u64,
    /// It says that a change ends with it.
    ends: bool,
    whole: bool,
}

fn frames(log: &mut (impl Read + Seek), size: usize, salts: (u32, u32), before: (u32, u32), big: bool) -> Log {
    let mut frames: Vec<Frame> = Vec::new();
    // The sum that stands with the page before, and the one that it ought to have.
    let (mut noted, mut due) = (before, before);
    let mut bytes = vec![0; PAGE_HEADER + size];
    for place in 0_u64.. {
        let at = HEADER as u64 + place * bytes.len() as u64;
        if log.seek(SeekFrom::Start(at)).and_then(|_| log.read_exact(&mut bytes)).is_err() {
            break;
        }
        let after = |before| checksum(&bytes[PAGE_HEADER..], checksum(&bytes[..8], before, big), big);
        let (own, sum) = (sums(&bytes, 8) == salts, sums(&bytes, 16));
        let whole = own && (sum == after(noted) || sum == after(due));
        if whole && sum != after(noted) {
            // Only the sum of the page before was wrong.
            frames.iter_mut().next_back().into_iter().for_each(|frame| frame.whole = true);
        }
        frames.push(Frame { page: number(&bytes, 0), at, ends: own && number(&bytes, 4) != 0, whole });
        (due, noted) = (if whole { sum } else { after(due) }, sum);
    }
    let mut found = Log::default();
    let (mut open, mut adrift): (Vec<(u32, u64)>, Vec<u64>) = (Vec::new(), Vec::new());
    for frame in frames {
        if frame.whole {
            open.push((frame.page, frame.at));
        } else {
            adrift.push(frame.at);
        }
        // A change that a power cut tore looks the same as one whose last page has rotted. Nobody was told that it is
        // lasting in the first case, so that it may count in both.
        if frame.ends {
            found.pages.extend(open.drain(..));
            found.adrift.append(&mut adrift);
            found.torn = !frame.whole;
        } else {
            found.torn |= frame.whole;
        }
    }
    // What stands behind the last change is of an earlier log, or was never whole.
    found
}
