//! `GET /api/mdm/devices/{uuid}`, version 2.

use uuid::Uuid;

use crate::endpoint::{Nothing, endpoint};
use crate::record::record;
use crate::time::Stamp;

record! {
    /// A device in the form of version 2.
    DeviceV2 {
        computer_sid: Option<String> = "ComputerSID",
        os_build_version: Option<String> = "OSBuildVersion",
        wifi_ssid: Option<String> = "WifiSsid",
        available_storage_bytes: Option<String> = "availableStorageBytes",
        battery_level_percentage: Option<i64> = "batteryLevelPercentage",
        carrier_info: Option<CarrierV2> = "carrierInfo",
        computer_name: Option<String> = "computerName",
        data_encrypted: Option<bool> = "dataEncrypted",
        enrollment_info: Option<EnrollmentV2> = "enrollmentInfo",
        friendly_name: Option<String> = "friendlyName",
        imei: Option<String> = "imei",
        mac_address: Option<String> = "macAddress",
        organization_group_name: Option<String> = "organizationGroupName",
        platform_info: Option<PlatformV2> = "platformInfo",
        serial_number: Option<String> = "serialNumber",
        supervised: Option<bool> = "supervised",
        total_storage_bytes: Option<String> = "totalStorageBytes",
        udid: Option<String> = "udid",
        uuid: Option<Uuid> = "uuid",
    }

    /// The mobile network.
    CarrierV2 {
        phone_number: Option<String> = "phoneNumber",
        roaming_enabled: Option<bool> = "roamingEnabled",
    }

    /// Who enrolled it, where and when.
    EnrollmentV2 {
        compliant: Option<bool> = "compliant",
        enrollment_status: Option<String> = "enrollmentStatus",
        enrollment_timestamp: Option<Stamp> = "enrollmentTimestamp",
        enrollment_user_uuid: Option<Uuid> = "enrollmentUserUuid",
        last_seen_timestamp: Option<Stamp> = "lastSeenTimestamp",
        managed_by: Option<String> = "managedBy",
        organization_group_id: Option<Uuid> = "organizationGroupId",
        organization_group_name: Option<String> = "organizationGroupName",
        ownership: Option<String> = "ownership",
        user_email_address: Option<String> = "userEmailAddress",
        user_name: Option<String> = "userName",
    }

    /// What kind of device it is.
    PlatformV2 {
        device_type: Option<String> = "deviceType",
        model_name: Option<String> = "modelName",
        os_version: Option<String> = "osVersion",
        platform_name: Option<String> = "platformName",
    }
}

endpoint! {
    /// One device by UUID, in the form of version 2; 404 with code 5061 if there is none.
    GetV2 = "devices.get.v2" is "mdmv2/DevicesV2_GetByUuidAsync":
        GET "/api/mdm/devices/{uuid}" v 2, Read;
    path: Uuid; query: Nothing; body: Nothing; answer: DeviceV2;
}
