//! `DELETE /api/mdm/smartgroups/{id}`.

use crate::endpoint::{Nothing, endpoint};
use crate::ids::SmartGroupId;

endpoint! {
    /// Removes a smart group; 400 while something is assigned to it.
    Delete = "smartgroups.delete" is "mdmv1/SmartGroups_DeleteAsync":
        DELETE "/api/mdm/smartgroups/{id}" => 204, Destroy;
    path: SmartGroupId; query: Nothing; body: Nothing; answer: Nothing, or empty;
}
