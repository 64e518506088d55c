//! `GET /api/mdm/devices/{uuid}/tags`: the tags of one device.

use uuid::Uuid;

use crate::endpoint::{Nothing, endpoint};
use crate::record::record;
use crate::time::Stamp;

record! {
    /// A tag on a device, and since when.
    DeviceTag {
        name: String = "name",
        uuid: Option<Uuid> = "uuid",
        date_tagged: Option<Stamp> = "date_tagged",
    }

    /// The tags of one device.
    DeviceTags {
        tags: Vec<DeviceTag> = "tags",
    }
}

endpoint! {
    /// The tags of one device, by the device's UUID.
    OfDevice = "devices.tags" is "mdmv1/Devices_GetDeviceTagsAsync":
        GET "/api/mdm/devices/{uuid}/tags", Read;
    path: Uuid; query: Nothing; body: Nothing; answer: DeviceTags, or empty;
}
