//! Refuses writes to targets that nobody asked for: a filter that lets everything through, or that found
//! more than its caller expected.

use super::{Facts, Opinion};
use crate::plan::{Selection, Verdict};

pub(super) fn decide(facts: &Facts, opinion: &mut Opinion) {
    let Selection::Filter { text, everything, bound, .. } = &facts.draft.selection else { return };
    let targets = facts.open(opinion).len() as u64;
    if targets == 0 {
        return;
    }
    match bound {
        None if *everything => {
            let text = format!("empty filter: it would change all {targets} targets; narrow it, or bound their number");
            opinion.whole(Verdict::Refuse, text);
        }
        Some(bound) if targets > *bound => {
            let text = format!("the filter `{text}` found {targets} targets, more than the bound of {bound}");
            opinion.whole(Verdict::Refuse, text);
        }
        _ => {}
    }
}
