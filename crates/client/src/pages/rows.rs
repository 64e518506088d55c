//! A list as a stream: rows while they are read, and at the end the proof that none is missing, or an error.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_util::Stream;
use muster_model::page::RowKey;
use muster_model::{Endpoint, Nothing, Paged};
use tokio::sync::mpsc::{Receiver, channel};
use tokio::task::JoinHandle;

use super::{Pages, walk};
use crate::Error;

/// Chunks of rows that wait to be taken; more pages are asked for when there is room.
const AHEAD: usize = 2;

/// Where a list that was interrupted goes on; see [`Rows::place`].
#[derive(Debug, Clone, Default)]
pub struct Place(walk::Place<RowKey>);

impl Place {
    /// Rows that were given before it.
    pub fn rows(&self) -> usize {
        self.0.rows()
    }
}

/// The rows of a list, each once. After the last one the stream ends only if the list was whole; if rows are missing,
/// or the tenant cannot be read, it ends in an error.
///
/// A task of its own reads ahead, and ends with the stream: who reads slowly, or calls the tenant for every row, does
/// not keep the requests under way from their ends, nor their lanes from other calls.
pub struct Rows<E: Paged> {
    walk: Option<Walking>,
    chunks: Receiver<Vec<E::Row>>,
    rows: std::vec::IntoIter<E::Row>,
    place: Option<Place>,
}

/// The walk on its task; the error and the place where it ended.
struct Walking(JoinHandle<(Result<(), Error>, Place)>);

impl Drop for Walking {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl<E> Pages<E>
where
    E: Paged + Endpoint<Body = Nothing> + 'static,
    E::Query: Clone,
{
    /// The rows while they are read. Needs a Tokio runtime around it.
    pub fn stream(self) -> Rows<E> {
        self.go_on(Place::default())
    }

    /// The rows that were not given before a stream of the same list was interrupted.
    pub fn go_on(self, from: Place) -> Rows<E> {
        let (to, chunks) = channel(AHEAD);
        let walk = tokio::spawn(async move {
            let mut place = from.0;
            let walked = self.walk().deliver(&self, &mut place, to).await;
            (walked, Place(place))
        });
        Rows { walk: Some(Walking(walk)), chunks, rows: Vec::new().into_iter(), place: None }
    }
}

impl<E: Paged> Rows<E> {
    /// After an error: where [`Pages::go_on`] goes on.
    pub fn place(self) -> Option<Place> {
        self.place
    }
}

impl<E: Paged> Stream for Rows<E> {
    type Item = Result<E::Row, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        loop {
            if let Some(row) = this.rows.next() {
                return Poll::Ready(Some(Ok(row)));
            }
            // The walk drops its end of the channel before it says how it ended, so no row can come after that.
            match ready!(this.chunks.poll_recv(context)) {
                Some(chunk) => this.rows = chunk.into_iter(),
                None => {
                    let Some(walk) = &mut this.walk else { return Poll::Ready(None) };
                    let ended = ready!(Pin::new(&mut walk.0).poll(context));
                    this.walk = None;
                    let (walked, place) = ended.map_err(|error| Error::Bug(format!("the walk broke off: {error}")))?;
                    return Poll::Ready(walked.err().map(|error| {
                        this.place = Some(place);
                        Err(error)
                    }));
                }
            }
        }
    }
}

// Nothing in it is pinned by address.
impl<E: Paged> Unpin for Rows<E> {}
