//! `GET /api/mdm/compliancepolicy/search`: the policies and how many devices keep to them.

use serde::{Deserialize, Serialize};

use crate::endpoint::{Nothing, endpoint};
use crate::ids::PolicyId;
use crate::page::paged;

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PoliciesQuery {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub organizationgroupid: Option<i64>,
    pub page: u32,
    pub pagesize: u32,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct CompliancePolicy {
    pub device_policy_id: PolicyId,
    pub name: String,
    pub description: String,
    pub platform: String,
    pub is_active: bool,
    pub assigned_devices: u64,
    pub compliant_devices: u64,
    pub non_compliant_devices: u64,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct PolicyPage {
    pub compliance_policy: Vec<CompliancePolicy>,
    pub page: u32,
    pub page_size: u32,
    pub total: u64,
}

endpoint! {
    /// The compliance policies.
    Policies = "compliance.policies": GET "/api/mdm/compliancepolicy/search", Read;
    path: (); query: PoliciesQuery; body: Nothing; answer: PolicyPage, or empty;
}

paged! { Policies: CompliancePolicy in compliance_policy, counted by total, told apart by device_policy_id.0 }
