//! What is changed.

use jiff::Timestamp;
use muster_model::ids::{ApiKeyId, AppId, DeviceId, UserId};
use muster_model::words::Platform;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A device, a user, an app, an API key, or whatever an address of the API stands for, named well enough to find it
/// again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase", tag = "kind")]
pub enum Target {
    Device(DeviceTarget),
    User {
        name: String,
        /// `None` for a user who does not exist yet.
        id: Option<UserId>,
    },
    App {
        id: AppId,
        uuid: Option<Uuid>,
        name: String,
    },
    /// The key that a service calls with.
    ApiKey {
        /// `None` for one that is to be made.
        id: Option<ApiKeyId>,
        service: String,
    },
    /// What an operation of the catalogue is called for.
    Resource {
        /// Path and query, without secrets.
        address: String,
        /// The devices that the call lists, as they were when the plan was made.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        devices: Vec<DeviceTarget>,
        /// Why the devices that it names are not known, or not all of them.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        unread: Option<String>,
    },
}

/// A device as it was when the plan was made.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct DeviceTarget {
    pub id: DeviceId,
    pub uuid: Option<Uuid>,
    pub serial: String,
    pub name: String,
    pub platform: Platform,
    pub user: String,
    pub last_seen: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organization_group: Option<OrganizationGroup>,
    /// `C`, `E` or `S`, as the tenant writes it; may be empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub ownership: String,
    /// Names of its tags, where the tenant tells them with the device.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tags: Option<Vec<String>>,
}

/// The organization group that a device is in.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct OrganizationGroup {
    pub id: i64,
    pub name: String,
}

impl OrganizationGroup {
    /// Whether a policy means it: by its name without regard to case, or by its id.
    pub fn is_called(&self, named: &str) -> bool {
        let named = named.trim();
        self.name.eq_ignore_ascii_case(named) || named.parse() == Ok(self.id)
    }
}

impl DeviceTarget {
    /// What people call it: its serial number, or its name.
    pub fn label(&self) -> &str {
        if self.serial.is_empty() { &self.name } else { &self.serial }
    }

    /// What makes it the same device in two items.
    pub(crate) fn key(&self) -> String {
        Self::key_of(self.id)
    }

    /// The same of a device of which only the id is known.
    pub(crate) fn key_of(id: DeviceId) -> String {
        format!("device {id}")
    }
}

impl From<&muster_model::devices::Device> for DeviceTarget {
    fn from(device: &muster_model::devices::Device) -> Self {
        Self {
            id: device.id.0,
            uuid: device.uuid,
            serial: device.serial_number.to_string(),
            name: device.device_friendly_name.to_string(),
            platform: device.platform.clone(),
            user: device.user_name.to_string(),
            last_seen: device.last_seen.map(|stamp| stamp.0),
            organization_group: organization_group(device),
            ownership: device.ownership.as_str().to_owned(),
            tags: device.tags.clone(),
        }
    }
}

/// Rows carry the group's id in two places, and either may be empty.
fn organization_group(device: &muster_model::devices::Device) -> Option<OrganizationGroup> {
    let group = &device.location_group_id;
    let name = if group.name.is_empty() { &device.location_group_name } else { &group.name };
    let id = group.id.0.0;
    (id != 0 || !name.is_empty()).then(|| OrganizationGroup { id, name: name.to_string() })
}

impl Target {
    /// What people call it: the serial number, the user's name, the app's name.
    pub fn name(&self) -> &str {
        match self {
            Self::Device(device) => device.label(),
            Self::User { name, .. } | Self::App { name, .. } => name,
            Self::ApiKey { service, .. } => service,
            Self::Resource { address, .. } => address,
        }
    }

    /// What an address stands for, as far as nobody has looked.
    pub fn resource(address: impl Into<String>) -> Self {
        Self::Resource { address: address.into(), devices: Vec::new(), unread: None }
    }

    /// The devices that it is: one, those that a call lists, or none.
    pub fn devices(&self) -> &[DeviceTarget] {
        match self {
            Self::Device(device) => std::slice::from_ref(device),
            Self::Resource { devices, .. } => devices,
            Self::User { .. } | Self::App { .. } | Self::ApiKey { .. } => &[],
        }
    }

    /// The organization groups of its devices, each once; one that is not known is `None`, and so is that of what is no
    /// device.
    pub fn organization_groups(&self) -> Vec<Option<&OrganizationGroup>> {
        let mut groups: Vec<_> = self.devices().iter().map(|device| device.organization_group.as_ref()).collect();
        groups.sort_unstable();
        groups.dedup();
        if groups.is_empty() { vec![None] } else { groups }
    }

    /// The organization group that it is in, if it is a device and that is known.
    pub fn organization_group(&self) -> Option<&OrganizationGroup> {
        match self {
            Self::Device(device) => device.organization_group.as_ref(),
            _ => None,
        }
    }

    /// The kind of thing it is, in a word.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Device(_) => "device",
            Self::User { .. } => "user",
            Self::App { .. } => "app",
            Self::ApiKey { .. } => "API key",
            Self::Resource { .. } => "resource",
        }
    }

    /// What makes it the same target in two items; names are compared as the tenant does.
    pub(crate) fn key(&self) -> String {
        match self {
            Self::Device(device) => device.key(),
            Self::User { name, .. } => Self::key_of_user(name),
            Self::App { id, .. } => format!("app {id}"),
            Self::ApiKey { id: Some(id), .. } => format!("api key {id}"),
            Self::ApiKey { id: None, service } => format!("api key of {service}"),
            Self::Resource { address, .. } => format!("resource {address}"),
        }
    }

    /// The same of a user of whom only the name is known.
    pub(crate) fn key_of_user(name: &str) -> String {
        format!("user {}", name.to_lowercase())
    }
}
