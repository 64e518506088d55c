//! Protected sets: targets that are not touched, whoever asks.

use serde::{Deserialize, Serialize};

use super::cap::same;
use crate::plan::{Action, DeviceTarget, Risk, Target, Verdict};

/// One set. A target belongs to it if *any* of its criteria fits; that it is protected wins over every permission.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Protected {
    /// What reasons call it.
    pub name: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ids: Vec<i64>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub serials: Vec<String>,
    /// Tags of devices.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// Smart groups by name.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub smart_groups: Vec<String>,
    /// Enrollment users: themselves, and their devices.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub users: Vec<String>,
    /// By name or id.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub organization_groups: Vec<String>,
    /// `C`, `E` or `S`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ownership: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub platforms: Vec<String>,
    /// Against these actions only.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub actions: Vec<String>,
    /// Against actions of this class of risk and worse (`disruptive`), where no actions are named.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<Risk>,
    /// `hold`, `skip` (left out) or `refuse` (the whole plan). Without it, a target that somebody named refuses the
    /// plan, and one that was found is left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub then: Option<Verdict>,
}

impl Protected {
    /// Whether it protects against an action.
    pub fn guards_against(&self, action: &Action) -> bool {
        if self.actions.is_empty() {
            return action.risk() >= self.from.unwrap_or(Risk::Disruptive);
        }
        let named = |word: &String| action.names().iter().any(|name| same(word, name));
        self.actions.iter().any(named)
    }

    /// Whether the tenant has to be asked who is in it.
    pub fn asks(&self) -> bool {
        !self.tags.is_empty() || !self.smart_groups.is_empty()
    }

    /// Which target is in it by what is known of itself, and why: `user ada`. Of a call for several devices one is
    /// enough.
    pub(crate) fn names<'a>(&self, target: &'a Target) -> Option<(&'a str, String)> {
        match target {
            Target::Device(_) | Target::Resource { .. } => {
                target.devices().iter().find_map(|device| Some((device.label(), self.names_device(device)?)))
            }
            Target::User { name, .. } => {
                let user = self.users.iter().find(|user| same(user, name))?;
                Some((name, format!("user {user}")))
            }
            Target::App { .. } | Target::ApiKey { .. } => None,
        }
    }

    fn names_device(&self, device: &DeviceTarget) -> Option<String> {
        let fits = |list: &[String], word: &str| list.iter().any(|named| same(named, word));
        if self.ids.contains(&device.id.0) {
            return Some(format!("id {}", device.id));
        }
        if !device.serial.is_empty() && fits(&self.serials, &device.serial) {
            return Some(format!("serial number {}", device.serial));
        }
        if !device.user.is_empty() && fits(&self.users, &device.user) {
            return Some(format!("user {}", device.user));
        }
        if let Some(group) = &device.organization_group
            && self.organization_groups.iter().any(|named| group.is_called(named))
        {
            return Some(format!("organization group {}", group.name));
        }
        if !device.ownership.is_empty() && fits(&self.ownership, &device.ownership) {
            return Some(format!("ownership {}", device.ownership));
        }
        if fits(&self.platforms, device.platform.as_str()) {
            return Some(format!("platform {}", device.platform));
        }
        let tag = device.tags.iter().flatten().find(|tag| fits(&self.tags, tag));
        tag.map(|tag| format!("tag {tag}"))
    }
}
