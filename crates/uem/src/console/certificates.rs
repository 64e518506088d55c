//! Administrators' client certificates.

use super::{Desk, Done, Objection, missing};
use crate::authority::ca::{Authority, KeyKind, NewCertificate};
use crate::error::Error;
use crate::store::access::certificates::{self, Issued};

/// The longest life of a certificate.
const LONGEST_DAYS: u32 = 825;

impl Desk<'_> {
    /// Also those that are revoked or over.
    pub(crate) async fn certificates(&self) -> Done<Vec<Issued>> {
        let visible: Vec<i64> = self.accounts().await?.into_iter().map(|admin| admin.id).collect();
        let mut all = certificates::all(self.database).await?;
        all.retain(|issued| visible.contains(&issued.admin));
        Ok(all)
    }

    /// A certificate for an account, with its key, which nobody can read again.
    pub(crate) async fn issue_certificate(
        &self,
        authority: &Authority,
        admin: i64,
        kind: KeyKind,
        days: u32,
    ) -> Done<NewCertificate> {
        let admin = self.account(admin).await?;
        // Whoever holds the certificate is that account.
        self.may_be(&admin).await?;
        if days == 0 || days > LONGEST_DAYS {
            return Err(Objection::Invalid(format!("A certificate lasts between 1 and {LONGEST_DAYS} days.")));
        }
        // Two primes take a while, and nobody else should wait for them.
        let key = tokio::task::spawn_blocking(move || kind.generate()).await;
        let key = key.unwrap_or(Err(Error::Crypto("a key")))?;
        let new = authority.issue_client((admin.id, &admin.username), key, days, self.by, self.now)?;
        let mut tx = self.begin().await?;
        certificates::add(&mut tx, &new.issued, &new.certificate_pem).await?;
        tx.commit().await?;
        Ok(new)
    }

    pub(crate) async fn revoke_certificate(&self, serial: &str) -> Done<()> {
        let serial = serial.to_lowercase();
        if !self.certificates().await?.iter().any(|issued| issued.serial == serial) {
            return missing("Certificate", serial);
        }
        let mut tx = self.begin().await?;
        if !certificates::revoke(&mut tx, &serial, self.now).await? {
            return Err(Objection::Conflict(format!("The certificate {serial} is revoked already.")));
        }
        tx.commit().await?;
        Ok(())
    }
}
