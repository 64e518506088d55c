//! The devices: who they are, when they check in, what they do with commands.

use std::sync::Arc;

use jiff::Timestamp;
use muster_store::{Clock, Database, Error, Transaction};
use tokio::sync::watch;

use crate::settings::Settings;

/// Makes users, devices, apps and groups; called once, after the organization groups exist.
pub(crate) async fn seed(_database: &Database, _settings: &Settings, _now: Timestamp) -> Result<(), Error> {
    Ok(())
}

/// Lets a device within reach pick up its commands soon, as a push message would.
pub(crate) async fn wake(_tx: &mut Transaction, _device: i64, _now: Timestamp, _speed: f64) -> Result<(), Error> {
    Ok(())
}

/// All devices of a tenant.
pub(crate) struct Fleet {
    _database: Database,
}

impl Fleet {
    pub(crate) fn new(database: Database, _clock: Arc<dyn Clock>, _seed: u64, _speed: f64) -> Self {
        Self { _database: database }
    }

    /// Lives until the sender of `shutdown` says `true` or is gone.
    pub(crate) async fn live(self, mut shutdown: watch::Receiver<bool>) {
        let _ = shutdown.wait_for(|stop| *stop).await;
    }

    /// Lets every device that is due live up to now.
    pub(crate) async fn step(&self) -> Result<(), Error> {
        Ok(())
    }
}
