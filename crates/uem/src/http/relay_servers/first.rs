//! Relay servers in version 1.

use serde_json::{Map, Value, json};

use super::super::context::Context;
use super::super::given::Given;
use super::super::owner;
use super::super::policy::Action::{Create, Delete, Edit, Execute, Read};
use super::super::policy::Resource::Products;
use super::super::policy::needs;
use super::super::refusal::Refusal;
use super::super::said::Said;
use super::super::table::Table;
use super::{Draft, KIND, change, document, make, no_server};
use crate::store::objects::{self, Key, Object, Wanted};
use crate::store::page::Page;

pub(super) fn routes(table: &mut Table) {
    table
        .serve("mdmv1/RelayServersV1_AddRelayServer", needs(Products, Create), add)
        .serve("mdmv1/RelayServersV1_AddRelayServersInBulk", needs(Products, Create), add_many)
        .serve("mdmv1/RelayServersV1_UpdateRelayServer", needs(Products, Edit), update)
        .serve("mdmv1/RelayServersV1_GetServerDetails", needs(Products, Read), get)
        .serve("mdmv1/RelayServersV1_DeleteRelayServer", needs(Products, Delete), delete)
        .serve("mdmv1/RelayServersV1_PostsContentsOnRelayServerAsync", needs(Products, Execute), contents);
}

async fn draft(context: &Context, given: &Map<String, Value>) -> Result<Draft, Refusal> {
    let general = given.get("General").and_then(Value::as_object);
    let general = general.ok_or_else(|| Refusal::bad("The General field is required."))?;
    let name = general.get("Name").and_then(Value::as_str).map(str::trim).filter(|name| !name.is_empty());
    let name = name.ok_or_else(|| Refusal::bad("The Name field is required."))?;
    let assignment = given.get("Assignment");
    let text = |name: &str| assignment.and_then(|assignment| assignment.get(name)?.as_str());
    let group = match (text("ManagedByUuid"), text("ManagedBy")) {
        (Some(uuid), _) => {
            let uuid = uuid.parse().map_err(|_| Refusal::bad("The ManagedByUuid is no UUID."))?;
            owner::of_uuid(context, uuid).await.map_err(|_| Refusal::invalid("The managing group is not found."))?
        }
        (None, Some(id)) if !id.trim().is_empty() => {
            let id = id.trim().parse().map_err(|_| Refusal::bad("The ManagedBy is no number."))?;
            owner::group(context, Some(id)).await?
        }
        _ => context.caller.group,
    };
    Ok(Draft { name: name.to_owned(), group, body: document::kept(given) })
}

async fn add(context: Context, given: Given) -> Result<Said, Refusal> {
    let draft = draft(&context, &given.members()).await?;
    let mut tx = context.begin().await?;
    let made = make(&context, &mut tx, draft).await?;
    tx.commit().await?;
    let location = format!("{}/api/mdm/relayservers/{}", context.tenant.url, made.id);
    Ok(Said::made_at(201, location, json!({ "RelayServerId": made.id, "RelayServerUuid": made.uuid })))
}

/// 201 when all were made, 207 when some were, 400 when none was.
async fn add_many(context: Context, given: Given) -> Result<Said, Refusal> {
    let all = given.body.as_array().cloned().unwrap_or_default();
    if all.is_empty() {
        return Err(Refusal::bad("The list of relay servers is empty."));
    }
    let mut drafts = Vec::new();
    for one in &all {
        drafts.push(draft(&context, one.as_object().unwrap_or(&Map::new())).await);
    }
    let mut tx = context.begin().await?;
    let (mut made, mut faults) = (Vec::new(), Vec::new());
    for (place, draft) in drafts.into_iter().enumerate() {
        let stored = match draft {
            Ok(draft) => make(&context, &mut tx, draft).await,
            Err(refusal) => Err(refusal),
        };
        match stored {
            Ok(server) => made.push(json!({ "RelayServerID": server.id, "RelayServerUuid": server.uuid,
                "Name": server.name })),
            Err(Refusal::Fault { status, code, message }) if status < 500 => {
                let name = all[place]["General"]["Name"].as_str().unwrap_or_default();
                faults.push(json!({ "ErrorCode": code, "ItemValue": name, "Message": message }));
            }
            Err(other) => return Err(other),
        }
    }
    if made.is_empty() {
        return Err(Refusal::bad("None of the relay servers could be made."));
    }
    tx.commit().await?;
    let status = if faults.is_empty() { 201 } else { 207 };
    Ok(Said::json(
        status,
        json!({ "TotalItems": all.len(), "AcceptedItems": made.len(), "FailedItems": faults.len(), "Created": made,
            "Faults": { "Fault": faults } }),
    ))
}

async fn update(context: Context, given: Given) -> Result<Said, Refusal> {
    let general = given.member("General");
    let uuid = general.and_then(|general| general.get("RelayServerUuid")?.as_str()?.parse().ok());
    let id = general.and_then(|general| general.get("RelayServerId")?.as_i64());
    let key = uuid.map(Key::Uuid).or(id.map(Key::Id));
    let key = key.ok_or_else(|| Refusal::bad("The RelayServerId field is required."))?;
    let draft = draft(&context, &given.members()).await?;
    let mut tx = context.begin().await?;
    let found = objects::find(&mut tx, KIND, key, context.scope()).await?;
    let mut server = found.ok_or_else(|| no_server(&draft.name))?;
    change(&context, &mut tx, &mut server, draft).await?;
    tx.commit().await?;
    Ok(Said::nothing(204))
}

fn shown(server: &Object) -> Value {
    let mut shown = Value::Object(document::first(&server.body));
    shown["General"]["RelayServerId"] = json!(server.id);
    shown["General"]["RelayServerUuid"] = json!(server.uuid);
    shown["General"]["Mock"] = json!(false);
    if !shown["Assignment"].is_object() {
        shown["Assignment"] = json!({ "ManagedBy": server.group.to_string() });
    }
    shown
}

async fn get(context: Context, given: Given) -> Result<Said, Refusal> {
    let id = given.id("serverId");
    let found = objects::get(context.database(), KIND, id, context.scope()).await?;
    Ok(Said::json(200, shown(&found.ok_or_else(|| no_server(id))?)))
}

async fn delete(context: Context, given: Given) -> Result<Said, Refusal> {
    let id = given.id("serverId");
    let mut tx = context.begin().await?;
    let server = objects::find(&mut tx, KIND, id, context.scope()).await?.ok_or_else(|| no_server(id))?;
    objects::remove(&mut tx, &server).await?;
    tx.commit().await?;
    Ok(Said::nothing(204))
}

/// The link of a product to a relay server that keeps its files.
const CONTENT: &str = "relay-server-content";

async fn contents(context: Context, given: Given) -> Result<Said, Refusal> {
    let product = given.member_uuid("ProductUuid").unwrap_or_default();
    let group = owner::of_uuid(&context, given.member_uuid("OrganizationGroupUuid").unwrap_or_default()).await?;
    let wanted = Wanted { group: Some(group), ..Wanted::default() };
    let everything = Page::asked_or_all(None, None);
    let (servers, _) = objects::list(context.database(), KIND, &wanted, everything, context.scope()).await?;
    let mut tx = context.begin().await?;
    let found = objects::find(&mut tx, "product", product, context.scope()).await?;
    let found = found.ok_or_else(|| Refusal::not_found(format!("Product not found: {product}.")))?;
    if servers.is_empty() {
        return Err(Refusal::bad("The organization group has no relay server."));
    }
    for server in servers {
        let body = Map::from_iter([("state".to_owned(), json!("Queued"))]);
        objects::link(&mut tx, CONTENT, found.uuid, server.uuid, body, context.now()).await?;
    }
    tx.commit().await?;
    Ok(Said::nothing(202))
}
