//! From an endpoint's answer to a status and a body.

use muster_model::Endpoint;

use super::refusal::Refusal;

pub(super) const JSON: &str = "application/json; charset=utf-8";

/// A success, ready to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    /// JSON; `None` sends no body.
    pub(crate) body: Option<Vec<u8>>,
}

impl Reply {
    /// How the published API answers a search that found nothing.
    pub(super) const NO_CONTENT: Self = Self { status: 204, body: None };
}

/// Writes an answer with the endpoint's own status; one that says nothing has no body.
pub(super) fn write<E: Endpoint>(answer: &E::Answer) -> Result<Reply, Refusal> {
    let text = serde_json::to_vec(answer).map_err(|error| {
        tracing::error!(endpoint = E::NAME, %error, "an answer cannot be written");
        Refusal::new(500, muster_model::error::code::INTERNAL, "An internal error occurred.")
    })?;
    Ok(Reply { status: E::SUCCESS, body: (text != b"null").then_some(text) })
}
