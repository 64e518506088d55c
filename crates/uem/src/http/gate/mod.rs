//! The gate: who calls, and may they call at all. What they may do then is the route's question.
//!
//! It works in two steps. [`Gate::claim`] reads what costs nothing (API key, token, certificate), so that the
//! limits of the right organization group count before [`Gate::prove`] checks a password, which costs a lot.
//! Whatever is wrong with a name or a password, the answer is the same, and so is the work.

mod basic;
mod certificate;
mod claim;
mod oauth;

use std::sync::{Arc, PoisonError, RwLock};

use jiff::Timestamp;
use muster_model::error::code;
use muster_store::Database;
use uuid::Uuid;

pub(super) use claim::{Claim, Headers};

use super::context::Caller;
use super::refusal::Refusal;
use crate::authority::book::{Account, ApiKey, Book};
use crate::authority::ca::Authority;
use crate::authority::lockout::Lockout;
use crate::authority::password::Passwords;
use crate::authority::token::Tokens;
use crate::authority::verified::Verified;
use crate::error::Error;
use crate::store::access;

/// Everyone who may call, and how they prove it.
pub(crate) struct Gate {
    book: RwLock<Arc<Book>>,
    pub(crate) passwords: Passwords,
    lockout: Lockout,
    tokens: Tokens,
    pub(crate) authority: Authority,
    verified: Verified,
}

/// A right password locked nothing; a wrong one may have locked this account until then.
pub(super) struct Locked {
    pub(super) account: i64,
    pub(super) until: Timestamp,
}

impl Gate {
    pub(super) async fn open(database: &Database, tenant: Uuid, now: Timestamp) -> Result<Self, Error> {
        let book = Book::new(access::load(database).await?);
        let lockout = Lockout::default();
        for (name, until) in &book.locks {
            lockout.remember(name, *until);
        }
        Ok(Self {
            book: RwLock::new(Arc::new(book)),
            passwords: Passwords::new()?.inline(database.is_inline()),
            lockout,
            tokens: Tokens::open(database, tenant).await?,
            authority: Authority::open(database, now).await?,
            verified: Verified::new()?,
        })
    }

    pub(crate) fn book(&self) -> Arc<Book> {
        Arc::clone(&self.book.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Reads the tables again, after somebody changed them.
    pub(crate) async fn reload(&self, database: &Database) -> Result<(), Error> {
        let book = Arc::new(Book::new(access::load(database).await?));
        *self.book.write().unwrap_or_else(PoisonError::into_inner) = book;
        Ok(())
    }

    /// Ends a lock, as a console or a new password does.
    pub(crate) fn unlock(&self, name: &str) {
        self.lockout.forget(name);
    }
}

/// The same words for a name that nobody has, a wrong password, and an account that is locked or disabled.
fn unknown(who: &str) -> Refusal {
    let message =
        format!("An error occurred while validating remote service client credentials or user not found : {who}");
    Refusal::new(401, code::BAD_CREDENTIALS, message)
}

fn bad_tenant_code(given: &str) -> Refusal {
    let message = format!("Tenant code {given} does not identify an Organization Group.");
    Refusal::new(403, code::BAD_TENANT_CODE, message)
}

/// Who calls, once it is proven. `by` says by which means.
fn caller(book: &Book, account: &Account, key: Option<&ApiKey>, by: &'static str) -> Result<Caller, Refusal> {
    if !account.active {
        return Err(unknown(&account.name));
    }
    if let Some(key) = key
        && !book.same_line(key.group, account.group)
    {
        let message = "The tenant code belongs to another hierarchy than the user.";
        return Err(Refusal::new(403, code::OTHER_HIERARCHY, message));
    }
    Ok(Caller::new(account, key, by))
}
