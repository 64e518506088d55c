//! The shared limit as a client has it, with somebody who notes every permit.

use std::time::Duration;

use futures_util::future::BoxFuture;
use muster_client::{Exhausted, Quota, ToldLimit};
use muster_engine::SharedQuota;

use super::record::Record;

/// How a limiter may be wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wrong {
    /// Gives the permit first and counts it afterwards.
    CountsLate,
    /// Does not pass on that the tenant asks everybody to wait.
    Deaf,
}

pub(crate) struct Watched {
    inner: std::sync::Arc<SharedQuota>,
    record: Record,
    process: usize,
    wrong: Option<Wrong>,
}

impl Watched {
    pub(crate) fn new(inner: SharedQuota, record: Record, process: usize, wrong: Option<Wrong>) -> Self {
        Self { inner: std::sync::Arc::new(inner), record, process, wrong }
    }
}

impl Quota for Watched {
    fn permit(&self) -> BoxFuture<'_, Result<(), Exhausted>> {
        Box::pin(async move {
            if self.wrong == Some(Wrong::CountsLate) {
                let inner = self.inner.clone();
                tokio::spawn(async move { inner.permit().await });
            } else {
                self.inner.permit().await?;
            }
            self.record.permitted(self.process);
            Ok(())
        })
    }

    fn refused(&self, wait: Option<Duration>) {
        if let Some(wait) = wait {
            self.record.refused(self.process, wait);
        }
        if self.wrong != Some(Wrong::Deaf) {
            self.inner.refused(wait);
        }
    }

    fn told(&self, limit: ToldLimit) {
        self.inner.told(limit);
    }
}
