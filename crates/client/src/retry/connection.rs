//! What kind of failure it was when no answer came: never sent, or sent and lost, and why.

use std::error::Error as StdError;
use std::io;

use rustls::{AlertDescription, CertificateError, InvalidMessage, PeerIncompatible};

use crate::http::Broken;
use crate::tls::NotPinned;
use crate::{Error, NoConnection};

/// Turns a transport error into ours. `host` is the one that was asked.
pub(crate) fn classify(broken: Broken, endpoint: &'static str, host: &str, write: bool) -> Error {
    match broken {
        Broken::NoConnection { cause, source } => Error::Connect { host: host.to_owned(), cause, write, source },
        Broken::Withdrawn => Error::Withdrawn,
        Broken::Lost { not_http: true, source, .. } if !write => {
            Error::NotHttp { endpoint, host: host.to_owned(), source }
        }
        Broken::Lost { timed_out, source, .. } => Error::Lost { endpoint, timed_out, write, source },
    }
}

/// An error and everything behind it. An `io::Error` hides what it wraps from `source`.
fn chain<'a>(error: &'a (dyn StdError + 'static)) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    std::iter::successors(Some(error), |&error| match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
        Some(wrapped) => Some(wrapped),
        None => error.source(),
    })
}

/// Why TLS could not be set up.
pub(crate) fn tls_cause_of(error: &io::Error) -> NoConnection {
    chain(error).find_map(|error| error.downcast_ref::<rustls::Error>()).map_or(NoConnection::Tls, tls_cause)
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
            CertificateError::Other(other) if other.0.is::<NotPinned>() => NoConnection::NotPinned,
            // webpki says so of a self-signed certificate that is not itself an authority's.
            CertificateError::Other(other) if other.to_string().contains("CaUsedAsEndEntity") => {
                NoConnection::CertificateUntrusted
            }
            _ => NoConnection::Tls,
        },
        rustls::Error::InvalidMessage(InvalidMessage::InvalidContentType) => NoConnection::NotTls,
        rustls::Error::AlertReceived(AlertDescription::ProtocolVersion) => NoConnection::TlsTooOld,
        rustls::Error::PeerIncompatible(
            PeerIncompatible::ServerDoesNotSupportTls12Or13 | PeerIncompatible::ServerTlsVersionIsDisabledByOurConfig,
        ) => NoConnection::TlsTooOld,
        error => about_client(error).unwrap_or(NoConnection::Tls),
    }
}

/// Whether a connection ended because the server does not like the client's certificate.
pub(crate) fn client_refused(error: &(dyn StdError + 'static)) -> Option<NoConnection> {
    chain(error).filter_map(|error| error.downcast_ref::<rustls::Error>()).find_map(about_client)
}

/// What a server says of the client's certificate.
fn about_client(error: &rustls::Error) -> Option<NoConnection> {
    let rustls::Error::AlertReceived(alert) = error else { return None };
    Some(match alert {
        AlertDescription::CertificateRequired | AlertDescription::NoCertificate => {
            NoConnection::ClientCertificateWanted
        }
        AlertDescription::BadCertificate
        | AlertDescription::UnsupportedCertificate
        | AlertDescription::CertificateRevoked
        | AlertDescription::CertificateExpired
        | AlertDescription::CertificateUnknown
        | AlertDescription::UnknownCA
        | AlertDescription::AccessDenied
        | AlertDescription::DecryptError => NoConnection::ClientCertificateRefused,
        _ => return None,
    })
}
