//! The connection to the tenant: made when it is needed, kept while it works.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use muster_client::{Client, Kind, Statistics};
use muster_engine::Tenant;
use muster_store::Clock;

use crate::inventory::Cached;

/// Connects to the one tenant that a controller serves. Whoever wires the program together implements
/// it, because credentials are known there only.
#[async_trait]
pub trait Connect: Send + Sync {
    /// A new connection, under the name that the plans for this tenant carry.
    async fn connect(&self) -> Result<Tenant, muster_client::Error>;
}

/// A connection in use.
#[derive(Clone)]
pub(crate) struct Connected {
    pub(crate) tenant: Arc<Tenant>,
    /// The same tenant for workflows to read.
    pub(crate) inventory: Arc<Cached<Client>>,
}

/// Hands out the connection and remembers what it cost.
pub(crate) struct Link {
    connect: Arc<dyn Connect>,
    cache_for: Duration,
    clock: Arc<dyn Clock>,
    /// One attempt to connect at a time. It may take long, and whoever only looks does not wait for it.
    connecting: tokio::sync::Mutex<()>,
    current: Mutex<Current>,
}

#[derive(Default)]
struct Current {
    connected: Option<Connected>,
    /// What earlier connections did.
    spent: Statistics,
}

impl Link {
    pub(crate) fn new(connect: Arc<dyn Connect>, cache_for: Duration, clock: Arc<dyn Clock>) -> Self {
        Self { connect, cache_for, clock, connecting: tokio::sync::Mutex::default(), current: Mutex::default() }
    }

    /// The connection; made, if there is none. Callers that ask at the same time wait for one attempt.
    pub(crate) async fn connected(&self) -> Result<Connected, muster_client::Error> {
        if let Some(connected) = self.current().connected.clone() {
            return Ok(connected);
        }
        let _connecting = self.connecting.lock().await;
        if let Some(connected) = self.current().connected.clone() {
            return Ok(connected);
        }
        let tenant = Arc::new(self.connect.connect().await?);
        let inventory = Cached::new(tenant.client.clone(), Arc::clone(&self.clock), self.cache_for);
        let connected = Connected { tenant, inventory: Arc::new(inventory) };
        self.current().connected = Some(connected.clone());
        Ok(connected)
    }

    /// Lets go of a connection after an error that a new one might not have: credentials that were
    /// changed, or a tenant that now speaks differently. A job that still uses it keeps it.
    pub(crate) fn doubt(&self, kind: Kind) {
        if !matches!(kind, Kind::Auth | Kind::Permission | Kind::Protocol) {
            return;
        }
        let mut current = self.current();
        if let Some(connected) = current.connected.take() {
            current.spent = sum(current.spent, connected.tenant.client.statistics());
        }
    }

    /// What all connections of this process did so far.
    pub(crate) fn statistics(&self) -> Statistics {
        let current = self.current();
        let now = current.connected.as_ref().map(|connected| connected.tenant.client.statistics());
        now.map_or(current.spent, |now| sum(current.spent, now))
    }

    /// Held for moments only, never while something is waited for.
    fn current(&self) -> MutexGuard<'_, Current> {
        self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn sum(a: Statistics, b: Statistics) -> Statistics {
    Statistics {
        calls: a.calls + b.calls,
        saved: a.saved + b.saved,
        retries: a.retries + b.retries,
        throttled: a.throttled + b.throttled,
        waited: a.waited + b.waited,
        bytes: a.bytes + b.bytes,
    }
}
