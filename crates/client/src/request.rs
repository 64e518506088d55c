//! What is sent: an endpoint and its arguments as an HTTP request without its authorization.

use bytes::Bytes;
use http::header::HeaderValue;
use http::uri::PathAndQuery;
use muster_model::catalog::call::Prepared;
use muster_model::catalog::facts::Operation;
use muster_model::endpoint::{Effect, EffectClass, PathArguments};
use muster_model::{Endpoint, Method, Wire};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use serde_json::{Map, Value};
use url::Url;

use crate::Error;
use crate::writer::Proviso;

/// One request, ready to be sent any number of times.
pub(crate) struct Request {
    pub(crate) endpoint: &'static str,
    pub(crate) write: bool,
    pub(crate) method: http::Method,
    /// Path and query as they are sent, from the root of the host.
    pub(crate) target: PathAndQuery,
    pub(crate) accept: HeaderValue,
    pub(crate) body: Option<Bytes>,
    /// Whether an answer that is remembered will do.
    pub(crate) remembered: bool,
    /// What the body is; JSON if nobody says.
    pub(crate) content_type: Option<HeaderValue>,
    /// Whether the path names one record.
    pub(crate) one_record: bool,
    /// Asked just before it leaves.
    pub(crate) proviso: Option<Proviso>,
}

impl Request {
    pub(crate) fn of<E: Endpoint>(base: &Url, path: &E::Path, query: &E::Query, body: &E::Body) -> Result<Self, Error> {
        let wrong = |what: &str, error: &dyn std::fmt::Display| Error::Bug(format!("{} {what}: {error}", E::NAME));
        let query = serde_json::to_value(query).map_err(|error| wrong("query", &error))?;
        let (body, content_type) = match body.bytes() {
            Some(bytes) => {
                (Some(Bytes::copy_from_slice(bytes)), Some(HeaderValue::from_static("application/octet-stream")))
            }
            None => match serde_json::to_vec(body).map_err(|error| wrong("body", &error))? {
                nothing if nothing == b"null" => (None, None),
                json => (Some(Bytes::from(json)), None),
            },
        };
        let segments = path.segments();
        Ok(Self {
            endpoint: E::NAME,
            write: E::Effect::EFFECT != Effect::Read,
            method: method(E::METHOD),
            target: target(base, E::PATH, &segments, &query)?,
            accept: accept(E::VERSION),
            body,
            remembered: false,
            content_type,
            one_record: !segments.is_empty(),
            proviso: None,
        })
    }

    /// A call by the facts, whose arguments were checked.
    pub(crate) fn by_facts(base: &Url, operation: &'static Operation, prepared: Prepared) -> Result<Self, Error> {
        let mut query = Map::new();
        for (name, text) in prepared.query {
            match query.get_mut(&name) {
                Some(Value::Array(texts)) => texts.push(text.into()),
                _ => drop(query.insert(name, Value::Array(vec![text.into()]))),
            }
        }
        let header = |text: String| {
            HeaderValue::try_from(text).map_err(|error| Error::Bug(format!("{} header: {error}", operation.key)))
        };
        let (content_type, body) = prepared.content.unzip();
        Ok(Self {
            endpoint: &operation.key,
            write: operation.effect() != Effect::Read,
            method: method(operation.method),
            target: target(base, &operation.path, &prepared.segments, &Value::Object(query))?,
            accept: header(prepared.accept)?,
            body: body.map(Bytes::from),
            content_type: content_type.map(header).transpose()?,
            remembered: false,
            one_record: !prepared.segments.is_empty(),
            proviso: None,
        })
    }
}

fn method(method: Method) -> http::Method {
    match method {
        Method::Get => http::Method::GET,
        Method::Post => http::Method::POST,
        Method::Put => http::Method::PUT,
        Method::Patch => http::Method::PATCH,
        Method::Delete => http::Method::DELETE,
    }
}

/// What is asked for: JSON, in the version of the endpoint.
fn accept(version: u8) -> HeaderValue {
    match version {
        1 => const { HeaderValue::from_static("application/json;version=1") },
        2 => const { HeaderValue::from_static("application/json;version=2") },
        3 => const { HeaderValue::from_static("application/json;version=3") },
        // Digits are visible ASCII.
        other => HeaderValue::try_from(format!("application/json;version={other}"))
            .unwrap_or(const { HeaderValue::from_static("application/json") }),
    }
}

/// What a path segment cannot carry as it is.
const IN_SEGMENT: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'`')
    .add(b'{')
    .add(b'}')
    .add(b'/')
    .add(b'%')
    .add(b'\\')
    .add(b'^')
    .add(b'|');

/// Fills the braces of a path template and appends the query. Segments are escaped; a segment that would
/// change the path is refused.
fn target(base: &Url, template: &str, arguments: &[String], query: &Value) -> Result<PathAndQuery, Error> {
    let mut target = String::with_capacity(128);
    target.push_str(base.path().trim_end_matches('/'));
    let mut arguments = arguments.iter();
    for segment in template.split('/').skip(1) {
        target.push('/');
        if !segment.starts_with('{') {
            target.push_str(segment);
            continue;
        }
        let argument =
            arguments.next().ok_or_else(|| Error::Bug(format!("`{template}` has no value for {segment}")))?;
        if matches!(argument.as_str(), "" | "." | "..") {
            return Err(Error::Invalid(format!("`{argument}` cannot stand in a path")));
        }
        target.extend(utf8_percent_encode(argument, IN_SEGMENT));
    }
    if let Some(query) = query.as_object().filter(|query| query.values().any(|value| !value.is_null())) {
        target.push('?');
        let start = target.len();
        let mut pairs = url::form_urlencoded::Serializer::for_suffix(&mut target, start);
        for (name, value) in query {
            match value {
                Value::Null => &mut pairs,
                Value::String(text) => pairs.append_pair(name, text),
                // A list repeats its name.
                Value::Array(texts) => {
                    let texts = texts.iter().map(|text| text.as_str().map_or_else(|| text.to_string(), str::to_owned));
                    pairs.extend_pairs(texts.map(|text| (name, text)))
                }
                other => pairs.append_pair(name, &other.to_string()),
            };
        }
    }
    target.parse().map_err(|error| Error::Bug(format!("`{target}` is no path: {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_filled_and_escaped_and_queries_leave_out_what_is_absent() {
        let base: Url = "https://as1.example.com/gate".parse().expect("a URL");
        let query = serde_json::json!({"name": "A & B", "page": 0, "none": null, "tag": ["a", "b"]});
        let made = target(&base, "/api/mdm/tags/{id}/x", &["a/b c".to_owned()], &query).expect("a path");
        assert_eq!(made.as_str(), "/gate/api/mdm/tags/a%2Fb%20c/x?name=A+%26+B&page=0&tag=a&tag=b");
        let plain = target(&base, "/api/system/info", &[], &Value::Null).expect("a path");
        assert_eq!(plain.as_str(), "/gate/api/system/info");
        for evil in ["..", ".", ""] {
            assert!(target(&base, "/api/{id}", &[evil.to_owned()], &Value::Null).is_err(), "{evil}");
        }
    }
}
