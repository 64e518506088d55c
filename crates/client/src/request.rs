//! What is sent: an endpoint and its arguments as an HTTP request without its authorization.

use bytes::Bytes;
use muster_model::endpoint::{Effect, EffectClass, PathArguments};
use muster_model::{Endpoint, Method};
use url::Url;

use crate::Error;

/// One request, ready to be sent any number of times.
pub(crate) struct Request {
    pub(crate) endpoint: &'static str,
    pub(crate) write: bool,
    pub(crate) method: reqwest::Method,
    pub(crate) url: Url,
    pub(crate) accept: String,
    pub(crate) body: Option<Bytes>,
    /// Whether the path names one record.
    pub(crate) one_record: bool,
}

impl Request {
    pub(crate) fn of<E: Endpoint>(base: &Url, path: &E::Path, query: &E::Query, body: &E::Body) -> Result<Self, Error> {
        let wrong = |what: &str, error: &dyn std::fmt::Display| Error::Bug(format!("{} {what}: {error}", E::NAME));
        let query = serde_json::to_value(query).map_err(|error| wrong("query", &error))?;
        let body = match serde_json::to_vec(body).map_err(|error| wrong("body", &error))? {
            nothing if nothing == b"null" => None,
            json => Some(Bytes::from(json)),
        };
        let segments = path.segments();
        Ok(Self {
            endpoint: E::NAME,
            write: E::Effect::EFFECT != Effect::Read,
            method: match E::METHOD {
                Method::Get => reqwest::Method::GET,
                Method::Post => reqwest::Method::POST,
                Method::Put => reqwest::Method::PUT,
                Method::Patch => reqwest::Method::PATCH,
                Method::Delete => reqwest::Method::DELETE,
            },
            url: url(base, E::PATH, &segments, &query)?,
            accept: format!("application/json;version={}", E::VERSION),
            body,
            one_record: !segments.is_empty(),
        })
    }
}

/// Fills the braces of a path template and appends the query. Segments are escaped; a segment that would
/// change the path is refused.
fn url(base: &Url, template: &str, arguments: &[String], query: &serde_json::Value) -> Result<Url, Error> {
    let mut url = base.clone();
    let mut arguments = arguments.iter();
    {
        let mut path = url.path_segments_mut().map_err(|()| Error::Invalid(format!("`{base}` is no host")))?;
        path.pop_if_empty();
        for segment in template.split('/').skip(1) {
            if !segment.starts_with('{') {
                path.push(segment);
                continue;
            }
            let argument =
                arguments.next().ok_or_else(|| Error::Bug(format!("`{template}` has no value for {segment}")))?;
            if matches!(argument.as_str(), "" | "." | "..") {
                return Err(Error::Invalid(format!("`{argument}` cannot stand in a path")));
            }
            path.push(argument);
        }
    }
    if let Some(query) = query.as_object().filter(|query| !query.is_empty()) {
        let mut pairs = url.query_pairs_mut();
        for (name, value) in query {
            match value {
                serde_json::Value::Null => &mut pairs,
                serde_json::Value::String(text) => pairs.append_pair(name, text),
                other => pairs.append_pair(name, &other.to_string()),
            };
        }
    }
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_filled_and_escaped_and_queries_leave_out_what_is_absent() {
        let base: Url = "https://as1.example.com/gate".parse().expect("a URL");
        let query = serde_json::json!({"name": "A & B", "page": 0, "none": null});
        let made = url(&base, "/api/mdm/tags/{id}/x", &["a/b c".to_owned()], &query).expect("a URL");
        assert_eq!(made.as_str(), "https://as1.example.com/gate/api/mdm/tags/a%2Fb%20c/x?name=A+%26+B&page=0");
        let plain = url(&base, "/api/system/info", &[], &serde_json::Value::Null).expect("a URL");
        assert_eq!(plain.as_str(), "https://as1.example.com/gate/api/system/info");
        for evil in ["..", ".", ""] {
            assert!(url(&base, "/api/{id}", &[evil.to_owned()], &serde_json::Value::Null).is_err(), "{evil}");
        }
    }
}
