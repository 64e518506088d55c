//! What a client needs to know before its first request. Nothing here is read from anywhere: whoever
//! connects fills it in.

use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;
use url::Url;

use crate::{Clock, Identity, Outside, Trust};

/// Everything that [`crate::connect`] needs.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The tenant's API host, with or without a trailing `/api`.
    pub url: Url,
    pub credentials: Credentials,
    /// Which dialect to speak; `None` asks the tenant.
    pub dialect: Option<Dialect>,
    /// How long one attempt may take, from the first byte sent to the last one received.
    pub timeout: Duration,
    /// How long name resolution, connection and TLS may take together.
    pub connect_timeout: Duration,
    pub rate: Rate,
    /// How many requests may be under way at once.
    pub lanes: usize,
    pub retry: RetrySettings,
    /// Rows asked for per page; an endpoint's own maximum is kept to.
    pub page_size: u32,
    /// Certificates (PEM) to trust beside those of the platform: a private authority.
    pub extra_roots_pem: Option<Vec<u8>>,
    /// Whom to believe to be the tenant's host.
    pub trust: Trust,
    /// Shown in TLS handshakes with the tenant's host, if it asks: for a gateway in front of it. What signs in are the
    /// credentials.
    pub identity: Option<Identity>,
    pub user_agent: String,
    /// How long lists of what rarely changes are believed: organization groups, smart groups, apps, tags, users, user
    /// groups. Zero asks the tenant each time; our own writes are never overlooked.
    pub keep: Duration,
    pub proxy: Proxy,
    /// Who connects and draws numbers, instead of the machine.
    pub outside: Option<Arc<dyn Outside>>,
}

impl Settings {
    /// The documented defaults for one tenant.
    pub fn new(url: Url, credentials: Credentials) -> Self {
        Self {
            url,
            credentials,
            dialect: None,
            timeout: Duration::from_secs(30),
            connect_timeout: Duration::from_secs(10),
            rate: Rate::default(),
            lanes: 8,
            retry: RetrySettings::default(),
            page_size: 500,
            extra_roots_pem: None,
            trust: Trust::default(),
            identity: None,
            user_agent: concat!("muster/", env!("CARGO_PKG_VERSION")).to_owned(),
            keep: Duration::ZERO,
            proxy: Proxy::default(),
            outside: None,
        }
    }
}

/// How the client proves who it is. Debug output hides the secrets.
#[derive(Debug, Clone)]
pub enum Credentials {
    /// An administrator's name and password, with the tenant's API key.
    Basic { username: String, password: SecretString, tenant_code: SecretString },
    /// OAuth 2.0 client credentials; the API key is optional and sent when given. [`crate::token_url`] knows where
    /// the regions of the vendor's cloud issue tokens.
    OAuth {
        token_url: Url,
        client_id: String,
        client_secret: SecretString,
        secret_in: SecretIn,
        tenant_code: Option<SecretString>,
    },
    /// An administrator's client certificate, which signs the path of every request (``CMSURL`1``). The clock says
    /// when it was signed: a tenant takes a signature for some minutes only.
    Certificate { identity: Identity, tenant_code: SecretString, clock: Arc<dyn Clock> },
    /// An administrator's client certificate, shown in the TLS handshake. The clock is asked whether it is still good.
    TlsCertificate { identity: Identity, tenant_code: SecretString, clock: Arc<dyn Clock> },
    /// None: only to see who is there.
    Nobody,
}

impl Credentials {
    /// The word for this way of signing in.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Basic { .. } => "basic",
            Self::OAuth { .. } => "oauth",
            Self::Certificate { .. } => "certificate",
            Self::TlsCertificate { .. } => "tls-certificate",
            Self::Nobody => "nobody",
        }
    }
}

/// Where an OAuth client puts its secret; RFC 6749 knows both.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SecretIn {
    #[default]
    Body,
    /// In an `Authorization: Basic` header.
    Header,
}

/// Whether requests go through a proxy.
#[derive(Debug, Clone, Default)]
pub enum Proxy {
    /// What the platform says, which on most means `HTTPS_PROXY` and `NO_PROXY`; the HTTP stack looks it up. Nothing
    /// that listens on this machine's loopback is asked for through it.
    #[default]
    Platform,
    /// Never.
    Direct,
    Url(Url),
    /// A proxy that wants to know who asks.
    SignedIn {
        url: Url,
        username: String,
        password: SecretString,
    },
}

/// How fast requests may leave: a bucket of `burst` tokens that is filled `per_second`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rate {
    pub per_second: f64,
    pub burst: u32,
}

impl Default for Rate {
    fn default() -> Self {
        Self { per_second: 50.0, burst: 50 }
    }
}

/// How stubborn the client is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetrySettings {
    /// Attempts for one call, the first included.
    pub attempts: u32,
    /// Upper bound of the first wait; it doubles from attempt to attempt, and the wait is drawn below it.
    pub base: Duration,
    /// Upper bound of every wait that the server did not ask for.
    pub cap: Duration,
}

impl Default for RetrySettings {
    fn default() -> Self {
        Self { attempts: 4, base: Duration::from_millis(500), cap: Duration::from_secs(30) }
    }
}

/// The two ways in which the API is spoken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Dialect {
    /// `/API/v1/{resource}/…`, version in the path.
    Guide,
    /// `/api/{module}/{resource}/…`, version in `Accept`.
    Published,
}

impl Dialect {
    pub const ALL: [Self; 2] = [Self::Guide, Self::Published];

    /// The word for it in settings and output.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Guide => "guide",
            Self::Published => "published",
        }
    }
}

impl std::fmt::Display for Dialect {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.as_str())
    }
}

/// The word names no dialect.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no dialect: `guide` or `published`")]
pub struct UnknownDialect(String);

impl std::str::FromStr for Dialect {
    type Err = UnknownDialect;

    fn from_str(word: &str) -> Result<Self, UnknownDialect> {
        Self::ALL
            .into_iter()
            .find(|dialect| dialect.as_str().eq_ignore_ascii_case(word.trim()))
            .ok_or_else(|| UnknownDialect(word.to_owned()))
    }
}
