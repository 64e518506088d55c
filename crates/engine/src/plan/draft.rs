//! What somebody asks the engine to do, before the guard has seen it.

use jiff::Timestamp;
use muster_model::Effect;
use serde::{Deserialize, Serialize};

use super::{Action, Target};

/// Changes that somebody wants, with the way their targets were chosen.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    /// What it is for, in a few words: `devices command SyncDevice`.
    pub purpose: String,
    pub selection: Selection,
    pub items: Vec<DraftItem>,
}

/// How the targets were chosen. The guard is stricter with targets that nobody named.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase", tag = "kind")]
pub enum Selection {
    /// Named one by one.
    Listed,
    /// Whatever a filter found.
    Filter {
        /// The filter as it was given: `platform=Apple`.
        text: String,
        /// Whether it lets everything through.
        everything: bool,
        /// The most targets that the caller expects; more are refused. An everything-filter is
        /// refused without it.
        bound: Option<u64>,
        /// The filter in the words of whoever chose, so that it can be asked again.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        query: Option<serde_json::Value>,
    },
    /// A workflow decided by its rules.
    Decided {
        /// The workflow's name.
        by: String,
    },
}

/// One change that is wanted.
#[derive(Debug, Clone, PartialEq)]
pub struct DraftItem {
    pub target: Target,
    pub action: Action,
    /// Why it ought to be done.
    pub reason: String,
    /// The relevant part of the target as it is now.
    pub before: Option<serde_json::Value>,
    /// Columns of the input row, in their order.
    pub input: Vec<(String, String)>,
    /// Index of an earlier item that must be done first.
    pub after: Option<usize>,
    /// Why there is nothing to do; the item becomes a skipped row of the report.
    pub nothing_to_do: Option<String>,
    /// Of what takes a change back: why nobody can be sure that this is what it does. It is held.
    pub doubt: Option<String>,
}

impl DraftItem {
    /// An item without input columns, order or state before.
    pub fn new(target: Target, action: Action, reason: impl Into<String>) -> Self {
        Self {
            target,
            action,
            reason: reason.into(),
            before: None,
            input: Vec::new(),
            after: None,
            nothing_to_do: None,
            doubt: None,
        }
    }
}

/// A draft's item on its way to a plan.
#[derive(Debug, Clone)]
pub(crate) struct Wish {
    pub item: DraftItem,
    /// In a plan that takes up an earlier job's tasks: the index of its task there.
    pub origin: Option<usize>,
    /// When it was sent, if its outcome is not known.
    pub unsettled_since: Option<Timestamp>,
}

impl From<DraftItem> for Wish {
    fn from(item: DraftItem) -> Self {
        Self { item, origin: None, unsettled_since: None }
    }
}

impl Wish {
    /// Whether items make sense in themselves; the first of them has the place `start` in its draft. The error says what
    /// does not.
    pub(crate) fn check(start: usize, wishes: &[Self]) -> Result<(), String> {
        for (index, Self { item, .. }) in (start..).zip(wishes) {
            let line = index + 1;
            if item.after.is_some_and(|first| first >= index) {
                return Err(format!("item {line} waits for one that does not come before it"));
            }
            if !item.action.fits(&item.target) {
                return Err(format!("item {line}: {} is nothing for a {}", item.action.verb(), item.target.kind()));
            }
            if item.action.edit().is_some_and(|edit| edit.password.is_some()) {
                return Err(format!("item {line} carries a password; plans are kept, and passwords never are"));
            }
            if let Action::CallOperation { call } = &item.action {
                let operation = call.facts().ok_or_else(|| format!("item {line}: nobody knows {}", call.operation))?;
                if call.is_about_another(&item.target) {
                    return Err(format!("item {line}: {} is not about {}", call.describe(), item.target.name()));
                }
                if operation.effect() == Effect::Read {
                    return Err(format!("item {line}: {} only reads, which needs no plan", call.operation));
                }
            }
        }
        Ok(())
    }
}
