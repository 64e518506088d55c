//! Keeps protected sets from being touched. That a target is protected wins over every permission: what is left out
//! here can be let through by changing the policy and by nothing else.

use std::collections::BTreeSet;

use super::policy::Protected;
use super::{Facts, Opinion, Page};
use crate::plan::{DeviceTarget, Selection, Verdict};

pub(super) fn decide(facts: &Facts, page: &Page, opinion: &mut Opinion) {
    for set in &facts.policy.protected {
        protect(set, facts, page, opinion);
    }
}

fn protect(set: &Protected, facts: &Facts, page: &Page, opinion: &mut Opinion) {
    let named = *facts.selection == Selection::Listed;
    let verdict = set.then.unwrap_or(if named { Verdict::Refuse } else { Verdict::Skip });
    let members: Option<BTreeSet<i64>> =
        facts.surroundings.members.get(&set.name).map(|ids| ids.iter().copied().collect());
    for (index, item) in page.open(opinion) {
        if !set.guards_against(item.action) {
            continue;
        }
        let what = item.action.describe();
        let asked = |device: &DeviceTarget| members.as_ref().is_some_and(|members| members.contains(&device.id.0));
        let by_group = || {
            let device = item.target.devices().iter().find(|device| asked(device))?;
            Some((device.label(), "a tag or a smart group of the set".to_owned()))
        };
        if let Some((name, why)) = set.names(item.target).or_else(by_group) {
            opinion.item(index, verdict, format!("{name} is protected against {what}: {} ({why})", set.name));
        } else if set.asks() && members.is_none() && !item.target.devices().is_empty() {
            let text = format!("it is not known who is in the protected set {}", set.name);
            opinion.item(index, Verdict::Hold, text);
        }
    }
}
