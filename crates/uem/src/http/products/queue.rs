//! The queue in which devices wait for their products to be worked out.

use serde_json::json;

use super::super::context::Context;
use super::super::given::Given;
use super::super::policy::Action::{Execute, Read};
use super::super::policy::Resource::Products;
use super::super::policy::needs;
use super::super::refusal::Refusal;
use super::super::said::Said;
use super::super::table::Table;
use super::search::date;
use super::{PRODUCT, find, invalid_product, no_product, read};
use crate::store::page::Page;
use crate::store::products::{self, Wanted};
use crate::store::profiles::on_devices::{self, Named};

pub(super) fn routes(table: &mut Table) {
    table
        .serve("mdmv1/ProductsV1_PushDeviceAndPolicyOnPolicyEngine", needs(Products, Execute), push_one)
        .serve("mdmv1/ProductsV1_PushDeviceOnPolicyEngine", needs(Products, Execute), push_device)
        .serve("mdmv1/ProductComponentsV1_ProvisioningQueueCountsAsync", needs(Products, Read), counts);
}

async fn push_one(context: Context, given: Given) -> Result<Said, Refusal> {
    let device = given.asked_id("deviceid").unwrap_or_default();
    let product = given.asked_id("devicepolicyid").unwrap_or_default();
    let mut tx = context.begin().await?;
    let target = on_devices::target(&mut tx, Named::Id(device), context.scope()).await?;
    let target = target.ok_or_else(|| Refusal::no_device(device))?;
    find(&context, &mut tx, PRODUCT, product, || no_product(product)).await?;
    let now = context.now();
    if !products::again(&mut tx, product, target.id, now).await? {
        return Err(Refusal::bad(format!("Device {device} does not have product {product}.")));
    }
    context.tenant.push(&mut tx, &[target.id], now).await?;
    tx.commit().await?;
    Ok(Said::nothing(200))
}

/// Here the number in the path is a device's.
async fn push_device(context: Context, given: Given) -> Result<Said, Refusal> {
    let id = given.id("id");
    let mut tx = context.begin().await?;
    let target = on_devices::target(&mut tx, Named::Id(id), context.scope()).await?;
    let target = target.ok_or_else(|| Refusal::no_device(id))?;
    let now = context.now();
    if products::all_again(&mut tx, target.id, now).await? > 0 {
        context.tenant.push(&mut tx, &[target.id], now).await?;
    }
    tx.commit().await?;
    Ok(Said::nothing(200))
}

async fn counts(context: Context, given: Given) -> Result<Said, Refusal> {
    let id = given.id("id");
    let product = read(&context, id, || invalid_product(id)).await?;
    let wanted = |statuses| Wanted { product: Some(id), statuses, ..Wanted::default() };
    let everything = Page::asked_or_all(None, None);
    let (queued, waiting) =
        products::jobs(context.database(), &wanted(&["Queued"]), everything, context.scope()).await?;
    let one = Page::asked(None, Some(1));
    let (_, sent) = products::jobs(context.database(), &wanted(&["InProgress"]), one, context.scope()).await?;
    let moments = || queued.iter().map(|job| job.queued_at);
    let groups = super::model::Groups::load(&context).await?;
    let shown = json!({
        "Id": id, "OrganizationGroup": groups.owners.get(&product.group), "PolicyEngineQueueCount": waiting,
        "CommandQueueCount": sent, "MinPolicyEngineDateQueue": moments().min().map(date),
        "MaxPolicyEngineDateQueue": moments().max().map(date),
    });
    Ok(Said::json(200, shown))
}
