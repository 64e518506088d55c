//! Products are made, changed, copied and removed.

use serde_json::{Value, json};

use super::super::context::Context;
use super::super::given::Given;
use super::super::policy::Action::{Create, Delete, Edit};
use super::super::policy::Resource::Products;
use super::super::policy::needs;
use super::super::refusal::Refusal;
use super::super::said::Said;
use super::super::table::Table;
use super::{ACTIVE, CONDITION, PRODUCT, create, find, invalid_product, life, model, no_product, version};
use crate::http::change::Change;
use crate::store::objects::{self, Object};
use crate::store::products;
use crate::store::profiles::assignments::{self, Naming};

pub(super) fn routes(table: &mut Table) {
    table
        .serve("mdmv1/ProductsV1_CreateProduct", needs(Products, Create), add)
        .serve("mdmv1/ProductsV1_UpdateProduct", needs(Products, Edit), update)
        .serve("mdmv1/ProductsV1_CopyProduct", needs(Products, Create), copy)
        .serve("mdmv1/ProductsV1_DeleteProductAsync", needs(Products, Delete), delete)
        .serve("mdmv1/ProductsV1_AddSmartGroup", needs(Products, Edit), add_group)
        .serve("mdmv1/ProductsV1_RemoveSmartGroup", needs(Products, Edit), remove_group)
        .serve("mdmv1/ProductsV1_SetProductInstallTime", needs(Products, Edit), install_time)
        .serve("mdmv1/ProductsV1_AddConditionsToProductAsync", needs(Products, Edit), add_conditions);
}

/// Makes a product, active if the request wants it so.
pub(super) async fn make(context: &Context, tx: &mut Change, wish: model::Wish) -> Result<Object, Refusal> {
    let mut body = wish.body;
    body.insert("Version".to_owned(), json!(1));
    let mut product = create(context, tx, PRODUCT, &wish.name, wish.group, body).await?;
    if wish.active {
        life::activate(context, tx, &mut product).await?;
    }
    Ok(product)
}

/// Changes a product; what is different for devices is a new version.
pub(super) async fn change(
    context: &Context,
    tx: &mut Change,
    product: &mut Object,
    wish: model::Wish,
) -> Result<(), Refusal> {
    let (before, now) = (model::steps(&product.body), model::steps(&wish.body));
    let next = version(product) + i64::from(before != now);
    product.name = wish.name;
    product.group = wish.group;
    product.body = wish.body;
    product.body.insert("Version".to_owned(), json!(next));
    objects::save(tx, product, context.now()).await?;
    match (product.state == ACTIVE, wish.active) {
        (false, true) => life::activate(context, tx, product).await,
        (true, false) => life::deactivate(context, tx, product).await,
        _ => Ok(()),
    }
}

async fn add(context: Context, given: Given) -> Result<Said, Refusal> {
    let group = model::group(&context, &given.members()).await?;
    let mut tx = context.begin().await?;
    let wish = model::read(&context, &mut tx, &given.members(), group, None).await?;
    let product = make(&context, &mut tx, wish).await?;
    tx.commit().await?;
    Ok(Said::json(200, json!({ "Value": product.id })))
}

async fn update(context: Context, given: Given) -> Result<Said, Refusal> {
    let id = given.id("id");
    let group = model::group(&context, &given.members()).await?;
    let mut tx = context.begin().await?;
    let mut product = find(&context, &mut tx, PRODUCT, id, || invalid_product(id)).await?;
    let wish = model::read(&context, &mut tx, &given.members(), group, Some(&product)).await?;
    change(&context, &mut tx, &mut product, wish).await?;
    tx.commit().await?;
    Ok(Said::nothing(200))
}

async fn copy(context: Context, given: Given) -> Result<Said, Refusal> {
    let id = given.id("id");
    let group = model::group(&context, &given.members()).await?;
    let mut tx = context.begin().await?;
    let original = find(&context, &mut tx, PRODUCT, id, || invalid_product(id)).await?;
    let mut wish = model::read(&context, &mut tx, &given.members(), group, Some(&original)).await?;
    // A copy begins its own life.
    wish.active = false;
    if wish.name == original.name {
        wish.name = format!("Copy of {}", original.name);
    }
    let product = make(&context, &mut tx, wish).await?;
    tx.commit().await?;
    Ok(Said::json(200, json!({ "Value": product.id })))
}

async fn delete(context: Context, given: Given) -> Result<Said, Refusal> {
    let id = given.id("id");
    let mut tx = context.begin().await?;
    let product = find(&context, &mut tx, PRODUCT, id, || invalid_product(id)).await?;
    if product.state == ACTIVE {
        return Err(Refusal::bad("An active product cannot be deleted."));
    }
    products::forget(&mut tx, id).await?;
    objects::remove(&mut tx, &product).await?;
    tx.commit().await?;
    Ok(Said::nothing(200))
}

/// Devices see it only when the product is processed again.
async fn add_group(context: Context, given: Given) -> Result<Said, Refusal> {
    groups(context, given, true).await
}

async fn remove_group(context: Context, given: Given) -> Result<Said, Refusal> {
    groups(context, given, false).await
}

async fn groups(context: Context, given: Given, add: bool) -> Result<Said, Refusal> {
    let (id, group) = (given.id("id"), given.id("smartgroupid"));
    let mut tx = context.begin().await?;
    let mut product = find(&context, &mut tx, PRODUCT, id, || no_product(id)).await?;
    if let Err(id) = assignments::known(&mut tx, Naming::Ids(&[group]), context.scope()).await? {
        return Err(Refusal::invalid(format!("Smart group {id} is not found or not accessible.")));
    }
    let mut groups = super::smart_groups(&product);
    if groups.contains(&group) == add {
        let state = if add { "assigned already" } else { "not assigned" };
        return Err(Refusal::bad(format!("Smart group {group} is {state}.")));
    }
    if add {
        groups.push(group);
    } else {
        groups.retain(|known| *known != group);
    }
    let groups: Vec<Value> = groups.into_iter().map(|id| json!({ "SmartGroupId": id })).collect();
    product.body.insert("SmartGroups".to_owned(), Value::Array(groups));
    objects::save(&mut tx, &product, context.now()).await?;
    tx.commit().await?;
    Ok(Said::nothing(200))
}

/// `MM/dd/yyyy HH:mm`, as everything else about a product's time.
async fn install_time(context: Context, given: Given) -> Result<Said, Refusal> {
    let time = given.member_text("Time").ok_or_else(|| Refusal::bad("The Time field is required."))?;
    if jiff::civil::DateTime::strptime("%m/%d/%Y %H:%M", time).is_err() {
        return Err(Refusal::bad(format!("'{time}' is no time such as 01/31/2026 08:00.")));
    }
    let id = given.id("id");
    let mut tx = context.begin().await?;
    let mut product = find(&context, &mut tx, PRODUCT, id, || no_product(id)).await?;
    product.body.insert("ActivationDateTime".to_owned(), json!(time));
    objects::save(&mut tx, &product, context.now()).await?;
    tx.commit().await?;
    Ok(Said::nothing(200))
}

async fn add_conditions(context: Context, given: Given) -> Result<Said, Refusal> {
    let id = given.id("productid");
    let mut tx = context.begin().await?;
    let mut product = find(&context, &mut tx, PRODUCT, id, || no_product(id)).await?;
    let (mut accepted, mut faults) = (0, Vec::new());
    let mut conditions = product.body.get("Conditions").and_then(Value::as_array).cloned().unwrap_or_default();
    for (member, kind) in [("DownloadConditions", "Download"), ("InstallConditions", "Install")] {
        let ids = given.member(member).and_then(Value::as_array);
        for condition in ids.into_iter().flatten().filter_map(Value::as_i64) {
            match objects::find(&mut tx, CONDITION, condition, context.scope()).await? {
                None => faults.push(json!({ "ErrorCode": 400, "ItemValue": condition.to_string(),
                    "Message": format!("Condition not found: {condition}.") })),
                Some(found) => {
                    accepted += 1;
                    conditions.push(json!({ "ConditionId": found.id.to_string(), "ConditionName": found.name,
                        "ConditionType": kind, "OrganizationGroupId": found.group.to_string() }));
                }
            }
        }
    }
    if accepted == 0 {
        return Err(Refusal::bad("None of the conditions is found."));
    }
    product.body.insert("Conditions".to_owned(), Value::Array(conditions));
    objects::save(&mut tx, &product, context.now()).await?;
    tx.commit().await?;
    Ok(Said::json(
        200,
        json!({ "TotalItems": accepted + faults.len(), "AcceptedItems": accepted, "FailedItems": faults.len(),
            "Faults": { "Fault": faults } }),
    ))
}
