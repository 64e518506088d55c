//! `/API/v1/usergroups`: search, members, add members.

use super::PageQuery;
use crate::endpoint::{Nothing, endpoint};
use crate::ids::{UserGroupId, UserId, Wrapped};
use crate::page::paged;
use crate::record::record;
use crate::users::{User, UserPage};

record! {
    /// Criteria; an absent one matches everything.
    UserGroupQuery {
        name: Option<String> = "name",
        page: Option<u32> = "page",
        pagesize: Option<u32> = "pagesize",
    }

    /// The guide reads `Id.Value`; the published names stand beside it.
    UserGroup {
        id: Wrapped<UserGroupId> = "Id",
        name: String = "Name",
        user_count: u64 = "UserCount",
    }

    /// User groups.
    UserGroupList {
        user_groups: Vec<UserGroup> = "UserGroups",
        page: u32 = "Page",
        page_size: u32 = "PageSize",
        total: u64 = "Total",
    }
}

endpoint! {
    /// User groups whose name contains the given text.
    UserGroupsSearch = "guide.usergroups.search" is "guide/usergroups.search":
        GET "/API/v1/usergroups/search", Read;
    path: (); query: UserGroupQuery; body: Nothing; answer: UserGroupList, or empty;
}

paged! { UserGroupsSearch: UserGroup in user_groups, counted by total, told apart by id }

endpoint! {
    /// Members of a user group.
    UserGroupUsers = "guide.usergroups.users" is "guide/usergroups.users":
        GET "/API/v1/usergroups/{id}/users", Read;
    path: UserGroupId; query: PageQuery; body: Nothing; answer: UserPage, or empty;
}

paged! { UserGroupUsers: User in users, counted by total, told apart by uuid or id }

record! {
    /// Who joins a group.
    NewMembers {
        users: Vec<NewMember> = "Users",
    }

    /// One who joins.
    NewMember {
        id: Wrapped<UserId> = "Id",
    }
}

endpoint! {
    /// Puts users into a group; those already in it stay.
    AddUsers = "guide.usergroups.addusers" is "guide/usergroups.addusers":
        POST "/API/v1/usergroups/{id}/users", Write;
    path: UserGroupId; query: Nothing; body: NewMembers; answer: Nothing, or empty;
}
