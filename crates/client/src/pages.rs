//! Lists, complete or an error. Pages are counted from the start of a list that may change while it is read:
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
use muster_model::{Endpoint, Nothing, Paged};

use crate::Error;
use crate::client::{Client, Paging};
use crate::request::Request;
use crate::retry::Manner;
use crate::transport::read;

/// No page is asked for with less; so many sizes make sure that one of them fits, for lists of up to
/// 232 million rows (the least common multiple of 1 to 20).
const SMALLEST_PAGE: u32 = 20;

/// How often the thread may be lost in one walk.
const MOST_STEPS_BACK: u32 = 32;

/// A list about to be read; see [`Client::pages`].
#[must_use = "nothing is read until `collect`"]
pub struct Pages<'a, E: Endpoint> {
    client: &'a Client,
    path: E::Path,
    query: E::Query,
    paging: Paging,
    limit: Option<usize>,
}

impl<'a, E> Pages<'a, E>
where
    E: Paged + Endpoint<Body = Nothing>,
    E::Query: Clone,
{
    pub(crate) fn new(client: &'a Client, paging: Paging, path: E::Path, query: E::Query) -> Self {
        Self { client, path, query, paging, limit: None }
    }

    /// Only the first rows, at most so many: explicitly not the whole list.
    pub fn limit(mut self, rows: usize) -> Self {
        self.limit = Some(rows);
        self
    }

    /// Every row, or the first ones if there is a limit. [`Error::Incomplete`] if rows were lost twice.
    pub async fn collect(self) -> Result<Vec<E::Row>, Error> {
        let walk = Walk {
            endpoint: E::NAME,
            size: self.paging.size.min(E::MAX_PAGE_SIZE).min(rows(self.limit)),
            lanes: self.paging.lanes,
            limit: self.limit,
        };
        walk.collect(&self).await
    }
}

impl<E> Source for Pages<'_, E>
where
    E: Paged + Endpoint<Body = Nothing>,
    E::Query: Clone,
{
    type Row = E::Row;
    type Key = i64;

    async fn page(&self, page: u32, size: u32) -> Result<Chunk<E::Row>, Error> {
        let mut query = self.query.clone();
        E::set_page(&mut query, E::FIRST_PAGE + page, size);
        let request = Request::of::<E>(self.client.url(), &self.path, &query, &Nothing)?;
        let transport = self.client.transport();
        let manner = if size > SMALLEST_PAGE { Manner::SmallerNext } else { Manner::Usual };
        let reply = transport.send(&request, manner).await?;
        let answer = read::<E>(&reply, transport.host())?;
        Ok(Chunk { total: E::total(&answer), rows: E::rows(answer) })
    }

    fn key(row: &E::Row) -> i64 {
        E::key(row)
    }
}

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
    pub(crate) size: u32,
    pub(crate) lanes: usize,
    pub(crate) limit: Option<usize>,
}

/// Rows `page * size` up to, but not including, `(page + 1) * size`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Window {
    page: u32,
    size: u32,
}

impl Window {
    fn start(self) -> u64 {
        u64::from(self.page) * u64::from(self.size)
    }

    fn end(self) -> u64 {
        self.start() + u64::from(self.size)
    }

    /// The window that reaches furthest while it shares a row with those that end at `covered`.
    fn after(covered: u64, largest: u32) -> Option<Self> {
        let Some(shared) = covered.checked_sub(1) else { return Some(Self { page: 0, size: largest }) };
        (1..=largest)
            .rev()
            .filter_map(|size| Some(Self { page: u32::try_from(shared / u64::from(size)).ok()?, size }))
            .max_by_key(|window| window.end())
            .filter(|window| window.end() > covered)
    }
}

/// What one walk found.
struct Walked<Row> {
    rows: Vec<Row>,
    /// The total that the last page said.
    total: Option<u64>,
    /// Whether the thread was found up to the end.
    whole: bool,
}

impl Walk {
    pub(crate) async fn collect<S: Source>(&self, source: &S) -> Result<Vec<S::Row>, Error> {
        let mut again = true;
        loop {
            let walked = self.walk(source).await?;
            let got = walked.rows.len() as u64;
            let expected = walked.total.unwrap_or(got);
            if self.limit.is_some_and(|limit| got >= limit as u64) {
                return Ok(walked.rows);
            }
            // Too many are rows that were removed meanwhile. Nothing is lost then, but it is read again too.
            if walked.whole && (got == expected || (got > expected && !again)) {
                return Ok(walked.rows);
            }
            if !again {
                return Err(Error::Incomplete { endpoint: self.endpoint, expected, got });
            }
            again = false;
            tracing::debug!(endpoint = self.endpoint, got, expected, "rows moved while the list was read: once more");
        }
    }

    async fn walk<S: Source>(&self, source: &S) -> Result<Walked<S::Row>, Error> {
        let mut size = self.size.max(SMALLEST_PAGE);
        let mut seen: HashSet<S::Key> = HashSet::new();
        let mut walked = Walked { rows: Vec::new(), total: None, whole: false };
        let mut covered = 0_u64;
        let mut steps_back = 0;
        loop {
            let windows = plan(covered, size, walked.total, self.lanes);
            if windows.is_empty() {
                return Ok(walked);
            }
            let mut pages = stream::iter(windows)
                .map(async |window| (window, source.page(window.page, window.size).await))
                .buffered(self.lanes.max(1));
            while let Some((window, page)) = pages.next().await {
                let page = match page {
                    Err(Error::Lost { timed_out: true, .. }) if size > SMALLEST_PAGE => {
                        size = (size / 2).max(SMALLEST_PAGE);
                        tracing::debug!(endpoint = self.endpoint, size, "a page took too long: smaller ones");
                        break;
                    }
                    page => page?,
                };
                let count = page.rows.len() as u64;
                let end = window.start() + count;
                let short = count < u64::from(window.size);
                // Some lists say a total of 0 beside their rows.
                walked.total = page.total.filter(|total| *total > 0 || count == 0);

                let mut shares = false;
                let mut fresh = Vec::new();
                let mut keys = HashSet::new();
                for row in page.rows {
                    let key = S::key(&row);
                    if seen.contains(&key) {
                        shares = true;
                    } else if keys.insert(key) {
                        fresh.push(row);
                    }
                }
                if window.page == 0 && !shares {
                    // The beginning, or everything that was there is gone: from here on it is a new list.
                    seen.clear();
                    walked.rows.clear();
                } else if !shares {
                    steps_back += 1;
                    if steps_back > MOST_STEPS_BACK {
                        return Ok(walked);
                    }
                    // Rows moved up by more than the overlap: look for them before this page.
                    covered = window.start().min(walked.total.unwrap_or(u64::MAX));
                    covered = covered.saturating_sub(u64::from(size) / 2 * u64::from(steps_back));
                    break;
                }
                let nothing_new = keys.is_empty();
                seen.extend(keys);
                walked.rows.append(&mut fresh);
                covered = end;
                if let Some(limit) = self.limit.filter(|limit| walked.rows.len() >= *limit) {
                    walked.rows.truncate(limit);
                    return Ok(walked);
                }
                let reached = walked.total.map_or(short, |total| end >= total);
                if reached || (short && nothing_new) {
                    walked.whole = true;
                    return Ok(walked);
                }
                if short && window.page == 0 && count > 0 {
                    // The server has a smaller maximum than it documents.
                    size = u32::try_from(count).unwrap_or(size);
                    break;
                }
            }
        }
    }
}

/// The next windows: one while the total is unknown, else as many as there are lanes.
fn plan(mut covered: u64, size: u32, total: Option<u64>, lanes: usize) -> Vec<Window> {
    let mut windows = Vec::new();
    while let Some(window) = Window::after(covered, size) {
        windows.push(window);
        covered = window.end();
        if windows.len() >= lanes.max(1) || total.is_none_or(|total| covered >= total) {
            break;
        }
    }
    windows
}

/// A number of rows as a page size; no limit is no bound.
fn rows(limit: Option<usize>) -> u32 {
    limit.and_then(|limit| u32::try_from(limit).ok()).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests;
