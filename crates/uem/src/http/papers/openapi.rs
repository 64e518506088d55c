//! The OpenAPI 3.1 document of a dialect. It promises what is built and nothing else.

use std::collections::HashMap;

use muster_model::catalog::Shape;
use muster_model::catalog::facts::{Operation, Parameter, Place, guide, published};
use muster_model::{Effect, Method};
use serde_json::{Map, Value, json};

use super::super::given;
use super::super::table::{Route, Table};
use super::schema::{Schemas, Way};
use super::{Dialect, address, built, words};

pub(super) fn document(table: &Table, dialect: Dialect) -> Value {
    let facts = match dialect {
        Dialect::Guide => guide(),
        Dialect::Published => published(),
    };
    let mut schemas = Schemas::new(facts);
    let mut paths: Map<String, Value> = Map::new();
    let mut written: HashMap<String, String> = HashMap::new();
    for route in built(table, dialect) {
        let path = address(table, route);
        // Two spellings of one address are one path, with the names that came first.
        let first = written.entry(kinds(&path, route.operation)).or_insert_with(|| path.clone()).clone();
        let mut operation = operation(route, &mut schemas);
        rename(&mut operation, &path, &first);
        paths.entry(first).or_insert_with(|| json!({}))[route.operation.method.as_str().to_lowercase()] = operation;
    }
    paths.sort_keys();
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": format!("UEM, {} dialect", dialect.as_str()),
            "version": env!("CARGO_PKG_VERSION"),
            "description": "What this server has of the Workspace ONE UEM REST API. Generated from its route table.",
        },
        "security": [{ "basic": [], "key": [] }, { "oauth": [] }],
        "paths": paths,
        "components": {
            "securitySchemes": {
                "basic": { "type": "http", "scheme": "basic" },
                "key": { "type": "apiKey", "in": "header", "name": "aw-tenant-code" },
                "oauth": { "type": "oauth2", "flows": { "clientCredentials": {
                    "tokenUrl": "/connect/token", "scopes": {} } } },
            },
            "schemas": with_fault(schemas),
            "responses": {
                "fault": {
                    "description": "The call was not carried out.",
                    "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Fault" } } },
                },
                "nowhere": {
                    "description": "There is no such thing, or no such address, which is answered with a page.",
                    "content": {
                        "application/json": { "schema": { "$ref": "#/components/schemas/Fault" } },
                        "text/html": { "schema": { "type": "string" } },
                    },
                },
            },
        },
    })
}

/// A path with the kinds of its arguments in place of their names.
fn kinds(path: &str, operation: &Operation) -> String {
    let kind = |part: &str| {
        let name = part.trim_matches(['{', '}']);
        let known = operation.parameters.iter().find(|known| known.place == Place::Path && known.name == name);
        format!("{:?}", known.map(|known| &known.shape))
    };
    let parts = path.split('/').map(|part| if part.starts_with('{') { kind(part) } else { part.to_lowercase() });
    parts.collect::<Vec<_>>().join("/")
}

/// Gives the arguments of an operation the names that they have in another spelling of its path.
fn rename(operation: &mut Value, from: &str, to: &str) {
    let names = |path: &str| -> Vec<String> {
        path.split('/').filter_map(|part| Some(part.strip_prefix('{')?.strip_suffix('}')?.to_owned())).collect()
    };
    for (old, new) in names(from).into_iter().zip(names(to)) {
        for parameter in operation["parameters"].as_array_mut().into_iter().flatten() {
            if parameter["in"] == "path" && parameter["name"] == old.as_str() {
                parameter["name"] = json!(new);
            }
        }
    }
}

fn with_fault(schemas: Schemas) -> Value {
    let mut schemas = json!(schemas.finish());
    schemas["Fault"] = json!({
        "type": "object",
        "required": ["errorCode", "message"],
        "properties": {
            "errorCode": { "type": "integer" },
            "message": {},
            "activityId": { "type": "string", "format": "uuid" },
        },
    });
    schemas
}

fn operation(route: &Route, schemas: &mut Schemas) -> Value {
    let operation = route.operation;
    let parameters: Vec<Value> = operation.parameters.iter().map(|known| parameter(known, schemas)).collect();
    let mut written = json!({
        "operationId": operation.key.replace(['/', '#'], "."),
        "summary": words::title(operation),
        "tags": [format!("{} {}", operation.api, operation.area)],
        "x-effect": route.effect,
        "parameters": parameters,
        "responses": answers(route, schemas),
    });
    if let Some(right) = route.right() {
        written["x-right"] = json!(right.to_string());
    }
    if route.effect == Effect::Destroy {
        written["description"] = json!("Removes something, or cannot be undone.");
    }
    if let Some(body) = &operation.body {
        let schema = schemas.of(body, Way::In);
        written["requestBody"] = json!({ "content": { "application/json": { "schema": schema } } });
    }
    written
}

fn parameter(known: &Parameter, schemas: &mut Schemas) -> Value {
    let mut schema = schemas.of_parameter(&known.shape);
    if given::counts_rows(&known.name) {
        schema["minimum"] = json!(0);
    }
    let place = match known.place {
        Place::Path => "path",
        Place::Query => "query",
    };
    let mut written = json!({ "name": known.name, "in": place, "required": known.required, "schema": schema });
    if known.place == Place::Query {
        written["allowEmptyValue"] = json!(true);
    }
    written
}

fn answers(route: &Route, schemas: &mut Schemas) -> Value {
    let operation = route.operation;
    let mut answers = Map::new();
    let successes: Vec<u16> =
        operation.answers.iter().map(|(status, _)| *status).filter(|status| (200..300).contains(status)).collect();
    for &status in if successes.is_empty() { &[200][..] } else { &successes } {
        answers.insert(status.to_string(), success(operation, status, schemas));
    }
    if operation.method == Method::Get || route.effect == Effect::Read {
        answers.entry("204").or_insert_with(|| json!({ "description": "There is nothing to list." }));
    }
    answers.insert("404".to_owned(), json!({ "$ref": "#/components/responses/nowhere" }));
    for status in ["400", "401", "403", "405", "409", "412", "415", "422", "423", "429"] {
        answers.insert(status.to_owned(), json!({ "$ref": "#/components/responses/fault" }));
    }
    Value::Object(answers)
}

fn success(operation: &Operation, status: u16, schemas: &mut Schemas) -> Value {
    let mut written = json!({ "description": "Done." });
    if status != 204 && *operation.success(status) != Shape::Any {
        let schema = schemas.of(operation.success(status), Way::Out);
        written["content"] = json!({ "application/json": { "schema": schema } });
    }
    written
}
