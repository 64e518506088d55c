//! `GET /api/mdm/compliancepolicy/search`: the policies and how many devices keep to them.

use crate::endpoint::{Nothing, endpoint};
use crate::ids::PolicyId;
use crate::page::paged;
use crate::record::record;

record! {
    /// Which policies.
    PoliciesQuery {
        organizationgroupid: Option<i64> = "organizationgroupid",
        page: u32 = "page",
        pagesize: u32 = "pagesize",
    }

    /// A policy and how many devices keep to it.
    CompliancePolicy {
        device_policy_id: PolicyId = "DevicePolicyId",
        name: String = "Name",
        description: String = "Description",
        platform: String = "Platform",
        is_active: bool = "IsActive",
        assigned_devices: u64 = "AssignedDevices",
        compliant_devices: u64 = "CompliantDevices",
        non_compliant_devices: u64 = "NonCompliantDevices",
    }

    /// Policies.
    PolicyPage {
        compliance_policy: Vec<CompliancePolicy> = "CompliancePolicy",
        page: u32 = "Page",
        page_size: u32 = "PageSize",
        total: u64 = "Total",
    }
}

endpoint! {
    /// The compliance policies.
    Policies = "compliance.policies" is "mdmv1/CompliancePolicyV1_Search":
        GET "/api/mdm/compliancepolicy/search", Read;
    path: (); query: PoliciesQuery; body: Nothing; answer: PolicyPage, or empty;
}

paged! { Policies: CompliancePolicy in compliance_policy, counted by total, told apart by device_policy_id }
