//! Certificates that our own authority issued: in a signature over the path, or in the TLS handshake.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use der::Decode;
use jiff::{SignedDuration, Timestamp};
use x509_cert::Certificate;

use super::{Gate, unknown};
use crate::authority::book::{Account, Book};
use crate::authority::verified::{Mark, Proven};
use crate::authority::{ca, cms};
use crate::http::refusal::Refusal;

/// How long a signature is good, because clients send one header again and again.
const AFTER: SignedDuration = SignedDuration::from_mins(15);
/// How far a client's clock may be ahead.
const AHEAD: SignedDuration = SignedDuration::from_mins(5);

impl Gate {
    /// ``CMSURL`1``: whose signature over the path this is.
    pub(super) fn signature(
        &self,
        book: &Book,
        credentials: &str,
        path: &str,
        now: Timestamp,
    ) -> Result<Arc<Account>, Refusal> {
        let mark = self.verified.mark(credentials, path);
        if let Some(Proven::Signature { fingerprint, from, until }) = self.verified.find(&mark) {
            let good = (from..until).contains(&now);
            return good.then(|| holder(book, &fingerprint, now)).flatten().ok_or_else(|| unknown("certificate"));
        }
        self.check_signature(book, credentials, path, mark, now).ok_or_else(|| unknown("certificate"))
    }

    fn check_signature(
        &self,
        book: &Book,
        credentials: &str,
        path: &str,
        mark: Mark,
        now: Timestamp,
    ) -> Option<Arc<Account>> {
        let signature = STANDARD.decode(credentials).ok()?;
        let signed = cms::open(&signature, path.as_bytes())?;
        let from = signed.at.saturating_sub(AHEAD).ok()?;
        let until = signed.at.saturating_add(AFTER).ok()?;
        if !(from..until).contains(&now) || !self.authority.vouches_for(&signed.certificate, now) {
            return None;
        }
        let fingerprint: Arc<str> = ca::fingerprint(&signed.der).into();
        let account = holder(book, &fingerprint, now)?;
        self.verified.keep(mark, Proven::Signature { fingerprint, from, until });
        Some(account)
    }

    /// Whose certificate the TLS handshake proved.
    pub(super) fn handshake(&self, book: &Book, der: &[u8], now: Timestamp) -> Result<Arc<Account>, Refusal> {
        let mark = self.verified.mark(der, "handshake");
        let account = match self.verified.find(&mark) {
            Some(Proven::Signature { fingerprint, from, until }) if (from..until).contains(&now) => {
                holder(book, &fingerprint, now)
            }
            Some(_) => None,
            None => self.check_certificate(book, der, mark, now),
        };
        account.ok_or_else(|| unknown("certificate"))
    }

    fn check_certificate(&self, book: &Book, der: &[u8], mark: Mark, now: Timestamp) -> Option<Arc<Account>> {
        let certificate = Certificate::from_der(der).ok()?;
        if !self.authority.vouches_for(&certificate, now) {
            return None;
        }
        let (from, until) = ca::lifetime(&certificate)?;
        let fingerprint: Arc<str> = ca::fingerprint(der).into();
        let account = holder(book, &fingerprint, now)?;
        self.verified.keep(mark, Proven::Signature { fingerprint, from, until });
        Some(account)
    }
}

/// Whom we gave a certificate to, if it was not revoked and is not over.
fn holder(book: &Book, fingerprint: &str, now: Timestamp) -> Option<Arc<Account>> {
    let issued = book.certificate(fingerprint).filter(|issued| now < issued.expires_at)?;
    book.account(issued.admin).map(Arc::clone)
}
