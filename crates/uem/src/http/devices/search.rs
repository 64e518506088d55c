//! Searches for devices, in every version and both dialects.

use jiff::Timestamp;
use muster_model::devices::{DevicePage, DeviceQuery, Search};
use muster_model::{Call, guide};
use serde_json::{Value, json};
use uuid::Uuid;

use super::super::context::Context;
use super::super::given::Given;
use super::super::refusal::Refusal;
use super::super::said::Said;
use super::super::table::Outcome;
use super::{shape, words};
use crate::store::devices::attributes::{self, Attribute};
use crate::store::devices::{self, Record, Wanted, groups};
use crate::store::organization_groups;
use crate::store::page::Page;

pub(in super::super) async fn search(context: Context, call: Call<Search>) -> Outcome<Search> {
    page(&context, &call.query).await
}

pub(in super::super) async fn guide_search(
    context: Context,
    call: Call<guide::DevicesSearch>,
) -> Outcome<guide::DevicesSearch> {
    page(&context, &call.query).await
}

async fn page(context: &Context, query: &DeviceQuery) -> Result<DevicePage, Refusal> {
    let page = Page::asked(query.page, query.pagesize);
    let wanted = Wanted {
        user: query.user.clone(),
        model: query.model.clone(),
        platform: words::platform(query.platform.as_deref())?,
        ownership: words::ownership(query.ownership.as_deref())?,
        group: words::group(context, query.lgid).await?,
        compliance: words::compliance("compliantstatus", query.compliantstatus.as_deref())?,
        seen_since: query.seensince.as_deref().map(|text| words::moment("seensince", text)).transpose()?,
        order: words::order(query.orderby.as_deref())?,
        descending: words::descending(query.sortorder.as_deref())?,
        ..Wanted::default()
    };
    let (devices, total) = devices::search(context.roll(), &wanted, context.scope(), page).await?;
    Ok(DevicePage { devices, page: page.number, page_size: page.size, total, ..Default::default() })
}

/// The later of two moments since which a device must have been seen: `lastseen` and `seensince` mean the same.
fn since(given: &Given, names: [&str; 2]) -> Result<Option<Timestamp>, Refusal> {
    let moments = names.iter().filter_map(|name| Some((name, given.asked(name)?)));
    let moments = moments.map(|(name, text)| words::moment(name, text)).collect::<Result<Vec<_>, _>>()?;
    Ok(moments.into_iter().max())
}

/// The criteria of versions 1 and 2, as operations that are built by facts get them.
pub(super) async fn criteria(context: &Context, given: &Given) -> Result<Wanted, Refusal> {
    let compliance = given.asked("compliantstatus").or(given.asked("compliance_status"));
    let seen = ["seensince", "seen_since"].into_iter().find(|name| given.asked(name).is_some()).unwrap_or("seensince");
    Ok(Wanted {
        user: given.asked("user").map(str::to_owned),
        model: given.asked("model").map(str::to_owned),
        platform: words::platform(given.asked("platform"))?,
        ownership: words::ownership(given.asked("ownership"))?,
        group: words::group(context, given.asked_id("lgid").or(given.asked_id("organizationgroupid"))).await?,
        compliance: words::compliance("compliance_status", compliance)?,
        seen_since: since(given, ["lastseen", seen])?,
        order: words::order(given.asked("orderby"))?,
        descending: words::descending(given.asked("sortorder"))?,
        ..Wanted::default()
    })
}

pub(super) async fn version_2(context: Context, given: Given) -> Result<Said, Refusal> {
    let (wanted, page) = (criteria(&context, &given).await?, given.page()?);
    let (found, total) = devices::records(context.roll(), &wanted, context.scope(), page).await?;
    let rows = shape::details(&context, &found).await?;
    Ok(Said::list(json!({ "Devices": rows, "Page": page.number, "PageSize": page.size, "Total": total }), total))
}

pub(super) async fn version_3(context: Context, given: Given) -> Result<Said, Refusal> {
    let page = given.page()?;
    let group = match given.asked("organization_group_uuid") {
        None => None,
        Some(text) => Some(group_of(&context, text).await?),
    };
    let wanted = Wanted {
        user: given.asked("user").map(str::to_owned),
        model: given.asked("model_identifier").map(str::to_owned),
        friendly_name: given.asked("friendly_name").map(str::to_owned),
        platform: words::platform(given.asked("device_type"))?,
        ownership: words::ownership(given.asked("ownership"))?,
        compliance: words::compliance("compliance_status", given.asked("compliance_status"))?,
        seen_since: since(&given, ["last_seen", "seen_since"])?,
        order: words::order(given.asked("order_by"))?,
        descending: words::descending(given.asked("sort_order"))?,
        group,
        ..Wanted::default()
    };
    let (found, total) = devices::records(context.roll(), &wanted, context.scope(), page).await?;
    let rows: Vec<Value> = found.iter().map(shape::version_3_row).collect();
    Ok(Said::list(json!({ "devices": rows, "page": page.number, "page_size": page.size, "total": total }), total))
}

/// The group of a UUID that a caller gave, as other areas ask for it too.
pub(super) async fn group_of(context: &Context, text: &str) -> Result<i64, Refusal> {
    let missing = || Refusal::new(404, 5177, format!("Organization group {text} is not found or not accessible."));
    let uuid: Uuid = text.parse().map_err(|_| missing())?;
    let found = organization_groups::get(context.database(), uuid, context.scope()).await?;
    found.map(|group| group.id).ok_or_else(missing)
}

/// `customattributes=Name` or `Name=Value` or `Group.Name=Value`.
fn attribute(given: &Given) -> Option<(String, String, String)> {
    let text = given.asked("customattributes")?;
    let (name, value) = text.split_once(['=', ':']).unwrap_or((text, ""));
    let (group, name) = name.split_once('/').unwrap_or(("", name));
    Some((group.trim().to_owned(), name.trim().to_owned(), value.trim().to_owned()))
}

/// A rich row with products and smart groups.
pub(super) async fn extensive(context: Context, given: Given) -> Result<Said, Refusal> {
    let page = given.page()?;
    let time = |name: &str| given.asked(name).map(|text| words::moment(name, text)).transpose();
    let changed = (time("statuschangestarttime")?, time("statuschangeendtime")?);
    let wanted = Wanted {
        id: given.asked_id("deviceid"),
        group: words::group(&context, given.asked_id("organizationgroupid")).await?,
        platform: words::platform(given.asked("platform"))?,
        seen_since: time("startdatetime")?,
        seen_until: time("enddatetime")?,
        // The last change of a device's status that the tenant knows of is its enrollment.
        enrolled_since: changed.0,
        enrolled_until: changed.1,
        enrollment: words::enrollment(given.asked("enrollmentstatus"))?,
        mac_address: given.asked("macaddress").map(bare),
        attribute: attribute(&given),
        ..Wanted::default()
    };
    let (found, total) = devices::records(context.roll(), &wanted, context.scope(), page).await?;
    let attributes = attributes_of(&context, &found).await?;
    let ids: Vec<i64> = found.iter().map(|record| record.id).collect();
    let groups = groups::of_devices(context.database(), &ids, context.scope()).await?;
    let row = |record: &Record| {
        let mut row = shape::brief(record, &attributes(record.id));
        let groups = groups.get(&record.id).into_iter().flatten();
        let groups =
            groups.map(|group| json!({ "Name": group.name, "SmartGroupId": group.id, "SmartGroupUuid": group.uuid }));
        row["SmartGroups"] = groups.collect();
        row
    };
    let rows: Vec<Value> = found.iter().map(row).collect();
    Ok(Said::list(json!({ "Devices": rows, "Page": page.number, "PageSize": page.size, "Total": total }), total))
}

fn bare(mac: &str) -> String {
    mac.chars().filter(char::is_ascii_alphanumeric).map(|digit| digit.to_ascii_uppercase()).collect()
}

pub(super) async fn lite(context: Context, given: Given) -> Result<Said, Refusal> {
    let page = given.page()?;
    let time = |name: &str| given.asked(name).map(|text| words::moment(name, text)).transpose();
    let wanted = Wanted {
        id: given.asked_id("deviceid"),
        group: words::group(&context, given.asked_id("organizationgroupid")).await?,
        platform: words::platform(given.asked("platform"))?,
        seen_since: time("seensince")?,
        seen_until: time("seentill")?,
        attribute: attribute(&given),
        ..Wanted::default()
    };
    let (found, total) = devices::records(context.roll(), &wanted, context.scope(), page).await?;
    let attributes = attributes_of(&context, &found).await?;
    let rows: Vec<Value> = found.iter().map(|record| shape::brief(record, &attributes(record.id))).collect();
    Ok(Said::list(json!({ "Devices": rows, "Page": page.number, "PageSize": page.size, "Total": total }), total))
}

/// The custom attributes of devices, to be asked for by id.
async fn attributes_of(context: &Context, found: &[Record]) -> Result<impl Fn(i64) -> Vec<Attribute> + use<>, Refusal> {
    let ids: Vec<i64> = found.iter().map(|record| record.id).collect();
    let all = attributes::of_devices(context.database(), &ids, &attributes::Wanted::default()).await?;
    Ok(move |id| all.get(&id).cloned().unwrap_or_default())
}
