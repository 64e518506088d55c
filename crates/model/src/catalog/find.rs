//! Finding an operation by what people write: its key, its id, the name of its typed endpoint, or method and path.

use std::collections::BTreeMap;

use serde_json::Value;

use super::call::{Arguments, Content, Part};
use super::facts::{Facts, Operation, Place};
use super::media::Media;
use super::shape::{Form, Shape};
use super::typed::ALL;
use crate::endpoint::Method;

type Fit = (usize, usize);
/// Arguments of a path with their names.
type Named = Vec<(String, String)>;

/// How many names are offered for one that nobody knows.
const NEAR: usize = 5;

impl Facts {
    /// The operation of a name: its key, or its id if only one has it, or the name of the endpoint that is typed for
    /// it. In any case.
    ///
    /// # Errors
    /// The keys that were probably meant: those that share the id, or the nearest ones.
    pub fn find(&self, name: &str) -> Result<&Operation, Vec<&str>> {
        if let Some(operation) = self.operation(name) {
            return Ok(operation);
        }
        if let Some(operation) = self.operations.iter().find(|operation| operation.key.eq_ignore_ascii_case(name)) {
            return Ok(operation);
        }
        let same: Vec<&Operation> =
            self.operations.iter().filter(|operation| operation.id.eq_ignore_ascii_case(name)).collect();
        match same[..] {
            [one] => return Ok(one),
            [] => {}
            [..] => return Err(same.iter().map(|operation| operation.key.as_str()).collect()),
        }
        let typed = ALL.iter().find(|entry| entry.name.eq_ignore_ascii_case(name));
        if let Some(operation) = typed.and_then(|entry| self.at(entry.method, entry.path, entry.version)) {
            return Ok(operation);
        }
        Err(self.near(name))
    }

    /// The operation that answers this method and path, and the arguments that stand in the path. The leading `/api`
    /// may be left out. Where several versions would answer, the lowest one does, unless one is wanted.
    #[must_use]
    pub fn matching(&self, method: Method, path: &str, version: Option<u8>) -> Option<(&Operation, Named)> {
        let given: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
        let fits = self.operations.iter().filter(|operation| {
            operation.method == method && version.is_none_or(|version| version == operation.version)
        });
        let fits = fits.filter_map(|operation| {
            let parts: Vec<&str> = operation.path.split('/').filter(|part| !part.is_empty()).collect();
            let given = if parts.len() == given.len() + 1 { [&parts[..1], &given[..]].concat() } else { given.clone() };
            let (literal, arguments) = compare(operation, &parts, &given)?;
            Some((std::cmp::Reverse(literal), operation.version, operation, arguments))
        });
        let best = fits.min_by(|one, other| (&one.0, one.1).cmp(&(&other.0, other.1)));
        best.map(|(_, _, operation, arguments)| (operation, arguments))
    }

    fn near(&self, name: &str) -> Vec<&str> {
        let name = name.to_lowercase();
        let mut ranked: BTreeMap<(usize, &str), &str> = BTreeMap::new();
        for operation in &self.operations {
            let (key, id) = (operation.key.to_lowercase(), operation.id.to_lowercase());
            let distance = distance(&name, &key).min(distance(&name, &id));
            ranked.insert((distance, operation.key.as_str()), operation.key.as_str());
        }
        ranked.into_values().take(NEAR).collect()
    }
}

/// How well a path fits, and the arguments in it: parts that are spelled out count most, then arguments of a narrower
/// type.
fn compare(operation: &Operation, parts: &[&str], given: &[&str]) -> Option<(Fit, Named)> {
    if parts.len() != given.len() {
        return None;
    }
    let (mut literal, mut narrow, mut arguments) = (0, 0, Vec::new());
    for (part, given) in parts.iter().zip(given) {
        let Some(name) = part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) else {
            if !part.eq_ignore_ascii_case(given) {
                return None;
            }
            literal += 1;
            continue;
        };
        let parameter = operation.parameters.iter().find(|known| known.place == Place::Path && known.name == name);
        narrow += match parameter.map(|parameter| &parameter.shape) {
            Some(Shape::Text(Form::Uuid)) => given.parse::<uuid::Uuid>().is_ok().then_some(2)?,
            Some(Shape::Integer { .. }) => given.parse::<i64>().is_ok().then_some(1)?,
            _ => 0,
        };
        arguments.push((name.to_owned(), (*given).to_owned()));
    }
    Some(((literal, narrow), arguments))
}

/// How many letters have to be added, taken away or changed.
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (place, letter) in one.chars().enumerate() {
        let mut before = row[0];
        row[0] = place + 1;
        for (column, known) in other.iter().enumerate() {
            let changed = before + usize::from(letter != *known);
            before = row[column + 1];
            row[column + 1] = changed.min(row[column] + 1).min(before + 1);
        }
    }
    row[other.len()]
}

impl Operation {
    /// Arguments that fit: every parameter of the path, the required ones of the query, and the least body.
    #[must_use]
    pub fn example_arguments(&self, facts: &Facts) -> Arguments {
        let mut arguments = Arguments::default();
        for parameter in self.parameters.iter().filter(|parameter| parameter.required) {
            let value = match parameter.shape.example(facts) {
                Value::Null => "text".into(),
                value => value,
            };
            arguments.set(parameter.name.clone(), value);
        }
        match self.media() {
            Media::Nothing => arguments,
            Media::Json | Media::Scim => {
                let body = self.body.as_ref().map_or(Value::Null, |shape| shape.example(facts));
                arguments.with_body(if body.is_null() { Value::Object(serde_json::Map::new()) } else { body })
            }
            Media::Bytes => arguments.with_content(Content::Bytes(b"a file".to_vec())),
            Media::Form => {
                let part =
                    Part { name: "file".to_owned(), file_name: Some("file.zip".to_owned()), bytes: b"PK".to_vec() };
                arguments.with_content(Content::Form(vec![part]))
            }
        }
    }
}
