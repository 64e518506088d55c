//! Holds a selection that finds far more, or far fewer, targets than it did the last time: the filter may have lost
//! its meaning (a group that was renamed, a list that came back short), and nobody would notice.

use super::{Facts, Opinion};
use crate::plan::{Risk, Selection, Verdict};

pub(super) fn decide(facts: &Facts, opinion: &mut Opinion) {
    let (Selection::Filter { text, .. }, Some((last, at))) = (&facts.draft.selection, facts.history.last) else {
        return;
    };
    let open = facts.open(opinion);
    let now = facts.draft.items.len() as u64;
    let change = now.abs_diff(last);
    opinion.note(format!("the filter `{text}` found {now} targets; {last} on {}", at.strftime("%Y-%m-%d %H:%M UTC")));
    let asked = facts.policy.change;
    if open.is_empty() || change < asked.at_least {
        return;
    }
    // Of nothing, any number is more than any share.
    let by_share = asked.percent > 0.0 && change as f64 * 100.0 > last as f64 * asked.percent;
    let weighty = open.iter().any(|(_, item)| item.action.risk() > Risk::Reversible);
    let by_number = asked.targets > 0 && weighty && change > asked.targets;
    if !by_share && !by_number {
        return;
    }
    let how = if now > last { "more" } else { "fewer" };
    let limit = if by_share { format!("{} % of the last run's", asked.percent) } else { asked.targets.to_string() };
    let text = format!(
        "the filter `{text}` finds {change} targets {how} than the last time ({now}, then {last}), which exceeds {limit}"
    );
    for (index, _) in open {
        opinion.item(index, Verdict::Hold, text.clone());
    }
}
