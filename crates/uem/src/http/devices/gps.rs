//! Where a device has been. Only devices that are not somebody's own are followed, and only those with a receiver.

use jiff::{SignedDuration, Timestamp};
use muster_model::Stamp;
use muster_model::words::{Ownership, Platform};
use serde_json::{Value, json};

use super::super::context::Context;
use super::super::given::Given;
use super::super::refusal::Refusal;
use super::super::said::Said;
use super::{edit, named, sample, words};
use crate::store::devices::{self, Record};

/// Seconds between two samples. The grid is the clock's, so that what was sampled once stays as it was.
const EVERY: i64 = 4 * 3_600;
const DAY: SignedDuration = SignedDuration::from_hours(24);
/// Days that are answered when none are asked for.
const DAYS: i64 = 1;
/// Days that the tenant keeps.
const KEPT: i64 = 30;

pub(super) async fn of_device(context: Context, given: Given) -> Result<Said, Refusal> {
    let by_id = given.asked("searchby").is_none() && !given.text("id").is_empty();
    let record = named::device(&context, &given).await;
    let record = if by_id { record.map_err(named::as_input)? } else { record? };
    if !located(&record) {
        let message = "The location of this device is not collected.";
        return Err(edit::unsupported(message));
    }
    let days = given.asked_id("dayRange").unwrap_or(DAYS).clamp(1, KEPT);
    let until = context.now();
    Ok(Said::json(200, track(&record, back(until, days), until).into()))
}

/// Coordinates of many devices.
pub(super) async fn bulk(context: Context, given: Given) -> Result<Said, Refusal> {
    let (by, values) = named::bulk(&given)?;
    let until = context.now();
    answer(&context, by, &values, back(until, DAYS), until).await
}

/// The same in a span of time.
pub(super) async fn bulk_search(context: Context, given: Given) -> Result<Said, Refusal> {
    let (by, values) = named::bulk(&given)?;
    let time = |name: &str| given.asked(name).map(|text| words::moment(name, text)).transpose();
    let now = context.now();
    let until = time("enddatetime")?.unwrap_or(now).min(now);
    let since = match (time("startdatetime")?, given.asked_id("daterange")) {
        (Some(since), _) => since.max(back(now, KEPT)),
        (None, days) => back(until, days.unwrap_or(DAYS).clamp(1, KEPT)),
    };
    if since > until {
        return Err(Refusal::bad("The startdatetime must lie before the enddatetime."));
    }
    answer(&context, by, &values, since, until).await
}

async fn answer(
    context: &Context,
    by: devices::Identifier,
    values: &[String],
    since: Timestamp,
    until: Timestamp,
) -> Result<Said, Refusal> {
    let found = devices::find_many(context.database(), by, values, context.scope()).await?;
    let samples: Vec<Value> = found
        .iter()
        .filter(|(_, record)| located(record))
        .flat_map(|(_, record)| track(record, since, until))
        .collect();
    let total = samples.len() as u64;
    Ok(Said::list(samples.into(), total))
}

fn back(from: Timestamp, days: i64) -> Timestamp {
    let by = DAY.checked_mul(i32::try_from(days).unwrap_or(i32::MAX)).unwrap_or(DAY);
    from.saturating_sub(by).unwrap_or(Timestamp::MIN)
}

fn located(record: &Record) -> bool {
    record.is_managed()
        && matches!(record.device.platform, Platform::Apple | Platform::Android)
        && record.device.ownership != Ownership::Employee
}

/// The samples of a span of time, newest first.
fn track(record: &Record, since: Timestamp, until: Timestamp) -> Vec<Value> {
    let last = until.min(record.seen_at).as_second().div_euclid(EVERY);
    let first = since.max(record.enrolled_at).as_second().div_euclid(EVERY);
    (first..=last).rev().filter_map(|slot| position(record, slot, since, until.min(record.seen_at))).collect()
}

fn position(record: &Record, slot: i64, since: Timestamp, until: Timestamp) -> Option<Value> {
    let mut draw = sample::Draw::of(record.uuid, "place", slot);
    let at = slot * EVERY + i64::try_from(draw.below(EVERY.unsigned_abs())).unwrap_or_default();
    let at = Timestamp::from_second(at).ok().filter(|at| (since..=until).contains(at))?;
    let home = sample::home(record);
    // Most of the time it is where its people work, sometimes on the road.
    let reach = if draw.once_in(6) { 0.4 } else { 0.01 };
    let latitude = home.latitude + draw.around() * reach;
    let longitude = home.longitude + draw.around() * reach;
    let speed = if reach > 0.1 { draw.below(110) } else { 0 };
    Some(json!({
        "DeviceId": record.id, "Latitude": format!("{latitude:.6}"), "Longitude": format!("{longitude:.6}"),
        "Elevation": (20 + draw.below(180)).to_string(), "Speed": speed.to_string(),
        "SampleTime": Stamp(at).to_string(), "Note": "", "Id": slot, "Uuid": draw.uuid(),
    }))
}
