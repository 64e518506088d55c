//! Requests to places that keep secrets. Small on purpose: no redirects, no retries, and neither body nor header of
//! anything is ever part of a message.

use std::sync::Arc;
use std::time::Duration;

use reqwest::redirect::Policy;
use rustls::ClientConfig;
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject as _;
use secrecy::zeroize::Zeroizing;
use serde_json::Value;
use url::Url;

use crate::error::{Exit, Failure};

const PATIENCE: Duration = Duration::from_secs(20);
/// Far more than any answer that is asked for here.
const LONGEST: usize = 1024 * 1024;

/// Asks one place.
pub(super) struct Web {
    client: reqwest::Client,
    /// What messages call it.
    place: &'static str,
}

/// A request before it is sent.
pub(super) struct Ask<'a> {
    pub(super) method: reqwest::Method,
    pub(super) url: Url,
    /// Names in lower case.
    pub(super) headers: Vec<(&'static str, Zeroizing<String>)>,
    pub(super) body: Body<'a>,
}

pub(super) enum Body<'a> {
    Empty,
    Json(&'a Value),
    Form(&'a [(&'a str, &'a str)]),
}

/// Status and document; an answer without one is `null`.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) document: Value,
}

impl<'a> Ask<'a> {
    pub(super) fn get(url: Url) -> Self {
        Self { method: reqwest::Method::GET, url, headers: Vec::new(), body: Body::Empty }
    }

    pub(super) fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, Zeroizing::new(value.into())));
        self
    }

    pub(super) fn with(mut self, method: reqwest::Method, body: Body<'a>) -> Self {
        (self.method, self.body) = (method, body);
        self
    }
}

impl Web {
    /// `ca_file` holds further authorities. A service on this machine is not asked through a proxy.
    pub(super) fn new(place: &'static str, ca_file: Option<&str>, local: bool) -> Result<Self, Failure> {
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let roots = ca_file.map_or_else(|| Ok(Vec::new()), authorities)?;
        let unusable = |why: String| Failure::config(format!("cannot speak TLS to {place}")).because(why);
        let builder = ClientConfig::builder_with_provider(provider.clone())
            .with_safe_default_protocol_versions()
            .map_err(|error| unusable(error.to_string()))?;
        let tls = if local && roots.is_empty() {
            // Plain HTTP on this machine: a container without any authorities can do that too.
            builder.with_root_certificates(rustls::RootCertStore::empty()).with_no_client_auth()
        } else {
            let verifier = rustls_platform_verifier::Verifier::new_with_extra_roots(roots, provider)
                .map_err(|error| unusable(error.to_string()))?;
            builder.dangerous().with_custom_certificate_verifier(Arc::new(verifier)).with_no_client_auth()
        };
        let mut client = reqwest::Client::builder()
            .tls_backend_preconfigured(tls)
            .redirect(Policy::none())
            .retry(reqwest::retry::never())
            .timeout(PATIENCE)
            .user_agent(concat!("muster/", env!("CARGO_PKG_VERSION")));
        if local {
            client = client.no_proxy();
        }
        Ok(Self { client: client.build().map_err(|error| unusable(chain(&error)))?, place })
    }

    pub(super) async fn ask(&self, ask: Ask<'_>) -> Result<Answer, Failure> {
        let host = ask.url.host_str().unwrap_or_default().to_owned();
        let mut request = self.client.request(ask.method, ask.url);
        for (name, value) in &ask.headers {
            let mut value = reqwest::header::HeaderValue::from_str(value)
                .map_err(|_| Failure::config(format!("the credential for {} is not of its form", self.place)))?;
            value.set_sensitive(true);
            request = request.header(*name, value);
        }
        request = match ask.body {
            Body::Empty => request,
            Body::Json(document) => request.json(document),
            Body::Form(pairs) => request.form(pairs),
        };
        let unreachable = |error: reqwest::Error| {
            Failure::new(Exit::Unreachable, "E_UNREACHABLE", format!("{} at {host} does not answer", self.place))
                .because(chain(&error.without_url()))
        };
        let mut answer = request.send().await.map_err(unreachable)?;
        let status = answer.status().as_u16();
        let mut body = Zeroizing::new(Vec::new());
        while let Some(chunk) = answer.chunk().await.map_err(unreachable)? {
            body.extend_from_slice(&chunk);
            if body.len() > LONGEST {
                return Err(self.nonsense("its answer is longer than 1 MiB"));
            }
        }
        let document = match serde_json::from_slice(&body) {
            Ok(document) => document,
            // What refuses may do so in any form; the status says enough.
            Err(_) if body.is_empty() || status >= 300 => Value::Null,
            Err(_) => return Err(self.nonsense("its answer is not JSON")),
        };
        Ok(Answer { status, document })
    }

    /// An answer that cannot be what it should be.
    pub(super) fn nonsense(&self, why: &str) -> Failure {
        Failure::new(Exit::General, "E_SECRET", format!("{} answers something else than asked for", self.place))
            .because(why)
            .hint("check its address")
    }

    /// What a status that is no success means. Nothing of the answer is repeated: some repeat what they were sent.
    pub(super) fn refused(&self, what: &str, status: u16) -> Failure {
        let (exit, why) = match status {
            300..=399 => (Exit::Usage, "it sends to another address, and credentials are not taken there"),
            400 => (Exit::Usage, "it does not understand the question"),
            401 => (Exit::Authentication, "it does not accept the credential"),
            403 => (Exit::Permission, "the credential has no right to it, or is over"),
            404 => (Exit::Usage, "there is nothing of that name"),
            429 => (Exit::Throttled, "it is asked too often"),
            503 => (Exit::Unreachable, "it is sealed, or down for a while"),
            500.. => (Exit::Unreachable, "it has a fault"),
            _ => (Exit::General, "it refuses"),
        };
        Failure::new(exit, "E_SECRET", format!("{} does not {what}", self.place))
            .because(format!("{why} (status {status})"))
    }
}

/// An address of a place that keeps secrets: by TLS, unless it is on this machine.
pub(super) fn address(setting: &str, text: &str) -> Result<(Url, bool), Failure> {
    let bad = |why: &str| Failure::config(format!("{setting} is no address to ask for secrets")).because(why);
    let url = Url::parse(text).map_err(|error| bad(&error.to_string()))?;
    let local = match url.host() {
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        Some(url::Host::Domain(name)) => name == "localhost",
        None => return Err(bad("it names no host")),
    };
    if !url.username().is_empty() || url.password().is_some() {
        return Err(bad("it must not carry credentials"));
    }
    match url.scheme() {
        "https" => Ok((url, local)),
        "http" if local => Ok((url, local)),
        _ => Err(bad("secrets are asked for by https, or by http on this machine")),
    }
}

fn authorities(path: &str) -> Result<Vec<CertificateDer<'static>>, Failure> {
    let pem =
        std::fs::read(path).map_err(|error| Failure::io(format!("cannot read the certificates in {path}"), &error))?;
    let roots: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&pem).collect();
    match roots {
        Ok(roots) if !roots.is_empty() => Ok(roots),
        _ => Err(Failure::config(format!("{path} holds no certificates in PEM"))),
    }
}

fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(inner) = source {
        let part = inner.to_string();
        if !text.contains(&part) {
            text = format!("{text}: {part}");
        }
        source = inner.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_asked_for_by_tls_or_on_this_machine() {
        let local = |text| address("x", text).map(|(_, local)| local).ok();
        assert_eq!(local("https://vault.example:8200"), Some(false));
        assert_eq!(local("http://127.0.0.1:8200"), Some(true));
        assert_eq!(local("http://[::1]:8200"), Some(true));
        for bad in ["http://vault.example", "ftp://localhost", "https://a:b@vault.example", "vault"] {
            assert!(address("x", bad).is_err(), "{bad}");
        }
    }
}
