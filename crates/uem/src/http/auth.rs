//! Who may call: Basic with the tenant code, or a bearer token with or without it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::{SignedDuration, Timestamp};
use muster_model::error::code;
use muster_store::Database;

use super::context::Caller;
use super::policy::Rights;
use super::refusal::Refusal;
use super::wire::Peer;
use crate::error::Error;
use crate::secret::{hash, random, same};
use crate::store::access::{self, Access, Token};
use crate::store::scope::Scope;
use crate::store::tenant::ROOT_GROUP;

/// How long a token opens the door.
pub(super) const TOKEN_LIFE: SignedDuration = SignedDuration::from_secs(3600);

/// Everyone who may call. Hashes only; a copy of the tables, which change with the tokens alone.
pub(super) struct Gate {
    access: Access,
    /// By the hash of the token.
    tokens: Mutex<HashMap<String, Token>>,
}

impl Gate {
    pub(super) async fn load(database: &Database) -> Result<Self, Error> {
        let access = access::load(database).await?;
        let tokens = Mutex::new(access::tokens(database).await?.into_iter().collect());
        Ok(Self { access, tokens })
    }

    /// Lets a request in, or says why not.
    pub(super) fn admit(&self, headers: &HeaderMap, peer: &Peer, now: Timestamp) -> Result<Caller, Refusal> {
        tracing::trace!(%peer.address, tls = peer.client_certificate.is_some(), "at the gate");
        let header = |name| headers.get(name).and_then(|value| value.to_str().ok());
        let tenant_code = header("aw-tenant-code");
        let authorization = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let (scheme, rest) = authorization.split_once(' ').unwrap_or((authorization, ""));
        if scheme.eq_ignore_ascii_case("bearer") {
            if let Some(code) = tenant_code {
                self.check_tenant_code(code)?;
            }
            return self.bearer(rest.trim(), now);
        }
        self.check_tenant_code(tenant_code.unwrap_or_default())?;
        if scheme.eq_ignore_ascii_case("basic") { self.basic(rest.trim()) } else { Err(unknown("")) }
    }

    fn check_tenant_code(&self, given: &str) -> Result<(), Refusal> {
        let given_hash = hash(given);
        // Every key is compared, so that the time does not tell which one came near.
        let known = self.access.api_keys.iter().fold(false, |known, key| same(key, &given_hash) | known);
        if known {
            return Ok(());
        }
        let message = format!("Tenant code {given} does not identify an Organization Group.");
        Err(Refusal::new(403, code::BAD_TENANT_CODE, message))
    }

    fn basic(&self, encoded: &str) -> Result<Caller, Refusal> {
        let decoded = STANDARD.decode(encoded).unwrap_or_default();
        let text = String::from_utf8_lossy(&decoded);
        let (username, password) = text.split_once(':').unwrap_or((&text, ""));
        let admin = self.access.admins.iter().find(|admin| admin.username.eq_ignore_ascii_case(username));
        // A name that nobody has takes as long as a wrong password.
        let nobody = hash("");
        let expected = admin.map_or(nobody.as_str(), |admin| admin.password_hash.as_str());
        let right = same(expected, &hash(password));
        match admin {
            Some(admin) if right => Ok(caller(&admin.username)),
            _ => Err(unknown(username)),
        }
    }

    fn bearer(&self, token: &str, now: Timestamp) -> Result<Caller, Refusal> {
        let tokens = self.tokens.lock().unwrap_or_else(PoisonError::into_inner);
        // The key of the map is a hash: looking it up tells nothing about the token.
        match tokens.get(&hash(token)) {
            Some(known) if known.expires_at > now => Ok(caller(&known.client_id)),
            _ => Err(unknown("access token")),
        }
    }

    /// A new token for a client that proved who it is; `None` if it did not.
    pub(super) async fn issue(
        &self,
        database: &Database,
        client_id: &str,
        client_secret: &str,
        now: Timestamp,
    ) -> Result<Option<String>, Error> {
        let secret = hash(client_secret);
        let client = self.access.clients.iter().find(|client| same(&client.client_id, client_id));
        let Some(client) = client.filter(|client| same(&client.secret_hash, &secret)) else { return Ok(None) };
        let text = random()?;
        let token = Token {
            client_id: client.client_id.clone(),
            expires_at: now.saturating_add(TOKEN_LIFE).unwrap_or(Timestamp::MAX),
        };
        access::keep_token(database, &hash(&text), &token, now).await?;
        let mut tokens = self.tokens.lock().unwrap_or_else(PoisonError::into_inner);
        tokens.retain(|_, token| token.expires_at > now);
        tokens.insert(hash(&text), token);
        Ok(Some(text))
    }
}

/// The tenant has one administrator and one OAuth client, who may do everything everywhere.
fn caller(name: &str) -> Caller {
    Caller { name: Arc::from(name), group: ROOT_GROUP, scope: Scope::Everything, rights: Arc::new(Rights::Everything) }
}

/// Whether a request comes with an access token.
pub(super) fn has_token(headers: &HeaderMap) -> bool {
    let header = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
    header.split_once(' ').is_some_and(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
}

fn unknown(who: &str) -> Refusal {
    let message =
        format!("An error occurred while validating remote service client credentials or user not found : {who}");
    Refusal::new(401, code::BAD_CREDENTIALS, message)
}
