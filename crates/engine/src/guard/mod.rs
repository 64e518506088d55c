//! Decides what a draft may do: pure rules, each in a file of its own, each with its reasons.
//!
//! The same rules decide for a preview and for the run, because there is only one way into the journal
//! and it leads through here. Items pass by a page at a time, in their order: a rule sees those of a page, what the
//! rules before it decided on them, and what it has counted so far; a draft of a million items costs no more memory
//! than one of a thousand. The strictest verdict on an item stands, except that an item which is skipped is out of the
//! game. What the rules weigh is in the [`Facts`]; the numbers they go by are in the [`policy`].
//!
//! One rule has to know beforehand how many items there are ([`Survey`]). Whoever asks tells what is assumed, is told
//! what it was, and asks once more if the two differ.

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
mod pause;
pub mod policy;
mod precondition;
mod protected;
mod read_only;
mod rules;
mod tenant_limits;
mod undo;
mod unknown_devices;
mod window;

pub(crate) use nothing_to_do::NAME as NOTHING_TO_DO;
pub(crate) use pause::Pause;
pub use policy::GuardPolicy;
use rules::{Entry, RULES};

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::plan::{
    Action, Decision, DraftItem, History, PlanItem, Reason, Risk, Selection, Surroundings, Target, Verdict,
};

/// What a rule does. It is asked once at the beginning, for each page of items, and once at the end.
trait Rule: Send + Sync {
    /// Says what is weighed whatever the items are.
    fn begin(&mut self, _facts: &Facts, _opinion: &mut Opinion) {}

    /// Decides on the items of a page.
    fn page(&mut self, facts: &Facts, page: &Page, opinion: &mut Opinion);

    /// Decides on the whole, when every item has passed by.
    fn end(&mut self, _facts: &Facts, _opinion: &mut Opinion) {}
}

/// A rule that looks at each item by itself.
struct Each(fn(&Facts, &Page, &mut Opinion));

impl Rule for Each {
    fn page(&mut self, facts: &Facts, page: &Page, opinion: &mut Opinion) {
        (self.0)(facts, page, opinion);
    }
}

/// What the rules go by. Nothing else is known to them.
#[derive(Debug, Clone)]
pub struct Facts<'a> {
    pub selection: &'a Selection,
    pub policy: &'a GuardPolicy,
    /// How plans call the tenant.
    pub tenant: &'a str,
    /// How people call it, if they do.
    pub context: Option<&'a str>,
    pub surroundings: &'a Surroundings,
    pub history: History,
    pub now: Timestamp,
    /// What is assumed of the items on the whole.
    pub assumed: Survey,
}

/// What is known of the items on the whole.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Survey {
    /// All of them.
    pub items: u64,
    /// Whether any that is not left out is more than reversible.
    pub weighty: bool,
}

/// An item as the rules see it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wanted<'a> {
    pub target: &'a Target,
    pub action: &'a Action,
    pub after: Option<usize>,
    pub nothing_to_do: Option<&'a str>,
    pub doubt: Option<&'a str>,
    /// What was read of the target when the plan was made.
    pub before: Option<&'a serde_json::Value>,
}

impl Wanted<'_> {
    /// What is done to whom.
    pub(crate) fn name(&self) -> String {
        format!("{} of {}", self.action.describe(), self.target.name())
    }
}

impl<'a> From<&'a DraftItem> for Wanted<'a> {
    fn from(item: &'a DraftItem) -> Self {
        let DraftItem { target, action, after, nothing_to_do, doubt, before, .. } = item;
        let (nothing_to_do, doubt, before) = (nothing_to_do.as_deref(), doubt.as_deref(), before.as_ref());
        Self { target, action, after: *after, nothing_to_do, doubt, before }
    }
}

impl<'a> From<&'a PlanItem> for Wanted<'a> {
    /// What there was nothing to do about, or was in doubt, is so still.
    fn from(item: &'a PlanItem) -> Self {
        let PlanItem { target, action, after, before, .. } = item;
        let (nothing_to_do, doubt, before) = (item.nothing_to_do(), item.doubt(), before.as_ref());
        Self { target, action, after: *after, nothing_to_do, doubt, before }
    }
}

/// An item of an earlier page that an item of this one waits for.
#[derive(Debug, Clone)]
pub(crate) struct Earlier {
    /// What is done to whom.
    pub name: String,
    pub decision: Decision,
}

/// Items that follow each other.
struct Page<'a> {
    /// Place of the first one in the draft.
    start: usize,
    items: &'a [Wanted<'a>],
    earlier: &'a BTreeMap<usize, Earlier>,
}

impl<'a> Page<'a> {
    /// Every item, with its place in the draft.
    fn all(&self) -> impl Iterator<Item = (usize, &'a Wanted<'a>)> + use<'a> {
        (self.start..).zip(self.items)
    }

    /// The items that nothing has taken out, with their places in the draft.
    fn open(&self, opinion: &Opinion) -> Vec<(usize, &'a Wanted<'a>)> {
        self.all().filter(|(index, _)| opinion.is_open(*index)).collect()
    }
}

/// Collects the verdicts of one rule after the other.
struct Opinion {
    rule: &'static str,
    plan: Decision,
    /// Place of the first of the items.
    start: usize,
    /// Of the present page.
    items: Vec<Decision>,
    /// What the present rule said.
    present: Explanation,
}

impl Opinion {
    /// Whether nothing has taken the item out so far.
    fn is_open(&self, index: usize) -> bool {
        self.items[index - self.start].verdict != Verdict::Skip
    }

    /// Decides on one item.
    fn item(&mut self, index: usize, verdict: Verdict, text: impl Into<String>) {
        let text = text.into();
        self.present.items += 1;
        self.present.hear(verdict, &text);
        self.items[index - self.start].add(verdict, self.rule, text);
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
    fn of(entry: &Entry) -> Self {
        let (weighed, reasons) = (Vec::new(), Vec::new());
        Self { rule: entry.name, about: entry.about, verdict: Verdict::Allow, items: 0, weighed, reasons }
    }

    fn hear(&mut self, verdict: Verdict, text: &str) {
        self.verdict = self.verdict.max(verdict);
        if self.reasons.len() < EXPLAINED_REASONS && self.reasons.iter().all(|known| known != text) {
            self.reasons.push(text.to_owned());
        }
    }
}

/// What the guard says to a draft on the whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judgement {
    /// The strictest of its own and the items' verdicts. Skipped items count only if there are no
    /// others. Held items do not keep the others from being done.
    pub plan: Decision,
    /// Every rule with what it said, those without objection too, in the order in which they are asked.
    pub rules: Vec<Explanation>,
    /// What the items were on the whole.
    pub survey: Survey,
    /// Whether the decisions would be others if that had been assumed.
    pub(crate) again: bool,
}

/// The guard at work on one draft.
pub(crate) struct Guard<'a> {
    facts: Facts<'a>,
    rules: Vec<(Explanation, Box<dyn Rule>)>,
    plan: Decision,
    survey: Survey,
    /// The strictest verdict of an item that is not skipped.
    worst: Option<Verdict>,
    /// The first distinct reasons of items by their verdict.
    reasons: BTreeMap<Verdict, Vec<Reason>>,
}

impl<'a> Guard<'a> {
    /// Lets every rule say what it weighs.
    pub(crate) fn new(facts: Facts<'a>) -> Self {
        let rules = RULES.iter().map(|entry| (Explanation::of(entry), (entry.make)())).collect();
        let (plan, survey, reasons) = (Decision::default(), Survey::default(), BTreeMap::new());
        let mut guard = Self { facts, rules, plan, survey, worst: None, reasons };
        guard.ask(0, Vec::new(), |rule, facts, opinion| rule.begin(facts, opinion));
        guard
    }

    /// Whether what was sent before has to be known for these items.
    pub(crate) fn looks_back<'i>(&self, items: impl IntoIterator<Item = &'i Action>) -> bool {
        items.into_iter().any(|action| self.facts.policy.caps.iter().any(|cap| cap.counts(action)))
    }

    /// Takes in what was sent before, as soon as it has to be known.
    pub(crate) fn learn(&mut self, history: History) {
        self.facts.history = history;
    }

    /// Asks every rule about the next page of a draft; its first item has the place `start`. `earlier` has what items
    /// of this page wait for and earlier pages had.
    pub(crate) fn page(
        &mut self,
        start: usize,
        items: &[Wanted<'_>],
        earlier: &BTreeMap<usize, Earlier>,
    ) -> Vec<Decision> {
        let page = Page { start, items, earlier };
        let decisions = vec![Decision::default(); items.len()];
        let decisions = self.ask(start, decisions, |rule, facts, opinion| rule.page(facts, &page, opinion));
        self.survey.items += items.len() as u64;
        for (item, decision) in items.iter().zip(&decisions) {
            if decision.verdict == Verdict::Skip {
                continue;
            }
            self.survey.weighty = self.survey.weighty || item.action.risk() > Risk::Reversible;
            self.worst = self.worst.max(Some(decision.verdict));
            let known = self.reasons.entry(decision.verdict).or_default();
            for reason in &decision.reasons {
                if known.len() < REPEATED_REASONS && known.iter().all(|one| one.text != reason.text) {
                    known.push(reason.clone());
                }
            }
        }
        decisions
    }

    /// Notes that an item is there twice, which shows only when all are known: the same as the rule says of two items
    /// of one page.
    pub(crate) fn twice(&mut self, item: Wanted<'_>, first: usize, second: usize) {
        let text = duplicate::says(&item, first, second);
        let rule = "duplicate";
        if let Some((said, _)) = self.rules.iter_mut().find(|(said, _)| said.rule == rule) {
            said.items += 1;
            said.hear(Verdict::Refuse, &text);
        }
        self.worst = Some(Verdict::Refuse);
        let known = self.reasons.entry(Verdict::Refuse).or_default();
        if known.len() < REPEATED_REASONS {
            known.push(Reason { rule: rule.to_owned(), text });
        }
    }

    /// What comes of it.
    pub(crate) fn end(mut self) -> Judgement {
        self.ask(0, Vec::new(), |rule, facts, opinion| rule.end(facts, opinion));
        let Self { facts, rules, mut plan, survey, worst, mut reasons } = self;
        plan.verdict = plan.verdict.max(worst.unwrap_or(Verdict::Skip));
        if plan.verdict > Verdict::Skip {
            plan.reasons.extend(reasons.remove(&plan.verdict).unwrap_or_default());
        }
        let rules = rules.into_iter().map(|(said, _)| said).collect();
        let again = survey != facts.assumed && count_change::differs(&facts, survey);
        Judgement { plan, rules, survey, again }
    }

    fn ask(
        &mut self,
        start: usize,
        items: Vec<Decision>,
        mut put: impl FnMut(&mut dyn Rule, &Facts, &mut Opinion),
    ) -> Vec<Decision> {
        let plan = std::mem::take(&mut self.plan);
        let mut opinion = Opinion { rule: "", plan, start, items, present: Explanation::of(&RULES[0]) };
        for (said, rule) in &mut self.rules {
            opinion.rule = said.rule;
            std::mem::swap(&mut opinion.present, said);
            put(rule.as_mut(), &self.facts, &mut opinion);
            std::mem::swap(&mut opinion.present, said);
        }
        self.plan = opinion.plan;
        opinion.items
    }
}

/// Reasons of single items that the plan as a whole repeats; the rest is in the items.
pub(crate) const REPEATED_REASONS: usize = 10;

#[cfg(test)]
mod pages;
#[cfg(test)]
mod tests;
