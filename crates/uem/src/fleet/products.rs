//! Jobs of products: a device that is heard from ends what it has begun and begins what waits for it.

use muster_store::{Error, Transaction};

use super::bulk::{ids, placeholders};
use super::pace::Pace;
use crate::store::events::NewEvent;

/// One job of so many fails; a second attempt draws again.
const FAILING: i64 = 23;

/// After so many hours a device has been heard from more than once, also where a leap in time shows only the last
/// of its check-ins.
const SEVERAL: f64 = 12.0;

/// Takes the jobs of devices that have just been heard from one step on; answers what the devices tell.
pub(super) async fn advance(tx: &mut Transaction, devices: &[i64], pace: Pace) -> Result<Vec<NewEvent>, Error> {
    if devices.is_empty() {
        return Ok(Vec::new());
    }
    let mut events = end(tx, devices, "").await?;
    let begin = format!(
        "update product_jobs set status = 'InProgress', started_at = {SEEN} \
         where device_id in ({}) and status = 'Queued'",
        placeholders(tx.engine(), devices.len())
    );
    if tx.execute(begin, ids(devices)).await? > 0 {
        let long_ago = format!(" and queued_at < {SEEN} - {}", pace.hours(SEVERAL));
        events.extend(end(tx, devices, &long_ago).await?);
    }
    events.sort_by_key(|event| (event.at, event.device_id));
    Ok(events)
}

/// When the job's device was heard from.
const SEEN: &str = "(select d.last_seen_at from devices d where d.id = product_jobs.device_id)";

/// Ends jobs that have begun, of those that fulfil a condition.
async fn end(tx: &mut Transaction, devices: &[i64], condition: &str) -> Result<Vec<NewEvent>, Error> {
    let marks = placeholders(tx.engine(), devices.len());
    let fails = format!("(device_id * 31 + product_id * 7 + attempts * 11) % {FAILING} = 0");
    let end = format!(
        "update product_jobs set finished_at = {SEEN}, \
         status = case when {fails} then 'Failed' else 'Completed' end, \
         error = case when {fails} then 'The download was interrupted' else '' end \
         where device_id in ({marks}) and status = 'InProgress'{condition} \
         returning device_id, kind, status, error, finished_at, \
         (select p.name from objects p where p.kind = 'product' and p.id = product_jobs.product_id) as name"
    );
    let mut events = Vec::new();
    let mut left = false;
    for row in tx.fetch(end, ids(devices)).await? {
        let (kind, status): (String, String) = (row.get("kind")?, row.get("status")?);
        let done = status == "Completed";
        left |= done && kind == "Uninstall";
        let mut details = vec![format!("Product={}", row.get::<Option<String>>("name")?.unwrap_or_default())];
        let error: String = row.get("error")?;
        if !error.is_empty() {
            details.push(format!("Reason={error}"));
        }
        events.push(NewEvent {
            device_id: row.get("device_id")?,
            at: row.get("finished_at")?,
            severity: if done { "Information" } else { "Warning" },
            event: format!("Product {kind} {}", if done { "Confirmed" } else { "Failed" }),
            admin_account: String::new(),
            source: "Device",
            details,
        });
    }
    if left {
        let sql = format!(
            "delete from product_jobs where device_id in ({marks}) and kind = 'Uninstall' and status = 'Completed'"
        );
        tx.execute(sql, ids(devices)).await?;
    }
    Ok(events)
}
