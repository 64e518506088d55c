//! `POST /connect/token` and `/oauth/token`: OAuth 2.0 client credentials.

use std::sync::Arc;

use axum::http::header::{AUTHORIZATION, CACHE_CONTROL};
use axum::http::request::Parts as Head;
use axum::http::{HeaderMap, Method};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use serde_json::{Value, json};
use tokio::time::Instant;
use uuid::Uuid;

use super::answer::Answer;
use super::api_log::Trail;
use super::faults::{self, Sent};
use super::limits::Standing;
use super::respond::turned;
use super::wire::Line;
use super::{Server, reception};
use crate::authority::token::LIFE;

/// What the log of the API calls it.
const OPERATION: &str = "oauth.token";

/// Whether a path asks for a token.
pub(super) fn is_token_path(segments: &[String]) -> bool {
    let [first, second] = segments else { return false };
    second.eq_ignore_ascii_case("token") && ["connect", "oauth"].iter().any(|name| first.eq_ignore_ascii_case(name))
}

/// A token for a client. Nobody is recognised yet, so the tenant's own limit counts; the log tells which client
/// asked, if there is one of that name.
pub(super) async fn respond(
    server: &Server,
    head: &Head,
    body: Bytes,
    line: &Line,
    trail: &mut Trail,
    correlation: Uuid,
) -> (Answer, Standing, bool) {
    let book = server.reception.gate.book();
    let client = client_id(&head.headers, &body).and_then(|id| book.client(&id).map(Arc::clone));
    trail.operation = OPERATION;
    trail.credential = ("client secret", None);
    if let Some(client) = &client {
        trail.group = client.account.group;
        trail.object = client.account.name.to_string();
    }
    let logging = book.settings(trail.group).logging;
    let standing = server.reception.limiter.take(None, Instant::now());
    if !standing.within {
        return (turned(&reception::too_many(&standing), correlation), standing, logging);
    }
    let run = |Sent { body, .. }: Sent| async move {
        if head.method != Method::POST {
            return Answer::empty(405);
        }
        let (status, body) = answer(server, &head.headers, &body).await;
        let mut answer = Answer::new(status, body.to_string().into_bytes());
        answer.header(CACHE_CONTROL, "no-store");
        answer
    };
    let sent = Sent { query: String::new(), body, in_vain: false };
    let answer = faults::meet(server.faults.for_token(), sent, run, &line.scissors, correlation).await;
    if answer.status == 200
        && let Some(client) = client
    {
        trail.caller = Arc::clone(&client.account.name);
    }
    (answer, standing, logging)
}

/// Status and JSON body. The client's id and secret stand in the form or in a Basic header.
async fn answer(server: &Server, headers: &HeaderMap, body: &[u8]) -> (u16, Value) {
    match field(body, "grant_type").as_deref() {
        Some("client_credentials") => {}
        Some(_) => return (400, json!({"error": "unsupported_grant_type"})),
        None => return (400, json!({"error": "invalid_request"})),
    }
    let in_form = field(body, "client_id").zip(field(body, "client_secret"));
    let Some((id, secret)) = in_form.or_else(|| in_header(headers)) else {
        return (401, json!({"error": "invalid_client"}));
    };
    let tenant = &server.tenant;
    match server.reception.gate.issue(&id, &secret, tenant.clock.now()) {
        Ok(Some(token)) => {
            let life = LIFE.as_secs();
            (200, json!({"access_token": token, "expires_in": life, "token_type": "Bearer"}))
        }
        Ok(None) => (401, json!({"error": "invalid_client"})),
        Err(error) => {
            tracing::error!(%error, "no token could be made");
            (500, json!({"error": "server_error"}))
        }
    }
}

/// The client that a request names, whether it proves to be that or not.
fn client_id(headers: &HeaderMap, body: &[u8]) -> Option<String> {
    field(body, "client_id").or_else(|| in_header(headers).map(|(id, _)| id))
}

/// One field of the form.
fn field(body: &[u8], name: &str) -> Option<String> {
    url::form_urlencoded::parse(body).find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
}

/// Id and secret are form-encoded inside a Basic header (RFC 6749, 2.3.1).
fn in_header(headers: &HeaderMap) -> Option<(String, String)> {
    let (scheme, encoded) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    let decoded = scheme.eq_ignore_ascii_case("basic").then(|| STANDARD.decode(encoded.trim()).ok())??;
    let text = String::from_utf8(decoded).ok()?;
    let (id, secret) = text.split_once(':')?;
    let plain = |text: &str| {
        url::form_urlencoded::parse(text.as_bytes()).next().map(|(name, _)| name.into_owned()).unwrap_or_default()
    };
    Some((plain(id), plain(secret)))
}
