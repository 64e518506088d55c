//! Holds irreversible actions on targets that nobody named, beyond the first: a filter that finds more than was meant
//! is the commonest way to lose devices.

use super::{Facts, Opinion, Page, Rule};
use crate::plan::{Risk, Selection, Verdict};

/// Irreversible items that have passed by.
#[derive(Default)]
pub(super) struct OnQuery(u64);

impl Rule for OnQuery {
    fn page(&mut self, facts: &Facts, page: &Page, opinion: &mut Opinion) {
        if *facts.selection == Selection::Listed {
            return;
        }
        let limit = facts.policy.irreversible.on_query;
        for (index, item) in page.open(opinion) {
            if item.action.risk() != Risk::Irreversible {
                continue;
            }
            self.0 += 1;
            if self.0 > limit {
                let text = format!(
                    "nobody named the targets, and then no more than {limit} irreversible {} by itself",
                    if limit == 1 { "action goes" } else { "actions go" }
                );
                opinion.item(index, Verdict::Hold, text);
            }
        }
    }
}
