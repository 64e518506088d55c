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

use std::collections::VecDeque;
use std::hash::Hash;
use std::pin::pin;

use futures_util::{StreamExt, stream};

use super::keys::Keys;
use super::takers::{Kept, Sent, Taker};
use super::thread::{Fresh, Thread, Turn};
use crate::Error;

/// No page is asked for with less; so many sizes make sure that one of them fits, for lists of up to
/// 232 million rows (the least common multiple of 1 to 20).
pub(crate) const SMALLEST_PAGE: u32 = 20;

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

/// Where a list that was interrupted goes on: what has been given, and how far it reached.
#[derive(Debug, Clone)]
pub(crate) struct Place<Key> {
    covered: u64,
    seen: Keys<Key>,
    given: Keys<Key>,
}

impl<Key> Default for Place<Key> {
    fn default() -> Self {
        Self { covered: 0, seen: Keys::default(), given: Keys::default() }
    }
}

impl<Key> Place<Key> {
    /// Rows that have been given.
    pub(crate) fn rows(&self) -> usize {
        self.given.len()
    }
}
