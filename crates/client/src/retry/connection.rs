//! What kind of failure it was when no answer came: never sent, or sent and lost, and why.

use std::error::Error as StdError;
use std::io;
use std::sync::Arc;

use rustls::{CertificateError, InvalidMessage};

use crate::{Error, NoConnection};

/// Turns a transport error into ours. `host` is the one that was asked.
pub(crate) fn classify(error: reqwest::Error, endpoint: &'static str, host: &str, write: bool) -> Error {
    // The address is in our own sentence; the source says the rest.
    let error = error.without_url();
    if error.is_builder() {
        return Error::Bug(format!("{endpoint}: the request could not be built: {error}"));
    }
    let timed_out = error.is_timeout();
    // Connecting comes first: a time-out there means that nothing was sent.
    if error.is_connect() {
        let cause = if timed_out { NoConnection::TimedOut } else { cause(&error) };
        return Error::Connect { host: host.to_owned(), cause, write, source: Arc::new(error) };
    }
    if !write && not_http(&error) {
        return Error::NotHttp { endpoint, host: host.to_owned(), source: Arc::new(error) };
    }
    Error::Lost { endpoint, timed_out, write, source: Arc::new(error) }
}

/// An error and everything behind it. An `io::Error` hides what it wraps from `source`.
fn chain<'a>(error: &'a (dyn StdError + 'static)) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    std::iter::successors(Some(error), |&error| match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
        Some(wrapped) => Some(wrapped),
        None => error.source(),
    })
}

fn cause(error: &reqwest::Error) -> NoConnection {
    for error in chain(error) {
        // The types of these two are private; this is how they begin.
        let text = error.to_string();
        if text == "dns error" {
            return NoConnection::NoSuchHost;
        }
        if text.starts_with("tunnel error") {
            return NoConnection::Proxy;
        }
        if let Some(tls) = error.downcast_ref::<rustls::Error>() {
            return tls_cause(tls);
        }
        match error.downcast_ref::<io::Error>().map(io::Error::kind) {
            Some(io::ErrorKind::ConnectionRefused) => return NoConnection::Refused,
            Some(io::ErrorKind::TimedOut) => return NoConnection::TimedOut,
            _ => {}
        }
    }
    NoConnection::Other
}

fn tls_cause(error: &rustls::Error) -> NoConnection {
    match error {
        rustls::Error::InvalidCertificate(certificate) => match certificate {
            CertificateError::Expired | CertificateError::ExpiredContext { .. } => NoConnection::CertificateExpired,
            CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
                NoConnection::CertificateNotYetValid
            }
            CertificateError::UnknownIssuer => NoConnection::CertificateUntrusted,
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
                NoConnection::CertificateForOtherHost
            }
            CertificateError::Revoked => NoConnection::CertificateRevoked,
            // webpki says so of a self-signed certificate that is not itself an authority's.
            CertificateError::Other(other) if other.to_string().contains("CaUsedAsEndEntity") => {
                NoConnection::CertificateUntrusted
            }
            _ => NoConnection::Tls,
        },
        rustls::Error::InvalidMessage(InvalidMessage::InvalidContentType) => NoConnection::NotTls,
        _ => NoConnection::Tls,
    }
}

/// hyper's error type is private; a peer that speaks something else (TLS, SSH) fails in its parser.
fn not_http(error: &reqwest::Error) -> bool {
    chain(error).any(|error| error.to_string().starts_with("invalid HTTP"))
}
