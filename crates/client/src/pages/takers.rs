//! Who takes the rows of a walk: somebody who wants all of them, or a stream that hands them over one by one.

use super::keys::Keys;
use super::walk::Source;

/// Where rows go that were not there before.
pub(super) trait Taker<S: Source> {
    fn take(&mut self, rows: Vec<S::Row>) -> impl Future<Output = ()> + Send;
    /// What was there before is gone from the list.
    fn anew(&mut self, rows: Vec<S::Row>) -> impl Future<Output = ()> + Send;
}

/// Keeps them.
pub(super) struct Kept<Row>(pub(super) Vec<Row>);

impl<S: Source> Taker<S> for Kept<S::Row> {
    async fn take(&mut self, mut rows: Vec<S::Row>) {
        self.0.append(&mut rows);
    }

    async fn anew(&mut self, rows: Vec<S::Row>) {
        self.0 = rows;
    }
}

/// Hands rows over once, however often they are read.
pub(super) struct Sent<S: Source> {
    pub(super) to: tokio::sync::mpsc::Sender<Vec<S::Row>>,
    pub(super) given: Keys<S::Key>,
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
