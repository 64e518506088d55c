//! How requests prove who sends them.

mod basic;
mod oauth;

use reqwest::header::HeaderValue;
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
pub(crate) enum Auth {
    Basic(Authorization),
    OAuth(Box<oauth::OAuth>),
}

impl Auth {
    pub(crate) fn new(credentials: Credentials) -> Result<Self, Error> {
        Ok(match credentials {
            Credentials::Basic { username, password, tenant_code } => {
                Self::Basic(basic::authorization(&username, &password, &tenant_code)?)
            }
            Credentials::OAuth { token_url, client_id, client_secret, tenant_code } => {
                let tenant_code = tenant_code.as_ref().map(sensitive).transpose()?;
                Self::OAuth(Box::new(oauth::OAuth::new(token_url, client_id, client_secret, tenant_code)?))
            }
        })
    }

    /// What the next request carries; fetches a token first if there is none that is good for a while.
    pub(crate) async fn authorization(&self, transport: &Transport) -> Result<Authorization, Error> {
        match self {
            Self::Basic(authorization) => Ok(authorization.clone()),
            Self::OAuth(oauth) => oauth.authorization(transport).await,
        }
    }

    /// Whether a refused authorization can be replaced by a new one.
    pub(crate) fn renewable(&self) -> bool {
        matches!(self, Self::OAuth(_))
    }

    /// The tenant refused this one: the next request gets another.
    pub(crate) async fn discard(&self, refused: &Authorization) {
        if let Self::OAuth(oauth) = self {
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
