//! `GET /api/mdm/devices/{id}/smartgroups`.

use crate::endpoint::{Nothing, endpoint};
use crate::ids::{DeviceId, RecordId, Wrapped};
use crate::record::record;

record! {
    /// Smart groups of a device.
    SmartGroupList {
        smart_group: Vec<SmartGroupName> = "SmartGroup",
    }

    /// A smart group by id and name.
    SmartGroupName {
        smart_group_id: Option<Wrapped<RecordId>> = "SmartGroupId",
        smart_group_name: Option<String> = "SmartGroupName",
    }
}

endpoint! {
    /// Smart groups that a device is in.
    SmartGroups = "devices.smartgroups" is "mdmv1/DeviceSmartGroups_GetSmartGroupsAssignedToDevice":
        GET "/api/mdm/devices/{id}/smartgroups", Read;
    path: DeviceId; query: Nothing; body: Nothing; answer: SmartGroupList;
}
