//! Holds what goes beyond the number of people whose work one plan may interrupt by itself.
//!
//! First form: a plain number over all disruptive commands of the plan
//! ([`GuardPolicy::disruptive_targets`](super::GuardPolicy)). The excess is held, not refused, so that
//! the first ones show how it goes.

use muster_model::commands::Command;

use super::{APPROVAL, Facts, Opinion};
use crate::plan::Verdict;

/// Reversible, and felt at once by whoever sits in front of the device.
const DISRUPTIVE: [Command; 4] =
    [Command::ClearPasscode, Command::SoftReset, Command::Shutdown, Command::InstallOsUpdate];

pub(super) fn decide(facts: &Facts, opinion: &mut Opinion) {
    let disruptive: Vec<_> = facts
        .open(opinion)
        .into_iter()
        .filter(|(_, item)| item.action.command().is_some_and(|command| DISRUPTIVE.contains(&command)))
        .collect();
    let limit = facts.policy.disruptive_targets;
    let through = usize::try_from(limit).unwrap_or(usize::MAX);
    for (index, item) in disruptive.into_iter().skip(through) {
        let what = item.action.describe();
        let why = format!("{what} beyond the first {limit} disruptive commands; {APPROVAL}");
        opinion.item(index, Verdict::Hold, why);
    }
}
