//! What the tenant says about itself: gaps, OpenAPI documents, the page to read them on, the Postman collection.

use std::collections::BTreeSet;

use muster_uem::papers::{self, Dialect};
use reqwest::Method;
use serde_json::Value;

use crate::caller::{Caller, read};

/// Published operations that are not built, one key a line. It may only shrink.
const GAPS: &str = include_str!("gaps.txt");

#[test]
fn the_gaps_only_shrink() {
    let coverage = papers::coverage();
    assert_eq!(coverage.known, 979);
    let gaps: BTreeSet<&str> = coverage.areas.iter().flat_map(|area| &area.gaps).map(String::as_str).collect();
    let pinned: BTreeSet<&str> = GAPS.lines().collect();
    let lost: Vec<&&str> = gaps.difference(&pinned).collect();
    assert!(lost.is_empty(), "these were built and are no longer: {lost:#?}");
    let closed: Vec<&&str> = pinned.difference(&gaps).collect();
    assert!(closed.is_empty(), "these are built now: strike them from tests/it/gaps.txt: {closed:#?}");
    assert_eq!(coverage.built + gaps.len(), coverage.known);
}

/// Every operation in one line: what it needs, takes and answers. Behind each, and behind each shape, stands the
/// beginning of its hash, so that no word of the document changes unseen.
fn lines(document: &Value) -> String {
    let (mut rest, mut lines) = (document.clone(), Vec::new());
    for (path, methods) in document["paths"].as_object().expect("paths") {
        for (method, operation) in methods.as_object().expect("methods") {
            let schema = |at: &Value| at["content"]["application/json"]["schema"]["$ref"].as_str().map(short);
            let answers = operation["responses"].as_object().expect("answers").iter();
            let answers = answers.filter(|(status, _)| status.starts_with('2'));
            let answers: Vec<String> = answers
                .map(|(status, answer)| match schema(answer) {
                    Some(name) => format!("{status} {name}"),
                    None => status.clone(),
                })
                .collect();
            let parameters = operation["parameters"].as_array().expect("parameters").iter();
            let query = parameters.filter(|parameter| parameter["in"] == "query");
            let query: Vec<&str> = query.filter_map(|parameter| parameter["name"].as_str()).collect();
            lines.push(format!(
                "{method:<6} {path}\n    {} ({}){}{} -> {} #{}",
                operation["operationId"].as_str().expect("an id"),
                operation["x-right"].as_str().expect("a right"),
                if query.is_empty() { String::new() } else { format!(" ?{}", query.join("&")) },
                schema(&operation["requestBody"]).map(|name| format!(" {name}")).unwrap_or_default(),
                answers.join(", "),
                digest(operation),
            ));
        }
    }
    for (name, shape) in document["components"]["schemas"].as_object().expect("shapes") {
        lines.push(format!("shape  {name} #{}", digest(shape)));
    }
    rest["paths"].take();
    rest["components"]["schemas"].take();
    lines.push(format!("rest   #{}", digest(&rest)));
    lines.join("\n")
}

fn digest(part: &Value) -> String {
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, part.to_string().as_bytes());
    digest.as_ref()[..4].iter().map(|byte| format!("{byte:02x}")).collect()
}

fn short(reference: &str) -> String {
    reference.rsplit('/').next().unwrap_or_default().to_owned()
}

#[test]
fn the_guide_document_changes_only_on_purpose() {
    insta::assert_snapshot!(lines(&papers::openapi(Dialect::Guide)));
}

#[test]
fn the_published_document_changes_only_on_purpose() {
    insta::assert_snapshot!(lines(&papers::openapi(Dialect::Published)));
}

#[test]
fn every_reference_leads_somewhere_and_every_id_is_taken_once() {
    for dialect in [Dialect::Guide, Dialect::Published] {
        let document = papers::openapi(dialect);
        let text = document.to_string();
        for reference in text.split("\"$ref\":\"").skip(1).filter_map(|rest| rest.split('"').next()) {
            let pointer = reference.trim_start_matches('#');
            assert!(document.pointer(pointer).is_some(), "{reference}");
        }
        let ids: Vec<&str> =
            text.split("\"operationId\":\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
        assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len());
    }
}

#[tokio::test]
async fn the_papers_are_served_to_anybody_and_a_document_is_what_the_tenant_does() {
    let uem = Caller::new().await;
    for (path, kind) in [
        ("/api/help", "text/html; charset=utf-8"),
        ("/API/Help/", "text/html; charset=utf-8"),
        ("/api/help/help.js", "text/javascript; charset=utf-8"),
        ("/api/help/guide.json", "application/json; charset=utf-8"),
        ("/api/help/published.json", "application/json; charset=utf-8"),
        ("/api/system/help/localjson", "application/json; charset=utf-8"),
    ] {
        let answer = read(uem.bare(Method::GET, path)).await;
        assert_eq!((answer.status, answer.header("content-type")), (200, kind), "{path}");
        assert!(answer.header("content-security-policy").starts_with("default-src 'none'"), "{path}");
    }
    // Every address of the documents leads to the operation that it names.
    for dialect in [Dialect::Guide, Dialect::Published] {
        let document = papers::openapi(dialect);
        for (path, methods) in document["paths"].as_object().expect("paths") {
            for (method, operation) in methods.as_object().expect("methods") {
                let tried = path
                    .split('/')
                    .map(|part| if part.starts_with('{') { argument(operation, part) } else { part.to_owned() })
                    .collect::<Vec<_>>()
                    .join("/");
                let method = method.to_uppercase().parse().expect("a method");
                let answer = read(uem.request(method, &tried).body("{}")).await;
                assert!(answer.status < 500, "{tried}: {answer:?}");
                assert!(!answer.text.starts_with("<!DOCTYPE"), "{tried} leads nowhere");
            }
        }
    }
}

/// Something of the right form that does not exist.
fn argument(operation: &Value, part: &str) -> String {
    let name = part.trim_matches(['{', '}']);
    let parameters = operation["parameters"].as_array().expect("parameters");
    let schema = parameters.iter().find(|known| known["name"] == name && known["in"] == "path").expect("declared");
    match (schema["schema"]["type"].as_str(), schema["schema"]["format"].as_str()) {
        (Some("integer"), _) => "0".to_owned(),
        (_, Some("uuid")) => uuid::Uuid::nil().to_string(),
        _ => schema["schema"]["enum"][0].as_str().unwrap_or("nothing").to_owned(),
    }
}

#[test]
fn a_collection_has_the_test_calls_first_and_every_operation() {
    for dialect in [Dialect::Guide, Dialect::Published] {
        let (collection, document) = (papers::postman(dialect), papers::openapi(dialect));
        let folders = collection["item"].as_array().expect("folders");
        assert_eq!(folders[0]["item"].as_array().expect("calls").len(), 7);
        assert_eq!(folders[0]["item"][0]["name"], "System information");
        let items: usize = folders[1..].iter().map(|folder| folder["item"].as_array().expect("items").len()).sum();
        let paths = document["paths"].as_object().expect("paths").values();
        assert_eq!(items, paths.map(|methods| methods.as_object().expect("methods").len()).sum::<usize>());
    }
    assert!(papers::postman_environment(None).to_string().contains("\"tenant_code\""));
}
