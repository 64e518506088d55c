//! `GET /api/mdm/compliancepolicies`.

use uuid::Uuid;

use crate::endpoint::{Nothing, endpoint};
use crate::page::paged;
use crate::record::record;

record! {
    /// Criteria; an absent one matches everything.
    PoliciesByGroupQuery {
        organizationgroupuuid: Option<String> = "organizationgroupuuid",
        page: Option<u32> = "page",
        pagesize: Option<u32> = "pagesize",
        searchtext: Option<String> = "searchtext",
        status: Option<String> = "status",
    }

    /// A page of policies.
    GroupPolicyPage {
        compliance_policy: Vec<GroupPolicy> = "compliancePolicy",
        page: Option<u32> = "page",
        pagesize: Option<u32> = "pagesize",
        total: u64 = "total",
    }

    /// A policy and how many devices keep to it.
    GroupPolicy {
        assigned_devices: Option<i64> = "assignedDevices",
        compliant_devices: Option<i64> = "compliantDevices",
        description: Option<String> = "description",
        device_policy_id: Option<i64> = "devicePolicyId",
        is_active: Option<bool> = "isActive",
        name: Option<String> = "name",
        non_compliant_devices: Option<i64> = "nonCompliantDevices",
        organization_group_uuid: Option<Uuid> = "organizationGroupUuid",
        platform: Option<String> = "platform",
        policy_type: Option<String> = "policyType",
        root_location_group_name: Option<String> = "rootLocationGroupName",
    }
}

endpoint! {
    /// The compliance policies of an organization group, by UUID.
    PoliciesByGroup = "compliance.policies.bygroup" is "mdmv1/CompliancePolicyV1_GetCompliancePoliciesAsync":
        GET "/api/mdm/compliancepolicies", Read;
    path: (); query: PoliciesByGroupQuery; body: Nothing; answer: GroupPolicyPage, or empty;
}

paged! { PoliciesByGroup: GroupPolicy in compliance_policy, counted by total, told apart by device_policy_id }
