//! How requests prove who sends them.

mod basic;
mod oauth;

use http::header::HeaderValue;
use secrecy::{ExposeSecret, SecretString};

use crate::transport::Transport;
use crate::{Credentials, Error};

/// What one request carries. The values are marked sensitive: no log prints them.
#[derive(Debug, Clone)]
pub(crate) struct Authorization {
    pub(crate) header: HeaderValue,
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
}

impl Auth {
    pub(crate) fn new(credentials: Credentials) -> Result<Self, Error> {
        Ok(match credentials {
            Credentials::Basic { username, password, tenant_code } => Self {
                scheme: Scheme::Basic(basic::authorization(&username, &password, &tenant_code)?),
                secrets: vec![password, tenant_code],
            },
            Credentials::OAuth { token_url, client_id, client_secret, tenant_code } => {
                let header = tenant_code.as_ref().map(sensitive).transpose()?;
                let secrets = std::iter::once(client_secret.clone()).chain(tenant_code).collect();
                let oauth = oauth::OAuth::new(token_url, client_id, client_secret, header)?;
                Self { scheme: Scheme::OAuth(Box::new(oauth)), secrets }
            }
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
    pub(crate) async fn authorization(&self, transport: &Transport) -> Result<Authorization, Error> {
        match &self.scheme {
            Scheme::Basic(authorization) => Ok(authorization.clone()),
            Scheme::OAuth(oauth) => oauth.authorization(transport).await,
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

/// A header value that no log prints.
fn sensitive(secret: &SecretString) -> Result<HeaderValue, Error> {
    let mut value = HeaderValue::from_str(secret.expose_secret().trim())
        .map_err(|_| Error::Invalid("the tenant code contains characters that no header can carry".to_owned()))?;
    value.set_sensitive(true);
    Ok(value)
}
