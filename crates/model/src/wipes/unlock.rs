//! `PUT /api/system/groups/{organizationGroupUuid}/device-wipe-lock`.

use uuid::Uuid;

use crate::endpoint::{Nothing, endpoint};

endpoint! {
    /// Unlocks wipes.
    Unlock = "wipes.unlock" is "systemv1/DeviceWipes_ResetWipeLockAsync":
        PUT "/api/system/groups/{organizationGroupUuid}/device-wipe-lock" => 204, Destroy;
    path: Uuid; query: Nothing; body: Nothing; answer: Nothing, or empty;
}
