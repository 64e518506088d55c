//! `DELETE /api/system/groups/{id}`.

use crate::endpoint::{Nothing, endpoint};
use crate::ids::OrganizationGroupId;

endpoint! {
    /// Removes an empty group; 400 for one that is gone already.
    Delete = "groups.delete" is "systemv1/OrganizationGroups_DeleteAsync":
        DELETE "/api/system/groups/{id}", Destroy;
    path: OrganizationGroupId; query: Nothing; body: Nothing; answer: Nothing, or empty;
}
