//! Figures about products: what does not comply, how long downloads took, how healthy devices are.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::super::context::Context;
use super::super::given::Given;
use super::super::owner;
use super::super::policy::Action::Read;
use super::super::policy::Resource::Products;
use super::super::policy::needs;
use super::super::refusal::Refusal;
use super::super::said::Said;
use super::super::table::Table;
use super::model::{self, Groups};
use super::search::{date, page_of};
use crate::store::page::Page;
use crate::store::products::{self, Job, Wanted};

pub(super) fn routes(table: &mut Table) {
    table
        .serve("mdmv1/ProductsV1_ProductComplianceIssues", needs(Products, Read), issues)
        .serve("mdmv1/ProductsV1_ProductComplianceIssueSummary", needs(Products, Read), summary)
        .serve("mdmv1/ProductsV1_DeviceHealthCheckSearch", needs(Products, Read), health)
        .serve("mdmv1/ProductComponentsV1_DevicesProcessedPeAsync", needs(Products, Read), processed)
        .serve(
            "mdmv1/ProductComponentsV1_RetrieveProductDownloadAndInstallStatistics",
            needs(Products, Read),
            durations,
        );
}

/// Number and word of a job's state, as these figures have it.
fn state(job: &Job) -> (i64, &'static str) {
    match job.status.as_str() {
        "Completed" => (1, "Compliant"),
        "Failed" => (3, "Failed"),
        _ => (2, "InProgress"),
    }
}

/// Jobs of devices that do not comply yet.
async fn open(context: &Context, given: &Given) -> Result<Vec<Job>, Refusal> {
    let numbers = |name: &str| -> Result<Vec<i64>, Refusal> {
        let wrong = |_| Refusal::bad(format!("The {name} is a list of numbers."));
        given.asked_all(name).into_iter().map(|text| text.parse().map_err(wrong)).collect()
    };
    let products_wanted = numbers("resourceids")?;
    let platforms: Vec<&str> = given.asked_all("devicetypes");
    let status = given.asked_id("compliancestatus");
    let group = owner::asked(context, given.asked_id("organizationgroupid")).await?;
    let wanted = Wanted { group, statuses: &["Queued", "InProgress", "Failed"], ..Wanted::default() };
    let everything = Page::asked_or_all(None, None);
    let (found, _) = products::jobs(context.database(), &wanted, everything, context.scope()).await?;
    let fits = |job: &Job| {
        let own = muster_model::words::Platform::from(job.platform.as_str());
        (products_wanted.is_empty() || products_wanted.contains(&job.product))
            && (platforms.is_empty()
                || platforms.iter().any(|word| muster_model::words::Platform::known(word).as_ref() == Some(&own)))
            && status.is_none_or(|status| state(job).0 == status)
    };
    Ok(found.into_iter().filter(fits).collect())
}

async fn issues(context: Context, given: Given) -> Result<Said, Refusal> {
    let page = given.page()?;
    let found = open(&context, &given).await?;
    let shown: Vec<Value> = page_of(&found, page)
        .map(|job| {
            let (number, word) = state(job);
            json!({ "DeviceId": job.device, "FriendlyName": job.device_name, "DeviceType": job.platform,
                "DeviceTypeId": muster_model::words::Platform::from(job.platform.as_str()).number(),
                "OrganizationGroup": job.group_name, "Product": job.product_name, "ProductId": job.product,
                "ProductComplianceStatus": word, "ProductComplianceStatusId": number })
        })
        .collect();
    let total = found.len() as u64;
    Ok(Said::list(
        json!({ "ProductComplianceIssueDetails": shown, "Page": page.number, "PageSize": page.size, "Total": total }),
        total,
    ))
}

async fn summary(context: Context, given: Given) -> Result<Said, Refusal> {
    let mut counts: BTreeMap<(i64, &str), i64> = BTreeMap::new();
    for job in open(&context, &given).await? {
        *counts.entry(state(&job)).or_default() += 1;
    }
    let shown: Vec<Value> = counts
        .iter()
        .map(|((number, word), count)| {
            json!({ "ProductComplianceStatusId": number, "ProductComplianceStatus": word,
                "ComplianceStatusCount": count })
        })
        .collect();
    let total = shown.len() as u64;
    let body = json!({ "ProductComplianceIssueSummaryDetails": shown, "Page": 0, "PageSize": total, "Total": total });
    Ok(Said::list(body, total))
}

async fn health(context: Context, given: Given) -> Result<Said, Refusal> {
    let page = given.page()?;
    let group = owner::asked(&context, given.asked_id("organizationgroupid")).await?;
    let platform = given.asked("platform").map(|word| model::platform(Some(word), None)).transpose()?;
    let platform = platform.as_ref().map(muster_model::words::Platform::as_str);
    let (found, total) = products::health(context.database(), group, platform, page, context.scope()).await?;
    let shown: Vec<Value> = found
        .iter()
        .map(|device| {
            let network = json!([{ "Name": "Wi-Fi", "ConnectionType": "WiFi", "MACAddress": device.mac }]);
            #[expect(clippy::cast_possible_truncation, reason = "gigabytes of a device's storage")]
            let available = (device.available_gb * 1024.0) as i64;
            json!({ "DeviceId": device.device, "FriendlyName": device.name, "SerialNumber": device.serial,
                "UDID": device.udid, "AssetNumber": device.asset_number, "Username": device.user,
                "OrganizationGroupId": device.group, "AvailableDiskSpace": available,
                "TotalMemory": device.memory_mb, "DeviceNetworkInfo": network, "CustomAttributes": [] })
        })
        .collect();
    Ok(Said::list(json!({ "Device": shown, "Page": page.number, "PageSize": page.size, "Total": total }), total))
}

/// The span that `starttime` and `endtime` name.
fn span(given: &Given) -> Result<(Option<Timestamp>, Option<Timestamp>), Refusal> {
    let (from, till) = (given.asked_time("starttime"), given.asked_time("endtime"));
    if from.zip(till).is_some_and(|(from, till)| from > till) {
        return Err(Refusal::bad("The starttime is after the endtime."));
    }
    Ok((from, till))
}

async fn processed(context: Context, given: Given) -> Result<Said, Refusal> {
    let group = owner::group(&context, given.asked_id("organizationgroupid")).await?;
    let (changed_from, changed_till) = span(&given)?;
    let wanted = Wanted { group: Some(group), changed_from, changed_till, ..Wanted::default() };
    let everything = Page::asked_or_all(None, None);
    let (found, _) = products::jobs(context.database(), &wanted, everything, context.scope()).await?;
    let devices: std::collections::BTreeSet<i64> = found.iter().map(|job| job.device).collect();
    let groups = Groups::load(&context).await?;
    let shown = json!({
        "Id": group, "OrganizationGroup": groups.owners.get(&group), "DevicesProcessed": devices.len().to_string(),
        "StartDate": changed_from.map(date), "EndDate": date(changed_till.unwrap_or_else(|| context.now())),
    });
    Ok(Said::json(200, shown))
}

async fn durations(context: Context, given: Given) -> Result<Said, Refusal> {
    let page = given.page()?;
    let group = owner::asked(&context, given.asked_id("organizationgroupid")).await?;
    let (changed_from, changed_till) = span(&given)?;
    let wanted = Wanted { group, changed_from, changed_till, statuses: &["Completed", "Failed"], ..Wanted::default() };
    let (found, total) = products::jobs(context.database(), &wanted, page, context.scope()).await?;
    let shown: Vec<Value> = found
        .iter()
        .map(|job| {
            let ended = job.finished_at.unwrap_or(job.queued_at);
            let took = ended.duration_since(job.started_at.unwrap_or(ended)).as_secs();
            let job_shown = json!({ "DeviceProductJobId": job.id(), "DownloadDuration": took.to_string(),
                "LastDownloadDate": date(job.started_at.unwrap_or(ended)), "LastInstallDate": date(ended),
                "LastJobStatus": job.status });
            json!({ "DeviceID": job.device, "FriendlyName": job.device_name, "SerialNumber": job.serial,
                "ProductName": job.product_name, "ComplianceState": state(job).1, "JobStatistics": [job_shown] })
        })
        .collect();
    Ok(Said::list(json!({ "ProductDownloadAndInstallStatistics": shown }), total))
}
