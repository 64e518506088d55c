//! Tells what the tenant itself will hold back or refuse: its wipe protection, and how many devices its bulk calls
//! take. What would end in the tenant's own queue is held here, where it can be seen.

use super::{Facts, Opinion};
use crate::plan::Verdict;

pub(super) fn decide(facts: &Facts, opinion: &mut Opinion) {
    let wipes: Vec<usize> = facts
        .open(opinion)
        .into_iter()
        .filter(|(_, item)| item.action.command().is_some_and(|command| command.is_wipe()))
        .map(|(index, _)| index)
        .collect();
    if wipes.is_empty() {
        return;
    }
    let limits: Vec<String> =
        facts.surroundings.bulk_limits.iter().map(|(action, limit)| format!("{action} {limit}")).collect();
    if !limits.is_empty() {
        opinion.note(format!("the tenant's bulk calls take at most: {}", limits.join(", ")));
    }
    let Some(protection) = facts.surroundings.wipe_protection else {
        opinion.note("the tenant's wipe protection could not be read; whether it has one is not known");
        return;
    };
    if protection.locked {
        let text = "the tenant has locked wipes, and holds every one until somebody unlocks them".to_owned();
        for index in &wipes {
            opinion.item(*index, Verdict::Hold, text.clone());
        }
    }
    let (Some(most), Some(minutes)) = (protection.wipes, protection.minutes) else { return };
    opinion.note(format!("the tenant holds wipes back beyond {most} within {minutes} minutes"));
    let through = usize::try_from(most).unwrap_or(usize::MAX);
    for index in wipes.iter().skip(through) {
        let text = format!(
            "the tenant's own wipe protection holds back whatever exceeds {most} wipes within {minutes} minutes"
        );
        opinion.item(*index, Verdict::Hold, text);
    }
}
