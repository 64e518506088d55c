//! Holds irreversible actions on targets that nobody named, beyond the first: a filter that finds more than was meant
//! is the commonest way to lose devices.

use super::{Facts, Opinion};
use crate::plan::{Risk, Selection, Verdict};

pub(super) fn decide(facts: &Facts, opinion: &mut Opinion) {
    if facts.draft.selection == Selection::Listed {
        return;
    }
    let limit = facts.policy.irreversible.on_query;
    let open = facts.open(opinion).into_iter();
    let irreversible: Vec<_> = open.filter(|(_, item)| item.action.risk() == Risk::Irreversible).collect();
    let through = usize::try_from(limit).unwrap_or(usize::MAX);
    for (index, _) in irreversible.into_iter().skip(through) {
        let text = format!(
            "nobody named the targets, and then no more than {limit} irreversible {} by itself",
            if limit == 1 { "action goes" } else { "actions go" }
        );
        opinion.item(index, Verdict::Hold, text);
    }
}
