//! What the tenant has bought, and how much of it its devices use.

use serde_json::{Value, json};

use super::super::context::Context;
use super::super::given::Given;
use super::super::organization_groups::{named, seen};
use super::super::policy::Action::{Create, Read};
use super::super::policy::Resource::Settings;
use super::super::policy::needs;
use super::super::refusal::Refusal;
use super::super::said::Said;
use super::super::table::Table;
use crate::store::enrolled_devices::{self, Enrolled};
use crate::store::objects::{self, NewObject, Wanted};
use crate::store::organization_groups;
use crate::store::page::Page;

const KIND: &str = "license";
/// What every tenant has from the start.
const BASE: [&str; 4] = ["MDM", "MAM", "MCM", "WS1_E"];
const BOUGHT: i64 = 10_000;

pub(super) fn routes(table: &mut Table) {
    table.serve("systemv1/ProductLicenses_GetProductLicensesAsync", needs(Settings, Read), list).serve(
        "systemv1/ExpressLicense_CreateLicenseAsync",
        needs(Settings, Create),
        create,
    );
}

async fn list(context: Context, given: Given) -> Result<Said, Refusal> {
    let group = seen(&context, given.uuid("organizationGroupUuid")).await?;
    let groups = organization_groups::ids_below(context.database(), group.id).await?;
    let wanted = Enrolled { groups: &groups, ..Enrolled::default() };
    let used = enrolled_devices::search(context.database(), &wanted, context.scope()).await?.len();
    let mut licenses: Vec<Value> = BASE
        .iter()
        .map(|sku| {
            json!({
                "sku_id": sku, "license_type": "PRODUCTION_PER_DEVICE", "quantity_purchased": BOUGHT,
                "quantity_used": used,
            })
        })
        .collect();
    let wanted = Wanted { group: Some(group.id), ..Wanted::default() };
    let everything = Page::asked_or_all(None, None);
    let (express, _) = objects::list(context.database(), KIND, &wanted, everything, context.scope()).await?;
    for license in express {
        licenses.push(json!({
            "sku_id": "AWEXPRESS", "license_type": license.state, "quantity_used": used,
            "quantity_purchased": license.body.get("QuantityPurchased"),
            "expiration_date": license.body.get("ExpirationDate"),
        }));
    }
    Ok(Said::json(200, json!({ "total_count": licenses.len(), "licenses": licenses })))
}

/// `TrialPerUser` is `TRIAL_PER_USER` elsewhere.
fn kind(word: &str) -> &'static str {
    match word {
        "TrialPerDevice" => "TRIAL_PER_DEVICE",
        "ProductionPerDevice" => "PRODUCTION_PER_DEVICE",
        "TrialPerUser" => "TRIAL_PER_USER",
        "ProductionPerUser" => "PRODUCTION_PER_USER",
        _ => "PER_DEVICE_AND_USER",
    }
}

async fn create(context: Context, given: Given) -> Result<Said, Refusal> {
    let group = named(&context, given.member_id("OrganizationGroupId").unwrap_or_default()).await?;
    let required = |name: &str| {
        let number = given.member_id(name).filter(|&number| number > 0);
        number.ok_or_else(|| Refusal::bad(format!("The {name} field must be a number above 0.")))
    };
    required("QuantityPurchased")?;
    let word = given.member_text("LicenseType").unwrap_or("ProductionPerDevice");
    let date = |name: &str| given.member_text(name).and_then(|text| text.parse::<muster_model::Stamp>().ok());
    if let (Some(from), Some(to)) = (date("EffectiveDate"), date("ExpirationDate"))
        && from >= to
    {
        return Err(Refusal::bad("The license ends before it begins."));
    }
    let new = NewObject {
        kind: KIND,
        group: group.id,
        parent: None,
        name: given.member_text("MultiLicenseKey").unwrap_or("Express"),
        state: kind(word),
        body: given.members(),
        created_by: &context.caller.name,
    };
    let mut tx = context.begin().await?;
    objects::create(&mut tx, new, context.now()).await?;
    tx.commit().await?;
    Ok(Said::nothing(200))
}
