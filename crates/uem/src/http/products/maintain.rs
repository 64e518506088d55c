//! The older way of writing: one call that makes what is not there and changes what is.

use serde_json::{Map, Value, json};

use super::super::context::Context;
use super::super::given::Given;
use super::super::owner;
use super::super::policy::Action::Edit;
use super::super::policy::Resource::Products;
use super::super::policy::needs;
use super::super::refusal::Refusal;
use super::super::said::Said;
use super::super::table::Table;
use super::{PRODUCT, create, model, named, write};
use crate::store::objects::{self, Object};

pub(super) fn routes(table: &mut Table) {
    table.serve("mdmv1/ProductsV1_MaintainProductAsync", needs(Products, Edit), maintain);
}

/// What every call of this kind says first.
pub(super) struct General {
    pub(super) group: i64,
    /// What is there already is an error.
    pub(super) insert_only: bool,
}

pub(super) async fn general(context: &Context, given: &Given) -> Result<General, Refusal> {
    general_of(context, given.member("MaintainGeneralInput")).await
}

pub(super) async fn general_of(context: &Context, input: Option<&Value>) -> Result<General, Refusal> {
    let id = input.and_then(|input| input.get("LocationGroupID")?.as_i64());
    let insert_only = input.and_then(|input| input.get("InsertOnly")?.as_bool()).unwrap_or_default();
    Ok(General { group: owner::group(context, id).await?, insert_only })
}

/// Makes or changes a thing of a name.
pub(super) async fn store(
    context: &Context,
    kind: &str,
    name: &str,
    general: &General,
    mut body: Map<String, Value>,
) -> Result<Object, Refusal> {
    body.remove("MaintainGeneralInput");
    let mut tx = context.begin().await?;
    let known = named(context, &mut tx, kind, name, general.group).await?;
    let stored = match known {
        Some(_) if general.insert_only => {
            return Err(Refusal::bad(format!("The name '{name}' is in use already.")));
        }
        Some(mut known) => {
            known.body = body;
            objects::save(&mut tx, &known, context.now()).await?;
            known
        }
        None => create(context, &mut tx, kind, name, general.group, body).await?,
    };
    tx.commit().await?;
    Ok(stored)
}

/// The answer of these calls.
pub(super) fn succeeded(stored: &Object) -> Said {
    let result = format!("Success: {} ({})", stored.name, stored.id);
    Said::json(200, json!({ "ResultString": result, "Products": [] }))
}

/// The body of a product from the older form.
pub(super) fn body(product: &Map<String, Value>) -> Map<String, Value> {
    let list = |name: &str| product.get(name).and_then(Value::as_array).into_iter().flatten();
    let mut body = Map::new();
    for name in ["Name", "Description", "AutoRetry", "PauseResume", "DeviceReprocess", "DeploymentMode", "IsExpedited"]
    {
        if let Some(value) = product.get(name) {
            body.insert(name.to_owned(), value.clone());
        }
    }
    if let Some(platform) = product.get("Platform") {
        body.insert("PlatformID".to_owned(), platform.clone());
    }
    let groups: Vec<Value> =
        list("SmartGroups").map(|one| json!({ "SmartGroupId": one.get("SmartGroupID") })).collect();
    if !groups.is_empty() {
        body.insert("SmartGroups".to_owned(), Value::Array(groups));
    }
    let item = |step: &Value| {
        ["ApplicationID", "ProfileID", "EventActionID", "FileActionID"]
            .iter()
            .find_map(|name| step.get(*name)?.as_i64().filter(|id| *id > 0))
    };
    let steps: Vec<Value> = list("Steps")
        .map(|step| {
            json!({ "ActionTypeID": step.get("StepType"), "ItemID": item(step).unwrap_or_default(),
                "Persist": step.get("Persist").and_then(Value::as_bool).unwrap_or_default() })
        })
        .collect();
    if !steps.is_empty() {
        body.insert("Manifest".to_owned(), json!({ "Action": steps }));
    }
    body
}

async fn maintain(context: Context, given: Given) -> Result<Said, Refusal> {
    let product = given.member("Product").and_then(Value::as_object);
    let product = product.ok_or_else(|| Refusal::bad("The Product field is required."))?;
    let name = product.get("Name").and_then(Value::as_str).map(str::trim).filter(|name| !name.is_empty());
    let name = name.ok_or_else(|| Refusal::bad("The Name field is required."))?;
    let general = general(&context, &given).await?;
    let body = body(product);
    let mut tx = context.begin().await?;
    let known = named(&context, &mut tx, PRODUCT, name, general.group).await?;
    let id = match known {
        Some(_) if general.insert_only => return Err(Refusal::bad(format!("The name '{name}' is in use already."))),
        Some(mut known) => {
            let wish = model::read(&context, &mut tx, &body, Some(general.group), Some(&known)).await?;
            write::change(&context, &mut tx, &mut known, wish).await?;
            known.id
        }
        None => {
            let wish = model::read(&context, &mut tx, &body, Some(general.group), None).await?;
            write::make(&context, &mut tx, wish).await?.id
        }
    };
    tx.commit().await?;
    let mut shown = product.clone();
    shown.insert("ProductID".to_owned(), json!(id));
    Ok(Said::json(200, json!({ "ResultString": "Success", "Products": [shown] })))
}
