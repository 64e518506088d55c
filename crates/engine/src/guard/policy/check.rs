//! Whether a policy makes sense in itself: what it names exists, and what it says can be meant.

use muster_model::catalog::facts::{guide, published};
use muster_model::commands::Command;

use super::calendar::zone;
use super::cap::same;
use super::{Cap, GuardPolicy};
use crate::plan::{Action, Risk, Verdict};

/// Something that a policy cannot mean.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Where: `caps[2].actions`.
    pub place: String,
    /// One sentence.
    pub what: String,
    /// The word that is not known, and those that are, for whoever wants to name a near one.
    pub unknown: Option<(String, Vec<String>)>,
}

impl GuardPolicy {
    /// Everything that is wrong with it; nothing if it can be used.
    pub fn faults(&self) -> Vec<Fault> {
        let mut faults = Vec::new();
        let mut add = |place: String, what: &str| {
            faults.push(Fault { place, what: what.to_owned(), unknown: None });
        };
        for (name, hours) in [("plan_hours", self.plan_hours), ("approval_hours", self.approval_hours)] {
            if hours == 0 {
                add(name.to_owned(), "is 0: nothing could ever be carried out");
            }
        }
        for (name, percent) in [("change.percent", self.change.percent), ("drift.percent", self.drift.percent)] {
            if !(0.0..=100.0).contains(&percent) {
                add(name.to_owned(), "is a share from 0 to 100");
            }
        }
        for (index, cap) in self.caps.iter().enumerate() {
            let place = format!("caps[{index}]");
            if cap.actions.is_empty() && cap.risk.is_none() {
                add(place.clone(), "names neither actions nor a risk, so it counts nothing");
            }
            if cap.targets.is_none() && cap.percent.is_none() {
                add(place.clone(), "has neither targets nor a percent, so it limits nothing");
            }
            if cap.percent.is_some_and(|percent| !(0.0..=100.0).contains(&percent)) {
                add(format!("{place}.percent"), "is a share from 0 to 100");
            }
            if !stops(cap.then) {
                add(format!("{place}.then"), "is `hold` or `refuse`");
            }
        }
        for (index, set) in self.protected.iter().enumerate() {
            let place = format!("protected[{index}]");
            if set.name.trim().is_empty() {
                add(format!("{place}.name"), "is missing: reasons have to call the set something");
            }
            let criteria = [
                set.serials.len(),
                set.ids.len(),
                set.tags.len(),
                set.smart_groups.len(),
                set.users.len(),
                set.organization_groups.len(),
                set.ownership.len(),
                set.platforms.len(),
            ];
            if criteria.iter().sum::<usize>() == 0 {
                add(place.clone(), "has no criterion, so it protects nothing");
            }
            if self.protected[..index].iter().any(|other| other.name == set.name) {
                add(format!("{place}.name"), "is the name of an earlier set too");
            }
            if set.then == Some(Verdict::Allow) {
                add(format!("{place}.then"), "is `hold`, `skip` or `refuse`");
            }
        }
        for (index, freeze) in self.freezes.iter().enumerate() {
            let place = format!("freezes[{index}]");
            if let Err(why) = zone(&freeze.time_zone) {
                add(format!("{place}.time_zone"), &format!("cannot be used: {why}"));
            }
            if freeze.until <= freeze.from {
                add(place.clone(), "ends before it begins");
            }
            if !stops(freeze.then) {
                add(format!("{place}.then"), "is `hold` or `refuse`");
            }
        }
        for (index, window) in self.windows.iter().enumerate() {
            if let Err(why) = zone(&window.time_zone) {
                add(format!("windows[{index}].time_zone"), &format!("cannot be used: {why}"));
            }
        }
        faults.extend(self.unknown_actions());
        faults
    }

    /// Names of actions that nobody has.
    fn unknown_actions(&self) -> Vec<Fault> {
        let caps = self.caps.iter().enumerate().map(|(index, cap)| (format!("caps[{index}].actions"), &cap.actions));
        let sets = self.protected.iter().enumerate();
        let sets = sets.map(|(index, set)| (format!("protected[{index}].actions"), &set.actions));
        let known = words();
        let mut faults = Vec::new();
        for (place, actions) in caps.chain(sets) {
            for action in actions {
                let operation = || published().operation(action).or_else(|| guide().operation(action)).is_some();
                if !known.iter().any(|word| same(action, word)) && !operation() {
                    let what = format!("names `{action}`, which is no command, no verb and no operation's key");
                    faults.push(Fault { place: place.clone(), what, unknown: Some((action.clone(), known.clone())) });
                }
            }
        }
        faults
    }

    /// The actions that caps count, as the words that the journal can be asked for; and the classes of risk.
    pub(crate) fn counted(&self) -> (Vec<Risk>, Vec<&str>) {
        let mut risks: Vec<Risk> = self.caps.iter().filter_map(|cap| cap.risk).collect();
        risks.sort_unstable();
        risks.dedup();
        (risks, self.caps.iter().flat_map(|cap| &cap.actions).map(String::as_str).collect())
    }

    /// The longest time that any cap looks back.
    pub(crate) fn longest_window(&self) -> Option<jiff::SignedDuration> {
        self.caps.iter().map(|cap: &Cap| cap.window.duration()).max()
    }
}

/// Whether a verdict stops something without taking it out of sight.
fn stops(verdict: Verdict) -> bool {
    matches!(verdict, Verdict::Hold | Verdict::Refuse)
}

/// Every command and every verb.
fn words() -> Vec<String> {
    Command::all().map(|command| command.as_str().to_owned()).chain(verbs()).collect()
}

/// Every verb. No list of them is kept: the reader of actions names them all when it meets one that it does not know.
fn verbs() -> Vec<String> {
    let said = serde_json::from_value::<Action>(serde_json::json!({ "verb": "" })).err();
    let said = said.map(|error| error.to_string()).unwrap_or_default();
    // Commands and operations are called by their own names.
    let carriers = ["", "SendCommand", "CallOperation"];
    said.split('`').skip(1).step_by(2).filter(|word| !carriers.contains(word)).map(str::to_owned).collect()
}
