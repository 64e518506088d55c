//! Compliance of one device with the policies that apply to it.

mod device;
mod policies;

pub use device::{ActionTaken, DeviceCompliance, DeviceComplianceReport, PolicyState};
pub use policies::{CompliancePolicy, Policies, PoliciesQuery, PolicyPage};
