//! What devices report besides: samples from elsewhere, mail, use of mobile networks, and logs of what they were told.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use muster_model::Stamp;
use muster_model::ids::DeviceId;
use muster_model::words::{ComplianceStatus, Platform};
use serde_json::{Value, json};

use super::super::context::Context;
use super::super::given::Given;
use super::super::refusal::Refusal;
use super::super::said::Said;
use super::{named, sample, words};
use crate::store::devices::attributes::{self, Wish};
use crate::store::devices::{self, Identifier, Record, Report, Wanted, find};
use crate::store::page::Page;
use crate::store::{commands, events};

/// Members of a sample that say whose it is.
const NAMES: [(&str, Identifier); 4] = [
    ("deviceuuid", Identifier::Uuid),
    ("udid", Identifier::Udid),
    ("serialnumber", Identifier::SerialNumber),
    ("deviceid", Identifier::Id),
];

/// Takes a sample of a device from somebody else than its agent. What has no column becomes a custom attribute.
pub(super) async fn save(context: Context, given: Given) -> Result<Said, Refusal> {
    let plain =
        |name: &str| -> String { name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_lowercase() };
    let members: Vec<(String, String, String)> = given
        .members()
        .into_iter()
        .filter_map(|(name, value)| Some((plain(&name), name, value.as_str()?.trim().to_owned())))
        .collect();
    let of = |wanted: &str| members.iter().find(|(name, ..)| name == wanted).map(|(.., value)| value.as_str());
    let named = NAMES.iter().find_map(|&(name, by)| Some((by, of(name)?)));
    let (by, name) =
        named.ok_or_else(|| Refusal::bad("A sample needs one of DeviceUuid, Udid, SerialNumber and DeviceId."))?;
    let number = |name: &str| -> Result<Option<f64>, Refusal> {
        let wrong = |_| Refusal::bad(format!("The {name} of the sample is not a number."));
        of(name).map(|text| text.trim_end_matches('%').trim().parse::<f64>().map_err(wrong)).transpose()
    };
    #[expect(clippy::cast_possible_truncation, reason = "per cent")]
    let battery = number("batterylevel")?.map(|level| level.clamp(0.0, 100.0) as i64);
    let report = Report {
        battery_percent: battery,
        available_gb: number("availablecapacity")?.map(|free| free.max(0.0)),
        os_version: of("osversion"),
        os_build: of("osbuild"),
        phone_number: of("phonenumber"),
    };
    let known = ["batterylevel", "availablecapacity", "osversion", "osbuild", "phonenumber"];
    let mut tx = context.begin().await?;
    let found = devices::find_in(&mut tx, by, name, context.scope()).await?;
    let record = found.ok_or_else(|| Refusal::invalid(format!("Device not found: {name}.")))?;
    devices::report(&mut tx, record.id, &report).await?;
    for (plain, name, value) in &members {
        if !known.contains(&plain.as_str()) && !NAMES.iter().any(|(name, _)| name == plain) {
            let wish = Wish { application_group: "DeviceSamples", name, value: Some(value) };
            attributes::set(&mut tx, record.id, wish, "Device", context.now()).await?;
        }
    }
    tx.commit().await?;
    Ok(Said::nothing(202))
}

/// Devices that fetch mail, and whether they may.
pub(super) async fn mail(context: Context, given: Given) -> Result<Said, Refusal> {
    let page = given.page()?;
    let group = words::group(&context, given.asked_id("organizationgroupid")).await?;
    let wanted = Wanted { group, has_mail: true, ..Wanted::default() };
    let (found, total) = devices::records(context.roll(), &wanted, context.scope(), page).await?;
    let row = |record: &Record| {
        let device = &record.device;
        let blocked = device.compliance_status == ComplianceStatus::NonCompliant;
        let (managed, reason) = match (record.is_managed(), blocked) {
            (false, _) => ("Unmanaged", "Unmanaged"),
            (true, true) => ("Managed", "NonCompliant"),
            (true, false) => ("Managed", "Compliant"),
        };
        let kind = if device.platform == Platform::Android { "Android" } else { "iPhone" };
        json!({
            "MEMDeviceID": record.id, "EASDeviceID": find::eas_id(device), "EasDeviceType": kind,
            "EmailAddress": device.user_email_address, "FriendlyName": device.device_friendly_name,
            "Managed": managed, "Platform": device.platform, "Reason": reason,
            "Status": if reason == "Compliant" { "Allowed" } else { "Blocked" },
        })
    };
    let rows: Vec<Value> = found.iter().map(row).collect();
    Ok(Said::list(json!({ "MEMDevices": rows, "Page": page.number, "PageSize": page.size, "Total": total }), total))
}

/// A day's use of the mobile network by one device.
fn usage(record: &Record, day: Date) -> Value {
    let since: i64 = i64::from((day - jiff::civil::date(2000, 1, 1)).get_days());
    let mut draw = sample::Draw::of(record.uuid, "usage", since);
    let (home, network) = (sample::home(record), sample::network(record));
    let (out, into) = (draw.below(40), draw.below(40));
    let roaming = if network.roaming { draw.below(50_000) } else { 0 };
    let texts = (draw.below(12), draw.below(12));
    json!({
        "DeviceId": record.id, "PhoneNumber": record.device.phone_number, "Date": day.to_string(),
        "CellularTechnology": "LTE", "HomeMCC": home.mobile_country.to_string(),
        "HomeMNC": home.mobile_network.to_string(), "NonRoamingKiloBytes": draw.below(900_000).to_string(),
        "RoamingKiloBytes": roaming.to_string(), "OutgoingPeakVoiceUsage": out.to_string(),
        "IncomingPeakVoiceUsage": into.to_string(), "PeakVoiceUsage": (out + into).to_string(),
        "OutgoingOffPeakVoiceUsage": "0", "IncomingOffPeakVoiceUsage": "0", "OffPeakVoiceUsage": "0",
        "OutgoingMessageUsage": texts.0.to_string(), "IncomingMessageUsage": texts.1.to_string(),
        "MessageUsage": (texts.0 + texts.1).to_string(),
    })
}

fn day_of(at: Timestamp) -> Date {
    at.to_zoned_datetime(TimeZone::UTC).date()
}

fn results(rows: Vec<Value>, total: u64) -> Said {
    Said::list(json!({ "ResultSet": rows, "TotalResults": total, "AdditionalInfo": { "Links": [] } }), total)
}

/// One day of all devices of a group.
pub(super) async fn usage_of_group(context: Context, given: Given) -> Result<Said, Refusal> {
    let page = given.page()?;
    let day = match given.asked("date") {
        None => day_of(context.now()),
        Some(text) => day_of(words::moment("date", text)?),
    };
    let wanted = Wanted {
        group: words::group(&context, given.asked_id("organizationgroupid")).await?,
        has_modem: true,
        enrolled_until: day
            .tomorrow()
            .ok()
            .and_then(|next| Some(next.to_zoned_datetime(TimeZone::UTC).ok()?.timestamp())),
        descending: words::descending(given.asked("sortorder"))?,
        ..Wanted::default()
    };
    let (found, total) = devices::records(context.roll(), &wanted, context.scope(), page).await?;
    Ok(results(found.iter().map(|record| usage(record, day)).collect(), total))
}

/// Days that are answered when none are asked for.
const USAGE_DAYS: i32 = 7;

/// All days of one device in a span of time.
pub(super) async fn usage_of_device(context: Context, given: Given) -> Result<Said, Refusal> {
    let page = given.page()?;
    let record = match given.asked("phonenumber") {
        Some(number) if given.asked("searchby").is_none() => {
            let wanted = Wanted { phone_number: Some(number.to_owned()), ..Wanted::default() };
            let one = Page::asked(None, Some(1));
            let (found, _) = devices::records(context.roll(), &wanted, context.scope(), one).await?;
            found.into_iter().next().ok_or_else(|| Refusal::no_device(number))?
        }
        _ => named::device(&context, &given).await?,
    };
    let day = |name: &str| given.asked(name).map(|text| words::moment(name, text).map(day_of)).transpose();
    let last = day("enddate")?.unwrap_or_else(|| day_of(context.now())).min(day_of(context.now()));
    let first = match day("startdate")? {
        Some(first) => first,
        None => last.saturating_sub(jiff::Span::new().days(USAGE_DAYS - 1)),
    };
    if first > last {
        return Err(Refusal::bad("The startdate must lie before the enddate."));
    }
    let first = first.max(day_of(record.enrolled_at)).max(last.saturating_sub(jiff::Span::new().days(400)));
    let mut days: Vec<Date> = first.series(jiff::Span::new().days(1)).take_while(|day| *day <= last).collect();
    if record.device.imei.is_empty() {
        days.clear();
    }
    if words::descending(given.asked("sortorder"))? {
        days.reverse();
    }
    let total = days.len() as u64;
    let (size, number) = (page.size as usize, page.number as usize);
    let shown = days.into_iter().skip(size.saturating_mul(number)).take(size);
    Ok(results(shown.map(|day| usage(&record, day)).collect(), total))
}

/// What a device logged about a command: the source of a log is the command's UUID.
pub(super) async fn log_of_source(context: Context, given: Given) -> Result<Said, Refusal> {
    let record = named::device(&context, &given).await?;
    let source = given.uuid("sourceUuid");
    let all = Page::asked_or_all(None, None);
    let (known, _) = commands::of_device(context.database(), DeviceId(record.id), all).await?;
    if !known.iter().any(|command| command.command_uuid == Some(source)) {
        return Err(Refusal::not_found(format!("The device has no source {source}.")));
    }
    let (entries, _) = events::of_device(context.database(), record.id, None, None, all).await?;
    let time = |name: &str| given.asked(name).map(|text| words::moment(name, text)).transpose();
    let (after, before) = (time("generated_after")?, time("generated_before")?);
    let about = source.to_string();
    let mut logs: Vec<Value> = Vec::new();
    // The log is kept newest first.
    for entry in entries.iter().rev() {
        let Some(Stamp(at)) = entry.time_stamp else { continue };
        let named = entry.event_data_list.iter().any(|data| data.new_value == about);
        if named && after.is_none_or(|after| at > after) && before.is_none_or(|before| at < before) {
            let line = format!("{} {} {}\n", Stamp(at), entry.severity, entry.event);
            let uuid = sample::Draw::of(source, "log", entry.id.0.0).uuid();
            logs.push(json!({
                "generated_at": Stamp(at).to_string(), "log_data": STANDARD.encode(line), "uuid": uuid.to_string(),
            }));
        }
    }
    if given.asked("sort_order").is_some_and(|order| order.eq_ignore_ascii_case("desc")) {
        logs.reverse();
    }
    let total = logs.len();
    let number = |name: &str| given.asked_id(name).and_then(|number| usize::try_from(number).ok());
    let shown = logs.into_iter().skip(number("offset").unwrap_or(0)).take(number("limit").unwrap_or(100));
    Ok(Said::json(200, json!([{ "logs": shown.collect::<Vec<_>>(), "total_results": total }])))
}

/// Registrations of a device with the identity providers that let only known devices in, for both versions.
pub(super) async fn conditional_access(context: Context, given: Given) -> Result<Said, Refusal> {
    let record = named::device(&context, &given).await?;
    let device = &record.device;
    let microsoft = matches!(device.platform, Platform::WinRt | Platform::Apple | Platform::AppleOsX);
    let google = matches!(device.platform, Platform::Android | Platform::ChromeOs | Platform::ChromeBook);
    if !record.is_managed() || !(microsoft || google) {
        return Err(Refusal::not_found(format!("Device {} is registered with no partner.", record.uuid)));
    }
    let mut draw = sample::Draw::of(record.uuid, "conditional access", 0);
    let (partner_device, tenant) = (draw.uuid(), sample::uuid_of("partner tenant"));
    let partner_user = record.user_uuid.map(|uuid| uuid.to_string()).unwrap_or_default();
    let (created, seen) = (Stamp(record.enrolled_at).to_string(), Stamp(record.seen_at).to_string());
    if given.operation.version == 1 {
        let partner = if microsoft { "Microsoft" } else { "Google" };
        let row = json!({
            "partner_type": partner, "partner_device_id": partner_device, "partner_tenant_id": tenant,
            "partner_user_id": partner_user,
        });
        return Ok(Said::json(200, json!([row])));
    }
    let compliant = device.compliance_status.as_str();
    let common = json!({
        "created_on": created, "modified_on": seen, "device_last_update_time": seen, "partner_tenant_id": tenant,
        "device_last_update_compliance_status": compliant, "device_last_update_management_status": "Managed",
        "udid": device.udid, "partner_device_id": partner_device, "partner_device_ids": [partner_device],
        "partner_user_id": partner_user, "shared_mode_eligible": "NO",
        "shared_device_mode_registration_status": "NOT_APPLICABLE",
    });
    let name = if microsoft { "microsoft_registration_information" } else { "google_registration_information" };
    Ok(Said::json(200, json!({ name: common })))
}
