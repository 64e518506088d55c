//! Basic: a name and a password.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;

use super::{Gate, Locked, unknown};
use crate::authority::book::{Account, Book};
use crate::authority::verified::Proven;
use crate::http::refusal::Refusal;

impl Gate {
    /// The account that an `Authorization: Basic …` header is right for.
    pub(super) async fn password(
        &self,
        book: &Book,
        header: &str,
        now: Timestamp,
    ) -> Result<Arc<Account>, (Refusal, Option<Locked>)> {
        let mark = self.verified.mark(header, "");
        if let Some(Proven::Password { account, hash }) = self.verified.find(&mark)
            && let Some(account) = book.account(account)
            && account.password_hash == hash
            && !self.lockout.is_locked(&account.name, now)
        {
            return Ok(Arc::clone(account));
        }
        let encoded = header.split_once(' ').map_or("", |(_, rest)| rest.trim());
        let decoded = STANDARD.decode(encoded).unwrap_or_default();
        let text = String::from_utf8_lossy(&decoded);
        let (name, password) = text.split_once(':').unwrap_or((&text, ""));
        let account = book.account_named(name);
        // Locked, disabled or unknown: the same work as for a wrong password.
        let locked = self.lockout.is_locked(name, now);
        let hash = account.map(|account| Arc::clone(&account.password_hash));
        let right = self.passwords.check(hash, password.to_owned()).await;
        match account {
            Some(account) if right && !locked && account.active => {
                self.lockout.forget(name);
                let hash = Arc::clone(&account.password_hash);
                self.verified.keep(mark, Proven::Password { account: account.id, hash });
                Ok(Arc::clone(account))
            }
            _ => {
                let until = if right { None } else { self.lockout.failed(name, now) };
                let locked = until.zip(account).map(|(until, account)| Locked { account: account.id, until });
                Err((unknown(name), locked))
            }
        }
    }
}
