//! The walker over lists that stand still, that change while they are read, and that lie.

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};

use proptest::prelude::*;

use super::walk::*;
use super::window::Window;
use crate::{Error, Kind};

/// A list on a server, by key, in ascending or descending order, that changes before each page is read.
struct List {
    state: Mutex<State>,
    /// Rows per page that the server allows.
    most: u32,
    says_total: bool,
    /// Pages larger than this take too long.
    quick: u32,
    /// So many pages take too long, whatever their size.
    slow_reads: AtomicU32,
    /// The page with this number breaks off, once.
    breaks_at: AtomicU32,
    reads: AtomicU32,
}

struct State {
    rows: BTreeSet<i64>,
    descending: bool,
    /// What happens before the next page is read, the last first.
    changes: Vec<Vec<Change>>,
    /// Rows that were there all the time.
    lasting: BTreeSet<i64>,
}

#[derive(Debug, Clone)]
enum Change {
    Add(i64),
    /// By position, modulo the length.
    Remove(usize),
}

impl List {
    fn of(rows: impl IntoIterator<Item = i64>) -> Self {
        let rows: BTreeSet<i64> = rows.into_iter().collect();
        let state = State { lasting: rows.clone(), rows, descending: false, changes: Vec::new() };
        let (most, quick, reads) = (u32::MAX, u32::MAX, AtomicU32::new(0));
        let (slow_reads, breaks_at) = (AtomicU32::new(0), AtomicU32::new(0));
        Self { state: Mutex::new(state), most, says_total: true, quick, slow_reads, breaks_at, reads }
    }

    fn changing(self, changes: Vec<Vec<Change>>) -> Self {
        self.state.lock().expect("not poisoned").changes = changes;
        self
    }

    async fn collect(&self, size: u32, lanes: usize) -> Result<Vec<i64>, Error> {
        Walk { endpoint: "list", size, lanes, limit: None }.collect(self).await
    }
}

impl Source for List {
    type Row = i64;
    type Key = i64;

    async fn page(&self, page: u32, size: u32) -> Result<Chunk<i64>, Error> {
        tokio::task::yield_now().await;
        let number = self.reads.fetch_add(1, Ordering::Relaxed) + 1;
        let slow =
            self.slow_reads.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)).is_ok();
        let breaks = self.breaks_at.load(Ordering::Relaxed) == number;
        if size > self.quick || slow || breaks {
            let source = std::sync::Arc::new(std::io::Error::other("slow"));
            return Err(Error::Lost { endpoint: "list", timed_out: !breaks, write: false, source });
        }
        let mut state = self.state.lock().expect("not poisoned");
        for change in state.changes.pop().unwrap_or_default() {
            match change {
                Change::Add(key) => {
                    state.rows.insert(key);
                }
                Change::Remove(at) if !state.rows.is_empty() => {
                    let key = state.rows.iter().copied().nth(at % state.rows.len()).expect("within");
                    state.rows.remove(&key);
                    state.lasting.remove(&key);
                }
                Change::Remove(_) => {}
            }
        }
        let size = size.min(self.most) as usize;
        let skip = page as usize * size;
        let rows = match state.descending {
            false => state.rows.iter().copied().skip(skip).take(size).collect(),
            true => state.rows.iter().rev().copied().skip(skip).take(size).collect(),
        };
        Ok(Chunk { rows, total: self.says_total.then_some(state.rows.len() as u64) })
    }

    fn key(row: &i64) -> i64 {
        *row
    }
}

#[tokio::test]
async fn a_list_that_stands_still_is_read_in_order_once() {
    for count in [0, 1, 19, 20, 21, 99, 100, 101, 2000, 4321] {
        for (size, lanes, says_total) in [(20, 1, true), (100, 8, true), (500, 3, true), (100, 4, false)] {
            let list = List { says_total, ..List::of(0..count) };
            let rows = list.collect(size, lanes).await.expect("complete");
            assert_eq!(rows, (0..count).collect::<Vec<_>>(), "{count} {size} {lanes} {says_total}");
        }
    }
}

#[tokio::test]
async fn the_overlap_costs_little() {
    for (count, pages) in [(400, 1), (2000, 5), (10_000, 22), (100_000, 223)] {
        let list = List::of(0..count);
        list.collect(500, 8).await.expect("complete");
        let reads = list.reads.load(Ordering::Relaxed);
        assert!(reads <= pages, "{count} rows took {reads} pages");
    }
}

#[tokio::test]
async fn pages_that_take_too_long_are_halved_and_small_ones_are_an_error() {
    let list = List { quick: 130, ..List::of(0..1000) };
    assert_eq!(list.collect(500, 4).await.expect("complete").len(), 1000);
    let list = List { quick: 10, ..List::of(0..1000) };
    assert_eq!(list.collect(500, 4).await.expect_err("too slow").kind(), Kind::Unreachable);
}

#[tokio::test]
async fn a_server_with_a_smaller_maximum_loses_nothing() {
    for most in [20, 37, 100] {
        let list = List { most, ..List::of(0..1000) };
        assert_eq!(list.collect(500, 4).await.expect("complete").len(), 1000, "{most}");
    }
}

#[tokio::test]
async fn a_limit_reads_no_more_than_it_needs() {
    let list = List::of(0..10_000);
    let walk = Walk { endpoint: "list", size: 500, lanes: 4, limit: Some(30) };
    assert_eq!(walk.collect(&list).await.expect("some"), (0..30).collect::<Vec<_>>());
    assert_eq!(list.reads.load(Ordering::Relaxed), 1);
}

#[tokio::test]
async fn larger_pages_are_tried_again_after_a_while() {
    let list = List { slow_reads: AtomicU32::new(3), ..List::of(0..20_000) };
    assert_eq!(list.collect(500, 4).await.expect("complete").len(), 20_000);
    let reads = list.reads.load(Ordering::Relaxed);
    // Three time-outs at four lanes; at an eighth of the size for ever it would have been 320 and more.
    assert!(reads < 120, "{reads} pages");
}

/// The rows that a stream of the list gives from a place, and how it ends.
async fn delivered(list: &List, place: &mut Place<i64>) -> (Vec<i64>, Result<(), Error>) {
    let (to, mut chunks) = tokio::sync::mpsc::channel(1);
    let walk = Walk { endpoint: "list", size: 50, lanes: 3, limit: None };
    let reading = async {
        let mut rows = Vec::new();
        while let Some(chunk) = chunks.recv().await {
            rows.extend(chunk);
        }
        rows
    };
    let (ended, rows) = tokio::join!(walk.deliver(list, place, to), reading);
    (rows, ended)
}

#[tokio::test]
async fn a_stream_goes_on_by_row_after_an_interruption() {
    let list = List { breaks_at: AtomicU32::new(7), ..List::of(0..1000) };
    let mut place = Place::default();
    let (mut rows, ended) = delivered(&list, &mut place).await;
    assert_eq!(ended.expect_err("broken").kind(), Kind::Unreachable);
    assert!(rows.len() > 100 && rows.len() < 1000 && rows.len() == place.rows(), "{}", rows.len());
    let before = list.reads.load(Ordering::Relaxed);
    // Meanwhile a row is gone that was given already, so that everything behind it has moved up.
    list.state.lock().expect("not poisoned").rows.remove(&3);
    let (rest, ended) = delivered(&list, &mut place).await;
    // A row too many was read; that is found out, and costs a second reading, but no row comes twice.
    ended.expect("complete");
    rows.extend(rest);
    assert_eq!(rows, (0..1000).collect::<Vec<_>>());
    assert!(list.reads.load(Ordering::Relaxed) > before);
    let (rest, ended) = delivered(&List::of(0..1000), &mut Place::default()).await;
    ended.expect("complete");
    assert_eq!(rest.len(), 1000);
}

#[tokio::test]
async fn a_stream_that_is_not_whole_ends_in_an_error() {
    let (to, mut chunks) = tokio::sync::mpsc::channel(100);
    let walk = Walk { endpoint: "list", size: 100, lanes: 4, limit: None };
    let error = walk.deliver(&Liar(List::of(0..250)), &mut Place::default(), to).await.expect_err("short");
    assert!(matches!(error, Error::Incomplete { expected: 253, got: 250, .. }), "{error}");
    let mut rows = 0;
    while let Some(chunk) = chunks.recv().await {
        rows += chunk.len();
    }
    assert_eq!(rows, 250, "each once, although it was read twice");
}

/// Counts more rows than it shows.
struct Liar(List);

impl Source for Liar {
    type Row = i64;
    type Key = i64;

    async fn page(&self, page: u32, size: u32) -> Result<Chunk<i64>, Error> {
        let chunk = self.0.page(page, size).await?;
        Ok(Chunk { total: chunk.total.map(|total| total + 3), ..chunk })
    }

    fn key(row: &i64) -> i64 {
        *row
    }
}

#[tokio::test]
async fn fewer_rows_than_the_server_counts_are_an_error_with_both_numbers() {
    for count in [0, 5, 1000] {
        let walk = Walk { endpoint: "list", size: 100, lanes: 4, limit: None };
        let error = walk.collect(&Liar(List::of(0..count))).await.expect_err("short");
        let (expected, got) = (count as u64 + 3, count as u64);
        assert!(matches!(error, Error::Incomplete { expected: e, got: g, .. } if (e, g) == (expected, got)), "{error}");
    }
}

#[tokio::test]
async fn a_row_that_moves_into_a_page_already_read_is_not_lost() {
    // Without the overlap this is the classic: 20 rows read, one of them removed, row 20 moves up and is
    // never seen; a row added at the end even makes the count right.
    let changes = vec![vec![Change::Remove(0), Change::Add(1000)], vec![]];
    let list = List::of(0..100).changing(changes);
    let rows: BTreeSet<i64> = list.collect(20, 1).await.expect("complete").into_iter().collect();
    assert!(rows.is_superset(&list.state.lock().expect("not poisoned").lasting));
}

fn changes() -> impl Strategy<Value = Vec<Vec<Change>>> {
    let change = prop_oneof![(-1000_i64..2000).prop_map(Change::Add), (0_usize..2000).prop_map(Change::Remove)];
    prop::collection::vec(prop::collection::vec(change, 0..40), 0..30)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// Whatever is added and removed between two pages: rows that were there all the time are in the result,
    /// or there is no result.
    #[test]
    fn complete_or_an_error(
        rows in prop::collection::btree_set(0_i64..1000, 0..300),
        changes in changes(),
        size in 20_u32..120,
        lanes in 1_usize..6,
        descending: bool,
        says_total: bool,
    ) {
        let list = List { says_total, ..List::of(rows) }.changing(changes);
        list.state.lock().expect("not poisoned").descending = descending;
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        match runtime.block_on(list.collect(size, lanes)) {
            Ok(rows) => {
                let unique: BTreeSet<i64> = rows.iter().copied().collect();
                prop_assert_eq!(unique.len(), rows.len(), "a row came twice");
                let lasting = &list.state.lock().expect("not poisoned").lasting;
                let lost: Vec<&i64> = lasting.difference(&unique).collect();
                prop_assert!(lost.is_empty(), "lost {:?}", lost);
            }
            Err(error) => prop_assert_eq!(error.kind(), Kind::Incomplete),
        }
    }

    /// A window begins with a row that is covered already, reaches further, and is as large as allowed at most.
    #[test]
    fn windows_overlap_and_reach_further(covered in 0_u64..200_000_000, largest in 20_u32..1000) {
        let window = Window::after(covered, largest).expect("one fits");
        prop_assert!(window.size <= largest && window.end() > covered);
        prop_assert!(window.start() < covered.max(1));
    }
}
