//! JSON Schema of the shapes. What is sent may be spelled more freely than what is answered, and the schemas say so.

use std::collections::{BTreeMap, BTreeSet};

use muster_model::catalog::facts::Facts;
use muster_model::catalog::{Form, Shape};
use serde_json::{Map, Value, json};

/// In which direction a value travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Way {
    /// From caller to tenant: numbers may be texts, members may be null.
    In,
    Out,
}

/// Schemas of the named types that a document needs, collected while it is written.
pub(super) struct Schemas {
    facts: &'static Facts,
    wanted: BTreeSet<(usize, Way)>,
}

impl Schemas {
    pub(super) fn new(facts: &'static Facts) -> Self {
        Self { facts, wanted: BTreeSet::new() }
    }

    /// The schema of a shape; named types are referred to.
    pub(super) fn of(&mut self, shape: &Shape, way: Way) -> Value {
        match shape {
            Shape::Any => json!({}),
            Shape::Text(form) => text(*form, way),
            Shape::Integer { wide } => integer(*wide, way),
            Shape::Number => json!({ "type": "number" }),
            Shape::Flag => json!({ "type": "boolean" }),
            Shape::Words(words) => match way {
                Way::Out => json!({ "type": "string", "enum": words }),
                // A word may be sent as its number.
                Way::In => json!({ "anyOf": [
                    { "type": "string", "enum": words },
                    { "type": "integer", "minimum": 0, "maximum": words.len().saturating_sub(1) },
                ] }),
            },
            Shape::List(each) => json!({ "type": "array", "items": self.of(each, way) }),
            Shape::Map(each) => json!({ "type": "object", "additionalProperties": self.of(each, way) }),
            Shape::Members { members, required, .. } => {
                let mut properties = Map::new();
                for (name, member) in members {
                    let schema = self.of(member, way);
                    let optional = way == Way::In && !required.contains(name);
                    properties.insert(name.clone(), if optional { or_null(schema) } else { schema });
                }
                let mut object = json!({ "type": "object", "properties": properties });
                if !required.is_empty() {
                    object["required"] = json!(required);
                }
                object
            }
            Shape::Named(index) => {
                self.wanted.insert((*index, way));
                json!({ "$ref": format!("#/components/schemas/{}", self.name(*index, way)) })
            }
        }
    }

    fn name(&self, index: usize, way: Way) -> String {
        let api = self.facts.types.get(index).map_or("", |(api, _, _)| api.as_str());
        let name: String = self.facts.name(index).chars().filter(char::is_ascii_alphanumeric).collect();
        match way {
            Way::In => format!("{api}.{name}.sent"),
            Way::Out => format!("{api}.{name}"),
        }
    }

    /// The schema of a parameter, which travels as text.
    pub(super) fn of_parameter(&mut self, shape: &Shape) -> Value {
        match shape {
            Shape::Text(Form::Plain) => json!({ "type": "string" }),
            Shape::Text(form) => text(*form, Way::In),
            other => self.of(other, Way::Out),
        }
    }

    /// All types that were referred to, and those that they refer to.
    pub(super) fn finish(mut self) -> BTreeMap<String, Value> {
        let mut written = BTreeMap::new();
        let mut done = BTreeSet::new();
        while let Some(&(index, way)) = self.wanted.difference(&done).next() {
            done.insert((index, way));
            let facts = self.facts;
            let schema = self.of(facts.shape(index), way);
            written.insert(self.name(index, way), schema);
        }
        written
    }
}

fn text(form: Form, way: Way) -> Value {
    match form {
        // Ids above all are sent as numbers as often as texts (requirement S18).
        Form::Plain if way == Way::In => json!({ "type": ["string", "number"] }),
        Form::Plain => json!({ "type": "string" }),
        Form::Uuid => json!({ "type": "string", "format": "uuid" }),
        // Answers have dates without a zone, which the format of that name does not allow.
        Form::DateTime if way == Way::Out => json!({ "type": "string", "description": "UTC if it names no zone" }),
        Form::DateTime => json!({ "type": "string", "format": "date-time" }),
        Form::Date => json!({ "type": "string", "format": "date" }),
        Form::Bytes => json!({ "type": "string", "contentEncoding": "base64" }),
    }
}

fn integer(wide: bool, way: Way) -> Value {
    let (least, most, format) =
        if wide { (i64::MIN, i64::MAX, "int64") } else { (i32::MIN.into(), i32::MAX.into(), "int32") };
    let number = json!({ "type": "integer", "format": format, "minimum": least, "maximum": most });
    match way {
        Way::Out => number,
        Way::In => json!({ "anyOf": [number, { "type": "string", "pattern": "^[0-9]{1,9}$" }] }),
    }
}

/// The same, or null, which counts as missing.
fn or_null(schema: Value) -> Value {
    if schema == json!({}) { schema } else { json!({ "anyOf": [schema, { "type": "null" }] }) }
}
