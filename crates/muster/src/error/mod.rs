//! What went wrong, in the form that a person or a script needs: one sentence what, the reasons below it,
//! one line what to do next, and the exit code.
//!
//! Library rooms say what kind of failure theirs is; here a kind becomes a code. Nothing is decided here
//! that changes what a command does.

mod rooms;

use std::fmt::Write as _;

use serde::Serialize;

pub(crate) use rooms::{SALVAGE, of_class};

use crate::output::Paint;

/// What every Unix calls a disk that did not do what it was told.
const INPUT_OUTPUT_ERROR: i32 = 5;

/// How the process ends. The numbers are part of the interface and never change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Everything asked for is done.
    Success = 0,
    /// Something unexpected.
    General = 1,
    /// Wrong arguments, or an input file that cannot be used.
    Usage = 2,
    /// Not signed in: credentials, tenant code or token refused.
    Authentication = 3,
    /// What was named does not exist.
    NotFound = 4,
    /// Signed in, but the right is missing.
    Permission = 5,
    /// The tenant's rate limit or the budget is spent.
    Throttled = 6,
    /// Some items failed, or it is unknown what became of them.
    Partial = 7,
    /// Refused by a guard, not approved, on hold, or a question that nobody answered with yes.
    Refused = 8,
    /// The tenant could not be reached, or did not answer in time.
    Unreachable = 9,
    /// Two things differ; only where that was asked for with `--detailed-exitcode`.
    Changes = 10,
    /// Interrupted; the journal is kept.
    Interrupted = 130,
}

impl Exit {
    /// The number the shell sees.
    pub(crate) const fn number(self) -> u8 {
        self as u8
    }
}

/// A command ends with an exit code or with a failure, which has one too.
pub(crate) type Outcome = Result<Exit, Failure>;

/// A failure of a command. Small, because every call carries the possibility of one.
#[derive(Debug)]
pub(crate) struct Failure(Box<Facts>);

/// Everything that is printed about a failure.
#[derive(Debug)]
pub(crate) struct Facts {
    pub(crate) exit: Exit,
    /// Stable, upper case, starts with `E_`.
    pub(crate) code: &'static str,
    /// One sentence: what.
    pub(crate) message: String,
    /// One line each: why.
    pub(crate) why: Vec<String>,
    /// One line: what next.
    pub(crate) hint: Option<String>,
    /// What was probably meant, best first.
    pub(crate) candidates: Vec<String>,
    /// Records among which the name does not tell.
    pub(crate) records: Vec<String>,
    /// Whether the same call may succeed later without a change.
    pub(crate) retryable: bool,
}

impl std::ops::Deref for Failure {
    type Target = Facts;
    fn deref(&self) -> &Facts {
        &self.0
    }
}

impl std::ops::DerefMut for Failure {
    fn deref_mut(&mut self) -> &mut Facts {
        &mut self.0
    }
}

impl Failure {
    pub(crate) fn new(exit: Exit, code: &'static str, message: impl Into<String>) -> Self {
        Self(Box::new(Facts {
            exit,
            code,
            message: message.into(),
            why: Vec::new(),
            hint: None,
            candidates: Vec::new(),
            records: Vec::new(),
            retryable: matches!(exit, Exit::Throttled | Exit::Unreachable),
        }))
    }

    /// Wrong arguments or unusable input.
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self::new(Exit::Usage, "E_USAGE", message)
    }

    /// A configuration or secret that cannot be used.
    pub(crate) fn config(message: impl Into<String>) -> Self {
        Self::new(Exit::Usage, "E_CONFIG", message)
    }

    /// Something that should not happen.
    pub(crate) fn internal(message: impl Into<String>) -> Self {
        Self::new(Exit::General, "E_INTERNAL", message)
    }

    /// Ctrl-C where there is nothing to finish.
    pub(crate) fn interrupted(message: impl Into<String>) -> Self {
        Self::new(Exit::Interrupted, "E_INTERRUPTED", message)
    }

    /// A file or folder that cannot be read or written.
    pub(crate) fn io(what: impl Into<String>, error: &std::io::Error) -> Self {
        use std::io::ErrorKind;
        let (exit, code, hint) = match error.kind() {
            ErrorKind::StorageFull | ErrorKind::FileTooLarge | ErrorKind::QuotaExceeded => {
                (Exit::General, "E_DISK_FULL", Some("make room on that disk"))
            }
            ErrorKind::ReadOnlyFilesystem => (Exit::Usage, "E_FILE", Some("its disk can only be read")),
            _ if error.raw_os_error() == Some(INPUT_OUTPUT_ERROR) => {
                (Exit::General, "E_DISK_FAILED", Some("see what the system says of this disk"))
            }
            _ => (Exit::Usage, "E_FILE", None),
        };
        let failure = Self::new(exit, code, what).because(error.to_string());
        match hint {
            Some(hint) => failure.hint(hint),
            None => failure,
        }
    }

    pub(crate) fn because(mut self, why: impl Into<String>) -> Self {
        let why = why.into();
        if !why.is_empty() && !self.message.contains(&why) && !self.why.contains(&why) {
            self.why.push(why);
        }
        self
    }

    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    pub(crate) fn candidates(mut self, candidates: impl IntoIterator<Item = String>) -> Self {
        self.candidates = candidates.into_iter().collect();
        self
    }

    /// Takes over a text of several lines: the first says what, the others why.
    pub(crate) fn said(&mut self, text: &str) {
        let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
        self.message = lines.next().unwrap_or_default().to_owned();
        self.why.splice(0..0, lines.map(str::to_owned));
    }

    /// Adds the whole chain of sources below `error`, as one line, each once.
    pub(crate) fn chain(self, error: &dyn std::error::Error) -> Self {
        let mut line = String::new();
        let mut source = error.source();
        while let Some(inner) = source {
            let text = inner.to_string();
            if !line.contains(&text) && !self.message.contains(&text) {
                line.push_str(if line.is_empty() { "" } else { ": " });
                line.push_str(&text);
            }
            source = inner.source();
        }
        self.because(line)
    }

    /// For people, on stderr.
    pub(crate) fn text(&self, paint: Paint) -> String {
        let mut text = format!("{} {}\n", paint.red("error:"), self.message);
        for why in &self.why {
            let _ = writeln!(text, "  why:  {why}");
        }
        for record in &self.records {
            // A room's own text may have listed them already.
            if !self.why.contains(record) {
                let _ = writeln!(text, "        {record}");
            }
        }
        if !self.candidates.is_empty() {
            let _ = writeln!(text, "  did you mean: {}", self.candidates.join(", "));
        }
        if let Some(hint) = &self.hint {
            let _ = writeln!(text, "  next: {hint}");
        }
        text
    }

    /// For scripts, on stderr: one line of JSON.
    pub(crate) fn json(&self) -> String {
        let envelope = Envelope {
            error: Body {
                code: self.code,
                exit: self.exit.number(),
                message: &self.message,
                why: &self.why,
                hint: self.hint.as_deref(),
                candidates: if self.candidates.is_empty() { &self.records } else { &self.candidates },
                retryable: self.retryable,
            },
        };
        serde_json::to_string(&envelope).unwrap_or_default()
    }
}

#[derive(Serialize)]
struct Envelope<'a> {
    error: Body<'a>,
}

#[derive(Serialize)]
struct Body<'a> {
    code: &'static str,
    exit: u8,
    message: &'a str,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    why: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<&'a str>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    candidates: &'a [String],
    retryable: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_envelope_carries_code_exit_and_hint() {
        let failure =
            Failure::usage("no such platform `Windoze`").candidates([String::from("Windows")]).hint("pick one");
        let value: serde_json::Value = serde_json::from_str(&failure.json()).expect("is JSON");
        assert_eq!(value["error"]["code"], "E_USAGE");
        assert_eq!(value["error"]["exit"], 2);
        assert_eq!(value["error"]["candidates"][0], "Windows");
        assert_eq!(value["error"]["retryable"], false);
    }

    #[test]
    fn a_reason_is_said_once() {
        let failure = Failure::internal("the disk is full").because("the disk is full").because("x").because("x");
        assert_eq!(failure.why, ["x"]);
    }
}
