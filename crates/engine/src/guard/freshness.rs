//! Holds actions on devices that have been silent too long (who has it by now, and will it ever answer?), and whole
//! plans that were made of old data.

use jiff::{SignedDuration, Timestamp};

use super::{Facts, Opinion, Page};
use crate::plan::{DeviceTarget, Risk, Verdict};

pub(super) fn decide(facts: &Facts, page: &Page, opinion: &mut Opinion) {
    let asked = facts.policy.freshness;
    if let Some(read_at) = facts.surroundings.read_at.filter(|_| asked.read_minutes > 0) {
        let minutes = facts.now.duration_since(read_at).as_mins();
        if minutes > i64::from(asked.read_minutes) {
            let text = format!("the targets were read {minutes} minutes ago, and {} are the most", asked.read_minutes);
            for (index, _) in page.open(opinion) {
                opinion.item(index, Verdict::Hold, text.clone());
            }
        }
    }
    for (index, item) in page.open(opinion) {
        let hours = match item.action.risk() {
            Risk::Irreversible => asked.irreversible_hours,
            Risk::Disruptive => asked.disruptive_hours,
            Risk::Reversible => 0,
        };
        let silent = |device: &&DeviceTarget| hours > 0 && !is_fresh(device.last_seen, facts.now, hours);
        let Some(device) = item.target.devices().iter().find(silent) else { continue };
        let (what, name) = (item.action.describe(), device.label());
        let text = match device.last_seen {
            Some(seen) => format!(
                "{name} was last seen {} ago, and for {what} {hours} hours are the most",
                age(facts.now.duration_since(seen))
            ),
            None => format!("it is not known when {name} was last seen, and {what} needs that"),
        };
        opinion.item(index, Verdict::Hold, text);
    }
}

fn is_fresh(seen: Option<Timestamp>, now: Timestamp, hours: u32) -> bool {
    seen.is_some_and(|seen| now.duration_since(seen) <= SignedDuration::from_hours(hours.into()))
}

/// `30 hours`, `12 days`.
fn age(age: SignedDuration) -> String {
    match age.as_hours() {
        hours if hours < 72 => format!("{hours} hours"),
        hours => format!("{} days", hours / 24),
    }
}
