//! What became of what was sent, and whether that lets the run go on.

use super::lanes::{Heard, Said};
use super::run::{Run, entry};
use super::send::{Feed, Pass};
use crate::error::Error;
use crate::journal::{Delivery, Entry, OpenTask, Stopped, TaskState};
use crate::verbs::{Certainty, Failure};

/// How often some lanes get their turn, at most, while outcomes wait for others.
const TURNS: usize = 4;

impl Run<'_> {
    /// The outcomes to be written next. As long as they may wait for others, some lanes get their turn first.
    pub(super) async fn gather(&mut self, feed: &mut Feed<'_>) -> Vec<Entry> {
        let mut outcomes = self.judge(feed);
        for _ in 0..TURNS {
            if feed.end.is_some() || !feed.images.is_empty() || !feed.depth.may_wait(outcomes.len(), feed.parcels) {
                break;
            }
            tokio::task::yield_now().await;
            outcomes.extend(self.judge(feed));
        }
        outcomes
    }

    /// Turns what was heard into outcomes, and decides whether to go on.
    fn judge(&mut self, feed: &mut Feed<'_>) -> Vec<Entry> {
        while let Ok(heard) = feed.said.try_recv() {
            feed.heard.push(heard);
        }
        let mut all = Vec::new();
        for heard in std::mem::take(&mut feed.heard) {
            match heard {
                Heard::Outcomes(said) => {
                    feed.parcels = feed.parcels.saturating_sub(1);
                    all.extend(said);
                }
                Heard::Images(images, sender) => feed.images.push((images, sender)),
            }
        }
        let mut outcomes = Vec::new();
        for (index, said) in all {
            let Some(task) = feed.under_way.remove(&index) else { continue };
            let outcome = match said {
                Said::Applied(applied) => {
                    self.limits.passed();
                    feed.streak.clear();
                    // That it is so already was read; of what was sent only the tenant's word is known.
                    let proven = if applied.verified { Delivery::Verified } else { Delivery::Accepted };
                    let reason = applied.already.unwrap_or_else(|| task.wanted.clone());
                    let (command_id, delivery) = (applied.command_id, Some(proven));
                    Entry { command_id, delivery, ..entry(&task, TaskState::Done, reason) }
                }
                Said::NotSent => Entry { attempt: task.attempt - 1, ..entry(&task, TaskState::Pending, &task.wanted) },
                Said::Failed(failure) => self.judge_failure(feed, &task, &failure),
            };
            outcomes.push(outcome);
        }
        let unknown = outcomes.iter().filter(|outcome| outcome.state == TaskState::Unknown).count();
        feed.unknown += unknown;
        if feed.end.is_none() && feed.unknown >= 2 * self.lanes() {
            feed.end = Some(Pass::SettleFirst);
        }
        outcomes
    }

    fn judge_failure(&mut self, feed: &mut Feed<'_>, task: &OpenTask, failure: &Failure) -> Entry {
        let state = match failure.certainty {
            Certainty::NotMade => TaskState::Failed,
            Certainty::Open => TaskState::Unknown,
            Certainty::Impossible => TaskState::Skipped,
        };
        let entry = Entry { class: Some(failure.class()), ..entry(task, state, &failure.reason) };
        let general = self.limits.general(failure);
        if !failure.is_general() {
            feed.streak.clear();
        }
        let failed = (state == TaskState::Failed).then(|| self.limits.failed()).flatten();
        if state == TaskState::Failed && failure.is_general() {
            feed.streak.push(entry.clone());
        }
        if let Some(stopped) = general.or(failed) {
            // The first reason to stop stands.
            match &feed.end {
                Some(Pass::Halted(_)) => {}
                _ => feed.end = Some(Pass::Halted(stopped)),
            }
        }
        entry
    }

    /// If every call fails for one reason, the tasks that showed it have not had their chance: they wait
    /// again, and the next run tries them when the reason is gone.
    pub(super) async fn put_back(&mut self, end: &Pass, streak: &mut Vec<Entry>) -> Result<(), Error> {
        let Pass::Halted(Stopped { class: Some(_), .. }) = end else { return Ok(()) };
        let entries: Vec<Entry> = streak
            .drain(..)
            .map(|failed| Entry { from: TaskState::Failed, state: TaskState::Pending, ..failed })
            .collect();
        let chances = entries.len();
        self.conclude(entries).await?;
        self.limits.forget(chances);
        Ok(())
    }
}
