//! `GET /api/mdm/smartgroups/{smartgroupid}/devices`.

use super::Member;
use crate::endpoint::{Nothing, endpoint};
use crate::ids::SmartGroupId;
use crate::record::record;

record! {
    /// Criteria; an absent one matches everything.
    DevicesQuery {
        seensince: Option<String> = "seensince",
        seentill: Option<String> = "seentill",
    }

    /// Devices in a smart group.
    MemberList {
        devices: Vec<Member> = "Devices",
    }
}

endpoint! {
    /// Devices in a smart group, all in one answer.
    Devices = "smartgroups.devices" is "mdmv1/SmartGroups_GetDevices":
        GET "/api/mdm/smartgroups/{smartgroupid}/devices", Read;
    path: SmartGroupId; query: DevicesQuery; body: Nothing; answer: MemberList, or empty;
}
