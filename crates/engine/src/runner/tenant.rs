//! The tenant as a run needs it: both handles and the run's secrets.

use muster_client::{Client, Writer};

use crate::verbs::Secrets;

/// A connected tenant.
pub struct Tenant {
    /// The same text that the plans for it carry: a job runs on no other tenant.
    pub name: String,
    pub client: Client,
    pub writer: Writer,
    pub secrets: Secrets,
}
