//! Parcels that are marked and wait for a lane.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use super::parcel::Parcel;

/// First in, first out. A lane that comes back takes the next parcel at once; those that found none wait, and each new
/// parcel wakes one of them.
#[derive(Debug, Default)]
pub(super) struct Queue {
    waiting: Mutex<Waiting>,
    /// A parcel has come, or none will come any more.
    changed: Notify,
}

#[derive(Debug, Default)]
struct Waiting {
    parcels: VecDeque<Parcel>,
    closed: bool,
}

impl Queue {
    pub(super) fn push(&self, parcel: Parcel) {
        self.waiting().parcels.push_back(parcel);
        self.changed.notify_one();
    }

    /// Nothing will be added. What waits is still handed out.
    pub(super) fn close(&self) {
        self.waiting().closed = true;
        self.changed.notify_waiters();
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for the next parcel; `None` when there will be none.
    pub(super) async fn next(&self) -> Option<Parcel> {
        loop {
            let changed = self.changed.notified();
            {
                let mut waiting = self.waiting();
                if let Some(parcel) = waiting.parcels.pop_front() {
                    return Some(parcel);
                }
                if waiting.closed {
                    return None;
                }
            }
            changed.await;
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;

    use super::*;

    fn parcel() -> Parcel {
        Parcel { batch: None, tasks: Vec::new() }
    }

    #[test]
    fn every_parcel_wakes_one_who_waits_and_the_end_all_of_them() {
        let queue = Queue::default();
        let (mut first, mut second, mut third) =
            (Box::pin(queue.next()), Box::pin(queue.next()), Box::pin(queue.next()));
        assert!([&mut first, &mut second, &mut third].into_iter().all(|next| next.now_or_never().is_none()));
        queue.push(parcel());
        queue.push(parcel());
        assert!(matches!((first.now_or_never(), second.now_or_never()), (Some(Some(_)), Some(Some(_)))));
        queue.push(parcel());
        queue.close();
        assert!(matches!(third.now_or_never(), Some(Some(_))), "what waits is handed out");
        assert!(matches!(queue.next().now_or_never(), Some(None)));
    }
}
