//! Products are found and read.

use jiff::Timestamp;
use muster_model::words::Platform;
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
use super::{ACTIVE, PRODUCT, invalid_product, no_product, read, smart_groups, version};
use crate::store::objects::{self, Key, Object, Wanted};
use crate::store::page::Page;
use crate::store::{names, products};

pub(super) fn routes(table: &mut Table) {
    table
        .serve("mdmv1/ProductsV1_SearchAsync", needs(Products, Read), |context, given| list(context, given, "Products"))
        .serve("mdmv1/ProductsV1_ProductExtensiveSearchAsync", needs(Products, Read), |context, given| {
            list(context, given, "Product")
        })
        .serve("mdmv1/ProductsV1_GetProductByProductId", needs(Products, Read), get)
        .serve("mdmv1/ProductsV1_GetProductDetailsByUuidAsync", needs(Products, Read), details)
        .serve("mdmv1/ProductsV1_GetProducts", needs(Products, Read), of_app);
}

/// Every product that the caller sees.
pub(super) async fn all(context: &Context, wanted: &Wanted<'_>) -> Result<Vec<Object>, Refusal> {
    let everything = Page::asked_or_all(None, None);
    Ok(objects::list(context.database(), PRODUCT, wanted, everything, context.scope()).await?.0)
}

async fn list(context: Context, given: Given, rows: &'static str) -> Result<Said, Refusal> {
    let page = given.page()?;
    let group = owner::asked(&context, given.asked_id("managedbyorganizationgroupid")).await?;
    owner::asked(&context, given.asked_id("organizationgroupid")).await?;
    let group = match given.asked("managedbyorganizationgroupuuid").map(str::parse) {
        None => group,
        Some(Ok(uuid)) => Some(owner::of_uuid(&context, uuid).await?),
        Some(Err(_)) => return Err(Refusal::bad("The managedbyorganizationgroupuuid is no UUID.")),
    };
    let platform = given.asked("platform").map(|word| model::platform(Some(word), None)).transpose()?;
    let smart_group = given.asked("smartgroupid").map(str::parse::<i64>).transpose();
    let smart_group = smart_group.map_err(|_| Refusal::bad("The smartgroupid is no number."))?;
    let (from, till) = (given.asked_time("modifiedfrom"), given.asked_time("modifiedtill"));
    let wanted = Wanted { name_contains: given.asked("name"), group, ..Wanted::default() };
    let fits = |product: &Object| {
        let own = product.body.get("Platform").and_then(Value::as_str).unwrap_or_default();
        platform.as_ref().is_none_or(|platform| *platform == Platform::from(own))
            && smart_group.is_none_or(|group| smart_groups(product).contains(&group))
            && from.is_none_or(|from| product.updated_at >= from)
            && till.is_none_or(|till| product.updated_at <= till)
    };
    let mut found: Vec<Object> = all(&context, &wanted).await?.into_iter().filter(fits).collect();
    sort(&mut found, given.asked("orderby"), given.asked("sortorder"))?;
    let total = found.len() as u64;
    let (counts, groups) = (products::counts(context.database()).await?, Groups::load(&context).await?);
    let shown: Vec<Value> = page_of(&found, page).map(|product| model::shown(product, &counts, &groups)).collect();
    let body = json!({ rows: shown, "Page": page.number, "PageSize": page.size, "Total": total });
    let empty = body[rows].as_array().is_none_or(Vec::is_empty);
    Ok(Said::list(body, if empty { 0 } else { total }))
}

/// The rows of a page.
pub(super) fn page_of<T>(rows: &[T], page: Page) -> impl Iterator<Item = &T> {
    rows.iter().skip(page.number as usize * page.size as usize).take(page.size as usize)
}

fn sort(found: &mut [Object], by: Option<&str>, direction: Option<&str>) -> Result<(), Refusal> {
    match by.map(str::to_ascii_lowercase).as_deref() {
        None | Some("id" | "productid") => found.sort_by_key(|product| product.id),
        Some("name") => found.sort_by_key(|product| product.name.to_lowercase()),
        Some("modifiedon" | "lastmodifiedon") => found.sort_by_key(|product| product.updated_at),
        Some(other) => {
            return Err(Refusal::bad(format!(
                "'{other}' is not a valid value of orderby. Valid are: id, name, modifiedon."
            )));
        }
    }
    match direction.map(str::to_ascii_uppercase).as_deref() {
        None | Some("ASC") => Ok(()),
        Some("DESC") => {
            found.reverse();
            Ok(())
        }
        Some(other) => Err(Refusal::bad(format!("'{other}' is not a valid value of sortorder. Valid are: ASC, DESC."))),
    }
}

async fn get(context: Context, given: Given) -> Result<Said, Refusal> {
    let id = given.id("id");
    let product = read(&context, id, || invalid_product(id)).await?;
    let (counts, groups) = (products::counts(context.database()).await?, Groups::load(&context).await?);
    Ok(Said::json(200, model::shown(&product, &counts, &groups)))
}

async fn details(context: Context, given: Given) -> Result<Said, Refusal> {
    let uuid = given.uuid("productUuid");
    let product = read(&context, uuid, || no_product(uuid)).await?;
    let groups = Groups::load(&context).await?;
    let body = |name: &str| product.body.get(name).cloned().unwrap_or_default();
    let moment = |name: &str| product.body.get(name).and_then(Value::as_str).and_then(time);
    let mut steps = Vec::new();
    if given.asked_flag("includeStepDetails").unwrap_or(true) {
        for (place, (kind, item)) in model::steps(&product.body).into_iter().enumerate() {
            let word = model::step(kind).unwrap_or_default();
            let kind = match word.split_once('_').map_or("", |(_, thing)| thing) {
                "APPLICATION" => "Application",
                "PROFILE" => "Profile",
                "EVENT_ACTION" => "EventAction",
                "FILE_ACTION" => "FileAction",
                _ => "",
            };
            let found = names::thing(context.database(), kind, Key::Id(item), context.scope()).await?;
            let uuid = found.map(|thing| thing.uuid);
            steps.push(json!({ "resource_type": word, "resource_uuid": uuid, "sequence_number": place + 1 }));
        }
    }
    let uuids = names::smart_group_uuids(context.database(), &smart_groups(&product)).await?;
    let shown = json!({
        "product_name": product.name, "description": body("Description"), "platform": body("Platform"),
        "is_active": product.state == ACTIVE, "version": version(&product), "smartgroup_uuids": uuids,
        "managed_by_organization_group_name": groups.owners.get(&product.group), "manifests": steps,
        "activation_date_time": moment("ActivationDateTime"), "deactivation_date_time": moment("DeactivationDateTime"),
        "auto_retry_enabled": body("AutoRetry"), "pause_resume_enabled": body("PauseResume"),
        "device_reprocess": body("DeviceReprocess"), "is_expedited": body("IsExpedited"),
        "applicability_rule": body("RuleLogic"), "product_type": "REQUIRED", "created_by": product.created_by,
        "created_on": product.created_at.as_microsecond(), "modified_on": product.updated_at.as_microsecond(),
        "modified_by": product.created_by,
    });
    Ok(Said::json(200, shown))
}

/// `MM/dd/yyyy HH:mm` as microseconds.
fn time(text: &str) -> Option<i64> {
    let parsed = jiff::civil::DateTime::strptime("%m/%d/%Y %H:%M", text).ok()?;
    let at: Timestamp = jiff::tz::TimeZone::UTC.to_timestamp(parsed).ok()?;
    Some(at.as_microsecond())
}

/// Products that bring an app.
async fn of_app(context: Context, given: Given) -> Result<Said, Refusal> {
    let app = given.id("appid");
    if names::thing(context.database(), "Application", Key::Id(app), context.scope()).await?.is_none() {
        return Err(Refusal::no_app(404, app));
    }
    let found = all(&context, &Wanted::default()).await?;
    let bring = found.iter().filter(|product| {
        let mut steps = model::steps(&product.body).into_iter();
        steps.any(|(kind, item)| item == app && model::step(kind).is_some_and(|word| word.ends_with("APPLICATION")))
    });
    let shown = bring.map(|product| json!({ "ProductID": product.id, "AssignmentDate": date(product.updated_at) }));
    Ok(Said::json(200, shown.collect()))
}

/// `08-27-2020 10:41:01.143`, as products write times.
pub(super) fn date(at: Timestamp) -> String {
    at.strftime("%m-%d-%Y %H:%M:%S.%3f").to_string()
}
