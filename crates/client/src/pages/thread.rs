//! The thread of a walk: how far a list has been read without a gap, and what to read next.

use super::keys::Keys;
use super::walk::{Chunk, SMALLEST_PAGE, Source};
use super::window::Window;

/// How often the thread may be lost in one walk.
const MOST_STEPS_BACK: u32 = 32;

/// What a page leads to.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Turn {
    /// The next page that is planned.
    On,
    /// Other pages than planned.
    Replan,
    /// Nothing: the list has ended, or the thread is lost.
    End,
}

/// Rows of a page that were not seen before.
pub(super) enum Fresh<Row> {
    More(Vec<Row>),
    /// It is a new list.
    Anew(Vec<Row>),
}

/// Pages in good time before larger ones are tried again; twice as many after each further time-out.
const PATIENCE: u32 = 2;
const MOST_PATIENCE: u32 = 256;

/// The unbroken part of a list from its beginning, as far as it has been read.
pub(super) struct Thread<S: Source> {
    pub(super) seen: Keys<S::Key>,
    /// Rows of the list that it covers.
    pub(super) covered: u64,
    /// Largest page to ask for at present, and ever.
    pub(super) size: u32,
    most: u32,
    /// Pages that came in good time since the last one that did not, and how many it takes to try larger ones.
    in_time: u32,
    patience: u32,
    /// The totals that the first and the last page said.
    first_total: Option<u64>,
    pub(super) total: Option<u64>,
    steps_back: u32,
    /// Whether it has been followed to the end.
    pub(super) whole: bool,
}

impl<S: Source> Thread<S> {
    pub(super) fn new(size: u32) -> Self {
        let size = size.max(SMALLEST_PAGE);
        Self {
            seen: Keys::default(),
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
    pub(super) fn smaller(&mut self) {
        self.size = (self.size / 2).max(SMALLEST_PAGE);
        (self.in_time, self.patience) = (0, (self.patience * 2).min(MOST_PATIENCE));
    }

    /// After pages in good time, larger ones again; whether that is so now.
    pub(super) fn larger(&mut self) -> bool {
        self.in_time += 1;
        let now = self.size < self.most && self.in_time >= self.patience;
        if now {
            (self.size, self.in_time) = (self.size.saturating_mul(2).min(self.most), 0);
        }
        now
    }

    /// The next windows: one while the total is unknown, else as many as there are lanes.
    pub(super) fn plan(&self, lanes: usize) -> Vec<Window> {
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

    pub(super) fn take(&mut self, window: Window, page: Chunk<S::Row>) -> (Turn, Fresh<S::Row>) {
        let count = page.rows.len() as u64;
        let end = window.start() + count;
        let short = count < u64::from(window.size);
        // Some lists say a total of 0 beside their rows.
        self.total = page.total.filter(|total| *total > 0 || count == 0);

        // Where the thread holds, the first row is shared, so this look is a short one.
        let shares = page.rows.iter().any(|row| self.seen.contains(&S::key(row)));
        if !shares && window.page > 0 {
            return (self.step_back(window), Fresh::More(Vec::new()));
        }
        if !shares {
            // The beginning; or everything that was there is gone, and from here on it is a new list.
            self.seen.clear();
            self.first_total = self.total;
        }
        let mut fresh = page.rows;
        fresh.retain(|row| self.seen.insert(S::key(row)));
        self.covered = end;
        let turn = self.turn(window, end, short, fresh.is_empty());
        (turn, if shares { Fresh::More(fresh) } else { Fresh::Anew(fresh) })
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
