//! Holds a selection that finds far more, or far fewer, targets than it did the last time: the filter may have lost
//! its meaning (a group that was renamed, a list that came back short), and nobody would notice.

use super::{Facts, Opinion, Page, Rule, Survey};
use crate::plan::{Selection, Verdict};

/// Why every item is held, if that is so.
#[derive(Default)]
pub(super) struct CountChange(Option<String>);

impl Rule for CountChange {
    fn begin(&mut self, facts: &Facts, opinion: &mut Opinion) {
        if let (Selection::Filter { text, .. }, Some((last, at))) = (facts.selection, facts.history.last) {
            let now = facts.assumed.items;
            let at = at.strftime("%Y-%m-%d %H:%M UTC");
            opinion.note(format!("the filter `{text}` found {now} targets; {last} on {at}"));
        }
        self.0 = holds(facts, facts.assumed);
    }

    fn page(&mut self, _facts: &Facts, page: &Page, opinion: &mut Opinion) {
        let Some(text) = &self.0 else { return };
        for (index, _) in page.open(opinion) {
            opinion.item(index, Verdict::Hold, text.clone());
        }
    }
}

/// Whether other items on the whole would have been judged otherwise, or told otherwise.
pub(super) fn differs(facts: &Facts, survey: Survey) -> bool {
    let told = matches!(facts.selection, Selection::Filter { .. }) && facts.history.last.is_some();
    (told && survey.items != facts.assumed.items) || holds(facts, survey) != holds(facts, facts.assumed)
}

/// Why so many items are held.
fn holds(facts: &Facts, survey: Survey) -> Option<String> {
    let (Selection::Filter { text, .. }, Some((last, _))) = (facts.selection, facts.history.last) else { return None };
    let Survey { items: now, weighty } = survey;
    let change = now.abs_diff(last);
    let asked = facts.policy.change;
    if change < asked.at_least {
        return None;
    }
    // Of nothing, any number is more than any share.
    let by_share = asked.percent > 0.0 && change as f64 * 100.0 > last as f64 * asked.percent;
    let by_number = asked.targets > 0 && weighty && change > asked.targets;
    if !by_share && !by_number {
        return None;
    }
    let how = if now > last { "more" } else { "fewer" };
    let limit = if by_share { format!("{} % of the last run's", asked.percent) } else { asked.targets.to_string() };
    Some(format!(
        "the filter `{text}` finds {change} targets {how} than the last time ({now}, then {last}), which exceeds {limit}"
    ))
}
