//! `GET /api/mdm/devices/securityinfosearch`.

use crate::endpoint::{Nothing, endpoint};
use crate::ids::DeviceId;
use crate::page::paged;
use crate::record::record;
use crate::time::Stamp;

record! {
    /// Criteria; an absent one matches everything.
    SecuritySearchQuery {
        organizationgroupid: Option<i64> = "organizationgroupid",
        user: Option<String> = "user",
        model: Option<String> = "model",
        platform: Option<i64> = "platform",
        lastseen: Option<Stamp> = "lastseen",
        ownership: Option<String> = "ownership",
        compliantstatus: Option<bool> = "compliantstatus",
        seensince: Option<Stamp> = "seensince",
        page: Option<u32> = "page",
        pagesize: Option<u32> = "pagesize",
    }

    /// A page of devices and their security.
    SecurityPage {
        page: Option<u32> = "Page",
        page_size: Option<u32> = "PageSize",
        security_info: Vec<SecurityRow> = "SecurityInfo",
        total: u64 = "Total",
    }

    /// Encryption and passcode of one device.
    SecurityRow {
        compromised_status: Option<String> = "CompromisedStatus",
        device_id: Option<DeviceId> = "DeviceId",
        encryption_status: Option<String> = "EncryptionStatus",
        passcode_compliance_status: Option<String> = "PasscodeComplianceStatus",
        passcode_lock_grace_period: Option<i64> = "PasscodeLockGracePeriod",
        passcode_lock_grace_period_enforced: Option<i64> = "PasscodeLockGracePeriodEnforced",
        passcode_status: Option<String> = "PasscodeStatus",
    }
}

endpoint! {
    /// Encryption and passcode of many devices.
    SecuritySearch = "devices.security.search" is "mdmv1/SecurityV1_DeviceSecurityInfoSearch":
        GET "/api/mdm/devices/securityinfosearch", Read;
    path: (); query: SecuritySearchQuery; body: Nothing; answer: SecurityPage, or empty;
}

paged! { SecuritySearch: SecurityRow in security_info, counted by total, told apart by device_id }
