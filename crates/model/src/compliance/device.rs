//! `GET /api/mdm/devices/{id}/compliance`: the state of every policy on one device.

use uuid::Uuid;

use crate::endpoint::{Nothing, endpoint};
use crate::ids::{DeviceId, PolicyId, Wrapped};
use crate::record::record;
use crate::time::Stamp;
use crate::words::ComplianceStatus;

record! {
    /// What became of one policy on one device.
    PolicyState {
        compliant_status: bool = "CompliantStatus",
        /// Not evaluated yet: neither compliant nor not.
        compliance_pending: bool = "CompliancePending",
        policy_name: String = "PolicyName",
        policy_detail: String = "PolicyDetail",
        last_compliance_check: Option<Stamp> = "LastComplianceCheck",
        next_compliance_check: Option<Stamp> = "NextComplianceCheck",
        action_taken: Vec<ActionTaken> = "ActionTaken",
        id: Wrapped<PolicyId> = "Id",
        uuid: Option<Uuid> = "Uuid",
    }

    /// What a policy did about a device, as a number.
    ActionTaken {
        action_type: i64 = "ActionType",
    }

    /// State of every policy on one device.
    DeviceComplianceReport {
        device_compliance: Vec<PolicyState> = "DeviceCompliance",
        overall_compliant_status: ComplianceStatus = "OverallCompliantStatus",
        page: u32 = "Page",
        page_size: u32 = "PageSize",
        total: u64 = "Total",
    }
}

endpoint! {
    /// State of every policy on one device. No row means "no policy assigned", not "compliant".
    DeviceCompliance = "devices.compliance" is "mdmv1/ComplianceV1_GetComplianceByDeviceAsync":
        GET "/api/mdm/devices/{id}/compliance", Read;
    path: DeviceId; query: Nothing; body: Nothing; answer: DeviceComplianceReport, or empty;
}
