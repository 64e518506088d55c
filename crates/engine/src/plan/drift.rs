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

/// What has to be so still when an item is sent: names and values, in order; `None` for what is not known. Nothing for
/// what is not a device.
pub fn precondition(target: &Target, action: &Action, before: Option<&Value>) -> Vec<(&'static str, Option<String>)> {
    let Target::Device(device) = target else { return Vec::new() };
    let mut fields = of_device(device);
    let seen = |member: &str| before.and_then(|before| before.get(member));
    match action {
        // That a device has no tags is known as well.
        Action::Retag { .. } => fields.push(("tags", seen("tags").and_then(tags).map(sorted))),
        Action::EditDevice { changes } => {
            let text = |member: &str| seen(member).and_then(Value::as_str).map(str::to_owned);
            if changes.friendly_name.is_some() {
                fields.push(("name", text("name").filter(|name| !name.is_empty())));
            }
            if changes.asset_number.is_some() {
                fields.push(("asset number", text("asset_number")));
            }
        }
        _ => {}
    }
    fields
}

fn tags(value: &Value) -> Option<Vec<String>> {
    let tags = value.as_array()?.iter();
    Some(tags.filter_map(|tag| tag.as_str().map(str::to_owned)).collect())
}

impl PlanItem {
    /// SHA-256 (hex) over what has to be so still when it is sent; `None` for what is not a device.
    pub fn precondition_hash(&self) -> Option<String> {
        let fields = precondition(&self.target, &self.action, self.before.as_ref());
        if fields.is_empty() {
            return None;
        }
        let fields = fields.into_iter().map(|(name, value)| (name.to_owned(), Value::from(value.unwrap_or_default())));
        Some(hash::of_value(&Value::Object(fields.collect())))
    }
}

fn of_device(device: &DeviceTarget) -> Vec<(&'static str, Option<String>)> {
    let group = device.organization_group.as_ref();
    let text = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    vec![
        ("id", Some(device.id.to_string())),
        ("uuid", device.uuid.map(|uuid| uuid.to_string())),
        ("serial number", text(&device.serial)),
        ("platform", text(device.platform.as_str())),
        ("user", text(&device.user)),
        ("organization group", group.map(|group| group.id.to_string())),
        ("ownership", text(&device.ownership)),
    ]
}

fn sorted(mut tags: Vec<String>) -> String {
    tags.sort_unstable_by_key(|tag| tag.to_lowercase());
    tags.join(", ")
}

/// Compares a plan with what the tenant says now. `fresh` has every device of the plan that there is still; `unable`
/// says why nothing can be done to a device any more; `joiners` are the names of those that the selection finds besides.
/// Where `asked` names tags, the devices were read with none but those.
pub fn drift(
    plan: &Plan,
    (fresh, asked): (&HashMap<DeviceId, Device>, &[String]),
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
        let differences = differences(item, now, asked);
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
        then.into_iter().zip(now).find_map(|((what, then), (_, now))| {
            let (then, now) = (then?, now.unwrap_or_default());
            (then != now).then(|| format!("changed since the plan was made: {what} of {name}: {then} → {now}"))
        })
    })
}

/// `user: ada → grace`.
fn differences(item: &PlanItem, now: &Device, asked: &[String]) -> Vec<String> {
    // A list that does not tell tags says nothing about them.
    let seen = json!({
        "name": now.device_friendly_name,
        "asset_number": now.asset_number,
        "tags": now.tags.as_ref().map(|tags| only(tags.clone(), item.before.as_ref(), asked)),
    });
    let before = item.before.as_ref().map(|before| match before.get("tags").and_then(tags) {
        Some(known) => {
            let mut before = before.clone();
            before["tags"] = json!(only(known, item.before.as_ref(), asked));
            before
        }
        None => before.clone(),
    });
    let before = precondition(&item.target, &item.action, before.as_ref());
    let now = precondition(&Target::Device(now.into()), &item.action, Some(&seen));
    before
        .into_iter()
        .filter_map(|(name, then)| {
            // What was not known then cannot have changed.
            let then = then?;
            let (_, now) = now.iter().find(|(other, _)| *other == name)?;
            let now = match now {
                None if name == "tags" => return None,
                now => now.as_deref().unwrap_or_default(),
            };
            let words = |text: &str| if text.is_empty() { "–".to_owned() } else { text.to_owned() };
            let differs = !then.eq_ignore_ascii_case(now);
            differs.then(|| format!("{name}: {} → {}", words(&then), words(now)))
        })
        .collect()
}

/// Of tags, those that were asked about both times; all of them where whole lists were read.
fn only(mut tags: Vec<String>, before: Option<&Value>, asked: &[String]) -> Vec<String> {
    let then = before.and_then(|before| before.get("asked")).and_then(self::tags).unwrap_or_default();
    for scope in [&then, asked].into_iter().filter(|scope| !scope.is_empty()) {
        tags.retain(|tag| scope.iter().any(|known| known.eq_ignore_ascii_case(tag)));
    }
    tags
}
