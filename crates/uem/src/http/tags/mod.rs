//! Tags of the published API: version 1 here, its newer versions and the tags of a group beside. (In the guide dialect
//! they are a field of the device.) A name is taken once in an organization group.

mod first;
mod of_group;
mod second;

use jiff::Timestamp;
use muster_model::Call;
use muster_model::error::code;
use muster_model::ids::{Created, TagId, Wrapped};
use muster_model::tags::{
    Add, AddDevices, BulkAnswer, BulkValues, DeviceTags, Faults, ItemFault, OfDevice, RemoveDevices, Search,
    Tag as Shown, TagPage,
};
use muster_store::Transaction;

use super::context::Context;
use super::refusal::Refusal;
use super::table::{Outcome, Table};
use crate::store::devices::Identifier;
use crate::store::page::Page;
use crate::store::tags::{self, Tag, Wanted};
use crate::store::{organization_groups, recipients, smart_groups};

pub(super) fn routes(table: &mut Table) {
    first::routes(table);
    second::routes(table);
    of_group::routes(table);
}

pub(super) async fn search(context: Context, call: Call<Search>) -> Outcome<Search> {
    let page = Page::asked(Some(call.query.page), Some(call.query.pagesize));
    let (name, group) = (call.query.name.as_deref(), call.query.organizationgroupid);
    let wanted = Wanted { name, group, ..Wanted::default() };
    let (found, total) = tags::search(context.database(), &wanted, page, context.scope()).await?;
    let shown = found.into_iter().map(|tag| Shown {
        id: Wrapped(TagId(tag.id)),
        tag_name: tag.name,
        uuid: Some(tag.uuid),
        ..Default::default()
    });
    Ok(TagPage { tags: shown.collect(), page: page.number, page_size: page.size, total, ..Default::default() })
}

pub(super) async fn of_device(context: Context, call: Call<OfDevice>) -> Outcome<OfDevice> {
    let found = tags::of_device(context.database(), call.path, context.scope()).await?;
    let missing = || Refusal::new(404, code::DEVICE_UUID_NOT_FOUND, format!("Device not found: {}.", call.path));
    Ok(DeviceTags { tags: found.ok_or_else(missing)?, ..Default::default() })
}

pub(super) async fn add(context: Context, call: Call<Add>) -> Outcome<Add> {
    let group = call.body.location_group_id.0;
    let name = named(&call.body.tag_name).map_err(Refusal::bad)?;
    if call.body.tag_type != 1 {
        return Err(Refusal::bad("Only device tags (TagType 1) can be made."));
    }
    let mut tx = context.begin().await?;
    if organization_groups::find(&mut tx, group, context.scope()).await?.is_none() {
        return Err(Refusal::no_group(group));
    }
    if tags::named(&mut tx, name, group).await?.is_some() {
        return Err(Refusal::bad(taken(name)));
    }
    let (id, uuid) = tags::add(&mut tx, name, group, tags::DEVICE, &call.body.tag_avatar).await?;
    tx.commit().await?;
    Ok(Created { value: id.0, uuid: Some(uuid), ..Default::default() })
}

/// A name that a tag may have, or why not.
fn named(name: &str) -> Result<&str, String> {
    let name = name.trim();
    let fits = !name.is_empty() && name.chars().count() <= 255;
    if fits { Ok(name) } else { Err("The TagName field needs 1 to 255 characters.".to_owned()) }
}

fn taken(name: &str) -> String {
    format!("A tag of the name '{name}' exists already.")
}

pub(super) async fn add_devices(context: Context, call: Call<AddDevices>) -> Outcome<AddDevices> {
    change(&context, call.path, call.body, true).await
}

pub(super) async fn remove_devices(context: Context, call: Call<RemoveDevices>) -> Outcome<RemoveDevices> {
    change(&context, call.path, call.body, false).await
}

async fn change(context: &Context, tag: TagId, values: BulkValues, put_on: bool) -> Result<BulkAnswer, Refusal> {
    let mut tx = context.begin().await?;
    let found = tags::find(&mut tx, tag.0, context.scope()).await?;
    let tag = found.ok_or_else(|| Refusal::invalid(format!("Tag {tag} is not found.")))?;
    let values = values.bulk_values.value;
    let faults = put(context, &mut tx, &tag, Identifier::Id, &values, put_on).await?;
    tx.commit().await?;
    let (total, failed) = (values.len() as u64, faults.len() as u64);
    Ok(BulkAnswer {
        total_items: total,
        accepted_items: total - failed,
        failed_items: failed,
        faults: Faults { fault: faults, ..Default::default() },
        ..Default::default()
    })
}

/// Puts a tag on devices or takes it off. What cannot be done for one device does not hinder the others.
async fn put(
    context: &Context,
    tx: &mut Transaction,
    tag: &Tag,
    by: Identifier,
    values: &[String],
    put_on: bool,
) -> Result<Vec<ItemFault>, Refusal> {
    let now: Timestamp = context.now();
    let texts: Vec<&str> = values.iter().map(String::as_str).collect();
    let found = recipients::find(tx, by, &texts, context.scope()).await?;
    let mut faults = Vec::new();
    for (value, device) in values.iter().zip(found) {
        let fault = match device.map(|device| muster_model::ids::DeviceId(device.id)) {
            None => Some((404, "Device not found")),
            Some(id) if put_on => {
                let new = tags::put_on(tx, TagId(tag.id), id, now).await?;
                (!new).then_some((400, "Tag is already assigned to the device"))
            }
            Some(id) => {
                let gone = tags::take_off(tx, TagId(tag.id), id).await?;
                (!gone).then_some((400, "Tag is not assigned to the device"))
            }
        };
        faults.extend(fault.map(|(error_code, message)| ItemFault {
            error_code,
            item_value: value.clone(),
            message: message.to_owned(),
            ..Default::default()
        }));
    }
    Ok(faults)
}

/// Removes a tag that nothing uses.
async fn remove(tx: &mut Transaction, tag: &Tag) -> Result<(), Refusal> {
    if smart_groups::uses_tag(tx, tag.id, &tag.name).await? {
        return Err(Refusal::new(400, 5301, format!("The tag '{}' is used by a smart group.", tag.name)));
    }
    if tags::is_on_devices(tx, TagId(tag.id)).await? {
        return Err(Refusal::new(400, 5302, format!("The tag '{}' is assigned to devices.", tag.name)));
    }
    tags::remove(tx, TagId(tag.id)).await?;
    Ok(())
}

/// Gives a tag another name; `false` if that is taken in its group.
async fn rename(tx: &mut Transaction, mut tag: Tag, name: &str) -> Result<bool, Refusal> {
    if tags::named(tx, name, tag.group).await?.is_some_and(|other| other.0 != tag.id) {
        return Ok(false);
    }
    name.clone_into(&mut tag.name);
    tags::save(tx, &tag).await?;
    Ok(true)
}
