//! For tests: a small draft put before the guard in pages of any size, as large ones are.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::{Earlier, Explanation, Facts, Guard, GuardPolicy, Judgement, Survey, Wanted};
use crate::plan::{Decision, Draft, History, Surroundings};

/// What the guard says, with the decision on every item.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Judged {
    pub(super) plan: Decision,
    pub(super) items: Vec<Decision>,
    pub(super) rules: Vec<Explanation>,
    pub(super) survey: Survey,
    pub(super) again: bool,
}

impl Judged {
    /// Several caps are weighed for each page, so that what a rule says comes in another order.
    pub(super) fn sorted(mut self) -> Self {
        self.rules.iter_mut().for_each(|said| said.reasons.sort());
        self
    }
}

pub(super) fn in_pages(
    context: Option<&str>,
    policy: &GuardPolicy,
    surroundings: &Surroundings,
    history: &History,
    draft: &Draft,
    assumed: Survey,
    (size, now): (usize, Timestamp),
) -> Judged {
    let tenant = "https://uem.example";
    let (selection, history) = (&draft.selection, history.clone());
    let mut guard = Guard::new(Facts { selection, policy, tenant, context, surroundings, history, now, assumed });
    let (mut items, mut earlier) = (Vec::new(), BTreeMap::new());
    for page in draft.items.chunks(size) {
        let start = items.len();
        let page: Vec<Wanted> = page.iter().map(Wanted::from).collect();
        let decisions = guard.page(start, &page, &earlier);
        for (place, (item, decision)) in page.iter().zip(&decisions).enumerate() {
            earlier.insert(start + place, Earlier { name: item.name(), decision: decision.clone() });
        }
        items.extend(decisions);
    }
    let Judgement { plan, rules, survey, again } = guard.end();
    Judged { plan, items, rules, survey, again }
}
