//! The audit, from outside.

use super::Engine;
use crate::audit::{AuditRecord, AuditState, Checkpoint, Trust};
use crate::error::Error;
use crate::note::{PublicKey, SigningKey};

impl Engine {
    /// Signs checkpoints with this key from now on, in the name of the log: after every job, every approval and
    /// every plan, and now and then while a job runs.
    ///
    /// # Errors
    /// [`Error::Journal`].
    pub async fn signed_by(self, key: &SigningKey) -> Result<Self, Error> {
        Ok(Self { journal: self.journal.signed_by(key).await?, ..self })
    }

    /// The name of the log: the first line of its checkpoints.
    ///
    /// # Errors
    /// [`Error::Journal`].
    pub async fn audit_origin(&self) -> Result<String, Error> {
        self.journal.origin().await
    }

    /// The whole audit, oldest first.
    ///
    /// # Errors
    /// [`Error::Journal`].
    pub async fn audit(&self) -> Result<Vec<AuditRecord>, Error> {
        self.journal.audit().await
    }

    /// Records beyond that number, oldest first, so many at most.
    ///
    /// # Errors
    /// [`Error::Journal`].
    pub async fn audit_page(&self, after: u64, limit: u32) -> Result<Vec<AuditRecord>, Error> {
        self.journal.audit_page(i64::try_from(after).unwrap_or(i64::MAX), limit.into()).await
    }

    /// Checkpoints from that size on, the smallest first, each with the key that signed it.
    ///
    /// # Errors
    /// [`Error::Journal`], [`Error::Audit`] if one cannot be read.
    pub async fn checkpoints(&self, from: u64) -> Result<Vec<(Checkpoint, PublicKey)>, Error> {
        self.journal.checkpoints(from).await
    }

    /// Signs the log as it is now. `None` if there is no key to sign with.
    ///
    /// # Errors
    /// [`Error::Journal`].
    pub async fn checkpoint(&self) -> Result<Option<Checkpoint>, Error> {
        self.journal.checkpoint().await
    }

    /// The text that proves that a record is in the log of the last checkpoint. It stands alone.
    ///
    /// # Errors
    /// [`Error::NotFound`] if no checkpoint covers such a record, [`Error::Journal`].
    pub async fn prove(&self, number: u64) -> Result<String, Error> {
        self.journal.prove(number).await
    }

    /// The text that proves that the log of the last checkpoint begins with that of an earlier one.
    ///
    /// # Errors
    /// [`Error::Proof`] if it does not, [`Error::NotFound`], [`Error::Journal`].
    pub async fn prove_growth(&self, from: &Checkpoint) -> Result<String, Error> {
        self.journal.prove_growth(from).await
    }

    /// Walks along the whole log: chain, tree and checkpoints.
    ///
    /// # Errors
    /// [`Error::Audit`] names the first record that was edited, moved, removed or added.
    pub async fn verify_audit(&self, trust: &Trust) -> Result<AuditState, Error> {
        self.journal.verify_audit(trust).await
    }
}
