//! What the guide implies of user groups beside the operations that have types: listing, reading, making, changing,
//! removing, and taking somebody out.

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
use super::by_hand;
use crate::store::user_groups::{self, Group, Wanted};

pub(super) fn routes(table: &mut Table) {
    table
        .serve("guide/usergroups.list", needs(UserGroups, Read), list)
        .serve("guide/usergroups.get", needs(UserGroups, Read), get)
        .serve("guide/usergroups.add", needs(UserGroups, Create), add)
        .serve("guide/usergroups.update", needs(UserGroups, Edit), update)
        .serve("guide/usergroups.delete", needs(UserGroups, Delete), delete)
        .serve("guide/usergroups.removeuser", needs(UserGroups, Edit), remove_user);
}

fn shown(group: &Group) -> Value {
    json!({
        "Id": group.id, "Uuid": group.uuid, "Name": group.name, "UserCount": group.members,
        "Description": group.text("Description"), "LocationGroupId": group.owner.to_string(),
        "UserGroupType": if group.is_directory() { "Directory" } else { "Custom" },
    })
}

async fn list(context: Context, given: Given) -> Result<Said, Refusal> {
    let page = given.page()?;
    let (found, total) = user_groups::search(context.database(), &Wanted::default(), page, context.scope()).await?;
    let rows: Vec<Value> = found.iter().map(shown).collect();
    Ok(Said::json(200, json!({ "UserGroups": rows, "Page": page.number, "PageSize": page.size, "Total": total })))
}

async fn get(context: Context, given: Given) -> Result<Said, Refusal> {
    Ok(Said::json(200, shown(&super::group(&context, UserGroupId(given.id("id"))).await?)))
}

async fn add(context: Context, given: Given) -> Result<Said, Refusal> {
    let name = given.required_text("Name")?;
    let owner = match given.member_id("LocationGroupId") {
        None => own(&context).await?,
        Some(id) => named(&context, id).await?,
    };
    let mut details = Map::from_iter([("UserGroupType".to_owned(), json!("Custom"))]);
    if let Some(description) = given.member_text("Description") {
        details.insert("Description".to_owned(), json!(description));
    }
    let mut tx = context.begin().await?;
    free(&mut tx, owner.id, name, None).await?;
    let made = user_groups::create(&mut tx, name, owner.id, details, context.now()).await?;
    tx.commit().await?;
    Ok(Said::made(201, made.id, made.uuid))
}

async fn free(tx: &mut muster_store::Transaction, owner: i64, name: &str, except: Option<i64>) -> Result<(), Refusal> {
    if user_groups::name_taken(tx, owner, name, except).await? {
        return Err(Refusal::new(409, 409, format!("A user group of the name '{name}' exists already.")));
    }
    Ok(())
}

async fn update(context: Context, given: Given) -> Result<Said, Refusal> {
    let mut group = super::group(&context, UserGroupId(given.id("id"))).await?;
    if let Some(name) = given.member_text("Name") {
        name.clone_into(&mut group.name);
    }
    if let Some(description) = given.member("Description") {
        group.details.insert("Description".to_owned(), description.clone());
    }
    let mut tx = context.begin().await?;
    free(&mut tx, group.owner, &group.name, Some(group.id)).await?;
    user_groups::save(&mut tx, &group, context.now()).await?;
    tx.commit().await?;
    Ok(Said::nothing(200))
}

async fn delete(context: Context, given: Given) -> Result<Said, Refusal> {
    let group = super::group(&context, UserGroupId(given.id("id"))).await?;
    let mut tx = context.begin().await?;
    user_groups::remove(&mut tx, &group).await?;
    tx.commit().await?;
    Ok(Said::nothing(200))
}

async fn remove_user(context: Context, given: Given) -> Result<Said, Refusal> {
    let group = super::group(&context, UserGroupId(given.id("id"))).await?;
    by_hand(&group)?;
    let user = UserId(given.id("userId"));
    let mut tx = context.begin().await?;
    if !user_groups::leave(&mut tx, group.id, user).await? {
        return Err(Refusal::not_found(format!("The user {user} is not in the user group '{}'.", group.name)));
    }
    tx.commit().await?;
    Ok(Said::nothing(200))
}
