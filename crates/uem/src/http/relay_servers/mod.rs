//! Relay servers, from which devices fetch what products bring. Version 1 numbers and texts, version 2 words and
//! flags: one document is kept for both.

mod document;
mod first;
mod second;

use serde_json::{Map, Value};

use super::context::Context;
use super::refusal::Refusal;
use super::table::Table;
use crate::http::change::Change;
use crate::store::objects::{self, NewObject, Object, Wanted};

pub(super) fn routes(table: &mut Table) {
    first::routes(table);
    second::routes(table);
}

pub(super) const KIND: &str = "relay-server";

/// What a request wants a relay server to be.
struct Draft {
    name: String,
    group: i64,
    body: Map<String, Value>,
}

/// What has to be there and to be sensible in a document.
fn check(body: &Map<String, Value>) -> Result<(), Refusal> {
    let part = |name: &str| body.get(name).and_then(Value::as_object);
    let kind = part("general").and_then(|general| general.get("type")?.as_str()).unwrap_or_default();
    if !["PUSH", "PULL", "CLOUD_RELAY"].contains(&kind) {
        return Err(Refusal::bad("The type of a relay server is push, pull or cloud."));
    }
    for name in ["device_connection", "console_connection"] {
        let port = part(name).and_then(|connection| connection.get("port")?.as_i64());
        if port.is_some_and(|port| !(1..=65_535).contains(&port)) {
            return Err(Refusal::bad(format!("The port of the {name} is not between 1 and 65535.")));
        }
    }
    let host = part("device_connection").and_then(|connection| connection.get("hostname")?.as_str());
    if kind != "CLOUD_RELAY" && host.is_none_or(|host| host.trim().is_empty()) {
        return Err(Refusal::bad("The hostname of the device connection is required."));
    }
    Ok(())
}

async fn is_taken(context: &Context, tx: &mut Change, draft: &Draft, except: Option<i64>) -> Result<bool, Refusal> {
    let wanted = Wanted { name: Some(&draft.name), ..Wanted::default() };
    let found = objects::first(tx, KIND, &wanted, context.scope()).await?;
    Ok(found.is_some_and(|found| Some(found.id) != except))
}

async fn make(context: &Context, tx: &mut Change, draft: Draft) -> Result<Object, Refusal> {
    check(&draft.body)?;
    if is_taken(context, tx, &draft, None).await? {
        return Err(Refusal::bad(format!("A relay server of the name '{}' exists already.", draft.name)));
    }
    let new = NewObject {
        kind: KIND,
        group: draft.group,
        parent: None,
        name: &draft.name,
        state: "",
        body: draft.body,
        created_by: &context.caller.name,
    };
    Ok(objects::create(tx, new, context.now()).await?)
}

async fn change(context: &Context, tx: &mut Change, server: &mut Object, draft: Draft) -> Result<(), Refusal> {
    check(&draft.body)?;
    if is_taken(context, tx, &draft, Some(server.id)).await? {
        return Err(Refusal::bad(format!("A relay server of the name '{}' exists already.", draft.name)));
    }
    server.name = draft.name;
    server.group = draft.group;
    for (name, part) in draft.body {
        // A password that is not sent again stays.
        let kept = server.body.get(&name).and_then(|part| part.get("password")).cloned();
        let mut part = part;
        if let (Some(password), Value::Object(members)) = (kept, &mut part) {
            members.entry("password").or_insert(password);
        }
        server.body.insert(name, part);
    }
    objects::save(tx, server, context.now()).await?;
    Ok(())
}

fn no_server(key: impl std::fmt::Display) -> Refusal {
    Refusal::not_found(format!("Relay server not found: {key}."))
}
