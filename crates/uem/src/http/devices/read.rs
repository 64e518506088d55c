//! One device, or several that are named, in every version and both dialects.

use muster_model::Call;
use muster_model::devices::{BulkSettings, Device, Find, Get};
use muster_model::guide;
use muster_model::ids::DeviceId;
use serde_json::json;

use super::super::context::Context;
use super::super::given::Given;
use super::super::refusal::Refusal;
use super::super::said::Said;
use super::super::table::Outcome;
use super::{named, shape, words};
use crate::store::devices::{self, Record};
use crate::store::{bulk_limits, organization_groups, tags};

pub(in super::super) async fn get(context: Context, call: Call<Get>) -> Outcome<Get> {
    let record = one(&context, call.path).await?;
    shape::detail(&context, &record).await
}

pub(in super::super) async fn guide_get(context: Context, call: Call<guide::DevicesGet>) -> Outcome<guide::DevicesGet> {
    let record = one(&context, call.path).await?;
    Ok(Device { tags: Some(tags::names(context.database(), call.path).await?), ..record.device })
}

async fn one(context: &Context, id: DeviceId) -> Result<Record, Refusal> {
    devices::get(context.database(), id, context.scope()).await?.ok_or_else(|| Refusal::no_device(id))
}

pub(in super::super) async fn find(context: Context, call: Call<Find>) -> Outcome<Find> {
    let by = named::identifier(&call.query.searchby)?;
    let found = devices::find(context.database(), by, &call.query.id, context.scope()).await?;
    shape::detail(&context, &found.ok_or_else(|| Refusal::no_device(&call.query.id))?).await
}

pub(in super::super) async fn bulk_settings(context: Context, _: Call<BulkSettings>) -> Outcome<BulkSettings> {
    Ok(bulk_limits::all(context.database()).await?)
}

pub(super) async fn version_2(context: Context, given: Given) -> Result<Said, Refusal> {
    let record = named::device(&context, &given).await?;
    Ok(Said::json(200, shape::version_2(&context, &record)))
}

pub(super) async fn version_3(context: Context, given: Given) -> Result<Said, Refusal> {
    let record = named::device(&context, &given).await?;
    Ok(Said::json(200, shape::version_3(&context, &record)))
}

/// Devices of many identifiers. Those that name none are silently absent; if all do, there is nothing to show.
pub(super) async fn bulk(context: Context, given: Given) -> Result<Said, Refusal> {
    let (by, values) = named::bulk(&given)?;
    let found = devices::find_many(context.database(), by, &values, context.scope()).await?;
    if found.is_empty() {
        return Err(Refusal::no_device(values.join(", ")));
    }
    let records: Vec<Record> = found.into_iter().map(|(_, record)| record).collect();
    let rows = shape::details(&context, &records).await?;
    let total = rows.len();
    Ok(Said::json(200, json!({ "Devices": rows, "Page": 0, "PageSize": total, "Total": total })))
}

/// Only the UUID of a device, by its UDID.
pub(super) async fn by_udid(context: Context, given: Given) -> Result<Said, Refusal> {
    let record = named::device(&context, &given).await.map_err(as_uuid_missing)?;
    Ok(Said::json(200, json!({ "uuid": record.uuid })))
}

/// This one route speaks of a UDID as others do of a UUID (reference §3.3).
fn as_uuid_missing(refusal: Refusal) -> Refusal {
    match refusal {
        Refusal::Fault { status: 404, message, .. } => {
            Refusal::new(404, muster_model::error::code::DEVICE_UUID_NOT_FOUND, message)
        }
        other => other,
    }
}

pub(super) async fn enrollment_status(context: Context, given: Given) -> Result<Said, Refusal> {
    let record = named::device(&context, &given).await?;
    if let Some(group) = words::group(&context, given.asked_id("organizationgroupid")).await?
        && !organization_groups::ids_above(context.database(), record.group).await?.contains(&group)
    {
        return Err(Refusal::no_device(given.text("udid")));
    }
    let device = &record.device;
    let domain = device.user_email_address.split_once('@').map_or("", |(_, domain)| domain);
    Ok(Said::json(
        200,
        json!({
            "EnrollmentStatus": device.enrollment_status, "DeviceManagedBy": "MDM", "Username": device.user_name,
            "Domain": domain, "Id": record.id, "Uuid": record.uuid,
        }),
    ))
}
