//! What a request says about its origin, before anything expensive is checked.

use std::net::IpAddr;
use std::sync::Arc;

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use jiff::Timestamp;
use muster_model::error::code;

use super::{Gate, Locked, bad_tenant_code, caller, unknown};
use crate::authority::book::{Account, ApiKey, Book, Effective, OauthClient};
use crate::http::context::{Caller, TOKEN};
use crate::http::limits::Counted;
use crate::http::refusal::Refusal;
use crate::http::wire::Peer;
use crate::secret::hash;
use crate::store::access::keys::AccountType;
use crate::store::access::log::UseOf;

/// The headers that say who calls.
pub(in crate::http) struct Headers<'a> {
    tenant_code: Option<&'a str>,
    scheme: &'a str,
    credentials: &'a str,
    api_key: Option<&'a str>,
    authorization: &'a str,
}

impl<'a> Headers<'a> {
    pub(in crate::http) fn of(headers: &'a HeaderMap) -> Self {
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        let authorization = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let (scheme, rest) = authorization.split_once(' ').unwrap_or((authorization, ""));
        Self {
            tenant_code: text("aw-tenant-code"),
            scheme,
            credentials: rest.trim(),
            api_key: text("x-api-key"),
            authorization,
        }
    }
}

/// Who a request says it comes from.
pub(in crate::http) struct Claim {
    book: Arc<Book>,
    key: Option<Arc<ApiKey>>,
    client: Option<Arc<OauthClient>>,
    proof: Proof,
}

enum Proof {
    /// Nothing more to prove.
    Done(Arc<Account>, &'static str),
    /// A password that is checked next. The whole header, to recognise it by.
    Password { header: String },
}

impl Gate {
    /// Reads what costs nothing, or says why the request ends here.
    pub(in crate::http) fn claim(
        &self,
        headers: &Headers<'_>,
        path: &str,
        peer: &Peer,
        now: Timestamp,
    ) -> Result<Claim, Refusal> {
        let book = self.book();
        if headers.scheme.eq_ignore_ascii_case("bearer") {
            let key = headers.tenant_code.map(|code| key(&book, code, peer.address, now)).transpose()?;
            let client = self.bearer(&book, headers.credentials, now)?;
            let proof = Proof::Done(Arc::clone(&client.account), TOKEN);
            return Ok(Claim { book, key, client: Some(client), proof });
        }
        let key = key(&book, headers.tenant_code.unwrap_or_default(), peer.address, now)?;
        if key.account_type != AccountType::Admin {
            let message = "The tenant code is for enrollment users; it admits no administrator.";
            return Err(Refusal::new(403, code::FORBIDDEN, message));
        }
        let scheme = |name: &str| headers.scheme.eq_ignore_ascii_case(name);
        // One sample on record writes an apostrophe for the backtick.
        let proof = if scheme("basic") {
            Proof::Password { header: headers.authorization.to_owned() }
        } else if scheme("cmsurl`1") || scheme("cmsurl'1") {
            Proof::Done(self.signature(&book, headers.credentials, path, now)?, "certificate")
        } else if let Some(text) = headers.api_key.or(scheme("apikey").then_some(headers.credentials)) {
            Proof::Done(service_account(&book, text, peer.address, now)?, "key")
        } else if let (Some(certificate), "") = (&peer.client_certificate, headers.scheme) {
            Proof::Done(self.handshake(&book, certificate, now)?, "tls certificate")
        } else {
            return Err(unknown(""));
        };
        Ok(Claim { book, key: Some(key), client: None, proof })
    }

    /// Checks what costs something. A wrong password may lock the account, which the caller makes last.
    pub(in crate::http) async fn prove(
        &self,
        claim: Claim,
        now: Timestamp,
    ) -> Result<Caller, (Refusal, Option<Locked>)> {
        let Claim { book, key, proof, .. } = claim;
        let (account, by) = match proof {
            Proof::Done(account, by) => (account, by),
            Proof::Password { header } => (self.password(&book, &header, now).await?, "basic"),
        };
        caller(&book, &account, key.as_deref(), by).map_err(|refusal| (refusal, None))
    }
}

impl Claim {
    /// The group whose settings hold: the key's, or the client's.
    pub(in crate::http) fn group(&self) -> i64 {
        match (&self.client, &self.key) {
            (Some(client), _) => client.account.group,
            (None, Some(key)) => key.group,
            (None, None) => 0,
        }
    }

    pub(in crate::http) fn settings(&self) -> Effective {
        self.book.settings(self.group())
    }

    /// Everything whose day this request counts for, with the quotas.
    pub(in crate::http) fn counted(&self, settings: &Effective) -> Vec<(Counted, Option<u64>)> {
        let mut counted = Vec::with_capacity(3);
        if let Some(key) = &self.key {
            counted.push((Counted::Credential(UseOf::Key, key.id), key.daily_quota));
        }
        if let Some(client) = &self.client {
            counted.push((Counted::Credential(UseOf::Client, client.id), client.daily_quota));
        }
        if let Some((group, quota)) = settings.daily_quota {
            counted.push((Counted::Group(group), Some(u64::from(quota))));
        }
        counted
    }
}

/// The key that a text is, if it may be used from this address. Why it may not is nobody's business.
fn key(book: &Book, given: &str, address: IpAddr, now: Timestamp) -> Result<Arc<ApiKey>, Refusal> {
    // The map is asked by hash: the time it takes tells nothing about a key.
    let key = book.key(&hash(given), now).filter(|key| reaches(key, address));
    key.map(Arc::clone).ok_or_else(|| bad_tenant_code(given))
}

fn reaches(key: &ApiKey, address: IpAddr) -> bool {
    key.networks.is_empty() || key.networks.iter().any(|network| network.holds(address))
}

/// The account that a key signs in by itself.
fn service_account(book: &Book, given: &str, address: IpAddr, now: Timestamp) -> Result<Arc<Account>, Refusal> {
    let key = book.key(&hash(given), now).filter(|key| reaches(key, address));
    let account = key.and_then(|key| book.account(key.admin?));
    account.map(Arc::clone).ok_or_else(|| unknown("API key"))
}
