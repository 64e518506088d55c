//! `GET /api/system/user-groups/{userGroupUuid}/members`.

use uuid::Uuid;

use crate::endpoint::{Nothing, endpoint};
use crate::record::record;

record! {
    /// Criteria; an absent one matches everything.
    MembersByUuidQuery {
        page: Option<u32> = "page",
        page_size: Option<u32> = "page_size",
    }

    /// Members of a group.
    MemberList {
        page_number: Option<u32> = "PageNumber",
        total_page_count: Option<i64> = "TotalPageCount",
        users_list: Vec<MemberByUuid> = "UsersList",
    }

    /// A member.
    MemberByUuid {
        enrollment_user_uuid: Option<Uuid> = "EnrollmentUserUUID",
        firstname: Option<String> = "firstname",
        lastname: Option<String> = "lastname",
        username: Option<String> = "username",
    }
}

endpoint! {
    /// Members with their UUIDs. Pages count from 1.
    MembersByUuid = "usergroups.members.byuuid" is "systemv1/UserGroupsActions_GetUserGroupMembers":
        GET "/api/system/user-groups/{userGroupUuid}/members", Read;
    path: Uuid; query: MembersByUuidQuery; body: Nothing; answer: MemberList;
}
