//! `PUT /api/system/groups/{id}`.

use super::LocationGroup;
use crate::endpoint::{Nothing, endpoint};
use crate::ids::OrganizationGroupId;

endpoint! {
    /// Changes a group.
    Update = "groups.update" is "systemv1/OrganizationGroups_UpdateLocationGroup":
        PUT "/api/system/groups/{id}" => 204, Write;
    path: OrganizationGroupId; query: Nothing; body: LocationGroup; answer: Nothing, or empty;
}
