//! Pages as they were written a moment ago, for callers who ask the same again: thousands of clients poll the same
//! lists, and to read and write a page costs fifty times what sending it does.
//!
//! A page is kept with the [count of changes](muster_store::Changes) at which it was read, and good for as long as that
//! count has not moved: whatever changes a device, a person or a group, by whichever way, moves it before it is
//! acknowledged. Where there is no such count (PostgreSQL, which others may write to) nothing is kept.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};

use bytes::Bytes;
use muster_store::Changes;

use crate::store::scope::Scope;

/// Bytes of pages that are kept at most.
const BUDGET: usize = 64 * 1024 * 1024;
/// A larger page would drive out too many others.
const LARGEST: usize = BUDGET / 8;

/// What decides about a page besides the data.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Key {
    pub(super) endpoint: &'static str,
    /// As it came.
    pub(super) query: String,
    pub(super) scope: Scope,
}

/// The pages of a tenant.
pub(crate) struct Kept {
    changes: Option<Changes>,
    pages: Mutex<Pages>,
}

#[derive(Default)]
struct Pages {
    /// The count at which all of them were read.
    at: u64,
    pages: HashMap<Key, Bytes>,
    /// The oldest first.
    order: VecDeque<Key>,
    bytes: usize,
}

/// A look for a page that was not there. What is read from now on may be kept under its key.
pub(super) struct Missed {
    key: Key,
    at: u64,
}

/// What a look came to.
pub(super) enum Look {
    There(Bytes),
    Missed(Option<Missed>),
}

impl Kept {
    pub(super) fn new(changes: Option<Changes>) -> Self {
        Self { changes, pages: Mutex::default() }
    }

    pub(super) fn look(&self, key: Key) -> Look {
        let Some(at) = self.changes.as_ref().and_then(Changes::settled) else { return Look::Missed(None) };
        let pages = self.pages.lock().unwrap_or_else(PoisonError::into_inner);
        match pages.pages.get(&key).filter(|_| pages.at == at) {
            Some(page) => Look::There(page.clone()),
            None => Look::Missed(Some(Missed { key, at })),
        }
    }

    /// Keeps a page, unless something has changed since it was looked for.
    pub(super) fn keep(&self, missed: Missed, page: &Bytes) {
        let Missed { key, at } = missed;
        if page.len() > LARGEST || self.changes.as_ref().and_then(Changes::settled) != Some(at) {
            return;
        }
        let mut pages = self.pages.lock().unwrap_or_else(PoisonError::into_inner);
        if at > pages.at {
            *pages = Pages { at, ..Pages::default() };
        }
        // Somebody who read later may have been here already.
        if at < pages.at {
            return;
        }
        pages.put(key, page.clone());
    }
}

impl Pages {
    fn put(&mut self, key: Key, page: Bytes) {
        self.bytes += page.len();
        match self.pages.insert(key.clone(), page) {
            Some(former) => self.bytes -= former.len(),
            None => self.order.push_back(key),
        }
        while self.bytes > BUDGET
            && let Some(oldest) = self.order.pop_front()
        {
            self.bytes -= self.pages.remove(&oldest).map_or(0, |page| page.len());
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    fn key(query: &str) -> Key {
        Key { endpoint: "devices.search", query: query.to_owned(), scope: Scope::Everything }
    }

    fn missed(kept: &Kept, key: Key) -> Missed {
        match kept.look(key) {
            Look::Missed(Some(missed)) => missed,
            Look::Missed(None) => panic!("nothing is kept"),
            Look::There(page) => panic!("is there: {page:?}"),
        }
    }

    #[test]
    fn a_page_is_there_until_something_changes() {
        let changes = Changes::default();
        let kept = Kept::new(Some(changes.clone()));
        let first = missed(&kept, key("page=0"));
        kept.keep(first, &Bytes::from_static(b"one"));
        assert!(matches!(kept.look(key("page=0")), Look::There(page) if page == "one"));
        let other = Key { scope: Scope::Groups(Arc::new([571].into())), ..key("page=0") };
        let (elsewhere, beside) = (missed(&kept, other), missed(&kept, key("page=1")));
        kept.keep(elsewhere, &Bytes::from_static(b"theirs"));
        changes.note();
        kept.keep(beside, &Bytes::from_static(b"too late"));
        missed(&kept, key("page=1"));
        missed(&kept, key("page=0"));
    }

    #[test]
    fn pages_do_not_fill_the_memory() {
        let kept = Kept::new(Some(Changes::default()));
        let page = Bytes::from(vec![0; LARGEST]);
        for number in 0..20 {
            let query = format!("page={number}");
            kept.keep(missed(&kept, key(&query)), &page);
        }
        let pages = kept.pages.lock().expect("no panic");
        assert_eq!((pages.bytes, pages.pages.len(), pages.order.len()), (BUDGET, 8, 8));
        drop(pages);
        missed(&kept, key("page=0"));
        assert!(matches!(kept.look(key("page=19")), Look::There(_)));
        kept.keep(missed(&kept, key("large")), &Bytes::from(vec![0; LARGEST + 1]));
        missed(&kept, key("large"));
    }

    #[test]
    fn without_a_count_nothing_is_kept() {
        assert!(matches!(Kept::new(None).look(key("")), Look::Missed(None)));
    }
}
