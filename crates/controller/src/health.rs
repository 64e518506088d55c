//! How the tenant is: one small request now and then, with its answer and its latency.

use std::time::Duration;

use jiff::Timestamp;
use muster_client::{Client, Kind};
use tokio::time::Instant;

use crate::error::chain;

/// What a probe found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// The tenant answered and accepted the credentials.
    Reached,
    /// The tenant answered and turned the credentials down.
    Refused,
    /// No answer, or none that a tenant gives.
    Failed,
}

impl Outcome {
    /// The word under which the outcome is stored and shown.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Reached => "reached",
            Self::Refused => "refused",
            Self::Failed => "failed",
        }
    }

    /// The outcome of that word.
    pub fn known(word: &str) -> Option<Self> {
        [Self::Reached, Self::Refused, Self::Failed].into_iter().find(|outcome| outcome.as_str() == word)
    }
}

/// One look at the tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Probe {
    pub at: Timestamp,
    pub outcome: Outcome,
    /// Why it failed, with what to do where that is known; empty when it did not.
    pub message: String,
    /// From asking to the answer, repeated attempts included.
    pub latency: Duration,
    /// Product and version, where the tenant said it.
    pub product: String,
}

impl Probe {
    /// Asks the tenant who it is; with the kind of the error, if it did not say.
    pub(crate) async fn take(client: &Client, at: Timestamp) -> (Self, Option<Kind>) {
        let asked = Instant::now();
        let answer = client.system_info().await;
        let latency = asked.elapsed();
        match answer {
            Ok(info) => {
                let product = format!("{} {}", info.product_name, info.product_version);
                (Self { at, outcome: Outcome::Reached, message: String::new(), latency, product }, None)
            }
            Err(error) => (Self { latency, ..Self::missed(at, &error) }, Some(error.kind())),
        }
    }

    /// A probe that ended in `error`, also while connecting.
    pub(crate) fn missed(at: Timestamp, error: &muster_client::Error) -> Self {
        let outcome = match error.kind() {
            Kind::Auth | Kind::Permission => Outcome::Refused,
            _ => Outcome::Failed,
        };
        Self { at, outcome, message: chain(error), latency: Duration::ZERO, product: String::new() }
    }
}
