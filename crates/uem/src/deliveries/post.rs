//! The way out: one HTTP request for one message.

use std::sync::Arc;
use std::time::Duration;

use reqwest::header::CONTENT_TYPE;
use rustls_platform_verifier::BuilderVerifierExt;

use crate::store::deliveries::{Delivery, TEST};
use crate::store::event_rules::Rule;

/// Connections to receivers, or why there are none: a tenant serves callers all the same.
#[derive(Debug, Clone)]
pub(super) struct Post(Result<reqwest::Client, String>);

impl Post {
    /// Prepares connections; nothing is sent.
    pub(super) fn new() -> Self {
        Self(tls().and_then(client))
    }

    /// Sends a message and answers with the status, or with why there was no answer. The test of a target is a GET.
    pub(super) async fn send(&self, rule: &Rule, delivery: &Delivery) -> Result<u16, String> {
        let http = self.0.as_ref().map_err(Clone::clone)?;
        let mut request = if delivery.kind == TEST {
            http.get(&rule.url)
        } else {
            let body = delivery.body.clone();
            http.post(&rule.url).header(CONTENT_TYPE, delivery.content_type.as_str()).body(body)
        };
        if !rule.username.is_empty() || !rule.password.is_empty() {
            request = request.basic_auth(&rule.username, Some(&rule.password));
        }
        match request.send().await {
            Ok(answer) => Ok(answer.status().as_u16()),
            // Without the address: it may hold a secret.
            Err(error) => Err(told(&error.without_url())),
        }
    }
}

fn tls() -> Result<rustls::ClientConfig, String> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let builder = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .and_then(|builder| builder.with_platform_verifier());
    Ok(builder.map_err(|error| format!("TLS cannot be set up: {error}"))?.with_no_client_auth())
}

fn client(tls: rustls::ClientConfig) -> Result<reqwest::Client, String> {
    reqwest::Client::builder()
        .tls_backend_preconfigured(tls)
        // A redirect would carry the credentials somewhere else.
        .redirect(reqwest::redirect::Policy::none())
        // Attempts are counted in the message's row, so there are none beside it.
        .retry(reqwest::retry::never())
        // A proxy would be taken from the environment, which this room does not read.
        .no_proxy()
        .connect_timeout(Duration::from_secs(5))
        .timeout(Duration::from_secs(10))
        .user_agent(concat!("muster/", env!("CARGO_PKG_VERSION")))
        .build()
        .map_err(|error| told(&error))
}

/// An error and its causes in one line.
fn told(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(inner) = source {
        text = format!("{text}: {inner}");
        source = inner.source();
    }
    text
}
