//! Decides what a draft may do: pure rules, each in a file of its own, each with its reasons.
//!
//! The same rules decide for a preview and for the run, because there is only one way into the journal
//! and it leads through here. A rule sees the whole draft and what the rules before it decided; the
//! strictest verdict on an item stands, except that an item which is skipped is out of the game.

mod capability;
mod destructive;
mod disruptive;
mod duplicate;
mod empty_selection;
mod nothing_to_do;
mod order;
mod policy;

pub(crate) use nothing_to_do::NAME as NOTHING_TO_DO;
pub use policy::GuardPolicy;

use std::collections::BTreeSet;

use crate::plan::{Decision, Draft, DraftItem, Verdict};

/// One rule: its name, which stands in every reason it gives, and what it does.
struct Rule {
    name: &'static str,
    decide: fn(&Facts, &mut Opinion),
}

/// Every rule, in the order in which they are asked: first those that take items out, last the one that
/// follows the items that wait for another.
const RULES: &[Rule] = &[
    Rule { name: nothing_to_do::NAME, decide: nothing_to_do::decide },
    Rule { name: "capability", decide: capability::decide },
    Rule { name: "empty-selection", decide: empty_selection::decide },
    Rule { name: "duplicate", decide: duplicate::decide },
    Rule { name: "destructive", decide: destructive::decide },
    Rule { name: "disruptive", decide: disruptive::decide },
    Rule { name: "order", decide: order::decide },
];

/// What the rules go by.
struct Facts<'a> {
    draft: &'a Draft,
    policy: &'a GuardPolicy,
}

/// Collects the verdicts of one rule after the other.
struct Opinion {
    rule: &'static str,
    plan: Decision,
    items: Vec<Decision>,
}

impl Opinion {
    /// Whether nothing has taken the item out so far.
    fn is_open(&self, index: usize) -> bool {
        self.items[index].verdict != Verdict::Skip
    }

    /// Decides on one item.
    fn item(&mut self, index: usize, verdict: Verdict, text: impl Into<String>) {
        self.items[index].add(verdict, self.rule, text);
    }

    /// Decides on the plan as a whole.
    fn whole(&mut self, verdict: Verdict, text: impl Into<String>) {
        self.plan.add(verdict, self.rule, text);
    }
}

/// How held items get through. Without the plan's id: a plan that was applied in part is not approved any
/// more, its rest is a plan of its own.
const APPROVAL: &str = "it waits for an approval (`muster plan approve`)";

impl Facts<'_> {
    /// The items that nothing has taken out, with their index.
    fn open<'s>(&'s self, opinion: &Opinion) -> Vec<(usize, &'s DraftItem)> {
        self.draft.items.iter().enumerate().filter(|(index, _)| opinion.is_open(*index)).collect()
    }
}

/// What the guard says to a draft: on the whole, and on each item in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judgement {
    /// The strictest of its own and the items' verdicts. Skipped items count only if there are no
    /// others. Held items do not keep the others from being done.
    pub plan: Decision,
    pub items: Vec<Decision>,
}

/// Asks every rule about a draft.
pub fn judge(draft: &Draft, policy: &GuardPolicy) -> Judgement {
    let facts = Facts { draft, policy };
    let items = vec![Decision::default(); draft.items.len()];
    let mut opinion = Opinion { rule: "", plan: Decision::default(), items };
    for rule in RULES {
        opinion.rule = rule.name;
        (rule.decide)(&facts, &mut opinion);
    }
    Judgement { plan: sum(opinion.plan, &opinion.items), items: opinion.items }
}

/// Reasons of single items that the plan as a whole repeats; the rest is in the items.
const REPEATED_REASONS: usize = 10;

/// The plan's own decision with what the items add to it.
fn sum(mut plan: Decision, items: &[Decision]) -> Decision {
    let worst = items.iter().map(|item| item.verdict).filter(|verdict| *verdict != Verdict::Skip).max();
    plan.verdict = plan.verdict.max(worst.unwrap_or(Verdict::Skip));
    if plan.verdict > Verdict::Skip {
        let mut seen = BTreeSet::new();
        let strictest = items.iter().filter(|item| item.verdict == plan.verdict).flat_map(|item| &item.reasons);
        let distinct = strictest.filter(|reason| seen.insert(reason.text.as_str()));
        plan.reasons.extend(distinct.take(REPEATED_REASONS).cloned());
    }
    plan
}

#[cfg(test)]
mod tests;
