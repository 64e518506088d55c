//! `GET /api/system/groups/{id}`.

use super::LocationGroup;
use crate::endpoint::{Nothing, endpoint};
use crate::ids::OrganizationGroupId;

endpoint! {
    /// One organization group by id; it does not tell its parent.
    Get = "groups.get" is "systemv1/OrganizationGroups_GetAsync":
        GET "/api/system/groups/{id}", Read;
    path: OrganizationGroupId; query: Nothing; body: Nothing; answer: LocationGroup;
}
