//! From settings to handles: the address put right, TLS and HTTP prepared, and the dialect found.

use std::sync::{Arc, OnceLock};

use tokio::sync::Semaphore;
use url::{Host, Url};

use crate::auth::{Auth, Shown};
use crate::cache::Cache;
use crate::client::{Client, Paging};
use crate::clock::ServerClock;
use crate::dialect::probe;
use crate::http::{Http, Proxies};
use crate::limiter::Limiter;
use crate::quota::Quota;
use crate::retry::budget::Budget;
use crate::statistics::Counters;
use crate::tls::Connectors;
use crate::transport::Transport;
use crate::{Credentials, Dialect, Error, Proxy, Settings, Writer, tls};

/// Connects to a tenant: prepares TLS and, unless the dialect is given, asks the tenant which one it speaks.
///
/// Errors say whether the name, the connection, the certificate, the credentials or the product is wrong.
pub async fn connect(settings: Settings) -> Result<(Client, Writer), Error> {
    prepare(&settings)?.connect(None).await
}

/// Like [`connect`], with a quota that others share beside the pace of this process.
pub async fn connect_with(settings: Settings, quota: Arc<dyn Quota>) -> Result<(Client, Writer), Error> {
    prepare(&settings)?.connect(Some(quota)).await
}

/// A connection of which everything is ready that needs neither the tenant nor a quota.
pub struct Prepared {
    transport: Transport,
    dialect: Option<Dialect>,
    paging: Paging,
}

/// Prepares TLS and HTTP, and speaks to nobody: for whoever has a quota to wait for meanwhile.
pub fn prepare(settings: &Settings) -> Result<Prepared, Error> {
    let paging = Paging { size: settings.page_size, lanes: lanes(settings) };
    Ok(Prepared { transport: transport(settings, None)?, dialect: settings.dialect, paging })
}

impl Prepared {
    /// Connects as [`connect`] and [`connect_with`] do.
    pub async fn connect(mut self, quota: Option<Arc<dyn Quota>>) -> Result<(Client, Writer), Error> {
        self.transport.quota = quota;
        let dialect = match self.dialect {
            Some(dialect) => dialect,
            None => probe::dialect(&self.transport).await?,
        };
        let client = Client::new(self.transport, dialect, self.paging);
        Ok((client.clone(), Writer::new(client)))
    }
}

impl std::fmt::Debug for Prepared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Prepared").field("url", &self.transport.base.as_str()).finish_non_exhaustive()
    }
}

/// Which dialects somebody answers in at this address, asked without credentials: a tenant refuses politely, and
/// whatever else stands there answers with a web page or not at all.
///
/// An address that answers in neither is an error that says what was there instead.
pub async fn greet(settings: Settings) -> Result<Vec<Dialect>, Error> {
    let transport = transport(&Settings { credentials: Credentials::Nobody, ..settings }, None)?;
    probe::answers(&transport).await
}

fn lanes(settings: &Settings) -> usize {
    settings.lanes.clamp(1, Semaphore::MAX_PERMITS)
}

fn transport(settings: &Settings, quota: Option<Arc<dyn Quota>>) -> Result<Transport, Error> {
    let base = base(&settings.url)?;
    let token_url = match &settings.credentials {
        Credentials::OAuth { token_url, .. } => Some(token_url.clone()),
        _ => None,
    };
    let identity = match (&settings.credentials, &settings.identity) {
        (Credentials::TlsCertificate { .. }, Some(_)) => {
            return Err(Error::Invalid("two client certificates for one handshake: leave one out".to_owned()));
        }
        (Credentials::TlsCertificate { identity, .. }, None) | (_, Some(identity)) => Some(identity.clone()),
        _ => None,
    };
    if identity.is_some() && base.scheme() != "https" {
        return Err(Error::Invalid(format!("`{base}` has no TLS in which a certificate could be shown")));
    }
    let shown = identity.map(|identity| Arc::new(Shown::new(identity)));
    let addresses: Vec<&Url> = std::iter::once(&base).chain(&token_url).collect();
    let http = http(settings, tls::connectors(settings, shown.as_ref())?, &addresses)?;
    Ok(Transport {
        origin: http.tenant(&base)?,
        token_origin: OnceLock::new(),
        http,
        auth: Auth::new(settings.credentials.clone(), shown)?,
        limiter: Limiter::new(settings.rate)?,
        quota,
        lanes: Semaphore::new(lanes(settings)),
        retry: settings.retry,
        outside: settings.outside.clone(),
        budget: Budget::default(),
        counters: Counters::default(),
        cache: Cache::new(settings.keep),
        clock: ServerClock::default(),
        base,
    })
}

/// The tenant's address without `/api` and trailing slashes.
fn base(url: &Url) -> Result<Url, Error> {
    let wrong = |why: &str| Err(Error::Invalid(format!("`{}` cannot be a tenant's URL: {why}", redacted(url))));
    if !matches!(url.scheme(), "https" | "http") || !url.has_host() {
        return wrong("it must begin with https://");
    }
    if !url.username().is_empty() || url.password().is_some() {
        return wrong("credentials do not belong into it");
    }
    if url.query().is_some() || url.fragment().is_some() {
        return wrong("it must end with the host, or with a path");
    }
    let mut base = url.clone();
    let path = url.path().trim_end_matches('/');
    let path = match path.len().checked_sub(4).and_then(|at| path.split_at_checked(at)) {
        Some((before, api)) if api.eq_ignore_ascii_case("/api") => before,
        _ => path,
    };
    base.set_path(path);
    Ok(base)
}

fn redacted(url: &Url) -> String {
    let mut url = url.clone();
    // Both fail only for URLs that can hold neither.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    url.set_query(None);
    url.to_string()
}

/// HTTP over this TLS, for these addresses.
pub(crate) fn http(settings: &Settings, tls: Connectors, addresses: &[&Url]) -> Result<Http, Error> {
    let proxies = match &settings.proxy {
        // A proxy of the platform cannot reach this machine's own loopback.
        Proxy::Platform if !addresses.iter().all(|url| is_loopback(url)) => Proxies::platform(),
        Proxy::Platform | Proxy::Direct => Proxies::Direct,
        Proxy::Url(url) => Proxies::one(url, None)?,
        Proxy::SignedIn { url, username, password } => Proxies::one(url, Some((username, password)))?,
    };
    Http::new(settings, tls, proxies)
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name.eq_ignore_ascii_case("localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_is_put_right() {
        for (given, expected) in [
            ("https://as1.example.com", "https://as1.example.com/"),
            ("https://as1.example.com/api", "https://as1.example.com/"),
            ("https://as1.example.com/API/", "https://as1.example.com/"),
            ("https://gate.example.com/uem/api", "https://gate.example.com/uem"),
            ("http://127.0.0.1:8080/", "http://127.0.0.1:8080/"),
        ] {
            assert_eq!(base(&given.parse().expect("a URL")).expect("usable").as_str(), expected);
        }
        for given in ["ftp://a", "https://u:secret@a/", "https://a/?x=1", "data:x"] {
            let error = base(&given.parse().expect("a URL")).expect_err(given);
            assert!(!error.to_string().contains("secret"), "{error}");
        }
    }
}
