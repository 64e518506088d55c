//! Why a workflow could not decide. A decision's own "no" (a device that is left alone, a group that
//! does not exist) is not an error: it is a row with a reason.

use std::fmt;

/// How many problems of one input are kept with their text; the others are counted.
pub const SHOWN: usize = 20;

/// What went wrong while observing or deciding.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A word that stands for nothing this program knows.
    #[error("{0}")]
    UnknownWord(UnknownWord),
    /// Something in a file or on the command line is wrong; every problem at once.
    #[error("{0}")]
    Input(Problems),
    /// Devices that were named one by one cannot be told; every one of them at once.
    #[error("{0}")]
    Devices(DeviceProblems),
    /// Two ways of saying what to do exclude each other, or something needed was not said.
    #[error("{0}")]
    Usage(String),
    /// Something named exists several times and nothing tells which one is meant.
    #[error("{what} `{name}` is ambiguous: {}", .candidates.join("; "))]
    Ambiguous { what: &'static str, name: String, candidates: Vec<String> },
    /// Something named does not exist.
    #[error("there is no {what} `{name}`{}", did_you_mean(.suggestion))]
    NotFound { what: &'static str, name: String, suggestion: Option<String> },
    /// The tenant could not be read.
    #[error("{doing} failed")]
    Client { doing: &'static str, source: muster_client::Error },
    /// An inventory that is not the live tenant could not be read.
    #[error("the inventory cannot be read")]
    Inventory { source: Box<dyn std::error::Error + Send + Sync> },
}

/// What a caller decides by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// What the person gave is wrong: nothing was read or written because of it.
    Usage,
    /// Something named does not exist.
    NotFound,
    /// The tenant said no, or nothing.
    Client(muster_client::Kind),
    /// Our own copy of the facts could not be read.
    Inventory,
}

impl Error {
    /// The kind of the error, for exit codes and retries.
    pub fn kind(&self) -> Kind {
        match self {
            Self::UnknownWord(_) | Self::Input(_) | Self::Devices(_) | Self::Usage(_) | Self::Ambiguous { .. } => {
                Kind::Usage
            }
            Self::NotFound { .. } => Kind::NotFound,
            Self::Client { source, .. } => Kind::Client(source.kind()),
            Self::Inventory { .. } => Kind::Inventory,
        }
    }

    /// For `map_err`: says what was being read when the client failed.
    pub fn reading(doing: &'static str) -> impl FnOnce(muster_client::Error) -> Self {
        move |source| Self::Client { doing, source }
    }
}

fn did_you_mean(word: &Option<String>) -> String {
    word.as_ref().map(|word| format!("; did you mean `{word}`?")).unwrap_or_default()
}

/// A word outside its vocabulary.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownWord {
    /// What the word was taken for: `platform`, `command`, `column`.
    pub what: &'static str,
    pub word: String,
    /// The nearest known word, if one is near.
    pub suggestion: Option<String>,
    /// Every known word.
    pub known: Vec<String>,
}

impl fmt::Display for UnknownWord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is not a {} this program knows", self.word, self.what)?;
        match &self.suggestion {
            Some(word) => write!(f, "; did you mean `{word}`?"),
            None => write!(f, "; known are {}", self.known.join(", ")),
        }
    }
}

/// Everything that is wrong with one input: the first [`SHOWN`] with their text, all of them counted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Problems {
    /// What was read: a file name, or `standard input`.
    pub input: String,
    pub shown: Vec<Problem>,
    pub total: usize,
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Line of the input, counted from 1; `None` if the whole input is meant.
    pub line: Option<u64>,
    pub text: String,
}

impl Problems {
    /// No problem yet with `input`.
    pub fn of(input: &str) -> Self {
        Self { input: input.to_owned(), ..Self::default() }
    }

    /// Counts a problem, and keeps its text while there is room.
    pub fn add(&mut self, line: impl Into<Option<u64>>, text: impl Into<String>) {
        self.total += 1;
        if self.shown.len() < SHOWN {
            self.shown.push(Problem { line: line.into(), text: text.into() });
        }
    }

    /// `Ok` if nothing is wrong.
    ///
    /// # Errors
    /// [`Error::Input`] with everything collected.
    pub fn settle(self) -> Result<(), Error> {
        if self.total == 0 { Ok(()) } else { Err(Error::Input(self)) }
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let ([only], 1) = (self.shown.as_slice(), self.total) {
            return write!(f, "{}: {only}", self.input);
        }
        write!(f, "{}: {} problems", self.input, self.total)?;
        for problem in &self.shown {
            write!(f, "\n  {problem}")?;
        }
        let rest = self.total - self.shown.len();
        if rest > 0 {
            write!(f, "\n  and {rest} more")?;
        }
        Ok(())
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(line) = self.line {
            write!(f, "line {line}: ")?;
        }
        f.write_str(&self.text)
    }
}

/// Named devices that cannot be told.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DeviceProblems(pub Vec<DeviceProblem>);

/// Why one named device cannot be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceProblem {
    /// As it was given: a serial number or an id.
    pub named: String,
    /// Where it was named: `--serial`, or `line 3` of a file.
    pub place: String,
    pub why: Why,
}

/// What is wrong with a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Why {
    /// No record has it.
    Unknown,
    /// Several records have it; one of their ids tells which is meant.
    Ambiguous(Vec<Candidate>),
    /// Two columns of one line point at different devices.
    Contradiction(String),
    /// It can be no id.
    Malformed(String),
}

/// A record that a name may have meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    pub id: muster_model::ids::DeviceId,
    pub name: String,
    pub serial: String,
    pub enrollment: String,
    pub last_seen: String,
}

impl fmt::Display for DeviceProblems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.as_slice() {
            [only] => write!(f, "{only}"),
            several => {
                write!(f, "{} devices cannot be told", several.len())?;
                several.iter().take(SHOWN).try_for_each(|problem| write!(f, "\n  {problem}"))?;
                match several.len().saturating_sub(SHOWN) {
                    0 => Ok(()),
                    rest => write!(f, "\n  and {rest} more"),
                }
            }
        }
    }
}

impl fmt::Display for DeviceProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { named, place, why } = self;
        match why {
            Why::Unknown => write!(f, "no device is known as `{named}` ({place})"),
            Why::Contradiction(text) | Why::Malformed(text) => write!(f, "{text} ({place})"),
            Why::Ambiguous(candidates) => {
                write!(f, "`{named}` ({place}) stands for {} records; name one by its id:", candidates.len())?;
                candidates.iter().try_for_each(|candidate| write!(f, "\n    {candidate}"))
            }
        }
    }
}

impl fmt::Display for Candidate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { id, name, serial, enrollment, last_seen } = self;
        write!(f, "id {id}: {name}, serial {serial}, {enrollment}, last seen {last_seen}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn problems_show_the_first_twenty_and_count_all() {
        let mut problems = Problems::of("users.csv");
        for line in 1..=25 {
            problems.add(line, "is wrong");
        }
        let text = problems.to_string();
        assert!(text.starts_with("users.csv: 25 problems\n  line 1: is wrong"), "{text}");
        assert!(text.ends_with("and 5 more"), "{text}");
        assert_eq!(text.lines().count(), 22);
    }
}
