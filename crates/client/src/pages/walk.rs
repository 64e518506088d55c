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

use std::collections::{HashSet, VecDeque};
use std::hash::Hash;
use std::pin::pin;

use futures_util::{StreamExt, stream};

use crate::Error;

/// No page is asked for with less; so many sizes make sure that one of them fits, for lists of up to
/// 232 million rows (the least common multiple of 1 to 20).
pub(crate) const SMALLEST_PAGE: u32 = 20;

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
            let mut thread = Thread::<S>::new(self.size);
            let mut rows = Kept(Vec::new());
            self.follow(source, &mut thread, &mut rows).await?;
            let mut rows = rows.0;
            if self.is_enough(&thread) {
                rows.truncate(self.limit.unwrap_or(usize::MAX));
                return Ok(rows);
            }
            if self.is_whole(&thread, again)? {
                return Ok(rows);
            }
            again = false;
        }
    }

    /// Gives every row once, in the order in which they are read, and ends in an error if rows were lost twice; then,
    /// and after any other error, `place` says where to go on.
    pub(crate) async fn deliver<S: Source>(
        &self,
        source: &S,
        place: &mut Place<S::Key>,
        to: tokio::sync::mpsc::Sender<Vec<S::Row>>,
    ) -> Result<(), Error>
    where
        S::Key: Clone,
    {
        let mut again = true;
        loop {
            let mut thread = Thread::<S>::new(self.size);
            (thread.covered, thread.seen) = (place.covered, std::mem::take(&mut place.seen));
            let mut sent = Sent { to: to.clone(), given: std::mem::take(&mut place.given) };
            let followed = self.follow(source, &mut thread, &mut sent).await;
            place.given = sent.given;
            if let Err(error) = followed {
                (place.covered, place.seen) = (thread.covered, thread.seen);
                return Err(error);
            }
            if self.is_enough(&thread) || self.is_whole(&thread, again)? {
                return Ok(());
            }
            again = false;
            place.covered = 0;
        }
    }

    /// Whether the list was read to its end with as many rows as it has; an error if that is not so for the second time.
    fn is_whole<S: Source>(&self, thread: &Thread<S>, again: bool) -> Result<bool, Error> {
        let got = thread.seen.len() as u64;
        let expected = thread.total.unwrap_or(got);
        // Too many are rows that were removed meanwhile. Nothing is lost then, but it is read again too.
        if thread.whole && (got == expected || (got > expected && !again)) {
            return Ok(true);
        }
        if !again {
            return Err(Error::Incomplete { endpoint: self.endpoint, expected, got });
        }
        tracing::debug!(endpoint = self.endpoint, got, expected, "rows moved while the list was read: once more");
        Ok(false)
    }

    fn is_enough<S: Source>(&self, thread: &Thread<S>) -> bool {
        self.limit.is_some_and(|limit| thread.seen.len() >= limit)
    }

    /// Follows the thread from where it has come to the end, as far as it holds.
    async fn follow<S: Source>(
        &self,
        source: &S,
        thread: &mut Thread<S>,
        rows: &mut impl Taker<S>,
    ) -> Result<(), Error> {
        loop {
            let windows = thread.plan(self.lanes);
            if windows.is_empty() {
                return Ok(());
            }
            let mut pages = stream::iter(windows)
                .map(async |window| (window, source.page(window.page, window.size).await))
                .buffered(self.lanes.max(1));
            let mut read = VecDeque::new();
            while let Some((window, page)) = match read.pop_front() {
                Some(page) => Some(page),
                None => pages.next().await,
            } {
                let turn = match page {
                    Err(Error::Lost { timed_out: true, .. }) if thread.size > SMALLEST_PAGE => {
                        thread.smaller();
                        tracing::debug!(endpoint = self.endpoint, thread.size, "a page took too long: smaller ones");
                        Turn::Replan
                    }
                    page => {
                        let (turn, fresh) = thread.take(window, page?);
                        let taking = async {
                            match fresh {
                                Fresh::More(fresh) => rows.take(fresh).await,
                                Fresh::Anew(fresh) => rows.anew(fresh).await,
                            }
                        };
                        // Requests under way hold lanes and turns, which whoever takes the rows may need.
                        let mut taking = pin!(taking);
                        loop {
                            tokio::select! {
                                biased;
                                () = &mut taking => break,
                                Some(page) = pages.next() => read.push_back(page),
                            }
                        }
                        turn
                    }
                };
                if turn == Turn::End || self.is_enough(thread) {
                    return Ok(());
                }
                if turn == Turn::Replan || thread.larger() {
                    break;
                }
            }
        }
    }
}

/// Where rows go that were not there before.
trait Taker<S: Source> {
    fn take(&mut self, rows: Vec<S::Row>) -> impl Future<Output = ()> + Send;
    /// What was there before is gone from the list.
    fn anew(&mut self, rows: Vec<S::Row>) -> impl Future<Output = ()> + Send;
}

struct Kept<Row>(Vec<Row>);

impl<S: Source> Taker<S> for Kept<S::Row> {
    async fn take(&mut self, mut rows: Vec<S::Row>) {
        self.0.append(&mut rows);
    }

    async fn anew(&mut self, rows: Vec<S::Row>) {
        self.0 = rows;
    }
}

/// Hands rows over once, however often they are read.
struct Sent<S: Source> {
    to: tokio::sync::mpsc::Sender<Vec<S::Row>>,
    given: HashSet<S::Key>,
}

impl<S: Source> Taker<S> for Sent<S> {
    async fn take(&mut self, mut rows: Vec<S::Row>) {
        rows.retain(|row| self.given.insert(S::key(row)));
        // Nobody listens any more: then nobody asks for the next page either.
        let _ = self.to.send(rows).await;
    }

    async fn anew(&mut self, rows: Vec<S::Row>) {
        Taker::<S>::take(self, rows).await;
    }
}

/// Where a list that was interrupted goes on: what has been given, and how far it reached.
#[derive(Debug, Clone)]
pub(crate) struct Place<Key> {
    covered: u64,
    seen: HashSet<Key>,
    given: HashSet<Key>,
}

impl<Key> Default for Place<Key> {
    fn default() -> Self {
        Self { covered: 0, seen: HashSet::new(), given: HashSet::new() }
    }
}

impl<Key> Place<Key> {
    /// Rows that have been given.
    pub(crate) fn rows(&self) -> usize {
        self.given.len()
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

/// Rows of a page that were not seen before.
enum Fresh<Row> {
    More(Vec<Row>),
    /// It is a new list.
    Anew(Vec<Row>),
}

/// Pages in good time before larger ones are tried again; twice as many after each further time-out.
const PATIENCE: u32 = 2;
const MOST_PATIENCE: u32 = 256;

/// The unbroken part of a list from its beginning, as far as it has been read.
struct Thread<S: Source> {
    seen: HashSet<S::Key>,
    /// Rows of the list that it covers.
    covered: u64,
    /// Largest page to ask for at present, and ever.
    size: u32,
    most: u32,
    /// Pages that came in good time since the last one that did not, and how many it takes to try larger ones.
    in_time: u32,
    patience: u32,
    /// The totals that the first and the last page said.
    first_total: Option<u64>,
    total: Option<u64>,
    steps_back: u32,
    /// Whether it has been followed to the end.
    whole: bool,
}

impl<S: Source> Thread<S> {
    fn new(size: u32) -> Self {
        let size = size.max(SMALLEST_PAGE);
        Self {
            seen: HashSet::new(),
            covered: 0,
            size,
            most: size,
            in_time: 0,
            patience: PATIENCE,
            first_total: None,
            total: None,
            steps_back: 0,
            whole: false,
        }
    }

    /// A page took too long.
    fn smaller(&mut self) {
        self.size = (self.size / 2).max(SMALLEST_PAGE);
        (self.in_time, self.patience) = (0, (self.patience * 2).min(MOST_PATIENCE));
    }

    /// After pages in good time, larger ones again; whether that is so now.
    fn larger(&mut self) -> bool {
        self.in_time += 1;
        let now = self.size < self.most && self.in_time >= self.patience;
        if now {
            (self.size, self.in_time) = (self.size.saturating_mul(2).min(self.most), 0);
        }
        now
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

    fn take(&mut self, window: Window, page: Chunk<S::Row>) -> (Turn, Fresh<S::Row>) {
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
            return (self.step_back(window), Fresh::More(Vec::new()));
        }
        let fresh = if shares {
            Fresh::More(fresh)
        } else {
            // The beginning; or everything that was there is gone, and from here on it is a new list.
            self.seen.clear();
            self.first_total = self.total;
            Fresh::Anew(fresh)
        };
        let nothing_new = keys.is_empty();
        self.seen.extend(keys);
        self.covered = end;
        (self.turn(window, end, short, nothing_new), fresh)
    }

    fn turn(&mut self, window: Window, end: u64, short: bool, nothing_new: bool) -> Turn {
        // A total that changed while pages were read says nothing about where the list ends: then only reading beyond
        // its end does.
        let ended = match self.total {
            None => short,
            Some(total) => end >= total && self.first_total == self.total,
        };
        if ended || (short && nothing_new) {
            self.whole = true;
            return Turn::End;
        }
        if short && window.page == 0 {
            // The server has a smaller maximum than it documents.
            self.size = u32::try_from(end).unwrap_or(self.size);
            self.most = self.size;
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
