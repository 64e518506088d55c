//! The pages: each gathers what it shows into plain text and figures, and a template lays it out.

pub(super) mod dashboard;
pub(super) mod job;
mod sections;
#[cfg(test)]
mod tests;

use askama::Template;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};

/// A page that only says something.
#[derive(Template)]
#[template(path = "message.html")]
struct Message<'a> {
    frame: Frame,
    text: &'a str,
}

/// What every page has around its content.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Frame {
    title: String,
    /// The tenant's name; empty on pages that have nothing to do with it.
    tenant: String,
    /// When the page was made.
    as_of: String,
    /// After how many seconds the page loads itself again.
    refresh: Option<u32>,
    /// The page's own path.
    path: String,
}

/// A page with one sentence.
pub(super) fn message(status: StatusCode, text: &str) -> Response {
    let title = status.canonical_reason().unwrap_or("Message").to_owned();
    let frame = Frame { title, tenant: String::new(), as_of: String::new(), refresh: None, path: String::new() };
    match (Message { frame, text }).render() {
        Ok(html) => (status, Html(html)).into_response(),
        Err(_) => (status, text.to_owned()).into_response(),
    }
}
