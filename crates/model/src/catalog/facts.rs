//! Facts of all published operations and of the guide dialect, read from the files beside this one when they are
//! first asked for.
//!
//! A file holds one operation and one type a line, so that a change of the API is a change of a line. The version
//! of a published operation is that of its file: `mdmv2.json` has what `Accept: application/json;version=2` gets
//! below `/api/mdm`.

use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;

use serde::Deserialize;
use serde_json::Value;

use super::shape::{Form, Shape};
use crate::endpoint::Method;

/// Where a parameter stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Place {
    Path,
    Query,
}

/// A parameter of an operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parameter {
    pub name: String,
    pub place: Place,
    pub shape: Shape,
    pub required: bool,
}

/// An operation of the API as its documents describe it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operation {
    /// Unique: the file and the published id, `mdmv1/Tags_Search`; where an API gave one id to two operations, the
    /// second one of the file is `…#2`.
    pub key: String,
    /// `mdmv1`, or `guide`.
    pub api: String,
    /// The published id. Several APIs may share one.
    pub id: String,
    /// The published tag, by which documents group operations.
    pub area: String,
    pub method: Method,
    /// From the root, arguments in braces.
    pub path: String,
    pub version: u8,
    pub parameters: Vec<Parameter>,
    pub body: Option<Shape>,
    /// By status, in order.
    pub answers: Vec<(u16, Shape)>,
}

impl Operation {
    /// The shape that is published for an answer of this status.
    #[must_use]
    pub fn answer(&self, status: u16) -> Option<&Shape> {
        self.answers.iter().find(|(known, _)| *known == status).map(|(_, shape)| shape)
    }

    /// The shape of a success: that of its status, else of any success that says something.
    #[must_use]
    pub fn success(&self, status: u16) -> &Shape {
        let other = || {
            let mut shapes = self.answers.iter().filter(|(status, _)| (200..300).contains(status));
            shapes.find(|(_, shape)| *shape != Shape::Any).map(|(_, shape)| shape)
        };
        self.answer(status).filter(|shape| **shape != Shape::Any).or_else(other).unwrap_or(&Shape::Any)
    }
}

/// Operations and the types that they name.
#[derive(Debug, Default)]
pub struct Facts {
    pub operations: Vec<Operation>,
    /// Api, name and shape of each type.
    pub types: Vec<(String, String, Shape)>,
    by_key: HashMap<String, usize>,
    by_address: HashMap<(Method, String, u8), usize>,
}

impl Facts {
    /// The operation of a key.
    #[must_use]
    pub fn operation(&self, key: &str) -> Option<&Operation> {
        self.by_key.get(key).and_then(|&index| self.operations.get(index))
    }

    /// The operation at an address: method, path template (in any case; arguments may have other names), version.
    #[must_use]
    pub fn at(&self, method: Method, path: &str, version: u8) -> Option<&Operation> {
        let index = self.by_address.get(&(method, address(path), version))?;
        self.operations.get(*index)
    }

    /// The shape of a [`Shape::Named`].
    #[must_use]
    pub fn shape(&self, index: usize) -> &Shape {
        self.types.get(index).map_or(&Shape::Any, |(_, _, shape)| shape)
    }

    /// The name of a [`Shape::Named`].
    #[must_use]
    pub fn name(&self, index: usize) -> &str {
        self.types.get(index).map_or("", |(_, name, _)| name)
    }

    fn load(files: &[&str]) -> Self {
        let mut facts = Self::default();
        for text in files {
            // The files are part of the program, and a test reads all of them.
            let file: File = serde_json::from_str(text).unwrap_or_else(|error| panic!("a file of facts: {error}"));
            facts.add(file);
        }
        facts
    }

    fn add(&mut self, file: File) {
        let first = self.types.len();
        let names: HashMap<String, usize> =
            file.types.keys().enumerate().map(|(index, name)| (name.clone(), first + index)).collect();
        for (name, shape) in &file.types {
            self.types.push((file.api.clone(), name.clone(), parse(shape, &names)));
        }
        let version = file.api.bytes().last().filter(u8::is_ascii_digit).map_or(1, |digit| digit - b'0');
        for raw in file.operations {
            let mut key = format!("{}/{}", file.api, raw.id);
            if self.by_key.contains_key(&key) {
                key.push_str("#2");
            }
            let parameters = raw.parameters.into_iter().map(|raw| Parameter {
                required: raw.required || raw.place == Place::Path,
                shape: parse(&raw.shape, &names),
                name: raw.name,
                place: raw.place,
            });
            let method = method(&raw.method);
            self.by_key.insert(key.clone(), self.operations.len());
            // Where an API has one address twice, the first one is meant.
            self.by_address.entry((method, address(&raw.path), version)).or_insert(self.operations.len());
            self.operations.push(Operation {
                key,
                api: file.api.clone(),
                id: raw.id,
                area: raw.area,
                method,
                path: raw.path,
                version,
                parameters: parameters.collect(),
                body: raw.body.map(|body| parse(&body, &names)),
                answers: raw.answers.iter().map(|(status, shape)| (*status, parse(shape, &names))).collect(),
            });
        }
    }
}

/// All that is published.
#[must_use]
pub fn published() -> &'static Facts {
    static FACTS: LazyLock<Facts> = LazyLock::new(|| {
        Facts::load(&[
            include_str!("facts/systemv1.json"),
            include_str!("facts/systemv2.json"),
            include_str!("facts/mdmv1.json"),
            include_str!("facts/mdmv2.json"),
            include_str!("facts/mdmv3.json"),
            include_str!("facts/mdmv4.json"),
            include_str!("facts/mamv1.json"),
            include_str!("facts/mamv2.json"),
            include_str!("facts/mcmv1.json"),
            include_str!("facts/memv1.json"),
        ])
    });
    &FACTS
}

/// The guide dialect, and the console's own operations beside it: who may call, and how.
#[must_use]
pub fn guide() -> &'static Facts {
    static FACTS: LazyLock<Facts> = LazyLock::new(|| {
        Facts::load(&[
            include_str!("facts/guide.json"),
            include_str!("facts/guide_commands.json"),
            include_str!("facts/console.json"),
        ])
    });
    &FACTS
}

#[derive(Deserialize)]
struct File {
    api: String,
    operations: Vec<RawOperation>,
    types: BTreeMap<String, Value>,
}

#[derive(Deserialize)]
struct RawOperation {
    id: String,
    area: String,
    method: String,
    path: String,
    #[serde(default)]
    parameters: Vec<RawParameter>,
    body: Option<Value>,
    answers: BTreeMap<u16, Value>,
}

#[derive(Deserialize)]
struct RawParameter {
    name: String,
    #[serde(rename = "in")]
    place: Place,
    #[serde(rename = "is")]
    shape: Value,
    #[serde(default)]
    required: bool,
}

fn method(word: &str) -> Method {
    match word {
        "POST" => Method::Post,
        "PUT" => Method::Put,
        "PATCH" => Method::Patch,
        "DELETE" => Method::Delete,
        _ => Method::Get,
    }
}

fn parse(raw: &Value, names: &HashMap<String, usize>) -> Shape {
    let texts = |list: &Value| -> Vec<String> {
        list.as_array().into_iter().flatten().filter_map(|word| word.as_str().map(str::to_owned)).collect()
    };
    match raw {
        Value::String(word) => plain(word),
        Value::Array(items) => Shape::List(Box::new(items.first().map_or(Shape::Any, |item| parse(item, names)))),
        Value::Object(object) => {
            if let Some(name) = object.get("$").and_then(Value::as_str) {
                names.get(name).map_or(Shape::Any, |&index| Shape::Named(index))
            } else if let Some(words) = object.get("enum") {
                Shape::Words(texts(words))
            } else if let Some(each) = object.get("map") {
                Shape::Map(Box::new(parse(each, names)))
            } else if let Some(Value::Object(fields)) = object.get("fields") {
                Shape::Members {
                    members: fields.iter().map(|(name, shape)| (name.clone(), parse(shape, names))).collect(),
                    required: object.get("required").map(texts).unwrap_or_default(),
                    open: object.get("open").and_then(Value::as_bool).unwrap_or_default(),
                }
            } else {
                Shape::Any
            }
        }
        _ => Shape::Any,
    }
}

fn plain(word: &str) -> Shape {
    match word {
        "string" => Shape::Text(Form::Plain),
        "string:uuid" => Shape::Text(Form::Uuid),
        "string:date-time" => Shape::Text(Form::DateTime),
        "string:date" => Shape::Text(Form::Date),
        "string:byte" => Shape::Text(Form::Bytes),
        "integer:int32" => Shape::Integer { wide: false },
        "integer:int64" => Shape::Integer { wide: true },
        "number:double" | "number:float" => Shape::Number,
        "boolean" => Shape::Flag,
        _ => Shape::Any,
    }
}

/// A path without what tells two spellings of one address apart.
fn address(path: &str) -> String {
    let parts = path.split('/').filter(|part| !part.is_empty());
    parts.map(|part| if part.starts_with('{') { "{}".to_owned() } else { part.to_lowercase() }).fold(
        String::new(),
        |mut whole, part| {
            whole.push('/');
            whole.push_str(&part);
            whole
        },
    )
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_published_operation_is_known_once() {
        let facts = published();
        assert_eq!(facts.operations.len(), 979);
        let keys: BTreeSet<&str> = facts.operations.iter().map(|operation| operation.key.as_str()).collect();
        assert_eq!(keys.len(), 979);
        for operation in &facts.operations {
            let braces = operation.path.matches('{').count();
            let places = operation.parameters.iter().filter(|parameter| parameter.place == Place::Path).count();
            assert_eq!(braces, places, "{}", operation.key);
            assert!(!operation.area.is_empty() && operation.path.starts_with("/api/"), "{}", operation.key);
        }
    }

    /// An endpoint with types of its own is one of the facts too, or the facts are wrong.
    #[test]
    fn every_typed_endpoint_is_a_fact() {
        for entry in super::super::ALL {
            let facts = if entry.path.starts_with("/API/") { guide() } else { published() };
            assert!(facts.at(entry.method, entry.path, entry.version).is_some(), "{entry:?}");
        }
    }

    #[test]
    fn a_type_may_contain_itself() {
        let recursive = published().types.iter().any(|(_, _, shape)| {
            matches!(shape, Shape::Members { members, .. } if members.values().any(|member| {
                matches!(member, Shape::List(each) if matches!(**each, Shape::Named(_)))
            }))
        });
        assert!(recursive);
    }
}
