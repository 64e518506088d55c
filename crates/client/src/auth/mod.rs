//! How requests prove who sends them.

mod basic;
mod certificate;
mod flight;
mod identity;
mod oauth;
mod region;

use std::sync::Arc;
use std::time::Duration;

use http::header::HeaderValue;
use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};

use crate::transport::Transport;
pub(crate) use certificate::Shown;
pub use identity::Identity;
pub use region::{Region, token_url};

use crate::{Credentials, Error, Kind};

/// What one request carries. The values are marked sensitive: no log prints them.
#[derive(Debug, Clone)]
pub(crate) struct Authorization {
    /// Absent where the TLS handshake proves it.
    pub(crate) header: Option<HeaderValue>,
    pub(crate) tenant_code: Option<HeaderValue>,
    /// Which token this is, so that a refused one is thrown away once; 0 for a password.
    pub(crate) generation: u64,
}

#[derive(Debug)]
pub(crate) struct Auth {
    scheme: Scheme,
    secrets: Vec<SecretString>,
}

#[derive(Debug)]
enum Scheme {
    Basic(Authorization),
    OAuth(Box<oauth::OAuth>),
    Signature(certificate::Signature),
    Handshake(certificate::Handshake),
    Nobody,
}

impl Auth {
    /// `shown` is the identity on its way into handshakes, for credentials that are one.
    pub(crate) fn new(credentials: Credentials, shown: Option<Arc<Shown>>) -> Result<Self, Error> {
        Ok(match credentials {
            Credentials::Basic { username, password, tenant_code } => Self {
                scheme: Scheme::Basic(basic::authorization(&username, &password, &tenant_code)?),
                secrets: vec![password, tenant_code],
            },
            Credentials::OAuth { token_url, client_id, client_secret, secret_in, tenant_code } => {
                let header = tenant_code.as_ref().map(sensitive).transpose()?;
                let secrets = std::iter::once(client_secret.clone()).chain(tenant_code).collect();
                let oauth = oauth::OAuth::new(token_url, client_id, client_secret, secret_in, header)?;
                Self { scheme: Scheme::OAuth(Box::new(oauth)), secrets }
            }
            Credentials::Certificate { identity, tenant_code, clock } => {
                identity.check(clock.now())?;
                let signature = certificate::Signature::new(identity, sensitive(&tenant_code)?, clock);
                Self { scheme: Scheme::Signature(signature), secrets: vec![tenant_code] }
            }
            Credentials::TlsCertificate { identity, tenant_code, clock } => {
                identity.check(clock.now())?;
                let shown = shown.ok_or_else(|| Error::Bug("a certificate that is not shown".to_owned()))?;
                let handshake = certificate::Handshake::new(shown, sensitive(&tenant_code)?, clock);
                Self { scheme: Scheme::Handshake(handshake), secrets: vec![tenant_code] }
            }
            Credentials::Nobody => Self { scheme: Scheme::Nobody, secrets: Vec::new() },
        })
    }

    /// A text of the server's in which none of our secrets stands.
    pub(crate) fn without_secrets(&self, text: String) -> String {
        self.secrets
            .iter()
            .map(|secret| secret.expose_secret().trim())
            .filter(|secret| !secret.is_empty())
            .fold(text, |text, secret| if text.contains(secret) { text.replace(secret, "[secret]") } else { text })
    }

    /// What the next request carries; fetches a token first if there is none that is good for a while.
    pub(crate) async fn authorization(&self, transport: &Transport, path: &str) -> Result<Authorization, Error> {
        match &self.scheme {
            Scheme::Basic(authorization) => Ok(authorization.clone()),
            Scheme::OAuth(oauth) => oauth.authorization(transport).await,
            // The path as it is sent: its case, its escapes, without the query.
            Scheme::Signature(signature) => signature.authorization(path),
            Scheme::Handshake(handshake) => handshake.authorization(),
            Scheme::Nobody => Ok(Authorization { header: None, tenant_code: None, generation: 0 }),
        }
    }

    /// A refusal in better words, where this knows more than the tenant says. `at` is the tenant's time of its answer.
    pub(crate) fn explain(&self, error: Error, host: &str, at: Option<Timestamp>) -> Error {
        let Error::Answered { endpoint, status: 401, kind: Kind::Auth, .. } = &error else { return error };
        match &self.scheme {
            Scheme::Signature(signature) => signature.refused(endpoint, host, at),
            Scheme::Handshake(handshake) => handshake.refused(endpoint, host),
            _ => error,
        }
    }

    /// What is known about how long the present credentials are good.
    pub(crate) async fn sign_in(&self) -> SignIn {
        let certificate = |kind, identity: &Identity| SignIn {
            kind,
            subject: Some(identity.subject()),
            certificate_expires_at: Some(identity.expires_at()),
            token_expires_in: None,
        };
        let plain =
            |kind, token_expires_in| SignIn { kind, subject: None, certificate_expires_at: None, token_expires_in };
        match &self.scheme {
            Scheme::Basic(_) => plain("basic", None),
            Scheme::OAuth(oauth) => plain("oauth", oauth.expires_in().await),
            Scheme::Signature(signature) => certificate("certificate", signature.identity()),
            Scheme::Handshake(handshake) => certificate("tls-certificate", handshake.identity()),
            Scheme::Nobody => plain("nobody", None),
        }
    }

    /// Whether a refused authorization can be replaced by a new one.
    pub(crate) fn renewable(&self) -> bool {
        matches!(self.scheme, Scheme::OAuth(_))
    }

    /// The tenant refused this one: the next request gets another.
    pub(crate) async fn discard(&self, refused: &Authorization) {
        if let Scheme::OAuth(oauth) = &self.scheme {
            oauth.discard(refused.generation).await;
        }
    }
}

/// How somebody is signed in, and for how long that is good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignIn {
    /// `basic`, `oauth`, `certificate` or `tls-certificate`.
    pub kind: &'static str,
    /// Whose client certificate it is.
    pub subject: Option<String>,
    pub certificate_expires_at: Option<Timestamp>,
    /// How long the present OAuth token lives; it is renewed by itself before.
    pub token_expires_in: Option<Duration>,
}

/// A header value that no log prints.
fn sensitive(secret: &SecretString) -> Result<HeaderValue, Error> {
    let mut value = HeaderValue::from_str(secret.expose_secret().trim())
        .map_err(|_| Error::Invalid("the tenant code contains characters that no header can carry".to_owned()))?;
    value.set_sensitive(true);
    Ok(value)
}
