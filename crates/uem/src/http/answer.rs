//! From an endpoint's answer to what goes out: status, headers, body.

use axum::body::Body;
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE, DATE};
use axum::http::{HeaderName, HeaderValue, Response, StatusCode};
use bytes::Bytes;
use jiff::Timestamp;
use muster_model::Endpoint;
use uuid::Uuid;

use super::drip;
pub(super) use super::drip::Drip;
use super::limits::Standing;
use super::refusal::Refusal;

pub(super) const JSON: &str = "application/json; charset=utf-8";

/// As HTTP writes a date; nothing for a year that it cannot write.
fn date(at: Timestamp) -> String {
    let mut text = String::with_capacity(29);
    let printed = jiff::fmt::rfc2822::DateTimePrinter::new().print_timestamp_rfc9110(&at, &mut text);
    if printed.is_ok() { text } else { String::new() }
}

/// A success, ready to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    /// JSON, if it is not said.
    pub(crate) content_type: Option<&'static str>,
    /// `None` sends no body.
    pub(crate) body: Option<Bytes>,
    pub(crate) headers: Vec<(HeaderName, HeaderValue)>,
}

impl Reply {
    /// A success without a body; 204 is how the published API answers a search that found nothing.
    pub(super) fn nothing(status: u16) -> Self {
        Self { status, content_type: None, body: None, headers: Vec::new() }
    }
}

/// Writes an answer with the endpoint's own status; one that says nothing has no body.
pub(super) fn write<E: Endpoint>(answer: &E::Answer) -> Result<Reply, Refusal> {
    let text = serde_json::to_vec(answer).map_err(|error| {
        tracing::error!(endpoint = E::NAME, %error, "an answer cannot be written");
        Refusal::new(500, muster_model::error::code::INTERNAL, "An internal error occurred.")
    })?;
    Ok(Reply { body: (text != b"null").then(|| text.into()), ..Reply::nothing(E::SUCCESS) })
}

/// An answer on its way out.
pub(super) struct Answer {
    pub(super) status: u16,
    content_type: &'static str,
    pub(super) body: Bytes,
    headers: Vec<(HeaderName, HeaderValue)>,
    /// How the body is sent, if not as it should be.
    pub(super) drip: Option<Drip>,
}

impl Answer {
    pub(super) fn new(status: u16, body: impl Into<Bytes>) -> Self {
        Self { status, content_type: JSON, body: body.into(), headers: Vec::new(), drip: None }
    }

    /// A success that is no JSON.
    pub(super) fn text(content_type: &'static str, body: &[u8]) -> Self {
        Self { content_type, ..Self::new(200, body.to_vec()) }
    }

    pub(super) fn of(reply: Reply) -> Self {
        let (content_type, headers) = (reply.content_type.unwrap_or(JSON), reply.headers);
        Self { content_type, headers, ..Self::new(reply.status, reply.body.unwrap_or_default()) }
    }

    /// The body, if it is JSON.
    pub(super) fn json(&self) -> Option<serde_json::Value> {
        if self.content_type == JSON { serde_json::from_slice(&self.body).ok() } else { None }
    }

    /// Says the same in another format.
    pub(super) fn replace(&mut self, content_type: &'static str, body: Vec<u8>) {
        (self.content_type, self.body) = (content_type, body.into());
    }

    pub(super) fn empty(status: u16) -> Self {
        Self::new(status, Vec::new())
    }

    pub(super) fn refused(refusal: &Refusal, correlation: Uuid) -> Self {
        let (content_type, body) = refusal.body(correlation);
        Self { content_type, ..Self::new(refusal.status(), body) }
    }

    pub(super) fn header(&mut self, name: HeaderName, value: &str) {
        // Every value here is made of numbers and fixed words; one that is not is left out.
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.push((name, value));
        }
    }

    pub(super) fn standing(&mut self, standing: &Standing, now: Timestamp) {
        let reset = now.as_second().saturating_add_unsigned(standing.reset_seconds());
        self.header(HeaderName::from_static("x-ratelimit-limit"), &standing.limit.to_string());
        self.header(HeaderName::from_static("x-ratelimit-remaining"), &standing.remaining.to_string());
        self.header(HeaderName::from_static("x-ratelimit-reset"), &reset.to_string());
    }

    /// `now` is the tenant's time: a client that reads `Date` must see the clock that its rows are dated by.
    pub(super) fn finish(mut self, correlation: Uuid, now: Timestamp) -> Response<Body> {
        self.header(DATE, &date(now));
        self.header(HeaderName::from_static("x-correlation-id"), &correlation.to_string());
        self.header(HeaderName::from_static("x-content-type-options"), "nosniff");
        if !self.body.is_empty() {
            self.header(CONTENT_TYPE, self.content_type);
        }
        let body = match self.drip {
            None => Body::from(self.body),
            Some(how) => {
                self.header(CONTENT_LENGTH, &self.body.len().to_string());
                drip::body(self.body, how)
            }
        };
        let mut response = Response::new(body);
        *response.status_mut() = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        response.headers_mut().extend(self.headers);
        response
    }
}
