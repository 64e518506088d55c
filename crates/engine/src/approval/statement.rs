//! What is signed: a first line that says what is said, and a line for each thing that belongs to it. A
//! signature over one kind of statement is never one over another.

use std::fmt::Display;

use crate::note::one_line;

pub(crate) const APPROVAL: &str = "muster/approval";
pub(crate) const BREAK_GLASS: &str = "muster/break-glass";
pub(crate) const APPROVER: &str = "muster/approver";
pub(crate) const REMOVAL: &str = "muster/approver-removal";
pub(crate) const TEMPLATE: &str = "muster/template";

/// A statement that is being put together.
pub(crate) struct Statement(String);

impl Statement {
    pub(crate) fn new(what: &str) -> Self {
        Self(format!("{what}\n"))
    }

    /// Adds a line; what says nothing has none.
    pub(crate) fn with(mut self, name: &str, value: impl Display) -> Self {
        let value = one_line(&value.to_string());
        if !value.is_empty() {
            self.0.push_str(&format!("{name} {value}\n"));
        }
        self
    }

    /// The text to sign.
    pub(crate) fn text(self) -> String {
        self.0
    }
}

/// The value of a line.
pub(crate) fn field<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    text.lines().skip(1).find_map(|line| line.strip_prefix(name)?.strip_prefix(' '))
}

/// Several names on one line. A name with a comma in it would be two.
pub(crate) fn list<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    names.into_iter().collect::<Vec<_>>().join(", ")
}
