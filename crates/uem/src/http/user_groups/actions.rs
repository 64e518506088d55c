//! The newer routes of user groups: made, changed and removed by UUID, also those that follow the directory.

use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::super::context::Context;
use super::super::given::Given;
use super::super::organization_groups::named_uuid;
use super::super::policy::Action::{Create, Delete, Edit, Read};
use super::super::policy::Resource::UserGroups;
use super::super::policy::needs;
use super::super::refusal::Refusal;
use super::super::said::Said;
use super::super::table::Table;
use crate::store::page::Page;
use crate::store::user_groups::{self, Group, Member};

pub(super) fn routes(table: &mut Table) {
    table
        .serve("systemv1/UserGroupsActions_AddUserGroup", needs(UserGroups, Create), add)
        .serve("systemv1/UserGroupsActions_UserGroupUpdateAsync", needs(UserGroups, Edit), update)
        .serve("systemv1/UserGroupsActions_UserGroupDeleteAsync", needs(UserGroups, Delete), delete)
        .serve("systemv1/UserGroupsActions_GetUserGroupMembers", needs(UserGroups, Read), members);
}

/// The group of a UUID, or 400 with the code of a missing user group.
pub(super) async fn group(context: &Context, uuid: Uuid) -> Result<Group, Refusal> {
    let found = user_groups::get(context.database(), uuid, context.scope()).await?;
    found.ok_or_else(|| Refusal::no_user_group(uuid))
}

pub(super) fn person(member: &Member) -> Value {
    json!({
        "EnrollmentUserUUID": member.uuid, "username": member.username, "firstname": member.first_name,
        "lastname": member.last_name,
    })
}

fn word(asked: &str, name: &str, words: &[&'static str]) -> Result<&'static str, Refusal> {
    let plain = |text: &str| text.replace([' ', '_'], "").to_lowercase();
    let known = words.iter().find(|known| plain(known) == plain(asked));
    known
        .copied()
        .ok_or_else(|| Refusal::invalid(format!("'{asked}' is not a valid {name}. Valid are: {}.", words.join(", "))))
}

async fn add(context: Context, given: Given) -> Result<Said, Refusal> {
    let name = given.required_text("GroupName")?;
    let kind = word(given.required_text("UserGroupType")?, "UserGroupType", &["Directory", "Custom"])?;
    let words = ["Group", "OrganizationalUnit", "CustomQuery", "Unknown"];
    let external = word(given.required_text("ExternalType")?, "ExternalType", &words)?;
    let owner = named_uuid(&context, given.member_uuid("LocationGroupUUID").unwrap_or_default()).await?;
    if let Some(assigned) = given.member_uuid("AssignedLocationGroupUUID") {
        named_uuid(&context, assigned).await?;
    }
    let mut details = given.members();
    details.remove("GroupName");
    details.remove("LocationGroupUUID");
    details.insert("UserGroupType".to_owned(), json!(kind));
    details.insert("ExternalType".to_owned(), json!(external));
    if kind == "Directory" {
        details.insert("SyncStatus".to_owned(), json!("NotSynced"));
    }
    let mut tx = context.begin().await?;
    if user_groups::name_taken(&mut tx, owner.id, name, None).await? {
        return Err(Refusal::new(400, 7147, format!("A user group of the name '{name}' exists already.")));
    }
    let made = user_groups::create(&mut tx, name, owner.id, details, context.now()).await?;
    tx.commit().await?;
    Ok(Said::made(200, made.id, made.uuid))
}

/// Permissions of organization groups on a user group, by the group's UUID.
async fn permissions(context: &Context, given: &Given, group: &Group) -> Result<Map<String, Value>, Refusal> {
    let mut permissions = group.details.get("Permissions").and_then(Value::as_object).cloned().unwrap_or_default();
    let list = |name: &str| given.member(name).and_then(Value::as_array).cloned().unwrap_or_default();
    for permission in list("SetUserGroupPermission") {
        let uuid = permission.get("LocationGroupUUID").and_then(Value::as_str).unwrap_or_default();
        let owner = named_uuid(context, uuid.parse().unwrap_or_default()).await?;
        permissions.insert(owner.uuid.to_string(), permission.clone());
    }
    for permission in list("RemoveUserGroupPermission") {
        let uuid = permission.get("LocationGroupUUID").and_then(Value::as_str).unwrap_or_default().to_lowercase();
        if permissions.remove(&uuid).is_none() {
            return Err(Refusal::invalid(format!("Organization group {uuid} has no permission on the user group.")));
        }
    }
    Ok(permissions)
}

async fn update(context: Context, given: Given) -> Result<Said, Refusal> {
    let mut group = group(&context, given.uuid("userGroupUuid")).await?;
    let permissions = permissions(&context, &given, &group).await?;
    if let Some(assigned) = given.member_uuid("AssignedLocationGroupUUID") {
        named_uuid(&context, assigned).await?;
    }
    if let Some(name) = given.member_text("GroupName") {
        name.clone_into(&mut group.name);
    }
    for (name, value) in given.members() {
        if !["GroupName", "SetUserGroupPermission", "RemoveUserGroupPermission"].contains(&name.as_str()) {
            group.details.insert(name, value);
        }
    }
    group.details.insert("Permissions".to_owned(), Value::Object(permissions));
    let mut tx = context.begin().await?;
    if user_groups::name_taken(&mut tx, group.owner, &group.name, Some(group.id)).await? {
        return Err(Refusal::new(400, 7147, format!("A user group of the name '{}' exists already.", group.name)));
    }
    user_groups::save(&mut tx, &group, context.now()).await?;
    tx.commit().await?;
    Ok(Said::nothing(204))
}

async fn delete(context: Context, given: Given) -> Result<Said, Refusal> {
    let group = group(&context, given.uuid("userGroupUuid")).await?;
    let mut tx = context.begin().await?;
    user_groups::remove(&mut tx, &group).await?;
    tx.commit().await?;
    Ok(Said::nothing(204))
}

/// The page that a list counted from 1 asks for, and its size: 100, or 1 to 1,000.
pub(super) fn page_from_one(given: &Given) -> Result<Page, Refusal> {
    let page = given.asked_id("page").unwrap_or(1);
    let size = given.asked_id("page_size").unwrap_or(100);
    match (u32::try_from(page), u32::try_from(size)) {
        (Ok(page @ 1..), Ok(size @ 1..=1000)) => Ok(Page { number: page - 1, size }),
        _ => Err(Refusal::bad("The page is counted from 1, and its size is 1 to 1000.")),
    }
}

async fn members(context: Context, given: Given) -> Result<Said, Refusal> {
    let group = group(&context, given.uuid("userGroupUuid")).await?;
    let page = page_from_one(&given)?;
    let found = user_groups::members(context.database(), group.id, page).await?;
    let people: Vec<_> = found.iter().map(person).collect();
    let pages = group.members.div_ceil(u64::from(page.size));
    let said = json!({ "UsersList": people, "PageNumber": page.number + 1, "TotalPageCount": pages });
    Ok(Said::json(200, said))
}
