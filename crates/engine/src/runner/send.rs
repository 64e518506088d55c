//! Sends what waits: one half marks tasks as sending and writes outcomes, the other half sends.
//!
//! Both run at the same time. The marking half commits one transaction after the other, each with
//! whatever outcomes have come in and as many new marks as there is room for, so that a slow disk makes
//! the transactions larger and not the lanes idle. How far the marks go ahead of the lanes is in
//! [`Depth`]: it is also how much a killed run leaves to be read back.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use muster_model::Effect;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::sync::oneshot;

use super::claim::Term;
use super::depth::Depth;
use super::lanes::{Heard, Lanes};
use super::parcel::{Parcel, could_share, pack};
use super::queue::Queue;
use super::run::{Bulks, Run, entry};
use super::{Event, Stop};
use crate::error::Error;
use crate::journal::{Blocked, Entry, Image, OpenTask, Place, Ready, Stopped, TaskState};
use crate::verbs::{Bulk, Tools};

/// Waiting tasks that are read from the journal at one time.
const PAGE: usize = 512;

/// How a pass over the waiting tasks ended.
pub(super) enum Pass {
    /// Nothing that could be sent is left.
    Exhausted,
    /// So many outcomes are unknown that they are read back before anything else is sent.
    SettleFirst,
    /// Nothing more may be sent.
    Halted(Stopped),
}

/// The state of one pass, as the marking half sees it.
pub(super) struct Feed<'a> {
    to_send: &'a Queue,
    pub said: UnboundedReceiver<Heard>,
    /// Heard, and not judged yet.
    pub heard: Vec<Heard>,
    /// To be noted, and who waits for it.
    pub images: Vec<(Vec<Image>, oneshot::Sender<()>)>,
    /// Parcels that were handed over and not heard of.
    pub parcels: usize,
    /// Outcomes that this pass could not learn.
    pub unknown: usize,
    /// Read from the journal and not marked yet.
    waiting: VecDeque<OpenTask>,
    pub depth: Depth,
    /// Marked, and nothing heard of.
    pub under_way: BTreeMap<usize, Arc<OpenTask>>,
    /// How far the waiting tasks were read.
    beyond: Option<Place>,
    /// Whether there may be others beyond that.
    more: bool,
    /// Whether outcomes have come in since their reading began, which may let others go: they are read again from the
    /// first one.
    again: bool,
    /// Tasks that still fit into the present batch.
    batch: Option<usize>,
    /// Failed tasks of the present streak: they are put back if every call fails.
    pub streak: Vec<Entry>,
    pub end: Option<Pass>,
}

impl Run<'_> {
    /// One pass over the waiting tasks.
    pub(super) async fn send(&mut self, tools: &Tools<'_>, term: &Term) -> Result<Pass, Error> {
        let queue = Queue::default();
        let (say, said) = unbounded_channel();
        let brake = AtomicBool::new(false);
        let feed = Feed {
            to_send: &queue,
            said,
            heard: Vec::new(),
            images: Vec::new(),
            parcels: 0,
            unknown: 0,
            waiting: VecDeque::new(),
            depth: Depth::new(&self.order.job.options),
            under_way: BTreeMap::new(),
            beyond: None,
            more: true,
            again: false,
            batch: self.order.job.options.batch_size.map(|size| size.max(1)),
            streak: Vec::new(),
            end: None,
        };
        let journal = self.order.journal;
        let lanes = self.lanes();
        let marking = async {
            let pass = self.mark(feed, &brake).await;
            // After an error, what waits in the queue must not leave either.
            brake.store(true, Ordering::Relaxed);
            queue.close();
            pass
        };
        Lanes { queue: &queue, say, tools, brake: &brake, term, journal }.beside(marking, lanes).await
    }

    pub(super) fn lanes(&self) -> usize {
        self.order.job.options.lanes.max(1)
    }

    /// The marking half.
    async fn mark(&mut self, mut feed: Feed<'_>, brake: &AtomicBool) -> Result<Pass, Error> {
        loop {
            let outcomes = self.gather(&mut feed).await;
            if feed.end.is_none() && self.order.stop.is_stopped() {
                feed.end = Some(Pass::Halted(Stopped { why: "stopped on request".to_owned(), class: None }));
            }
            if feed.end.is_some() {
                brake.store(true, Ordering::Relaxed);
            }
            let take = if feed.end.is_none() { self.next(&mut feed).await? } else { Vec::new() };
            if !outcomes.is_empty() || !take.is_empty() || !feed.images.is_empty() {
                self.write(&mut feed, outcomes, take).await?;
                continue;
            }
            if !feed.under_way.is_empty() {
                self.listen(&mut feed).await;
                continue;
            }
            // Nothing is under way and nothing can be marked.
            if let Some(end) = feed.end.take() {
                self.put_back(&end, &mut feed.streak).await?;
                return Ok(end);
            }
            if feed.batch == Some(0) && self.counts.pending > 0 {
                self.pause().await;
                feed.batch = self.order.job.options.batch_size.map(|size| size.max(1));
                continue;
            }
            if !self.skip_blocked().await? {
                return Ok(Pass::Exhausted);
            }
            feed.again = true;
        }
    }

    /// How many tasks are read at one time.
    fn page(&self) -> usize {
        self.bulk.known().map_or(PAGE, |bulk| bulk.page().max(PAGE))
    }

    /// Takes parcels to mark, as many as there is room for.
    async fn next(&mut self, feed: &mut Feed<'_>) -> Result<Vec<Parcel>, Error> {
        let room = feed.depth.room(feed.parcels);
        let mut left = feed.batch.unwrap_or(usize::MAX);
        if room == 0 || left == 0 {
            return Ok(Vec::new());
        }
        // What was read before the deadline waits for lanes and pauses, and may have waited too long by now.
        if (feed.more || feed.again || !feed.waiting.is_empty()) && self.deadline_is_over() {
            self.expire().await?;
            feed.waiting.clear();
            (feed.more, feed.again) = (false, false);
            return Ok(Vec::new());
        }
        while feed.waiting.len() < self.bulk.known().map_or(room, |_| self.page()) {
            // The first one again only when nothing that was read already would be met twice.
            if feed.waiting.is_empty() && (self.ordered || !feed.more) && (feed.more || feed.again) {
                (feed.beyond, feed.more, feed.again) = (None, true, false);
            } else if !feed.more || self.ordered {
                break;
            }
            let page = self.order.journal.ready(self.claim.job, self.ring, feed.beyond, self.page()).await?;
            self.take_in(feed, page).await;
        }
        // What cannot be undone is not marked before a lane is free: if the run dies, everything that is
        // marked and did not leave has failed.
        let free = self.lanes().saturating_sub(feed.parcels);
        let mut taken = Vec::new();
        while taken.len() < room && left > 0 {
            match feed.waiting.front() {
                Some(task) if taken.len() < free || task.action.effect() < Effect::Destroy => {}
                _ => break,
            }
            let open = feed.under_way.len() + taken.iter().map(|parcel: &Parcel| parcel.tasks.len()).sum::<usize>();
            let Some(parcel) = pack(&mut feed.waiting, self.bulk.known(), left, open) else { break };
            if let Some(why) = self.objection(&parcel) {
                // Nothing of it is marked, so the next run finds it waiting.
                feed.end = Some(Pass::Halted(Stopped { why, class: None }));
                break;
            }
            left -= parcel.tasks.len().min(left);
            taken.push(parcel);
        }
        Ok(taken)
    }

    /// Puts what was read behind what waits.
    async fn take_in(&mut self, feed: &mut Feed<'_>, page: Ready) {
        (feed.beyond, feed.more) = (page.end.or(feed.beyond), page.more);
        feed.waiting.extend(page.tasks);
        if matches!(self.bulk, Bulks::NotAsked) && could_share(&feed.waiting) {
            self.bulk = Bulk::of(&self.order.tenant.client.fresh()).await.map_or(Bulks::None, Bulks::Some);
        }
    }

    /// Why something of a parcel must not leave now, although its job may do it.
    fn objection(&self, parcel: &Parcel) -> Option<String> {
        let now = self.order.journal.now();
        parcel.tasks.iter().find_map(|task| (self.order.objection)(now, &task.target, &task.action))
    }

    /// One append: outcomes and images in, marks out.
    async fn write(&mut self, feed: &mut Feed<'_>, outcomes: Vec<Entry>, take: Vec<Parcel>) -> Result<(), Error> {
        let (images, waiting): (Vec<_>, Vec<_>) = std::mem::take(&mut feed.images).into_iter().unzip();
        let images: Vec<Image> = images.into_iter().flatten().collect();
        let tasks: Vec<Arc<OpenTask>> = take.iter().flat_map(|parcel| &parcel.tasks).cloned().collect();
        // Meanwhile the next ones are read. Where some wait for others, they are not: an outcome of these may let one go.
        let journal = self.order.journal;
        // On the heap, where the largest of all futures is in nobody's way.
        let append = Box::pin(journal.append(self.claim, &outcomes, &images, &tasks));
        let refused = if feed.more && !self.ordered && feed.waiting.len() < PAGE {
            let ahead = journal.ready(self.claim.job, self.ring, feed.beyond, self.page());
            let (refused, page) = tokio::join!(append, ahead);
            let refused = refused?;
            // What cannot be read is met again before anything more is marked; what is marked now leaves.
            if let Ok(page) = page {
                self.take_in(feed, page).await;
            }
            refused
        } else {
            append.await?
        };
        let marked = (tasks.len() - refused.len()) as u64;
        // Nobody else holds them now, so that they can be changed where they are.
        drop(tasks);
        for sender in waiting {
            // Whoever was to send may have been cut off meanwhile; the image does no harm.
            let _ = sender.send(());
        }
        feed.depth.answered(feed.said.len());
        self.counts.pending = self.counts.pending.saturating_sub(marked);
        self.counts.sending += marked;
        if !outcomes.is_empty() {
            self.announce(outcomes);
            feed.again = true;
        }
        for mut parcel in take {
            parcel.tasks.retain(|task| !refused.contains(&task.index));
            for task in &mut parcel.tasks {
                let marked = Arc::make_mut(task);
                marked.attempt += 1;
                marked.state = TaskState::Sending;
                feed.batch = feed.batch.map(|left| left.saturating_sub(1));
                feed.under_way.insert(task.index, Arc::clone(task));
            }
            if !parcel.tasks.is_empty() {
                feed.parcels += 1;
                feed.to_send.push(parcel);
            }
        }
        Ok(())
    }

    /// Waits until something is heard, or until the run is asked to stop.
    async fn listen(&self, feed: &mut Feed<'_>) {
        let stop = self.order.stop;
        tokio::select! {
            biased;
            heard = feed.said.recv() => {
                if let Some(heard) = heard {
                    feed.heard.push(heard);
                }
            }
            () = stop.stopped(), if feed.end.is_none() => {}
        }
    }

    /// Skips the tasks that wait for one that did not come to a good end; whether there were any.
    async fn skip_blocked(&mut self) -> Result<bool, Error> {
        if !self.ordered {
            return Ok(false);
        }
        let blocked = self.order.journal.blocked(self.claim.job).await?;
        let entries: Vec<Entry> = blocked.iter().map(skipped).collect();
        if entries.is_empty() {
            return Ok(false);
        }
        self.conclude(entries).await?;
        Ok(true)
    }

    /// The pause between two batches.
    async fn pause(&self) {
        let duration = self.order.job.options.pause;
        if duration.is_zero() {
            return;
        }
        self.order.progress.event(&Event::Waiting { why: "pause between two batches".to_owned(), duration });
        sleep_or_stop(duration, self.order.stop).await;
    }
}

/// Waits, but not beyond the wish to stop.
pub(super) async fn sleep_or_stop(duration: std::time::Duration, stop: &Stop) {
    tokio::select! {
        biased;
        () = tokio::time::sleep(duration) => {}
        () = stop.stopped() => {}
    }
}

fn skipped(blocked: &Blocked) -> Entry {
    let Blocked { task, first_target, first_action, first_state, first_reason } = blocked;
    let first = format!("{} of {}", first_action.describe(), first_target.name());
    let reason = format!("needs {first}, which is {first_state}: {first_reason}");
    Entry { class: Some("order".to_owned()), ..entry(task, TaskState::Skipped, reason) }
}
