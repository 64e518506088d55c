//! Conditions under which devices download and install products: times, files, and others.

use serde_json::{Map, Value, json};

use super::super::context::Context;
use super::super::given::Given;
use super::super::owner;
use super::super::policy::Action::{Edit, Read};
use super::super::policy::Resource::Products;
use super::super::policy::needs;
use super::super::refusal::Refusal;
use super::super::said::Said;
use super::super::table::Table;
use super::maintain::{general_of, store, succeeded};
use super::search::date;
use super::{CONDITION, invalid_product, read};
use crate::store::objects::{self, Object, Wanted};
use crate::store::page::Page;

pub(super) fn routes(table: &mut Table) {
    table
        .serve("mdmv1/ProductComponentsV1_MaintainCondition", needs(Products, Edit), maintain)
        .serve("mdmv1/ProductComponentsV1_ConditionSearch", needs(Products, Read), list)
        .serve("mdmv1/ProductComponentsV1_FileConditionSearch", needs(Products, Read), files)
        .serve("mdmv1/ProductComponentsV1_TimeConditionSearch", needs(Products, Read), times)
        .serve("mdmv1/ProductComponentsV1_GetTimeConditionByProductId", needs(Products, Read), of_product);
}

const TYPES: &[&str] = &["Adapter", "File", "Launcher", "Power", "Sdcard", "Time", "Network"];

async fn maintain(context: Context, given: Given) -> Result<Said, Refusal> {
    let condition = given.member("Condition").and_then(Value::as_object);
    let condition = condition.ok_or_else(|| Refusal::bad("The Condition field is required."))?;
    let text = |name: &str| condition.get(name).and_then(Value::as_str).map(str::trim).filter(|text| !text.is_empty());
    let name = text("Name").ok_or_else(|| Refusal::bad("The Name field is required."))?;
    let kind = text("ConditionType").ok_or_else(|| Refusal::bad("The ConditionType field is required."))?;
    let known = TYPES.iter().find(|known| known.eq_ignore_ascii_case(kind));
    let known = known.ok_or_else(|| {
        Refusal::bad(format!("'{kind}' is not a valid ConditionType. Valid are: {}.", TYPES.join(", ")))
    })?;
    let general = general_of(&context, given.member("MaintainGeneralInput")).await?;
    let mut body = condition.clone();
    body.insert("ConditionType".to_owned(), json!(known));
    let made = store(&context, CONDITION, name, &general, body).await?;
    Ok(succeeded(&made))
}

/// Conditions of a type, or all.
async fn found(context: &Context, given: &Given, kind: Option<&str>) -> Result<Vec<Object>, Refusal> {
    let group = owner::asked(context, given.asked_id("organizationgroupid")).await?;
    let wanted = Wanted { group, ..Wanted::default() };
    let everything = Page::asked_or_all(None, None);
    let (mut found, _) = objects::list(context.database(), CONDITION, &wanted, everything, context.scope()).await?;
    found.retain(|one| kind.is_none_or(|kind| one.body.get("ConditionType").and_then(Value::as_str) == Some(kind)));
    Ok(found)
}

async fn list(context: Context, given: Given) -> Result<Said, Refusal> {
    let page = given.page()?;
    let found = found(&context, &given, None).await?;
    let shown: Vec<Value> = super::search::page_of(&found, page)
        .map(|one| {
            json!({ "ConditionId": one.id, "ConditionName": one.name, "OrganizationGroupId": one.group,
                "ConditionType": one.body.get("ConditionType") })
        })
        .collect();
    let total = shown.len() as u64;
    Ok(Said::list(Value::Array(shown), total))
}

/// A condition's items by name.
fn items(condition: &Object) -> Map<String, Value> {
    let items = condition.body.get("Items").and_then(Value::as_array);
    let pair = |item: &Value| Some((item.get("Name")?.as_str()?.to_owned(), item.get("Value")?.clone()));
    items.into_iter().flatten().filter_map(pair).collect()
}

fn shown(condition: &Object) -> Value {
    json!({
        "ConditionId": condition.id, "Name": condition.name, "Description": condition.body.get("Description"),
        "OrganizationGroupId": condition.group, "ModifiedOn": date(condition.updated_at),
    })
}

fn time(condition: &Object) -> Value {
    let mut shown = shown(condition);
    shown["TimeCondition1"] = Value::Object(items(condition));
    shown
}

async fn files(context: Context, given: Given) -> Result<Said, Refusal> {
    let found = found(&context, &given, Some("File")).await?;
    let shown: Vec<Value> = found
        .iter()
        .map(|one| {
            let mut shown = shown(one);
            shown["FlagFileDetails"] = Value::Object(items(one));
            shown["ScenarioDetails"] = Value::Object(items(one));
            shown
        })
        .collect();
    let total = shown.len() as u64;
    Ok(Said::list(Value::Array(shown), total))
}

async fn times(context: Context, given: Given) -> Result<Said, Refusal> {
    let found = found(&context, &given, Some("Time")).await?;
    Ok(Said::list(found.iter().map(time).collect(), found.len() as u64))
}

async fn of_product(context: Context, given: Given) -> Result<Said, Refusal> {
    let id = given.id("id");
    let product = read(&context, id, || invalid_product(id)).await?;
    let (mut download, mut install) = (Vec::new(), Vec::new());
    let conditions = product.body.get("Conditions").and_then(Value::as_array);
    for condition in conditions.into_iter().flatten() {
        let number = condition["ConditionId"].as_str().and_then(|text| text.parse::<i64>().ok());
        let Some(number) = number else { continue };
        let Some(found) = objects::get(context.database(), CONDITION, number, context.scope()).await? else { continue };
        if found.body.get("ConditionType").and_then(Value::as_str) == Some("Time") {
            let list = if condition["ConditionType"] == "Download" { &mut download } else { &mut install };
            list.push(time(&found));
        }
    }
    Ok(Said::json(200, json!({ "DownloadConditions": download, "InstallConditions": install })))
}
