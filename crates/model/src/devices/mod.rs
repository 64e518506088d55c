//! Devices: the row that most clients read, and the endpoints that search, show and edit it.

mod add_note;
mod add_tag;
mod admin_apps;
mod apps;
mod apps_v1;
mod attribute_changes;
mod attributes;
mod bulk_settings;
mod certificates;
mod check_out;
mod content;
mod count_enrolled;
mod counts;
mod delete;
mod delete_found;
mod delete_many;
mod delete_note;
mod encryption;
mod enrollment_state;
mod event_log_found;
mod extensive_search;
mod find;
mod find_many;
mod get;
mod get_many;
mod get_v2;
mod get_v3;
mod gps;
mod gps_many;
mod gps_search;
mod lite_search;
mod logged_in;
mod lost_mode;
mod move_found;
mod move_to;
mod network;
mod network_search;
mod note;
mod notes;
mod os_updates;
mod profiles;
mod remove_attributes;
mod remove_tag;
mod search;
mod search_v2;
mod search_v3;
mod security;
mod security_search;
mod sensors;
mod set_attributes;
mod set_attributes_by_serial;
mod set_attributes_of_many;
mod smart_groups;
mod update;
mod update_found;
mod update_note;
mod user;
mod uuid_of;

pub use add_note::AddNote;
pub use add_tag::AddTag;
pub use admin_apps::{AdminApp, AdminAppList, AdminApps};
pub use apps::{Apps, AppsQuery, DeviceApp, DeviceAppPage};
pub use apps_v1::{AppsV1, ReportedApp, ReportedAppPage};
pub use attribute_changes::{
    AttributeChange, AttributeChangePage, AttributeChanges, AttributeChangesQuery, DeviceAttributeChanges,
};
pub use attributes::{AttributePage, AttributeValue, Attributes, AttributesQuery, DeviceAttributes};
pub use bulk_settings::{BulkLimits, BulkSettings};
pub use certificates::{CertificatePage, Certificates, DeviceCertificate};
pub use check_out::CheckOut;
pub use content::{Content, ContentPage, DeviceContent};
pub use count_enrolled::{Count, CountEnrolled, CountFilter};
pub use counts::{ByOwnership, ByPlatform, BySecurity, ByStatus, CountSummary, Counts, CountsQuery};
pub use delete::Delete;
pub use delete_found::DeleteFound;
pub use delete_many::DeleteMany;
pub use delete_note::DeleteNote;
pub use encryption::{Encryption, EncryptionStatus};
pub use enrollment_state::{EnrollmentReport, EnrollmentState, EnrollmentStateQuery};
pub use event_log_found::{EventLogFound, EventLogFoundQuery};
pub use extensive_search::{
    ExtensiveDevice, ExtensivePage, ExtensiveSearch, ExtensiveSearchQuery, ProductOnDevice, SmartGroupOfDevice,
};
pub use find::{ByQuery, Find, FindQuery};
pub use find_many::FindMany;
pub use get::Get;
pub use get_many::GetMany;
pub use get_v2::{CarrierV2, DeviceV2, EnrollmentV2, GetV2, PlatformV2};
pub use get_v3::{CarrierV3, DeviceV3, EnrollmentV3, GetV3, PlatformV3, PowerV3};
pub use gps::{Gps, GpsQuery};
pub use gps_many::GpsMany;
pub use gps_search::{GpsSearch, GpsSearchQuery};
pub use lite_search::{LiteDevice, LitePage, LiteSearch, LiteSearchQuery};
pub use logged_in::{LoggedIn, LoggedInUser};
pub use lost_mode::{LostMode, LostModeMessage};
pub use move_found::{MoveFound, MoveFoundQuery};
pub use move_to::MoveTo;
pub use network::{CellularNetwork, Mcc, Mnc, Network, NetworkInfo, SimCard, WifiInfo};
pub use network_search::{Addresses, NetworkPage, NetworkRow, NetworkSearch, NetworkSearchQuery};
pub use note::Note;
pub use notes::{NotePage, Notes};
pub use os_updates::{OsUpdate, OsUpdateList, OsUpdates};
pub use profiles::{DeviceProfile, DeviceProfilePage, Profiles};
pub use remove_attributes::{
    AttributeName, AttributeNames, RemovalAnswer, RemovalFault, RemovalFaults, RemoveAttributes,
};
pub use remove_tag::RemoveTag;
pub use search::{DevicePage, DeviceQuery, Search};
pub use search_v2::{SearchV2, SearchV2Query};
pub use search_v3::{
    ComplianceV3, DevicePageV3, DeviceRowV3, EasIds, NetworkV3, OrphanDevice, OrphanDevices, PolicyResultV3, SearchV3,
    SearchV3Query,
};
pub use security::{SecureBoot, Security, SecurityInfo};
pub use security_search::{SecurityPage, SecurityRow, SecuritySearch, SecuritySearchQuery};
pub use sensors::{SensorPage, SensorValue, Sensors, SensorsQuery};
pub use set_attributes::SetAttributes;
pub use set_attributes_by_serial::SetAttributesBySerial;
pub use set_attributes_of_many::{
    AttributesAnswer, AttributesOfDevice, FailedAttribute, FailedDevice, SetAttributesOfMany,
};
pub use smart_groups::{SmartGroupList, SmartGroupName, SmartGroups};
pub use update::{DeviceEdit, Update};
pub use update_found::UpdateFound;
pub use update_note::UpdateNote;
pub use user::{DeviceUser, User};
pub use uuid_of::{DeviceUuid, UuidOf};

use uuid::Uuid;

use crate::Text;
use crate::ids::{DeviceId, RecordId, Reference, Wrapped};
use crate::record::record;
use crate::time::{NEVER, Stamp};
use crate::words::{ComplianceStatus, EnrollmentStatus, Ownership, Platform};

record! {
    /// A device as v1 and v2 searches and the guide dialect write it (reference §3.3).
    Device {
        id: Wrapped<DeviceId> = "Id",
        uuid: Option<Uuid> = "Uuid",
        udid: Text = "Udid",
        serial_number: Text = "SerialNumber",
        /// Without separators.
        mac_address: Text = "MacAddress",
        imei: Text = "Imei",
        asset_number: Text = "AssetNumber",
        device_friendly_name: Text = "DeviceFriendlyName",
        device_reported_name: Text = "DeviceReportedName",
        location_group_id: Reference = "LocationGroupId",
        location_group_name: Text = "LocationGroupName",
        user_id: Reference = "UserId",
        user_name: Text = "UserName",
        user_email_address: Text = "UserEmailAddress",
        ownership: Ownership = "Ownership",
        platform_id: Reference = "PlatformId",
        platform: Platform = "Platform",
        model_id: Reference = "ModelId",
        model: Text = "Model",
        operating_system: Text = "OperatingSystem",
        os_build_version: Text = "OSBuildVersion",
        phone_number: Text = "PhoneNumber",
        last_seen: Option<Stamp> = "LastSeen" or NEVER,
        enrollment_status: EnrollmentStatus = "EnrollmentStatus",
        compliance_status: ComplianceStatus = "ComplianceStatus",
        compromised_status: bool = "CompromisedStatus",
        last_enrolled_on: Option<Stamp> = "LastEnrolledOn" or NEVER,
        last_compliance_check_on: Option<Stamp> = "LastComplianceCheckOn" or NEVER,
        last_compromised_check_on: Option<Stamp> = "LastCompromisedCheckOn" or NEVER,
        is_supervised: bool = "IsSupervised",
        /// `Y` or `N`.
        data_encryption_yn: Text = "DataEncryptionYN",
        /// A text such as `85%`.
        battery_level: Text = "BatteryLevel",
        /// Gigabytes.
        device_capacity: f64 = "DeviceCapacity",
        /// Gigabytes.
        available_device_capacity: f64 = "AvailableDeviceCapacity",
        /// Megabytes.
        total_physical_memory: i64 = "TotalPhysicalMemory",
        /// Names of the device's tags. Only the guide dialect writes them here.
        tags: Option<Vec<String>> = "Tags",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recorded_row_comes_back_with_its_unknown_fields() {
        let text = r#"{"Id":{"Value":52},"SerialNumber":"F1","PlatformId":{"Id":{"Value":2},"Name":"Apple"},
            "Platform":"Apple","LastSeen":"2024-06-28T04:35:20.150","LastEnrolledOn":"0001-01-01T00:00:00.000",
            "Ownership":"C","EasIds":{},"WifiSsid":"x"}"#;
        let device: Device = serde_json::from_str(text).expect("reads");
        assert_eq!(device.id.0, DeviceId(52));
        assert_eq!(device.platform, Platform::Apple);
        assert_eq!(device.last_enrolled_on, None);
        let back = serde_json::to_value(&device).expect("writes");
        assert_eq!(back["WifiSsid"], "x");
        assert_eq!(back["LastSeen"], "2024-06-28T04:35:20.150");
        assert_eq!(back["Id"]["Value"], 52);
    }
}

record! {
    /// A custom attribute.
    Attribute {
        application_group: Option<String> = "ApplicationGroup",
        name: Option<String> = "Name",
        value: Option<String> = "Value",
    }

    /// A network adapter.
    NetworkAdapter {
        connection_type: Option<String> = "ConnectionType",
        ip_address: Option<String> = "IPAddress",
        mac_address: Option<String> = "MACAddress",
        name: Option<String> = "Name",
        vendor: Option<String> = "Vendor",
    }

    /// Where a device was. The numbers are texts.
    Coordinate {
        device_id: Option<Wrapped<RecordId>> = "DeviceId",
        elevation: Option<String> = "Elevation",
        id: Option<Wrapped<RecordId>> = "Id",
        latitude: Option<String> = "Latitude",
        longitude: Option<String> = "Longitude",
        note: Option<String> = "Note",
        sample_time: Option<String> = "SampleTime",
        speed: Option<String> = "Speed",
        uuid: Option<Uuid> = "Uuid",
    }

    /// A note; only its text is written.
    DeviceNote {
        created_on: Option<String> = "CreatedOn",
        device_id: Option<DeviceId> = "DeviceId",
        id: Option<i64> = "Id",
        modified_on: Option<String> = "ModifiedOn",
        note: Option<String> = "Note",
    }

    /// Attributes to set.
    AttributeList {
        custom_attributes: Option<Vec<NewAttribute>> = "CustomAttributes",
    }

    /// An attribute to set.
    NewAttribute {
        application_group: Option<String> = "applicationGroup",
        name: Option<String> = "name",
        value: Option<String> = "value",
    }
}
