//! What has changed between a plan and its application: who left, who joined, and whose precondition does not hold any
//! more. Pure: what the tenant says now is read by whoever applies.

use std::collections::HashMap;

use muster_model::devices::Device;
use muster_model::ids::DeviceId;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{Action, DeviceTarget, Plan, PlanItem, Target, Verdict, hash};

/// What was found when a plan was checked again.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Drift {
    /// Items whose targets were read again.
    pub checked: usize,
    /// Items that were not: their verbs look for themselves, or there is nothing to look at.
    pub unchecked: usize,
    /// Items whose device is gone, or takes no commands any more, and why.
    pub leavers: Vec<(usize, String)>,
    /// Items whose device is not any more what the plan says, and what differs.
    pub changed: Vec<(usize, String)>,
    /// Devices that the selection finds now and that are not in the plan.
    pub joiners: Vec<String>,
}

impl Drift {
    /// Items that are not to be sent, in their order, with the reason.
    pub fn left_out(&self) -> Vec<(usize, String)> {
        let mut items: Vec<(usize, String)> = self.leavers.iter().chain(&self.changed).cloned().collect();
        items.sort_by_key(|(index, _)| *index);
        items
    }

    /// Leavers, joiners and changed ones, in percent of the items that were checked.
    pub fn percent(&self) -> f64 {
        let drifted = (self.leavers.len() + self.changed.len() + self.joiners.len()) as f64;
        if drifted == 0.0 { 0.0 } else { drifted * 100.0 / self.checked.max(1) as f64 }
    }

    /// How many leavers, joiners and changed ones there are.
    pub fn count(&self) -> usize {
        self.leavers.len() + self.changed.len() + self.joiners.len()
    }
}

/// What has to be so still when an item is sent: names and values, in order. Nothing for what is not a device.
pub fn precondition(target: &Target, action: &Action, before: Option<&Value>) -> Vec<(&'static str, String)> {
    let Target::Device(device) = target else { return Vec::new() };
    let mut fields = of_device(device);
    if let (Action::Retag { .. }, Some(tags)) = (action, before.and_then(|before| before.get("tags")?.as_array())) {
        let tags = tags.iter().filter_map(|tag| tag.as_str().map(str::to_owned));
        fields.push(("tags", sorted(tags.collect())));
    }
    fields
}

impl PlanItem {
    /// SHA-256 (hex) over what has to be so still when it is sent; `None` for what is not a device.
    pub fn precondition_hash(&self) -> Option<String> {
        let fields = precondition(&self.target, &self.action, self.before.as_ref());
        if fields.is_empty() {
            return None;
        }
        let fields = fields.into_iter().map(|(name, value)| (name.to_owned(), Value::from(value)));
        Some(hash::of_value(&Value::Object(fields.collect())))
    }
}

fn of_device(device: &DeviceTarget) -> Vec<(&'static str, String)> {
    let group = device.organization_group.as_ref();
    vec![
        ("id", device.id.to_string()),
        ("uuid", device.uuid.map(|uuid| uuid.to_string()).unwrap_or_default()),
        ("serial number", device.serial.clone()),
        ("platform", device.platform.as_str().to_owned()),
        ("user", device.user.clone()),
        ("organization group", group.map(|group| group.id.to_string()).unwrap_or_default()),
        ("ownership", device.ownership.clone()),
    ]
}

fn sorted(mut tags: Vec<String>) -> String {
    tags.sort_unstable_by_key(|tag| tag.to_lowercase());
    tags.join(", ")
}

/// Compares a plan with what the tenant says now. `fresh` has every device of the plan that there is still; `unable`
/// says why nothing can be done to a device any more; `joiners` are the names of those that the selection finds besides.
pub fn drift(
    plan: &Plan,
    fresh: &HashMap<DeviceId, Device>,
    unable: impl Fn(&Device) -> Option<String>,
    joiners: Vec<String>,
) -> Drift {
    let mut drift = Drift { joiners, ..Drift::default() };
    for item in plan.items.iter().filter(|item| item.decision.verdict != Verdict::Skip) {
        if let Target::Resource { devices: listed, .. } = &item.target
            && !listed.is_empty()
        {
            drift.checked += 1;
            drift.leavers.extend(lost(item, listed, fresh, &unable).map(|why| (item.index, why)));
            continue;
        }
        let Target::Device(device) = &item.target else {
            drift.unchecked += 1;
            continue;
        };
        drift.checked += 1;
        let Some(now) = fresh.get(&device.id) else {
            drift.leavers.push((item.index, "the device is gone since the plan was made".to_owned()));
            continue;
        };
        // What was not enrolled when the plan was made need not be now: its record is to be deleted, say.
        let before = item.before.as_ref().and_then(|before| before.get("enrollment")?.as_str());
        let is_as_it_was = before == Some(now.enrollment_status.as_str());
        if let Some(why) = unable(now).filter(|_| !is_as_it_was) {
            drift.leavers.push((item.index, format!("since the plan was made: {why}")));
            continue;
        }
        let differences = differences(item, now);
        if !differences.is_empty() {
            let text = format!("changed since the plan was made: {}", differences.join("; "));
            drift.changed.push((item.index, text));
        }
    }
    drift
}

/// Why a call for several devices is not sent any more: one of them is not what it was, and the call goes to all.
fn lost(
    item: &PlanItem,
    listed: &[DeviceTarget],
    fresh: &HashMap<DeviceId, Device>,
    unable: &impl Fn(&Device) -> Option<String>,
) -> Option<String> {
    let states = item.before.as_ref().and_then(|before| before.get("enrollments"));
    listed.iter().find_map(|device| {
        let name = device.label();
        let Some(now) = fresh.get(&device.id) else {
            return Some(format!("the device {name} is gone since the plan was made"));
        };
        let before = states.and_then(|states| states.get(device.id.to_string())?.as_str());
        let is_as_it_was = before == Some(now.enrollment_status.as_str());
        if let Some(why) = unable(now).filter(|_| !is_as_it_was) {
            return Some(format!("since the plan was made: {why} ({name})"));
        }
        let then = of_device(device);
        let now = of_device(&now.into());
        let differs = then.iter().zip(&now).find(|((_, then), (_, now))| !then.is_empty() && then != now);
        differs.map(|((what, then), (_, now))| {
            format!("changed since the plan was made: {what} of {name}: {then} → {now}")
        })
    })
}

/// `user: ada → grace`.
fn differences(item: &PlanItem, now: &Device) -> Vec<String> {
    let before = precondition(&item.target, &item.action, item.before.as_ref());
    // A list that does not tell tags says nothing about them.
    let tags = now.tags.as_ref().map(|tags| json!({ "tags": tags }));
    let now = precondition(&Target::Device(now.into()), &item.action, tags.as_ref());
    before
        .iter()
        .filter_map(|(name, then)| {
            let (_, now) = now.iter().find(|(other, _)| other == name)?;
            // What was not known then cannot have changed.
            let differs = !then.is_empty() && !then.eq_ignore_ascii_case(now);
            differs.then(|| format!("{name}: {then} → {}", if now.is_empty() { "–" } else { now }))
        })
        .collect()
}
