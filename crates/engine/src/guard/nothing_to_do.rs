//! Takes out what the drafter found already so: a row of the report, and nothing to send.

use super::{Facts, Opinion, Page};
pub(crate) use crate::plan::NOTHING_TO_DO as NAME;
use crate::plan::Verdict;

pub(super) fn decide(_facts: &Facts, page: &Page, opinion: &mut Opinion) {
    for (index, item) in page.all() {
        if let Some(why) = item.nothing_to_do {
            opinion.item(index, Verdict::Skip, why);
        }
    }
}
