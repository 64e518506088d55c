//! `POST /api/system/groups/{id}`.

use super::LocationGroup;
use crate::endpoint::{Nothing, endpoint};
use crate::ids::{Created, OrganizationGroupId};

endpoint! {
    /// Makes a group below another one, in the older form.
    CreateV1 = "groups.create.v1" is "systemv1/OrganizationGroups_CreateOgAsync":
        POST "/api/system/groups/{id}", Write;
    path: OrganizationGroupId; query: Nothing; body: LocationGroup; answer: Created;
}
