//! The tags of an organization group, below the group's own address.

use muster_model::error::code;
use muster_store::Transaction;
use serde_json::{Value, json};

use super::super::context::Context;
use super::super::given::Given;
use super::super::policy::Action::{Create, Delete, Edit, Read};
use super::super::policy::Resource::Tags;
use super::super::policy::needs;
use super::super::refusal::Refusal;
use super::super::said::Said;
use super::super::table::Table;
use super::{named, remove, rename, taken};
use crate::store::organization_groups::{self, Group};
use crate::store::page::Page;
use crate::store::tags::{self, Tag, Wanted};

pub(super) fn routes(table: &mut Table) {
    table
        .serve("systemv1/Tags_GetTagsByOG", needs(Tags, Read), list)
        .serve("systemv1/Tags_CreateTagForOg", needs(Tags, Create), add)
        .serve("systemv1/Tags_GetTag", needs(Tags, Read), get)
        .serve("systemv1/Tags_UpdateTagForOg", needs(Tags, Edit), update)
        .serve("systemv1/Tags_DeleteTag", needs(Tags, Delete), delete);
}

fn no_group(status: u16, id: i64) -> Refusal {
    let code = if status == 404 { code::NOT_FOUND } else { code::INVALID_INPUT };
    Refusal::new(status, code, format!("Organization group {id} is not found or not accessible."))
}

fn shown(group: &Group, found: &[Tag], page: Page, total: u64) -> Value {
    let tags = found.iter().map(|tag| {
        json!({
            "Id": tag.id, "TagName": tag.name, "TagType": tag.kind, "TagAvatar": tag.avatar,
            "LocationGroupId": tag.group,
        })
    });
    json!({
        "OGId": { "Id": { "Value": group.id }, "Name": group.name, "Uuid": group.uuid },
        "Tags": tags.collect::<Vec<_>>(), "Page": page.number, "PageSize": page.size, "Total": total,
    })
}

fn alone(group: &Group, tag: &Tag) -> Said {
    Said::json(200, shown(group, std::slice::from_ref(tag), Page::asked(None, None), 1))
}

async fn list(context: Context, given: Given) -> Result<Said, Refusal> {
    let id = given.id("id");
    let found = organization_groups::get(context.database(), id, context.scope()).await?;
    let group = found.ok_or_else(|| no_group(404, id))?;
    let page = given.page()?;
    let wanted = Wanted { group: Some(group.id), ..Wanted::default() };
    let (found, total) = tags::search(context.database(), &wanted, page, context.scope()).await?;
    if total == 0 {
        return Err(Refusal::not_found(format!("No tags were found for organization group {id}.")));
    }
    Ok(Said::json(200, shown(&group, &found, page, total)))
}

async fn add(context: Context, given: Given) -> Result<Said, Refusal> {
    let id = given.id("id");
    let name = named(given.member_text("TagName").unwrap_or_default()).map_err(Refusal::bad)?;
    let mut tx = context.begin().await?;
    let found = organization_groups::find(&mut tx, id, context.scope()).await?;
    let group = found.ok_or_else(|| no_group(400, id))?;
    if tags::named(&mut tx, name, group.id).await?.is_some() {
        return Err(Refusal::bad(taken(name)));
    }
    let kind = given.member_text("TagType").unwrap_or(tags::DEVICE);
    let avatar = given.member_text("TagAvatar").unwrap_or_default();
    let (id, _) = tags::add(&mut tx, name, group.id, kind, avatar).await?;
    let made = tags::find(&mut tx, id.0, context.scope()).await?;
    tx.commit().await?;
    Ok(alone(&group, &made.ok_or_else(|| no_tag(404, id.0))?))
}

fn no_tag(status: u16, id: i64) -> Refusal {
    let code = if status == 404 { code::NOT_FOUND } else { code::INVALID_INPUT };
    Refusal::new(status, code, format!("Tag {id} is not found."))
}

/// The tag of a path, in the group of the path.
async fn tag(context: &Context, tx: &mut Transaction, given: &Given, status: u16) -> Result<(Group, Tag), Refusal> {
    let (group, id) = (given.id("ogid"), given.id("tagid"));
    let found = organization_groups::find(tx, group, context.scope()).await?;
    let group = found.ok_or_else(|| no_group(status, group))?;
    let found = tags::find(tx, id, context.scope()).await?;
    let tag = found.filter(|tag| tag.group == group.id).ok_or_else(|| no_tag(status, id))?;
    Ok((group, tag))
}

async fn get(context: Context, given: Given) -> Result<Said, Refusal> {
    let mut tx = crate::store::begin(context.database()).await?;
    let (group, tag) = tag(&context, &mut tx, &given, 404).await?;
    tx.rollback().await?;
    Ok(alone(&group, &tag))
}

async fn update(context: Context, given: Given) -> Result<Said, Refusal> {
    let name = named(given.member_text("TagName").unwrap_or_default()).map_err(Refusal::bad)?;
    let mut tx = context.begin().await?;
    let (group, tag) = tag(&context, &mut tx, &given, 400).await?;
    let changed = Tag { name: name.to_owned(), ..tag.clone() };
    if !rename(&mut tx, tag, name).await? {
        return Err(Refusal::bad(taken(name)));
    }
    tx.commit().await?;
    Ok(alone(&group, &changed))
}

async fn delete(context: Context, given: Given) -> Result<Said, Refusal> {
    let mut tx = context.begin().await?;
    let (_, tag) = tag(&context, &mut tx, &given, 404).await?;
    remove(&mut tx, &tag).await?;
    tx.commit().await?;
    Ok(Said::nothing(200))
}
