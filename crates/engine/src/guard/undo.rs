//! Holds what takes a change back where nobody can be sure of it: the target was changed since, or what it was like is not
//! known. Whoever took the draft up has compared; here it is only held.

use super::{Facts, Opinion, Page};
pub(crate) use crate::plan::IN_DOUBT as NAME;
use crate::plan::Verdict;

pub(super) fn decide(_facts: &Facts, page: &Page, opinion: &mut Opinion) {
    for (index, item) in page.open(opinion) {
        if let Some(why) = item.doubt {
            opinion.item(index, Verdict::Hold, why);
        }
    }
}
