//! Holds changes while a freeze lasts.

use super::policy::Freeze;
use super::{Facts, Opinion, Page};
use crate::plan::{Action, OrganizationGroup, Target};

pub(super) fn decide(facts: &Facts, page: &Page, opinion: &mut Opinion) {
    for freeze in &facts.policy.freezes {
        let text = match freeze.holds(facts.now) {
            Ok(None) => continue,
            Ok(Some(until)) => {
                format!("the freeze `{}` lasts until {}", freeze.name, until.strftime("%Y-%m-%d %H:%M UTC"))
            }
            // Whether it is time cannot be told, so it is taken to be.
            Err(why) => format!("the freeze `{}` cannot be read: {why}", freeze.name),
        };
        for (index, item) in page.open(opinion) {
            if is_for(freeze, item.target, item.action) {
                opinion.item(index, freeze.then, text.clone());
            }
        }
    }
}

/// Whether it stops this change while it lasts.
pub(super) fn is_for(freeze: &Freeze, target: &Target, action: &Action) -> bool {
    let named = |group: &OrganizationGroup| freeze.groups.iter().any(|named| group.is_called(named));
    let meant = freeze.groups.is_empty() || target.organization_groups().into_iter().flatten().any(named);
    meant && action.risk() >= freeze.risk
}
