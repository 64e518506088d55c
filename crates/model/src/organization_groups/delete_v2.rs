//! `DELETE /api/system/groups/{uuid}`, version 2.

use uuid::Uuid;

use crate::endpoint::{Nothing, endpoint};

endpoint! {
    /// Removes an empty group, named by UUID.
    DeleteV2 = "groups.delete.v2" is "systemv2/OrganizationGroupsV2_DeleteOrganizationGroup":
        DELETE "/api/system/groups/{uuid}" v 2, Destroy;
    path: Uuid; query: Nothing; body: Nothing; answer: Nothing, or empty;
}
