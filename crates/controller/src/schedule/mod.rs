//! When a workflow is nudged: schedules and the arithmetic of their instants.
//!
//! A schedule carries no data into the workflow; it names one and says when. What ought to be done is
//! found out by the workflow itself, from what it reads at that moment.

mod due;

pub use due::{Fire, due};

use std::time::Duration;

use jiff::Timestamp;

/// Which workflow a schedule nudges.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Workflow {
    /// Finds devices that break their compliance policies and proposes the remedies.
    Compliance,
}

impl Workflow {
    /// The word under which the workflow is stored and shown.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Compliance => "compliance",
        }
    }

    /// The workflow of that word.
    pub fn known(word: &str) -> Option<Self> {
        (word == "compliance").then_some(Self::Compliance)
    }
}

/// What the operator asks for: a workflow, how often, and whether what it plans is carried out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Declared {
    /// Unique within the tenant.
    pub name: String,
    pub workflow: Workflow,
    /// At least a second.
    pub every: Duration,
    /// `true`: the plan is started at once, except for what the guard holds. `false`: it waits for a person.
    pub apply: bool,
}

/// A declared schedule and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule {
    pub name: String,
    pub workflow: Workflow,
    pub every: Duration,
    pub apply: bool,
    /// The scheduled instant that was acted upon last.
    pub last_fire: Option<Timestamp>,
    /// The earliest instant that was not acted upon yet.
    pub next_due: Timestamp,
}

impl Schedule {
    /// A schedule that was just declared: due at once, because nobody knows yet how the fleet is.
    pub fn new(declared: &Declared, now: Timestamp) -> Self {
        Self {
            name: declared.name.clone(),
            workflow: declared.workflow,
            every: declared.every,
            apply: declared.apply,
            last_fire: None,
            next_due: now,
        }
    }

    /// The same schedule after its declaration changed: it keeps its history, and a new interval counts
    /// from the last instant acted upon.
    pub fn redeclared(self, declared: &Declared) -> Self {
        let next_due = match self.last_fire {
            Some(last) if declared.every != self.every => due::later(last, declared.every, 1),
            _ => self.next_due,
        };
        Self { workflow: declared.workflow, every: declared.every, apply: declared.apply, next_due, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().expect("a timestamp")
    }

    #[test]
    fn a_new_interval_counts_from_the_last_fire() {
        let mut declared = Declared {
            name: "c".into(),
            workflow: Workflow::Compliance,
            every: Duration::from_secs(900),
            apply: false,
        };
        let mut schedule = Schedule::new(&declared, at("2025-01-01T00:00:00Z"));
        schedule.last_fire = Some(at("2025-01-01T00:00:00Z"));
        schedule.next_due = at("2025-01-01T00:15:00Z");
        declared.apply = true;
        assert_eq!(schedule.clone().redeclared(&declared).next_due, at("2025-01-01T00:15:00Z"));
        declared.every = Duration::from_secs(60);
        assert_eq!(schedule.redeclared(&declared).next_due, at("2025-01-01T00:01:00Z"));
    }
}
