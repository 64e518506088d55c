//! The older routes of user groups: custom ones are made, searched and removed by id.

use muster_model::ids::{UserGroupId, UserId};
use serde_json::{Map, Value, json};

use super::super::context::Context;
use super::super::given::Given;
use super::super::organization_groups::{named, own};
use super::super::policy::Action::{Create, Delete, Edit, Read};
use super::super::policy::Resource::UserGroups;
use super::super::policy::needs;
use super::super::refusal::Refusal;
use super::super::said::Said;
use super::super::table::Table;
use super::{by_hand, group, owners};
use crate::store::user_groups::{self, Wanted};
use crate::store::users;

pub(super) fn routes(table: &mut Table) {
    table
        .serve("systemv1/UserGroups_CreateCustomUserGroup", needs(UserGroups, Create), create)
        .serve("systemv1/UserGroups_SearchUserGroup", needs(UserGroups, Read), search)
        .serve("systemv1/UserGroups_DeleteUserGroupIdUsers", needs(UserGroups, Delete), delete)
        .serve("systemv1/UserGroups_RemoveUserFromUserGroupAsync", needs(UserGroups, Edit), remove_user);
}

async fn create(context: Context, given: Given) -> Result<Said, Refusal> {
    let name = given.required_text("GroupName")?;
    let owner = match given.member_id("ManagedByOrganizationGroupID") {
        None => own(&context).await?,
        Some(id) => named(&context, id).await?,
    };
    let mut details = Map::from_iter([("UserGroupType".to_owned(), json!("Custom"))]);
    if let Some(description) = given.member_text("Description") {
        details.insert("Description".to_owned(), json!(description));
    }
    let mut tx = context.begin().await?;
    if user_groups::name_taken(&mut tx, owner.id, name, None).await? {
        return Err(Refusal::new(400, 7147, format!("A user group of the name '{name}' exists already.")));
    }
    let made = user_groups::create(&mut tx, name, owner.id, details, context.now()).await?;
    tx.commit().await?;
    Ok(Said::made(200, made.id, made.uuid))
}

async fn search(context: Context, given: Given) -> Result<Said, Refusal> {
    let page = given.page()?;
    let owners = owners(&context, given.asked_id("organizationgroupid"), None).await?;
    let wanted =
        Wanted { name: given.asked("groupname"), owners: &owners, directory: Some(false), ..Wanted::default() };
    let (groups, total) = user_groups::search(context.database(), &wanted, page, context.scope()).await?;
    let rows: Vec<Value> = groups
        .iter()
        .map(|group| {
            json!({
                "UserGroupId": group.id, "UserGroupName": group.name, "UserCount": group.members,
                "OrganizationGroup": group.owner.to_string(),
            })
        })
        .collect();
    let said = json!({ "UserGroup": rows, "Page": page.number, "PageSize": page.size, "Total": total });
    Ok(Said::list(said, rows.len() as u64))
}

async fn delete(context: Context, given: Given) -> Result<Said, Refusal> {
    let group = group(&context, UserGroupId(given.id("usergroupid"))).await?;
    let mut tx = context.begin().await?;
    user_groups::remove(&mut tx, &group).await?;
    tx.commit().await?;
    Ok(Said::nothing(200))
}

async fn remove_user(context: Context, given: Given) -> Result<Said, Refusal> {
    let group = group(&context, UserGroupId(given.id("usergroupid"))).await?;
    by_hand(&group)?;
    let user = UserId(given.id("enrollmentuserid"));
    let mut tx = context.begin().await?;
    if users::get_in(&mut tx, user, context.scope()).await?.is_none() {
        return Err(Refusal::not_found(format!("User not found: {user}.")));
    }
    if !user_groups::leave(&mut tx, group.id, user).await? {
        return Err(Refusal::invalid(format!("The user {user} is not in the user group '{}'.", group.name)));
    }
    tx.commit().await?;
    Ok(Said::nothing(200))
}
