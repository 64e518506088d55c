//! The older routes: registering a device for a user, and looking at registered and enrolled devices.

use muster_model::Stamp;
use muster_model::ids::UserId;
use serde_json::{Map, Value, json};

use super::super::context::Context;
use super::super::given::Given;
use super::super::organization_groups::named;
use super::super::policy::Action::{Create, Delete, Read};
use super::super::policy::Resource::Devices;
use super::super::policy::needs;
use super::super::refusal::Refusal;
use super::super::said::Said;
use super::super::table::Table;
use super::{ACTIVE, EXPIRED, Record, all, platform, register, text};
use crate::store::enrolled_devices::{self, Enrolled};
use crate::store::objects;
use crate::store::organization_groups;
use crate::store::users;

pub(super) fn routes(table: &mut Table) {
    table
        .serve("systemv1/DeviceRegistrationV1_RegisterDeviceForUserAsync", needs(Devices, Create), register_device)
        .serve("systemv1/DeviceRegistrationV1_EnrollmentTokenSearch", needs(Devices, Read), tokens)
        .serve("systemv1/DeviceRegistrationV1_RetrieveRegisteredDevices", needs(Devices, Read), registered)
        .serve("systemv1/DeviceRegistrationV1_RetrieveEnrolledDevices", needs(Devices, Read), enrolled)
        .serve("systemv1/DeviceRegistrationV1_DeleteRegisteredDevices", needs(Devices, Delete), delete);
}

async fn register_device(context: Context, given: Given) -> Result<Said, Refusal> {
    let id = UserId(given.id("id"));
    let user = users::get(context.database(), id, context.scope()).await?;
    let user = user.ok_or_else(|| Refusal::invalid(format!("User not found: {id}.")))?;
    let group = match given.member_id("LocationGroupId") {
        Some(group) => named(&context, group).await?,
        None => named(&context, user.location_group_id.parse().unwrap_or_default()).await?,
    };
    let mut body = Map::new();
    for (said, kept) in [
        ("FriendlyName", "friendly_name"),
        ("SerialNumber", "serial_number"),
        ("Imei", "imei"),
        ("Udid", "udid"),
        ("AssetNumber", "asset_number"),
        ("SIM", "sim"),
        ("MessageType", "message_type"),
        ("ToEmailAddress", "to_email_address"),
        ("ToPhoneNumber", "to_phone_number"),
        ("Ownership", "ownership_type"),
    ] {
        if let Some(value) = given.member_text(said) {
            body.insert(kept.to_owned(), json!(value));
        }
    }
    if let Some(ownership) = body.get("ownership_type").and_then(Value::as_str)
        && !["C", "E", "S", "Undefined"].iter().any(|known| known.eq_ignore_ascii_case(ownership))
    {
        return Err(Refusal::invalid(format!("'{ownership}' is not an ownership: C, E, S or Undefined.")));
    }
    if let Some(id) = given.member_id("PlatformId") {
        let word = platform(id).ok_or_else(|| Refusal::invalid(format!("There is no platform {id}.")))?;
        body.insert("platform".to_owned(), json!(word));
    }
    for name in ["CustomAttributes", "Tags"] {
        if let Some(list) = given.member(name) {
            body.insert(name.to_lowercase(), list.clone());
        }
    }
    body.insert("user_id".to_owned(), json!(user.id.0.0));
    body.insert("user_name".to_owned(), json!(user.user_name));
    let mut tx = context.begin().await?;
    register(&context, &mut tx, &group, ACTIVE, body).await?;
    tx.commit().await?;
    Ok(Said::nothing(200))
}

/// The organization groups that a query narrows to; none if it does not.
async fn groups(context: &Context, given: &Given) -> Result<Vec<i64>, Refusal> {
    let top = match (given.asked_id("organizationgroupid"), given.asked("organizationgroup")) {
        (Some(id), _) => named(context, id).await?,
        (None, Some(code)) => {
            let found = organization_groups::by_code(context.database(), code, context.scope()).await?;
            let missing = || Refusal::no_group(code);
            found.ok_or_else(missing)?
        }
        (None, None) => return Ok(Vec::new()),
    };
    Ok(organization_groups::ids_below(context.database(), top.id).await?)
}

fn fits(asked: Option<&str>, value: &str) -> bool {
    asked.is_none_or(|asked| asked.eq_ignore_ascii_case(value))
}

async fn tokens(context: Context, given: Given) -> Result<Said, Refusal> {
    let mut found = all(&context, &groups(&context, &given).await?).await?;
    found.retain(|record| {
        record.object.body.contains_key("token")
            && fits(given.asked("username"), text(&record.object, "user_name"))
            && fits(given.asked("serialnumber"), text(&record.object, "serial_number"))
            && fits(given.asked("assetnumber"), text(&record.object, "asset_number"))
            && given.asked_id("userid").is_none_or(|id| record.object.body.get("user_id") == Some(&json!(id)))
            && fits(given.asked("enrollmentstatusid"), enrollment_id(record))
            && fits(given.asked("compliancestatusid"), compliance_id(record))
    });
    let rows: Vec<Value> = found
        .iter()
        .map(|record| {
            let object = &record.object;
            json!({
                "Token": text(object, "token"), "SerialNumber": text(object, "serial_number"),
                "AssetNumber": text(object, "asset_number"), "FriendlyName": object.name,
                "Username": text(object, "user_name"), "OrganizationGroup": object.group.to_string(),
                "EnrollmentStatusID": enrollment_id(record), "ComplianceStatusID": compliance_id(record),
                "CustomAttributes": object.body.get("customattributes"), "id": object.id, "uuid": object.uuid,
            })
        })
        .collect();
    let total = rows.len() as u64;
    Ok(Said::list(json!({ "Device": rows }), total))
}

/// The numbers of `Registered` and `Enrolled`.
fn enrollment_id(record: &Record) -> &'static str {
    if record.enrollment == "Enrolled" { "4" } else { "2" }
}

/// The numbers of an active and of an expired registration.
fn compliance_id(record: &Record) -> &'static str {
    if record.compliance == EXPIRED { "10" } else { "9" }
}

async fn registered(context: Context, given: Given) -> Result<Said, Refusal> {
    let mut found = all(&context, &groups(&context, &given).await?).await?;
    let (since, till) = (given.asked_time("seensince"), given.asked_time("seentill"));
    found.retain(|record| {
        record.object.body.contains_key("token")
            && record.enrollment == "Registered"
            && fits(given.asked("platform"), text(&record.object, "platform"))
            && fits(given.asked("assetnumber"), text(&record.object, "asset_number"))
            && since.is_none_or(|since| record.object.created_at >= since)
            && till.is_none_or(|till| record.object.created_at <= till)
            && has_attribute(record, given.asked("customattributes"))
    });
    let rows: Vec<Value> = found
        .iter()
        .map(|record| {
            let object = &record.object;
            json!({
                "FriendlyName": object.name, "SerialNumber": text(object, "serial_number"),
                "AssetNumber": text(object, "asset_number"), "UDID": text(object, "udid"),
                "Platform": text(object, "platform"), "Username": text(object, "user_name"),
                "OrganizationGroup": object.group.to_string(),
                "RegistrationDate": Stamp(object.created_at).to_string(),
                "CustomAttributes": object.body.get("customattributes"),
            })
        })
        .collect();
    let total = rows.len() as u64;
    Ok(Said::list(json!({ "RegisteredDeviceInfoList": rows }), total))
}

/// Whether a record has an attribute of a name, or of `name=value`.
fn has_attribute(record: &Record, asked: Option<&str>) -> bool {
    let Some(asked) = asked else { return true };
    let (name, value) = asked.split_once('=').map_or((asked, None), |(name, value)| (name, Some(value)));
    let attributes = record.object.body.get("customattributes").and_then(Value::as_array);
    attributes.into_iter().flatten().any(|attribute| {
        attribute["Name"].as_str().is_some_and(|known| known.eq_ignore_ascii_case(name))
            && value.is_none_or(|value| attribute["Value"].as_str() == Some(value))
    })
}

async fn enrolled(context: Context, given: Given) -> Result<Said, Refusal> {
    let groups = groups(&context, &given).await?;
    let wanted = Enrolled {
        groups: &groups,
        platform: given.asked("platform"),
        serial_number: given.asked("serialnumber"),
        seen: (given.asked_time("seensince"), given.asked_time("seentill")),
        enrolled: (given.asked_time("enrolledsince"), given.asked_time("enrolledtill")),
    };
    if given.asked("customattributes").is_some() {
        return Err(Refusal::invalid("Enrolled devices are not searched by custom attributes here."));
    }
    let rows: Vec<Value> = enrolled_devices::search(context.database(), &wanted, context.scope())
        .await?
        .into_iter()
        .map(|device| {
            json!({
                "DeviceID": device.id, "FriendlyName": device.friendly_name, "SerialNumber": device.serial_number,
                "AssetNumber": device.asset_number, "Platform": device.platform, "UserName": device.user_name,
                "OrganizationGroup": device.group, "LastSeen": Stamp(device.last_seen_at).to_string(),
                "EnrolledDate": Stamp(device.enrolled_at).to_string(),
            })
        })
        .collect();
    let total = rows.len() as u64;
    Ok(Said::list(json!({ "EnrolledDeviceInfoList": rows }), total))
}

async fn delete(context: Context, given: Given) -> Result<Said, Refusal> {
    let by = given.asked("searchby").unwrap_or_default().to_lowercase();
    let member = match by.as_str() {
        "serialnumber" => "serial_number",
        "udid" => "udid",
        "assetnumber" => "asset_number",
        _ => {
            let message = format!("'{by}' is not a valid searchby. Valid are: Serialnumber, Udid, AssetNumber.");
            return Err(Refusal::new(422, muster_model::error::code::BAD_SEARCH_BY, message));
        }
    };
    let values = super::super::users::values(&given)?;
    let mut faults = Vec::new();
    let mut tx = context.begin().await?;
    for value in &values {
        let found = objects::with_member(&mut tx, super::KIND, member, value, context.scope()).await?;
        let found = found.filter(|object| fits(given.asked("username"), text(object, "user_name")));
        match found {
            Some(object) => objects::remove(&mut tx, &object).await?,
            None => faults.push((value.clone(), Refusal::not_found(format!("No device is registered as {value}.")))),
        }
    }
    tx.commit().await?;
    Ok(super::super::users::summary(values.len(), &faults))
}
