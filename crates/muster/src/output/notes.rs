//! Lines for people, on stderr. Data never goes here, and these never go to stdout.

use std::io::Write as _;

/// Whether and how to colour.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Paint {
    enabled: bool,
}

impl Paint {
    pub(crate) const fn new(enabled: bool) -> Self {
        Self { enabled }
    }

    pub(crate) const fn enabled(self) -> bool {
        self.enabled
    }

    fn wrap(self, code: &str, text: &str) -> String {
        if self.enabled { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
    }

    pub(crate) fn red(self, text: &str) -> String {
        self.wrap("31", text)
    }

    pub(crate) fn green(self, text: &str) -> String {
        self.wrap("32", text)
    }

    pub(crate) fn yellow(self, text: &str) -> String {
        self.wrap("33", text)
    }

    pub(crate) fn bold(self, text: &str) -> String {
        self.wrap("1", text)
    }

    pub(crate) fn dim(self, text: &str) -> String {
        self.wrap("2", text)
    }
}

/// Writes notes. A closed stderr is nobody's problem: what cannot be told is dropped.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Notes {
    pub(crate) paint: Paint,
    /// Whether a person sits at stderr.
    pub(crate) terminal: bool,
}

impl Notes {
    /// Without colours, before any flag is read.
    pub(crate) const fn plain() -> Self {
        Self { paint: Paint::new(false), terminal: false }
    }

    /// One line.
    pub(crate) fn line(self, text: impl AsRef<str>) {
        let _ = writeln!(std::io::stderr().lock(), "{}", text.as_ref());
    }

    /// A line that warns.
    pub(crate) fn warn(self, text: impl AsRef<str>) {
        self.line(format!("{} {}", self.paint.yellow("warning:"), text.as_ref()));
    }

    /// A text as it is, without a line end: a question, or a rendered block.
    pub(crate) fn raw(self, text: &str) {
        let mut stderr = std::io::stderr().lock();
        let _ = stderr.write_all(text.as_bytes());
        let _ = stderr.flush();
    }
}
