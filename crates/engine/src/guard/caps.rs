//! Holds what exceeds a cap: so many targets of an action or of a class of risk, of the tenant or of each organization
//! group, within a window that reaches back into what this state's journal really sent.
//!
//! A target counts once, however often it is written to, and a call for many counts as many. The excess is held, not refused, so that the first ones show
//! how it goes.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::policy::{Cap, Denominator, Per};
use super::{Facts, Opinion, Page, Rule};
use crate::plan::{Counted, OrganizationGroup, counted};

/// What every cap has counted, by the cap's place in the policy and by organization group.
#[derive(Default)]
pub(super) struct Caps(BTreeMap<(usize, Option<i64>), Count>);

impl Rule for Caps {
    fn page(&mut self, facts: &Facts, page: &Page, opinion: &mut Opinion) {
        for (place, cap) in facts.policy.caps.iter().enumerate() {
            self.weigh(place, cap, facts, page, opinion);
        }
    }

    fn end(&mut self, facts: &Facts, opinion: &mut Opinion) {
        for ((place, _), count) in &self.0 {
            let cap = &facts.policy.caps[*place];
            let (sent, limit) = (count.before(), count.limit);
            let planned = count.reached - sent;
            let excess = if count.excess > 0 { format!(", {} beyond it", count.excess) } else { String::new() };
            opinion.note(format!(
                "{} of {} within {}: {sent} sent before, {planned} let through in this plan{excess}; the cap is {limit}{}",
                cap.subject(),
                count.name,
                cap.window,
                count.share(cap),
            ));
        }
    }
}

/// Targets that are counted together.
struct Count {
    limit: u64,
    devices: Option<u64>,
    sent: HashMap<String, u64>,
    planned: HashSet<String>,
    /// Targets that were sent to or are in the plan, as far as it goes through.
    reached: u64,
    excess: u64,
    name: String,
    /// Whether there are devices that a share could be taken of.
    shared: bool,
}

impl Caps {
    fn weigh(&mut self, place: usize, cap: &Cap, facts: &Facts, page: &Page, opinion: &mut Opinion) {
        for (index, item) in page.open(opinion).into_iter().filter(|(_, item)| cap.counts(item.action)) {
            let counted: Vec<Counted> =
                counted(item.target, item.action).into_iter().filter(|one| within(cap, one.group)).collect();
            let mut asked: BTreeMap<Option<i64>, u64> = BTreeMap::new();
            for one in &counted {
                let count = self.count(place, cap, one.group, facts);
                if !count.knows(&one.target) {
                    *asked.entry(key(cap, one.group)).or_default() += one.reach;
                }
            }
            // Of a call for several devices all go through or none does.
            let mut excess = None;
            for (key, reach) in &asked {
                let Some(count) = self.0.get_mut(&(place, *key)) else { continue };
                if count.reached.saturating_add(*reach) > count.limit {
                    count.excess += reach;
                    excess = Some(count.says(cap));
                }
            }
            if let Some(text) = excess {
                opinion.item(index, cap.then, text);
                continue;
            }
            for one in counted {
                let count = self.count(place, cap, one.group, facts);
                if !count.knows(&one.target) {
                    count.reached += one.reach;
                    count.planned.insert(one.target);
                }
            }
        }
    }

    fn count(&mut self, place: usize, cap: &Cap, group: Option<&OrganizationGroup>, facts: &Facts) -> &mut Count {
        let key = key(cap, group);
        self.0.entry((place, key)).or_insert_with(|| Count::new(cap, key, group, facts))
    }
}

/// What is counted together.
fn key(cap: &Cap, group: Option<&OrganizationGroup>) -> Option<i64> {
    match cap.per {
        Per::Tenant => None,
        Per::Group => group.map(|group| group.id),
    }
}

impl Count {
    fn new(cap: &Cap, key: Option<i64>, group: Option<&OrganizationGroup>, facts: &Facts) -> Self {
        let devices = match cap.denominator() {
            Denominator::Tenant => facts.surroundings.devices,
            Denominator::Group => group.and_then(|group| facts.surroundings.groups.get(&group.id).copied()),
        };
        let since = facts.now.checked_sub(cap.window.duration()).unwrap_or(jiff::Timestamp::MIN);
        let sent = facts.history.sent.iter().filter(|sent| {
            sent.at > since
                && cap.counts_words(&sent.word, sent.verb, sent.risk)
                && within(cap, sent.group.as_ref())
                && (cap.per == Per::Tenant || sent.group.as_ref().map(|group| group.id) == key)
        });
        let name = match (cap.per, group) {
            (Per::Tenant, _) => "the tenant".to_owned(),
            (Per::Group, Some(group)) => format!("organization group {}", group.name),
            (Per::Group, None) => "users, apps and whatever else is in no organization group".to_owned(),
        };
        let sent: HashMap<String, u64> = sent.map(|sent| (sent.target.clone(), sent.reach)).collect();
        Self {
            limit: cap.limit(devices),
            devices,
            reached: sent.values().sum(),
            sent,
            planned: HashSet::new(),
            excess: 0,
            name,
            shared: cap.denominator() == Denominator::Tenant || group.is_some(),
        }
    }

    /// Whether it has counted a target.
    fn knows(&self, target: &str) -> bool {
        self.sent.contains_key(target) || self.planned.contains(target)
    }

    /// How many were sent to within the window.
    fn before(&self) -> u64 {
        self.sent.values().sum()
    }

    /// Why the excess is held: the same text for all of it.
    fn says(&self, cap: &Cap) -> String {
        format!(
            "{} of {} are capped at {}{} within {}, and {} were sent already",
            cap.subject(),
            self.name,
            self.limit,
            self.share(cap),
            cap.window,
            self.before(),
        )
    }

    /// Where the limit comes from, if it is a share.
    fn share(&self, cap: &Cap) -> String {
        let Some(percent) = cap.percent.filter(|_| cap.targets.is_none_or(|targets| self.limit < targets)) else {
            return String::new();
        };
        let whose = match cap.denominator() {
            Denominator::Tenant => "the tenant",
            Denominator::Group => "the organization group",
        };
        if !self.shared {
            return format!(
                " (a share of devices is of no use there, so it is the least that a share may be, {})",
                cap.at_least
            );
        }
        match self.devices {
            Some(devices) => format!(" ({percent} % of the {devices} devices of {whose}, at least {})", cap.at_least),
            None => format!(" (how many devices {whose} has is not known; else {percent} % of them)"),
        }
    }
}

/// Whether a cap is for such a group.
fn within(cap: &Cap, group: Option<&OrganizationGroup>) -> bool {
    cap.groups.is_empty() || group.is_some_and(|group| cap.groups.iter().any(|named| group.is_called(named)))
}
