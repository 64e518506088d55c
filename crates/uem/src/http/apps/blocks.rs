//! Blocking what may be done with a package: on one device, or on all of an organization.

use muster_store::Transaction;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::super::context::Context;
use super::super::given::Given;
use super::super::policy::Action::{Edit, Read};
use super::super::policy::Resource::Apps;
use super::super::policy::needs;
use super::super::refusal::Refusal;
use super::super::said::Said;
use super::super::table::Table;
use super::text;
use crate::store::apps;
use crate::store::apps::blocks::{self, Block};
use crate::store::page::Page;

pub(super) fn routes(table: &mut Table) {
    table
        .serve("mamv1/ApplicationDsmV1_BlockApplicationActionsAsync", needs(Apps, Edit), block)
        .serve("mamv1/ApplicationDsmV1_UnblockApplicationActionsAsync", needs(Apps, Edit), unblock)
        .serve("mamv1/ApplicationDsmV1_GetBlockedApplicationsAsync", needs(Apps, Read), query);
}

/// What an entry of a request says, or why it cannot be.
async fn read(context: &Context, said: &Map<String, Value>) -> Result<Result<Block, &'static str>, Refusal> {
    let uuid = |name: &str| text(said, name).and_then(|text| text.parse::<Uuid>().ok());
    let Some(group) = uuid("application_organization_group_uuid").or_else(|| uuid("customer_uuid")) else {
        return Ok(Err("The organization group is missing."));
    };
    let Some((group, _)) = apps::group(context.database(), group, context.scope()).await? else {
        return Ok(Err("The organization group is not found or not accessible."));
    };
    let device = uuid("device_uuid");
    if let Some(device) = device {
        let name = apps::devices::Name::Uuid(device);
        if apps::devices::named(context.database(), name, context.scope()).await?.is_none() {
            return Ok(Err("The device is not found or not accessible."));
        }
    }
    let word = |name: &str| text(said, name).unwrap_or_default().to_owned();
    let package = word("package_identifier");
    if package.is_empty() {
        return Ok(Err("The package_identifier is missing."));
    }
    let action = text(said, "action_type").unwrap_or("UNKNOWN").to_owned();
    Ok(Ok(Block {
        group,
        package,
        platform: word("platform_type"),
        version: word("version"),
        device: device.map(|device| device.to_string()).unwrap_or_default(),
        action,
        body: said.clone(),
    }))
}

enum Order {
    Block,
    Unblock,
}

async fn carry_out(context: &Context, given: &Given, order: Order) -> Result<Said, Refusal> {
    let entries = given.member("applications").and_then(Value::as_array).cloned().unwrap_or_default();
    if entries.is_empty() {
        return Err(Refusal::bad("The applications field is required."));
    }
    let mut read_entries = Vec::new();
    for entry in &entries {
        let said = entry.as_object().cloned().unwrap_or_default();
        let block = read(context, &said).await?;
        read_entries.push((said, block));
    }
    let mut tx = context.begin().await?;
    let mut failed = Vec::new();
    for (mut said, block) in read_entries {
        let outcome = match block {
            Ok(block) => apply(context, &mut tx, &block, &order).await?,
            Err(why) => Err(why),
        };
        if let Err(why) = outcome {
            said.insert("failure_message".to_owned(), why.into());
            failed.push(Value::Object(said));
        }
    }
    let succeeded = entries.len() - failed.len();
    if succeeded == 0 {
        let why = failed.first().and_then(|entry| entry["failure_message"].as_str()).unwrap_or_default();
        return Err(Refusal::invalid(why));
    }
    tx.commit().await?;
    if failed.is_empty() {
        return Ok(Said::nothing(if matches!(order, Order::Block) { 201 } else { 204 }));
    }
    let (success, failure) = (succeeded, failed.len());
    Ok(Said::json(207, json!({ "success_count": success, "failure_count": failure, "failed_items": failed })))
}

async fn apply(
    context: &Context,
    tx: &mut Transaction,
    block: &Block,
    order: &Order,
) -> Result<Result<(), &'static str>, Refusal> {
    match order {
        Order::Block => blocks::add(tx, block, context.now()).await?,
        Order::Unblock if blocks::remove(tx, block).await? => {}
        Order::Unblock => return Ok(Err("The application is not blocked.")),
    }
    Ok(Ok(()))
}

async fn block(context: Context, given: Given) -> Result<Said, Refusal> {
    carry_out(&context, &given, Order::Block).await
}

async fn unblock(context: Context, given: Given) -> Result<Said, Refusal> {
    carry_out(&context, &given, Order::Unblock).await
}

/// A cursor is the number of the next page.
async fn query(context: Context, given: Given) -> Result<Said, Refusal> {
    let wanted: Vec<(String, String)> = given
        .member("filter")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(|one| {
            Some((one["package_identifier"].as_str()?.to_owned(), one["platform_type"].as_str()?.to_owned()))
        })
        .collect();
    let size = given.member_id("page_size").and_then(|size| u32::try_from(size).ok());
    let cursor = match given.member_text("cursor") {
        None => 0,
        Some(text) => text.parse::<u32>().map_err(|_| Refusal::bad(format!("'{text}' is not a valid cursor.")))?,
    };
    let page = Page::asked(Some(cursor), size);
    let (found, total) = blocks::list(context.database(), &wanted, page, context.scope()).await?;
    let more = (u64::from(page.number) + 1) * u64::from(page.size) < total;
    let next = if more { (page.number + 1).to_string() } else { String::new() };
    let list: Vec<Value> = found.into_iter().map(Value::Object).collect();
    Ok(Said::json(200, json!({ "application_list": list, "next_cursor_token": next, "total_records": total })))
}
