//! What a context says beyond names and passwords: client certificates, pinned keys, proxies.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use muster_client::{Identity, Pin, Pins, Proxy, Trust};
use secrecy::{ExposeSecret as _, SecretString};

use super::{CertificateEntry, ContextEntry};
use crate::error::Failure;
use crate::secrets::{self, Surroundings};

/// The client certificate with its key.
pub(super) async fn identity(entry: &CertificateEntry, surroundings: &Surroundings<'_>) -> Result<Identity, Failure> {
    let password = match &entry.password {
        Some(reference) => Some(secrets::resolve(reference, surroundings).await?),
        None => None,
    };
    let read = match (&entry.pkcs12, &entry.pem, &entry.key) {
        (Some(place), None, None) => {
            let file = bytes(place, surroundings).await?;
            // A file without a password has an empty one.
            (place, Identity::from_pkcs12(&file, &password.unwrap_or_else(|| SecretString::from(String::new()))))
        }
        (None, Some(place), key) => {
            let certificates = file(place)?;
            let key = match key {
                Some(reference) => secrets::resolve(reference, surroundings).await?,
                None => String::from_utf8(certificates.clone()).unwrap_or_default().into(),
            };
            (place, Identity::from_pem(&certificates, &key, password.as_ref()))
        }
        _ => return Err(which()),
    };
    let (place, read) = read;
    read.map_err(|error| Failure::from(error).because(format!("read from {place}")))
}

/// Says which keys a `certificate` section takes.
pub(crate) fn which() -> Failure {
    Failure::config("a client certificate is a PKCS#12 file, or PEM with a key")
        .hint("pkcs12 = FILE with password = REF, or pem = FILE with key = REF")
}

/// A PKCS#12 file: its path, or a reference to its Base64, because secrets are text.
async fn bytes(place: &str, surroundings: &Surroundings<'_>) -> Result<Vec<u8>, Failure> {
    if place.starts_with("file:") || secrets::check(place).is_err() {
        return file(place);
    }
    let text = secrets::resolve(place, surroundings).await?;
    let letters: String = text.expose_secret().split_whitespace().collect();
    STANDARD.decode(letters).map_err(|_| {
        Failure::config(format!("the secret {place} is not the Base64 of a PKCS#12 file")).hint("base64 -w0 FILE.p12")
    })
}

fn file(place: &str) -> Result<Vec<u8>, Failure> {
    let path = place.strip_prefix("file:").unwrap_or(place);
    std::fs::read(path).map_err(|error| Failure::io(format!("cannot read the client certificate in {path}"), &error))
}

/// Whom to believe.
pub(super) fn trust(entry: &ContextEntry) -> Result<Trust, Failure> {
    if entry.pins.is_empty() {
        return if entry.pins_only {
            Err(Failure::config("pins_only needs pins")
                .because("without the pin of a key nobody would be verified at all")
                .hint("--pin sha256/… --pin sha256/…; `muster context add` shows the key that a server has"))
        } else {
            Ok(Trust::Authorities)
        };
    }
    let pins = entry.pins.iter().map(|pin| pin.parse::<Pin>()).collect::<Result<Vec<_>, _>>()?;
    let pins = Pins::new(pins).map_err(|error| {
        Failure::from(error)
            .hint("make the server's next key now and pin it too; until then another host's key will do")
    })?;
    Ok(if entry.pins_only { Trust::PinsOnly(pins) } else { Trust::AuthoritiesAndPins(pins) })
}

/// The way to go; `None` is the platform's.
pub(super) async fn proxy(entry: &ContextEntry, surroundings: &Surroundings<'_>) -> Result<Option<Proxy>, Failure> {
    let sign = entry.proxy_username.as_ref().zip(entry.proxy_password.as_ref());
    if sign.is_none() && (entry.proxy_username.is_some() || entry.proxy_password.is_some()) {
        return Err(Failure::config("a proxy wants both a name and a password").hint("proxy_username, proxy_password"));
    }
    let proxy = match (entry.proxy.as_deref(), sign) {
        (None | Some("platform"), None) => return Ok(None),
        (Some("direct"), None) => Proxy::Direct,
        (None | Some("platform" | "direct"), Some(_)) => {
            return Err(
                Failure::config("a proxy's name and password need its address").hint("proxy = \"http://HOST:PORT\"")
            );
        }
        (Some(text), sign) => {
            let url = proxy_address(text)?;
            match sign {
                None => Proxy::Url(url),
                Some((username, reference)) => {
                    let password = secrets::resolve(reference, surroundings).await?;
                    Proxy::SignedIn { url, username: username.clone(), password }
                }
            }
        }
    };
    Ok(Some(proxy))
}

/// A proxy's address, which carries no credentials.
pub(crate) fn proxy_address(text: &str) -> Result<url::Url, Failure> {
    let bad = |why: String| {
        Failure::config("this is not the address of a proxy").because(why).hint("http://HOST:PORT, direct or platform")
    };
    let url = url::Url::parse(text).map_err(|error| bad(error.to_string()))?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(bad(String::from("it must not carry credentials; use proxy_username and proxy_password")));
    }
    if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
        return Err(bad(String::from("it has to start with http:// or https:// and name a host")));
    }
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Environment;

    fn entry() -> ContextEntry {
        ContextEntry { url: "https://uem.example".into(), ..ContextEntry::default() }
    }

    fn pin(byte: u8) -> String {
        format!("sha256/{}", STANDARD.encode([byte; 32]))
    }

    #[test]
    fn verification_is_not_switched_off_without_a_pin_and_a_spare() {
        assert_eq!(trust(&entry()).expect("the usual"), Trust::Authorities);
        let only = ContextEntry { pins_only: true, ..entry() };
        assert!(trust(&only).expect_err("nobody").why[0].contains("nobody would be verified"));
        let one = ContextEntry { pins: vec![pin(1)], ..only.clone() };
        assert!(trust(&one).expect_err("no spare").message.contains("spare"));
        let two = ContextEntry { pins: vec![pin(1), pin(2)], ..only };
        assert!(matches!(trust(&two), Ok(Trust::PinsOnly(_))));
        let besides = ContextEntry { pins_only: false, ..two };
        assert!(matches!(trust(&besides), Ok(Trust::AuthoritiesAndPins(_))));
    }

    #[tokio::test]
    async fn a_proxy_is_named_by_address_and_its_password_by_reference() {
        let environment = Environment::from_pairs(&[("PROXY_PASSWORD", "hush")]);
        let settings = secrets::Settings::default();
        let surroundings = Surroundings::unasked(&environment, &settings);
        let of = async |proxy_is: Option<&str>, name: Option<&str>, password: Option<&str>| {
            let text = |text: Option<&str>| text.map(str::to_owned);
            let (username, password) = (text(name), text(password));
            let entry =
                ContextEntry { proxy: text(proxy_is), proxy_username: username, proxy_password: password, ..entry() };
            proxy(&entry, &surroundings).await
        };
        assert!(matches!(of(None, None, None).await, Ok(None)));
        assert!(matches!(of(Some("platform"), None, None).await, Ok(None)));
        assert!(matches!(of(Some("direct"), None, None).await, Ok(Some(Proxy::Direct))));
        assert!(matches!(of(Some("http://p:3128"), None, None).await, Ok(Some(Proxy::Url(_)))));
        let signed = of(Some("http://p:3128"), Some("me"), Some("env:PROXY_PASSWORD")).await.expect("signed in");
        assert!(matches!(signed, Some(Proxy::SignedIn { username, .. }) if username == "me"));
        for (address, name) in [(None, Some("me")), (Some("http://p"), Some("me")), (Some("http://me:x@p"), None)] {
            assert!(of(address, name, None).await.is_err(), "{address:?} {name:?}");
        }
        assert!(of(Some("socks5://p"), None, None).await.is_err());
    }
}
