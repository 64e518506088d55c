//! The webhook channel: a JSON `POST` to an address of the operator's.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use reqwest::Url;
use reqwest::header::CONTENT_TYPE;
use rustls_platform_verifier::BuilderVerifierExt;

use super::{Channel, Delivery};
use crate::Error;
use crate::error::chain;

/// Where messages are posted: `https` anywhere, or `http` on this machine. The address is often a secret
/// in itself, so it is shown by its host only.
#[derive(Clone, PartialEq, Eq)]
pub struct Address(Url);

impl Address {
    /// Reads an address.
    ///
    /// # Errors
    /// [`Error::Settings`] if it is no URL, or one that would carry messages over a network in the clear.
    pub fn parse(text: &str) -> Result<Self, Error> {
        // The text is not repeated: it may hold a token.
        let url = Url::parse(text).map_err(|error| Error::Settings(format!("the webhook is no URL: {error}")))?;
        match url.scheme() {
            "https" => Ok(Self(url)),
            "http" if is_loopback(&url) => Ok(Self(url)),
            "http" => Err(Error::Settings(
                "a webhook outside this machine needs https, because messages name devices and plans".to_owned(),
            )),
            other => Err(Error::Settings(format!("a webhook is an https address, not `{other}:`"))),
        }
    }
}

/// Asks the URL's host as written; nothing is resolved. `localhost` is loopback by RFC 6761.
fn is_loopback(url: &Url) -> bool {
    let Some(host) = url.host_str() else { return false };
    let host = host.trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost")
        || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}/…", self.0.scheme(), self.0.host_str().unwrap_or_default())
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Posts to one [`Address`].
#[derive(Debug)]
pub struct Webhook {
    http: reqwest::Client,
    address: Address,
}

impl Webhook {
    /// Prepares the connection; nothing is sent.
    ///
    /// # Errors
    /// [`Error::Settings`] or [`Error::Webhook`] if TLS cannot be set up on this machine.
    pub fn new(address: Address) -> Result<Self, Error> {
        let no_tls = |error: rustls::Error| Error::Settings(format!("TLS cannot be set up for the webhook: {error}"));
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let tls = rustls::ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .and_then(|builder| builder.with_platform_verifier())
            .map_err(no_tls)?
            .with_no_client_auth();
        let http = reqwest::Client::builder()
            .tls_backend_preconfigured(tls)
            // A redirect could lead anywhere, also out of https.
            .redirect(reqwest::redirect::Policy::none())
            // Attempts are counted in the delivery's row, so there are none beside it.
            .retry(reqwest::retry::never())
            // A proxy would be taken from the environment, which this room does not read.
            .no_proxy()
            .connect_timeout(Duration::from_secs(5))
            .timeout(Duration::from_secs(10))
            .user_agent(concat!("muster/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(Error::Webhook)?;
        Ok(Self { http, address })
    }
}

#[async_trait]
impl Channel for Webhook {
    fn name(&self) -> &'static str {
        "webhook"
    }

    async fn send(&self, delivery: &Delivery) -> Result<(), String> {
        let answer = self
            .http
            .post(self.address.0.clone())
            .header(CONTENT_TYPE, "application/json")
            .header("muster-delivery", delivery.id.to_string())
            .header("muster-attempt", delivery.attempts.to_string())
            .body(delivery.payload.clone())
            .send()
            .await
            .map_err(|error| chain(&error.without_url()))?;
        let status = answer.status();
        if status.is_success() { Ok(()) } else { Err(format!("the receiver answered {status}")) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_leave_this_machine_only_through_tls() {
        for (text, accepted) in [
            ("https://hooks.example.com/services/T0/B0/secret", true),
            ("http://127.0.0.1:9000/hook", true),
            ("http://127.8.8.8/hook", true),
            ("http://[::1]:9000/hook", true),
            ("http://localhost/hook", true),
            ("http://hooks.example.com/hook", false),
            ("http://127.0.0.1.example.com/hook", false),
            ("http://192.168.1.5/hook", false),
            ("http://user@127.0.0.1:80@example.com/", false),
            ("ftp://127.0.0.1/hook", false),
            ("file:///tmp/hook", false),
            ("hooks.example.com", false),
        ] {
            assert_eq!(Address::parse(text).is_ok(), accepted, "{text}");
        }
    }

    #[test]
    fn an_address_is_shown_without_its_secret() {
        let address = Address::parse("https://hooks.example.com/services/T0/B0/secret").expect("an address");
        assert_eq!(format!("{address} {address:?}"), "https://hooks.example.com/… https://hooks.example.com/…");
    }
}
