//! Purchased apps: bought in a store for a number of licences, which are handed out to smart groups.

mod account;
mod licenses;

use muster_store::Transaction;
use serde_json::{Value, json};

use super::super::context::Context;
use super::super::given::Given;
use super::super::policy::Action::{Delete, Edit, Execute, Read};
use super::super::policy::Resource::Apps;
use super::super::policy::needs;
use super::super::refusal::Refusal;
use super::super::said::Said;
use super::super::table::Table;
use super::{Missing, found, named, publish, search, shown, stores};
use crate::store::apps::{self, App, PURCHASED, Wanted, assignments, devices};

pub(super) fn routes(table: &mut Table) {
    table
        .serve("mamv1/PurchasedAppsV1_VppAppSearchAsync", needs(Apps, Read), search)
        .serve("mamv1/PurchasedAppsV1_LoadVppLicensedAppAllocation", needs(Apps, Read), get)
        .serve("mamv2/PurchasedAppsV2_GetPurchasedApplicationAndAssignments", needs(Apps, Read), get_v2)
        .serve("mamv1/PurchasedAppsV1_UpdateAutoUpdateFlagForApplicationAsync", needs(Apps, Edit), auto_update)
        .serve("mamv1/PurchasedAppsV1_UpdateVppApplication", needs(Apps, Execute), update_on_devices)
        .serve("mamv1/PurchasedAppsV1_DeleteVppAppAsync", needs(Apps, Delete), delete);
    licenses::routes(table);
    account::routes(table);
}

/// Who may use a licence: a person with a store account, or a device.
const ELIGIBILITY: &str = "AppLicenseEligibility";
const AUTO_UPDATE: &str = "IsAutoUpdateEnabled";

fn is_for_devices(app: &App) -> bool {
    app.body.get(ELIGIBILITY).and_then(Value::as_str) == Some("Device")
}

/// Licences of an app: bought, set aside for groups, in use.
struct Licenses {
    total: i64,
    allocated: i64,
    redeemed: i64,
}

impl Licenses {
    fn left(&self) -> i64 {
        (self.total - self.allocated).max(0)
    }

    fn orders(&self) -> Value {
        json!({
            "TotalLicenses": self.total, "Allocated": self.allocated, "Redeemed": self.redeemed,
            "Unallocated": self.left(), "OnHold": 0, "ExternallyRedeemed": 0,
        })
    }
}

async fn licenses_of(context: &Context, app: &App, assigned: &[assignments::Assignment]) -> Result<Licenses, Refusal> {
    let redeemed = devices::redeemed(context.database(), app.id).await?;
    Ok(Licenses {
        total: app.licenses,
        allocated: assigned.iter().map(|one| one.allocated).sum(),
        redeemed: i64::try_from(redeemed).unwrap_or(i64::MAX).min(app.licenses),
    })
}

/// An assignment as purchased apps show it.
fn allocation(one: &assignments::Assignment, redeemed: i64) -> Value {
    json!({
        "SmartGroupId": one.group.id, "Allocated": one.allocated, "Redeemed": redeemed, "AssignmentRuleType": "SmartGroup",
        "Status": "Active", "Users": 0,
    })
}

fn deployment(assigned: &[assignments::Assignment]) -> Value {
    let first = assigned.first();
    let flag = |name: &str| {
        let rule = first.and_then(|one| one.rule.get("restriction")).and_then(|rule| rule.get(name));
        rule.and_then(Value::as_bool).unwrap_or_default()
    };
    let mode = first.map_or("Auto", |one| one.push_mode.as_str());
    json!({
        "AssignmentType": mode, "RemoveOnUnenroll": flag("remove_on_unenroll"), "UseVPN": false,
        "PreventApplicationBackup": flag("prevent_application_backup"),
    })
}

async fn search(context: Context, given: Given) -> Result<Said, Refusal> {
    let page = given.page()?;
    let wanted = Wanted {
        name: given.asked("applicationname"),
        bundle_id: given.asked("bundleid"),
        kinds: vec![PURCHASED],
        platform: search::asked_platform(&given)?,
        status: search::status(&given)?,
        groups: search::groups(&context, &given).await?,
        assigned: given.asked_flag("isassigned"),
        order: search::order(&given)?,
        ..Wanted::default()
    };
    let (found, total) = apps::search(context.database(), &wanted, page, context.scope()).await?;
    let mut list = Vec::new();
    for app in &found {
        list.push(entity(&context, app).await?);
    }
    let answer = json!({ "Application": list, "Page": page.number, "PageSize": page.size, "Total": total });
    Ok(Said::list(answer, total))
}

async fn entity(context: &Context, app: &App) -> Result<Value, Refusal> {
    let assigned = assignments::of_app(context.database(), app.id).await?;
    let licenses = licenses_of(context, app, &assigned).await?;
    let shares = shares(context, app, &assigned).await?;
    let own = json!({
        "Assignments": assigned.iter().zip(shares).map(|(one, redeemed)| allocation(one, redeemed)).collect::<Vec<_>>(),
        "ManagedDistribution": {
            "AppLicenseEligibility": app.body.get(ELIGIBILITY), "Purchased": licenses.total,
            "Available": licenses.left(), "Burned": licenses.redeemed, "OnHold": 0,
        },
        "RedeemableCodes": { "Purchased": 0, "Available": 0, "Burned": 0, "OnHold": 0 },
        "Deployment": deployment(&assigned),
        "RootOrganizationGroupName": app.group_name,
        "Categories": [],
    });
    let Value::Object(mut shown) = shown::entity(app, &[]) else { return Ok(own) };
    shown::overlay(&mut shown, own);
    Ok(Value::Object(shown))
}

/// Licences that are in use in each assignment's smart group.
async fn shares(context: &Context, app: &App, assigned: &[assignments::Assignment]) -> Result<Vec<i64>, Refusal> {
    let mut shares = Vec::new();
    for one in assigned {
        let wanted = devices::Wanted {
            apps: vec![app.id],
            criteria: Some(devices::criteria(context.database(), &[one.group.uuid]).await?),
            assigned: Some(true),
            installed: Some(true),
            ..devices::Wanted::default()
        };
        let count = devices::count(context.database(), &wanted, context.scope()).await?;
        shares.push(i64::try_from(count).unwrap_or(i64::MAX).min(one.allocated));
    }
    Ok(shares)
}

async fn get(context: Context, given: Given) -> Result<Said, Refusal> {
    let app = named(&context, &given, Some(PURCHASED), Missing::Unauthorized).await?;
    let assigned = assignments::of_app(context.database(), app.id).await?;
    // Rules say more than this form can.
    if assigned.iter().any(|one| one.rule.contains_key("distribution")) {
        return Err(Refusal::new(400, 7019, "The application has flexible assignments: read them in version 2."));
    }
    let licenses = licenses_of(&context, &app, &assigned).await?;
    let shares = shares(&context, &app, &assigned).await?;
    let allocations = assigned.iter().zip(shares).map(|(one, redeemed)| allocation(one, redeemed));
    Ok(Said::json(
        200,
        json!({
            "ManagedBy": app.group, "Orders": licenses.orders(), "Licenses": licenses.orders(),
            "Assignments": allocations.collect::<Vec<_>>(), "Deployment": deployment(&assigned),
        }),
    ))
}

async fn get_v2(context: Context, given: Given) -> Result<Said, Refusal> {
    let app = named(&context, &given, Some(PURCHASED), Missing::NotFound).await?;
    let assigned = assignments::of_app(context.database(), app.id).await?;
    let licenses = licenses_of(&context, &app, &assigned).await?;
    let shares = shares(&context, &app, &assigned).await?;
    let each = assigned.iter().zip(shares).map(|(one, redeemed)| {
        let flag = |name: &str| one.rule.get("restriction").and_then(|rule| rule.get(name)).cloned();
        json!({
            "smart_group_uuid": one.group.uuid, "allocated": one.allocated, "redeemed": redeemed, "is_active": true,
            "deployment_parameters": {
                "assignment_type": one.push_mode.replace('-', ""), "allow_management": flag("make_app_mdm_managed"),
                "remove_on_unenroll": flag("remove_on_unenroll"), "prevent_removal": flag("prevent_removal"),
                "prevent_application_backup": flag("prevent_application_backup"), "use_vpn": false,
            },
        })
    });
    let eligibility = if is_for_devices(&app) { "Device" } else { "VPPUser" };
    Ok(Said::json(
        200,
        json!({
            "uuid": app.uuid, "name": app.name, "identifier": app.bundle_id, "product_type": "App",
            "adam_id": app.body.get("ExternalId"), "organization_group_uuid": app.group_uuid, "categories": [],
            "vpp_app_eligibility": eligibility, "assignments": each.collect::<Vec<_>>(),
            "licenses_summary": {
                "total": licenses.total, "allocated": licenses.allocated, "redeemed": licenses.redeemed,
                "unallocated": licenses.left(), "on_hold": 0,
            },
        }),
    ))
}

async fn auto_update(context: Context, given: Given) -> Result<Said, Refusal> {
    let on = given.member(AUTO_UPDATE).and_then(Value::as_bool);
    let on = on.ok_or_else(|| Refusal::bad("The IsAutoUpdateEnabled field is required."))?;
    let mut tx = context.begin().await?;
    let mut app = found(&context, &mut tx, &given, Some(PURCHASED), Missing::Unauthorized).await?;
    app.body.insert(AUTO_UPDATE.to_owned(), on.into());
    apps::save(&mut tx, &app, context.now()).await?;
    if on {
        renew(&context, &mut tx, &mut app).await?;
    }
    tx.commit().await?;
    Ok(Said::nothing(200))
}

/// Brings an app to the newest version of its store, and to the devices that have an older one; answers whether
/// there was a newer one.
async fn renew(context: &Context, tx: &mut Transaction, app: &mut App) -> Result<bool, Refusal> {
    let newest = stores::find(&app.platform, &app.bundle_id).map(stores::Item::newest);
    let Some(newest) = newest.filter(|newest| *newest != app.version) else { return Ok(false) };
    newest.clone_into(&mut app.version);
    apps::save(tx, app, context.now()).await?;
    apps::reach::renew(tx, app.id, context.now()).await?;
    publish(context, tx, app.id).await?;
    Ok(true)
}

async fn update_on_devices(context: Context, given: Given) -> Result<Said, Refusal> {
    let mut tx = context.begin().await?;
    let mut app = found(&context, &mut tx, &given, Some(PURCHASED), Missing::NotFound).await?;
    if !is_for_devices(&app) {
        return Err(Refusal::not_found("No device has a licence of the application."));
    }
    if !renew(&context, &mut tx, &mut app).await? {
        return Err(Refusal::not_found("The store has no newer version of the application."));
    }
    tx.commit().await?;
    Ok(Said::nothing(201))
}

async fn delete(context: Context, given: Given) -> Result<Said, Refusal> {
    super::internal::erase(&context, &given, PURCHASED, Missing::Bad).await?;
    Ok(Said::nothing(200))
}
