//! Event notification: addresses that are told what happens to devices.

mod create;
mod delete;
mod get;
mod search;
mod update;

pub use create::Create;
pub use delete::Delete;
pub use get::Get;
pub use search::{RulePage, Search, SearchQuery};
pub use update::Update;

use crate::ids::OrganizationGroupId;
use crate::record::{Hidden, record};
use uuid::Uuid;

record! {
    /// A rule of event notification.
    Rule {
        device_events: Option<DeviceEvents> = "DeviceEvents",
        format: Option<String> = "Format",
        is_active: Option<bool> = "IsActive",
        password: Option<Hidden> = "Password",
        target_name: Option<String> = "TargetName",
        target_url: Option<String> = "TargetUrl",
        username: Option<String> = "Username",
        id: Option<i64> = "id",
        organization_group_id: Option<OrganizationGroupId> = "organizationGroupId",
        organization_group_uuid: Option<Uuid> = "organizationGroupUuid",
        uuid: Option<Uuid> = "uuid",
    }

    /// Which events are told.
    DeviceEvents {
        check_out_check_in: Option<bool> = "CheckOutCheckIn",
        compliance_status_change: Option<bool> = "ComplianceStatusChange",
        compromised_status_change: Option<bool> = "CompromisedStatusChange",
        delete: Option<bool> = "Delete",
        device_attributes: Option<DeviceAttributes> = "DeviceAttributes",
        enrollment: Option<bool> = "Enrollment",
        unenrolled_enterprise_wipe: Option<bool> = "UnenrolledEnterpriseWipe",
        wipe: Option<bool> = "Wipe",
    }

    /// Which changes of attributes are told.
    DeviceAttributes {
        asset_number: Option<bool> = "AssetNumber",
        device_mcc: Option<bool> = "DeviceMCC",
        friendly_name: Option<bool> = "FriendlyName",
        operating_system: Option<bool> = "OperatingSystem",
        organization_group: Option<bool> = "OrganizationGroup",
        ownership: Option<bool> = "Ownership",
        phone_number: Option<bool> = "PhoneNumber",
        user_email_address: Option<bool> = "UserEmailAddress",
    }
}
