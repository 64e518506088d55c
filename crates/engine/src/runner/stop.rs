//! How a run is asked to come to an orderly end.

use std::sync::Arc;

use tokio::sync::watch;

/// Asks a run to finish what is under way and leave the rest. Cloned freely; set once.
#[derive(Debug, Clone)]
pub struct Stop(Arc<watch::Sender<bool>>);

impl Default for Stop {
    fn default() -> Self {
        Self(Arc::new(watch::Sender::new(false)))
    }
}

impl Stop {
    /// A handle that nobody has used yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Asks.
    pub fn stop(&self) {
        self.0.send_replace(true);
    }

    /// Whether somebody asked.
    pub fn is_stopped(&self) -> bool {
        *self.0.borrow()
    }

    /// Waits until somebody asks.
    pub async fn stopped(&self) {
        let mut asked = self.0.subscribe();
        // The sender lives as long as `self`, so the wait can only end by being asked.
        let _ = asked.wait_for(|stopped| *stopped).await;
    }
}
