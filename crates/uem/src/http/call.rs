//! From a request to the [`Call`] of an endpoint: path, query and body, as leniently as real tenants
//! read them.

use axum::extract::Query;
use axum::http::{HeaderValue, Uri};
use bytes::Bytes;
use muster_model::catalog::facts::{Operation, Place};
use muster_model::endpoint::PathArguments;
use muster_model::{Call, Endpoint};
use serde::de::DeserializeOwned;

use super::any_case;
use super::refusal::Refusal;

/// What a request says, before its endpoint gives it types.
#[derive(Debug, Default)]
pub(crate) struct Parts {
    /// What stands in place of the braces of the path, decoded.
    pub(super) arguments: Vec<String>,
    /// As it came, still encoded.
    pub(super) query: String,
    pub(super) body: Bytes,
    pub(super) content_type: Option<HeaderValue>,
    /// Whether the answer is wanted in XML.
    pub(super) in_xml: bool,
}

pub(super) fn read<E: Endpoint>(parts: &Parts) -> Result<Call<E>, Refusal> {
    Ok(Call {
        path: path::<E>(&parts.arguments).ok_or(Refusal::Page)?,
        query: query(&parts.query)?,
        body: body(&parts.body)?,
    })
}

pub(super) fn path<E: Endpoint>(arguments: &[String]) -> Option<E::Path> {
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    E::Path::parse(&arguments)
}

/// Names without regard to case; an empty value is no value; of a repeated name the first counts.
fn query<Q: DeserializeOwned>(text: &str) -> Result<Q, Refusal> {
    let mut seen: Vec<String> = Vec::new();
    let mut lower = url::form_urlencoded::Serializer::new(String::from("/?"));
    for (name, value) in url::form_urlencoded::parse(text.as_bytes()) {
        let name = name.to_ascii_lowercase();
        if !value.trim().is_empty() && !seen.contains(&name) {
            lower.append_pair(&name, value.trim());
            seen.push(name);
        }
    }
    let unreadable = |error: &dyn std::fmt::Display| Refusal::bad(format!("The query cannot be read: {error}."));
    let uri: Uri = lower.finish().parse().map_err(|error| unreadable(&error))?;
    Query::try_from_uri(&uri).map(|Query(query)| query).map_err(|rejection| unreadable(&rejection.body_text()))
}

fn body<B: DeserializeOwned>(bytes: &Bytes) -> Result<B, Refusal> {
    // A body type without content is `Nothing`, which any text satisfies.
    let text = if size_of::<B>() == 0 { "null".to_owned() } else { text(bytes) };
    let text = if text.trim().is_empty() { "{}" } else { &text };
    any_case::read(json(text)?).map_err(|error| Refusal::shape(format!("The request body cannot be used: {error}.")))
}

/// Refuses a query that names what the operation does not have: a filter that is silently ignored answers with the
/// whole fleet.
pub(super) fn known_names(operation: &Operation, query: &str) -> Result<(), Refusal> {
    let known = |name: &str| {
        let mut places = operation.parameters.iter().filter(|known| known.place == Place::Query);
        places.any(|known| known.name.eq_ignore_ascii_case(name))
    };
    match url::form_urlencoded::parse(query.as_bytes()).find(|(name, _)| !known(name)) {
        Some((name, _)) => Err(Refusal::bad(format!("The parameter {name} is not known to this operation."))),
        None => Ok(()),
    }
}

pub(super) fn json(text: &str) -> Result<serde_json::Value, Refusal> {
    serde_json::from_str(text).map_err(|error| Refusal::bad(format!("The request body is not JSON: {error}.")))
}

/// Windows PowerShell 5 sends bodies in Latin-1 unless told otherwise; everyone else sends UTF-8.
pub(super) fn text(bytes: &Bytes) -> String {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => bytes.iter().map(|&byte| char::from(byte)).collect(),
    }
}

#[cfg(test)]
mod tests {
    use muster_model::devices::DeviceQuery;
    use muster_model::guide::{CommandRequest, NewMembers, UserEdit};
    use muster_model::{Nothing, devices};

    use super::*;

    #[test]
    fn query_names_have_no_case_and_empty_values_do_not_count() {
        let read: DeviceQuery =
            query("PageSize=10&platform=&MODEL=iPhone%2015+Pro&model=iPad&unknown=1").expect("reads");
        assert_eq!((read.pagesize, read.model.as_deref()), (Some(10), Some("iPhone 15 Pro")));
        assert_eq!((read.platform, read.user), (None, None));
    }

    #[test]
    fn bodies_are_read_whatever_their_case_and_encoding() {
        let edit: UserEdit =
            body(&Bytes::from_static(b"\xef\xbb\xbf{\"userName\":\"a\",\"FIRSTNAME\":\"b\"}")).expect("reads");
        assert_eq!((edit.username.as_str(), edit.first_name.as_deref()), ("a", Some("b")));
        let edit: UserEdit = body(&Bytes::from_static(b"{\"LastName\":\"M\xfcller\"}")).expect("Latin-1 reads");
        assert_eq!(edit.last_name.as_deref(), Some("M\u{fc}ller"));
        let command: CommandRequest = body(&Bytes::from_static(b"{\"Command\":\"Lock\",\"Pin\":1}")).expect("reads");
        assert_eq!((command.command.as_str(), command.parameters.len()), ("Lock", 1));
        let members: NewMembers = body(&Bytes::from_static(b"{\"users\":[{\"id\":{\"value\":7}}]}")).expect("reads");
        assert_eq!(members.users[0].id.0.0, 7);
    }

    #[test]
    fn no_body_is_an_empty_object_and_nothing_reads_anything() {
        assert_eq!(body::<NewMembers>(&Bytes::new()).expect("reads"), NewMembers::default());
        assert_eq!(body::<Nothing>(&Bytes::from_static(b"<xml/>")).expect("reads"), Nothing);
        assert_eq!(body::<NewMembers>(&Bytes::from_static(b"{")).expect_err("no JSON").status(), 400);
        assert_eq!(body::<NewMembers>(&Bytes::from_static(b"[1]")).expect_err("no object").status(), 422);
    }

    #[test]
    fn a_malformed_id_is_no_address() {
        assert!(path::<devices::Get>(&["52".to_owned()]).is_some());
        assert!(path::<devices::Get>(&["fifty".to_owned()]).is_none());
    }
}
