//! Carries a verdict on to the items that wait: what follows a held item is held, and what follows one
//! that will not be done is not done either.

use super::{Facts, Opinion, nothing_to_do};
use crate::plan::Verdict;

pub(super) fn decide(facts: &Facts, opinion: &mut Opinion) {
    // An item waits for an earlier one (the draft was checked), so one pass reaches every chain.
    for (index, item) in facts.draft.items.iter().enumerate() {
        let Some(first) = item.after else { continue };
        if !opinion.is_open(index) {
            continue;
        }
        let decision = &opinion.items[first];
        let name =
            format!("{} of {}", facts.draft.items[first].action.describe(), facts.draft.items[first].target.name());
        match decision.verdict {
            Verdict::Hold => opinion.item(index, Verdict::Hold, format!("waits for {name}, which is held")),
            Verdict::Skip if decision.reasons.iter().all(|reason| reason.rule != nothing_to_do::NAME) => {
                opinion.item(index, Verdict::Skip, format!("needs {name}, which is skipped"));
            }
            _ => {}
        }
    }
}
