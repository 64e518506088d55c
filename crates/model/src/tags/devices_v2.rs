//! `GET /api/mdm/tags/{tagUuid}/devices`, version 2.

use uuid::Uuid;

use crate::endpoint::{Nothing, endpoint};
use crate::ids::DeviceId;
use crate::page::paged;
use crate::record::record;
use crate::time::Stamp;

record! {
    /// Criteria; an absent one matches everything.
    DevicesV2Query {
        lastseen: Option<Stamp> = "lastseen",
        page: Option<u32> = "page",
        page_size: Option<u32> = "page_size",
    }

    /// Devices that have a tag.
    TaggedDevicesV2 {
        devices: Vec<TaggedDeviceV2> = "devices",
        total: u64 = "total",
    }

    /// A device that has a tag, and since when.
    TaggedDeviceV2 {
        date_tagged: Option<Stamp> = "date_tagged",
        device_id: Option<DeviceId> = "device_id",
        device_last_seen: Option<Stamp> = "device_last_seen",
        device_uuid: Option<Uuid> = "device_uuid",
        friendly_name: Option<String> = "friendly_name",
    }
}

endpoint! {
    /// Devices that have a tag, by UUID.
    DevicesV2 = "tags.devices.v2" is "mdmv2/TagsV2_GetByTagAsync":
        GET "/api/mdm/tags/{tagUuid}/devices" v 2, Read;
    path: Uuid; query: DevicesV2Query; body: Nothing; answer: TaggedDevicesV2;
}

paged! { DevicesV2: TaggedDeviceV2 in devices, counted by total, told apart by device_uuid or device_id, sized by page_size }
