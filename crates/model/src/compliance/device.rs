//! `GET /api/mdm/devices/{id}/compliance`: the state of every policy on one device.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::endpoint::{Nothing, endpoint};
use crate::ids::{DeviceId, PolicyId, Wrapped};
use crate::time::{Stamp, or_never};
use crate::words::ComplianceStatus;

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct PolicyState {
    pub compliant_status: bool,
    /// Not evaluated yet: neither compliant nor not.
    pub compliance_pending: bool,
    pub policy_name: String,
    pub policy_detail: String,
    #[serde(with = "or_never")]
    pub last_compliance_check: Option<Stamp>,
    #[serde(with = "or_never")]
    pub next_compliance_check: Option<Stamp>,
    pub action_taken: Vec<ActionTaken>,
    pub id: Wrapped<PolicyId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uuid: Option<Uuid>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct ActionTaken {
    pub action_type: i64,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct DeviceComplianceReport {
    pub device_compliance: Vec<PolicyState>,
    pub overall_compliant_status: ComplianceStatus,
    pub page: u32,
    pub page_size: u32,
    pub total: u64,
}

endpoint! {
    /// State of every policy on one device. No row means "no policy assigned", not "compliant".
    DeviceCompliance = "devices.compliance": GET "/api/mdm/devices/{id}/compliance", Read;
    path: DeviceId; query: Nothing; body: Nothing; answer: DeviceComplianceReport, or empty;
}
