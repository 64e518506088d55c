//! `GET /api/mdm/devices/{uuid}`, version 3.

use uuid::Uuid;

use crate::endpoint::{Nothing, endpoint};
use crate::record::record;
use crate::time::Stamp;

record! {
    /// A device in the form of version 3.
    DeviceV3 {
        available_external_storage_bytes: Option<String> = "available_external_storage_bytes",
        available_internal_storage_bytes: Option<String> = "available_internal_storage_bytes",
        available_physical_memory_bytes: Option<String> = "available_physical_memory_bytes",
        available_storage_bytes: Option<String> = "available_storage_bytes",
        battery_level_percentage: Option<String> = "battery_level_percentage",
        carrier_info: Option<CarrierV3> = "carrier_info",
        computer_name: Option<String> = "computer_name",
        computer_sid: Option<String> = "computer_sid",
        customer_uuid: Option<Uuid> = "customer_uuid",
        data_encrypted: Option<bool> = "data_encrypted",
        device_reported_name: Option<String> = "device_reported_name",
        display_model: Option<String> = "display_model",
        eid: Option<String> = "eid",
        enrollment_info: Option<EnrollmentV3> = "enrollment_info",
        friendly_name: Option<String> = "friendly_name",
        hardware_device_identifier: Option<String> = "hardware_device_identifier",
        id: Option<i64> = "id",
        imei: Option<String> = "imei",
        installation_type: Option<String> = "installation_type",
        is_security_patch_update: Option<bool> = "is_security_patch_update",
        last_evaluation_timestamp: Option<Stamp> = "last_evaluation_timestamp",
        last_reboot: Option<Stamp> = "last_reboot",
        mac_address: Option<String> = "mac_address",
        operating_system_sku: Option<String> = "operating_system_sku",
        organization_group_name: Option<String> = "organization_group_name",
        os_build_version: Option<String> = "os_build_version",
        os_display_name: Option<String> = "os_display_name",
        os_version_display_name: Option<String> = "os_version_display_name",
        passcode_compliant: Option<String> = "passcode_compliant",
        passcode_present: Option<String> = "passcode_present",
        platform_info: Option<PlatformV3> = "platform_info",
        power_info: Option<PowerV3> = "power_info",
        processor_architecture_name: Option<String> = "processor_architecture_name",
        reboot_pending: Option<bool> = "reboot_pending",
        security_patch_date: Option<Stamp> = "security_patch_date",
        serial_number: Option<String> = "serial_number",
        supervised: Option<bool> = "supervised",
        supplement_build_version: Option<String> = "supplement_build_version",
        supplement_version_extra: Option<String> = "supplement_version_extra",
        system_update_received_time: Option<Stamp> = "system_update_received_time",
        tenant_uuid: Option<Uuid> = "tenant_uuid",
        total_external_storage_bytes: Option<String> = "total_external_storage_bytes",
        total_internal_storage_bytes: Option<String> = "total_internal_storage_bytes",
        total_physical_memory_bytes: Option<String> = "total_physical_memory_bytes",
        total_storage_bytes: Option<String> = "total_storage_bytes",
        udid: Option<String> = "udid",
        uuid: Option<Uuid> = "uuid",
        wifi_ssid: Option<String> = "wifi_ssid",
        windows_user_mode: Option<String> = "windows_user_mode",
    }

    /// The mobile network.
    CarrierV3 {
        phone_number: Option<String> = "phone_number",
        roaming_enabled: Option<bool> = "roaming_enabled",
    }

    /// Who enrolled it, where and when.
    EnrollmentV3 {
        compliance_status: Option<String> = "compliance_status",
        enrollment_status: Option<String> = "enrollment_status",
        enrollment_timestamp: Option<Stamp> = "enrollment_timestamp",
        enrollment_user_email_address: Option<String> = "enrollment_user_email_address",
        enrollment_user_name: Option<String> = "enrollment_user_name",
        enrollment_user_uuid: Option<Uuid> = "enrollment_user_uuid",
        last_checkin_timestamp: Option<Stamp> = "last_checkin_timestamp",
        last_seen_timestamp: Option<Stamp> = "last_seen_timestamp",
        managed_by: Option<String> = "managed_by",
        organization_group_name: Option<String> = "organization_group_name",
        organization_group_uuid: Option<Uuid> = "organization_group_uuid",
        ownership: Option<String> = "ownership",
    }

    /// What kind of device it is.
    PlatformV3 {
        device_type: Option<String> = "device_type",
        model: Option<String> = "model",
        model_identifier: Option<String> = "model_identifier",
        oem_info: Option<String> = "oem_info",
        os_version: Option<String> = "os_version",
        platform_name: Option<String> = "platform_name",
    }

    /// The battery.
    PowerV3 {
        battery_health: Option<String> = "battery_health",
    }
}

endpoint! {
    /// One device by UUID, in the form of version 3.
    GetV3 = "devices.get.v3" is "mdmv3/DevicesV3_GetByUuidAsync":
        GET "/api/mdm/devices/{uuid}" v 3, Read;
    path: Uuid; query: Nothing; body: Nothing; answer: DeviceV3;
}
