//! `GET /api/system/groups/{uuid}`, version 2.

use uuid::Uuid;

use super::GroupDetail;
use crate::endpoint::{Nothing, endpoint};

endpoint! {
    /// One organization group by UUID.
    GetV2 = "groups.get.v2" is "systemv2/OrganizationGroupsV2_GetOrganizationGroup":
        GET "/api/system/groups/{uuid}" v 2, Read;
    path: Uuid; query: Nothing; body: Nothing; answer: GroupDetail;
}
