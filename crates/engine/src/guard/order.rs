//! Carries a verdict on to the items that wait: what follows a held item is held, and what follows one
//! that will not be done is not done either.

use super::{Facts, Opinion, Page, nothing_to_do};
use crate::plan::Verdict;

pub(super) fn decide(_facts: &Facts, page: &Page, opinion: &mut Opinion) {
    // An item waits for an earlier one (the draft was checked), so one pass reaches every chain.
    for (index, item) in page.all() {
        let Some(first) = item.after else { continue };
        if !opinion.is_open(index) {
            continue;
        }
        let (decision, name) = match first.checked_sub(page.start) {
            Some(place) => (&opinion.items[place], page.items[place].name()),
            None => match page.earlier.get(&first) {
                Some(earlier) => (&earlier.decision, earlier.name.clone()),
                None => continue,
            },
        };
        match decision.verdict {
            Verdict::Hold => opinion.item(index, Verdict::Hold, format!("waits for {name}, which is held")),
            Verdict::Skip if decision.reasons.iter().all(|reason| reason.rule != nothing_to_do::NAME) => {
                opinion.item(index, Verdict::Skip, format!("needs {name}, which is skipped"));
            }
            _ => {}
        }
    }
}
