//! What a handler gets besides its call: the tenant, and who calls.

use std::sync::Arc;

use jiff::Timestamp;
use muster_store::{Clock, Database};

/// The tenant behind the API.
pub(crate) struct Tenant {
    pub(crate) database: Database,
    pub(crate) clock: Arc<dyn Clock>,
    /// By how much the fleet lives faster than time.
    pub(crate) speed: f64,
    /// Without a trailing slash.
    pub(crate) url: String,
}

/// Who calls, as the event log names them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Caller {
    pub(crate) name: Arc<str>,
}

#[derive(Clone)]
pub(crate) struct Context {
    pub(crate) tenant: Arc<Tenant>,
    pub(crate) caller: Caller,
}

impl Context {
    pub(crate) fn database(&self) -> &Database {
        &self.tenant.database
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.tenant.clock.now()
    }
}
