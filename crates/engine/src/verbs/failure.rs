//! Why a verb could not do, or could not see, what it was to.

use muster_client::{Error, Kind};

/// A failure with its class and a text for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Failure {
    pub kind: Kind,
    pub reason: String,
    pub certainty: Certainty,
}

/// What a failure says about the change that was to be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Certainty {
    /// It was not made.
    NotMade,
    /// It may have been made.
    Open,
    /// It cannot be made here at all.
    Impossible,
}

impl Failure {
    /// A failed write.
    pub(crate) fn write(error: &Error) -> Self {
        let certainty = match error.kind() {
            Kind::Unsupported => Certainty::Impossible,
            Kind::Auth
            | Kind::Permission
            | Kind::NotFound
            | Kind::Invalid
            | Kind::Conflict
            | Kind::Throttled
            | Kind::NotSent => Certainty::NotMade,
            // A write that was answered with something unreadable may well have been carried out.
            Kind::Unreachable
            | Kind::UnknownOutcome
            | Kind::Incomplete
            | Kind::Deadline
            | Kind::Protocol
            | Kind::Bug => Certainty::Open,
        };
        Self { kind: error.kind(), reason: explain(error), certainty }
    }

    /// A failed read before the write: nothing was sent.
    pub(super) fn before(error: &Error) -> Self {
        let reason = format!("nothing was sent: {}", explain(error));
        Self { kind: error.kind(), reason, certainty: Certainty::NotMade }
    }

    /// A failed read after the write: the outcome stays open.
    pub(super) fn after(error: &Error) -> Self {
        let reason = format!("its outcome cannot be read: {}", explain(error));
        Self { kind: error.kind(), reason, certainty: Certainty::Open }
    }

    /// The input does not allow it.
    pub(super) fn invalid(reason: impl Into<String>) -> Self {
        Self { kind: Kind::Invalid, reason: reason.into(), certainty: Certainty::NotMade }
    }

    /// What it is to be done to is not there.
    pub(super) fn missing(reason: impl Into<String>) -> Self {
        Self { kind: Kind::NotFound, reason: reason.into(), certainty: Certainty::NotMade }
    }

    /// The tenant does not offer it.
    pub(super) fn unsupported(reason: impl Into<String>) -> Self {
        Self { kind: Kind::Unsupported, reason: reason.into(), certainty: Certainty::Impossible }
    }

    pub(super) fn misfit(verb: &str, target: &str) -> Self {
        let reason = format!("{verb} is nothing for a {target}");
        Self { kind: Kind::Bug, reason, certainty: Certainty::NotMade }
    }

    /// The class as the journal and reports write it: the kind in lower case with hyphens.
    pub(crate) fn class(&self) -> String {
        match serde_json::to_value(self.kind) {
            Ok(serde_json::Value::String(word)) => word,
            _ => String::new(),
        }
    }

    /// Whether it is likely to hit every other task alike.
    pub(crate) fn is_general(&self) -> bool {
        matches!(
            self.kind,
            Kind::Auth | Kind::Permission | Kind::Throttled | Kind::Unreachable | Kind::NotSent | Kind::Protocol
        )
    }
}

/// An error with its causes and what to do about it, in one line.
fn explain(error: &Error) -> String {
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        let part = error.to_string();
        // Some sources repeat what their wrapper has said.
        if !text.contains(&part) {
            text = format!("{text}: {part}");
        }
        cause = error.source();
    }
    match error.hint() {
        Some(hint) => format!("{text} ({hint})"),
        None => text,
    }
}
