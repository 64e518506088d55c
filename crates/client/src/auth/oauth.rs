//! OAuth 2.0 client credentials: how a token is asked for, and what comes back. When that is done is the business of
//! [`super::flight`].

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::Method;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use http_body_util::Full;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use url::{Position, Url};

use super::Authorization;
use super::flight::{Flight, Grant};
use crate::outside::chance;
use crate::retry::{Failure, Manner, classify, connection};
use crate::transport::Transport;
use crate::{Error, SecretIn};

/// What tokens live when the server does not say.
const USUAL_LIFETIME: Duration = Duration::from_secs(3600);

const ENDPOINT: &str = "token";

#[derive(Debug)]
pub(crate) struct OAuth {
    token_url: Url,
    client_id: String,
    client_secret: SecretString,
    secret_in: SecretIn,
    tenant_code: Option<HeaderValue>,
    flight: Flight,
}

impl OAuth {
    pub(super) fn new(
        token_url: Url,
        client_id: String,
        client_secret: SecretString,
        secret_in: SecretIn,
        tenant_code: Option<HeaderValue>,
    ) -> Result<Self, Error> {
        if !matches!(token_url.scheme(), "https" | "http") || !token_url.has_host() {
            return Err(Error::Invalid(format!("`{token_url}` is no token URL: it must begin with https://")));
        }
        Ok(Self { token_url, client_id, client_secret, secret_in, tenant_code, flight: Flight::default() })
    }

    pub(super) async fn authorization(&self, transport: &Transport) -> Result<Authorization, Error> {
        let (header, generation) = self.flight.token(|| self.fetch(transport)).await?;
        Ok(Authorization { header: Some(header), tenant_code: self.tenant_code.clone(), generation })
    }

    pub(super) async fn discard(&self, generation: u64) {
        self.flight.discard(generation).await;
    }

    /// How long the present token lives.
    pub(super) async fn expires_in(&self) -> Option<Duration> {
        self.flight.expires_in().await
    }

    async fn fetch(&self, transport: &Transport) -> Result<Grant, Error> {
        let mut course = transport.course(false, Manner::Usual);
        loop {
            match self.fetch_once(transport).await {
                Ok(grant) => return Ok(grant),
                Err(failure) => course.again(failure).await?,
            };
        }
    }

    fn request(&self) -> Result<http::Request<Full<Bytes>>, Error> {
        let mut form = url::form_urlencoded::Serializer::new(String::new());
        form.append_pair("grant_type", "client_credentials");
        let mut request = http::Request::builder()
            .method(Method::POST)
            .uri(&self.token_url[Position::BeforePath..Position::AfterQuery])
            .header(CONTENT_TYPE, const { HeaderValue::from_static("application/x-www-form-urlencoded") })
            .header(ACCEPT, const { HeaderValue::from_static("application/json") });
        let secret = self.client_secret.expose_secret();
        match self.secret_in {
            SecretIn::Body => {
                form.append_pair("client_id", &self.client_id).append_pair("client_secret", secret);
            }
            SecretIn::Header => request = request.header(AUTHORIZATION, in_header(&self.client_id, secret)?),
        }
        request
            .body(form.finish().into())
            .map_err(|error| Error::Bug(format!("{ENDPOINT}: the request could not be built: {error}")))
    }

    async fn fetch_once(&self, transport: &Transport) -> Result<Grant, Failure> {
        let host = self.token_url.host_str().unwrap_or_default();
        let request = self.request()?;
        let origin = transport.token_origin(&self.token_url)?;
        let answer = transport.http.exchange(origin, request, None).await;
        let answer = answer.map_err(|broken| connection::classify(broken, ENDPOINT, host, false))?;
        let raw = transport.receive(answer, ENDPOINT, host, false)?;
        if raw.status == 200 {
            return grant(&raw.body, chance(transport.outside.as_ref()))
                .ok_or_else(|| Failure::from(classify::not_the_api(ENDPOINT, host, raw.status, &raw.body)));
        }
        // 400 and 401 are how RFC 6749 refuses; everything else is trouble like any other.
        match refusal(&raw.body) {
            Some(reason) if (400..500).contains(&raw.status) && raw.status != 429 => {
                let reason = transport.auth.without_secrets(reason);
                Err(Error::Credentials { host: host.to_owned(), reason }.into())
            }
            _ if raw.status == 401 => {
                let reason = "it answered 401".to_owned();
                Err(Error::Credentials { host: host.to_owned(), reason }.into())
            }
            _ => Err(classify::classify(&raw.answer(ENDPOINT, host, false, false))),
        }
    }
}

/// RFC 6749, 2.3.1: both are form-encoded before they are joined.
fn in_header(id: &str, secret: &str) -> Result<HeaderValue, Error> {
    let encoded = |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    let pair = STANDARD.encode(format!("{}:{}", encoded(id), encoded(secret)));
    let mut value = HeaderValue::try_from(format!("Basic {pair}"))
        .map_err(|_| Error::Bug("Base64 does not fit into a header".to_owned()))?;
    value.set_sensitive(true);
    Ok(value)
}

fn grant(body: &[u8], chance: f64) -> Option<Grant> {
    #[derive(Deserialize)]
    struct Token {
        access_token: String,
        #[serde(default)]
        expires_in: serde_json::Value,
    }
    let token: Token = serde_json::from_slice(body).ok()?;
    let mut header = HeaderValue::try_from(format!("Bearer {}", token.access_token)).ok()?;
    header.set_sensitive(true);
    // Some servers write the number as a text.
    let seconds = match &token.expires_in {
        serde_json::Value::Number(number) => number.as_u64(),
        serde_json::Value::String(text) => text.trim().parse().ok(),
        _ => None,
    };
    Some(Grant { header, lifetime: seconds.map_or(USUAL_LIFETIME, Duration::from_secs), chance })
}

/// `{"error":"invalid_client","error_description":"…"}`.
fn refusal(body: &[u8]) -> Option<String> {
    #[derive(Deserialize)]
    struct Refusal {
        error: String,
        #[serde(default)]
        error_description: String,
    }
    let refusal: Refusal = serde_json::from_slice(body).ok()?;
    Some(match refusal.error_description.as_str() {
        "" => refusal.error,
        description => format!("{} ({description})", refusal.error),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_of_a_grant_is_read() {
        let lifetime = |text: &str| grant(text.as_bytes(), 0.5).map(|grant| grant.lifetime.as_secs());
        assert_eq!(lifetime(r#"{"access_token":"t","expires_in":1800,"token_type":"Bearer"}"#), Some(1800));
        assert_eq!(lifetime(r#"{"access_token":"t","expires_in":"1800"}"#), Some(1800));
        assert_eq!(lifetime(r#"{"access_token":"t"}"#), Some(3600));
        assert_eq!(lifetime("<html>"), None);
        assert_eq!(refusal(br#"{"error":"invalid_client"}"#).as_deref(), Some("invalid_client"));
        let printed = format!("{:?}", grant(br#"{"access_token":"t0ken"}"#, 0.5));
        assert!(!printed.contains("t0ken"), "{printed}");
    }
}
