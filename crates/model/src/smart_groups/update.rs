//! `PUT /api/mdm/smartgroups/{id}`.

use super::SmartGroupEdit;
use crate::endpoint::{Nothing, endpoint};
use crate::ids::SmartGroupId;

endpoint! {
    /// Writes a smart group anew: what is left out is gone.
    Update = "smartgroups.update" is "mdmv1/SmartGroups_UpdateSmartGroupAsync":
        PUT "/api/mdm/smartgroups/{id}" => 204, Write;
    path: SmartGroupId; query: Nothing; body: SmartGroupEdit; answer: Nothing, or empty;
}
