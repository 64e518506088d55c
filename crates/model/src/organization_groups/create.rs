//! `POST /api/system/groups/{id}`, version 2.

use uuid::Uuid;

use super::GroupDetail;
use crate::endpoint::{Nothing, endpoint};
use crate::ids::OrganizationGroupId;
use crate::record::{Hidden, record};

record! {
    /// The group that was made, and the keys that came with it.
    NewGroup {
        id: Option<i64> = "Id",
        rest_api_access: Option<ApiAccess> = "RestApiAccess",
        uuid: Option<Uuid> = "Uuid",
    }

    /// Keys that were made together with a group.
    ApiAccess {
        default_admin_api_key: Option<Hidden> = "DefaultAdminApiKey",
        enrollment_user_api_key: Option<Hidden> = "EnrollmentUserApiKey",
        status: Option<String> = "Status",
    }
}

endpoint! {
    /// Makes a group below another one.
    Create = "groups.create" is "systemv2/OrganizationGroups_PostAsync":
        POST "/api/system/groups/{id}" v 2, Write;
    path: OrganizationGroupId; query: Nothing; body: GroupDetail; answer: NewGroup;
}
