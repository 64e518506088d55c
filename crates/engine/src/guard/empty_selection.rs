//! Refuses writes to targets that nobody asked for: a filter that lets everything through, or that found
//! more than its caller expected.

use super::{Facts, Opinion, Page, Rule};
use crate::plan::{Selection, Verdict};

/// How many targets would be changed.
#[derive(Default)]
pub(super) struct EmptySelection(u64);

impl Rule for EmptySelection {
    fn page(&mut self, _facts: &Facts, page: &Page, opinion: &mut Opinion) {
        self.0 += page.all().filter(|(index, _)| opinion.is_open(*index)).count() as u64;
    }

    fn end(&mut self, facts: &Facts, opinion: &mut Opinion) {
        let Selection::Filter { text, everything, bound, .. } = facts.selection else { return };
        let targets = self.0;
        if targets == 0 {
            return;
        }
        match bound {
            None if *everything => {
                let text =
                    format!("empty filter: it would change all {targets} targets; narrow it, or bound their number");
                opinion.whole(Verdict::Refuse, text);
            }
            Some(bound) if targets > *bound => {
                let text = format!("the filter `{text}` found {targets} targets, more than the bound of {bound}");
                opinion.whole(Verdict::Refuse, text);
            }
            _ => {}
        }
    }
}
