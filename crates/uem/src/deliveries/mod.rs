//! Tells the outside what happens to devices, as event notification rules ask: the third part of a tenant, beside
//! the one that answers callers and the one that plays devices.
//!
//! What happened stands in rows that were written together with the change. They become messages, which are rows
//! too, one queue for each rule. A rule's messages leave in order: while the first is refused the others wait, and
//! when it was tried often enough it is given up. Every attempt is recorded, so a restart goes on where it was.

mod backoff;
mod message;
mod post;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use muster_store::{Clock, Database};
use tokio::sync::watch;
use tokio::task::JoinSet;

use self::post::Post;
use crate::store::deliveries::{self, Attempt, Change, Delivery, NewDelivery};
use crate::store::event_rules::{self, Rule};
use crate::store::objects::Key;
use crate::store::scope::Scope;

/// Changes that become messages together.
const BATCH: usize = 500;
/// Messages that a rule sends before the others get their turn again.
const IN_ONE_GO: usize = 50;
/// How long the delivery sleeps when there is nothing to do.
const NAP: Duration = Duration::from_millis(500);
/// How long finished messages are kept, in days.
const KEPT: i64 = 30;

/// Sends the messages of a tenant.
#[derive(Clone)]
pub(crate) struct Deliveries {
    database: Database,
    clock: Arc<dyn Clock>,
    post: Post,
}

impl Deliveries {
    pub(crate) fn new(database: Database, clock: Arc<dyn Clock>) -> Self {
        Self { database, clock, post: Post::new() }
    }

    /// Delivers until the sender of `shutdown` says `true` or is gone. A message that is on its way then counts as
    /// not sent and is sent again at the next start: a receiver may see it twice, and never misses it.
    pub(crate) async fn live(self, mut shutdown: watch::Receiver<bool>) {
        let stopped = async move {
            // Gone is as good as told.
            let _ = shutdown.wait_for(|stop| *stop).await;
        };
        tokio::select! {
            () = stopped => {}
            () = self.live_on() => {}
        }
    }

    async fn live_on(&self) {
        loop {
            match self.round().await {
                Ok(0) => tokio::time::sleep(NAP).await,
                Ok(_) => {}
                Err(error) => {
                    tracing::error!(error = &error as &dyn std::error::Error, "notifications are not delivered");
                    tokio::time::sleep(NAP).await;
                }
            }
        }
    }

    /// Delivers everything that is due.
    ///
    /// # Errors
    /// [`muster_store::Error`]; what was recorded before stays.
    pub(crate) async fn step(&self) -> Result<(), muster_store::Error> {
        while self.round().await? > 0 {}
        Ok(())
    }

    /// Writes messages about what happened, then lets every rule send some of its own. Answers how many were tried.
    async fn round(&self) -> Result<usize, muster_store::Error> {
        while deliveries::has_changes(&self.database).await? {
            self.write().await?;
        }
        let mut rules = JoinSet::new();
        for rule in deliveries::waiting(&self.database).await? {
            let this = self.clone();
            rules.spawn(async move { this.send(rule).await });
        }
        let mut tried = 0;
        while let Some(sent) = rules.join_next().await {
            tried += sent.unwrap_or(Ok(0))?;
        }
        Ok(tried)
    }

    /// Turns the oldest changes into messages.
    async fn write(&self) -> Result<(), muster_store::Error> {
        let now = self.clock.now();
        let mut tx = crate::store::begin(&self.database).await?;
        let changes = deliveries::changes(&mut tx, BATCH).await?;
        let rules = event_rules::active(&mut tx).await?;
        let parents = deliveries::parents(&mut tx).await?;
        let mut new = Vec::new();
        for change in &changes {
            for rule in rules.iter().filter(|rule| hears(rule, change, &parents)) {
                new.push(NewDelivery {
                    rule: rule.id,
                    kind: change.kind.clone(),
                    device: Some(change.device_id),
                    content_type: message::content_type(rule.format),
                    body: message::body(change, rule.format, now),
                });
            }
        }
        deliveries::queue(&mut tx, new, now).await?;
        if let Some(last) = changes.last() {
            deliveries::forget_changes(&mut tx, last.id).await?;
        }
        let before = now.saturating_sub(SignedDuration::from_hours(24 * KEPT)).unwrap_or(Timestamp::MIN);
        deliveries::forget_finished(&mut tx, before).await?;
        tx.commit().await
    }

    /// Sends what is due of one rule, in order.
    async fn send(&self, rule: i64) -> Result<usize, muster_store::Error> {
        let mut tried = 0;
        while tried < IN_ONE_GO {
            let Some(delivery) = deliveries::first(&self.database, rule).await? else { break };
            if delivery.next_try_at > self.clock.now() {
                break;
            }
            // A rule that was taken away has taken its messages with it.
            let Some(rule) = event_rules::get(&self.database, Key::Id(rule), &Scope::Everything).await? else { break };
            let attempt = self.attempt(&rule, &delivery).await;
            if !attempt.error.is_empty() {
                tracing::warn!(
                    rule.id,
                    delivery.id,
                    error = attempt.error,
                    given.up = attempt.again_at.is_none(),
                    "an event notification was not taken"
                );
            }
            deliveries::attempted(&self.database, delivery.id, &attempt, self.clock.now()).await?;
            tried += 1;
        }
        Ok(tried)
    }

    async fn attempt(&self, rule: &Rule, delivery: &Delivery) -> Attempt {
        let sent = self.post.send(rule, delivery).await;
        let now = self.clock.now();
        match sent {
            Ok(answer) if (200..300).contains(&answer) => {
                Attempt { answer: Some(answer), error: String::new(), again_at: None }
            }
            Ok(answer) => Attempt {
                answer: Some(answer),
                error: format!("the receiver answered {answer}"),
                again_at: backoff::again(delivery, now),
            },
            Err(error) => Attempt { answer: None, error, again_at: backoff::again(delivery, now) },
        }
    }
}

/// A rule hears of what it asks for, of devices in its organization group and below, from its own beginning on. A
/// device that moves is heard of where it left, too.
fn hears(rule: &Rule, change: &Change, parents: &HashMap<i64, i64>) -> bool {
    let owns =
        |group: i64| std::iter::successors(Some(group), |id| parents.get(id).copied()).any(|id| id == rule.group);
    rule.id <= change.last_rule && rule.wants(&change.kind) && (owns(change.group) || owns(change.old_group))
}
