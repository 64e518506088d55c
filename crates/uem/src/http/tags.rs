//! Tags of the published API. (In the guide dialect they are a field of the device.)

use muster_model::Call;
use muster_model::ids::{Created, DeviceId, TagId};
use muster_model::tags::{
    Add, AddDevices, BulkAnswer, BulkValues, DeviceTags, Faults, ItemFault, OfDevice, RemoveDevices, Search, TagPage,
};

use super::context::Context;
use super::refusal::Refusal;
use super::table::Outcome;
use crate::store::page::Page;
use crate::store::{devices, organization_groups, tags};

pub(super) async fn search(context: Context, call: Call<Search>) -> Outcome<Search> {
    let page = Page::asked(Some(call.query.page), Some(call.query.pagesize));
    let (name, group) = (call.query.name.as_deref(), call.query.organizationgroupid);
    let (tags, total) = tags::search(context.database(), name, group, page).await?;
    Ok(TagPage { tags, page: page.number, page_size: page.size, total })
}

pub(super) async fn of_device(context: Context, call: Call<OfDevice>) -> Outcome<OfDevice> {
    let found = tags::of_device(context.database(), call.path).await?;
    let code = muster_model::error::code::DEVICE_UUID_NOT_FOUND;
    let missing = || Refusal::new(404, code, format!("Device not found: {}.", call.path));
    Ok(DeviceTags { tags: found.ok_or_else(missing)? })
}

pub(super) async fn add(context: Context, call: Call<Add>) -> Outcome<Add> {
    let (name, group) = (call.body.tag_name.trim(), call.body.location_group_id.0);
    if name.is_empty() || name.chars().count() > 255 {
        return Err(Refusal::bad("The TagName field needs 1 to 255 characters."));
    }
    if call.body.tag_type != 1 {
        return Err(Refusal::bad("Only device tags (TagType 1) can be made."));
    }
    if !organization_groups::exists(context.database(), group).await? {
        return Err(Refusal::invalid(format!("Organization group {group} is not found or not accessible.")));
    }
    let mut tx = context.begin().await?;
    if tags::by_name(&mut tx, name).await?.is_some() {
        return Err(Refusal::bad(format!("A tag of the name '{name}' exists already.")));
    }
    let (id, uuid) = tags::add(&mut tx, name, group).await?;
    tx.commit().await?;
    Ok(Created { value: id.0, uuid: Some(uuid) })
}

pub(super) async fn add_devices(context: Context, call: Call<AddDevices>) -> Outcome<AddDevices> {
    change(&context, call.path, call.body, true).await
}

pub(super) async fn remove_devices(context: Context, call: Call<RemoveDevices>) -> Outcome<RemoveDevices> {
    change(&context, call.path, call.body, false).await
}

/// Puts a tag on devices or takes it off. What cannot be done for one device does not hinder the others.
async fn change(context: &Context, tag: TagId, values: BulkValues, put_on: bool) -> Result<BulkAnswer, Refusal> {
    let (now, values) = (context.now(), values.bulk_values.value);
    let mut tx = context.begin().await?;
    if !tags::exists(&mut tx, tag).await? {
        return Err(Refusal::invalid(format!("Tag {tag} is not found.")));
    }
    let mut faults = Vec::new();
    for value in &values {
        let id = value.trim().parse().map(DeviceId);
        let known = match id {
            Ok(id) => devices::enrollment(&mut tx, id).await?.map(|_| id),
            Err(_) => None,
        };
        let fault = match known {
            None => Some((404, "Device not found")),
            Some(id) if put_on => {
                let new = tags::put_on(&mut tx, tag, id, now).await?;
                (!new).then_some((400, "Tag is already assigned to the device"))
            }
            Some(id) => {
                let gone = tags::take_off(&mut tx, tag, id).await?;
                (!gone).then_some((400, "Tag is not assigned to the device"))
            }
        };
        faults.extend(fault.map(|(error_code, message)| ItemFault {
            error_code,
            item_value: value.clone(),
            message: message.to_owned(),
        }));
    }
    tx.commit().await?;
    let (total, failed) = (values.len() as u64, faults.len() as u64);
    Ok(BulkAnswer {
        total_items: total,
        accepted_items: total - failed,
        failed_items: failed,
        faults: Faults { fault: faults },
    })
}
