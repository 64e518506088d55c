//! OAuth 2.0 client credentials: one token for all callers, fetched once however many wait for it, and
//! renewed before it expires.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::Method;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use http_body_util::Full;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use tokio::sync::Mutex;
use tokio::time::Instant;
use url::{Position, Url};

use super::Authorization;
use crate::retry::{Failure, Manner, classify, connection};
use crate::transport::Transport;
use crate::{Error, SecretIn};

/// A token is renewed this long before it expires, or when a tenth of its life is left if that is less.
const EARLY: Duration = Duration::from_secs(300);

/// And earlier by up to this part of it, by chance: processes that started together do not renew together.
const JITTER: f64 = 0.2;

/// What tokens live when the server does not say.
const USUAL_LIFETIME: Duration = Duration::from_secs(3600);

/// A refusal stands for this long: a job of thousands of calls must not lock the account.
const REFUSAL_STANDS: Duration = Duration::from_secs(10);

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

/// What the authorization server grants.
#[derive(Debug)]
struct Grant {
    header: HeaderValue,
    lifetime: Duration,
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
        let state = self.flight.0.lock().await;
        state.token.as_ref().map(|token| token.expires_at.saturating_duration_since(Instant::now()))
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
        let answer = transport.http.exchange(origin, request).await;
        let answer = answer.map_err(|broken| connection::classify(broken, ENDPOINT, host, false))?;
        let raw = transport.receive(answer, ENDPOINT, host, false)?;
        if raw.status == 200 {
            return grant(&raw.body)
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

fn grant(body: &[u8]) -> Option<Grant> {
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
    Some(Grant { header, lifetime: seconds.map_or(USUAL_LIFETIME, Duration::from_secs) })
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

/// Single flight: whoever comes first fetches, the others wait for the same outcome.
#[derive(Debug, Default)]
struct Flight(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    token: Option<Token>,
    fetched: u64,
    failed: Option<(Instant, Error)>,
}

#[derive(Debug)]
struct Token {
    header: HeaderValue,
    generation: u64,
    renew_at: Instant,
    expires_at: Instant,
}

/// How long before the end a token is renewed; `chance` is a number from 0 to 1.
fn early(lifetime: Duration, chance: f64) -> Duration {
    EARLY.min(lifetime / 10).mul_f64(1.0 + JITTER * chance)
}

impl Flight {
    async fn token<F>(&self, fetch: impl FnOnce() -> F) -> Result<(HeaderValue, u64), Error>
    where
        F: Future<Output = Result<Grant, Error>>,
    {
        let asked = Instant::now();
        let mut state = self.0.lock().await;
        let now = Instant::now();
        if let Some(token) = state.token.as_ref().filter(|token| now < token.renew_at) {
            return Ok((token.header.clone(), token.generation));
        }
        if let Some((at, error)) = &state.failed {
            // It failed while this caller waited for it, or it is a refusal that still stands.
            let stands = matches!(error, Error::Credentials { .. }) && now < *at + REFUSAL_STANDS;
            if *at > asked || stands {
                return Err(error.clone());
            }
        }
        match fetch().await {
            Ok(grant) => {
                let now = Instant::now();
                state.fetched += 1;
                let token = Token {
                    header: grant.header,
                    generation: state.fetched,
                    renew_at: now + grant.lifetime.saturating_sub(early(grant.lifetime, rand::random())),
                    expires_at: now + grant.lifetime,
                };
                let given = (token.header.clone(), token.generation);
                state.token = Some(token);
                state.failed = None;
                Ok(given)
            }
            Err(error) => {
                let now = Instant::now();
                // Renewing early has this use too: while the old token lives, trouble may pass.
                let living = state.token.as_ref().filter(|token| now < token.expires_at);
                if let Some(token) = living.filter(|_| !matches!(error, Error::Credentials { .. })) {
                    tracing::warn!(%error, "the token could not be renewed; the old one is used while it lives");
                    return Ok((token.header.clone(), token.generation));
                }
                state.failed = Some((now, error.clone()));
                Err(error)
            }
        }
    }

    async fn discard(&self, generation: u64) {
        let mut state = self.0.lock().await;
        if state.token.as_ref().is_some_and(|token| token.generation == generation) {
            state.token = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU32, Ordering};

    use tokio::time::{advance, sleep};

    use super::*;
    use crate::Kind;

    fn granted(number: u32, seconds: u64) -> Grant {
        let header = HeaderValue::try_from(format!("Bearer {number}")).expect("fits");
        Grant { header, lifetime: Duration::from_secs(seconds) }
    }

    /// Fetches take a second, and count.
    async fn take(flight: &Flight, fetches: &AtomicU32, lifetime: u64) -> Result<(HeaderValue, u64), Error> {
        flight
            .token(async || {
                sleep(Duration::from_secs(1)).await;
                Ok(granted(fetches.fetch_add(1, Ordering::Relaxed) + 1, lifetime))
            })
            .await
    }

    #[tokio::test(start_paused = true)]
    async fn many_callers_share_one_fetch() {
        let (flight, fetches) = (Flight::default(), AtomicU32::new(0));
        let taken = futures_util::future::join_all((0..50).map(|_| take(&flight, &fetches, 3600))).await;
        assert!(taken.iter().all(|token| matches!(token, Ok((_, 1)))));
        assert_eq!(fetches.load(Ordering::Relaxed), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn a_token_is_renewed_before_it_expires() {
        for (lifetime, renewed_after) in [(3600, 3300), (1000, 900), (60, 54)] {
            let (flight, fetches) = (Flight::default(), AtomicU32::new(0));
            take(&flight, &fetches, lifetime).await.expect("a token");
            let left = lifetime - renewed_after;
            advance(Duration::from_secs(renewed_after - 1) - Duration::from_secs(left).mul_f64(JITTER)).await;
            assert_eq!(take(&flight, &fetches, lifetime).await.expect("a token").1, 1, "{lifetime}");
            advance(Duration::from_secs(1) + Duration::from_secs(left).mul_f64(JITTER)).await;
            assert_eq!(take(&flight, &fetches, lifetime).await.expect("a token").1, 2, "{lifetime}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_refused_token_is_thrown_away_once() {
        let (flight, fetches) = (Flight::default(), AtomicU32::new(0));
        take(&flight, &fetches, 3600).await.expect("a token");
        flight.discard(1).await;
        assert_eq!(take(&flight, &fetches, 3600).await.expect("a token").1, 2);
        // A second caller that was refused with the first token does not cost the second.
        flight.discard(1).await;
        assert_eq!(take(&flight, &fetches, 3600).await.expect("a token").1, 2);
    }

    #[tokio::test(start_paused = true)]
    async fn a_failure_is_shared_by_those_who_waited_and_a_refusal_stands_for_a_while() {
        let fetches = Arc::new(AtomicU32::new(0));
        let refused = || Error::Credentials { host: "h".into(), reason: "invalid_client".into() };
        let lost = || Error::Throttled { endpoint: ENDPOINT, wait: None };
        for (error, later) in [(&refused as &dyn Fn() -> Error, 1), (&lost, 2)] {
            fetches.store(0, Ordering::Relaxed);
            let flight = Flight::default();
            let fail = || {
                flight.token(async || {
                    sleep(Duration::from_secs(1)).await;
                    fetches.fetch_add(1, Ordering::Relaxed);
                    Err(error())
                })
            };
            let failed = futures_util::future::join_all((0..50).map(|_| fail())).await;
            assert!(failed.iter().all(Result::is_err));
            assert_eq!(fetches.load(Ordering::Relaxed), 1, "fifty callers, one fetch");
            advance(Duration::from_secs(5)).await;
            assert!(fail().await.is_err());
            assert_eq!(fetches.load(Ordering::Relaxed), later);
            advance(Duration::from_secs(10)).await;
            assert!(take(&flight, &fetches, 3600).await.is_ok());
        }
        assert_eq!(refused().kind(), Kind::Auth);
    }

    #[tokio::test(start_paused = true)]
    async fn trouble_while_renewing_is_survived_with_the_old_token() {
        let (flight, fetches) = (Flight::default(), AtomicU32::new(0));
        take(&flight, &fetches, 3600).await.expect("a token");
        let trouble = || flight.token(async || Err(Error::Throttled { endpoint: ENDPOINT, wait: None }));
        advance(Duration::from_secs(3400)).await;
        assert_eq!(trouble().await.expect("the old one").1, 1);
        advance(Duration::from_secs(200)).await;
        assert!(trouble().await.is_err(), "it has expired");
    }

    #[test]
    fn every_form_of_a_grant_is_read() {
        let lifetime = |text: &str| grant(text.as_bytes()).map(|grant| grant.lifetime.as_secs());
        assert_eq!(lifetime(r#"{"access_token":"t","expires_in":1800,"token_type":"Bearer"}"#), Some(1800));
        assert_eq!(lifetime(r#"{"access_token":"t","expires_in":"1800"}"#), Some(1800));
        assert_eq!(lifetime(r#"{"access_token":"t"}"#), Some(3600));
        assert_eq!(lifetime("<html>"), None);
        assert_eq!(refusal(br#"{"error":"invalid_client"}"#).as_deref(), Some("invalid_client"));
        let printed = format!("{:?}", grant(br#"{"access_token":"t0ken"}"#));
        assert!(!printed.contains("t0ken"), "{printed}");
    }
}
