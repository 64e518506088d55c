//! `GET /api/mdm/devices/search`, version 3.

use serde_json::Value;
use uuid::Uuid;

use crate::endpoint::{Nothing, endpoint};
use crate::ids::{RecordId, Reference, Wrapped};
use crate::page::paged;
use crate::record::record;
use crate::time::Stamp;

record! {
    /// Criteria; an absent one matches everything.
    SearchV3Query {
        user: Option<String> = "user",
        model_identifier: Option<String> = "model_identifier",
        device_type: Option<String> = "device_type",
        last_seen: Option<Stamp> = "last_seen",
        ownership: Option<String> = "ownership",
        organization_group_uuid: Option<String> = "organization_group_uuid",
        compliance_status: Option<String> = "compliance_status",
        seen_since: Option<Stamp> = "seen_since",
        friendly_name: Option<String> = "friendly_name",
        page: Option<u32> = "page",
        page_size: Option<u32> = "page_size",
        order_by: Option<String> = "order_by",
        sort_order: Option<String> = "sort_order",
    }

    /// A page of devices.
    DevicePageV3 {
        devices: Vec<DeviceRowV3> = "devices",
        orphan_devices_details: Option<OrphanDevices> = "orphan_devices_details",
        page: Option<u32> = "page",
        page_size: Option<u32> = "page_size",
        total: u64 = "total",
    }

    /// A device in the form of version 3: names in snake case but for its ids, words in capitals.
    DeviceRowV3 {
        id: Option<Wrapped<RecordId>> = "Id",
        uuid: Option<Uuid> = "Uuid",
        ac_line_status: Option<i64> = "ac_line_status",
        asset_number: Option<String> = "asset_number",
        available_device_capacity: Option<i64> = "available_device_capacity",
        battery_level: Option<String> = "battery_level",
        compliance_status: Option<String> = "compliance_status",
        compliance_summary: Option<ComplianceV3> = "compliance_summary",
        compromised_status: Option<bool> = "compromised_status",
        customer_uuid: Option<Uuid> = "customer_uuid",
        data_encryption_yn: Option<String> = "data_encryption_yn",
        data_protection_status: Option<i64> = "data_protection_status",
        device_capacity: Option<i64> = "device_capacity",
        device_cellular_network_info: Vec<Value> = "device_cellular_network_info",
        device_friendly_name: Option<String> = "device_friendly_name",
        device_network_info: Vec<NetworkV3> = "device_network_info",
        device_reported_name: Option<String> = "device_reported_name",
        device_type: Option<String> = "device_type",
        eas_ids: Option<EasIds> = "eas_ids",
        eid: Option<String> = "eid",
        enrollment_status: Option<String> = "enrollment_status",
        enrollment_user_email_address: Option<String> = "enrollment_user_email_address",
        enrollment_user_name: Option<String> = "enrollment_user_name",
        enrollment_user_uuid: Option<Uuid> = "enrollment_user_uuid",
        imei: Option<String> = "imei",
        is_activation_lock_enabled: Option<bool> = "is_activation_lock_enabled",
        is_cloud_backup_enabled: Option<bool> = "is_cloud_backup_enabled",
        is_device_dnd_enabled: Option<bool> = "is_device_dnd_enabled",
        is_device_locator_enabled: Option<bool> = "is_device_locator_enabled",
        is_network_tethered: Option<bool> = "is_network_tethered",
        is_remote_management_enabled: Option<String> = "is_remote_management_enabled",
        is_supervised: Option<bool> = "is_supervised",
        last_bluetooth_sample_time: Option<Stamp> = "last_bluetooth_sample_time",
        last_compliance_check_on: Option<Stamp> = "last_compliance_check_on",
        last_compromised_check_on: Option<Stamp> = "last_compromised_check_on",
        last_enrolled_on: Option<Stamp> = "last_enrolled_on",
        last_network_lan_sample_time: Option<Stamp> = "last_network_lan_sample_time",
        last_seen: Option<Stamp> = "last_seen",
        last_system_sample_time: Option<Stamp> = "last_system_sample_time",
        mac_address: Option<String> = "mac_address",
        managed_by: Option<String> = "managed_by",
        model: Option<String> = "model",
        model_id: Option<Reference> = "model_id",
        model_identifier: Option<String> = "model_identifier",
        oem_info: Option<String> = "oem_info",
        operating_system: Option<String> = "operating_system",
        organization_group_name: Option<String> = "organization_group_name",
        organization_group_uuid: Option<Uuid> = "organization_group_uuid",
        os_build_version: Option<String> = "os_build_version",
        ownership: Option<String> = "ownership",
        platform_name: Option<String> = "platform_name",
        processor_architecture: Option<i64> = "processor_architecture",
        serial_number: Option<String> = "serial_number",
        tenant_uuid: Option<Uuid> = "tenant_uuid",
        time_zone: Option<String> = "time_zone",
        udid: Option<String> = "udid",
        virtual_memory: Option<i64> = "virtual_memory",
        wifi_ssid: Option<String> = "wifi_ssid",
    }

    /// State of every policy on a device.
    ComplianceV3 {
        compliance_policy_results: Vec<PolicyResultV3> = "compliance_policy_results",
        overall_compliance_status: Option<String> = "overall_compliance_status",
        page: Option<u32> = "page",
        page_size: Option<u32> = "page_size",
        total: Option<i64> = "total",
    }

    /// State of one policy on a device.
    PolicyResultV3 {
        actions_taken: Vec<Value> = "actions_taken",
        compliance_status: Option<String> = "compliance_status",
        last_compliance_check: Option<Stamp> = "last_compliance_check",
        next_compliance_check: Option<Stamp> = "next_compliance_check",
        policy_description: Option<String> = "policy_description",
        policy_name: Option<String> = "policy_name",
        uuid: Option<Uuid> = "uuid",
    }

    /// A network adapter.
    NetworkV3 {
        connection_type: Option<String> = "connection_type",
        ip_address: Option<String> = "ip_address",
        mac_address: Option<String> = "mac_address",
        name: Option<String> = "name",
        vendor: Option<String> = "vendor",
    }

    /// Ids in Exchange ActiveSync.
    EasIds {
        eas_id: Vec<String> = "EasId",
    }

    /// Devices that no longer belong to a group.
    OrphanDevices {
        count: Option<i64> = "count",
        devices: Vec<OrphanDevice> = "devices",
    }

    /// A device that no longer belongs to a group.
    OrphanDevice {
        device_uuid: Option<String> = "device_uuid",
        error_code: Option<i64> = "error_code",
        error_message: Option<String> = "error_message",
    }
}

endpoint! {
    /// Devices that match every given criterion, in the form of version 3.
    SearchV3 = "devices.search.v3" is "mdmv3/DevicesV3_SearchAsync":
        GET "/api/mdm/devices/search" v 3, Read;
    path: (); query: SearchV3Query; body: Nothing; answer: DevicePageV3;
}

paged! { SearchV3: DeviceRowV3 in devices, counted by total, told apart by uuid or id, sized by page_size }
