//! What sensors, scripts and workflows have in common: they belong to the organization group of an address, are
//! handed to smart groups that are named by UUID, and run on devices.

use std::sync::Arc;

use muster_model::devices::Device;
use muster_store::Transaction;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::context::Context;
use super::given::Given;
use super::refusal::Refusal;
use crate::store::devices::{self, Identifier};
use crate::store::objects::{self, Object, Wanted};
use crate::store::organization_groups;
use crate::store::page::Page;
use crate::store::scope::Scope;
use crate::store::smart_groups::{self, Named};

/// The group of a UUID, if the caller sees it.
pub(super) async fn group(context: &Context, uuid: Option<Uuid>) -> Result<i64, Refusal> {
    let missing = || {
        let shown = uuid.map_or_else(|| "none".to_owned(), |uuid| uuid.to_string());
        Refusal::no_group_of_uuid(shown)
    };
    let found = organization_groups::get(context.database(), uuid.ok_or_else(missing)?, context.scope()).await?;
    found.map(|group| group.id).ok_or_else(missing)
}

/// The group of an address's argument, and what it owns with those below it.
pub(super) async fn group_and_below(context: &Context, uuid: Uuid) -> Result<(i64, Scope), Refusal> {
    let id = group(context, Some(uuid)).await?;
    Ok((id, below(context, id).await?))
}

/// What a group and those below it own, as far as the caller sees it.
pub(super) async fn below(context: &Context, group: i64) -> Result<Scope, Refusal> {
    let ids = organization_groups::ids_below(context.database(), group).await?;
    Ok(Scope::Groups(Arc::new(ids.into_iter().filter(|id| context.scope().sees(*id)).collect())))
}

/// Name and UUID of the group that owns an object, under the names that answers use.
pub(super) async fn owner(context: &Context, object: &Object) -> Result<Value, Refusal> {
    let group = organization_groups::get(context.database(), object.group, &Scope::Everything).await?;
    let (uuid, name) = group.map(|group| (group.uuid, group.name)).unzip();
    Ok(json!({ "organization_group_uuid": uuid, "organization_group_name": name }))
}

/// Members of several objects in one; the first one that has a name wins.
pub(super) fn joined(parts: impl IntoIterator<Item = Value>) -> Value {
    let mut all = Map::new();
    for part in parts {
        for (name, value) in part.as_object().into_iter().flatten() {
            if !all.contains_key(name) {
                all.insert(name.clone(), value.clone());
            }
        }
    }
    Value::Object(all)
}

/// Smart groups by UUID; those that the caller does not see come second.
pub(super) async fn smart_groups(context: &Context, uuids: &[Uuid]) -> Result<(Vec<Named>, Vec<Uuid>), Refusal> {
    let found = smart_groups::named(context.database(), uuids, context.scope()).await?;
    let unknown = uuids.iter().copied().filter(|uuid| !found.iter().any(|group| group.uuid == *uuid)).collect();
    Ok((found, unknown))
}

/// UUIDs of a list in a body.
pub(super) fn uuids(value: Option<&Value>) -> Vec<Uuid> {
    let list = value.and_then(Value::as_array).into_iter().flatten();
    list.filter_map(|item| item.as_str()?.parse().ok()).collect()
}

/// The device of an address's argument, if the caller sees it.
pub(super) async fn device(context: &Context, uuid: Uuid) -> Result<Device, Refusal> {
    let found = devices::find(context.database(), Identifier::Uuid, &uuid.to_string(), context.scope()).await?;
    Ok(found.ok_or_else(|| Refusal::no_device(uuid))?.device)
}

/// Everything of a kind that a scope has, by id.
pub(super) async fn all(context: &Context, kind: &str, scope: &Scope) -> Result<Vec<Object>, Refusal> {
    let everything = Page::asked_or_all(None, None);
    Ok(objects::list(context.database(), kind, &Wanted::default(), everything, scope).await?.0)
}

/// Everything of a kind that belongs to something.
pub(super) async fn parts(context: &Context, kind: &str, of: Uuid) -> Result<Vec<Object>, Refusal> {
    let (everything, wanted) = (Page::asked_or_all(None, None), Wanted { parent: Some(of), ..Wanted::default() });
    Ok(objects::list(context.database(), kind, &wanted, everything, &Scope::Everything).await?.0)
}

/// One page of a list that is whole in memory.
pub(super) fn paged<T>(items: Vec<T>, page: Page) -> Vec<T> {
    let (number, size) = (page.number as usize, page.size as usize);
    items.into_iter().skip(number * size).take(size).collect()
}

/// Sorts by one of an object's times or its name.
pub(super) fn sort(objects: &mut [Object], by: Option<&str>, descending: bool) {
    match by.map(str::to_lowercase).as_deref() {
        Some(by) if by.contains("name") => objects.sort_by_key(|object| object.name.to_lowercase()),
        Some(by) if by.contains("created") => objects.sort_by_key(|object| object.created_at),
        Some(by) if by.contains("modified") => objects.sort_by_key(|object| object.updated_at),
        _ => {}
    }
    if descending {
        objects.reverse();
    }
}

/// Whether a member of an object's body is this word, as far as one is asked for.
pub(super) fn is(object: &Object, member: &str, word: Option<&str>) -> bool {
    word.is_none_or(|word| text(object, member).eq_ignore_ascii_case(word))
}

/// A text of an object's body.
pub(super) fn text<'a>(object: &'a Object, member: &str) -> &'a str {
    object.body.get(member).and_then(Value::as_str).unwrap_or_default()
}

/// Rows from a limit and an offset, as some searches count them.
pub(super) fn limits(given: &Given, usual: u32, most: u32) -> Result<(u32, u64), Refusal> {
    let number = |name: &str| -> Result<Option<u32>, Refusal> {
        let asked = given.asked(name).map(str::to_owned).or_else(|| given.member_id(name).map(|id| id.to_string()));
        let Some(text) = asked else { return Ok(None) };
        let wrong = |_| Refusal::bad(format!("The value '{text}' of {name} is not valid."));
        text.parse().map(Some).map_err(wrong)
    };
    let limit = number("limit")?.filter(|&limit| limit > 0).unwrap_or(usual).min(most);
    Ok((limit, number("offset")?.unwrap_or_default().into()))
}

/// Removes an object with its parts of a kind.
pub(super) async fn remove_whole(tx: &mut Transaction, object: &Object, kind: &str) -> Result<(), Refusal> {
    let wanted = Wanted { parent: Some(object.uuid), ..Wanted::default() };
    while let Some(part) = objects::first(tx, kind, &wanted, &Scope::Everything).await? {
        objects::remove(tx, &part).await?;
    }
    objects::remove(tx, object).await?;
    Ok(())
}
