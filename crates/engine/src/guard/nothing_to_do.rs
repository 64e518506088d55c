//! Takes out what the drafter found already so: a row of the report, and nothing to send.

use super::{Facts, Opinion};
use crate::plan::Verdict;

/// Also the class of a task that was skipped for this reason: whoever waits for it may go on.
pub(crate) const NAME: &str = "nothing-to-do";

pub(super) fn decide(facts: &Facts, opinion: &mut Opinion) {
    for (index, item) in facts.draft.items.iter().enumerate() {
        if let Some(why) = &item.nothing_to_do {
            opinion.item(index, Verdict::Skip, why.as_str());
        }
    }
}
