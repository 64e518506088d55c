//! Compliance of one device with the policies that apply to it.

mod device;
mod policies;
mod policies_by_group;

pub use device::{ActionTaken, DeviceCompliance, DeviceComplianceReport, PolicyState};
pub use policies::{CompliancePolicy, Policies, PoliciesQuery, PolicyPage};
pub use policies_by_group::{GroupPolicy, GroupPolicyPage, PoliciesByGroup, PoliciesByGroupQuery};
