//! What an operation says, before its published shape gives it its form.

use axum::http::header::LOCATION;
use axum::http::{HeaderName, HeaderValue};
use bytes::Bytes;
use muster_model::catalog::facts::{Facts, Operation};
use serde_json::{Value, json};
use uuid::Uuid;

use super::answer::Reply;

/// A success.
#[derive(Debug, Clone)]
pub(crate) struct Said {
    status: u16,
    body: Body,
    location: Option<String>,
}

#[derive(Debug, Clone)]
enum Body {
    Nothing,
    Json(Value),
    Bytes(&'static str, Bytes),
}

impl Said {
    /// A status and no body: 200, 202, 204.
    pub(crate) fn nothing(status: u16) -> Self {
        Self { status, body: Body::Nothing, location: None }
    }

    pub(crate) fn json(status: u16, value: Value) -> Self {
        Self { status, body: Body::Json(value), location: None }
    }

    /// The same with another status.
    pub(crate) fn with_status(self, status: u16) -> Self {
        Self { status, ..self }
    }

    /// A list, which is 204 without a body when there is nothing to list.
    pub(crate) fn list(value: Value, total: u64) -> Self {
        if total == 0 { Self { status: 204, body: Body::Json(value), location: None } } else { Self::json(200, value) }
    }

    /// Something was made, and can be found at an address.
    pub(crate) fn made_at(status: u16, location: impl Into<String>, value: Value) -> Self {
        let body = if value.is_null() { Body::Nothing } else { Body::Json(value) };
        Self { status, body, location: Some(location.into()) }
    }

    /// Something was made: its id and UUID under the names that answers of the API use.
    pub(crate) fn made(status: u16, id: i64, uuid: Uuid) -> Self {
        Self::json(status, json!({ "Value": id, "Id": id, "Uuid": uuid }))
    }

    pub(crate) fn bytes(content_type: &'static str, bytes: impl Into<Bytes>) -> Self {
        Self { status: 200, body: Body::Bytes(content_type, bytes.into()), location: None }
    }

    /// Brings what is said into the published form. `empty_lists`: 200 with an empty list instead of 204.
    pub(super) fn reply(self, facts: &Facts, operation: &Operation, empty_lists: bool) -> Reply {
        let (status, content_type, body) = match self.body {
            Body::Nothing => (self.status, None, None),
            Body::Bytes(content_type, bytes) => (self.status, Some(content_type), Some(bytes)),
            Body::Json(_) if self.status == 204 && !empty_lists => (204, None, None),
            Body::Json(value) => {
                let status = if self.status == 204 { 200 } else { self.status };
                let shaped = operation.success(status).write(facts, &value);
                let body = if shaped.is_null() { None } else { serde_json::to_vec(&shaped).ok().map(Bytes::from) };
                (status, None, body)
            }
        };
        let header = |location: String| Some((LOCATION, HeaderValue::from_str(&location).ok()?));
        let headers: Vec<(HeaderName, HeaderValue)> = self.location.and_then(header).into_iter().collect();
        Reply { status, content_type, body, headers }
    }
}
