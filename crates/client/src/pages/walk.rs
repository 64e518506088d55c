//! The walk through the pages of a list. Pages are counted from the start of a list that may change meanwhile:
//! when a row is removed, the rows behind it move up, and one of them moves into a page already read.
//!
//! So that this cannot lose a row, pages overlap: each shares at least one row with those before it. Rows keep
//! their order, so two pages that share a row leave no gap between them, whenever they were read. A page that
//! shares nothing shows that rows moved; the walk goes back until it finds the thread again. Pages with a
//! common row do not fit into one grid, therefore the page size differs a little from page to page.
//!
//! Independently of that the number of rows is compared with the total that the server says, and the list is
//! read once more if they differ. The order of rows is the server's; one that shuffles them fails that check.

use std::collections::HashSet;
use std::hash::Hash;

use futures_util::{StreamExt, stream};

use crate::Error;

/// No page is asked for with less; so many sizes make sure that one of them fits, for lists of up to
/// 232 million rows (the least common multiple of 1 to 20).
pub(super) const SMALLEST_PAGE: u32 = 20;

/// How often the thread may be lost in one walk.
const MOST_STEPS_BACK: u32 = 32;

/// Where pages come from.
pub(crate) trait Source: Sync {
    type Row: Send;
    type Key: Eq + Hash + Send;

    /// The page with this number, counted from 0, if pages have so many rows.
    fn page(&self, page: u32, size: u32) -> impl Future<Output = Result<Chunk<Self::Row>, Error>> + Send;
    fn key(row: &Self::Row) -> Self::Key;
}

/// One page.
pub(crate) struct Chunk<Row> {
    pub(crate) rows: Vec<Row>,
    pub(crate) total: Option<u64>,
}

/// How to walk through the pages of a source.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Walk {
    pub(crate) endpoint: &'static str,
    /// Rows per page, at most.
    pub(crate) size: u32,
    /// Pages read at once.
    pub(crate) lanes: usize,
    /// Stop after so many rows.
    pub(crate) limit: Option<usize>,
}

impl Walk {
    /// Every row; the first ones if there is a limit; an error if rows were lost twice.
    pub(crate) async fn collect<S: Source>(&self, source: &S) -> Result<Vec<S::Row>, Error> {
        let mut again = true;
        loop {
            let thread = self.follow(source).await?;
            let got = thread.rows.len() as u64;
            let expected = thread.total.unwrap_or(got);
            if self.is_enough(&thread.rows) {
                let limit = self.limit.unwrap_or(usize::MAX);
                return Ok(thread.rows.into_iter().take(limit).collect());
            }
            // Too many are rows that were removed meanwhile. Nothing is lost then, but it is read again too.
            if thread.whole && (got == expected || (got > expected && !again)) {
                return Ok(thread.rows);
            }
            if !again {
                return Err(Error::Incomplete { endpoint: self.endpoint, expected, got });
            }
            again = false;
            tracing::debug!(endpoint = self.endpoint, got, expected, "rows moved while the list was read: once more");
        }
    }

    fn is_enough<Row>(&self, rows: &[Row]) -> bool {
        self.limit.is_some_and(|limit| rows.len() >= limit)
    }

    /// Follows the thread from the first page to the end, as far as it holds.
    async fn follow<S: Source>(&self, source: &S) -> Result<Thread<S>, Error> {
        let mut thread = Thread::<S>::new(self.size.max(SMALLEST_PAGE));
        loop {
            let windows = thread.plan(self.lanes);
            if windows.is_empty() {
                return Ok(thread);
            }
            let mut pages = stream::iter(windows)
                .map(async |window| (window, source.page(window.page, window.size).await))
                .buffered(self.lanes.max(1));
            while let Some((window, page)) = pages.next().await {
                let turn = match page {
                    Err(Error::Lost { timed_out: true, .. }) if thread.size > SMALLEST_PAGE => {
                        thread.size = (thread.size / 2).max(SMALLEST_PAGE);
                        tracing::debug!(endpoint = self.endpoint, thread.size, "a page took too long: smaller ones");
                        Turn::Replan
                    }
                    page => thread.take(window, page?),
                };
                if turn == Turn::End || self.is_enough(&thread.rows) {
                    return Ok(thread);
                }
                if turn == Turn::Replan {
                    break;
                }
            }
        }
    }
}

/// Rows `page * size` up to, but not including, `(page + 1) * size`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Window {
    pub(super) page: u32,
    pub(super) size: u32,
}

impl Window {
    pub(super) fn start(self) -> u64 {
        u64::from(self.page) * u64::from(self.size)
    }

    pub(super) fn end(self) -> u64 {
        self.start() + u64::from(self.size)
    }

    /// The window that reaches furthest while it shares a row with those that end at `covered`.
    pub(super) fn after(covered: u64, largest: u32) -> Option<Self> {
        let Some(shared) = covered.checked_sub(1) else { return Some(Self { page: 0, size: largest }) };
        (1..=largest)
            .rev()
            .filter_map(|size| Some(Self { page: u32::try_from(shared / u64::from(size)).ok()?, size }))
            .max_by_key(|window| window.end())
            .filter(|window| window.end() > covered)
    }
}

/// What a page leads to.
#[derive(Debug, PartialEq, Eq)]
enum Turn {
    /// The next page that is planned.
    On,
    /// Other pages than planned.
    Replan,
    /// Nothing: the list has ended, or the thread is lost.
    End,
}

/// The unbroken part of a list from its beginning, as far as it has been read.
struct Thread<S: Source> {
    rows: Vec<S::Row>,
    seen: HashSet<S::Key>,
    /// Rows of the list that it covers.
    covered: u64,
    /// Largest page to ask for.
    size: u32,
    /// The total that the last page said.
    total: Option<u64>,
    steps_back: u32,
    /// Whether it has been followed to the end.
    whole: bool,
}

impl<S: Source> Thread<S> {
    fn new(size: u32) -> Self {
        Self { rows: Vec::new(), seen: HashSet::new(), covered: 0, size, total: None, steps_back: 0, whole: false }
    }

    /// The next windows: one while the total is unknown, else as many as there are lanes.
    fn plan(&self, lanes: usize) -> Vec<Window> {
        let mut windows = Vec::new();
        let mut covered = self.covered;
        while let Some(window) = Window::after(covered, self.size) {
            windows.push(window);
            covered = window.end();
            if windows.len() >= lanes.max(1) || self.total.is_none_or(|total| covered >= total) {
                break;
            }
        }
        windows
    }

    fn take(&mut self, window: Window, page: Chunk<S::Row>) -> Turn {
        let count = page.rows.len() as u64;
        let end = window.start() + count;
        let short = count < u64::from(window.size);
        // Some lists say a total of 0 beside their rows.
        self.total = page.total.filter(|total| *total > 0 || count == 0);

        let (mut shares, mut fresh, mut keys) = (false, Vec::new(), HashSet::new());
        for row in page.rows {
            let key = S::key(&row);
            if self.seen.contains(&key) {
                shares = true;
            } else if keys.insert(key) {
                fresh.push(row);
            }
        }
        if !shares && window.page > 0 {
            return self.step_back(window);
        }
        if !shares {
            // The beginning; or everything that was there is gone, and from here on it is a new list.
            self.seen.clear();
            self.rows.clear();
        }
        let nothing_new = keys.is_empty();
        self.seen.extend(keys);
        self.rows.append(&mut fresh);
        self.covered = end;
        if self.total.map_or(short, |total| end >= total) || (short && nothing_new) {
            self.whole = true;
            return Turn::End;
        }
        if short && window.page == 0 {
            // The server has a smaller maximum than it documents.
            self.size = u32::try_from(count).unwrap_or(self.size);
            return Turn::Replan;
        }
        Turn::On
    }

    /// Rows moved up by more than the overlap: looks for them before the page that shares nothing.
    fn step_back(&mut self, window: Window) -> Turn {
        self.steps_back += 1;
        if self.steps_back > MOST_STEPS_BACK {
            return Turn::End;
        }
        let half = u64::from(self.size) / 2;
        let page = window.start().min(self.total.unwrap_or(u64::MAX));
        self.covered = page.saturating_sub(half * u64::from(self.steps_back));
        Turn::Replan
    }
}
