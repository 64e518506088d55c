//! `GET /api/system/groups/{id}/children`.

use super::LocationGroup;
use crate::endpoint::{Nothing, endpoint};
use crate::ids::OrganizationGroupId;
use crate::record::Rows;

endpoint! {
    /// A group and all below it; the only answer that tells parents.
    Children = "groups.children" is "systemv1/OrganizationGroups_GetChildLocationGroups":
        GET "/api/system/groups/{id}/children", Read;
    path: OrganizationGroupId; query: Nothing; body: Nothing; answer: Rows<LocationGroup>, or empty;
}
