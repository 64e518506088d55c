//! Telling people: an alert that opened or resolved becomes a row for each channel, and a channel drains
//! its rows. The row is written together with the alert, so nothing is told that was not decided and
//! nothing decided is lost.

mod backoff;
mod drain;
mod message;
mod webhook;

pub use backoff::{ATTEMPTS, wait};
pub use drain::Drained;
pub(crate) use drain::drain;
pub use message::Message;
pub use webhook::{Address, Webhook};

use async_trait::async_trait;
use jiff::Timestamp;
use uuid::Uuid;

/// A way to reach people. It sends what it is given and decides nothing.
#[async_trait]
pub trait Channel: Send + Sync {
    /// The word under which its rows are stored; one channel of each name.
    fn name(&self) -> &'static str;

    /// Sends one message. An `Err` says in one sentence why it did not arrive; it is tried again later.
    async fn send(&self, delivery: &Delivery) -> Result<(), String>;
}

/// Which turn of an alert is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Event {
    Opened,
    Resolved,
}

impl Event {
    /// The word under which the event is stored and sent.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Opened => "opened",
            Self::Resolved => "resolved",
        }
    }
}

/// Where a delivery stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum State {
    /// Not arrived yet; tried again at its time.
    Waiting,
    Delivered,
    /// Tried [`ATTEMPTS`] times without success.
    GivenUp,
}

impl State {
    /// The word under which the state is stored and shown.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Delivered => "delivered",
            Self::GivenUp => "given-up",
        }
    }
}

/// One message on its way through one channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// The same at every attempt, so that a receiver can tell a repetition.
    pub id: Uuid,
    pub alert: Uuid,
    /// JSON, as [`Message`] wrote it.
    pub payload: String,
    /// Attempts that were made, this one included.
    pub attempts: u32,
    pub created_at: Timestamp,
}
