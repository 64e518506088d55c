//! A Postman 2.1 collection: the calls that the guide tests a connection with, then every operation by area, with
//! checks that a runner can carry out.

use std::collections::BTreeMap;

use muster_model::Effect;
use muster_model::catalog::facts::{Facts, Place};
use muster_model::catalog::{Form, Shape};
use serde_json::{Map, Value, json};

use super::super::table::{Route, Table};
use super::{Dialect, address, built, words};
use crate::ready::Ready;

/// The calls that come first: a name, the route, and the query that it is tried with.
fn first_calls(dialect: Dialect) -> &'static [(&'static str, &'static str, &'static str)] {
    match dialect {
        Dialect::Guide => &[
            ("System information", "guide.system.info", ""),
            ("First page of devices", "guide.devices.search", "pagesize=10"),
            ("Devices of one platform", "guide.devices.search", "platform=Apple&pagesize=10"),
            ("Users by name", "guide.users.search", "pagesize=10"),
            ("Applications", "guide.apps.search", "pagesize=10"),
            ("Smart groups", "guide.smartgroups.search", "pagesize=10"),
            ("Non-compliant devices", "guide.devices.noncompliant", "pagesize=10"),
        ],
        Dialect::Published => &[
            ("System information", "system.info", ""),
            ("First page of devices", "devices.search", "pagesize=10"),
            ("Devices of one platform", "devices.search", "platform=Apple&pagesize=10"),
            ("Organization groups", "groups.search", "pagesize=10"),
            ("Users by name", "users.search", "pagesize=10"),
            ("Applications", "apps.search", "pagesize=10"),
            ("Smart groups", "smartgroups.search", "pagesize=10"),
        ],
    }
}

pub(super) fn collection(table: &Table, dialect: Dialect) -> Value {
    let mut folders: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for route in built(table, dialect) {
        let folder = format!("{} {}", route.operation.api, route.operation.area);
        folders.entry(folder).or_default().push(item(table, route));
    }
    let first = first_calls(dialect).iter().filter_map(|(name, route, query)| {
        let route = table.all().iter().find(|known| known.name == *route)?;
        Some(first_call(table, name, route, query))
    });
    let mut items = vec![json!({ "name": "Is it there?", "item": first.collect::<Vec<_>>() })];
    items.extend(folders.into_iter().map(|(name, item)| json!({ "name": name, "item": item })));
    json!({
        "info": {
            "name": format!("UEM, {} dialect", dialect.as_str()),
            "schema": "https://schema.getpostman.com/json/collection/v2.1.0/collection.json",
        },
        "auth": { "type": "basic", "basic": [
            { "key": "username", "value": "{{username}}", "type": "string" },
            { "key": "password", "value": "{{password}}", "type": "string" },
        ] },
        "item": items,
    })
}

pub(super) fn environment(ready: Option<&Ready>) -> Value {
    let of = |field: fn(&Ready) -> &str| ready.map_or("", field);
    let value =
        |key: &str, value: &str, kind: &str| json!({ "key": key, "value": value, "type": kind, "enabled": true });
    json!({
        "name": "UEM",
        "values": [
            value("url", of(|ready| &ready.url), "default"),
            value("username", of(|ready| &ready.username), "default"),
            value("password", of(|ready| &ready.password), "secret"),
            value("tenant_code", of(|ready| &ready.tenant_code), "secret"),
        ],
    })
}

fn first_call(table: &Table, name: &str, route: &Route, query: &str) -> Value {
    let mut call = item(table, route);
    call["name"] = json!(name);
    let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    let pairs: Vec<Value> = pairs.map(|(key, value)| json!({ "key": key, "value": value })).collect();
    call["request"]["url"]["raw"] = json!(format!("{{{{url}}}}{}?{query}", address(table, route)));
    call["request"]["url"]["query"] = json!(pairs);
    call["event"] = checks(&[
        "pm.test('answers with success', () => pm.expect(pm.response.code).to.be.within(200, 299));",
        "pm.test('answers with JSON', () => pm.response.code === 204 || pm.response.json());",
        "pm.test('tells where the limit stands', () => pm.response.to.have.header('x-ratelimit-remaining'));",
    ]);
    call
}

fn item(table: &Table, route: &Route) -> Value {
    let (operation, path) = (route.operation, address(table, route));
    let segments: Vec<String> = path
        .split('/')
        .filter(|part| !part.is_empty())
        .map(|part| {
            part.strip_prefix('{').map_or_else(|| part.to_owned(), |name| format!(":{}", name.trim_end_matches('}')))
        })
        .collect();
    let query: Vec<Value> = operation
        .parameters
        .iter()
        .filter(|known| known.place == Place::Query)
        .map(|known| json!({ "key": known.name, "value": example_text(&known.shape), "disabled": !known.required }))
        .collect();
    let variables: Vec<Value> = operation
        .parameters
        .iter()
        .filter(|known| known.place == Place::Path)
        .map(|known| json!({ "key": known.name, "value": example_text(&known.shape) }))
        .collect();
    let mut request = json!({
        "method": operation.method.as_str(),
        "header": [
            { "key": "aw-tenant-code", "value": "{{tenant_code}}" },
            { "key": "Accept", "value": format!("application/json;version={}", operation.version) },
        ],
        "url": {
            "raw": format!("{{{{url}}}}/{}", segments.join("/")),
            "host": ["{{url}}"], "path": segments, "query": query, "variable": variables,
        },
    });
    if let Some(body) = &operation.body {
        let example = example(route.facts, body, 0).to_string();
        request["body"] = json!({ "mode": "raw", "raw": example, "options": { "raw": { "language": "json" } } });
    }
    let mut item = json!({ "name": words::title(operation), "request": request });
    item["event"] = checks(&[
        "pm.test('the server does not break', () => pm.expect(pm.response.code).to.be.below(500));",
        "pm.test('the credentials are taken', () => pm.expect(pm.response.code === 401 && pm.response.json().errorCode === 1005).to.eql(false));",
    ]);
    if route.effect == Effect::Destroy {
        item["request"]["description"] = json!("Removes something, or cannot be undone.");
    }
    item
}

fn checks(lines: &[&str]) -> Value {
    json!([{ "listen": "test", "script": { "type": "text/javascript", "exec": lines } }])
}

/// A value that a person can start from. Nothing exists under these ids, so that a run of the whole collection
/// changes no device.
fn example(facts: &Facts, shape: &Shape, depth: u8) -> Value {
    match shape {
        Shape::Any | Shape::Map(_) => json!({}),
        Shape::Text(_) | Shape::Words(_) => json!(example_text(shape)),
        Shape::Integer { .. } => json!(0),
        Shape::Number => json!(0.0),
        Shape::Flag => json!(false),
        Shape::List(each) => {
            if depth < 3 {
                json!([example(facts, each, depth + 1)])
            } else {
                json!([])
            }
        }
        Shape::Named(index) => example(facts, facts.shape(*index), depth),
        Shape::Members { .. } if depth >= 3 => json!({}),
        Shape::Members { members, .. } => {
            let members = members.iter().map(|(name, member)| (name.clone(), example(facts, member, depth + 1)));
            Value::Object(members.collect::<Map<_, _>>())
        }
    }
}

fn example_text(shape: &Shape) -> String {
    match shape {
        Shape::Integer { .. } | Shape::Number => "0".to_owned(),
        Shape::Flag => "false".to_owned(),
        Shape::Words(words) => words.first().cloned().unwrap_or_default(),
        Shape::Text(Form::Uuid) => "00000000-0000-0000-0000-000000000000".to_owned(),
        Shape::Text(Form::DateTime) => "2026-01-05T08:00:00".to_owned(),
        Shape::Text(Form::Date) => "2026-01-05".to_owned(),
        _ => "text".to_owned(),
    }
}
