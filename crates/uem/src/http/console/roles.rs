//! Roles: the built-in ones to read, a tenant's own to make, change and remove.

use serde_json::{Value, json};

use super::super::context::Context;
use super::super::given::Given;
use super::super::policy::Action::{Create, Delete, Edit, Read};
use super::super::policy::Resource::Roles;
use super::super::policy::needs;
use super::super::refusal::Refusal;
use super::super::said::Said;
use super::super::table::Table;
use super::{desk, group_of, list_of, words};
use crate::store::access::roles::{NewRole, Role};

pub(super) fn routes(table: &mut Table) {
    table
        .serve("console/roles.list", needs(Roles, Read), list)
        .serve("console/roles.add", needs(Roles, Create), add)
        .serve("console/roles.change", needs(Roles, Edit), change)
        .serve("console/roles.remove", needs(Roles, Delete), remove);
}

async fn list(context: Context, _: Given) -> Result<Said, Refusal> {
    let roles = desk(&context).roles().await?;
    let shown: Vec<Value> = roles.iter().map(shown).collect();
    Ok(Said::json(200, json!({ "Roles": shown, "Total": shown.len() })))
}

async fn add(context: Context, given: Given) -> Result<Said, Refusal> {
    let rights = words(&given, "Rights");
    let new = NewRole {
        name: given.required_text("Name")?,
        description: given.member_text("Description").unwrap_or_default(),
        group: group_of(&context, &given),
        rights: &rights,
    };
    let role = desk(&context).add_role(&new).await?;
    Ok(Said::made_at(201, format!("/API/v1/console/roles/{}", role.id), shown(&role)))
}

async fn change(context: Context, given: Given) -> Result<Said, Refusal> {
    let rights = words(&given, "Rights");
    let new = NewRole {
        name: given.required_text("Name")?,
        description: given.member_text("Description").unwrap_or_default(),
        group: context.caller.group,
        rights: &rights,
    };
    desk(&context).change_role(given.id("id"), &new).await?;
    Ok(Said::nothing(204))
}

async fn remove(context: Context, given: Given) -> Result<Said, Refusal> {
    desk(&context).remove_role(given.id("id")).await?;
    Ok(Said::nothing(204))
}

fn shown(role: &Role) -> Value {
    json!({
        "Id": role.id, "Uuid": role.uuid, "Name": role.name, "Description": role.description,
        "LocationGroupId": role.group, "BuiltIn": role.built_in, "Rights": list_of(&role.rights),
    })
}
