//! Products are turned on and off, and processed again.

use serde_json::{Value, json};
use uuid::Uuid;

use super::super::context::Context;
use super::super::given::Given;
use super::super::policy::Action::{Edit, Execute};
use super::super::policy::Resource::Products;
use super::super::policy::needs;
use super::super::refusal::Refusal;
use super::super::said::Said;
use super::super::table::Table;
use super::{ACTIVE, INACTIVE, PRODUCT, find, no_product, process, smart_groups};
use crate::http::change::Change;
use crate::store::objects::{self, Key, Object};
use crate::store::products::{self, Again};
use crate::store::profiles::on_devices::{self, Named};

pub(super) fn routes(table: &mut Table) {
    table
        .serve("mdmv1/ProductsV1_Activate", needs(Products, Edit), turn_on)
        .serve("mdmv1/ProductsV1_Deactivate", needs(Products, Edit), turn_off)
        .serve("mdmv1/ProductsV1_ReprocessProductAsync", needs(Products, Execute), reprocess_listed)
        .serve("mdmv1/ProductsV1_ReprocessProductAsync#2", needs(Products, Execute), |context, given| {
            reprocess(context, given, Again::Failed)
        })
        .serve("mdmv1/ProductsV1_ForceReprocessProductAsync", needs(Products, Execute), |context, given| {
            reprocess(context, given, Again::Always)
        })
        .serve("mdmv1/ProductsV1_ForceReprocessProductWithDevicesAsync", needs(Products, Execute), on_devices_again);
}

/// Turns a product on: now its smart groups' devices get jobs.
pub(super) async fn activate(context: &Context, tx: &mut Change, product: &mut Object) -> Result<(), Refusal> {
    if smart_groups(product).is_empty() {
        return Err(Refusal::bad("A product without a smart group cannot be activated."));
    }
    product.state = ACTIVE.to_owned();
    objects::save(tx, product, context.now()).await?;
    process(context, tx, product, Again::Never).await?;
    Ok(())
}

pub(super) async fn deactivate(context: &Context, tx: &mut Change, product: &mut Object) -> Result<(), Refusal> {
    product.state = INACTIVE.to_owned();
    objects::save(tx, product, context.now()).await?;
    process(context, tx, product, Again::Never).await?;
    Ok(())
}

async fn turn_on(context: Context, given: Given) -> Result<Said, Refusal> {
    let id = given.id("id");
    let mut tx = context.begin().await?;
    let mut product = find(&context, &mut tx, PRODUCT, id, || no_product(id)).await?;
    if product.state != ACTIVE {
        activate(&context, &mut tx, &mut product).await?;
        tx.commit().await?;
    }
    Ok(Said::nothing(200))
}

async fn turn_off(context: Context, given: Given) -> Result<Said, Refusal> {
    let id = given.id("id");
    let mut tx = context.begin().await?;
    let mut product = find(&context, &mut tx, PRODUCT, id, || no_product(id)).await?;
    if product.state == ACTIVE {
        deactivate(&context, &mut tx, &mut product).await?;
        tx.commit().await?;
    }
    Ok(Said::nothing(200))
}

async fn running(context: &Context, tx: &mut Change, key: impl Into<Key>) -> Result<Object, Refusal> {
    let key = key.into();
    let product = find(context, tx, PRODUCT, key, || match key {
        Key::Id(id) => no_product(id),
        Key::Uuid(uuid) => no_product(uuid),
    })
    .await?;
    if product.state != ACTIVE {
        return Err(Refusal::bad(format!("The product '{}' is not active.", product.name)));
    }
    Ok(product)
}

/// Of the devices that are listed, or of all where none is.
async fn reprocess_listed(context: Context, given: Given) -> Result<Said, Refusal> {
    let id = given.member_id("ProductID").ok_or_else(|| Refusal::bad("The ProductID field is required."))?;
    let force = given.member("ForceFlag").and_then(Value::as_bool).unwrap_or_default();
    let devices = given.member("DeviceIds").and_then(Value::as_array);
    let devices: Vec<i64> = devices.into_iter().flatten().filter_map(|device| device.get("ID")?.as_i64()).collect();
    let mut tx = context.begin().await?;
    let product = running(&context, &mut tx, id).await?;
    process(&context, &mut tx, &product, Again::Never).await?;
    let now = context.now();
    if devices.is_empty() {
        process(&context, &mut tx, &product, if force { Again::Always } else { Again::Failed }).await?;
    }
    for device in devices {
        let known = on_devices::target(&mut tx, Named::Id(device), context.scope()).await?.is_some();
        if !known || !products::again(&mut tx, id, device, now).await? {
            return Err(Refusal::bad(format!("Device {device} does not have product {id}.")));
        }
        context.tenant.push(&mut tx, &[device], now).await?;
    }
    tx.commit().await?;
    Ok(Said::json(200, json!({ "ResultString": "Success", "Products": [] })))
}

async fn reprocess(context: Context, given: Given, again: Again) -> Result<Said, Refusal> {
    let mut tx = context.begin().await?;
    let product = running(&context, &mut tx, given.uuid("productUuid")).await?;
    process(&context, &mut tx, &product, again).await?;
    tx.commit().await?;
    Ok(Said::nothing(202))
}

async fn on_devices_again(context: Context, given: Given) -> Result<Said, Refusal> {
    let uuids = given.member("device_uuids").and_then(Value::as_array);
    let uuids: Vec<Uuid> = uuids.into_iter().flatten().filter_map(|uuid| uuid.as_str()?.parse().ok()).collect();
    if uuids.is_empty() {
        return Err(Refusal::bad("The device_uuids field is required."));
    }
    let mut tx = context.begin().await?;
    let product = running(&context, &mut tx, given.uuid("productUuid")).await?;
    let now = context.now();
    let mut faults = Vec::new();
    for uuid in &uuids {
        let device = on_devices::target(&mut tx, Named::Uuid(*uuid), context.scope()).await?;
        let done = match &device {
            Some(device) => products::again(&mut tx, product.id, device.id, now).await?,
            None => false,
        };
        match device.filter(|_| done) {
            Some(device) => context.tenant.push(&mut tx, &[device.id], now).await?,
            None => faults.push(json!({ "ErrorCode": 400, "ItemValue": uuid,
                "Message": format!("Device {uuid} does not have the product.") })),
        }
    }
    if faults.len() == uuids.len() {
        return Err(Refusal::bad("None of the devices has the product."));
    }
    tx.commit().await?;
    Ok(Said::json(
        200,
        json!({ "TotalItems": uuids.len(), "AcceptedItems": uuids.len() - faults.len(), "FailedItems": faults.len(),
            "Faults": { "Fault": faults } }),
    ))
}
