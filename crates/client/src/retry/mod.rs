//! What to do after a failed attempt, in four questions with a file each: what kind of failure was it
//! ([`classify`], [`connection`]), may we ask again ([`strategy`]), can we afford it ([`budget`]), and how
//! fast ([`backoff`]).

pub(crate) mod backoff;
pub(crate) mod budget;
pub(crate) mod classify;
pub(crate) mod connection;
pub(crate) mod strategy;

use std::sync::Arc;
use std::time::Duration;

pub(crate) use strategy::Manner;
use strategy::{SoFar, Terms, Verdict};

use crate::outside::chance;
use crate::statistics::Counters;
use crate::{Error, Outside, RetrySettings};

/// A failed attempt: the error, and how long the server asks to wait.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) error: Error,
    pub(crate) wait: Option<Duration>,
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self { error, wait: None }
    }
}

/// What the next attempt needs.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Next {
    Same,
    NewToken,
}

/// The attempts of one call.
pub(crate) struct Course<'a> {
    settings: &'a RetrySettings,
    budget: &'a budget::Budget,
    counters: &'a Counters,
    outside: Option<&'a Arc<dyn Outside>>,
    terms: Terms,
    so_far: SoFar,
}

impl<'a> Course<'a> {
    pub(crate) fn new(
        settings: &'a RetrySettings,
        budget: &'a budget::Budget,
        counters: &'a Counters,
        outside: Option<&'a Arc<dyn Outside>>,
        terms: Terms,
    ) -> Self {
        budget.pay_in();
        Self { settings, budget, counters, outside, terms, so_far: SoFar::default() }
    }

    /// Waits until the next attempt is due, or gives the error back for good.
    pub(crate) async fn again(&mut self, failure: Failure) -> Result<Next, Error> {
        let throttled = matches!(failure.error, Error::Throttled { .. });
        if !throttled {
            self.so_far.failed += 1;
        }
        let verdict = strategy::verdict(&failure, &self.so_far, self.terms, self.settings);
        let wait = match verdict {
            Verdict::GiveUp => return Err(failure.error),
            Verdict::Renew => {
                self.so_far.renewed = true;
                self.counters.retried();
                return Ok(Next::NewToken);
            }
            Verdict::Again if !self.budget.take() => {
                tracing::debug!(error = %failure.error, "too many repetitions lately: not asking again");
                return Err(failure.error);
            }
            Verdict::Again => self.backoff(self.so_far.failed),
            Verdict::Throttled(wait) => {
                self.so_far.throttled += 1;
                wait.unwrap_or_else(|| self.backoff(self.so_far.throttled))
            }
        };
        tracing::debug!(error = %failure.error, wait_ms = wait.as_millis(), "asking again");
        self.counters.waited(wait);
        tokio::time::sleep(wait).await;
        self.counters.retried();
        Ok(Next::Same)
    }

    fn backoff(&self, number: u32) -> Duration {
        backoff::wait(self.settings, number, chance(self.outside))
    }
}
