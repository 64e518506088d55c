//! Relay servers in version 2, which stands in the address.

use serde_json::{Map, Value, json};

use super::super::context::Context;
use super::super::given::Given;
use super::super::owner;
use super::super::policy::Action::{Create, Delete, Edit, Read};
use super::super::policy::Resource::Products;
use super::super::policy::needs;
use super::super::refusal::Refusal;
use super::super::said::Said;
use super::super::table::Table;
use super::{Draft, KIND, change, document, make, no_server};
use crate::store::objects::{self, Object, Wanted};
use crate::store::page::Page;

pub(super) fn routes(table: &mut Table) {
    table
        .serve("mdmv1/RelayServersV2_AddRelayServerV2Async", needs(Products, Create), add)
        .serve("mdmv1/RelayServersV2_SearchV2Async", needs(Products, Read), search)
        .serve("mdmv1/RelayServersV2_GetRelayServerV2Async", needs(Products, Read), get)
        .serve("mdmv1/RelayServersV2_UpdateRelayServerV2Async", needs(Products, Edit), update)
        .serve("mdmv1/RelayServersV2_DeleteRelayServerV2Async", needs(Products, Delete), delete)
        .serve("mdmv1/RelayServersV2_TestConnectionAsync", needs(Products, Read), test);
}

async fn draft(context: &Context, given: &Given) -> Result<Draft, Refusal> {
    let body: Map<String, Value> = given.members();
    let name = body.get("general").and_then(|general| general.get("name")?.as_str()).map(str::trim);
    let name = name.filter(|name| !name.is_empty()).ok_or_else(|| Refusal::bad("The name field is required."))?;
    let name = name.to_owned();
    let uuid = body.get("assignment").and_then(|assignment| assignment.get("managed_by_uuid")?.as_str());
    let group = match uuid.and_then(|uuid| uuid.parse().ok()) {
        Some(uuid) => owner::of_uuid(context, uuid).await?,
        None => context.caller.group,
    };
    Ok(Draft { name, group, body })
}

async fn add(context: Context, given: Given) -> Result<Said, Refusal> {
    let draft = draft(&context, &given).await?;
    let mut tx = context.begin().await?;
    let made = make(&context, &mut tx, draft).await?;
    tx.commit().await?;
    let location = format!("{}/api/mdm/v2/relayservers/{}", context.tenant.url, made.uuid);
    Ok(Said::made_at(201, location, json!({ "uuid": made.uuid })))
}

fn shown(server: &Object) -> Value {
    let mut shown = Value::Object(document::second(&server.body));
    shown["general"]["relay_server_uuid"] = json!(server.uuid);
    shown["general"]["name"] = json!(server.name);
    shown
}

/// A flag that a search sends as a text.
fn flag(word: Option<&str>) -> Result<Option<bool>, Refusal> {
    let Some(word) = word else { return Ok(None) };
    match word.to_ascii_lowercase().as_str() {
        "true" | "active" => Ok(Some(true)),
        "false" | "inactive" => Ok(Some(false)),
        other => Err(Refusal::bad(format!("'{other}' is not a valid value of active. Valid are: true, false."))),
    }
}

async fn search(context: Context, given: Given) -> Result<Said, Refusal> {
    let group = match given.member_uuid("organization_group_uuid") {
        Some(uuid) => Some(owner::of_uuid(&context, uuid).await?),
        None => None,
    };
    let active = flag(given.member_text("active"))?;
    let kind = given.member_text("relay_server_type").map(str::to_uppercase);
    let wanted = Wanted { name_contains: given.member_text("search_text"), group, ..Wanted::default() };
    let everything = Page::asked_or_all(None, None);
    let (mut found, _) = objects::list(context.database(), KIND, &wanted, everything, context.scope()).await?;
    let general =
        |server: &Object, name: &str| server.body.get("general").and_then(|general| general.get(name)).cloned();
    found.retain(|server| {
        active.is_none_or(|active| {
            general(server, "active").and_then(|flag| flag.as_bool()).unwrap_or_default() == active
        }) && kind.as_ref().is_none_or(|kind| general(server, "type").is_some_and(|own| own == json!(kind)))
    });
    let key = |server: &Object| match given.member_text("sort_by") {
        Some("TYPE") => general(server, "type").unwrap_or_default().to_string(),
        Some("ACTIVE") => general(server, "active").unwrap_or_default().to_string(),
        _ => server.name.to_lowercase(),
    };
    found.sort_by_key(key);
    if given.member_text("sort_order") == Some("DESC") {
        found.reverse();
    }
    let number = |name: &str, usual: usize| {
        given.member_id(name).map_or(Ok(usual), |number| {
            usize::try_from(number).map_err(|_| Refusal::bad(format!("The {name} is negative.")))
        })
    };
    let (limit, offset) = (number("limit", 500)?, number("offset", 0)?);
    let total = found.len() as u64;
    let rows: Vec<Value> = found.iter().skip(offset).take(limit).map(shown).collect();
    let count = if rows.is_empty() { 0 } else { total };
    Ok(Said::list(json!({ "results": rows, "total_results": total, "additional_info": { "links": [] } }), count))
}

async fn read(context: &Context, given: &Given) -> Result<Object, Refusal> {
    let uuid = given.uuid("relayServerUuid");
    objects::get(context.database(), KIND, uuid, context.scope()).await?.ok_or_else(|| no_server(uuid))
}

async fn get(context: Context, given: Given) -> Result<Said, Refusal> {
    Ok(Said::json(200, shown(&read(&context, &given).await?)))
}

async fn update(context: Context, given: Given) -> Result<Said, Refusal> {
    let uuid = given.uuid("relayServerUuid");
    let draft = draft(&context, &given).await?;
    let mut tx = context.begin().await?;
    let mut server = objects::find(&mut tx, KIND, uuid, context.scope()).await?.ok_or_else(|| no_server(uuid))?;
    change(&context, &mut tx, &mut server, draft).await?;
    tx.commit().await?;
    Ok(Said::nothing(204))
}

async fn delete(context: Context, given: Given) -> Result<Said, Refusal> {
    let uuid = given.uuid("relayServerUuid");
    let mut tx = context.begin().await?;
    let server = objects::find(&mut tx, KIND, uuid, context.scope()).await?.ok_or_else(|| no_server(uuid))?;
    objects::remove(&mut tx, &server).await?;
    tx.commit().await?;
    Ok(Said::nothing(204))
}

/// Nothing is sent anywhere: a host under `.invalid`, a name that never exists, is the one that cannot be reached.
async fn test(context: Context, given: Given) -> Result<Said, Refusal> {
    let server = read(&context, &given).await?;
    let host = server.body.get("device_connection").and_then(|connection| connection.get("hostname")?.as_str());
    let reached = host.is_some_and(|host| !host.trim_end_matches('.').ends_with(".invalid"));
    let word = if reached { "SUCCESS" } else { "FAILED" };
    let steps = [
        "test_connection",
        "create_directory",
        "check_directory",
        "create_file",
        "check_file",
        "rename_file",
        "delete_file",
        "delete_directory",
    ];
    let details: Map<String, Value> = steps.iter().map(|step| ((*step).to_owned(), json!(word))).collect();
    Ok(Said::json(200, json!({ "status": word, "details": details })))
}
