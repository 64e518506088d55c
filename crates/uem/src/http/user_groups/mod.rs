//! User groups and their members, in both dialects.

mod actions;
mod custom;
mod implied;
mod sync;

use muster_model::ids::{UserGroupId, UserId, Wrapped};
use muster_model::user_groups::{AddUser, Member, MemberPage, Members, Search, UserGroup, UserGroupPage};
use muster_model::users::UserPage;
use muster_model::{Call, Nothing, guide};

use super::context::Context;
use super::refusal::Refusal;
use super::table::{Outcome, Table};
use crate::store::page::Page;
use crate::store::user_groups::{self, Group};
use crate::store::users::{self, Wanted};

pub(super) fn routes(table: &mut Table) {
    custom::routes(table);
    actions::routes(table);
    sync::routes(table);
    implied::routes(table);
}

pub(super) async fn search(context: Context, call: Call<Search>) -> Outcome<Search> {
    let query = &call.query;
    let page = Page::asked(Some(query.page), Some(query.pagesize));
    let owners = owners(&context, query.organizationgroupid, query.locationgroupuuid.as_deref()).await?;
    let directory = match query.usergrouptype.as_deref().map(str::to_ascii_lowercase).as_deref() {
        None | Some("all") => None,
        Some("directory") => Some(true),
        Some("custom") => Some(false),
        Some(other) => {
            let message = format!("'{other}' is not a valid usergrouptype. Valid are: All, Directory, Custom.");
            return Err(Refusal::invalid(message));
        }
    };
    let uuid = match query.usergroupuuid.as_deref() {
        None => None,
        Some(text) => Some(text.parse().map_err(|_| Refusal::bad(format!("'{text}' is not a UUID.")))?),
    };
    let wanted = user_groups::Wanted {
        name: query.groupname.as_deref(),
        owners: &owners,
        directory,
        uuid,
        sync_status: query.syncstatus.as_deref(),
        merge_status: query.mergestatus.as_deref(),
        ..user_groups::Wanted::default()
    };
    let (groups, total) = user_groups::search(context.database(), &wanted, page, context.scope()).await?;
    let groups = groups.into_iter().map(|group| UserGroup {
        user_group_id: UserGroupId(group.id),
        user_group_name: group.name,
        user_count: group.members,
        organization_group: group.owner.to_string(),
        ..Default::default()
    });
    Ok(UserGroupPage {
        user_group: groups.collect(),
        page: page.number,
        page_size: page.size,
        total,
        ..Default::default()
    })
}

/// Ids of an organization group that a search names and of those below it; none if it names none.
async fn owners(context: &Context, id: Option<i64>, uuid: Option<&str>) -> Result<Vec<i64>, Refusal> {
    let top = match (id, uuid) {
        (None, None) => return Ok(Vec::new()),
        (Some(id), _) => super::organization_groups::named(context, id).await?,
        (None, Some(text)) => {
            let uuid = text.parse().map_err(|_| Refusal::bad(format!("'{text}' is not a UUID.")))?;
            super::organization_groups::named_uuid(context, uuid).await?
        }
    };
    Ok(crate::store::organization_groups::ids_below(context.database(), top.id).await?)
}

/// The group of an id, or 400 with the code of a missing user group.
async fn group(context: &Context, id: UserGroupId) -> Result<Group, Refusal> {
    let found = user_groups::get(context.database(), id, context.scope()).await?;
    found.ok_or_else(|| Refusal::no_user_group(id))
}

pub(super) async fn guide_search(
    context: Context,
    call: Call<guide::UserGroupsSearch>,
) -> Outcome<guide::UserGroupsSearch> {
    let page = Page::asked(call.query.page, call.query.pagesize);
    let wanted = user_groups::Wanted { name: call.query.name.as_deref(), ..user_groups::Wanted::default() };
    let (groups, total) = user_groups::search(context.database(), &wanted, page, context.scope()).await?;
    let groups = groups.into_iter().map(|group| guide::UserGroup {
        id: Wrapped(UserGroupId(group.id)),
        name: group.name,
        user_count: group.members,
        ..Default::default()
    });
    Ok(guide::UserGroupList {
        user_groups: groups.collect(),
        page: page.number,
        page_size: page.size,
        total,
        ..Default::default()
    })
}

pub(super) async fn members(context: Context, call: Call<Members>) -> Outcome<Members> {
    let page = Page::asked(Some(call.query.page), Some(call.query.pagesize));
    let UserPage { users, total, .. } = page_of(&context, call.path, page).await?;
    let members = users.into_iter().map(|user| Member {
        user_name: user.user_name,
        first_name: user.first_name,
        last_name: user.last_name,
        ..Default::default()
    });
    Ok(MemberPage {
        enrollment_user: members.collect(),
        page: page.number,
        page_size: page.size,
        total,
        ..Default::default()
    })
}

pub(super) async fn guide_members(
    context: Context,
    call: Call<guide::UserGroupUsers>,
) -> Outcome<guide::UserGroupUsers> {
    page_of(&context, call.path, Page::asked_or_all(call.query.page, call.query.pagesize)).await
}

async fn page_of(context: &Context, id: UserGroupId, page: Page) -> Result<UserPage, Refusal> {
    let group = group(context, id).await?;
    let wanted = Wanted { group: Some(group.id), ..Wanted::default() };
    let (users, total) = users::search(context.database(), &wanted, page, context.scope()).await?;
    Ok(UserPage { users, page: page.number, page_size: page.size, total, ..Default::default() })
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
async fn join(context: &Context, id: UserGroupId, users: &[UserId]) -> Result<Nothing, Refusal> {
    let group = group(context, id).await?;
    by_hand(&group)?;
    let mut tx = context.begin().await?;
    for &user in users {
        if users::get_in(&mut tx, user, context.scope()).await?.is_none() {
            return Err(Refusal::not_found(format!("User not found: {user}.")));
        }
        user_groups::join(&mut tx, group.id, user, context.now()).await?;
    }
    tx.commit().await?;
    Ok(Nothing)
}

/// Members of a group that follows the directory are not changed by hand.
fn by_hand(group: &Group) -> Result<(), Refusal> {
    if group.is_directory() {
        let message = format!("The user group '{}' follows the directory: only custom groups take users.", group.name);
        return Err(Refusal::new(403, 6078, message));
    }
    Ok(())
}
