//! Takes out what the drafter found already so: a row of the report, and nothing to send.

use super::{Facts, Opinion};
pub(crate) use crate::plan::NOTHING_TO_DO as NAME;
use crate::plan::Verdict;

pub(super) fn decide(facts: &Facts, opinion: &mut Opinion) {
    for (index, item) in facts.draft.items.iter().enumerate() {
        if let Some(why) = &item.nothing_to_do {
            opinion.item(index, Verdict::Skip, why.as_str());
        }
    }
}
