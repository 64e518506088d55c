//! What a client needs to know before its first request. Nothing here is read from anywhere: whoever
//! connects fills it in.

use std::time::Duration;

use secrecy::SecretString;
use url::Url;

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
    pub user_agent: String,
    pub proxy: Proxy,
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
            user_agent: concat!("muster/", env!("CARGO_PKG_VERSION")).to_owned(),
            proxy: Proxy::default(),
        }
    }
}

/// How the client proves who it is. Debug output hides the secrets.
#[derive(Debug, Clone)]
pub enum Credentials {
    /// An administrator's name and password, with the tenant's API key.
    Basic { username: String, password: SecretString, tenant_code: SecretString },
    /// OAuth 2.0 client credentials; the API key is optional and sent when given.
    OAuth { token_url: Url, client_id: String, client_secret: SecretString, tenant_code: Option<SecretString> },
}

/// Whether requests go through a proxy.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Proxy {
    /// What the platform says, which on most means `HTTPS_PROXY` and `NO_PROXY`; the HTTP stack looks it up. Nothing
    /// that listens on this machine's loopback is asked for through it.
    #[default]
    Platform,
    /// Never.
    Direct,
    Url(Url),
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
