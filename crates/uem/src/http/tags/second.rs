//! Tags by their UUIDs: versions 2 and 3.

use muster_model::commands::Command;
use muster_model::error::code;
use muster_model::ids::{DeviceId, TagId};
use muster_store::Transaction;
use serde_json::{Value, json};
use uuid::Uuid;

use super::super::context::Context;
use super::super::given::Given;
use super::super::policy::Action::{Create, Delete, Edit, Read};
use super::super::policy::Resource::Tags;
use super::super::policy::needs;
use super::super::refusal::Refusal;
use super::super::said::Said;
use super::super::table::Table;
use super::{named, put, remove, rename, taken};
use crate::store::devices::Identifier;
use crate::store::organization_groups::{self, Group};
use crate::store::page::Page;
use crate::store::tags::{self, Tag, Wanted};
use crate::store::{bulk_limits, recipients};

pub(super) fn routes(table: &mut Table) {
    table
        .serve("mdmv2/TagsV2_GetByCriteriaAsync", needs(Tags, Read), search)
        .serve("mdmv2/TagsV2_UpdateTagAsync", needs(Tags, Edit), update)
        .serve("mdmv2/TagsV2_DeleteTagAsync", needs(Tags, Delete), delete)
        .serve("mdmv2/TagsV2_GetByTagAsync", needs(Tags, Read), devices)
        .serve("mdmv2/TagsV2_AssignTagAsync", needs(Tags, Edit), assign)
        .serve("mdmv2/TagsV2_UnassignTagAsync", needs(Tags, Edit), unassign)
        .serve("mdmv3/TagsV3_AddTagAsync", needs(Tags, Create), add)
        .serve("mdmv1/Devices_AddDeviceTagAsync", needs(Tags, Edit), put_on_device)
        .serve("mdmv1/Devices_RemoveDeviceTagAsync", needs(Tags, Edit), take_off_device);
}

async fn tag(context: &Context, tx: &mut Transaction, given: &Given) -> Result<Tag, Refusal> {
    let uuid = given.uuid("tagUuid");
    let found = tags::find(tx, uuid, context.scope()).await?;
    found.ok_or_else(|| Refusal::new(404, code::INVALID_INPUT, format!("Tag {uuid} is not found.")))
}

async fn group(context: &Context, uuid: Uuid) -> Result<Group, Refusal> {
    let found = organization_groups::get(context.database(), uuid, context.scope()).await?;
    found.ok_or_else(|| Refusal::new(404, 5177, format!("Organization group Uuid - {uuid} is not found.")))
}

/// Fifty rows unless more are asked for, and never more than 500.
fn page(given: &Given) -> Result<Page, Refusal> {
    let size = given.asked_id("page_size").filter(|&size| size > 0).unwrap_or(50).min(500);
    Ok(Page::asked(Some(given.page()?.number), u32::try_from(size).ok()))
}

/// One tag on one device, both named in the path.
async fn one(context: Context, given: Given, put_on: bool) -> Result<(), Refusal> {
    let (device, uuid) = (given.text("device_uuid"), given.uuid("tag_uuid"));
    let mut tx = context.begin().await?;
    let found = recipients::one(&mut tx, Identifier::Uuid, device, context.scope()).await?;
    let missing = || Refusal::new(404, code::DEVICE_UUID_NOT_FOUND, format!("Device not found: {device}."));
    let device = DeviceId(found.ok_or_else(missing)?.id);
    let tag = tags::find(&mut tx, uuid, context.scope()).await?;
    let tag = TagId(tag.ok_or_else(|| Refusal::new(404, 5298, format!("The tag {uuid} is invalid.")))?.id);
    if put_on && !tags::put_on(&mut tx, tag, device, context.now()).await? {
        return Err(Refusal::new(400, 5299, "The tag is already assigned to the device."));
    }
    if !put_on && !tags::take_off(&mut tx, tag, device).await? {
        return Err(Refusal::new(400, 5299, "The tag is not assigned to the device."));
    }
    tx.commit().await?;
    Ok(())
}

async fn put_on_device(context: Context, given: Given) -> Result<Said, Refusal> {
    one(context, given, true).await?;
    Ok(Said::nothing(201))
}

async fn take_off_device(context: Context, given: Given) -> Result<Said, Refusal> {
    one(context, given, false).await?;
    Ok(Said::nothing(204))
}

async fn search(context: Context, given: Given) -> Result<Said, Refusal> {
    let group = group(&context, given.asked_uuid("organization-group-uuid").unwrap_or_default()).await?;
    let kind = match given.asked_id("tag_type") {
        None => None,
        Some(1) => Some(tags::DEVICE),
        Some(2) => Some("General"),
        Some(3) => Some("Video"),
        Some(other) => return Err(Refusal::shape(format!("{other} is no type of a tag."))),
    };
    let wanted = Wanted {
        name: given.asked("search_text"),
        group: Some(group.id),
        with_top: given.asked_flag("include_global_og_tags").unwrap_or_default(),
        kind,
        descending: given.asked("sort_order").is_some_and(|order| order.eq_ignore_ascii_case("DESC")),
    };
    let (found, total) = tags::search(context.database(), &wanted, page(&given)?, context.scope()).await?;
    let rows = found.iter().map(|tag| {
        json!({
            "name": tag.name, "uuid": tag.uuid, "organization_group_uuid": tag.group_uuid,
            "organization_group_name": tag.group_name, "system_tag": false,
        })
    });
    Ok(Said::json(200, json!({ "tags": rows.collect::<Vec<_>>(), "total": total })))
}

async fn add(context: Context, given: Given) -> Result<Said, Refusal> {
    let name = named(given.member_text("tag_name").unwrap_or_default()).map_err(Refusal::shape)?;
    let group = given.member_uuid("organization_group_uuid");
    let group = self::group(&context, group.ok_or_else(|| missing("organization_group_uuid"))?).await?;
    let mut tx = context.begin().await?;
    if tags::named(&mut tx, name, group.id).await?.is_some() {
        return Err(Refusal::new(409, code::VALIDATION, taken(name)));
    }
    let (_, uuid) = tags::add(&mut tx, name, group.id, tags::DEVICE, "").await?;
    tx.commit().await?;
    Ok(Said::made_at(201, format!("/api/mdm/tags/{uuid}"), json!({ "tag_uuid": uuid })))
}

fn missing(name: &str) -> Refusal {
    Refusal::shape(format!("The {name} field is required."))
}

async fn update(context: Context, given: Given) -> Result<Said, Refusal> {
    let name = named(given.member_text("tag_name").unwrap_or_default()).map_err(Refusal::shape)?;
    let mut tx = context.begin().await?;
    let tag = tag(&context, &mut tx, &given).await?;
    if !rename(&mut tx, tag, name).await? {
        return Err(Refusal::new(409, 5303, taken(name)));
    }
    tx.commit().await?;
    Ok(Said::nothing(204))
}

async fn delete(context: Context, given: Given) -> Result<Said, Refusal> {
    let mut tx = context.begin().await?;
    let tag = tag(&context, &mut tx, &given).await?;
    remove(&mut tx, &tag).await?;
    tx.commit().await?;
    Ok(Said::nothing(200))
}

async fn devices(context: Context, given: Given) -> Result<Said, Refusal> {
    let mut tx = crate::store::begin(context.database()).await?;
    let tag = tag(&context, &mut tx, &given).await?;
    tx.rollback().await?;
    let (since, page) = (given.asked_time("lastseen"), page(&given)?);
    let (found, total) = tags::devices(context.database(), tag.id, since, page, context.scope()).await?;
    let rows = found.iter().map(|device| {
        json!({
            "device_id": device.id, "device_uuid": device.uuid, "friendly_name": device.name,
            "date_tagged": device.tagged_at.as_microsecond(), "device_last_seen": device.last_seen.as_microsecond(),
        })
    });
    let here = format!(
        "{}/api/mdm/tags/{}/devices?page={}&page_size={}",
        context.tenant.url, tag.uuid, page.number, page.size
    );
    let links = json!({ "self": { "href": here } });
    Ok(Said::json(200, json!({ "devices": rows.collect::<Vec<_>>(), "total": total, "_links": links })))
}

async fn assign(context: Context, given: Given) -> Result<Said, Refusal> {
    change(context, given, true).await
}

async fn unassign(context: Context, given: Given) -> Result<Said, Refusal> {
    change(context, given, false).await
}

async fn change(context: Context, given: Given, put_on: bool) -> Result<Said, Refusal> {
    let values = given.member("BulkValues").and_then(|values| values.get("Value")).and_then(Value::as_array);
    let values: Vec<String> =
        values.into_iter().flatten().filter_map(Value::as_str).map(|uuid| uuid.trim().to_owned()).collect();
    if values.is_empty() {
        return Err(Refusal::bad("The BulkValues field is required."));
    }
    let most = bulk_limits::of(context.database(), Command::Lock).await?;
    if values.len() > most as usize {
        return Err(Refusal::new(400, 4, format!("At most {most} devices can be named.")));
    }
    let mut tx = context.begin().await?;
    let tag = tag(&context, &mut tx, &given).await?;
    let faults = put(&context, &mut tx, &tag, Identifier::Uuid, &values, put_on).await?;
    tx.commit().await?;
    let answer = json!({
        "TotalItems": values.len(), "AcceptedItems": values.len() - faults.len(), "FailedItems": faults.len(),
        "Faults": { "Fault": faults },
    });
    Ok(Said::json(200, answer))
}
