//! The sending half of a run: lanes, each of which carries one parcel after the other to the tenant.

use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use futures_util::future::join_all;
use muster_client::Kind;
use serde_json::Value;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender};
use tokio::sync::{Mutex, oneshot};

use super::claim::Term;
use super::parcel::Parcel;
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

/// The sending half: as many at a time as there are lanes, in the order in which they were marked. A lane takes one parcel
/// after the other, so that there is nothing to be set up for each of them.
pub(super) async fn send_all(
    queue: UnboundedReceiver<Parcel>,
    say: UnboundedSender<Heard>,
    tools: &Tools<'_>,
    lanes: usize,
    brake: &AtomicBool,
    term: &Term,
    journal: &Journal,
) {
    let queue = &Mutex::new(queue);
    let messenger = Messenger(&say);
    let (say, tools) = (&say, &Tools { noting: &messenger, ..*tools });
    let lane = |_| async move {
        loop {
            // Waits with the queue in its hands; the others wait for that, in the order in which they came.
            let parcel = queue.lock().await.recv().await;
            let Some(parcel) = parcel else { break };
            let said = if brake.load(Ordering::Relaxed) || !term.holds(journal.now()) {
                parcel.tasks.iter().map(|task| (task.index, Said::NotSent)).collect()
            } else {
                apply(tools, &parcel).await
            };
            // Nobody listens after the journal has failed; the tasks then stay `sending`.
            let _ = say.send(Heard::Outcomes(said));
        }
    };
    join_all((0..lanes).map(lane)).await;
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
