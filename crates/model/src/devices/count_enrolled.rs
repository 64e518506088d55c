//! `POST /api/mdm/devices/enrolleddevicescount`.

use uuid::Uuid;

use crate::endpoint::{Nothing, endpoint};
use crate::record::record;

record! {
    /// Which devices to count.
    CountFilter {
        device_seen_since: Option<String> = "DeviceSeenSince",
        device_seen_till: Option<String> = "DeviceSeenTill",
        organization_group_id: Option<String> = "OrganizationGroupId",
        tag_name: Option<String> = "TagName",
    }

    /// How many there are.
    Count {
        devices_count: Option<i64> = "DevicesCount",
        id: Option<i64> = "id",
        uuid: Option<Uuid> = "uuid",
    }
}

endpoint! {
    /// How many enrolled devices there are by group, tag and time.
    CountEnrolled = "devices.enrolledcount" is "mdmv1/Devices_FilterEnrolledDevicesCountAsync":
        POST "/api/mdm/devices/enrolleddevicescount", Read;
    path: (); query: Nothing; body: CountFilter; answer: Count;
}
