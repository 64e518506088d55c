//! Roles in the guide's words: sets of rights. No published operation makes one.

use serde_json::{Value, json};

use super::super::console::desk;
use super::super::context::Context;
use super::super::given::Given;
use super::super::policy::Action::{Create, Delete, Edit, Read};
use super::super::policy::Resource::Roles;
use super::super::policy::needs;
use super::super::refusal::Refusal;
use super::super::said::Said;
use super::super::table::Table;
use crate::store::access::roles::{NewRole, Role};

pub(super) fn routes(table: &mut Table) {
    table
        .serve("guide/roles.list", needs(Roles, Read), list)
        .serve("guide/roles.search", needs(Roles, Read), list)
        .serve("guide/roles.get", needs(Roles, Read), get)
        .serve("guide/roles.add", needs(Roles, Create), add)
        .serve("guide/roles.update", needs(Roles, Edit), update)
        .serve("guide/roles.delete", needs(Roles, Delete), delete);
}

fn shown(role: &Role) -> Value {
    json!({
        "Id": role.id, "Uuid": role.uuid, "Name": role.name, "Description": role.description,
        "IsBuiltIn": role.built_in, "Permissions": role.rights.split_whitespace().collect::<Vec<_>>(),
        "LocationGroupId": (!role.built_in).then(|| role.group.to_string()),
    })
}

async fn list(context: Context, given: Given) -> Result<Said, Refusal> {
    let page = given.page()?;
    let mut roles = desk(&context).roles().await?;
    if let Some(name) = given.asked("name") {
        roles.retain(|role| role.name.to_lowercase().contains(&name.to_lowercase()));
    }
    let first = page.number as usize * page.size as usize;
    let rows: Vec<Value> = roles.iter().skip(first).take(page.size as usize).map(shown).collect();
    let said = json!({ "Roles": rows, "Page": page.number, "PageSize": page.size, "Total": roles.len() });
    Ok(Said::json(200, said))
}

async fn role(context: &Context, given: &Given) -> Result<Role, Refusal> {
    let id = given.id("id");
    let found = desk(context).roles().await?.into_iter().find(|role| role.id == id);
    found.ok_or_else(|| Refusal::not_found(format!("Role not found: {id}.")))
}

async fn get(context: Context, given: Given) -> Result<Said, Refusal> {
    Ok(Said::json(200, shown(&role(&context, &given).await?)))
}

/// Rights as the store keeps them.
fn rights(given: &Given) -> Option<String> {
    let list = given.member("Permissions")?.as_array()?;
    Some(list.iter().filter_map(Value::as_str).map(str::trim).collect::<Vec<_>>().join(" "))
}

async fn add(context: Context, given: Given) -> Result<Said, Refusal> {
    let rights = rights(&given).filter(|rights| !rights.is_empty());
    let rights = rights.ok_or_else(|| Refusal::shape("The Permissions field is required."))?;
    let group = match given.member_text("LocationGroupId") {
        None => context.caller.group,
        Some(text) => desk(&context).group(text).await?,
    };
    let new = NewRole {
        name: given.required_text("Name")?,
        description: given.member_text("Description").unwrap_or_default(),
        group,
        rights: &rights,
    };
    let made = desk(&context).add_role(&new).await?;
    Ok(Said::json(201, json!({ "Value": made.id, "Uuid": made.uuid })))
}

async fn update(context: Context, given: Given) -> Result<Said, Refusal> {
    let before = role(&context, &given).await?;
    let rights = rights(&given).unwrap_or_else(|| before.rights.clone());
    let new = NewRole {
        name: given.member_text("Name").unwrap_or(&before.name),
        description: given.member_text("Description").unwrap_or(&before.description),
        group: before.group,
        rights: &rights,
    };
    desk(&context).change_role(before.id, &new).await?;
    Ok(Said::nothing(200))
}

async fn delete(context: Context, given: Given) -> Result<Said, Refusal> {
    desk(&context).remove_role(role(&context, &given).await?.id).await?;
    Ok(Said::nothing(200))
}
