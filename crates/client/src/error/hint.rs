//! What a person can do about an error. Kept apart from the errors, because it is advice and not fact.

use muster_model::error::code;

use super::{Error, Kind, NoConnection};

pub(super) fn of(error: &Error) -> Option<String> {
    let text = match error {
        Error::Connect { cause, .. } => connection(cause)?,
        Error::Lost { timed_out: true, .. } => "raise the timeout, or ask for smaller pages",
        Error::Lost { .. } => "look at proxies and firewalls between here and the tenant",
        Error::Answered { kind, fault, .. } => answer(*kind, fault.as_deref().map(|fault| fault.error_code))?,
        Error::Throttled { .. } => {
            "wait, or lower the rate; limits are shared by every API key of the organization group"
        }
        Error::Quota(_) => "wait, or raise the quota",
        Error::Credentials { .. } => {
            "check the client id, its secret and the token URL (its region must be the tenant's)"
        }
        Error::NotTheApi { .. } => {
            "is this the API host? It is often `as…` where the console is `cn…`; a proxy may also answer in its place"
        }
        Error::NotHttp { .. } => "check the port, and whether the URL should begin with https://",
        Error::Redirected { target, .. } => {
            return Some(format!("if `{target}` is your tenant's API host, use it as the URL"));
        }
        Error::Incomplete { .. } => "devices moved while the list was read: try again",
        Error::Before(source) | Error::Halfway { source, .. } => return of(source),
        _ => return None,
    };
    Some(text.to_owned())
}

fn connection(cause: &NoConnection) -> Option<&'static str> {
    Some(match cause {
        NoConnection::NoSuchHost => "check the host name, and DNS or VPN on this machine",
        NoConnection::Refused => "check host and port, and that the server runs",
        NoConnection::TimedOut => "check host and port, and firewalls or a proxy on the way",
        NoConnection::Proxy => "check the proxy's address and its credentials, or leave it out for this host",
        NoConnection::CertificateExpired | NoConnection::CertificateNotYetValid => {
            "check the clock of this machine; if it is right, the server needs a new certificate"
        }
        NoConnection::CertificateUntrusted => {
            "give the certificate of the authority that signed it as an extra root, if you trust it"
        }
        NoConnection::CertificateForOtherHost => "use the host name that the certificate was issued for",
        NoConnection::CertificateRevoked => "do not send credentials there; ask who runs the server",
        NoConnection::NotTls => "check the port; for a test server without TLS write `http://`",
        NoConnection::Tls | NoConnection::Other => return None,
    })
}

fn answer(kind: Kind, code: Option<i64>) -> Option<&'static str> {
    Some(match (kind, code) {
        (Kind::Auth, Some(code::BAD_TENANT_CODE | 1030)) => {
            "check the tenant code (API key): it must belong to the organization group of this administrator"
        }
        (Kind::Auth, Some(code::LOCKED)) => "unlock the administrator's account in the console",
        (Kind::Auth, _) => "check user name and password, or client id and secret",
        (Kind::Permission, _) => "give this administrator's role the API permission for it",
        (Kind::UnknownOutcome, _) => "read back what became of it before sending it again",
        (Kind::Unreachable, _) => "the tenant is in trouble: try again later",
        (Kind::Unsupported, _) => "this release of the product does not offer it",
        _ => return None,
    })
}
