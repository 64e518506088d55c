//! What a caller gave, read by the facts of the operation: arguments of the path, query and body.

use axum::http::HeaderValue;
use bytes::Bytes;
use jiff::Timestamp;
use muster_model::Stamp;
use muster_model::catalog::facts::{Facts, Operation, Parameter, Place};
use muster_model::catalog::{Form, Shape};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::call::{self, Parts};
use super::refusal::Refusal;
use crate::store::page::Page;

/// A request to an operation, checked against its facts.
pub(crate) struct Given {
    pub(crate) operation: &'static Operation,
    path: Vec<(&'static str, String)>,
    /// By lower-case names; only parameters that are published, and never an empty value.
    query: Vec<(String, String)>,
    /// In the published spelling; `Null` when there is none.
    pub(crate) body: Value,
    /// The body as it came.
    pub(crate) raw: Bytes,
    pub(crate) content_type: Option<HeaderValue>,
}

/// Whether arguments have the form that the operation's path wants.
pub(super) fn accepts(operation: &Operation, arguments: &[String]) -> bool {
    names(operation).zip(arguments).all(|(name, argument)| {
        let parameter = operation.parameters.iter().find(|known| known.place == Place::Path && known.name == name);
        match parameter.map(|parameter| &parameter.shape) {
            Some(Shape::Integer { .. }) => argument.parse::<i64>().is_ok(),
            Some(Shape::Text(Form::Uuid)) => argument.parse::<Uuid>().is_ok(),
            _ => true,
        }
    })
}

/// Names of the arguments, in the order of the path.
fn names(operation: &Operation) -> impl Iterator<Item = &str> {
    operation.path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
}

pub(super) fn read(facts: &Facts, operation: &'static Operation, parts: Parts) -> Result<Given, Refusal> {
    let query = query(facts, operation, &parts.query)?;
    let body = match &operation.body {
        None => Value::Null,
        Some(shape) => body(facts, shape, &parts.body)?,
    };
    let path = names(operation).zip(parts.arguments).collect();
    Ok(Given { operation, path, query, body, raw: parts.body, content_type: parts.content_type })
}

/// The parameters of a query that are published, by lower-case names, each of the published kind. An empty value is
/// no value.
fn query(facts: &Facts, operation: &Operation, text: &str) -> Result<Vec<(String, String)>, Refusal> {
    let mut query = Vec::new();
    for (name, value) in url::form_urlencoded::parse(text.as_bytes()) {
        let name = name.to_lowercase();
        if value.trim().is_empty() {
            continue;
        }
        if let Some(known) = asked_for(operation, &name) {
            let value = value.trim();
            let text = match &known.shape {
                // A list is given by repeating its name or with commas.
                Shape::List(_) | Shape::Any | Shape::Map(_) | Shape::Members { .. } | Shape::Named(_) => {
                    value.to_owned()
                }
                _ => match as_demanded(facts, known, value)? {
                    Value::String(text) => text,
                    _ => value.to_owned(),
                },
            };
            query.push((name, text));
        }
    }
    let missing = operation.parameters.iter().find(|known| {
        known.required
            && known.place == Place::Query
            && !query.iter().any(|(name, _)| known.name.eq_ignore_ascii_case(name))
    });
    if let Some(missing) = missing {
        return Err(Refusal::bad(format!("The {} parameter is required.", missing.name)));
    }
    Ok(query)
}

/// Whether a query parameter says which rows of a list are wanted: it cannot be negative.
pub(super) fn counts_rows(name: &str) -> bool {
    let names = ["page", "pagesize", "page_size", "page-size", "limit", "offset"];
    names.iter().any(|known| name.eq_ignore_ascii_case(known))
}

/// The parameter that a query names, in any case.
fn asked_for<'a>(operation: &'a Operation, name: &str) -> Option<&'a Parameter> {
    let mut asked = operation.parameters.iter().filter(|known| known.place == Place::Query);
    asked.find(|known| known.name.eq_ignore_ascii_case(name))
}

/// A value as its parameter demands it, or 400 with its name.
fn as_demanded(facts: &Facts, known: &Parameter, given: &str) -> Result<Value, Refusal> {
    match known.shape.read(facts, Value::String(given.to_owned())) {
        Ok(read) if read.as_i64().is_none_or(|number| number >= 0) || !counts_rows(&known.name) => Ok(read),
        _ => Err(Refusal::bad(format!("The value '{given}' of {} is not valid.", known.name))),
    }
}

/// Whether numbers, flags, dates and UUIDs of a query, and the members of a body, are such: for endpoints whose types
/// are more patient than the published ones, as a client has to be.
pub(super) fn kinds(facts: &Facts, operation: &Operation, parts: &Parts) -> Result<(), Refusal> {
    // Bodies of the guide come in every shape that PowerShell makes of them, which its types know.
    if let Some(shape) = operation.body.as_ref().filter(|_| operation.api != "guide") {
        body(facts, shape, &parts.body)?;
    }
    for (name, value) in url::form_urlencoded::parse(parts.query.as_bytes()) {
        let plain = |known: &&Parameter| matches!(known.shape, Shape::Integer { .. } | Shape::Flag | Shape::Text(_));
        if let Some(known) = asked_for(operation, &name).filter(plain).filter(|_| !value.trim().is_empty()) {
            as_demanded(facts, known, value.trim())?;
        }
    }
    Ok(())
}

/// A body that is no JSON is left to operations that take files.
fn body(facts: &Facts, shape: &Shape, bytes: &Bytes) -> Result<Value, Refusal> {
    if matches!(shape, Shape::Any | Shape::Text(_)) {
        return Ok(serde_json::from_slice(bytes).unwrap_or(Value::Null));
    }
    let text = call::text(bytes);
    let listed = match shape {
        Shape::Named(index) => matches!(facts.shape(*index), Shape::List(_)),
        shape => matches!(shape, Shape::List(_)),
    };
    // No body is an object without members, or no list.
    let nothing = || if listed { Value::Null } else { Value::Object(Map::new()) };
    let value = if text.trim().is_empty() { nothing() } else { call::json(&text)? };
    shape.read(facts, value).map_err(Refusal::shape)
}

impl Given {
    /// An argument of the path, as it came, decoded; the route guarantees that it is there.
    pub(crate) fn text(&self, name: &str) -> &str {
        let found = self.path.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map_or("", |(_, value)| value.as_str())
    }

    pub(crate) fn id(&self, name: &str) -> i64 {
        self.text(name).parse().unwrap_or_default()
    }

    pub(crate) fn uuid(&self, name: &str) -> Uuid {
        self.text(name).parse().unwrap_or_default()
    }

    /// A query parameter that was given and is not empty.
    pub(crate) fn asked(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// Every value of a query parameter that may be repeated, or given with commas.
    pub(crate) fn asked_all(&self, name: &str) -> Vec<&str> {
        let given = self.query.iter().filter(|(known, _)| known.eq_ignore_ascii_case(name));
        given.flat_map(|(_, value)| value.split(',')).map(str::trim).filter(|value| !value.is_empty()).collect()
    }

    pub(crate) fn asked_id(&self, name: &str) -> Option<i64> {
        self.asked(name)?.parse().ok()
    }

    pub(crate) fn asked_flag(&self, name: &str) -> Option<bool> {
        self.asked(name)?.to_ascii_lowercase().parse().ok()
    }

    pub(crate) fn asked_uuid(&self, name: &str) -> Option<Uuid> {
        self.asked(name)?.parse().ok()
    }

    pub(crate) fn asked_time(&self, name: &str) -> Option<Timestamp> {
        self.asked(name)?.parse::<Stamp>().ok().map(|stamp| stamp.0)
    }

    /// The page that is asked for, in every spelling that the API has.
    pub(crate) fn page(&self) -> Result<Page, Refusal> {
        let number = |names: [&str; 4]| -> Result<Option<u32>, Refusal> {
            let Some(text) = names.iter().find_map(|name| self.asked(name)) else { return Ok(None) };
            let wrong = |_| Refusal::bad(format!("The value '{text}' of {} is not valid.", names[0]));
            text.parse().map(Some).map_err(wrong)
        };
        let size = number(["pagesize", "page_size", "page-size", "limit"])?;
        let page = number(["page", "pagenumber", "page_number", "startindex"])?;
        let offset = number(["offset", "offset", "offset", "offset"])?;
        let asked = Page::asked(page, size);
        Ok(match offset {
            // Offsets count rows, not pages.
            Some(offset) => Page { number: offset / asked.size.max(1), ..asked },
            None => asked,
        })
    }

    /// A member of the body that is there and not null.
    pub(crate) fn member(&self, name: &str) -> Option<&Value> {
        self.body.get(name).filter(|value| !value.is_null())
    }

    /// A text of the body, trimmed, that says something.
    pub(crate) fn member_text(&self, name: &str) -> Option<&str> {
        self.member(name)?.as_str().map(str::trim).filter(|text| !text.is_empty())
    }

    /// A number of the body, also one that is wrapped as `{"Value": 7}`.
    pub(crate) fn member_id(&self, name: &str) -> Option<i64> {
        let value = self.member(name)?;
        value.as_i64().or_else(|| value.get("Value")?.as_i64()).or_else(|| value.as_str()?.trim().parse().ok())
    }

    pub(crate) fn member_uuid(&self, name: &str) -> Option<Uuid> {
        self.member(name)?.as_str()?.parse().ok()
    }

    /// The body's members, none if it is no object.
    pub(crate) fn members(&self) -> Map<String, Value> {
        self.body.as_object().cloned().unwrap_or_default()
    }

    /// A text that the body must have.
    pub(crate) fn required_text(&self, name: &str) -> Result<&str, Refusal> {
        self.member_text(name).ok_or_else(|| Refusal::shape(format!("The {name} field is required.")))
    }
}

#[cfg(test)]
mod tests {
    use muster_model::catalog::facts::published;

    use super::*;

    #[test]
    fn what_is_no_number_is_refused_by_name() {
        let facts = published();
        let search = facts.operation("mdmv1/Devices_SearchAsync").expect("an operation");
        for wrong in ["pagesize=many", "PageSize=-1", "page=1.5"] {
            let refusal = kinds(facts, search, &parts(wrong, "")).expect_err("no number of rows");
            let Refusal::Fault { status: 400, message, .. } = refusal else { panic!("{refusal:?}") };
            assert!(message.to_lowercase().contains("page"), "{message}");
        }
        assert!(kinds(facts, search, &parts("pagesize=&page=2&PAGESIZE=10&unknown=many", "")).is_ok());
    }

    #[test]
    fn a_member_of_another_kind_is_refused_though_the_type_would_leave_it_out() {
        let facts = published();
        let add = facts.operation("systemv1/AdminsV1_Put").expect("an operation");
        let refusal = kinds(facts, add, &parts("", r#"{"UserName": ["a", "b"]}"#)).expect_err("no text");
        let Refusal::Fault { message, .. } = refusal else { panic!("{refusal:?}") };
        assert!(message.contains("UserName"), "{message}");
        assert!(kinds(facts, add, &parts("", r#"{"UserName": "a", "Unknown": []}"#)).is_ok());
    }

    fn parts(query: &str, body: &'static str) -> Parts {
        let body = Bytes::from_static(body.as_bytes());
        Parts { arguments: Vec::new(), query: query.to_owned(), body, content_type: None, in_xml: false }
    }
}
