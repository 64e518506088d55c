//! What the tenant's operations take and give, with one meaning in both dialects. Rows that both dialects
//! share (`Device`, `User`, `App`, `CommandRecord`) are those of `muster-model`.

use std::collections::BTreeSet;

use jiff::Timestamp;
use muster_model::ids::{DeviceId, SmartGroupId, TagId, UserGroupId};
use muster_model::words::{ComplianceStatus, InstallStatus, OperationStatus, Ownership, Platform};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Which product answers, and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TenantInfo {
    pub product_name: String,
    /// Dotted, such as `26.2.0.14`.
    pub product_version: String,
    pub build_number: String,
    pub server_time: Option<Timestamp>,
    /// Whether build number or time were derived (from the version, from the `Date` header) because the
    /// tenant does not say them.
    pub derived: bool,
}

/// Which devices; the default is every device.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default)]
pub struct DeviceFilter {
    pub platform: Option<Platform>,
    /// Family name such as `iPhone`.
    pub model: Option<String>,
    pub ownership: Option<Ownership>,
}

impl DeviceFilter {
    /// Whether every device matches.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// A tag with the devices that have it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldTag {
    pub id: TagId,
    pub devices: BTreeSet<DeviceId>,
}

/// Where a device stands with the policies that apply to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Compliance {
    pub overall: ComplianceStatus,
    /// One entry per policy; none means that no policy applies, not that all are kept.
    pub rules: Vec<RuleState>,
}

/// One policy on one device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleState {
    pub name: String,
    /// `None` while the check is pending.
    pub compliant: Option<bool>,
    pub detail: String,
}

/// A group of enrollment users.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserGroup {
    pub id: UserGroupId,
    pub name: String,
    pub user_count: u64,
}

/// A set of devices by criteria.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SmartGroup {
    pub id: SmartGroupId,
    pub uuid: Option<Uuid>,
    pub name: String,
    /// How many devices are in it.
    pub devices: u64,
}

/// What became of an app on one device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AppOnDevice {
    pub device_id: DeviceId,
    pub device_name: String,
    pub status: InstallStatus,
    /// Why it failed or is pending; may be empty.
    pub reason: String,
    /// The installed version; empty if there is none.
    pub version: String,
}

/// How far a long-running operation has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OperationState {
    pub status: OperationStatus,
    /// Percent.
    pub progress: u32,
    pub error: Option<String>,
}

impl OperationState {
    /// Whether it will not change any more.
    pub fn is_final(&self) -> bool {
        matches!(self.status, OperationStatus::Completed | OperationStatus::Failed)
    }
}

/// What a tenant gave in return for a write.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// Id of the command or operation, where the tenant names one.
    pub command_id: Option<String>,
}
