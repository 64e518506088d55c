//! What an operation answered: nothing, JSON, a text of another kind, or a file.

use std::sync::Arc;

use bytes::Bytes;
use muster_model::catalog::facts::Operation;
use serde_json::Value;

use crate::Error;
use crate::retry::classify::{looks_like_markup, not_the_api};
use crate::transport::Reply;

/// An answer as it came.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    pub status: u16,
    pub content: Content,
}

/// What an answer says.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Content {
    /// 204, or a body without a byte.
    Nothing,
    Json(Value),
    /// XML or another text that the operation answers with in place of JSON.
    Text {
        kind: String,
        text: String,
    },
    /// A file, as it came; at most 64 MiB.
    File {
        kind: String,
        bytes: Bytes,
    },
}

impl Answer {
    /// The answer as JSON: `null` for nothing, `None` for a text or a file.
    #[must_use]
    pub fn json(&self) -> Option<&Value> {
        match &self.content {
            Content::Nothing => Some(&Value::Null),
            Content::Json(value) => Some(value),
            Content::Text { .. } | Content::File { .. } => None,
        }
    }

    /// Like [`Answer::json`], for keeping.
    #[must_use]
    pub fn into_json(self) -> Option<Value> {
        match self.content {
            Content::Nothing => Some(Value::Null),
            Content::Json(value) => Some(value),
            Content::Text { .. } | Content::File { .. } => None,
        }
    }
}

/// Whether an answer is a web page, which this API never answers with.
pub(super) fn is_page(reply: &Reply) -> bool {
    let kind = reply.kind.as_deref().unwrap_or_default();
    let body = reply.body.as_deref().unwrap_or_default();
    looks_like_markup(body) && !is_xml(kind, body)
}

fn is_xml(kind: &str, body: &[u8]) -> bool {
    let start = body.trim_ascii_start();
    let start = start.strip_prefix(b"\xef\xbb\xbf").unwrap_or(start);
    let html = start.get(..9).is_some_and(|start| start.eq_ignore_ascii_case(b"<!doctype"))
        || start.get(..5).is_some_and(|start| start.eq_ignore_ascii_case(b"<html"));
    !html && !kind.contains("html") && (kind.contains("xml") || start.starts_with(b"<?xml") || kind.is_empty())
}

pub(super) fn read(operation: &'static Operation, reply: &Reply, host: &str) -> Result<Answer, Error> {
    let key = operation.key.as_str();
    let body = reply.body.clone().unwrap_or_default();
    let kind = reply.kind.clone().unwrap_or_default().to_ascii_lowercase();
    let answer = |content| Ok(Answer { status: reply.status, content });
    if body.trim_ascii().is_empty() {
        return answer(Content::Nothing);
    }
    let json = kind.is_empty() || kind.contains("json");
    if operation.download().is_some() && !json {
        return answer(Content::File { kind, bytes: body });
    }
    let plain = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&body);
    match serde_json::from_slice(plain) {
        Ok(value) => answer(Content::Json(value)),
        // Bytes of a download whose kind nobody says.
        Err(_) if operation.download().is_some() => answer(Content::File { kind, bytes: body }),
        Err(_) if looks_like_markup(plain) => match std::str::from_utf8(plain) {
            Ok(text) if is_xml(&kind, plain) => answer(Content::Text { kind, text: text.to_owned() }),
            _ => Err(not_the_api(key, host, reply.status, plain)),
        },
        Err(_) if !json => match std::str::from_utf8(plain) {
            Ok(text) if kind.starts_with("text/") => answer(Content::Text { kind, text: text.to_owned() }),
            _ => answer(Content::File { kind, bytes: body }),
        },
        Err(error) => Err(Error::Unreadable { endpoint: key, source: Arc::new(error) }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(key: &str, kind: &str, body: &'static [u8]) -> Result<Content, Error> {
        let operation = super::super::published(key).expect("an operation");
        let reply =
            Reply { status: 200, body: Some(Bytes::from_static(body)), kind: Some(kind.to_owned()), made: None };
        read(operation, &reply, "host").map(|answer| answer.content)
    }

    #[test]
    fn every_kind_of_answer_is_told_apart() {
        let search = "mdmv1/Devices_SearchAsync";
        assert_eq!(said(search, "application/json", b" ").expect("nothing"), Content::Nothing);
        let json = said(search, "application/json; charset=utf-8", b"\xef\xbb\xbf{\"Total\":1}").expect("JSON");
        assert_eq!(json, Content::Json(serde_json::json!({"Total": 1})));
        let xml = said(search, "application/xml", b"<DeviceSearchResult/>").expect("XML");
        assert!(matches!(xml, Content::Text { text, .. } if text.starts_with("<DeviceSearch")));
        let page = said(search, "text/html", b"<html>login</html>").expect_err("a page");
        assert_eq!(page.kind(), crate::Kind::Protocol);
        assert_eq!(said(search, "application/json", b"{").expect_err("broken").kind(), crate::Kind::Protocol);
        let blob = said("mamv1/BlobsV1_DownloadBlobAsync", "application/octet-stream", b"{}").expect("a file");
        assert!(
            matches!(blob, Content::File { bytes, .. } if bytes.len() == 2),
            "bytes that look like JSON stay bytes"
        );
    }
}
