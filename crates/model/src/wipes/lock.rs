//! `GET /api/system/groups/{organizationGroupUuid}/device-wipe-lock`.

use uuid::Uuid;

use crate::endpoint::{Nothing, endpoint};
use crate::record::record;

record! {
    /// Whether wipes are locked.
    LockState {
        organization_group_uuid: Option<Uuid> = "organization_group_uuid",
        state: Option<String> = "state",
    }
}

endpoint! {
    /// Whether wipes are locked because too many came at once.
    Lock = "wipes.lock" is "systemv1/DeviceWipes_GetWipeLockStateAsync":
        GET "/api/system/groups/{organizationGroupUuid}/device-wipe-lock", Read;
    path: Uuid; query: Nothing; body: Nothing; answer: LockState;
}
