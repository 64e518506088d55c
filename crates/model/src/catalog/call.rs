//! Arguments of a call by the facts: what a caller gives, checked and brought into the form of a request before
//! anything is sent. A request that the documents do not know is never made.

use serde_json::Value;

use super::facts::{Facts, Operation, Parameter, Place, guide, published};
use super::media::{Media, boundary};
use super::shape::Shape;
use crate::endpoint::Method;

/// What a caller gives to an operation.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Arguments {
    parameters: Vec<(String, Value)>,
    content: Option<Content>,
}

/// What is sent besides the parameters.
#[derive(Debug, Clone, PartialEq)]
pub enum Content {
    Json(Value),
    /// A file as it is.
    Bytes(Vec<u8>),
    Form(Vec<Part>),
}

/// A part of a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    pub name: String,
    pub file_name: Option<String>,
    pub bytes: Vec<u8>,
}

impl Arguments {
    /// Gives a parameter of the path or the query; one that takes a list may be given several times. Names in any
    /// case.
    pub fn set(&mut self, name: impl Into<String>, value: impl Into<Value>) {
        self.parameters.push((name.into(), value.into()));
    }

    /// These arguments and one more parameter.
    #[must_use]
    pub fn with(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.set(name, value);
        self
    }

    /// These arguments with a JSON body.
    #[must_use]
    pub fn with_body(self, body: Value) -> Self {
        self.with_content(Content::Json(body))
    }

    /// These arguments with what is sent besides.
    #[must_use]
    pub fn with_content(mut self, content: Content) -> Self {
        self.content = Some(content);
        self
    }

    /// These arguments with a parameter in place of all of its name.
    #[must_use]
    pub fn replacing(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.parameters.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
        self.with(name, value)
    }

    /// The parameters as they were given.
    #[must_use]
    pub fn parameters(&self) -> &[(String, Value)] {
        &self.parameters
    }

    /// What is sent besides them.
    #[must_use]
    pub fn content(&self) -> Option<&Content> {
        self.content.as_ref()
    }

    /// Every value of one parameter.
    pub fn parameter(&self, name: &str) -> impl Iterator<Item = &Value> {
        self.parameters.iter().filter(move |(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    /// The body, if it is JSON.
    #[must_use]
    pub fn body_value(&self) -> Option<&Value> {
        match &self.content {
            Some(Content::Json(body)) => Some(body),
            _ => None,
        }
    }
}

/// A call in the form of a request, without its address and authorization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prepared {
    pub method: Method,
    /// Arguments of the path, in its order, not escaped.
    pub segments: Vec<String>,
    /// In the published spelling, in the order of the facts.
    pub query: Vec<(String, String)>,
    /// With the version.
    pub accept: String,
    /// The kind of the content, and the content.
    pub content: Option<(String, Vec<u8>)>,
}

/// Why arguments do not fit an operation. One sentence that names the parameter and its type.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{operation}: {what}")]
pub struct Misfit {
    /// The key of the operation.
    pub operation: String,
    pub what: String,
}

impl Operation {
    /// Checks arguments against the facts and makes a request of them.
    ///
    /// # Errors
    /// What is missing, what the operation does not know, and what has another type than it is documented with.
    pub fn prepare(&self, facts: &Facts, arguments: &Arguments) -> Result<Prepared, Misfit> {
        let misfit = |what: String| Misfit { operation: self.key.clone(), what };
        let known = |name: &str| self.parameters.iter().any(|known| known.name.eq_ignore_ascii_case(name));
        if let Some((name, _)) = arguments.parameters.iter().find(|(name, _)| !known(name)) {
            return Err(misfit(self.unknown(name)));
        }
        let mut segments = Vec::new();
        for name in self.path_names() {
            let parameter = self.parameters.iter().find(|known| known.place == Place::Path && known.name == name);
            let texts = texts(facts, parameter, name, arguments).map_err(misfit)?;
            match &texts[..] {
                [one] if !matches!(one.as_str(), "" | "." | "..") => segments.push(one.clone()),
                [] => return Err(misfit(missing(facts, name, parameter))),
                [one] => return Err(misfit(format!("`{one}` cannot stand in a path, as {name}"))),
                _ => return Err(misfit(format!("{name} was given more than once"))),
            }
        }
        let mut query = Vec::new();
        for parameter in self.parameters.iter().filter(|parameter| parameter.place == Place::Query) {
            let texts = texts(facts, Some(parameter), &parameter.name, arguments).map_err(misfit)?;
            if texts.is_empty() && parameter.required {
                return Err(misfit(missing(facts, &parameter.name, Some(parameter))));
            }
            if texts.len() > 1 && !matches!(parameter.shape, Shape::List(_) | Shape::Any) {
                return Err(misfit(format!("{} was given more than once", parameter.name)));
            }
            query.extend(texts.into_iter().map(|text| (parameter.name.clone(), text)));
        }
        let content = self.sent(facts, arguments.content.as_ref()).map_err(misfit)?;
        Ok(Prepared { method: self.method, segments, query, accept: self.accept(), content })
    }

    /// The facts that it is one of.
    #[must_use]
    pub fn facts(&self) -> &'static Facts {
        if matches!(self.api.as_str(), "guide" | "console") { guide() } else { published() }
    }

    /// Names in the path, in its order.
    pub fn path_names(&self) -> impl Iterator<Item = &str> {
        self.path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
    }

    fn unknown(&self, name: &str) -> String {
        let names: Vec<&str> = self.parameters.iter().map(|known| known.name.as_str()).collect();
        if names.is_empty() {
            format!("there is no parameter `{name}`; it takes none")
        } else {
            format!("there is no parameter `{name}`; it takes {}", names.join(", "))
        }
    }

    fn sent(&self, facts: &Facts, content: Option<&Content>) -> Result<Option<(String, Vec<u8>)>, String> {
        let media = self.media();
        match (media, content) {
            (Media::Nothing, None) => Ok(None),
            (Media::Nothing, Some(_)) => Err("it takes no body".to_owned()),
            (Media::Bytes, None) => Ok(None),
            (Media::Bytes, Some(Content::Bytes(bytes))) => Ok(Some((media.content_type(), bytes.clone()))),
            (Media::Form, Some(Content::Form(parts))) => {
                let (kind, bytes) = form(parts);
                Ok(Some((kind, bytes)))
            }
            (Media::Json | Media::Scim, None) => match &self.body {
                Some(shape) => match shape.missing_in_nothing(facts) {
                    Some(name) => Err(format!("the body is missing; it needs at least {name}")),
                    None => Ok(None),
                },
                None => Ok(None),
            },
            (Media::Json | Media::Scim, Some(Content::Json(body))) => {
                if let Some(shape) = &self.body {
                    if let Some(unknown) = shape.surplus(facts, body) {
                        return Err(unknown);
                    }
                    shape.read(facts, body.clone())?;
                }
                Ok(Some((media.content_type(), body.to_string().into_bytes())))
            }
            (wanted, _) => Err(format!("its body is {}", wanted.described())),
        }
    }
}

fn missing(facts: &Facts, name: &str, parameter: Option<&Parameter>) -> String {
    let kind = parameter.map_or_else(|| "a text".to_owned(), |parameter| parameter.shape.described(facts));
    format!("{name} is missing; it is {kind}")
}

/// The texts of a parameter's values; an error names it and its type.
fn texts(
    facts: &Facts,
    parameter: Option<&Parameter>,
    name: &str,
    arguments: &Arguments,
) -> Result<Vec<String>, String> {
    let mut texts = Vec::new();
    for value in arguments.parameter(name) {
        let shape = parameter.map_or(&Shape::Any, |parameter| &parameter.shape);
        let (each, values) = match (shape, value) {
            (Shape::List(each), Value::Array(items)) => (&**each, items.iter().collect()),
            (Shape::List(each), one) => (&**each, vec![one]),
            (shape, one) => (shape, vec![one]),
        };
        for value in values {
            texts.push(text(facts, each, value).ok_or_else(|| {
                let shown: String =
                    value.as_str().map_or_else(|| value.to_string(), str::to_owned).chars().take(60).collect();
                format!("{name} must be {}, and is `{shown}`", each.described(facts))
            })?);
        }
    }
    Ok(texts)
}

/// A value as it stands in a path or query; `None` if it has not the right type.
fn text(facts: &Facts, shape: &Shape, value: &Value) -> Option<String> {
    if value.as_str() == Some("") {
        // An empty value of a query is none; an empty segment is refused by the caller.
        return Some(String::new());
    }
    let read = match shape {
        Shape::Text(_) | Shape::Integer { .. } | Shape::Number | Shape::Flag | Shape::Words(_) => {
            // A flag may stand where a text is wanted, as a number may.
            let value = if let (Shape::Text(_), Value::Bool(flag)) = (shape, value) {
                flag.to_string().into()
            } else {
                value.clone()
            };
            shape.read(facts, value).ok()?
        }
        _ => value.clone(),
    };
    match read {
        Value::Null => None,
        Value::String(text) => Some(text),
        other => Some(other.to_string()),
    }
}

/// A form, and its kind with the boundary that none of its parts contains.
fn form(parts: &[Part]) -> (String, Vec<u8>) {
    let boundary = boundary(parts);
    let mut bytes = Vec::new();
    for part in parts {
        bytes.extend_from_slice(
            format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{}\"", quoted(&part.name)).as_bytes(),
        );
        if let Some(file) = &part.file_name {
            bytes.extend_from_slice(
                format!("; filename=\"{}\"\r\nContent-Type: application/octet-stream", quoted(file)).as_bytes(),
            );
        }
        bytes.extend_from_slice(b"\r\n\r\n");
        bytes.extend_from_slice(&part.bytes);
        bytes.extend_from_slice(b"\r\n");
    }
    bytes.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
    (format!("multipart/form-data; boundary={boundary}"), bytes)
}

/// A name in a header, without what would end it (as browsers write it).
fn quoted(name: &str) -> String {
    name.replace('"', "%22").replace('\r', "%0D").replace('\n', "%0A")
}

#[cfg(test)]
mod tests;
