//! Managed content: what is handed out to devices besides apps, the categories it is sorted into, and the
//! repositories and gateways that it comes from.

mod categories;
mod files;
mod gateways;
mod metadata;
mod repositories;

pub(super) use files::KIND as FILE;
pub(super) use metadata::audience;

use muster_store::Transaction;
use serde_json::Value;
use uuid::Uuid;

use super::context::Context;
use super::given::Given;
use super::refusal::Refusal;
use super::said::Said;
use super::table::Table;
use crate::store::objects::{self, Key, Object};

pub(super) fn routes(table: &mut Table) {
    categories::routes(table);
    files::routes(table);
    metadata::routes(table);
    repositories::routes(table);
    gateways::routes(table);
}

/// An id as the routes of this area have it: a UUID, or a number as text.
fn key(text: &str) -> Option<Key> {
    text.parse().map(Key::Uuid).or_else(|_| text.parse().map(Key::Id)).ok()
}

/// The object of a kind that a text names.
async fn named(context: &Context, kind: &str, what: &str, text: &str) -> Result<Object, Refusal> {
    let missing = || Refusal::not_found(format!("{what} not found: {text}."));
    let key = key(text).ok_or_else(missing)?;
    objects::get(context.database(), kind, key, context.scope()).await?.ok_or_else(missing)
}

/// Removes what a body of UUIDs names. What is not there becomes a fault; if nothing is, it is 404.
async fn remove_all(
    context: &Context,
    given: &Given,
    kind: &str,
    what: &str,
    also: impl AsyncFn(&mut Transaction, Uuid) -> Result<(), Refusal>,
) -> Result<Said, Refusal> {
    let asked: Vec<&str> = given.body.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    if asked.is_empty() {
        return Err(Refusal::bad("At least one id is required."));
    }
    let mut tx = context.begin().await?;
    let mut faults = Vec::new();
    for text in &asked {
        let found = match key(text) {
            Some(key) => objects::find(&mut tx, kind, key, context.scope()).await?,
            None => None,
        };
        match found {
            Some(object) => {
                also(&mut tx, object.uuid).await?;
                objects::remove(&mut tx, &object).await?;
            }
            None => faults.push(((*text).to_owned(), Refusal::not_found(format!("{what} not found: {text}.")))),
        }
    }
    if faults.len() == asked.len() {
        return Err(Refusal::not_found(format!("{what} not found: {}.", asked.join(", "))));
    }
    tx.commit().await?;
    Ok(super::users::summary(asked.len(), &faults).with_status(202))
}
