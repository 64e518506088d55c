//! Devices: search, read, edit, in both dialects.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use muster_model::devices::{BulkLimits, BulkSettings, Device, DevicePage, DeviceQuery, Find, Get, Search, Update};
use muster_model::error::code;
use muster_model::ids::DeviceId;
use muster_model::words::{ComplianceStatus, Ownership, Platform};
use muster_model::{Call, Nothing, Stamp, guide};

use super::context::Context;
use super::refusal::Refusal;
use super::table::Outcome;
use crate::store::devices::{self, Edit, Identifier, Order, Wanted};
use crate::store::page::Page;
use crate::store::tenant::ROOT_GROUP;
use crate::store::{organization_groups, tags};

/// Longest name of a tag.
const TAG_LENGTH: usize = 255;

pub(super) async fn search(context: Context, call: Call<Search>) -> Outcome<Search> {
    page(&context, &call.query).await
}

pub(super) async fn guide_search(context: Context, call: Call<guide::DevicesSearch>) -> Outcome<guide::DevicesSearch> {
    page(&context, &call.query).await
}

async fn page(context: &Context, query: &DeviceQuery) -> Result<DevicePage, Refusal> {
    let page = Page::asked(query.page, query.pagesize);
    let wanted = wanted(query)?;
    if let Some(group) = wanted.group
        && !organization_groups::exists(context.database(), group).await?
    {
        return Err(Refusal::invalid(format!("Organization group {group} is not found or not accessible.")));
    }
    let (devices, total) = devices::search(context.database(), &wanted, page).await?;
    Ok(DevicePage { devices, page: page.number, page_size: page.size, total })
}

/// What a query wants. A word outside its vocabulary is refused: ignored, it would list everything.
fn wanted(query: &DeviceQuery) -> Result<Wanted, Refusal> {
    let compliance = match query.compliantstatus.as_deref().map(str::to_ascii_lowercase).as_deref() {
        None => None,
        Some("true") => Some(ComplianceStatus::Compliant),
        Some("false") => Some(ComplianceStatus::NonCompliant),
        Some(other) => return Err(unknown("compliantstatus", other, "true, false")),
    };
    let order = match query.orderby.as_deref().map(str::to_ascii_lowercase).as_deref() {
        None | Some("deviceid") => Order::Id,
        Some("model") => Order::Model,
        Some("lastseen") => Order::LastSeen,
        Some("ownership") => Order::Ownership,
        Some("platform") => Order::Platform,
        Some(other) => return Err(unknown("orderby", other, "model, lastseen, ownership, platform, deviceid")),
    };
    let descending = match query.sortorder.as_deref().map(str::to_ascii_uppercase).as_deref() {
        None | Some("ASC") => false,
        Some("DESC") => true,
        Some(other) => return Err(unknown("sortorder", other, "ASC, DESC")),
    };
    Ok(Wanted {
        user: query.user.clone(),
        model: query.model.clone(),
        platform: known("platform", query.platform.as_deref(), Platform::known, Platform::ALL)?,
        ownership: ownership(query.ownership.as_deref())?,
        group: query.lgid,
        compliance,
        seen_since: query.seensince.as_deref().map(moment).transpose()?,
        order,
        descending,
    })
}

fn ownership(word: Option<&str>) -> Result<Option<Ownership>, Refusal> {
    known("ownership", word, Ownership::known, Ownership::ALL)
}

fn known<W: std::fmt::Display>(
    name: &str,
    word: Option<&str>,
    read: impl Fn(&str) -> Option<W>,
    all: &[W],
) -> Result<Option<W>, Refusal> {
    let Some(word) = word else { return Ok(None) };
    let list = || all.iter().map(W::to_string).collect::<Vec<_>>().join(", ");
    read(word).map(Some).ok_or_else(|| unknown(name, word, &list()))
}

fn unknown(name: &str, word: &str, known: &str) -> Refusal {
    Refusal::new(400, code::UNPROCESSABLE, format!("'{word}' is not a valid value of {name}. Valid are: {known}."))
}

/// A date or a point in time in any layout that searches take.
fn moment(text: &str) -> Result<Timestamp, Refusal> {
    if let Ok(Stamp(moment)) = text.parse() {
        return Ok(moment);
    }
    ["%Y/%m/%d", "%m/%d/%Y", "%m-%d-%Y"]
        .iter()
        .find_map(|layout| Date::strptime(layout, text).ok())
        .and_then(|date| date.to_zoned_datetime(TimeZone::UTC).ok())
        .map(|zoned| zoned.timestamp())
        .ok_or_else(|| unknown("seensince", text, "a date such as 2026-01-31 or 2026-01-31T08:00:00"))
}

pub(super) async fn get(context: Context, call: Call<Get>) -> Outcome<Get> {
    one(&context, call.path).await
}

pub(super) async fn guide_get(context: Context, call: Call<guide::DevicesGet>) -> Outcome<guide::DevicesGet> {
    let device = one(&context, call.path).await?;
    Ok(Device { tags: Some(tags::names(context.database(), call.path).await?), ..device })
}

async fn one(context: &Context, id: DeviceId) -> Result<Device, Refusal> {
    devices::get(context.database(), id).await?.ok_or_else(|| Refusal::no_device(id))
}

pub(super) async fn find(context: Context, call: Call<Find>) -> Outcome<Find> {
    let by = match call.query.searchby.to_ascii_lowercase().as_str() {
        "serialnumber" => Identifier::SerialNumber,
        "udid" => Identifier::Udid,
        "macaddress" => Identifier::MacAddress,
        "imeinumber" => Identifier::Imei,
        "deviceid" => Identifier::Id,
        "uuid" => Identifier::Uuid,
        _ => {
            let message = format!("'{}' is not a valid value of searchby.", call.query.searchby);
            return Err(Refusal::new(422, code::BAD_SEARCH_BY, message));
        }
    };
    let found = devices::find(context.database(), by, &call.query.id).await?;
    found.ok_or_else(|| Refusal::no_device(&call.query.id))
}

pub(super) async fn update(context: Context, call: Call<Update>) -> Outcome<Update> {
    let body = call.body;
    if let Some(Ownership::Other(word)) = &body.ownership {
        ownership(Some(word))?;
    }
    let edit =
        Edit { friendly_name: body.device_friendly_name, asset_number: body.asset_number, ownership: body.ownership };
    change(&context, call.path, &edit, None).await
}

pub(super) async fn guide_update(context: Context, call: Call<guide::DeviceUpdate>) -> Outcome<guide::DeviceUpdate> {
    let body = call.body;
    let edit = Edit {
        friendly_name: body.device_friendly_name,
        asset_number: body.asset_number,
        ownership: ownership(body.ownership.as_deref())?,
    };
    let tags = body.tags.map(tag_names).transpose()?;
    change(&context, call.path, &edit, tags).await
}

fn tag_names(names: Vec<String>) -> Result<Vec<String>, Refusal> {
    let names: Vec<String> = names.into_iter().map(|name| name.trim().to_owned()).collect();
    match names.iter().find(|name| name.is_empty() || name.chars().count() > TAG_LENGTH) {
        Some(bad) => Err(Refusal::bad(format!("'{bad}' is not a valid name of a tag."))),
        None => Ok(names),
    }
}

async fn change(context: &Context, id: DeviceId, edit: &Edit, tags: Option<Vec<String>>) -> Result<Nothing, Refusal> {
    let mut tx = context.begin().await?;
    if !devices::edit(&mut tx, id, edit).await? {
        return Err(Refusal::no_device(id));
    }
    if let Some(names) = tags {
        tags::replace(&mut tx, id, &names, ROOT_GROUP, context.now()).await?;
    }
    tx.commit().await?;
    Ok(Nothing)
}

pub(super) async fn bulk_settings(_: Context, _: Call<BulkSettings>) -> Outcome<BulkSettings> {
    Ok(BulkLimits::default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_in_every_layout_that_searches_take() {
        for text in ["2026-01-31", "2026/01/31", "01/31/2026", "01-31-2026", "2026-01-31T00:00:00Z"] {
            assert_eq!(moment(text).expect("a date").as_second(), 1_769_817_600, "{text}");
        }
        assert_eq!(moment("yesterday").expect_err("no date").status(), 400);
    }

    #[test]
    fn a_word_outside_its_vocabulary_is_refused_with_the_vocabulary() {
        let query = DeviceQuery { platform: Some("Symbian".to_owned()), ..DeviceQuery::default() };
        let Err(Refusal::Fault { status: 400, code: 422, message }) = wanted(&query).map(|_| ()) else {
            panic!("not refused")
        };
        assert!(message.contains("Symbian") && message.contains("AppleOsX"), "{message}");
        let query = DeviceQuery { ownership: Some("CorporateShared".to_owned()), ..DeviceQuery::default() };
        assert_eq!(wanted(&query).expect("known").ownership, Some(Ownership::Shared));
    }
}
