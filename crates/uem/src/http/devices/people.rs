//! Who uses a device, and what certificates it has.

use jiff::{SignedDuration, Timestamp};
use muster_model::Stamp;
use muster_model::ids::UserId;
use muster_model::words::Platform;
use serde_json::{Value, json};

use super::super::context::Context;
use super::super::given::Given;
use super::super::refusal::Refusal;
use super::super::said::Said;
use super::{edit, named, sample};
use crate::store::devices::Record;
use crate::store::scope::Scope;
use crate::store::users;

pub(super) async fn user(context: Context, given: Given) -> Result<Said, Refusal> {
    let record = named::device(&context, &given).await?;
    let missing = || Refusal::not_found(format!("Device {} has no user.", record.id));
    // Who carries a device that the caller sees is part of what is known of the device.
    let user = users::get(context.database(), UserId(record.user), &Scope::Everything).await?.ok_or_else(missing)?;
    let mut shown = serde_json::to_value(&user).unwrap_or_default();
    shown["LocationGroupId"] = record.group.to_string().into();
    shown["OrganizationGroupUuid"] = json!(record.group_uuid);
    Ok(Said::json(200, json!({ "DeviceUser": shown })))
}

/// Who is signed in on a device that several people can sign in on.
pub(super) async fn signed_in(context: Context, given: Given) -> Result<Said, Refusal> {
    let record = named::device(&context, &given).await?;
    let device = &record.device;
    let several = device.platform == Platform::AppleOsX || device.model.starts_with("iPad");
    if !several {
        return Err(edit::unsupported("Only iPads and Macs tell who is signed in."));
    }
    if !record.is_managed() {
        return Err(Refusal::new(404, 8, format!("There is no sample of device {}.", record.id)));
    }
    let mut draw = sample::Draw::of(record.uuid, "signed in", record.checkins / 12);
    let at = Stamp(record.seen_at).to_string();
    let quota = if device.platform == Platform::AppleOsX { 0.0 } else { 32_768.0 };
    let user = json!({
        "name": device.user_name, "managedAppleId": device.user_email_address, "isActiveUser": true,
        "hasDataToSync": draw.once_in(5), "dataQuota": quota, "dataUsed": draw.below(20_000), "lastLoggedInTime": at,
        "sampleTime": at,
    });
    Ok(Said::json(200, json!([user])))
}

const YEAR: SignedDuration = SignedDuration::from_hours(365 * 24);

/// The certificates that a device reports: its own identity, and for Wi-Fi one of its user.
pub(super) async fn certificates(context: Context, given: Given) -> Result<Said, Refusal> {
    let page = given.page()?;
    let record = named::device(&context, &given).await?;
    let all = held(&record, context.now());
    let total = all.len();
    let (size, number) = (page.size as usize, page.number as usize);
    let rows: Vec<Value> = all.into_iter().skip(size.saturating_mul(number)).take(size).collect();
    Ok(Said::json(
        200,
        json!({ "DeviceCertificates": rows, "Page": page.number, "PageSize": page.size, "Total": total }),
    ))
}

fn held(record: &Record, now: Timestamp) -> Vec<Value> {
    let mut expires = record.enrolled_at;
    while expires <= now {
        // It is renewed when it ends, as long as the device is there to do so.
        expires = expires.saturating_add(YEAR).unwrap_or(Timestamp::MAX);
    }
    let device = &record.device;
    let status = if record.is_managed() { "Active" } else { "Revoked" };
    let certificate = |place: i64, name: &str, issuer: &str, context: &str| {
        let mut draw = sample::Draw::of(record.uuid, "certificate", place);
        json!({
            "Name": name, "IssuedBy": issuer, "ExpiresOn": Stamp(expires).to_string(), "IsIdentity": "True",
            "Status": status, "CertificateContext": context, "CertificateLoaded": 1, "ApplicationBundleIdentifier": "",
            "FirstSampleTime": Stamp(record.enrolled_at).to_string(), "LastSampleTime": Stamp(record.seen_at).to_string(),
            "Error": "", "DeviceId": record.reference(), "Id": record.id * 10 + place, "Uuid": draw.uuid(),
        })
    };
    let mut held = vec![certificate(1, &device.serial_number, "Meridian Device Authority", "Device")];
    if !device.user_email_address.is_empty() && device.platform != Platform::Linux {
        held.push(certificate(2, &device.user_email_address, "Meridian User Authority", "User"));
    }
    held
}
