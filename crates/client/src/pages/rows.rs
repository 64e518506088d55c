//! A list as a stream: rows while they are read, and at the end the proof that none is missing, or an error.

use std::pin::Pin;
use std::task::{Context, Poll};

use futures_util::Stream;
use futures_util::future::BoxFuture;
use muster_model::{Endpoint, Nothing, Paged};
use tokio::sync::mpsc::{Receiver, channel};

use super::{Pages, walk};
use crate::Error;

/// Chunks of rows that wait to be taken; more pages are asked for when there is room.
const AHEAD: usize = 2;

/// Where a list that was interrupted goes on; see [`Rows::place`].
#[derive(Debug, Clone, Default)]
pub struct Place(walk::Place<i64>);

impl Place {
    /// Rows that were given before it.
    pub fn rows(&self) -> usize {
        self.0.rows()
    }
}

/// The rows of a list, each once. After the last one the stream ends only if the list was whole; if rows are missing,
/// or the tenant cannot be read, it ends in an error.
pub struct Rows<'a, E: Paged> {
    walk: Option<BoxFuture<'a, (Result<(), Error>, Place)>>,
    chunks: Receiver<Vec<E::Row>>,
    rows: std::vec::IntoIter<E::Row>,
    place: Option<Place>,
}

impl<'a, E> Pages<'a, E>
where
    E: Paged + Endpoint<Body = Nothing>,
    E::Query: Clone,
{
    /// The rows while they are read.
    pub fn stream(self) -> Rows<'a, E> {
        self.go_on(Place::default())
    }

    /// The rows that were not given before a stream of the same list was interrupted.
    pub fn go_on(self, from: Place) -> Rows<'a, E> {
        let (to, chunks) = channel(AHEAD);
        let walk = Box::pin(async move {
            let mut place = from.0;
            let walked = self.walk().deliver(&self, &mut place, to).await;
            (walked, Place(place))
        });
        Rows { walk: Some(walk), chunks, rows: Vec::new().into_iter(), place: None }
    }
}

impl<E: Paged> Rows<'_, E> {
    /// After an error: where [`Pages::go_on`] goes on.
    pub fn place(self) -> Option<Place> {
        self.place
    }
}

impl<E: Paged> Stream for Rows<'_, E> {
    type Item = Result<E::Row, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        loop {
            if let Some(row) = this.rows.next() {
                return Poll::Ready(Some(Ok(row)));
            }
            if let Poll::Ready(Some(chunk)) = this.chunks.poll_recv(context) {
                this.rows = chunk.into_iter();
                continue;
            }
            let Some(walk) = &mut this.walk else { return Poll::Ready(None) };
            match walk.as_mut().poll(context) {
                Poll::Ready((walked, place)) => {
                    this.walk = None;
                    // What was handed over before comes first.
                    if let Err(error) = walked {
                        this.place = Some(place);
                        let mut left = Vec::new();
                        while let Ok(chunk) = this.chunks.try_recv() {
                            left.extend(chunk);
                        }
                        if left.is_empty() {
                            return Poll::Ready(Some(Err(error)));
                        }
                        this.rows = left.into_iter();
                        this.walk =
                            Some(Box::pin(std::future::ready((Err(error), this.place.take().unwrap_or_default()))));
                    }
                }
                Poll::Pending => match this.chunks.poll_recv(context) {
                    Poll::Ready(Some(chunk)) => this.rows = chunk.into_iter(),
                    _ => return Poll::Pending,
                },
            }
        }
    }
}

// Nothing in it is pinned by address but the boxed walk.
impl<E: Paged> Unpin for Rows<'_, E> {}
