//! User groups and their members, in both dialects.

use muster_model::ids::{UserGroupId, UserId, Wrapped};
use muster_model::user_groups::{AddUser, Member, MemberPage, Members, Search, UserGroupPage};
use muster_model::users::UserPage;
use muster_model::{Call, Nothing, guide};

use super::context::Context;
use super::refusal::Refusal;
use super::table::Outcome;
use crate::store::page::Page;
use crate::store::user_groups;
use crate::store::users::{self, Wanted};

pub(super) async fn search(context: Context, call: Call<Search>) -> Outcome<Search> {
    let page = Page::asked(Some(call.query.page), Some(call.query.pagesize));
    let (groups, total) = user_groups::search(context.database(), call.query.groupname.as_deref(), page).await?;
    Ok(UserGroupPage { user_group: groups, page: page.number, page_size: page.size, total })
}

pub(super) async fn guide_search(
    context: Context,
    call: Call<guide::UserGroupsSearch>,
) -> Outcome<guide::UserGroupsSearch> {
    let page = Page::asked(call.query.page, call.query.pagesize);
    let (groups, total) = user_groups::search(context.database(), call.query.name.as_deref(), page).await?;
    let groups = groups.into_iter().map(|group| guide::UserGroup {
        id: Wrapped(group.user_group_id),
        name: group.user_group_name,
        user_count: group.user_count,
    });
    Ok(guide::UserGroupList { user_groups: groups.collect(), page: page.number, page_size: page.size, total })
}

pub(super) async fn members(context: Context, call: Call<Members>) -> Outcome<Members> {
    let page = Page::asked(Some(call.query.page), Some(call.query.pagesize));
    let UserPage { users, total, .. } = page_of(&context, call.path, page).await?;
    let members = users.into_iter().map(|user| Member {
        user_name: user.user_name,
        first_name: user.first_name,
        last_name: user.last_name,
    });
    Ok(MemberPage { enrollment_user: members.collect(), page: page.number, page_size: page.size, total })
}

pub(super) async fn guide_members(
    context: Context,
    call: Call<guide::UserGroupUsers>,
) -> Outcome<guide::UserGroupUsers> {
    page_of(&context, call.path, Page::asked_or_all(call.query.page, call.query.pagesize)).await
}

async fn page_of(context: &Context, group: UserGroupId, page: Page) -> Result<UserPage, Refusal> {
    if !user_groups::exists(context.database(), group).await? {
        return Err(Refusal::no_user_group(group));
    }
    let wanted = Wanted { group: Some(group.0), ..Wanted::default() };
    let (users, total) = users::search(context.database(), &wanted, page).await?;
    Ok(UserPage { users, page: page.number, page_size: page.size, total })
}

pub(super) async fn add_user(context: Context, call: Call<AddUser>) -> Outcome<AddUser> {
    let (group, user) = call.path;
    join(&context, group, &[user]).await
}

pub(super) async fn guide_add_users(context: Context, call: Call<guide::AddUsers>) -> Outcome<guide::AddUsers> {
    let users: Vec<UserId> = call.body.users.iter().map(|user| user.id.0).collect();
    if users.is_empty() {
        return Err(Refusal::bad("The Users field is required."));
    }
    join(&context, call.path, &users).await
}

/// All of the users or none; who is a member already stays one.
async fn join(context: &Context, group: UserGroupId, users: &[UserId]) -> Result<Nothing, Refusal> {
    if !user_groups::exists(context.database(), group).await? {
        return Err(Refusal::no_user_group(group));
    }
    let mut tx = context.begin().await?;
    for &user in users {
        if users::get_in(&mut tx, user).await?.is_none() {
            return Err(Refusal::not_found(format!("User not found: {user}.")));
        }
        user_groups::join(&mut tx, group, user, context.now()).await?;
    }
    tx.commit().await?;
    Ok(Nothing)
}
