//! What can go wrong between us and a tenant. Every error says what happened in one sentence, keeps why
//! (the server's words, or the source), and knows what to do next where that is knowable.

use std::sync::Arc;
use std::time::Duration;

use muster_model::Fault;

use crate::quota::Exhausted;

/// Source of an error that several callers may share (one token fetch serves them all).
pub(crate) type Source = Arc<dyn std::error::Error + Send + Sync>;

/// What an error means for whoever has to decide.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// The credentials are wrong, locked, or of another tenant.
    Auth,
    /// The credentials are right and lack the right.
    Permission,
    NotFound,
    /// The tenant, or this client, refuses the input.
    Invalid,
    /// It contradicts the present state of the tenant.
    Conflict,
    /// Too many requests, for longer than this client is ready to wait. The last one was not carried out.
    Throttled,
    /// A read got no useful answer: no connection, a lost answer, or a server in trouble.
    Unreachable,
    /// A write never left: nothing was changed.
    NotSent,
    /// A write left and nobody knows whether it was carried out: settle it by reading.
    UnknownOutcome,
    /// A list could not be read completely.
    Incomplete,
    /// It took longer than the caller was ready to wait.
    Deadline,
    /// This tenant or dialect does not offer it.
    Unsupported,
    /// The answer is not what this API answers: a web page, a redirect, broken JSON.
    Protocol,
    /// Our mistake.
    Bug,
}

/// Why there is no connection.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum NoConnection {
    NoSuchHost,
    Refused,
    TimedOut,
    /// A proxy on the way refuses to connect there, or wants credentials.
    Proxy,
    /// The certificate has expired, or the clock of this machine is wrong.
    CertificateExpired,
    CertificateNotYetValid,
    /// Signed by nobody this machine trusts: self-signed, or by a private authority.
    CertificateUntrusted,
    /// Issued for other names than the host's.
    CertificateForOtherHost,
    CertificateRevoked,
    /// It has another key than the pinned ones.
    NotPinned,
    /// It wants a client certificate, and there is none to show.
    ClientCertificateWanted,
    /// It refuses the client certificate that it was shown.
    ClientCertificateRefused,
    /// It speaks only versions of TLS before 1.2.
    TlsTooOld,
    /// The other side does not speak TLS.
    NotTls,
    /// TLS failed in another way; the source says how.
    Tls,
    Other,
}

impl NoConnection {
    fn words(&self) -> &'static str {
        match self {
            Self::NoSuchHost => "no such host",
            Self::Refused => "connection refused",
            Self::TimedOut => "no answer in time",
            Self::Proxy => "the proxy refuses",
            Self::CertificateExpired => "its certificate has expired",
            Self::CertificateNotYetValid => "its certificate is not valid yet",
            Self::CertificateUntrusted => "its certificate is signed by nobody that this machine trusts",
            Self::CertificateForOtherHost => "its certificate was issued for another host",
            Self::CertificateRevoked => "its certificate was revoked",
            Self::NotPinned => "its key is not one of the pinned ones",
            Self::ClientCertificateWanted => "it wants a client certificate",
            Self::ClientCertificateRefused => "it refuses the client certificate",
            Self::TlsTooOld => "it speaks no TLS that is new enough (1.2 or 1.3)",
            Self::NotTls => "it does not speak TLS",
            Self::Tls => "TLS failed",
            Self::Other => "no connection",
        }
    }

    /// Whether asking again could help. A certificate does not get better by asking.
    pub(crate) fn may_pass(&self) -> bool {
        matches!(self, Self::NoSuchHost | Self::Refused | Self::TimedOut | Self::Other)
    }
}

/// What is wrong with a client certificate or its key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum IdentityFault {
    WrongPassword,
    /// The key is encrypted, in a way that is not read or without a password.
    Encrypted,
    Unreadable,
    NoKey,
    NoCertificate,
    KeyOfAnother,
    UnsupportedKey,
    Expired,
    NotYetValid,
}

impl IdentityFault {
    pub(crate) fn says(self, what: impl Into<String>) -> Error {
        Error::Identity { fault: self, what: what.into() }
    }
}

/// One type for everything this crate can fail with; see [`Error::kind`] for decisions.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Nothing was sent: there is no connection.
    #[error("cannot connect to {host}: {}", .cause.words())]
    Connect {
        host: String,
        cause: NoConnection,
        write: bool,
        #[source]
        source: Source,
    },

    /// It was sent, and the answer did not come (whole).
    #[error("{endpoint}: {}", if *.timed_out { "no answer in time" } else { "the connection broke before the answer" })]
    Lost {
        endpoint: &'static str,
        timed_out: bool,
        write: bool,
        #[source]
        source: Source,
    },

    /// The tenant answered, and not with success.
    #[error("{endpoint}: the tenant answered {status}{}", said(.fault.as_deref()))]
    Answered { endpoint: &'static str, status: u16, fault: Option<Box<Fault>>, kind: Kind },

    /// The tenant asks for a longer pause than this client makes by itself.
    #[error("{endpoint}: too many requests{}", .wait.map_or(String::new(), |wait| format!("; the tenant asks to wait {} s", wait.as_secs())))]
    Throttled { endpoint: &'static str, wait: Option<Duration> },

    /// The shared quota of this tenant is used up, or cannot be counted.
    #[error("no call may leave: {0}")]
    Quota(Exhausted),

    /// The authorization server refused the client credentials.
    #[error("{host} refuses the client credentials: {reason}")]
    Credentials { host: String, reason: String },

    /// The client certificate cannot be used; nothing was sent.
    #[error("{what}")]
    Identity { fault: IdentityFault, what: String },

    /// The tenant refuses a client certificate that is good by itself.
    #[error("{endpoint}: {host} does not accept the client certificate of {subject}, issued by {issuer}{}", if *.shown { "" } else { ", which it never asked for" })]
    CertificateRefused { endpoint: &'static str, host: String, subject: String, issuer: String, shown: bool },

    /// A signature says when it was made, and the tenant's clock says something else.
    #[error("{host} does not accept the signature: the clock here is {} its own", apart(*.ahead))]
    ClockDiffers { host: String, ahead: jiff::SignedDuration },

    /// Something that is not this API answered, usually with a web page.
    #[error("{endpoint}: {host} answered {status} with {what} instead of JSON")]
    NotTheApi { endpoint: &'static str, host: String, status: u16, what: String },

    /// The other side speaks something else.
    #[error("{endpoint}: {host} does not speak HTTP")]
    NotHttp {
        endpoint: &'static str,
        host: String,
        #[source]
        source: Source,
    },

    /// The tenant sends us elsewhere. Credentials never follow.
    #[error("{endpoint}: {host} redirects to {target}")]
    Redirected { endpoint: &'static str, host: String, target: String },

    /// JSON, but not of the form on record.
    #[error("{endpoint}: the answer does not have the form of this API")]
    Unreadable {
        endpoint: &'static str,
        #[source]
        source: Source,
    },

    /// A list lost rows while it was read, twice.
    #[error("{endpoint}: the list is incomplete: {got} of {expected} rows")]
    Incomplete { endpoint: &'static str, expected: u64, got: u64 },

    /// It did not end in time.
    #[error("{what} did not end within {} s", .after.as_secs())]
    Deadline { what: String, after: Duration },

    /// This tenant or dialect does not offer it; nothing was sent.
    #[error("{0}")]
    Unsupported(String),

    /// This client refuses the input; nothing was sent.
    #[error("{0}")]
    Invalid(String),

    /// What [`crate::Writer::while_holds`] asks for held no more when the request was about to leave.
    #[error("nothing was sent: the right to send was lost meanwhile")]
    Withdrawn,

    /// A read that had to precede a write failed; nothing was changed.
    #[error("nothing was changed, because reading failed")]
    Before(#[source] Box<Error>),

    /// A write of several steps stopped on its way.
    #[error("stopped after {done} of {steps} steps")]
    Halfway {
        done: usize,
        steps: usize,
        #[source]
        source: Box<Error>,
    },

    /// Our mistake.
    #[error("{0} (this is a mistake in muster)")]
    Bug(String),
}

fn apart(ahead: jiff::SignedDuration) -> String {
    let minutes = ahead.as_mins().abs();
    let direction = if ahead.is_negative() { "behind" } else { "ahead of" };
    format!("{minutes} min {direction}")
}

/// The server's words, for the end of a sentence.
fn said(fault: Option<&Fault>) -> String {
    let Some(fault) = fault else { return String::new() };
    let mut text = String::from(": ");
    text.push_str(if fault.message.trim().is_empty() { "no message" } else { fault.message.trim() });
    text.push_str(&format!(" (code {}", fault.error_code));
    if let Some(activity) = fault.activity_id {
        text.push_str(&format!(", activity {activity}"));
    }
    text.push(')');
    text
}

impl Error {
    /// What this means for decisions.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Connect {
                cause: NoConnection::ClientCertificateWanted | NoConnection::ClientCertificateRefused,
                ..
            }
            | Self::CertificateRefused { .. }
            | Self::ClockDiffers { .. }
            | Self::Identity { fault: IdentityFault::Expired | IdentityFault::NotYetValid, .. } => Kind::Auth,
            Self::Identity { .. } => Kind::Invalid,
            Self::Connect { write: true, .. } | Self::Withdrawn => Kind::NotSent,
            Self::Lost { write: true, .. } => Kind::UnknownOutcome,
            Self::Connect { .. } | Self::Lost { .. } => Kind::Unreachable,
            Self::Answered { kind, .. } => *kind,
            Self::Throttled { .. } | Self::Quota(_) => Kind::Throttled,
            Self::Credentials { .. } => Kind::Auth,
            Self::NotTheApi { .. } | Self::NotHttp { .. } | Self::Redirected { .. } | Self::Unreadable { .. } => {
                Kind::Protocol
            }
            Self::Incomplete { .. } => Kind::Incomplete,
            Self::Deadline { .. } => Kind::Deadline,
            Self::Unsupported(_) => Kind::Unsupported,
            Self::Invalid(_) => Kind::Invalid,
            Self::Before(source) => match source.kind() {
                Kind::Unreachable | Kind::Incomplete => Kind::NotSent,
                kind => kind,
            },
            Self::Halfway { .. } => Kind::UnknownOutcome,
            Self::Bug(_) => Kind::Bug,
        }
    }

    /// What the tenant said, where it said something in this API's form.
    pub fn fault(&self) -> Option<&Fault> {
        match self {
            Self::Answered { fault, .. } => fault.as_deref(),
            Self::Before(source) | Self::Halfway { source, .. } => source.fault(),
            _ => None,
        }
    }

    /// HTTP status of the answer, where there was one.
    pub fn status(&self) -> Option<u16> {
        match self {
            Self::Answered { status, .. } | Self::NotTheApi { status, .. } => Some(*status),
            Self::Throttled { .. } => Some(429),
            Self::CertificateRefused { .. } | Self::ClockDiffers { .. } => Some(401),
            Self::Before(source) | Self::Halfway { source, .. } => source.status(),
            _ => None,
        }
    }

    /// Why there is no connection, if that is what failed.
    pub fn no_connection(&self) -> Option<&NoConnection> {
        match self {
            Self::Connect { cause, .. } => Some(cause),
            Self::Before(source) | Self::Halfway { source, .. } => source.no_connection(),
            _ => None,
        }
    }

    /// What to do next, in one sentence, where that is knowable.
    pub fn hint(&self) -> Option<String> {
        hint::of(self)
    }
}

mod hint;
