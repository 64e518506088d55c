//! Which hosts are reached through a proxy, and how one is asked to let us through to a host behind TLS.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::Uri;
use http::header::HeaderValue;
use hyper_util::client::proxy::matcher::Matcher;
use percent_encoding::percent_decode_str;
use secrecy::{ExposeSecret as _, SecretString};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use url::{Host, Url};

use super::Broken;
use super::dial::{Stream, no_connection};
use crate::{Error, NoConnection};

/// The rules of one client.
pub(crate) enum Proxies {
    /// What the platform says; the HTTP stack looks it up.
    Platform(Box<Matcher>),
    Direct,
    One(Proxy),
}

/// A proxy on the way.
#[derive(Clone)]
pub(crate) struct Proxy {
    pub(super) host: Host<String>,
    pub(super) port: u16,
    /// Whether it is itself spoken to over TLS.
    pub(super) secure: bool,
    pub(super) authorization: Option<HeaderValue>,
}

impl Proxies {
    pub(crate) fn platform() -> Self {
        Self::Platform(Box::new(Matcher::from_system()))
    }

    /// One proxy for everything, and who asks it.
    pub(crate) fn one(url: &Url, sign: Option<(&String, &SecretString)>) -> Result<Self, Error> {
        let mut proxy = Proxy::new(url).ok_or_else(|| {
            let shown = url.host_str().unwrap_or_default();
            Error::Invalid(format!(
                "`{}://{shown}` is no proxy: http:// or https:// and a host are wanted",
                url.scheme()
            ))
        })?;
        if let Some((username, password)) = sign {
            proxy.authorization = basic(username, password.expose_secret());
        }
        Ok(Self::One(proxy))
    }

    /// The proxy for an address.
    pub(super) fn of(&self, url: &Url) -> Option<Proxy> {
        match self {
            Self::Direct => None,
            Self::One(proxy) => Some(proxy.clone()),
            Self::Platform(matcher) => {
                let authority = &url[url::Position::BeforeHost..url::Position::AfterPort];
                let uri: Uri = format!("{}://{authority}/", url.scheme()).parse().ok()?;
                let found = matcher.intercept(&uri)?;
                let mut proxy = Proxy::new(&found.uri().to_string().parse().ok()?);
                if proxy.is_none() {
                    tracing::warn!(scheme = found.uri().scheme_str(), "the platform names a proxy of an unknown kind");
                }
                if let Some(proxy) = &mut proxy {
                    proxy.authorization = found.basic_auth().cloned().or(proxy.authorization.take());
                }
                proxy
            }
        }
    }
}

impl Proxy {
    fn new(url: &Url) -> Option<Self> {
        let secure = match url.scheme() {
            "http" => false,
            "https" => true,
            _ => return None,
        };
        let authorization = (!url.username().is_empty() || url.password().is_some()).then(|| {
            let decoded = |text| percent_decode_str(text).decode_utf8_lossy();
            basic(&decoded(url.username()), &decoded(url.password().unwrap_or_default()))
        });
        Some(Self {
            host: url.host()?.to_owned(),
            port: url.port_or_known_default()?,
            secure,
            authorization: authorization.flatten(),
        })
    }
}

fn basic(username: &str, password: &str) -> Option<HeaderValue> {
    let pair = STANDARD.encode(format!("{username}:{password}"));
    let mut value = HeaderValue::try_from(format!("Basic {pair}")).ok()?;
    value.set_sensitive(true);
    Some(value)
}

/// No proxy says more before it lets us through.
const LONGEST_HEAD: usize = 16 << 10;

/// Asks a proxy for a way to `authority`.
pub(super) async fn tunnel(stream: &mut Stream, authority: &str, proxy: &Proxy) -> Result<(), Broken> {
    let mut head = format!("CONNECT {authority} HTTP/1.1\r\nHost: {authority}\r\n").into_bytes();
    if let Some(value) = &proxy.authorization {
        head.extend_from_slice(b"Proxy-Authorization: ");
        head.extend_from_slice(value.as_bytes());
        head.extend_from_slice(b"\r\n");
    }
    head.extend_from_slice(b"\r\n");
    let lost = |error: std::io::Error| no_connection(NoConnection::Proxy, &format!("the proxy broke off: {error}"));
    stream.write_all(&head).await.map_err(lost)?;
    let mut answer = Vec::new();
    // Byte by byte: what follows the head belongs to the host behind.
    while !answer.ends_with(b"\r\n\r\n") {
        if answer.len() >= LONGEST_HEAD {
            return Err(no_connection(NoConnection::Proxy, "the proxy does not speak HTTP"));
        }
        answer.push(stream.read_u8().await.map_err(lost)?);
    }
    let line = answer.split(|byte| *byte == b'\r').next().unwrap_or_default();
    let line = String::from_utf8_lossy(line).into_owned();
    match line.split(' ').nth(1) {
        Some(status) if status.len() == 3 && status.starts_with('2') => Ok(()),
        _ => Err(no_connection(NoConnection::Proxy, &format!("the proxy answered `{line}`"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proxy_has_a_host_and_perhaps_credentials() {
        let proxy = |url: &str| Proxy::new(&url.parse().expect("a URL"));
        let plain = proxy("http://proxy.example.com:3128").expect("a proxy");
        assert_eq!((plain.port, plain.secure, plain.authorization), (3128, false, None));
        let named = proxy("https://me:p%40ss+x@proxy.example.com").expect("a proxy");
        assert_eq!((named.port, named.secure), (443, true));
        assert_eq!(named.authorization.expect("credentials"), "Basic bWU6cEBzcyt4");
        assert!(proxy("socks5://proxy.example.com").is_none());
    }
}
