//! `POST /connect/token` and `/oauth/token`: OAuth 2.0 client credentials.

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::Server;
use crate::authority::token::LIFE;

/// What the log of the API calls it.
pub(super) const OPERATION: &str = "oauth.token";

/// Whether a path asks for a token.
pub(super) fn is_token_path(segments: &[String]) -> bool {
    let [first, second] = segments else { return false };
    second.eq_ignore_ascii_case("token") && ["connect", "oauth"].iter().any(|name| first.eq_ignore_ascii_case(name))
}

/// Status and JSON body. The client's id and secret stand in the form or in a Basic header.
pub(super) async fn answer(server: &Server, headers: &HeaderMap, body: &[u8]) -> (u16, Value) {
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
pub(super) fn client_id(headers: &HeaderMap, body: &[u8]) -> Option<String> {
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
