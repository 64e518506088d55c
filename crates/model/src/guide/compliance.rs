//! `/API/v1/devices/compliance/noncompliant` and `/API/v1/devices/{id}/compliance`.

use serde::{Deserialize, Serialize};

use super::PageQuery;
use crate::devices::{Device, DevicePage};
use crate::endpoint::{Nothing, endpoint};
use crate::ids::DeviceId;
use crate::page::paged;
use crate::words::ComplianceStatus;

endpoint! {
    /// Devices that break at least one policy.
    NonCompliant = "guide.devices.noncompliant": GET "/API/v1/devices/compliance/noncompliant", Read;
    path: (); query: PageQuery; body: Nothing; answer: DevicePage, or empty;
}

paged! { NonCompliant: Device in devices, counted by total, told apart by id.0.0 }

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct ComplianceRule {
    pub rule_name: String,
    pub is_compliant: bool,
    pub detail: String,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct ComplianceRules {
    pub overall: ComplianceStatus,
    pub compliance_rules: Vec<ComplianceRule>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct DeviceComplianceAnswer {
    pub device_id: DeviceId,
    pub compliance_status: ComplianceRules,
}

endpoint! {
    /// State of every rule on one device.
    DeviceCompliance = "guide.devices.compliance": GET "/API/v1/devices/{id}/compliance", Read;
    path: DeviceId; query: Nothing; body: Nothing; answer: DeviceComplianceAnswer;
}
