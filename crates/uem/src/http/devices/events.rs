//! What happened to a device, and when devices came and went.

use jiff::SignedDuration;
use muster_model::commands::{EventLog, EventLogPage};
use muster_model::words::EnrollmentStatus;
use muster_model::{Call, Stamp};
use serde_json::{Value, json};

use super::super::context::Context;
use super::super::given::Given;
use super::super::refusal::Refusal;
use super::super::said::Said;
use super::super::table::Outcome;
use super::{named, words};
use crate::store::devices::{self, Record, Wanted};
use crate::store::events;
use crate::store::page::Page;

/// Words of `severity`, gravest first, and what the log calls them.
const SEVERITIES: [(&str, &str); 8] = [
    ("emergency", "Emergency"),
    ("alert", "Alert"),
    ("critical", "Critical"),
    ("error", "Error"),
    ("warning", "Warning"),
    ("notice", "Notice"),
    ("information", "Information"),
    ("debug", "Debug"),
];

fn severity(word: Option<&str>) -> Result<Option<&'static str>, Refusal> {
    let Some(word) = word else { return Ok(None) };
    let asked = word.to_ascii_lowercase();
    let found =
        SEVERITIES.iter().find(|(known, _)| *known == asked || (asked == "informational" && *known == "information"));
    found.map(|(_, stored)| Some(*stored)).ok_or_else(|| {
        let all: Vec<&str> = SEVERITIES.iter().map(|(known, _)| *known).collect();
        words::unknown("severity", word, &all.join(", "))
    })
}

pub(in super::super) async fn event_log(context: Context, call: Call<EventLog>) -> Outcome<EventLog> {
    let page = Page::asked(Some(call.query.page), Some(call.query.pagesize));
    let known = devices::get(context.database(), call.path, context.scope()).await?;
    let record = known.ok_or_else(|| Refusal::no_device(call.path))?;
    let days = call.query.dayrange.map(i64::from);
    read(&context, &record, severity(call.query.severity.as_deref())?, days, page).await
}

/// The same of a device that is named by something else than its id.
pub(super) async fn by_alternate_id(context: Context, given: Given) -> Result<Said, Refusal> {
    let (page, severity) = (given.page()?, severity(given.asked("severity"))?);
    let record = named::device(&context, &given).await?;
    let log = read(&context, &record, severity, given.asked_id("dayrange"), page).await?;
    Ok(Said::list(serde_json::to_value(&log).unwrap_or_default(), log.total))
}

async fn read(
    context: &Context,
    record: &Record,
    severity: Option<&str>,
    days: Option<i64>,
    page: Page,
) -> Result<EventLogPage, Refusal> {
    let since = days.map(|days| {
        let back = SignedDuration::from_hours(days.clamp(0, 36_500) * 24);
        context.now().saturating_sub(back).unwrap_or(jiff::Timestamp::MIN)
    });
    let (entries, total) = events::of_device(context.database(), record.id, since, severity, page).await?;
    Ok(EventLogPage {
        device_event_log_entries: entries,
        page: page.number,
        page_size: page.size,
        total,
        ..Default::default()
    })
}

/// When the devices of an organization group were enrolled, and when they left.
pub(super) async fn audit(context: Context, given: Given) -> Result<Said, Refusal> {
    let page = given.page()?;
    let asked: i64 = given.text("og_id").parse().map_err(|_| words::no_group(given.text("og_id")))?;
    let time = |name: &str| given.asked(name).map(|text| words::moment(name, text)).transpose();
    let (since, until) = (time("startdate")?, time("enddate")?);
    let status = words::enrollment(given.asked("Status"))?;
    let wanted = Wanted {
        group: words::group(&context, Some(asked)).await?,
        serial_number: given.asked("serialnumber").map(str::to_owned),
        enrollment: status.clone().filter(|status| *status != EnrollmentStatus::Enrolled),
        descending: words::descending(given.asked("sortorder"))?,
        ..Wanted::default()
    };
    let (found, total) = devices::records(context.roll(), &wanted, context.scope(), page).await?;
    let inside = |at: jiff::Timestamp| since.is_none_or(|since| at >= since) && until.is_none_or(|until| at <= until);
    let row = |record: &Record| {
        let device = &record.device;
        let mut events = vec![(record.enrolled_at, "Enrolled".to_owned())];
        if device.enrollment_status != EnrollmentStatus::Enrolled {
            events.push((record.seen_at, device.enrollment_status.to_string()));
        }
        let events = events
            .into_iter()
            .filter(|(at, word)| inside(*at) && status.as_ref().is_none_or(|status| status.as_str() == word));
        let events: Vec<Value> = events
            .map(
                |(at, word)| json!({ "DateTime": Stamp(at).to_string(), "Status": word, "UserName": device.user_name }),
            )
            .collect();
        json!({ "DeviceName": device.device_friendly_name, "SerialNumber": device.serial_number, "Events": events })
    };
    let rows: Vec<Value> = found.iter().map(row).collect();
    let shown = (u64::from(page.number) + 1) * u64::from(page.size);
    let next = (shown < total).then(|| {
        format!(
            "{}/api/mdm/ogs/{asked}/devices/audit?page={}&pagesize={}",
            context.tenant.url,
            page.number + 1,
            page.size
        )
    });
    let answer = json!({
        "Devices": rows, "NextPage": next, "Page": page.number, "PageSize": page.size, "Total": total,
    });
    Ok(Said::list(answer, total))
}
