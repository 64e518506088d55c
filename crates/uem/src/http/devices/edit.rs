//! What callers change about a device: its names and owner, its group, its user, its settings.

use muster_model::devices::Update;
use muster_model::ids::DeviceId;
use muster_model::words::{EnrollmentStatus, Ownership};
use muster_model::{Call, Nothing, guide};
use serde_json::{Value, json};

use super::super::context::Context;
use super::super::given::Given;
use super::super::refusal::Refusal;
use super::super::said::Said;
use super::super::table::Outcome;
use super::{named, words};
use crate::store::devices::{self, Edit, Identifier, Record, SettingsEdit};
use crate::store::events::{self, NewEvent};
use crate::store::tenant::ROOT_GROUP;
use crate::store::{tags, users};

/// Longest name of a tag.
const TAG_LENGTH: usize = 255;

pub(in super::super) async fn update(context: Context, call: Call<Update>) -> Outcome<Update> {
    let body = call.body;
    if let Some(Ownership::Other(word)) = &body.ownership {
        words::ownership(Some(word))?;
    }
    let edit =
        Edit { friendly_name: body.device_friendly_name, asset_number: body.asset_number, ownership: body.ownership };
    change(&context, call.path, &edit, None).await
}

pub(in super::super) async fn guide_update(
    context: Context,
    call: Call<guide::DeviceUpdate>,
) -> Outcome<guide::DeviceUpdate> {
    let body = call.body;
    let edit = Edit {
        friendly_name: body.device_friendly_name,
        asset_number: body.asset_number,
        ownership: words::ownership(body.ownership.as_deref())?,
    };
    let tags = body.tags.map(tag_names).transpose()?;
    change(&context, call.path, &edit, tags).await
}

/// The edit of a device that is named by something else than its id.
pub(super) async fn by_alternate_id(context: Context, given: Given) -> Result<Said, Refusal> {
    let text = |name: &str| given.member(name).and_then(Value::as_str).map(str::to_owned);
    let edit = Edit {
        friendly_name: text("DeviceFriendlyName"),
        asset_number: text("AssetNumber"),
        ownership: words::ownership(given.member_text("Ownership"))?,
    };
    let record = named::device(&context, &given).await?;
    change(&context, DeviceId(record.id), &edit, None).await?;
    Ok(Said::nothing(204))
}

fn tag_names(names: Vec<String>) -> Result<Vec<String>, Refusal> {
    let names: Vec<String> = names.into_iter().map(|name| name.trim().to_owned()).collect();
    match names.iter().find(|name| name.is_empty() || name.chars().count() > TAG_LENGTH) {
        Some(bad) => Err(Refusal::bad(format!("'{bad}' is not a valid name of a tag."))),
        None => Ok(names),
    }
}

async fn change(context: &Context, id: DeviceId, edit: &Edit, tags: Option<Vec<String>>) -> Result<Nothing, Refusal> {
    let mut tx = context.begin().await?;
    let known = devices::find_in(&mut tx, Identifier::Id, &id.to_string(), context.scope()).await?;
    if known.is_none() || !devices::edit(&mut tx, id, edit).await? {
        return Err(Refusal::no_device(id));
    }
    if let Some(names) = tags {
        tags::replace(&mut tx, id, &names, ROOT_GROUP, context.now()).await?;
    }
    tx.commit().await?;
    Ok(Nothing)
}

/// Moves a device to another organization group, named in the path or as `ogid`, by id or by UUID.
pub(super) async fn change_group(context: Context, given: Given) -> Result<Said, Refusal> {
    let by_uuid = given.text("organizationGroupUuid");
    let group = if by_uuid.is_empty() {
        let asked = [given.text("organizationgroupid"), given.asked("ogid").unwrap_or_default()];
        let asked = asked.iter().find_map(|text| text.parse().ok());
        let asked: i64 = asked.ok_or_else(|| Refusal::bad("The ogid parameter is required."))?;
        words::group(&context, Some(asked)).await?.ok_or_else(|| words::no_group(asked))?
    } else {
        super::search::group_of(&context, by_uuid).await?
    };
    let mut tx = context.begin().await?;
    let record = named::device_in(&context, &mut tx, &given).await?;
    enrolled(&record)?;
    devices::move_to(&mut tx, record.id, group).await?;
    let details = vec![format!("From={}", record.group), format!("To={group}")];
    let event = told(&context, &record, "Organization Group Changed", details);
    events::record(&mut tx, vec![event]).await?;
    tx.commit().await?;
    Ok(Said::nothing(202))
}

/// Refuses a device that is not enrolled.
pub(super) fn enrolled(record: &Record) -> Result<(), Refusal> {
    if record.device.enrollment_status == EnrollmentStatus::Enrolled {
        return Ok(());
    }
    let message = format!("Device {} is not enrolled: its status is {}.", record.id, record.device.enrollment_status);
    Err(Refusal::new(400, muster_model::error::code::NOT_ENROLLED, message))
}

/// A line of a device's log about what a caller did.
pub(super) fn told(context: &Context, record: &Record, event: &str, details: Vec<String>) -> NewEvent {
    NewEvent {
        device_id: record.id,
        at: context.now(),
        severity: "Information",
        event: event.to_owned(),
        admin_account: context.caller.name.to_string(),
        source: "Console",
        details,
    }
}

/// Checks a shared device out to a user.
pub(super) async fn check_out(context: Context, given: Given) -> Result<Said, Refusal> {
    let user = muster_model::ids::UserId(given.id("enrollmentuserid"));
    let mut tx = context.begin().await?;
    let record = named::device_in(&context, &mut tx, &given).await?;
    enrolled(&record)?;
    let shareable = matches!(record.device.platform.as_str(), "Apple" | "AppleOsX");
    if !shareable || record.device.ownership != Ownership::Shared {
        return Err(Refusal::invalid("Only shared devices of Apple can be checked out to a user."));
    }
    let missing = || Refusal::new(404, 12, format!("Enrollment user not found: {user}."));
    let known = users::get_in(&mut tx, user, context.scope()).await?.ok_or_else(missing)?;
    if !known.status {
        let message = format!("Enrollment user {user} is not active and has no access to the device.");
        return Err(Refusal::new(401, muster_model::error::code::INVALID_INPUT, message));
    }
    devices::set_user(&mut tx, record.id, user.0).await?;
    let event = told(&context, &record, "Device Checked Out", vec![format!("EnrollmentUserId={user}")]);
    events::record(&mut tx, vec![event]).await?;
    tx.commit().await?;
    Ok(Said::nothing(200))
}

/// Roaming, hotspot and Bluetooth of an iPhone or iPad.
pub(super) async fn managed_settings(context: Context, given: Given) -> Result<Said, Refusal> {
    let flag = |name: &str| given.member(name).and_then(Value::as_bool);
    let edit = SettingsEdit {
        bluetooth: flag("Bluetooth"),
        data_roaming: flag("DataRoamingAllowed"),
        voice_roaming: flag("VoiceRoamingAllowed"),
        personal_hotspot: flag("PersonalHotspotAllowed"),
        ..SettingsEdit::default()
    };
    let mut tx = context.begin().await?;
    let record = named::device_in(&context, &mut tx, &given).await?;
    enrolled(&record)?;
    if record.device.platform.as_str() != "Apple" {
        return Err(unsupported("Managed settings exist on iOS and iPadOS only."));
    }
    devices::settle(&mut tx, record.id, &edit).await?;
    let event = told(&context, &record, "Managed Settings Changed", Vec::new());
    events::record(&mut tx, vec![event]).await?;
    tx.commit().await?;
    Ok(Said::nothing(204))
}

/// 400: a device of this kind cannot do it.
pub(super) fn unsupported(message: &str) -> Refusal {
    Refusal::new(400, 21, message)
}

/// Security identifiers of Windows computers, in bulk.
pub(super) async fn computer_sids(context: Context, given: Given) -> Result<Said, Refusal> {
    let by = given.asked("searchby").map_or(Ok(Identifier::Id), named::identifier)?;
    let updates = given.member("ComputerSIDUpdates").and_then(Value::as_array).cloned().unwrap_or_default();
    if updates.is_empty() {
        return Err(Refusal::bad("The ComputerSIDUpdates field needs at least one entry."));
    }
    let mut tx = context.begin().await?;
    let mut faults = Vec::new();
    for update in &updates {
        let text = |name: &str| update.get(name).and_then(Value::as_str).unwrap_or_default().trim();
        let (name, sid) = (text("DeviceIdentifier"), text("ComputerSID"));
        let found = devices::find_in(&mut tx, by, name, context.scope()).await?;
        let fault = match found {
            None => Some((5002, "Device not found")),
            Some(record) if record.device.platform.as_str() != "WinRT" => {
                Some((21, "The device is no Windows computer"))
            }
            Some(_) if !sid.starts_with("S-1-") => Some((400, "The ComputerSID is not a security identifier")),
            Some(record) => {
                let edit = SettingsEdit { computer_sid: Some(sid.to_owned()), ..SettingsEdit::default() };
                devices::settle(&mut tx, record.id, &edit).await?;
                None
            }
        };
        faults.extend(fault.map(|(code, message)| (code, name.to_owned(), message.to_owned())));
    }
    tx.commit().await?;
    let all_failed = faults.len() == updates.len();
    if all_failed {
        let message = faults.first().map(|(_, _, message)| message.clone()).unwrap_or_default();
        return Err(Refusal::not_found(format!("No device was updated: {message}.")));
    }
    let status = if faults.is_empty() { 200 } else { 207 };
    Ok(Said::json(status, bulk_answer(updates.len(), faults)))
}

/// The answer of a bulk operation: what was accepted, and why what was not.
pub(super) fn bulk_answer(total: usize, faults: Vec<(i64, String, String)>) -> Value {
    let failed = faults.len();
    let faults: Vec<Value> = faults
        .into_iter()
        .map(|(code, item, message)| json!({ "ErrorCode": code, "ItemValue": item, "Message": message }))
        .collect();
    json!({
        "TotalItems": total, "AcceptedItems": total - failed, "FailedItems": failed,
        "Faults": { "Fault": faults, "Faults": faults },
    })
}
