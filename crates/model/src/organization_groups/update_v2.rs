//! `PUT /api/system/groups/{uuid}`, version 2.

use uuid::Uuid;

use super::GroupDetail;
use crate::endpoint::{Nothing, endpoint};

endpoint! {
    /// Changes a group, named by UUID.
    UpdateV2 = "groups.update.v2" is "systemv2/OrganizationGroupsV2_UpdateOrganizationGroup":
        PUT "/api/system/groups/{uuid}" v 2 => 204, Write;
    path: Uuid; query: Nothing; body: GroupDetail; answer: Nothing, or empty;
}
