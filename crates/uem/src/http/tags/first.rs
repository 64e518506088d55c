//! What version 1 does to a tag by its id.

use serde_json::json;

use super::super::context::Context;
use super::super::given::Given;
use super::super::policy::Action::{Delete, Edit, Read};
use super::super::policy::Resource::Tags;
use super::super::policy::needs;
use super::super::refusal::Refusal;
use super::super::said::Said;
use super::super::table::Table;
use super::{named, remove, rename, taken};
use crate::store::page::Page;
use crate::store::tags::{self, Tag};
use muster_store::Transaction;

pub(super) fn routes(table: &mut Table) {
    table
        .serve("mdmv1/Tags_DeleteTag", needs(Tags, Delete), delete)
        .serve("mdmv1/Tags_UpdateTag", needs(Tags, Edit), update)
        .serve("mdmv1/Tags_DevicesForTagAsync", needs(Tags, Read), devices);
}

async fn tag(context: &Context, tx: &mut Transaction, given: &Given) -> Result<Tag, Refusal> {
    let id = given.id("tagId");
    let found = tags::find(tx, id, context.scope()).await?;
    found.ok_or_else(|| Refusal::invalid(format!("Tag {id} is not found.")))
}

async fn delete(context: Context, given: Given) -> Result<Said, Refusal> {
    let mut tx = context.begin().await?;
    let tag = tag(&context, &mut tx, &given).await?;
    remove(&mut tx, &tag).await?;
    tx.commit().await?;
    Ok(Said::nothing(200))
}

async fn update(context: Context, given: Given) -> Result<Said, Refusal> {
    let mut tx = context.begin().await?;
    let mut tag = tag(&context, &mut tx, &given).await?;
    let name = named(given.member_text("TagName").unwrap_or_default()).map_err(Refusal::bad)?;
    if let Some(kind) = given.member_text("TagType") {
        kind.clone_into(&mut tag.kind);
    }
    if let Some(avatar) = given.member_text("TagAvatar") {
        avatar.clone_into(&mut tag.avatar);
    }
    if !rename(&mut tx, tag, name).await? {
        return Err(Refusal::bad(taken(name)));
    }
    tx.commit().await?;
    Ok(Said::nothing(200))
}

async fn devices(context: Context, given: Given) -> Result<Said, Refusal> {
    let mut tx = crate::store::begin(context.database()).await?;
    let tag = tag(&context, &mut tx, &given).await?;
    tx.rollback().await?;
    let (since, all) = (given.asked_time("lastSeen"), Page::asked_or_all(None, None));
    let (found, _) = tags::devices(context.database(), tag.id, since, all, context.scope()).await?;
    let rows = found.iter().map(|device| {
        json!({
            "DeviceId": device.id, "DeviceUuid": device.uuid, "FriendlyName": device.name,
            "DateTagged": device.tagged_at.as_microsecond(), "DeviceLastSeen": device.last_seen.as_microsecond(),
        })
    });
    Ok(Said::json(200, json!({ "Device": rows.collect::<Vec<_>>() })))
}
