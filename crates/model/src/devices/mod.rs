//! Devices: the row that most clients read, and the endpoints that search, show and edit it.

mod bulk_settings;
mod find;
mod get;
mod search;
mod update;

pub use bulk_settings::{BulkLimits, BulkSettings};
pub use find::{Find, FindQuery};
pub use get::Get;
pub use search::{DevicePage, DeviceQuery, Search};
pub use update::{DeviceEdit, Update};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::ids::{DeviceId, Reference, Wrapped};
use crate::time::{Stamp, or_never};
use crate::words::{ComplianceStatus, EnrollmentStatus, Ownership, Platform};

/// A device as v1 and v2 searches and the guide dialect write it (reference §3.3).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Device {
    pub id: Wrapped<DeviceId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uuid: Option<Uuid>,
    pub udid: String,
    pub serial_number: String,
    /// Without separators.
    pub mac_address: String,
    pub imei: String,
    pub asset_number: String,
    pub device_friendly_name: String,
    pub device_reported_name: String,
    pub location_group_id: Reference,
    pub location_group_name: String,
    pub user_id: Reference,
    pub user_name: String,
    pub user_email_address: String,
    pub ownership: Ownership,
    pub platform_id: Reference,
    pub platform: Platform,
    pub model_id: Reference,
    pub model: String,
    pub operating_system: String,
    #[serde(rename = "OSBuildVersion")]
    pub os_build_version: String,
    pub phone_number: String,
    #[serde(with = "or_never")]
    pub last_seen: Option<Stamp>,
    pub enrollment_status: EnrollmentStatus,
    pub compliance_status: ComplianceStatus,
    pub compromised_status: bool,
    #[serde(with = "or_never")]
    pub last_enrolled_on: Option<Stamp>,
    #[serde(with = "or_never")]
    pub last_compliance_check_on: Option<Stamp>,
    #[serde(with = "or_never")]
    pub last_compromised_check_on: Option<Stamp>,
    pub is_supervised: bool,
    /// `Y` or `N`.
    #[serde(rename = "DataEncryptionYN")]
    pub data_encryption_yn: String,
    /// A text such as `85%`.
    pub battery_level: String,
    /// Gigabytes.
    pub device_capacity: f64,
    /// Gigabytes.
    pub available_device_capacity: f64,
    /// Megabytes.
    pub total_physical_memory: i64,
    /// Names of the device's tags. Only the guide dialect writes them here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tags: Option<Vec<String>>,
    /// Fields this program does not know, kept as they came.
    #[serde(flatten)]
    pub other: serde_json::Map<String, serde_json::Value>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recorded_row_comes_back_with_its_unknown_fields() {
        let text = r#"{"Id":{"Value":52},"SerialNumber":"F1","PlatformId":{"Id":{"Value":2},"Name":"Apple"},
            "Platform":"Apple","LastSeen":"2024-06-28T04:35:20.150","LastEnrolledOn":"0001-01-01T00:00:00.000",
            "Ownership":"C","EasIds":{},"WifiSsid":"x"}"#;
        let device: Device = serde_json::from_str(text).expect("reads");
        assert_eq!(device.id.0, DeviceId(52));
        assert_eq!(device.platform, Platform::Apple);
        assert_eq!(device.last_enrolled_on, None);
        let back = serde_json::to_value(&device).expect("writes");
        assert_eq!(back["WifiSsid"], "x");
        assert_eq!(back["LastSeen"], "2024-06-28T04:35:20.150");
        assert_eq!(back["Id"]["Value"], 52);
    }
}
