//! `GET /api/system/usergroups/{id}/users`: members by name; the published answer has no ids.

use crate::endpoint::{Nothing, endpoint};
use crate::ids::UserGroupId;
use crate::record::record;

record! {
    /// Which page.
    MembersQuery {
        page: u32 = "page",
        pagesize: u32 = "pagesize",
    }

    /// Who is in a group, without an id.
    Member {
        user_name: String = "UserName",
        first_name: String = "FirstName",
        last_name: String = "LastName",
    }

    /// Members of a group.
    MemberPage {
        enrollment_user: Vec<Member> = "EnrollmentUser" | "EnrollmentUsers",
        page: u32 = "Page",
        page_size: u32 = "PageSize",
        total: u64 = "Total",
    }
}

endpoint! {
    /// Members of a user group; 400 with code 17 if there is no such group.
    Members = "usergroups.members" is "systemv1/UserGroups_RetrieveUserGroupIdUsers":
        GET "/api/system/usergroups/{id}/users", Read;
    path: UserGroupId; query: MembersQuery; body: Nothing; answer: MemberPage, or empty;
}
