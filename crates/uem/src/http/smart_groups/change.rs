//! Smart groups are made, changed as a whole, and removed.

use muster_store::Transaction;
use serde_json::json;

use super::super::context::Context;
use super::super::given::Given;
use super::super::policy::Action::{Create, Delete, Edit};
use super::super::policy::Resource::SmartGroups;
use super::super::policy::needs;
use super::super::refusal::Refusal;
use super::super::said::Said;
use super::super::table::Table;
use super::body;
use crate::store::organization_groups;
use crate::store::smart_groups::{self, Group};

pub(super) fn routes(table: &mut Table) {
    table
        .serve("mdmv1/SmartGroups_CreateSmartGroupAsync", needs(SmartGroups, Create), create)
        .serve("mdmv1/SmartGroups_UpdateSmartGroupAsync", needs(SmartGroups, Edit), update)
        .serve("mdmv1/SmartGroups_DeleteAsync", needs(SmartGroups, Delete), delete);
}

fn name(given: &Given) -> Result<&str, Refusal> {
    let name = given.member_text("Name").unwrap_or_default();
    let fits = !name.is_empty() && name.chars().count() <= 255;
    if fits { Ok(name) } else { Err(Refusal::invalid("The Name field needs 1 to 255 characters.")) }
}

fn taken(name: &str) -> Refusal {
    Refusal::invalid(format!("A smart group of the name '{name}' exists already."))
}

/// The organization group that manages it: the one given, or else the one it had or the caller's own.
async fn manager(context: &Context, tx: &mut Transaction, given: &Given, otherwise: i64) -> Result<i64, Refusal> {
    let id = given.member_id("ManagedByOrganizationGroupId").unwrap_or(otherwise);
    let missing = || Refusal::no_group(id);
    Ok(organization_groups::find(tx, id, context.scope()).await?.ok_or_else(missing)?.id)
}

async fn create(context: Context, given: Given) -> Result<Said, Refusal> {
    let name = name(&given)?;
    let mut tx = context.begin().await?;
    let group = manager(&context, &mut tx, &given, context.caller.group).await?;
    let criteria = body::criteria(&context, &mut tx, &given.members(), group).await?;
    let made = smart_groups::create(&mut tx, name, group, &criteria, context.now()).await?;
    let (id, uuid) = made.ok_or_else(|| taken(name))?;
    tx.commit().await?;
    Ok(Said::json(201, json!({ "Value": id, "uuid": uuid })))
}

async fn found(context: &Context, tx: &mut Transaction, id: i64) -> Result<Group, Refusal> {
    let missing = || Refusal::bad(format!("Smart group {id} is not found or not accessible."));
    smart_groups::find(tx, id, context.scope()).await?.ok_or_else(missing)
}

async fn update(context: Context, given: Given) -> Result<Said, Refusal> {
    let name = name(&given)?;
    let mut tx = context.begin().await?;
    let mut group = found(&context, &mut tx, given.id("id")).await?;
    group.group = manager(&context, &mut tx, &given, group.group).await?;
    group.criteria = body::criteria(&context, &mut tx, &given.members(), group.group).await?;
    name.clone_into(&mut group.name);
    if !smart_groups::save(&mut tx, &group, context.now()).await? {
        return Err(taken(name));
    }
    tx.commit().await?;
    Ok(Said::nothing(204))
}

/// A group that something is assigned to stays: removing it would take that from all its devices.
async fn delete(context: Context, given: Given) -> Result<Said, Refusal> {
    let mut tx = context.begin().await?;
    let group = found(&context, &mut tx, given.id("id")).await?;
    if smart_groups::is_assigned(&mut tx, &group).await? {
        return Err(Refusal::bad(format!("Smart group {} is assigned and can not be deleted.", group.id)));
    }
    smart_groups::remove(&mut tx, group.id).await?;
    tx.commit().await?;
    Ok(Said::nothing(204))
}
