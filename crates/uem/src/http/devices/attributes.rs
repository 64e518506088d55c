//! Custom attributes of devices. Each attribute of a request stands for itself: what is wrong with one does not
//! hinder the others, and the answer tells which ones failed.

use std::collections::BTreeMap;

use muster_model::Stamp;
use muster_store::Transaction;
use serde_json::{Value, json};

use super::super::context::Context;
use super::super::given::Given;
use super::super::refusal::Refusal;
use super::super::said::Said;
use super::edit::bulk_answer;
use super::{named, shape, words};
use crate::store::devices::attributes::{self, Change, Wanted, Wish};
use crate::store::devices::{self, Identifier, Record};

/// Where what callers set comes from.
const SOURCE: &str = "API";
/// Longest text of an attribute.
const LENGTH: usize = 255;
/// Devices of one bulk request.
const AT_ONCE: usize = 500;

/// An attribute that could not be set or removed: code, its name, why.
type Fault = (i64, String, String);

fn text<'a>(item: &'a Value, name: &str) -> &'a str {
    let found = item.as_object().into_iter().flatten().find(|(known, _)| known.eq_ignore_ascii_case(name));
    found.and_then(|(_, value)| value.as_str()).unwrap_or_default().trim()
}

/// What is wrong with an attribute that is to be set or removed.
fn wrong(item: &Value, remove: bool) -> Option<Fault> {
    let name = text(item, "name");
    let fault = |code, message: &str| Some((code, name.to_owned(), message.to_owned()));
    let long = ["applicationGroup", "name", "value"].iter().any(|part| text(item, part).chars().count() > LENGTH);
    match (name.is_empty(), text(item, "applicationGroup").is_empty(), long) {
        (true, ..) => fault(400, "The name of the attribute is missing"),
        (_, true, _) if !remove => fault(400, "The application group of the attribute is missing"),
        (.., true) => fault(400, "The attribute is longer than 255 characters"),
        _ => None,
    }
}

/// Sets attributes on a device, or removes them; answers what failed.
async fn apply(
    context: &Context,
    tx: &mut Transaction,
    device: &Record,
    items: &[Value],
    remove: bool,
) -> Result<Vec<Fault>, Refusal> {
    let mut faults = Vec::new();
    for item in items {
        if let Some(fault) = wrong(item, remove) {
            faults.push(fault);
            continue;
        }
        let (name, value) = (text(item, "name"), (!remove).then(|| text(item, "value")));
        let groups = match text(item, "applicationGroup") {
            // Some clients name no group when they remove: the attribute goes from all that have it.
            "" => attributes::groups(tx, device.id, name).await?,
            group => vec![group.to_owned()],
        };
        let mut had = false;
        for group in &groups {
            let wish = Wish { application_group: group, name, value };
            had |= attributes::set(tx, device.id, wish, SOURCE, context.now()).await?;
        }
        if remove && !had {
            faults.push((404, name.to_owned(), "The device does not have this attribute".to_owned()));
        }
    }
    Ok(faults)
}

async fn change(context: &Context, given: &Given, remove: bool) -> Result<Said, Refusal> {
    let items = given.member("CustomAttributes").and_then(Value::as_array).cloned().unwrap_or_default();
    if items.is_empty() {
        return Err(Refusal::bad("The CustomAttributes field needs at least one attribute."));
    }
    let mut tx = context.begin().await?;
    let record = named::device_in(context, &mut tx, given).await?;
    let faults = apply(context, &mut tx, &record, &items, remove).await?;
    tx.commit().await?;
    Ok(Said::json(200, bulk_answer(items.len(), faults)))
}

pub(super) async fn update(context: Context, given: Given) -> Result<Said, Refusal> {
    change(&context, &given, false).await
}

pub(super) async fn delete(context: Context, given: Given) -> Result<Said, Refusal> {
    change(&context, &given, true).await
}

/// Attributes of many devices at once; a device is named by UUID or serial number.
pub(super) async fn update_many(context: Context, given: Given) -> Result<Said, Refusal> {
    let entries = given.body.as_array().cloned().unwrap_or_default();
    if entries.is_empty() || entries.len() > AT_ONCE {
        return Err(Refusal::bad(format!("The request needs 1 to {AT_ONCE} devices.")));
    }
    let mut tx = context.begin().await?;
    let mut failed = Vec::new();
    for entry in &entries {
        let (by, name) = match (text(entry, "uuid"), text(entry, "serialNumber")) {
            ("", serial) => (Identifier::SerialNumber, serial),
            (uuid, _) => (Identifier::Uuid, uuid),
        };
        let told = |code: i64, message: &str, serial: &str, user: &str, faults: &[Fault]| {
            let faults = faults.iter().map(|(code, name, message)| {
                json!({ "errorCode": code, "name": name, "message": message, "applicationGroup": group_in(entry, name) })
            });
            json!({
                "errorCode": code, "message": message, "serialNumber": serial, "userName": user,
                "uuid": entry.get("uuid"), "failedCustomAttributes": faults.collect::<Vec<_>>(),
            })
        };
        let found = devices::find_in(&mut tx, by, name, context.scope()).await?;
        let Some(record) = found else {
            failed.push(told(5002, "Device not found", text(entry, "serialNumber"), text(entry, "userName"), &[]));
            continue;
        };
        let items = entry.get("deviceCustomAttributes").and_then(Value::as_array).cloned().unwrap_or_default();
        let faults = apply(&context, &mut tx, &record, &items, false).await?;
        if !faults.is_empty() {
            let device = &record.device;
            let message = "Some attributes could not be set";
            failed.push(told(400, message, &device.serial_number, &device.user_name, &faults));
        }
    }
    tx.commit().await?;
    let answer = json!({
        "totalItems": entries.len(), "acceptedItems": entries.len() - failed.len(), "failedItems": failed.len(),
        "failedDevices": failed, "activityId": context.errand.request,
    });
    Ok(Said::json(200, answer))
}

/// The application group of a named attribute of an entry.
fn group_in<'a>(entry: &'a Value, name: &str) -> &'a str {
    let items = entry.get("deviceCustomAttributes").and_then(Value::as_array);
    let found = items.into_iter().flatten().find(|item| text(item, "name") == name);
    found.map_or("", |item| text(item, "applicationGroup"))
}

/// Which attributes a search wants, in a span of time.
fn wanted<'a>(given: &'a Given, from: &str, till: &str) -> Result<Wanted<'a>, Refusal> {
    let time = |name: &str| given.asked(name).map(|text| words::moment(name, text)).transpose();
    Ok(Wanted {
        application_group: given.asked("applicationgroup"),
        name: given.asked("customattributename"),
        source: given.asked("source"),
        since: time(from)?,
        until: time(till)?,
    })
}

/// Which devices a search wants.
async fn devices_of(context: &Context, given: &Given) -> Result<devices::Wanted, Refusal> {
    Ok(devices::Wanted {
        id: given.asked_id("deviceid"),
        serial_number: given.asked("serialnumber").map(str::to_owned),
        group: words::group(context, given.asked_id("organizationgroupid")).await?,
        ..devices::Wanted::default()
    })
}

pub(super) async fn search(context: Context, given: Given) -> Result<Said, Refusal> {
    let (which, page) = (devices_of(&context, &given).await?, given.page()?);
    let wanted = wanted(&given, "modifiedfrom", "modifiedtill")?;
    let (ids, total) = attributes::devices(context.database(), &wanted, &which, context.scope(), page).await?;
    let all = attributes::of_devices(context.database(), &ids, &wanted).await?;
    let names: Vec<String> = ids.iter().map(i64::to_string).collect();
    let found = devices::find_many(context.database(), Identifier::Id, &names, context.scope()).await?;
    let row = |record: &Record| {
        let attributes = all.get(&record.id).into_iter().flatten().map(shape::attribute);
        json!({
            "DeviceId": record.id, "SerialNumber": record.device.serial_number, "Udid": record.device.udid,
            "AssetNumber": record.device.asset_number, "EnrollmentUserName": record.device.user_name,
            "CustomAttributes": attributes.collect::<Vec<_>>(),
        })
    };
    let rows: Vec<Value> = found.iter().map(|(_, record)| row(record)).collect();
    Ok(Said::list(json!({ "Devices": rows, "Page": page.number, "PageSize": page.size, "Total": total }), total))
}

/// What attributes were before, one entry a device.
pub(super) async fn change_report(context: Context, given: Given) -> Result<Said, Refusal> {
    let (which, page) = (devices_of(&context, &given).await?, given.page()?);
    let wanted = wanted(&given, "startdate", "enddate")?;
    if wanted.since.zip(wanted.until).is_some_and(|(since, until)| since > until) {
        return Err(Refusal::bad("The startdate must lie before the enddate."));
    }
    let changes = attributes::changes(context.database(), &wanted, &which, context.scope()).await?;
    let mut by_device: BTreeMap<i64, Vec<&Change>> = BTreeMap::new();
    for change in &changes {
        by_device.entry(change.device).or_default().push(change);
    }
    let total = by_device.len() as u64;
    let (size, number) = (page.size as usize, page.number as usize);
    let rows: Vec<Value> =
        by_device.values().skip(size.saturating_mul(number)).take(size).map(|changes| told(changes)).collect();
    let answer = json!({
        "DeviceCustomAttributeChanges": rows, "Page": page.number, "PageSize": page.size, "Total": total,
    });
    Ok(Said::list(answer, total))
}

fn told(changes: &[&Change]) -> Value {
    let shown = changes.iter().map(|change| {
        json!({
            "ApplicationGroup": change.application_group, "CustomAttributeName": change.name,
            "OldValue": change.before.clone().unwrap_or_default(), "NewValue": change.after.clone().unwrap_or_default(),
            "ModifiedDate": Stamp(change.at).to_string(), "Source": change.source,
            "LocationGroupID": change.group.to_string(), "LocationGroupName": change.group_name,
        })
    });
    let shown: Vec<Value> = shown.collect();
    let first = changes.first();
    json!({
        "DeviceID": first.map(|change| change.device.to_string()),
        "FriendlyName": first.map(|change| change.friendly_name.clone()), "CustomAttributeChanges": shown,
    })
}
