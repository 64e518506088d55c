//! `/api/help`: the page on which a person reads and tries operations. It works offline and under a strict content
//! security policy: no script, style or picture from anywhere else, nothing inline.

use std::sync::OnceLock;

use axum::http::HeaderName;

use super::super::answer::Answer;
use super::super::table::Table;
use super::{Dialect, openapi};

const HTML: &[u8] = include_bytes!("page/help.html");
const CSS: &[u8] = include_bytes!("page/help.css");
const JS: &[u8] = include_bytes!("page/help.js");

const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; \
                      form-action 'none'; frame-ancestors 'none'";

/// The page or one of its parts; `None` for any other address. None of it is a secret, so it needs no credentials.
pub(in crate::http) fn answer(segments: &[String], table: &Table) -> Option<Answer> {
    // Most addresses are of something else.
    if !segments.iter().any(|segment| segment.eq_ignore_ascii_case("help")) {
        return None;
    }
    let lower: Vec<String> = segments.iter().map(|segment| segment.to_lowercase()).collect();
    let lower: Vec<&str> = lower.iter().map(String::as_str).collect();
    let mut answer = match lower.as_slice() {
        ["api", "help"] | ["api", "v1" | "v2", "help"] => Answer::text("text/html; charset=utf-8", HTML),
        ["api", "help", "help.css"] => Answer::text("text/css; charset=utf-8", CSS),
        ["api", "help", "help.js"] => Answer::text("text/javascript; charset=utf-8", JS),
        ["api", "help", "published.json"] => document(table, Dialect::Published),
        ["api", "help", "guide.json"] => document(table, Dialect::Guide),
        ["api", "system", "help", "localjson"] => listing(table),
        _ => return None,
    };
    answer.header(HeaderName::from_static("content-security-policy"), POLICY);
    answer.header(HeaderName::from_static("referrer-policy"), "no-referrer");
    Some(answer)
}

/// The document of a dialect. What is built does not change while the program runs, so it is written once.
fn document(table: &Table, dialect: Dialect) -> Answer {
    static GUIDE: OnceLock<Vec<u8>> = OnceLock::new();
    static PUBLISHED: OnceLock<Vec<u8>> = OnceLock::new();
    let written = match dialect {
        Dialect::Guide => &GUIDE,
        Dialect::Published => &PUBLISHED,
    };
    let bytes = written.get_or_init(|| openapi::document(table, dialect).to_string().into_bytes());
    Answer::new(200, bytes.clone())
}

/// Every built operation in one line each, for scripts that look for one.
fn listing(table: &Table) -> Answer {
    let built = table.all().iter().filter(|route| route.right().is_some());
    let lines: Vec<serde_json::Value> = built
        .map(|route| {
            let operation = route.operation;
            serde_json::json!({
                "Key": operation.key, "Method": operation.method.as_str(), "Path": operation.path,
                "Version": operation.version, "Area": operation.area,
            })
        })
        .collect();
    Answer::new(200, serde_json::Value::Array(lines).to_string().into_bytes())
}

#[cfg(test)]
mod tests {
    use super::super::super::router;
    use super::*;

    #[test]
    fn the_page_takes_nothing_from_elsewhere_and_runs_nothing_inline() {
        let html = String::from_utf8_lossy(HTML);
        for forbidden in ["http://", "https://", "<style", "style=", "onclick", "onload"] {
            assert!(!html.contains(forbidden), "{forbidden}");
        }
        assert_eq!(html.matches("<script").count(), 1);
        let script = String::from_utf8_lossy(JS);
        for forbidden in ["innerHTML", "eval(", "localStorage", "sessionStorage", ".style."] {
            assert!(!script.contains(forbidden), "{forbidden}");
        }
        let table = router::table();
        assert!(answer(&["API".to_owned(), "Help".to_owned()], &table).is_some());
        assert!(answer(&["api".to_owned(), "mdm".to_owned()], &table).is_none());
    }
}
