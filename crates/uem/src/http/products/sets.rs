//! Sets of products: of the products of a set that are for a device, the one that ranks first counts.

use serde_json::{Map, Value, json};

use super::super::context::Context;
use super::super::given::Given;
use super::super::owner;
use super::super::policy::Action::{Delete, Edit, Execute, Read};
use super::super::policy::Resource::Products;
use super::super::policy::needs;
use super::super::refusal::Refusal;
use super::super::said::Said;
use super::super::table::Table;
use super::maintain::{General, general};
use super::{ACTIVE, PRODUCT, SET, create, find, life, maintain, model, named, process, write};
use crate::http::change::Change;
use crate::store::objects::{self, Key, Object, Wanted};
use crate::store::page::Page;
use crate::store::products::Again;

pub(super) fn routes(table: &mut Table) {
    table
        .serve("mdmv1/ProductSetV1_MaintainProductSetAsync", needs(Products, Edit), maintain_set)
        .serve("mdmv1/ProductSetV1_MaintainProductInProductSetAsync", needs(Products, Edit), maintain_product)
        .serve("mdmv1/ProductSetV1_RankAllProductsInProductSet", needs(Products, Edit), rank)
        .serve("mdmv1/ProductSetV1_RemoveProductFromProductSet", needs(Products, Delete), remove)
        .serve("mdmv1/ProductSetV1_ProductSetInquiry", needs(Products, Read), inquire)
        .serve("mdmv1/ProductSetV1_ActivateProductInProductSet", needs(Products, Edit), |context, given| {
            turn(context, given, true)
        })
        .serve("mdmv1/ProductSetV1_DeactivateProductInProductSet", needs(Products, Edit), |context, given| {
            turn(context, given, false)
        })
        .serve("mdmv1/ProductSetV1_PushProductSetOnPolicyEngine", needs(Products, Execute), push)
        .serve("mdmv1/ProductSetV1_ReprocessProductSetAsync", needs(Products, Execute), reprocess);
}

/// Products of a set with their ranks, best first.
fn ranks(set: &Object) -> Vec<(i64, i64)> {
    let listed = set.body.get("Ranks").and_then(Value::as_array);
    let pair = |one: &Value| Some((one.get("ProductID")?.as_i64()?, one.get("Rank")?.as_i64()?));
    let mut ranks: Vec<(i64, i64)> = listed.into_iter().flatten().filter_map(pair).collect();
    ranks.sort_by_key(|(product, rank)| (*rank, *product));
    ranks
}

fn set_ranks(set: &mut Object, ranks: &[(i64, i64)]) {
    let listed: Vec<Value> =
        ranks.iter().map(|(product, rank)| json!({ "ProductID": product, "Rank": rank })).collect();
    set.body.insert("Ranks".to_owned(), Value::Array(listed));
}

fn no_set(key: impl std::fmt::Display) -> Refusal {
    Refusal::bad(format!("Product set not found: {key}."))
}

fn done() -> Said {
    Said::json(200, json!({ "ResultString": "Success", "Products": [] }))
}

/// Products that a body ranks, which all have to be there.
async fn ranked(context: &Context, tx: &mut Change, listed: Option<&Value>) -> Result<Vec<(i64, i64)>, Refusal> {
    let mut ranks = Vec::new();
    for (place, one) in listed.and_then(Value::as_array).into_iter().flatten().enumerate() {
        let product = match (one.get("ProductID").and_then(Value::as_i64), one.get("ProductName")) {
            (Some(id), _) => find(context, tx, PRODUCT, id, || super::no_product(id)).await?,
            (None, Some(Value::String(name))) => {
                let wanted = Wanted { name: Some(name), ..Wanted::default() };
                let found = objects::first(tx, PRODUCT, &wanted, context.scope()).await?;
                found.ok_or_else(|| super::no_product(name))?
            }
            _ => return Err(Refusal::bad("A rank needs a ProductID or a ProductName.")),
        };
        ranks.push((product.id, one.get("Rank").and_then(Value::as_i64).unwrap_or(place as i64 + 1)));
    }
    Ok(ranks)
}

async fn maintain_set(context: Context, given: Given) -> Result<Said, Refusal> {
    let name = given.member_text("Name").ok_or_else(|| Refusal::bad("The Name field is required."))?;
    let general = general(&context, &given).await?;
    let mut tx = context.begin().await?;
    let known = named(&context, &mut tx, SET, name, general.group).await?;
    let mut set = match known {
        Some(_) if general.insert_only => return Err(Refusal::bad(format!("The name '{name}' is in use already."))),
        Some(known) => known,
        None => create(&context, &mut tx, SET, name, general.group, Map::new()).await?,
    };
    for member in ["Description", "PlatformID"] {
        if let Some(value) = given.member(member) {
            set.body.insert(member.to_owned(), value.clone());
        }
    }
    let mut ranks = ranks(&set);
    for listed in given.member("Products").and_then(Value::as_array).into_iter().flatten() {
        let product = upsert(&context, &mut tx, &general, listed).await?;
        if !ranks.iter().any(|(known, _)| *known == product) {
            ranks.push((product, ranks.len() as i64 + 1));
        }
    }
    for (product, rank) in ranked(&context, &mut tx, given.member("ProductRanks")).await? {
        ranks.retain(|(known, _)| *known != product);
        ranks.push((product, rank));
    }
    set_ranks(&mut set, &ranks);
    objects::save(&mut tx, &set, context.now()).await?;
    tx.commit().await?;
    Ok(Said::json(200, json!({ "ResultString": format!("Success: {} ({})", set.name, set.id), "Products": [] })))
}

/// Makes or changes a product in its older form; answers its id.
async fn upsert(context: &Context, tx: &mut Change, general: &General, listed: &Value) -> Result<i64, Refusal> {
    let listed = listed.as_object().cloned().unwrap_or_default();
    if let Some(id) = listed.get("ProductID").and_then(Value::as_i64).filter(|id| *id > 0) {
        return Ok(find(context, tx, PRODUCT, id, || super::no_product(id)).await?.id);
    }
    let name = listed.get("Name").and_then(Value::as_str).unwrap_or_default();
    let known = named(context, tx, PRODUCT, name, general.group).await?;
    let body = maintain::body(&listed);
    let wish = model::read(context, tx, &body, Some(general.group), known.as_ref()).await?;
    match known {
        Some(mut known) => {
            write::change(context, tx, &mut known, wish).await?;
            Ok(known.id)
        }
        None => Ok(write::make(context, tx, wish).await?.id),
    }
}

async fn maintain_product(context: Context, given: Given) -> Result<Said, Refusal> {
    let general = general(&context, &given).await?;
    let mut tx = context.begin().await?;
    let mut set = match (given.member_id("ProductSetID"), given.member_text("Name")) {
        (Some(id), _) => find(&context, &mut tx, SET, id, || no_set(id)).await?,
        (None, Some(name)) => named(&context, &mut tx, SET, name, general.group).await?.ok_or_else(|| no_set(name))?,
        _ => return Err(Refusal::bad("The ProductSetID field is required.")),
    };
    let product = given.member("Product").ok_or_else(|| Refusal::bad("The Product field is required."))?;
    let product = upsert(&context, &mut tx, &general, product).await?;
    let mut ranks = ranks(&set);
    let rank = given.member("ProductRank").and_then(|rank| rank.get("Rank")?.as_i64());
    ranks.retain(|(known, _)| *known != product);
    ranks.push((product, rank.unwrap_or(ranks.len() as i64 + 1)));
    set_ranks(&mut set, &ranks);
    objects::save(&mut tx, &set, context.now()).await?;
    tx.commit().await?;
    Ok(done())
}

async fn rank(context: Context, given: Given) -> Result<Said, Refusal> {
    let group = owner::group(&context, given.member_id("LocationGroupID")).await?;
    let mut tx = context.begin().await?;
    let mut set = match (given.member_id("ProductSetID"), given.member_text("ProductSetName")) {
        (Some(id), _) => find(&context, &mut tx, SET, id, || no_set(id)).await?,
        (None, Some(name)) => named(&context, &mut tx, SET, name, group).await?.ok_or_else(|| no_set(name))?,
        _ => return Err(Refusal::bad("The ProductSetID field is required.")),
    };
    let new = ranked(&context, &mut tx, given.member("ProductRanks")).await?;
    let mut known: Vec<i64> = ranks(&set).iter().map(|rank| rank.0).collect();
    let mut given_products: Vec<i64> = new.iter().map(|rank| rank.0).collect();
    known.sort_unstable();
    given_products.sort_unstable();
    if known != given_products {
        return Err(Refusal::bad("Every product of the set has to be ranked, and no other."));
    }
    set_ranks(&mut set, &new);
    objects::save(&mut tx, &set, context.now()).await?;
    tx.commit().await?;
    Ok(done())
}

/// A thing that a path names by its id or its name.
async fn by_word(
    context: &Context,
    tx: &mut Change,
    kind: &str,
    word: &str,
    group: i64,
) -> Result<Option<Object>, Refusal> {
    match word.parse::<i64>() {
        Ok(id) => Ok(objects::find(tx, kind, id, context.scope()).await?),
        Err(_) => named(context, tx, kind, word, group).await,
    }
}

async fn remove(context: Context, given: Given) -> Result<Said, Refusal> {
    let id = given.text("ogId").parse().map_err(|_| Refusal::bad("The organization group is no number."))?;
    let group = owner::group(&context, Some(id)).await?;
    let (set_word, word) = (given.text("productSetIdOrName"), given.text("productIdOrName"));
    let mut tx = context.begin().await?;
    let mut set = by_word(&context, &mut tx, SET, set_word, group).await?.ok_or_else(|| no_set(set_word))?;
    let product = by_word(&context, &mut tx, PRODUCT, word, group).await?;
    let product = product.ok_or_else(|| super::invalid_product(word))?;
    let mut ranks = ranks(&set);
    let before = ranks.len();
    ranks.retain(|(known, _)| *known != product.id);
    if ranks.len() == before {
        return Err(Refusal::bad(format!("The product '{}' is not in the set.", product.name)));
    }
    set_ranks(&mut set, &ranks);
    objects::save(&mut tx, &set, context.now()).await?;
    tx.commit().await?;
    Ok(done())
}

async fn inquire(context: Context, given: Given) -> Result<Said, Refusal> {
    let key = match (given.asked_uuid("ProductSetUUID"), given.asked_id("ProductSetID")) {
        (Some(uuid), _) => Some(Key::Uuid(uuid)),
        (None, Some(id)) => Some(Key::Id(id)),
        (None, None) => None,
    };
    let set = match (key, given.asked("ProductSetName")) {
        (Some(key), _) => objects::get(context.database(), SET, key, context.scope()).await?,
        (None, Some(name)) => {
            let group = owner::asked(&context, given.asked_id("OrganizationGroupID")).await?;
            let wanted = Wanted { name: Some(name), group, ..Wanted::default() };
            let one = Page::asked(None, Some(1));
            objects::list(context.database(), SET, &wanted, one, context.scope()).await?.0.into_iter().next()
        }
        (None, None) => return Err(Refusal::bad("The ProductSetID or the ProductSetName parameter is required.")),
    };
    let set = set.ok_or_else(|| Refusal::bad("Product set not found."))?;
    let mut products = Vec::new();
    for (id, rank) in ranks(&set) {
        if let Some(product) = objects::get(context.database(), PRODUCT, id, context.scope()).await? {
            products.push(json!({ "ProductName": product.name, "Rank": rank, "ActivationState": product.state }));
        }
    }
    Ok(Said::json(
        200,
        json!({ "ProductSetID": set.id, "ProductSetUUID": set.uuid, "ProductSetName": set.name,
            "LocationGroupID": set.group, "Products": products }),
    ))
}

async fn turn(context: Context, given: Given, on: bool) -> Result<Said, Refusal> {
    let id = given.asked_id("productSetID").unwrap_or_default();
    let product = given.asked_id("productID").unwrap_or_default();
    let mut tx = context.begin().await?;
    let set = find(&context, &mut tx, SET, id, || no_set(id)).await?;
    if !ranks(&set).iter().any(|(known, _)| *known == product) {
        return Err(Refusal::bad(format!("Product {product} is not in the set.")));
    }
    let mut product = find(&context, &mut tx, PRODUCT, product, || super::invalid_product(product)).await?;
    match (product.state == ACTIVE, on) {
        (false, true) => life::activate(&context, &mut tx, &mut product).await?,
        (true, false) => life::deactivate(&context, &mut tx, &mut product).await?,
        _ => {}
    }
    tx.commit().await?;
    Ok(done())
}

/// Works out again what every active product of a set means for devices.
async fn work_out(context: &Context, tx: &mut Change, set: &Object, again: Again) -> Result<(), Refusal> {
    for (id, _) in ranks(set) {
        let product = objects::find(tx, PRODUCT, id, context.scope()).await?;
        if let Some(product) = product.filter(|product| product.state == ACTIVE) {
            process(context, tx, &product, again).await?;
        }
    }
    Ok(())
}

async fn push(context: Context, given: Given) -> Result<Said, Refusal> {
    let id = given.asked_id("productSetID").unwrap_or_default();
    let mut tx = context.begin().await?;
    let set = find(&context, &mut tx, SET, id, || no_set(id)).await?;
    work_out(&context, &mut tx, &set, Again::Failed).await?;
    tx.commit().await?;
    Ok(Said::nothing(200))
}

async fn reprocess(context: Context, given: Given) -> Result<Said, Refusal> {
    let uuid = given.uuid("productSetUuid");
    let force = given.asked_flag("force").unwrap_or_default();
    let mut tx = context.begin().await?;
    let missing = || Refusal::not_found(format!("Product set not found: {uuid}."));
    let set = find(&context, &mut tx, SET, uuid, missing).await?;
    work_out(&context, &mut tx, &set, if force { Again::Always } else { Again::Failed }).await?;
    tx.commit().await?;
    Ok(Said::nothing(202))
}
