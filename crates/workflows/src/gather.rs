//! Reads many things at once, a few at a time, and keeps their order.

use std::future::Future;

use futures_util::stream::{self, StreamExt};

use crate::error::Error;
use crate::workflow::Watch;

/// Reads under way at one time. The client has its own bound; this one keeps the queue before it short.
const LANES: usize = 16;

/// Calls `read` for every item; the answers come back in the items' order. The first error ends it.
pub(crate) async fn gather<T, R, F>(
    what: &'static str,
    watch: &dyn Watch,
    items: Vec<T>,
    read: impl Fn(T) -> F,
) -> Result<Vec<R>, Error>
where
    F: Future<Output = Result<R, Error>>,
{
    let total = items.len();
    let numbered = items.into_iter().enumerate().map(|(at, item)| {
        let answer = read(item);
        async move { (at, answer.await) }
    });
    let mut answers = stream::iter(numbered).buffer_unordered(LANES);
    let mut slots: Vec<Option<R>> = std::iter::repeat_with(|| None).take(total).collect();
    let mut done = 0;
    while let Some((at, answer)) = answers.next().await {
        slots[at] = Some(answer?);
        done += 1;
        watch.reading(what, done, total);
    }
    Ok(slots.into_iter().flatten().collect())
}
