//! Devices of a product by how far their jobs are, and single jobs.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::super::context::Context;
use super::super::given::Given;
use super::super::owner;
use super::super::policy::Action::Read;
use super::super::policy::Resource::Products;
use super::super::policy::needs;
use super::super::refusal::Refusal;
use super::super::said::Said;
use super::super::table::Table;
use super::search::date;
use super::{invalid_product, no_product, read};
use crate::store::page::Page;
use crate::store::products::{self, Job, Wanted};

pub(super) fn routes(table: &mut Table) {
    table
        .serve("mdmv2/ProductsV2_AssignedProductDevicesAsync", needs(Products, Read), |context, given| {
            devices(context, given, &[])
        })
        .serve("mdmv2/ProductsV2_ProductCompliantDevicesAsync", needs(Products, Read), |context, given| {
            devices(context, given, &["Completed"])
        })
        .serve("mdmv2/ProductsV2_FailedProductDevicesAsync", needs(Products, Read), |context, given| {
            devices(context, given, &["Failed"])
        })
        .serve("mdmv2/ProductsV2_InprogressProductDevicesAsync", needs(Products, Read), |context, given| {
            devices(context, given, &["Queued", "InProgress"])
        })
        .serve("mdmv1/ProductsV1_ProvisioningJobs", needs(Products, Read), all)
        .serve("mdmv1/ProductsV1_JobStatusChangeTimestamp", needs(Products, Read), times)
        .serve("mdmv1/ProductsV1_GetJobDetailsforProductAsync", needs(Products, Read), details);
}

async fn devices(context: Context, given: Given, statuses: &'static [&'static str]) -> Result<Said, Refusal> {
    let id = given.id("id");
    read(&context, id, || invalid_product(id)).await?;
    let page = given.page()?;
    let wanted = Wanted {
        product: Some(id),
        statuses,
        seen_since: given.asked_time("seensince"),
        changed_from: given.asked_time("lastjobupdatefrom"),
        ..Wanted::default()
    };
    let (found, total) = products::jobs(context.database(), &wanted, page, context.scope()).await?;
    let shown: Vec<Value> = found
        .iter()
        .map(|job| {
            json!({ "DeviceId": job.device, "Name": job.device_name, "LastJobStatus": job.status,
                "LastSeen": date(job.last_seen_at) })
        })
        .collect();
    Ok(Said::list(json!({ "Devices": shown, "Page": page.number, "PageSize": page.size, "Total": total }), total))
}

/// Jobs that the query of a list wants.
async fn wanted<'a>(context: &Context, given: &Given) -> Result<Wanted<'a>, Refusal> {
    let number = |name: &str| given.asked(name).map(str::parse::<i64>).transpose();
    let wrong = |_| Refusal::bad("An id is no number.");
    Ok(Wanted {
        product: number("productid").map_err(wrong)?,
        device: number("deviceid").map_err(wrong)?,
        group: owner::asked(context, given.asked_id("organizationgroupid")).await?,
        changed_from: given.asked_time("modifieddatefrom"),
        changed_till: given.asked_time("modifieddateto"),
        ..Wanted::default()
    })
}

async fn all(context: Context, given: Given) -> Result<Said, Refusal> {
    let page = given.page()?;
    let wanted = wanted(&context, &given).await?;
    let (found, total) = products::jobs(context.database(), &wanted, page, context.scope()).await?;
    let shown: Vec<Value> = found
        .iter()
        .map(|job| {
            json!({ "JobID": job.id(), "JobUuid": job.uuid(), "JobType": job.kind, "JobState": job.status,
                "DeviceID": job.device, "DeviceUuid": job.device_uuid, "Product": job.product_name,
                "OrganizationGroup": job.group_name, "ModifiedDate": job.changed_at().as_microsecond(),
                "ErrorCode": if job.error.is_empty() { "" } else { "1" }, "ErrorMessage": job.error,
                "PartOfSet": "No" })
        })
        .collect();
    Ok(Said::list(
        json!({ "ProvisioningJobsDetails": shown, "Page": page.number, "PageSize": page.size, "Total": total }),
        total,
    ))
}

/// When each job came into each of its states, device by device.
async fn times(context: Context, given: Given) -> Result<Said, Refusal> {
    let page = given.page()?;
    let wanted = wanted(&context, &given).await?;
    let job = given.asked("jobid").map(str::parse::<i64>).transpose();
    let job = job.map_err(|_| Refusal::bad("The jobid is no number."))?;
    let everything = Page::asked_or_all(None, None);
    let (found, _) = products::jobs(context.database(), &wanted, everything, context.scope()).await?;
    let found: Vec<&Job> = found.iter().filter(|one| job.is_none_or(|job| one.id() == job)).collect();
    let by_device: Vec<&[&Job]> = found.chunk_by(|left, right| left.device == right.device).collect();
    let total = by_device.len() as u64;
    let shown: Vec<Value> = super::search::page_of(&by_device, page)
        .filter_map(|jobs| {
            let first = jobs.first()?;
            let jobs: Vec<Value> = jobs.iter().map(|job| moments(job)).collect();
            Some(json!({ "DeviceID": first.device, "DeviceSerialNumber": first.serial,
                "LastSeen": date(first.last_seen_at), "JobTimestampDetails": jobs }))
        })
        .collect();
    Ok(Said::list(
        json!({ "ProvisioningStatusJobDetails": shown, "Page": page.number, "PageSize": page.size, "Total": total }),
        total,
    ))
}

fn moments(job: &Job) -> Value {
    let mut shown = Map::from_iter([
        ("JobID".to_owned(), json!(job.id())),
        ("JobType".to_owned(), json!(job.kind)),
        ("ProductID".to_owned(), json!(job.product)),
        ("ProductName".to_owned(), json!(job.product_name)),
        ("PartOfSet".to_owned(), json!("No")),
        ("QueuedTimestamp".to_owned(), json!(date(job.queued_at))),
    ]);
    let mut at = |name: &str, moment: Option<Timestamp>| {
        if let Some(moment) = moment {
            shown.insert(name.to_owned(), json!(date(moment)));
        }
    };
    at("StartedTimestamp", job.started_at);
    at(if job.status == "Failed" { "FailedTimestamp" } else { "CompletedTimestamp" }, job.finished_at);
    Value::Object(shown)
}

async fn details(context: Context, given: Given) -> Result<Said, Refusal> {
    let (uuid, device) = (given.uuid("productUuid"), given.uuid("deviceUuid"));
    let product = read(&context, uuid, || no_product(uuid)).await?;
    let wanted = Wanted { product: Some(product.id), ..Wanted::default() };
    let everything = Page::asked_or_all(None, None);
    let (found, _) = products::jobs(context.database(), &wanted, everything, context.scope()).await?;
    let job = found.iter().find(|job| job.device_uuid == device);
    let job = job.ok_or_else(|| Refusal::not_found(format!("Device {device} has no job of product {uuid}.")))?;
    let log = format!("{} {} (attempt {})", job.kind, job.status, job.attempts);
    let shown = json!({
        "job_uuid": job.uuid(), "job_status": job.status, "product_uuid": uuid, "product_version": job.version,
        "error_code": if job.error.is_empty() { "" } else { "1" }, "error_message": job.error, "job_logs": log,
    });
    Ok(Said::json(200, shown))
}
