//! Tells what the tenant itself will hold back or refuse: its wipe protection, and how many devices its bulk calls
//! take. What would end in the tenant's own queue is held here, where it can be seen.

use super::{Facts, Opinion, Page, Rule};
use crate::plan::Verdict;

/// Wipes that have passed by.
#[derive(Default)]
pub(super) struct TenantLimits(u64);

impl Rule for TenantLimits {
    fn page(&mut self, facts: &Facts, page: &Page, opinion: &mut Opinion) {
        let protection = facts.surroundings.wipe_protection;
        for (index, item) in page.open(opinion) {
            if !item.action.command().is_some_and(|command| command.is_wipe()) {
                continue;
            }
            self.0 += (item.target.devices().len() as u64).max(1);
            let Some(protection) = protection else { continue };
            if protection.locked {
                let text = "the tenant has locked wipes, and holds every one until somebody unlocks them";
                opinion.item(index, Verdict::Hold, text);
            }
            let (Some(most), Some(minutes)) = (protection.wipes, protection.minutes) else { continue };
            if self.0 > most {
                let text = format!(
                    "the tenant's own wipe protection holds back whatever exceeds {most} wipes within {minutes} minutes"
                );
                opinion.item(index, Verdict::Hold, text);
            }
        }
    }

    fn end(&mut self, facts: &Facts, opinion: &mut Opinion) {
        if self.0 == 0 {
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
        if let (Some(most), Some(minutes)) = (protection.wipes, protection.minutes) {
            opinion.note(format!("the tenant holds wipes back beyond {most} within {minutes} minutes"));
        }
    }
}
