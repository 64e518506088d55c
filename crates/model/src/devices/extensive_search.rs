//! `GET /api/mdm/devices/extensivesearch`.

use uuid::Uuid;

use super::{Attribute, NetworkAdapter};
use crate::endpoint::{Nothing, endpoint};
use crate::ids::{DeviceId, OrganizationGroupId, SmartGroupId};
use crate::page::paged;
use crate::record::record;
use crate::time::Stamp;

record! {
    /// Criteria; an absent one matches everything.
    ExtensiveSearchQuery {
        organizationgroupid: Option<i64> = "organizationgroupid",
        platform: Option<i64> = "platform",
        startdatetime: Option<Stamp> = "startdatetime",
        enddatetime: Option<Stamp> = "enddatetime",
        deviceid: Option<i64> = "deviceid",
        customattributes: Option<String> = "customattributes",
        enrollmentstatus: Option<String> = "enrollmentstatus",
        statuschangestarttime: Option<String> = "statuschangestarttime",
        statuschangeendtime: Option<String> = "statuschangeendtime",
        page: Option<u32> = "page",
        pagesize: Option<u32> = "pagesize",
        macaddress: Option<String> = "macaddress",
    }

    /// A page of devices.
    ExtensivePage {
        devices: Vec<ExtensiveDevice> = "Devices",
        page: Option<u32> = "Page",
        page_size: Option<u32> = "PageSize",
        total: u64 = "Total",
    }

    /// A device with its products, smart groups and attributes.
    ExtensiveDevice {
        asset_number: Option<String> = "AssetNumber",
        compliant: Option<bool> = "Compliant",
        custom_attributes: Vec<Attribute> = "CustomAttributes",
        device_friendly_name: Option<String> = "DeviceFriendlyName",
        device_id: Option<DeviceId> = "DeviceId",
        device_network_info: Vec<NetworkAdapter> = "DeviceNetworkInfo",
        device_uuid: Option<Uuid> = "DeviceUuid",
        enrollment_date: Option<Stamp> = "EnrollmentDate",
        enrollment_status: Option<String> = "EnrollmentStatus",
        last_seen: Option<Stamp> = "LastSeen",
        organization_group_id: Option<OrganizationGroupId> = "OrganizationGroupId",
        organization_group_uuid: Option<Uuid> = "OrganizationGroupUuid",
        products: Vec<ProductOnDevice> = "Products",
        serial_number: Option<String> = "SerialNumber",
        smart_groups: Vec<SmartGroupOfDevice> = "SmartGroups",
        udid: Option<String> = "Udid",
        un_enrolled_date: Option<Stamp> = "UnEnrolledDate",
        user_name: Option<String> = "UserName",
    }

    /// A product and what became of it.
    ProductOnDevice {
        name: Option<String> = "Name",
        product_id: Option<i64> = "ProductId",
        status: Option<String> = "Status",
    }

    /// A smart group that the device is in.
    SmartGroupOfDevice {
        name: Option<String> = "Name",
        smart_group_id: Option<SmartGroupId> = "SmartGroupId",
        smart_group_uuid: Option<Uuid> = "SmartGroupUuid",
    }
}

endpoint! {
    /// Devices with their products, smart groups and custom attributes.
    ExtensiveSearch = "devices.extensivesearch" is "mdmv1/Devices_DeviceExtensiveSearchAsync":
        GET "/api/mdm/devices/extensivesearch", Read;
    path: (); query: ExtensiveSearchQuery; body: Nothing; answer: ExtensivePage, or empty;
}

paged! { ExtensiveSearch: ExtensiveDevice in devices, counted by total, told apart by device_uuid or device_id }
