//! Reads what is intact out of a SQLite file that is not.
//!
//! SQLite has no sums over its pages, and what it finds by pointers ends at the first one that is wrong. Here no pointer
//! is believed: pages that the tree leads to come first, then all others that look like records of a table, each as the
//! newest whole form of it that the log has. What a record says is believed as far as its form goes: lengths and types
//! fit to the last byte, and the values fit the columns of exactly one table. Whether it is still what was written is for
//! whoever wrote it to tell. The file is only read.

mod log;
mod page;
mod record;
mod refill;
mod table;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, Cursor, Read, Seek, SeekFrom};
use std::path::Path;

pub use page::Record;
pub use refill::{Kept, Refilled};
pub use table::{Column, Table, Tell};

use crate::Value;
use crate::damage::PAGE_HEADER;
use crate::log::beside;
use page::Page;

/// Levels of a tree; SQLite's own limit.
const DEEPEST: usize = 20;

trait Bytes: Read + Seek + Send {}
impl<T: Read + Seek + Send> Bytes for T {}

/// A damaged file with its log.
pub struct Wreck {
    file: Box<dyn Bytes>,
    log: Box<dyn Bytes>,
    size: usize,
    /// Pages of the file, with those that only the log has.
    pages: u32,
    found: log::Log,
}

impl std::fmt::Debug for Wreck {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Wreck").field("size", &self.size).field("pages", &self.pages).finish_non_exhaustive()
    }
}

/// Where a page stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// In the file, from 1, or in the log as its newest form.
    Page(u32),
    /// In the log, at this byte, and not as it was written.
    Adrift(u64),
}

/// A page that may hold records.
#[derive(Debug, Clone, Copy)]
pub struct Stretch {
    pub place: Place,
    /// The table that it belongs to, as the file itself says; by its place among those that were asked for.
    hint: Hint,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Hint {
    /// Nothing leads here.
    None,
    Table(usize),
    /// Of a table that was not asked for.
    Foreign,
}

/// What a page holds.
#[derive(Debug, Default)]
pub struct Leaf {
    /// By its place among those that were asked for.
    pub table: Option<usize>,
    pub records: Vec<Record>,
    /// Records that are there and cannot be read.
    pub unreadable: u64,
    /// It belongs to a table that was not asked for.
    pub foreign: bool,
}

/// What the file says of itself.
#[derive(Debug, Default)]
pub struct Survey {
    /// In the order in which they are to be believed.
    pub stretches: Vec<Stretch>,
    /// Where the file's own lead breaks off or contradicts itself.
    pub faults: u64,
    /// Pages of the log that are not as they were written.
    pub adrift: u64,
    /// The log ends in something that may have been a change.
    pub torn: bool,
    /// Names of tables that were not asked for.
    pub foreign: Vec<String>,
}

impl Wreck {
    /// Opens a file, and its log if there is one. Both are only read.
    ///
    /// # Errors
    /// The file cannot be opened.
    pub fn open(path: &Path) -> io::Result<Self> {
        let log: Box<dyn Bytes> = match File::open(beside(path)) {
            Ok(log) => Box::new(log),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Box::new(Cursor::new(Vec::new())),
            Err(error) => return Err(error),
        };
        let file = File::open(path)?;
        Ok(Self::new(Box::new(file), log))
    }

    /// The same of bytes in memory.
    #[must_use]
    pub fn of_bytes(file: Vec<u8>, log: Vec<u8>) -> Self {
        Self::new(Box::new(Cursor::new(file)), Box::new(Cursor::new(log)))
    }

    fn new(mut file: Box<dyn Bytes>, mut log: Box<dyn Bytes>) -> Self {
        let mut first = [0; 18];
        let read = file.seek(SeekFrom::Start(0)).and_then(|_| file.read_exact(&mut first));
        let size = if read.is_ok() { page::size(&first) } else { page::PAGE };
        let found = log::read(&mut log, size);
        let length = file.seek(SeekFrom::End(0)).unwrap_or_default();
        let own = u32::try_from(length.div_ceil(size as u64)).unwrap_or(u32::MAX);
        let last = found.pages.last_key_value().map_or(0, |(page, _)| *page);
        Self { file, log, size, pages: own.max(last), found }
    }

    /// A page as it was last whole; a sector that the disk does not give is a page that is not there.
    fn page(&mut self, number: u32) -> Option<Vec<u8>> {
        if let Some(at) = self.found.pages.get(&number) {
            return self.in_log(*at);
        }
        let mut page = vec![0; self.size];
        self.file.seek(SeekFrom::Start(u64::from(number.checked_sub(1)?) * self.size as u64)).ok()?;
        // Of a page that is cut off, the beginning is there.
        let mut filled = 0;
        while filled < page.len() {
            match self.file.read(&mut page[filled..]) {
                Ok(0) if filled == 0 => return None,
                Ok(0) => break,
                Ok(more) => filled += more,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(_) => return None,
            }
        }
        Some(page)
    }

    fn in_log(&mut self, at: u64) -> Option<Vec<u8>> {
        let mut page = vec![0; self.size];
        self.log.seek(SeekFrom::Start(at + PAGE_HEADER as u64)).ok()?;
        self.log.read_exact(&mut page).ok()?;
        Some(page)
    }

    fn read(&mut self, place: Place) -> Page {
        let bytes = match place {
            Place::Page(number) => self.page(number),
            Place::Adrift(at) => self.in_log(at),
        };
        let Some(bytes) = bytes else { return Page::Other };
        let pages = self.pages;
        page::read(&bytes, place == Place::Page(1), pages, |number| self.page(number))
    }

    /// Finds all pages that may hold records of these tables.
    #[must_use]
    pub fn survey(&mut self, tables: &[Table]) -> Survey {
        let mut survey = Survey { adrift: self.found.adrift.len() as u64, torn: self.found.torn, ..Survey::default() };
        let mut seen = BTreeSet::new();
        let mut roots = Vec::new();
        for stretch in self.walk(1, Hint::None, &mut seen, &mut survey.faults) {
            let Page::Leaf(records, lost) = self.read(stretch.place) else { continue };
            survey.faults += lost as u64;
            for record in records {
                match table::named(&record.values) {
                    table::Named::Table(name, root) => {
                        let known = tables.iter().position(|table| table.name == name);
                        // SQLite has tables of its own.
                        if known.is_none() && !name.starts_with("sqlite_") {
                            survey.foreign.push(name);
                        }
                        roots.push((root, known.map_or(Hint::Foreign, Hint::Table)));
                    }
                    table::Named::Other => {}
                    // It may be another page that stands here.
                    table::Named::Damaged => {
                        survey.faults += 1;
                        seen.retain(|page| Place::Page(*page) != stretch.place);
                    }
                }
            }
        }
        for (root, hint) in roots {
            let mut stretches = self.walk(root, hint, &mut seen, &mut survey.faults);
            if let Hint::Table(place) = hint {
                // Where it leads to something else, it is not believed.
                for stretch in &mut stretches {
                    let Page::Leaf(records, lost) = self.read(stretch.place) else { continue };
                    let strange = records.iter().filter(|record| !tables[place].fits(&record.values)).count();
                    survey.faults += (strange + lost) as u64;
                    if strange * 2 > records.len() || !table::may_be(&tables[place], &records) {
                        survey.faults += 1;
                        stretch.hint = Hint::None;
                    }
                }
            }
            survey.stretches.extend(stretches);
        }
        let free = self.free();
        let others: Vec<u32> = (1..=self.pages).filter(|page| !seen.contains(page) && !free.contains(page)).collect();
        for page in &others {
            // Records that nothing leads to.
            let found = self.read(Place::Page(*page));
            survey.faults += u64::from(matches!(found, Page::Leaf(records, lost) if records.len() + lost > 0));
        }
        if survey.faults > 0 || survey.adrift > 0 {
            survey.stretches.extend(others.iter().map(|page| Stretch { place: Place::Page(*page), hint: Hint::None }));
            let adrift = self.found.adrift.iter().map(|at| Stretch { place: Place::Adrift(*at), hint: Hint::None });
            survey.stretches.extend(adrift);
        }
        // What is certain comes before what only looks like it.
        survey.stretches.sort_by_key(|stretch| stretch.hint == Hint::None);
        survey
    }

    /// The leaves below a page, in their order.
    fn walk(&mut self, root: u32, hint: Hint, seen: &mut BTreeSet<u32>, faults: &mut u64) -> Vec<Stretch> {
        let (mut leaves, mut open) = (Vec::new(), vec![(root, 0)]);
        while let Some((number, depth)) = open.pop() {
            if depth > DEEPEST || !seen.insert(number) {
                *faults += 1;
                continue;
            }
            let place = Place::Page(number);
            match self.read(place) {
                Page::Leaf(..) => leaves.push(Stretch { place, hint }),
                Page::Above(children, lost) => {
                    *faults += lost as u64;
                    open.extend(children.into_iter().rev().map(|child| (child, depth + 1)));
                }
                Page::Other => {
                    // It may be looked at in another way.
                    seen.remove(&number);
                    *faults += 1;
                }
            }
        }
        leaves
    }

    /// Pages that hold nothing any more, if the file can be believed in that.
    fn free(&mut self) -> BTreeSet<u32> {
        let Some(first) = self.page(1).filter(|page| page::begins_a_file(page)) else { return BTreeSet::new() };
        let (mut trunk, count) = (page::number(&first, 32).unwrap_or(0), page::number(&first, 36).unwrap_or(0));
        let mut free = BTreeSet::new();
        while trunk != 0 && trunk <= self.pages && free.insert(trunk) {
            let Some(page) = self.page(trunk) else { break };
            let leaves = page::number(&page, 4).unwrap_or(0) as usize;
            free.extend((0..leaves.min(self.size / 4)).filter_map(|leaf| page::number(&page, 8 + 4 * leaf)));
            trunk = page::number(&page, 0).unwrap_or(0);
        }
        if free.len() == count as usize { free } else { BTreeSet::new() }
    }

    /// Reads a page, and finds out to which of these tables it belongs.
    #[must_use]
    pub fn leaf(&mut self, stretch: Stretch, tables: &[Table]) -> Leaf {
        let Page::Leaf(records, lost) = self.read(stretch.place) else { return Leaf::default() };
        let mut leaf = Leaf { unreadable: lost as u64, ..Leaf::default() };
        let fits = |place: usize, values: &[Value]| tables[place].fits(values);
        match stretch.hint {
            Hint::Foreign => leaf.foreign = true,
            Hint::Table(place) => leaf.table = Some(place),
            // Pages of SQLite's own, whose records name tables, are none of these.
            Hint::None
                if records.iter().all(|record| !matches!(table::named(&record.values), table::Named::Damaged)) =>
            {
                return Leaf::default();
            }
            Hint::None => {
                let all: Vec<usize> = (0..tables.len())
                    .filter(|place| {
                        records.iter().filter(|record| fits(*place, &record.values)).count() * 2 > records.len()
                    })
                    .collect();
                leaf.table = table::clearest(&all, tables, &records);
            }
        }
        for record in records {
            if leaf.table.is_none_or(|place| fits(place, &record.values)) {
                leaf.records.push(record);
            } else {
                leaf.unreadable += 1;
            }
        }
        leaf
    }
}
