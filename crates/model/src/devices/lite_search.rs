//! `GET /api/mdm/devices/litesearch`.

use uuid::Uuid;

use super::{Attribute, NetworkAdapter};
use crate::endpoint::{Nothing, endpoint};
use crate::ids::{DeviceId, OrganizationGroupId};
use crate::page::paged;
use crate::record::record;
use crate::time::Stamp;

record! {
    /// Criteria; an absent one matches everything.
    LiteSearchQuery {
        organizationgroupid: Option<i64> = "organizationgroupid",
        platform: Option<String> = "platform",
        seensince: Option<Stamp> = "seensince",
        seentill: Option<Stamp> = "seentill",
        deviceid: Option<i64> = "deviceid",
        customattributes: Option<String> = "customattributes",
        page: Option<u32> = "page",
        pagesize: Option<u32> = "pagesize",
    }

    /// A page of devices.
    LitePage {
        devices: Vec<LiteDevice> = "Devices",
        page: Option<u32> = "Page",
        page_size: Option<u32> = "PageSize",
        total: u64 = "Total",
    }

    /// A device with little besides its ids.
    LiteDevice {
        custom_attributes: Vec<Attribute> = "CustomAttributes",
        device_friendly_name: Option<String> = "DeviceFriendlyName",
        device_id: Option<DeviceId> = "DeviceId",
        device_network_info: Vec<NetworkAdapter> = "DeviceNetworkInfo",
        device_uuid: Option<Uuid> = "DeviceUuid",
        last_seen: Option<Stamp> = "LastSeen",
        organization_group_id: Option<OrganizationGroupId> = "OrganizationGroupId",
        organization_group_uuid: Option<Uuid> = "OrganizationGroupUuid",
        udid: Option<String> = "Udid",
    }
}

endpoint! {
    /// Devices with little besides their ids and custom attributes.
    LiteSearch = "devices.litesearch" is "mdmv1/Devices_DeviceExtensiveSearchLiteAsync":
        GET "/api/mdm/devices/litesearch", Read;
    path: (); query: LiteSearchQuery; body: Nothing; answer: LitePage, or empty;
}

paged! { LiteSearch: LiteDevice in devices, counted by total, told apart by device_uuid or device_id }
