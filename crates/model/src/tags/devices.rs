//! `GET /api/mdm/tags/{tagId}/devices`.

use uuid::Uuid;

use crate::endpoint::{Nothing, endpoint};
use crate::ids::{DeviceId, TagId};
use crate::record::record;
use crate::time::Stamp;

record! {
    /// Criteria; an absent one matches everything.
    DevicesQuery {
        last_seen: Option<Stamp> = "lastSeen",
    }

    /// Devices that have a tag.
    TaggedDevices {
        device: Vec<TaggedDevice> = "Device",
    }

    /// A device that has a tag, and since when.
    TaggedDevice {
        date_tagged: Option<Stamp> = "DateTagged",
        device_id: Option<DeviceId> = "DeviceId",
        device_last_seen: Option<Stamp> = "DeviceLastSeen",
        device_uuid: Option<Uuid> = "DeviceUuid",
        friendly_name: Option<String> = "FriendlyName",
    }
}

endpoint! {
    /// Devices that have a tag.
    Devices = "tags.devices" is "mdmv1/Tags_DevicesForTagAsync":
        GET "/api/mdm/tags/{tagId}/devices", Read;
    path: TagId; query: DevicesQuery; body: Nothing; answer: TaggedDevices;
}
