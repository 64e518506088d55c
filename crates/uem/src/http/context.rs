//! What a handler gets besides its call: the tenant, and who calls.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use jiff::Timestamp;
use muster_store::{Clock, Database, Error, Transaction};
use tokio::sync::Notify;

use super::change::{Change, Errand};
use super::policy::Rights;
use crate::store::scope::Scope;

/// Makes it known that something was queued for a device, in the transaction that queued it: device, now,
/// and the speed of the fleet. Given by whoever starts the tenant, because callers and devices never meet.
pub(crate) type Push = for<'a> fn(
    &'a mut Transaction,
    i64,
    Timestamp,
    f64,
) -> Pin<Box<dyn Future<Output = Result<(), Error>> + Send + 'a>>;

/// The tenant behind the API.
pub(crate) struct Tenant {
    pub(crate) database: Database,
    pub(crate) clock: Arc<dyn Clock>,
    /// By how much the fleet lives faster than time.
    pub(crate) speed: f64,
    /// Without a trailing slash.
    pub(crate) url: String,
    pub(crate) push: Push,
    /// Told whenever effects were recorded.
    pub(crate) recorded: Arc<Notify>,
}

impl Tenant {
    pub(super) async fn push(&self, tx: &mut Transaction, device: i64, now: Timestamp) -> Result<(), Error> {
        (self.push)(tx, device, now, self.speed).await
    }
}

/// Who calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Caller {
    /// As the event log names them.
    pub(crate) name: Arc<str>,
    /// The organization group that they belong to.
    pub(crate) group: i64,
    /// That group and those below it.
    pub(crate) scope: Scope,
    pub(crate) rights: Arc<Rights>,
}

#[derive(Clone)]
pub(crate) struct Context {
    pub(crate) tenant: Arc<Tenant>,
    pub(crate) caller: Caller,
    pub(crate) errand: Errand,
}

impl Context {
    pub(crate) fn database(&self) -> &Database {
        &self.tenant.database
    }

    /// Begins a change. What it did is recorded with it.
    pub(crate) async fn begin(&self) -> Result<Change, Error> {
        Change::begin(&self.tenant, self.errand.clone()).await
    }

    /// The part of the tree that the caller sees.
    pub(crate) fn scope(&self) -> &Scope {
        &self.caller.scope
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.tenant.clock.now()
    }
}
