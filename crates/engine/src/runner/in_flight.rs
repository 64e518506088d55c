//! Before anything is sent: what became of the same commands that other jobs have sent. What waits for its device still is
//! not sent once more.

use futures_util::{StreamExt, stream};
use jiff::{SignedDuration, Timestamp};
use muster_client::Kind;

use super::prove::sent;
use super::run::{Run, entry};
use super::settle::clock_difference;
use crate::error::Error;
use crate::journal::{Entry, IN_FLIGHT, SentBefore, Stopped, TaskState};
use crate::verbs::{self, Failure, Standing, Tools};

/// Tasks that are read from the journal at one time.
const PAGE: usize = 256;
/// A command of which nothing can be seen counts as on its way for so long.
const UNSEEN: SignedDuration = SignedDuration::from_hours(24);

impl Run<'_> {
    /// Skips what is on its way by another job; says why if the tenant cannot be asked.
    pub(super) async fn leave_out_in_flight(&mut self, tools: &Tools<'_>) -> Result<Option<Stopped>, Error> {
        if self.counts.pending == 0 {
            return Ok(None);
        }
        let (journal, job) = (self.order.journal, self.claim.job);
        let (mut beyond, mut ahead) = (-1, None);
        loop {
            let page = journal.sent_before(job, beyond, PAGE).await?;
            let Some(last) = page.last() else { return Ok(None) };
            beyond = i64::try_from(last.task.index).unwrap_or(i64::MAX);
            let ahead = match ahead {
                Some(ahead) => ahead,
                None => *ahead.insert(clock_difference(self.order, tools).await),
            };
            let now = journal.now();
            let looks = stream::iter(page).map(|before| look(tools, before, ahead, now));
            let looks: Vec<Result<Option<Entry>, Failure>> = looks.buffer_unordered(self.lanes()).collect().await;
            let (mut entries, mut blind) = (Vec::new(), None);
            for look in looks {
                match look {
                    Ok(entry) => entries.extend(entry),
                    Err(failure) => blind = blind.or(Some(failure)),
                }
            }
            self.conclude(entries).await?;
            if let Some(failure) = blind {
                let why = format!("whether the same commands are on their way already {}", failure.reason);
                return Ok(Some(Stopped { why, class: Some(failure.class()) }));
            }
        }
    }
}

/// What becomes of a task whose command was sent before: nothing if it may be sent.
async fn look(tools: &Tools<'_>, before: SentBefore, ahead: i64, now: Timestamp) -> Result<Option<Entry>, Failure> {
    let SentBefore { task, job, command_id, sending_at, at } = before;
    let skipped =
        |why: String| Some(Entry { class: Some(IN_FLIGHT.to_owned()), ..entry(&task, TaskState::Skipped, why) });
    let standing = match (verbs::of(&task.target, &task.action), sent(command_id.as_deref(), sending_at, at, ahead)) {
        (Ok(verb), Some(sent)) => verb.prove(&Tools { task: task.index, ..*tools }, sent).await,
        (Err(failure), _) => Err(failure),
        (_, None) => Ok(None),
    };
    match standing {
        Ok(Some(Standing::Executed | Standing::Verified | Standing::Failed(_))) => Ok(None),
        Ok(Some(Standing::Accepted | Standing::Queued | Standing::Delivered)) => {
            Ok(skipped(format!("is on its way already, by job {job}: the device has not answered it yet")))
        }
        // Whoever may send it need not be allowed to see what became of it.
        Err(failure) if failure.is_general() && failure.kind != Kind::Permission => Err(failure),
        Ok(None) | Err(_) => {
            let since = sending_at.or(at).unwrap_or(now);
            let recent = now.duration_since(since) < UNSEEN;
            let why = "what became of it cannot be seen, so that it counts as on its way for 24 hours";
            Ok(if recent { skipped(format!("was sent by job {job} at {since}; {why}")) } else { None })
        }
    }
}
