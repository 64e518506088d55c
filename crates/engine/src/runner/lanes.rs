//! The sending half of a run: lanes, each of which carries one parcel after the other to the tenant.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use async_trait::async_trait;
use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use muster_client::Kind;
use serde_json::Value;
use tokio::sync::mpsc::UnboundedSender;
use tokio::sync::oneshot;

use super::claim::Term;
use super::parcel::Parcel;
use super::queue::Queue;
use crate::journal::{Image, Journal};
use crate::verbs::{self, Applied, Certainty, Failure, Member, Noting, Tools};

/// What the sending half says of a task.
pub(super) enum Said {
    Applied(Applied),
    Failed(Failure),
    /// It was marked, and then the run had to stop: nothing left.
    NotSent,
}

/// What the marking half hears.
pub(super) enum Heard {
    /// What became of the tasks of one parcel.
    Outcomes(Vec<(usize, Said)>),
    /// What targets are like before they are changed; the sender waits until it is durable.
    Images(Vec<Image>, oneshot::Sender<()>),
}

/// Hands images to the marking half, and waits until they are durable.
struct Messenger<'a>(&'a UnboundedSender<Heard>);

#[async_trait]
impl Noting for Messenger<'_> {
    async fn note(&self, images: Vec<(usize, Value)>) -> Result<(), Failure> {
        let lost = || Failure {
            kind: Kind::NotSent,
            reason: "nothing was sent: what the target was like before could not be noted".to_owned(),
            certainty: Certainty::NotMade,
        };
        let (durable, noted) = oneshot::channel();
        let images = images.into_iter().map(|(index, state)| Image { index, state }).collect();
        self.0.send(Heard::Images(images, durable)).map_err(|_| lost())?;
        noted.await.map_err(|_| lost())
    }
}

/// Lanes that get their turn before the marking half gets its own.
const TOGETHER: usize = 8;

/// What the lanes of a run have in common.
pub(super) struct Lanes<'a> {
    pub queue: &'a Queue,
    pub say: UnboundedSender<Heard>,
    pub tools: &'a Tools<'a>,
    pub brake: &'a AtomicBool,
    pub term: &'a Term,
    pub journal: &'a Journal,
}

impl Lanes<'_> {
    /// So many lanes carry out what is in the queue, until that is closed, beside the half that fills it. That one goes
    /// first, since the lanes have enough to do while it waits for the disk, and then after every few of them, so that
    /// what the disk has answered does not wait for all.
    pub(super) async fn beside<T>(self, marking: impl Future<Output = T>, lanes: usize) -> T {
        let messenger = Messenger(&self.say);
        let tools = &Tools { noting: &messenger, ..*self.tools };
        let mut groups: Vec<FuturesUnordered<_>> = (0..lanes.div_ceil(TOGETHER))
            .map(|group| (group * TOGETHER..lanes).take(TOGETHER).map(|_| self.lane(tools)).collect())
            .collect();
        let (mut marking, mut marked) = (pin!(marking), None);
        poll_fn(|cx| {
            let mut mark = |cx: &mut Context<'_>| {
                if marked.is_none() {
                    marked = match marking.as_mut().poll(cx) {
                        Poll::Ready(outcome) => Some(outcome),
                        Poll::Pending => None,
                    };
                }
            };
            mark(cx);
            for group in &mut groups {
                while let Poll::Ready(Some(())) = group.poll_next_unpin(cx) {}
                mark(cx);
            }
            groups.retain(|group| !group.is_empty());
            if groups.is_empty() { marked.take().map_or(Poll::Pending, Poll::Ready) } else { Poll::Pending }
        })
        .await
    }

    /// One lane: one parcel after the other, in the order in which they were marked, so that there is nothing to be set up
    /// for each of them.
    async fn lane(&self, tools: &Tools<'_>) {
        while let Some(parcel) = self.queue.next().await {
            let said = if self.brake.load(Ordering::Relaxed) || !self.term.holds(self.journal.now()) {
                parcel.tasks.iter().map(|task| (task.index, Said::NotSent)).collect()
            } else {
                apply(tools, &parcel).await
            };
            // Nobody listens after the journal has failed; the tasks then stay `sending`.
            let _ = self.say.send(Heard::Outcomes(said));
        }
    }
}

async fn apply(tools: &Tools<'_>, parcel: &Parcel) -> Vec<(usize, Said)> {
    let said = |applied: Result<Applied, Failure>| match applied {
        Ok(applied) => Said::Applied(applied),
        Err(failure) => Said::Failed(failure),
    };
    if let (Some(batch), true) = (&parcel.batch, parcel.tasks.len() > 1) {
        let members = parcel.tasks.iter();
        let members = members.map(|task| Member { task: task.index, target: &task.target, action: &task.action });
        let outcomes = batch.apply(tools, &members.collect::<Vec<_>>()).await;
        return outcomes.into_iter().map(|(index, applied)| (index, said(applied))).collect();
    }
    let mut all = Vec::with_capacity(parcel.tasks.len());
    for task in &parcel.tasks {
        let applied = match verbs::of(&task.target, &task.action) {
            Ok(verb) => verb.apply(&Tools { task: task.index, ..*tools }).await,
            Err(failure) => Err(failure),
        };
        all.push((task.index, said(applied)));
    }
    all
}
