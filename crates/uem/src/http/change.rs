//! The transaction of a request. It is a transaction of the store in every way, but when it is committed it also
//! records what it did in the ledger of effects, so that no handler has to think of it; and it can be made to
//! change nothing, which is a fault that clients meet.

use std::ops::{Deref, DerefMut};
use std::sync::Arc;

use jiff::Timestamp;
use muster_store::{Error, Transaction};
use tokio::sync::Notify;
use uuid::Uuid;

use super::context::Tenant;
use crate::store::{self, effects};

/// The request that a handler works for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Errand {
    /// The correlation id of its answer.
    pub(crate) request: Uuid,
    pub(crate) operation: Arc<str>,
    /// The address that was called.
    pub(crate) object: Arc<str>,
    /// Whether what it changes is dropped although its answer tells of success.
    pub(crate) in_vain: bool,
}

/// A change of the tenant on behalf of a request.
#[derive(Debug)]
pub(crate) struct Change {
    tx: Transaction,
    errand: Errand,
    /// The last command before this change.
    before: i64,
    now: Timestamp,
    recorded: Arc<Notify>,
}

impl Change {
    pub(super) async fn begin(tenant: &Tenant, errand: Errand) -> Result<Self, Error> {
        let mut tx = store::begin(&tenant.database).await?;
        let before = effects::last_command(&mut tx).await?;
        Ok(Self { tx, errand, before, now: tenant.clock.now(), recorded: Arc::clone(&tenant.recorded) })
    }

    /// Makes the change lasting, and its record with it.
    ///
    /// # Errors
    /// As [`Transaction::commit`].
    pub(crate) async fn commit(mut self) -> Result<(), Error> {
        if self.errand.in_vain {
            return self.tx.rollback().await;
        }
        let Errand { request, operation, object, .. } = &self.errand;
        let cause = effects::Cause { request: *request, operation, object, device: device(object) };
        effects::record(&mut self.tx, &cause, self.before, self.now).await?;
        self.tx.commit().await?;
        self.recorded.notify_waiters();
        Ok(())
    }

    /// Undoes everything, and waits until that is done.
    ///
    /// # Errors
    /// As [`Transaction::rollback`].
    #[expect(dead_code, reason = "a change that is dropped is undone as well; this one waits for it")]
    pub(crate) async fn rollback(self) -> Result<(), Error> {
        self.tx.rollback().await
    }
}

impl Deref for Change {
    type Target = Transaction;

    fn deref(&self) -> &Transaction {
        &self.tx
    }
}

impl DerefMut for Change {
    fn deref_mut(&mut self) -> &mut Transaction {
        &mut self.tx
    }
}

/// The device that an address names: `/api/mdm/devices/52/…`.
fn device(object: &str) -> Option<i64> {
    let mut segments = object.split('/').filter(|segment| !segment.is_empty());
    segments.find(|segment| segment.eq_ignore_ascii_case("devices"))?;
    segments.next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_names_a_device_or_none() {
        assert_eq!(device("/API/v1/Devices/52/commands"), Some(52));
        assert_eq!(device("/api/mdm//devices/52"), Some(52));
        assert_eq!(device("/api/mdm/devices/search"), None);
        assert_eq!(device("/api/mdm/tags/52/adddevices"), None);
    }
}
