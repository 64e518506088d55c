//! `/API/v1/devices/compliance/noncompliant` and `/API/v1/devices/{id}/compliance`.

use super::PageQuery;
use crate::devices::{Device, DevicePage};
use crate::endpoint::{Nothing, endpoint};
use crate::ids::DeviceId;
use crate::page::paged;
use crate::record::record;
use crate::words::ComplianceStatus;

endpoint! {
    /// Devices that break at least one policy.
    NonCompliant = "guide.devices.noncompliant" is "guide/devices.noncompliant":
        GET "/API/v1/devices/compliance/noncompliant", Read;
    path: (); query: PageQuery; body: Nothing; answer: DevicePage, or empty;
}

paged! { NonCompliant: Device in devices, counted by total, told apart by uuid or id }

record! {
    /// What became of one rule on one device.
    ComplianceRule {
        rule_name: String = "RuleName",
        is_compliant: bool = "IsCompliant",
        detail: String = "Detail",
    }

    /// All rules on one device, and the sum of them.
    ComplianceRules {
        overall: ComplianceStatus = "Overall",
        compliance_rules: Vec<ComplianceRule> = "ComplianceRules",
    }

    /// State of every rule on one device.
    DeviceComplianceAnswer {
        device_id: DeviceId = "DeviceId",
        compliance_status: ComplianceRules = "ComplianceStatus",
    }
}

endpoint! {
    /// State of every rule on one device.
    DeviceCompliance = "guide.devices.compliance" is "guide/devices.compliance":
        GET "/API/v1/devices/{id}/compliance", Read;
    path: DeviceId; query: Nothing; body: Nothing; answer: DeviceComplianceAnswer;
}
