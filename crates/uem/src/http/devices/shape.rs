//! One device as each version of the API shows it.

use muster_model::Stamp;
use muster_model::devices::Device;
use muster_model::time::NEVER;
use muster_model::words::{ComplianceStatus, Ownership, Platform};
use serde_json::{Map, Value, json};

use super::super::context::Context;
use super::super::refusal::Refusal;
use super::{makers, sample};
use crate::store::compliance;
use crate::store::devices::attributes::Attribute;
use crate::store::devices::{Record, find};

/// With a zone, as versions 2 and 3 write times.
fn zoned(at: jiff::Timestamp) -> String {
    format!("{}Z", Stamp(at))
}

/// The members of version 1 that only a look at a single device (or at the longer row of version 2) has.
pub(super) async fn detail(context: &Context, record: &Record) -> Result<Device, Refusal> {
    let mut device = record.device.clone();
    let states =
        compliance::of_device(context.database(), device.id.0, context.scope()).await?.map(|(_, states)| states);
    let summary = serde_json::to_value(states.unwrap_or_default()).unwrap_or_default();
    device.other.extend(more(record));
    device.other.insert("ComplianceSummary".to_owned(), json!({ "DeviceCompliance": summary }));
    Ok(device)
}

/// Rows with what is known besides, as values.
pub(super) async fn details(context: &Context, records: &[Record]) -> Result<Vec<Value>, Refusal> {
    let mut rows = Vec::with_capacity(records.len());
    for record in records {
        let mut device = record.device.clone();
        device.other.extend(more(record));
        rows.push(value(&device));
    }
    // One device is looked at closely.
    if let ([record], [row]) = (records, rows.as_mut_slice()) {
        *row = value(&detail(context, record).await?);
    }
    Ok(rows)
}

pub(super) fn value(device: &Device) -> Value {
    // Texts, numbers and flags always make JSON.
    serde_json::to_value(device).unwrap_or_default()
}

/// Its interfaces, as several answers list them.
pub(super) fn interfaces(record: &Record) -> Value {
    let network = sample::network(record);
    let mac = &record.device.mac_address;
    let mut list = Vec::new();
    let known = [("Wifi", "en0", &network.wifi), ("Ethernet", "eth0", &network.ethernet)];
    for (kind, name, address) in known {
        if let Some(address) = address {
            list.push(
                json!({ "ConnectionType": kind, "IPAddress": address, "MACAddress": mac, "Name": name, "Vendor": "" }),
            );
        }
    }
    if let Some(address) = &network.cellular {
        list.push(json!({ "ConnectionType": "Cellular", "IPAddress": address, "MACAddress": "", "Name": "pdp_ip0", "Vendor": "" }));
    }
    list.into()
}

/// The country codes of its card and of the network that it is in.
pub(super) fn country_codes(record: &Record) -> Value {
    if record.device.imei.is_empty() {
        return json!({ "SIMMCC": "", "CurrentMCC": "" });
    }
    let (home, network) = (sample::home(record), sample::network(record));
    let current = if network.roaming { 222 } else { home.mobile_country };
    json!({ "SIMMCC": home.mobile_country.to_string(), "CurrentMCC": current.to_string() })
}

fn more(record: &Record) -> Map<String, Value> {
    let device = &record.device;
    let (network, home) = (sample::network(record), sample::home(record));
    let eas = find::eas_id(device);
    let apple = matches!(device.platform, Platform::Apple | Platform::AppleOsX);
    let (capacity, free) = (device.total_physical_memory, device.total_physical_memory / 3);
    let mut draw = sample::Draw::of(record.uuid, "row", 0);
    let cellular = if device.imei.is_empty() {
        json!([])
    } else {
        json!([{
            "CarrierName": home.carrier, "CardId": format!("89{}", draw.digits(18)), "PhoneNumber": device.phone_number,
            "DeviceMCC": country_codes(record), "IsRoaming": network.roaming, "Imei": device.imei, "IsEnabled": true,
        }])
    };
    let row = json!({
        "EasIds": if eas.is_empty() { json!({}) } else { json!({ "EasId": [eas] }) },
        "EasId": eas,
        "TimeZone": home.time_zone,
        "DataProtectionStatus": i64::from(record.encrypted && record.passcode_present),
        "DeviceMCC": country_codes(record),
        "IsRemoteManagementEnabled": "",
        "AcLineStatus": i64::from(record.battery_percent >= 95),
        "VirtualMemory": 0,
        "OEMInfo": makers::of(&device.model).1,
        "LastSystemSampleTime": Stamp(record.seen_at).to_string(),
        "IsDeviceDNDEnabled": false,
        "IsDeviceLocatorEnabled": apple && device.is_supervised,
        "IsCloudBackupEnabled": apple && device.ownership == Ownership::Employee,
        "IsActivationLockEnabled": device.platform == Platform::Apple && !device.is_supervised,
        "IsNetworkTethered": false,
        "IsRoaming": network.roaming,
        "LastNetworkLANSampleTime": Stamp(record.seen_at).to_string(),
        "LastBluetoothSampleTime": NEVER,
        "SystemIntegrityProtectionEnabled": device.platform == Platform::AppleOsX,
        "ProcessorArchitecture": if device.platform == Platform::WinRt { 9 } else { 0 },
        "UserApprovedEnrollment": device.platform == Platform::AppleOsX,
        "EnrolledViaDEP": apple && device.is_supervised,
        "AvailablePhysicalMemory": free,
        "TotalPhysicalMemoryInfo": { "MemorySize": capacity as f64, "MemoryUnit": "MB" },
        "AvailablePhysicalMemoryInfo": { "MemorySize": free as f64, "MemoryUnit": "MB" },
        "HostName": device.device_reported_name,
        "LocalHostName": device.device_reported_name,
        "IsSecurityPatchUpdate": false,
        "DeviceManufacturerId": makers::of(&device.model).0,
        "DeviceNetworkInfo": interfaces(record),
        "DeviceCellularNetworkInfo": cellular,
        "ManagedBy": 1,
        "DepTokenSource": 0,
        "WifiSsid": network.ssid,
    });
    let Value::Object(mut row) = row else { return Map::new() };
    if let Some(sid) = &record.settings.computer_sid {
        row.insert("ComputerSID".to_owned(), sid.as_str().into());
    }
    row
}

/// What platforms are called in versions 2 and 3.
fn platform_name(device: &Device) -> &'static str {
    match device.platform {
        Platform::Apple if device.model.starts_with("iPad") => "iPadOS",
        Platform::Apple => "iOS",
        Platform::AppleOsX => "macOS",
        Platform::Android => "Android",
        Platform::WinRt => "Windows Desktop",
        Platform::ChromeOs | Platform::ChromeBook => "Chrome OS",
        Platform::Linux => "Linux",
        _ => "Other",
    }
}

fn owner(device: &Device) -> &'static str {
    match device.ownership {
        Ownership::Corporate => "CORPORATE",
        Ownership::Employee => "EMPLOYEE",
        Ownership::Shared => "SHARED",
        Ownership::Undefined | Ownership::Other(_) => "UNDEFINED",
    }
}

fn compliance_word(device: &Device) -> &str {
    match &device.compliance_status {
        ComplianceStatus::NonCompliant => "NOT_COMPLIANT",
        other => other.as_str(),
    }
}

#[expect(clippy::cast_possible_truncation, reason = "a disk has fewer bytes than an i64 counts")]
fn bytes(gigabytes: f64) -> String {
    ((gigabytes * 1_073_741_824.0) as i64).to_string()
}

fn links(context: &Context, record: &Record) -> Value {
    json!([{ "Rel": "self", "Href": format!("{}/API/mdm/devices/{}", context.tenant.url, record.uuid) }])
}

/// Two halves of an object; one text of this length is more than the macro takes.
fn joined(one: Value, other: Value) -> Value {
    match (one, other) {
        (Value::Object(mut one), Value::Object(mut other)) => {
            one.append(&mut other);
            Value::Object(one)
        }
        (one, _) => one,
    }
}

pub(super) fn version_2(context: &Context, record: &Record) -> Value {
    let device = &record.device;
    let network = sample::network(record);
    json!({
        "udid": device.udid, "serialNumber": device.serial_number, "macAddress": device.mac_address,
        "imei": device.imei, "friendlyName": device.device_friendly_name,
        "organizationGroupName": device.location_group_name,
        "batteryLevelPercentage": record.battery_percent.max(0), "supervised": device.is_supervised,
        "dataEncrypted": record.encrypted, "computerName": device.device_reported_name,
        "ComputerSID": record.settings.computer_sid,
        "availableStorageBytes": bytes(device.available_device_capacity),
        "totalStorageBytes": bytes(device.device_capacity),
        "platformInfo": {
            "deviceType": device.platform, "platformName": platform_name(device), "modelName": device.model,
            "osVersion": device.operating_system,
        },
        "carrierInfo": { "phoneNumber": device.phone_number, "roamingEnabled": network.roaming },
        "enrollmentInfo": {
            "enrollmentStatus": device.enrollment_status.as_str(),
            "compliant": device.compliance_status == ComplianceStatus::Compliant,
            "enrollmentTimestamp": zoned(record.enrolled_at), "lastSeenTimestamp": zoned(record.seen_at),
            "ownership": owner(device), "organizationGroupId": record.group_uuid,
            "organizationGroupName": device.location_group_name, "userName": device.user_name,
            "userEmailAddress": device.user_email_address, "enrollmentUserUuid": record.user_uuid, "managedBy": "MDM",
        },
        "OSBuildVersion": device.os_build_version, "WifiSsid": network.ssid,
        "Links": links(context, record), "uuid": record.uuid,
    })
}

pub(super) fn version_3(context: &Context, record: &Record) -> Value {
    let device = &record.device;
    let network = sample::network(record);
    let yes = |flag: bool| if flag { "YES" } else { "NO" };
    let memory = device.total_physical_memory * 1_048_576;
    let one = json!({
        "id": record.id, "uuid": record.uuid, "udid": device.udid, "serial_number": device.serial_number,
        "mac_address": device.mac_address, "imei": device.imei, "friendly_name": device.device_friendly_name,
        "device_reported_name": device.device_reported_name, "display_model": device.model,
        "computer_name": device.device_reported_name, "computer_sid": record.settings.computer_sid,
        "organization_group_name": device.location_group_name,
        "battery_level_percentage": record.battery_percent.max(0).to_string(),
        "data_encrypted": record.encrypted, "supervised": device.is_supervised,
        "passcode_present": yes(record.passcode_present), "passcode_compliant": yes(record.passcode_compliant),
        "os_build_version": device.os_build_version, "os_display_name": platform_name(device),
        "os_version_display_name": format!("{} {}", platform_name(device), device.operating_system),
        "total_physical_memory_bytes": memory.to_string(),
        "available_physical_memory_bytes": (memory / 3).to_string(),
        "available_storage_bytes": bytes(device.available_device_capacity),
        "total_storage_bytes": bytes(device.device_capacity),
        "available_internal_storage_bytes": bytes(device.available_device_capacity),
        "total_internal_storage_bytes": bytes(device.device_capacity),
        "wifi_ssid": network.ssid,
    });
    let other = json!({
        "platform_info": {
            "device_type": device.platform, "platform_name": platform_name(device), "model": device.model,
            "model_identifier": device.model, "os_version": device.operating_system,
            "oem_info": makers::of(&device.model).1,
        },
        "carrier_info": { "phone_number": device.phone_number, "roaming_enabled": network.roaming },
        "enrollment_info": {
            "enrollment_status": device.enrollment_status.as_str(), "compliance_status": compliance_word(device),
            "enrollment_timestamp": zoned(record.enrolled_at), "last_seen_timestamp": zoned(record.seen_at),
            "last_checkin_timestamp": zoned(record.seen_at), "ownership": owner(device), "managed_by": "MDM",
            "organization_group_uuid": record.group_uuid, "organization_group_name": device.location_group_name,
            "enrollment_user_name": device.user_name, "enrollment_user_email_address": device.user_email_address,
            "enrollment_user_uuid": record.user_uuid,
        },
        "Links": links(context, record),
    });
    joined(one, other)
}

#[expect(clippy::cast_possible_truncation, reason = "whole gigabytes")]
pub(super) fn version_3_row(record: &Record) -> Value {
    let device = &record.device;
    let network = sample::network(record);
    let eas = find::eas_id(device);
    let time = |stamp: Option<Stamp>| stamp.map(|Stamp(at)| zoned(at));
    let one = json!({
        "Id": record.id, "Uuid": record.uuid, "udid": device.udid, "serial_number": device.serial_number,
        "mac_address": device.mac_address, "imei": device.imei, "asset_number": device.asset_number,
        "device_friendly_name": device.device_friendly_name, "device_reported_name": device.device_reported_name,
        "device_type": device.platform, "platform_name": platform_name(device), "model": device.model,
        "model_identifier": device.model, "model_id": device.model_id, "operating_system": device.operating_system,
        "os_build_version": device.os_build_version, "ownership": owner(device),
        "enrollment_status": device.enrollment_status.as_str(), "compliance_status": compliance_word(device),
        "compromised_status": device.compromised_status, "last_seen": zoned(record.seen_at),
    });
    let other = json!({
        "last_enrolled_on": zoned(record.enrolled_at),
        "last_compliance_check_on": time(device.last_compliance_check_on),
        "last_compromised_check_on": time(device.last_compromised_check_on),
        "last_system_sample_time": zoned(record.seen_at), "last_network_lan_sample_time": zoned(record.seen_at),
        "enrollment_user_name": device.user_name, "enrollment_user_email_address": device.user_email_address,
        "enrollment_user_uuid": record.user_uuid, "organization_group_name": device.location_group_name,
        "organization_group_uuid": record.group_uuid, "is_supervised": device.is_supervised,
        "data_encryption_yn": device.data_encryption_yn, "battery_level": device.battery_level,
        "device_capacity": device.device_capacity as i64,
        "available_device_capacity": device.available_device_capacity as i64,
        "eas_ids": { "EasId": if eas.is_empty() { json!([]) } else { json!([eas]) } },
        "device_network_info": interfaces(record), "managed_by": "MDM", "wifi_ssid": network.ssid,
        "oem_info": makers::of(&device.model).1, "time_zone": sample::home(record).time_zone,
    });
    joined(one, other)
}

pub(super) fn attribute(attribute: &Attribute) -> Value {
    json!({
        "ApplicationGroup": attribute.application_group, "Application": attribute.application_group,
        "Name": attribute.name, "Value": attribute.value, "Source": attribute.source,
    })
}

/// The small row of extensive and lite searches.
pub(super) fn brief(record: &Record, attributes: &[Attribute]) -> Value {
    let device = &record.device;
    let enrolled = record.is_managed();
    let mut row = json!({
        "AssetNumber": device.asset_number, "Compliant": device.compliance_status == ComplianceStatus::Compliant,
        "CustomAttributes": attributes.iter().map(attribute).collect::<Vec<_>>(),
        "DeviceFriendlyName": device.device_friendly_name, "DeviceId": record.id,
        "DeviceNetworkInfo": interfaces(record), "DeviceUuid": record.uuid,
        "EnrollmentDate": Stamp(record.enrolled_at).to_string(), "EnrollmentStatus": device.enrollment_status,
        "LastSeen": Stamp(record.seen_at).to_string(), "OrganizationGroupId": record.group,
        "OrganizationGroupUuid": record.group_uuid, "Products": [], "SerialNumber": device.serial_number,
        "Udid": device.udid, "UserName": device.user_name,
    });
    if !enrolled {
        row["UnEnrolledDate"] = Stamp(record.seen_at).to_string().into();
    }
    row
}
