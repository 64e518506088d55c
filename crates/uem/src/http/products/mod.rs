//! Products: what a set of devices is provisioned with, in which order and when; its parts; and its jobs on devices.

mod components;
mod conditions;
mod jobs;
mod life;
mod maintain;
mod model;
mod queue;
mod search;
mod sets;
mod statistics;
mod write;

use muster_store::Transaction;
use serde_json::{Map, Value};

use super::context::Context;
use super::refusal::Refusal;
use super::table::Table;
use crate::http::change::Change;
use crate::store::objects::{self, Key, NewObject, Object, Wanted};
use crate::store::products::{self, Again, Plan};

pub(super) fn routes(table: &mut Table) {
    write::routes(table);
    life::routes(table);
    search::routes(table);
    jobs::routes(table);
    queue::routes(table);
    statistics::routes(table);
    components::routes(table);
    conditions::routes(table);
    maintain::routes(table);
    sets::routes(table);
}

const PRODUCT: &str = "product";
const FILE_ACTION: &str = "file-action";
const EVENT_ACTION: &str = "event-action";
const CONDITION: &str = "product-condition";
const SET: &str = "product-set";

const ACTIVE: &str = "Active";
const INACTIVE: &str = "Inactive";

/// The object of a key, or a refusal.
async fn find(
    context: &Context,
    tx: &mut Transaction,
    kind: &str,
    key: impl Into<Key>,
    missing: impl FnOnce() -> Refusal,
) -> Result<Object, Refusal> {
    objects::find(tx, kind, key, context.scope()).await?.ok_or_else(missing)
}

/// The product of a key, for reading.
async fn read(context: &Context, key: impl Into<Key>, missing: impl FnOnce() -> Refusal) -> Result<Object, Refusal> {
    objects::get(context.database(), PRODUCT, key, context.scope()).await?.ok_or_else(missing)
}

/// 400: what reading says of a product that is not there.
fn invalid_product(id: impl std::fmt::Display) -> Refusal {
    Refusal::bad(format!("Product not found: {id}."))
}

/// 404: what everything else says.
fn no_product(id: impl std::fmt::Display) -> Refusal {
    Refusal::not_found(format!("Product not found: {id}."))
}

/// The object of a name in a group.
async fn named(
    context: &Context,
    tx: &mut Transaction,
    kind: &str,
    name: &str,
    group: i64,
) -> Result<Option<Object>, Refusal> {
    let wanted = Wanted { name: Some(name), group: Some(group), ..Wanted::default() };
    Ok(objects::first(tx, kind, &wanted, context.scope()).await?)
}

/// Stores an object whose name is not taken in its group.
async fn create(
    context: &Context,
    tx: &mut Change,
    kind: &str,
    name: &str,
    group: i64,
    body: Map<String, Value>,
) -> Result<Object, Refusal> {
    if named(context, tx, kind, name, group).await?.is_some() {
        return Err(Refusal::bad(format!("The name '{name}' is in use already.")));
    }
    let state = if kind == PRODUCT { INACTIVE } else { "" };
    let new = NewObject { kind, group, parent: None, name, state, body, created_by: &context.caller.name };
    Ok(objects::create(tx, new, context.now()).await?)
}

/// Smart groups of a product.
fn smart_groups(product: &Object) -> Vec<i64> {
    let groups = product.body.get("SmartGroups").and_then(Value::as_array);
    groups.into_iter().flatten().filter_map(|group| group.get("SmartGroupId")?.as_i64()).collect()
}

fn version(product: &Object) -> i64 {
    product.body.get("Version").and_then(Value::as_i64).unwrap_or(1)
}

/// Brings devices in line with a product: only this reaches them, and only activation and reprocessing call it.
async fn process(context: &Context, tx: &mut Change, product: &Object, again: Again) -> Result<u64, Refusal> {
    let plan = Plan {
        id: product.id,
        version: version(product),
        active: product.state == ACTIVE,
        platform: product.body.get("Platform").and_then(Value::as_str).unwrap_or_default().to_owned(),
        smart_groups: smart_groups(product),
    };
    Ok(products::process(tx, &plan, again, context.now()).await?)
}

/// The first product whose steps bring a profile.
pub(super) async fn bringing(context: &Context, profile: i64) -> Result<Option<Object>, Refusal> {
    let products = search::all(context, &Wanted::default()).await?;
    let brings = |product: &Object| {
        let mut steps = model::steps(&product.body).into_iter();
        steps.any(|(kind, item)| item == profile && model::step(kind) == Some("INSTALL_PROFILE"))
    };
    Ok(products.into_iter().find(brings))
}
