//! `POST /api/system/groups/{organizationGroupUuid}/device-wipes`.

use uuid::Uuid;

use crate::endpoint::{Nothing, endpoint};
use crate::record::record;

record! {
    /// What the call needs besides its path.
    DecideQuery {
        action: Option<String> = "action",
    }
}

endpoint! {
    /// Lets held wipes go on, or rejects them.
    Decide = "wipes.decide" is "systemv1/DeviceWipes_UpdateWipeActionsAsync":
        POST "/api/system/groups/{organizationGroupUuid}/device-wipes" => 202, Destroy;
    path: Uuid; query: DecideQuery; body: Vec<Uuid>; answer: Nothing, or empty;
}
