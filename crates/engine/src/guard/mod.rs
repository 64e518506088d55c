//! Decides what a draft may do: pure rules, each in a file of its own, each with its reasons.
//!
//! The same rules decide for a preview and for the run, because there is only one way into the journal
//! and it leads through here. A rule sees the whole draft and what the rules before it decided; the
//! strictest verdict on an item stands, except that an item which is skipped is out of the game. What the
//! rules weigh is in the [`Facts`]; the numbers they go by are in the [`policy`].

mod capability;
mod caps;
mod count_change;
mod destructive;
mod duplicate;
mod empty_selection;
mod freeze;
mod freshness;
mod nothing_to_do;
mod on_query;
mod order;
pub mod policy;
mod protected;
mod read_only;
mod tenant_limits;
mod window;

pub(crate) use nothing_to_do::NAME as NOTHING_TO_DO;
pub use policy::GuardPolicy;

use std::collections::BTreeSet;

use jiff::Timestamp;

use crate::plan::{Decision, Draft, DraftItem, History, Surroundings, Verdict};

/// One rule: its name, which stands in every reason it gives, and what it does.
struct Rule {
    name: &'static str,
    /// One sentence for people.
    about: &'static str,
    decide: fn(&Facts, &mut Opinion),
}

/// Every rule, in the order in which they are asked: first those that take items out, last the one that
/// follows the items that wait for another.
const RULES: &[Rule] = &[
    Rule { name: nothing_to_do::NAME, about: "leaves out what is as wanted already", decide: nothing_to_do::decide },
    Rule {
        name: "capability",
        about: "leaves out commands that the platform of a device does not have",
        decide: capability::decide,
    },
    Rule { name: "protected", about: "keeps protected sets from being touched", decide: protected::decide },
    Rule { name: "read-only", about: "refuses every change in a context that is only read", decide: read_only::decide },
    Rule {
        name: "empty-selection",
        about: "refuses a filter that lets everything through, and more targets than were expected",
        decide: empty_selection::decide,
    },
    Rule { name: "duplicate", about: "refuses the same action on the same target twice", decide: duplicate::decide },
    Rule { name: "destructive", about: "holds what cannot be undone", decide: destructive::decide },
    Rule {
        name: "on-query",
        about: "holds irreversible actions on targets that nobody named, beyond the first",
        decide: on_query::decide,
    },
    Rule { name: "cap", about: "holds what exceeds the caps within their windows", decide: caps::decide },
    Rule {
        name: "freshness",
        about: "holds actions on devices that have been silent, and plans made of old data",
        decide: freshness::decide,
    },
    Rule {
        name: "count-change",
        about: "holds a selection that finds far more or fewer targets than the last time",
        decide: count_change::decide,
    },
    Rule { name: "freeze", about: "holds changes while a freeze lasts", decide: freeze::decide },
    Rule { name: "window", about: "holds changes outside of their maintenance windows", decide: window::decide },
    Rule { name: "tenant-limits", about: "tells what the tenant itself will hold back", decide: tenant_limits::decide },
    Rule { name: "order", about: "carries a verdict on to what waits for the item", decide: order::decide },
];

/// What the rules go by. Nothing else is known to them.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    pub draft: &'a Draft,
    pub policy: &'a GuardPolicy,
    /// How plans call the tenant.
    pub tenant: &'a str,
    /// How people call it, if they do.
    pub context: Option<&'a str>,
    pub surroundings: &'a Surroundings,
    pub history: &'a History,
    pub now: Timestamp,
}

/// Collects the verdicts of one rule after the other.
struct Opinion {
    rule: &'static str,
    plan: Decision,
    items: Vec<Decision>,
    /// What the present rule said.
    present: Explanation,
}

impl Opinion {
    /// Whether nothing has taken the item out so far.
    fn is_open(&self, index: usize) -> bool {
        self.items[index].verdict != Verdict::Skip
    }

    /// Decides on one item.
    fn item(&mut self, index: usize, verdict: Verdict, text: impl Into<String>) {
        let text = text.into();
        self.present.items += 1;
        self.present.hear(verdict, &text);
        self.items[index].add(verdict, self.rule, text);
    }

    /// Decides on the plan as a whole.
    fn whole(&mut self, verdict: Verdict, text: impl Into<String>) {
        let text = text.into();
        self.present.hear(verdict, &text);
        self.plan.add(verdict, self.rule, text);
    }

    /// Says what was weighed, whatever came of it.
    fn note(&mut self, text: impl Into<String>) {
        self.present.weighed.push(text.into());
    }
}

/// What one rule said, for people who ask why.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Explanation {
    pub rule: &'static str,
    /// What the rule is for.
    pub about: &'static str,
    /// Its strictest verdict; `Allow` if it had no objection.
    pub verdict: Verdict,
    /// Items that it said something about.
    pub items: usize,
    /// What it went by, also where it did not object.
    pub weighed: Vec<String>,
    /// Its distinct reasons, the first ones.
    pub reasons: Vec<String>,
}

/// Distinct reasons that an explanation repeats for each rule; all of them are in the items.
const EXPLAINED_REASONS: usize = 5;

impl Explanation {
    fn of(rule: &Rule) -> Self {
        let (weighed, reasons) = (Vec::new(), Vec::new());
        Self { rule: rule.name, about: rule.about, verdict: Verdict::Allow, items: 0, weighed, reasons }
    }

    fn hear(&mut self, verdict: Verdict, text: &str) {
        self.verdict = self.verdict.max(verdict);
        if self.reasons.len() < EXPLAINED_REASONS && self.reasons.iter().all(|known| known != text) {
            self.reasons.push(text.to_owned());
        }
    }
}

impl<'f> Facts<'f> {
    /// The items that nothing has taken out, with their index.
    fn open(&self, opinion: &Opinion) -> Vec<(usize, &'f DraftItem)> {
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
    /// Every rule with what it said, those without objection too, in the order in which they are asked.
    pub rules: Vec<Explanation>,
}

/// Asks every rule about a draft.
pub fn judge(facts: &Facts) -> Judgement {
    let items = vec![Decision::default(); facts.draft.items.len()];
    let mut opinion = Opinion { rule: "", plan: Decision::default(), items, present: Explanation::of(&RULES[0]) };
    let mut rules = Vec::with_capacity(RULES.len());
    for rule in RULES {
        (opinion.rule, opinion.present) = (rule.name, Explanation::of(rule));
        (rule.decide)(facts, &mut opinion);
        rules.push(opinion.present.clone());
    }
    Judgement { plan: sum(opinion.plan, &opinion.items), items: opinion.items, rules }
}

/// Reasons of single items that the plan as a whole repeats; the rest is in the items.
pub(crate) const REPEATED_REASONS: usize = 10;

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
