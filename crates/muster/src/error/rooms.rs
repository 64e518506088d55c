//! Failures of the lower rooms as failures of a command: what their kind means for exit code and advice.

use muster_client::{Exhausted, Kind, NoConnection};

use super::{Exit, Failure};

/// What next, when the state is damaged.
pub(crate) const SALVAGE: &str =
    "muster state check says what is damaged, and muster state salvage writes what is intact into a new file";

/// Exit code and stable code of a client failure's kind.
pub(crate) fn of_kind(kind: Kind) -> (Exit, &'static str) {
    match kind {
        Kind::Auth => (Exit::Authentication, "E_AUTH"),
        Kind::Permission => (Exit::Permission, "E_PERMISSION"),
        Kind::NotFound => (Exit::NotFound, "E_NOT_FOUND"),
        Kind::Invalid => (Exit::Usage, "E_INVALID"),
        Kind::Conflict => (Exit::General, "E_CONFLICT"),
        Kind::Throttled => (Exit::Throttled, "E_THROTTLED"),
        Kind::Unreachable | Kind::NotSent => (Exit::Unreachable, "E_UNREACHABLE"),
        Kind::UnknownOutcome => (Exit::Partial, "E_UNKNOWN_OUTCOME"),
        Kind::Incomplete => (Exit::General, "E_INCOMPLETE"),
        Kind::Deadline => (Exit::Unreachable, "E_DEADLINE"),
        Kind::Unsupported => (Exit::Usage, "E_UNSUPPORTED"),
        Kind::Protocol => (Exit::General, "E_PROTOCOL"),
        Kind::Bug => (Exit::General, "E_INTERNAL"),
    }
}

/// Exit code of a failure class as the journal writes it.
pub(crate) fn of_class(class: &str) -> Exit {
    serde_json::from_value::<Kind>(class.into()).map_or(Exit::Partial, |kind| of_kind(kind).0)
}

impl From<muster_client::Error> for Failure {
    fn from(error: muster_client::Error) -> Self {
        let (mut exit, mut code) = of_kind(error.kind());
        let mut hint = error.hint();
        match error {
            muster_client::Error::Identity { .. } => code = "E_CERTIFICATE",
            muster_client::Error::ClockDiffers { .. } => code = "E_CLOCK",
            muster_client::Error::Quota(Exhausted::Unrecorded(_)) => {
                (exit, code) = (Exit::General, "E_STATE");
            }
            _ if error.kind() == Kind::Permission => {
                hint = Some(String::from(
                    "give this account's role the right; `muster doctor --for WHAT` lists what it takes",
                ));
            }
            _ => {}
        }
        match error.no_connection() {
            Some(NoConnection::CertificateUntrusted) => {
                code = "E_TLS";
                hint = Some(String::from(
                    "if you trust whoever signed it, give their certificate: --ca-file FILE.pem; a host that signed it itself is \
                     known by its key: muster context add … --pin",
                ));
            }
            Some(
                NoConnection::CertificateExpired
                | NoConnection::CertificateNotYetValid
                | NoConnection::CertificateForOtherHost
                | NoConnection::CertificateRevoked
                | NoConnection::NotPinned
                | NoConnection::TlsTooOld
                | NoConnection::NotTls
                | NoConnection::Tls,
            ) => code = "E_TLS",
            _ => {}
        }
        let mut failure = Self::new(exit, code, error.to_string()).chain(&error);
        failure.hint = hint;
        failure
    }
}

impl From<muster_store::Error> for Failure {
    fn from(error: muster_store::Error) -> Self {
        use muster_store::Kind;
        let (code, hint) = match error.kind() {
            Kind::Damaged => ("E_STATE_DAMAGED", SALVAGE),
            // A state of its own would know nothing of what was sent already.
            Kind::Locked => {
                ("E_STATE_LOCKED", "wait until the other muster has ended, then give the same command again")
            }
            Kind::Full => ("E_DISK_FULL", "make room, or move the state with MUSTER_HOME"),
            Kind::Faulty => (
                "E_DISK_FAILED",
                "see what the system says of this disk, mend it or move the state with MUSTER_HOME; then go on as after a crash",
            ),
            Kind::ReadOnly => ("E_STATE_READ_ONLY", "make the folder writable, or move the state with MUSTER_HOME"),
            Kind::Foreign => (
                "E_STATE_FOREIGN",
                "muster state check tells a damaged state from a file of others; move that away, or choose another folder with MUSTER_HOME",
            ),
            Kind::Unique | Kind::Other if matches!(error, muster_store::Error::Io { .. }) => {
                ("E_STATE", "the state has to be a folder that you may write to; MUSTER_HOME=DIR names another one")
            }
            Kind::Unique | Kind::Other => ("E_STATE", "run again with -vv to see more"),
        };
        let mut failure = Self::new(Exit::General, code, error.to_string()).chain(&error).hint(hint);
        failure.retryable = error.kind() == Kind::Locked;
        failure
    }
}

impl From<muster_engine::Error> for Failure {
    fn from(error: muster_engine::Error) -> Self {
        use muster_engine::Error;
        let text = error.to_string();
        match error {
            Error::Journal { source, .. } => {
                let below = Self::from(source);
                let mut failure = Self::new(below.exit, below.code, text).because(below.message.as_str());
                for why in &below.why {
                    failure = failure.because(why.as_str());
                }
                failure.hint.clone_from(&below.hint);
                failure.retryable = below.retryable;
                failure
            }
            Error::Refused { reasons } => {
                let mut failure = Self::new(Exit::Refused, "E_REFUSED", "refused by the guard; nothing was sent");
                if reasons.iter().any(|reason| reason.rule.contains("empty")) {
                    failure = failure.hint("narrow it (--platform, --serial, …), or say --all --at-most N");
                }
                for reason in reasons {
                    failure = failure.because(format!("{} ({})", reason.text, reason.rule));
                }
                failure
            }
            Error::Stricter { reasons, .. } => {
                let mut failure = Self::new(
                    Exit::Refused,
                    "E_STRICTER",
                    "the guard does not let this plan through any more; nothing was sent",
                )
                .hint("give the command again: what exceeds the policy will be on hold then, and can be approved");
                for reason in reasons {
                    failure = failure.because(format!("{} ({})", reason.text, reason.rule));
                }
                failure
            }
            Error::NotFound { what, .. } => Self::new(Exit::NotFound, "E_NOT_FOUND", text)
                .hint(format!("muster {} list", if what == "job" { "jobs" } else { "plan" })),
            Error::Ambiguous { candidates, .. } => {
                Self::usage(text).candidates(candidates).hint("give more characters of the id")
            }
            Error::AlreadyApplied { job, .. } => {
                Self::new(Exit::Refused, "E_ALREADY_APPLIED", text).hint(format!("muster jobs show {job}"))
            }
            Error::Expired { .. } => {
                Self::new(Exit::Refused, "E_EXPIRED", text).hint("give the command again: facts may have changed")
            }
            Error::Altered { .. } => Self::new(Exit::Refused, "E_ALTERED", text).hint("muster audit verify"),
            Error::Busy { .. } | Error::LeaseLost { .. } => {
                let mut failure = Self::new(Exit::General, "E_BUSY", text).hint("muster jobs list");
                failure.retryable = true;
                failure
            }
            Error::OtherTenant { .. } => Self::usage(text).hint("name the right tenant with --context"),
            Error::NoConsent { why } => {
                let mut failure = Self::new(Exit::Refused, "E_NOT_APPROVED", "this does not count as an approval");
                failure = failure.because(why);
                failure.hint("muster approvers list shows who may approve; another person than the requester has to")
            }
            Error::Note { .. } => Self::new(Exit::Usage, "E_SIGNED", text),
            Error::Untrusted => Self::usage(text).hint("--key PUBLIC_KEY"),
            Error::Proof { .. } => Self::new(Exit::General, "E_PROOF", text),
            Error::NothingToUndo { job } | Error::NothingToContinue { job } => {
                Self::usage(text).hint(format!("muster jobs show {job}"))
            }
            Error::NothingHeld { .. } | Error::Nameless | Error::NothingToRetry { .. } | Error::Elsewhere { .. } => {
                Self::usage(text)
            }
            Error::Audit { .. } => Self::new(Exit::General, "E_AUDIT", text)
                .hint("compare with an exported copy, or with a checkpoint that was kept elsewhere"),
            Error::Corrupt { .. } => Self::new(Exit::General, "E_STATE_DAMAGED", text).hint(SALVAGE),
            Error::Draft(_) => Self::internal(text),
        }
    }
}

impl From<muster_workflows::Error> for Failure {
    fn from(error: muster_workflows::Error) -> Self {
        use muster_workflows::error::Why;
        use muster_workflows::{Error, Kind};
        match error {
            Error::Client { doing, source } => {
                let mut failure = Self::from(source);
                failure.why.insert(0, format!("{doing} failed"));
                failure
            }
            Error::UnknownWord(unknown) => {
                let code = match unknown.what {
                    "platform" => "E_UNKNOWN_PLATFORM",
                    "device command" => "E_UNKNOWN_COMMAND",
                    _ => "E_UNKNOWN_WORD",
                };
                let message = format!("`{}` is not a {} this program knows", unknown.word, unknown.what);
                let mut failure = Self::new(Exit::Usage, code, message).candidates(unknown.suggestion);
                failure.hint = Some(format!("known are {}", unknown.known.join(", ")));
                failure
            }
            Error::Devices(problems) => {
                let mut candidates = Vec::new();
                for problem in &problems.0 {
                    if let Why::Ambiguous(records) = &problem.why {
                        candidates.extend(records.iter().map(ToString::to_string));
                    }
                }
                let mut failure = Self::new(Exit::Usage, "E_DEVICES", String::new());
                failure.said(&problems.to_string());
                failure.hint = (!candidates.is_empty()).then(|| String::from("name one of them by --id"));
                failure.records = candidates;
                failure
            }
            Error::Ambiguous { what, name, candidates } => {
                let mut failure = Self::new(Exit::Usage, "E_AMBIGUOUS", format!("{what} `{name}` is ambiguous"));
                failure.records = candidates;
                failure
            }
            Error::NotFound { what, name, suggestion } => {
                Self::new(Exit::NotFound, "E_NOT_FOUND", format!("there is no {what} `{name}`")).candidates(suggestion)
            }
            error => {
                let (exit, code) = match error.kind() {
                    Kind::Usage => (Exit::Usage, "E_INPUT"),
                    Kind::NotFound => (Exit::NotFound, "E_NOT_FOUND"),
                    Kind::Client(kind) => of_kind(kind),
                    Kind::Inventory => (Exit::General, "E_INVENTORY"),
                };
                let mut failure = Self::new(exit, code, String::new()).chain(&error);
                failure.said(&error.to_string());
                failure
            }
        }
    }
}

#[cfg(feature = "server")]
impl From<muster_uem::Error> for Failure {
    fn from(error: muster_uem::Error) -> Self {
        use muster_uem::{Error, Kind};
        if let Error::Store(source) = error {
            let mut failure = Self::from(source);
            if failure.code == "E_STATE_DAMAGED" {
                failure.hint =
                    Some(String::from("keep a copy of its folder, and restore a backup with muster uem restore"));
            }
            failure.hint = (failure.code == "E_STATE_LOCKED")
                .then(|| String::from("stop the other one, or serve another folder with --data"))
                .or_else(|| failure.hint.clone());
            return failure;
        }
        let (code, hint) = match error.kind() {
            Kind::Listen => ("E_LISTEN", Some("choose another address with --listen; port 0 takes a free one")),
            Kind::Locked => ("E_STATE_LOCKED", Some("stop the other one, or serve another folder with --data")),
            Kind::InClear => ("E_IN_CLEAR", Some("serve by TLS with --tls, or say --plain-for-others")),
            Kind::File | Kind::Storage => ("E_FILE", None),
        };
        let mut failure = Self::new(Exit::General, code, error.to_string()).chain(&error);
        failure.hint = hint.map(str::to_owned);
        failure
    }
}

#[cfg(feature = "server")]
impl From<muster_uem::Objection> for Failure {
    fn from(objection: muster_uem::Objection) -> Self {
        use muster_uem::Objection;
        match objection {
            Objection::NotFound(message) => Self::new(Exit::NotFound, "E_NOT_FOUND", message),
            Objection::Invalid(message) => Self::new(Exit::Usage, "E_INVALID", message),
            Objection::Conflict(message) => Self::new(Exit::General, "E_CONFLICT", message),
            Objection::Forbidden(message) => Self::new(Exit::Permission, "E_PERMISSION", message),
            Objection::Failed(error) => {
                let mut failure = Self::from(error);
                if failure.code == "E_STATE_LOCKED" {
                    failure.hint = Some(String::from("stop it first, or do the same by its API below /API/v1/console"));
                }
                failure
            }
        }
    }
}

#[cfg(feature = "server")]
impl From<muster_controller::Error> for Failure {
    fn from(error: muster_controller::Error) -> Self {
        use muster_controller::Kind;
        let (exit, code) = match error.kind() {
            Kind::Usage => (Exit::Usage, "E_USAGE"),
            Kind::System => (Exit::General, "E_IO"),
            Kind::Store => (Exit::General, "E_STATE"),
            Kind::Bug => (Exit::General, "E_INTERNAL"),
        };
        Self::new(exit, code, error.to_string()).chain(&error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_class_from_the_journal_becomes_the_code_of_its_kind() {
        assert_eq!(of_class("auth"), Exit::Authentication);
        assert_eq!(of_class("not-found"), Exit::NotFound);
        assert_eq!(of_class("destructive"), Exit::Partial);
    }
}
