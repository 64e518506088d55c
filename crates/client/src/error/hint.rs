//! What a person can do about an error. Kept apart from the errors, because it is advice and not fact.

use muster_model::error::code;

use super::{Error, Exhausted, IdentityFault, Kind, NoConnection};

pub(super) fn of(error: &Error) -> Option<String> {
    let text = match error {
        Error::Connect { cause, .. } => connection(cause)?,
        Error::Lost { timed_out: true, .. } => "raise the timeout, or ask for smaller pages",
        Error::Lost { .. } => "look at proxies and firewalls between here and the tenant",
        Error::Answered { kind, fault, .. } => answer(*kind, fault.as_deref().map(|fault| fault.error_code))?,
        Error::Throttled { .. } => {
            "wait, or lower the rate; limits are shared by every API key of the organization group"
        }
        Error::Quota(Exhausted::UsedUp(_)) => "wait, or raise the quota",
        Error::Quota(Exhausted::Unrecorded(_)) => "look at the disk or the database that holds the record of calls",
        Error::Credentials { .. } => {
            "check the client id, its secret and the token URL (its region must be the tenant's)"
        }
        Error::Identity { fault, .. } => identity(*fault),
        Error::CertificateRefused { shown: false, .. } => {
            "let the server ask for client certificates, or sign the path with the certificate instead"
        }
        Error::CertificateRefused { .. } => {
            "it has to be issued by the tenant's own authority to an active administrator, and must not be revoked"
        }
        Error::ClockDiffers { .. } => "set the clock of this machine, or have the server's set",
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

fn identity(fault: IdentityFault) -> &'static str {
    match fault {
        IdentityFault::WrongPassword => "check which password the reference leads to",
        IdentityFault::Encrypted => "give its password; or write the key anew: openssl pkcs8 -topk8 -in OLD -out NEW",
        IdentityFault::Unreadable => "give a PKCS#12 file (.p12, .pfx), or PEM that begins with -----BEGIN",
        IdentityFault::NoKey => "the file has to hold the private key too, or name the key's own file",
        IdentityFault::NoCertificate => "the file has to hold the certificate too",
        IdentityFault::KeyOfAnother => "name the key that the certificate was requested with",
        IdentityFault::UnsupportedKey => "have a certificate issued for an RSA key or for one on the curve P-256",
        IdentityFault::Expired => "have the tenant issue a new one; if it is not that late, set this machine's clock",
        IdentityFault::NotYetValid => "check the clock of this machine",
    }
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
        NoConnection::NotPinned => {
            "if the server's owner confirms that its key was changed, pin the new one; else somebody stands between"
        }
        NoConnection::ClientCertificateWanted => "give a client certificate with its key, as PKCS#12 or PEM",
        NoConnection::ClientCertificateRefused => {
            "it has to be issued by an authority that the server trusts, be valid now, and not be revoked"
        }
        NoConnection::TlsTooOld => "have TLS 1.2 or 1.3 switched on at the server; older ones are not spoken here",
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
