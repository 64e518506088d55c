//! XML for clients that speak it: bodies are read by the published shape of the operation, and whoever asks for XML
//! gets answers and faults in it. What lies between is the same JSON as ever.

use axum::http::header::ACCEPT;
use axum::http::{HeaderMap, HeaderValue};
use bytes::Bytes;
use muster_model::Fault;
use muster_model::catalog::facts::{Facts, Operation};
use muster_model::catalog::{Shape, xml};
use serde_json::Value;

use super::answer::Answer;
use super::refusal::Refusal;

pub(super) const XML: &str = "application/xml; charset=utf-8";

/// The namespaces of answers and of faults.
const RESOURCES: &str = "http://www.air-watch.com/servicemodel/resources";
const FAULTS: &str = "http://www.air-watch.com/";

/// Whether a request wants its answer in XML: it says so, before any other format.
pub(super) fn is_wanted(headers: &HeaderMap) -> bool {
    let accept = headers.get(ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default().to_ascii_lowercase();
    let place = |word: &str| accept.find(word);
    match (place("xml"), place("json")) {
        (Some(xml), Some(json)) => xml < json,
        (xml, _) => xml.is_some() && !accept.contains("html"),
    }
}

/// Whether a content type is XML.
pub(super) fn is_sent(kind: &HeaderValue) -> bool {
    let kind = kind.to_str().unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    matches!(kind.as_str(), "application/xml" | "text/xml")
}

/// A body in XML as the JSON that the operation takes. What an operation takes as it comes stays as it is.
pub(super) fn body(facts: &Facts, operation: &Operation, body: &Bytes) -> Result<Bytes, Refusal> {
    let shape = match &operation.body {
        Some(shape) if matches!(resolved(facts, shape), Shape::Members { .. } | Shape::List(_)) => shape,
        _ => return Ok(body.clone()),
    };
    let wrong = |why: &str| Refusal::bad(format!("The request body is not XML: {why}."));
    let text = std::str::from_utf8(body).map_err(|_| wrong("it is no UTF-8"))?;
    if text.trim().is_empty() {
        return Ok(Bytes::new());
    }
    Ok(xml::read(facts, shape, text).map_err(wrong)?.to_string().into_bytes().into())
}

/// Brings the body of an answer into XML, if it has one that is JSON.
pub(super) fn answer(answer: &mut Answer, facts: &Facts, operation: &Operation) {
    if (200..300).contains(&answer.status)
        && let Some(value) = answer.json()
    {
        let shape = operation.success(answer.status);
        let mut text = String::from("<?xml version=\"1.0\" encoding=\"utf-8\"?>");
        let name = type_name(facts, shape, &value);
        write(&mut text, facts, shape, &value, &name, Some(RESOURCES));
        answer.replace(XML, text.into_bytes());
    }
}

/// Brings the body of a refusal into XML.
pub(super) fn fault(answer: &mut Answer) {
    let Some(fault) = answer.json().and_then(|value| serde_json::from_value::<Fault>(value).ok()) else { return };
    let activity = fault.activity_id.map(|id| id.to_string()).unwrap_or_default();
    let (code, message) = (fault.error_code, escaped(&fault.message));
    let text = format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?><AirWatchFaultContract xmlns=\"{FAULTS}\">\
         <ActivityId>{activity}</ActivityId><ErrorCode>{code}</ErrorCode><Message>{message}</Message>\
         </AirWatchFaultContract>"
    );
    answer.replace(XML, text.into_bytes());
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// The shape behind a name.
fn resolved<'a>(facts: &'a Facts, shape: &'a Shape) -> &'a Shape {
    match shape {
        Shape::Named(index) => resolved(facts, facts.shape(*index)),
        shape => shape,
    }
}

/// The name of an element for a value of a shape.
fn type_name(facts: &Facts, shape: &Shape, value: &Value) -> String {
    match (shape, value) {
        (Shape::Named(index), _) => pascal(facts.name(*index)),
        (Shape::List(each), Value::Array(items)) => {
            format!("ArrayOf{}", type_name(facts, each, items.first().unwrap_or(&Value::Null)))
        }
        (_, Value::Number(_)) => "int".to_owned(),
        (_, Value::String(_)) => "string".to_owned(),
        (_, Value::Bool(_)) => "boolean".to_owned(),
        _ => "Result".to_owned(),
    }
}

/// `device_wipes` is `DeviceWipes`.
fn pascal(name: &str) -> String {
    let letters = name.strip_suffix("k__BackingField").unwrap_or(name);
    let parts = letters.split(|letter: char| !letter.is_alphanumeric()).filter(|part| !part.is_empty());
    let mut pascal = String::new();
    for part in parts {
        let mut letters = part.chars();
        pascal.extend(letters.next().into_iter().flat_map(char::to_uppercase));
        pascal.push_str(letters.as_str());
    }
    if pascal.starts_with(|first: char| first.is_ascii_digit()) { format!("_{pascal}") } else { pascal }
}

fn write(text: &mut String, facts: &Facts, shape: &Shape, value: &Value, name: &str, namespace: Option<&str>) {
    let namespace = namespace.map(|namespace| format!(" xmlns=\"{namespace}\"")).unwrap_or_default();
    let shape = resolved(facts, shape);
    text.push_str(&format!("<{name}{namespace}>"));
    match value {
        Value::Object(object) => {
            for (member, value) in object {
                let shape = match shape {
                    Shape::Members { members, .. } => members.get(member).unwrap_or(&Shape::Any),
                    Shape::Map(each) => each,
                    _ => &Shape::Any,
                };
                let name = pascal(member);
                if !name.is_empty() && !value.is_null() {
                    write(text, facts, shape, value, &name, None);
                }
            }
        }
        Value::Array(items) => {
            let each = if let Shape::List(each) = shape { each } else { &Shape::Any };
            for item in items {
                write(text, facts, each, item, &type_name(facts, each, item), None);
            }
        }
        Value::Null => {}
        Value::String(value) => text.push_str(&escaped(value)),
        other => text.push_str(&other.to_string()),
    }
    text.push_str(&format!("</{name}>"));
}

#[cfg(test)]
mod tests {
    use muster_model::catalog::facts;
    use serde_json::json;

    use super::*;

    fn read(key: &str, text: &str) -> Result<Value, Refusal> {
        let facts = facts::published();
        let operation = facts.operation(key).expect("is known");
        body(facts, operation, &Bytes::copy_from_slice(text.as_bytes()))
            .map(|bytes| serde_json::from_slice(&bytes).expect("JSON"))
    }

    #[test]
    fn a_body_is_read_by_the_shape_of_its_operation() {
        let text = r#"<?xml version="1.0"?><!-- one --><SmartGroup xmlns="http://www.air-watch.com/servicemodel/resources">
            <Name>R&amp;D &#x41;</Name><managedByOrganizationGroupId>570</managedByOrganizationGroupId>
            <Platforms><Platform>Apple</Platform><Platform>Android</Platform></Platforms><Unknown>1</Unknown>
            <Tags><Tag><Id>71</Id><Name>Pilot</Name></Tag><Tag><Id>72</Id></Tag></Tags><Models/></SmartGroup>"#;
        let expected = json!({"Name": "R&D A", "ManagedByOrganizationGroupId": "570",
            "Platforms": ["Apple", "Android"], "Tags": [{"Id": "71", "Name": "Pilot"}, {"Id": "72"}], "Models": [], "Unknown": "1"});
        assert_eq!(read("mdmv1/SmartGroups_CreateSmartGroupAsync", text).expect("reads"), expected);
        let text = "<BulkInput><BulkValues><Value>52</Value><Value>53</Value></BulkValues></BulkInput>";
        let expected = json!({"BulkValues": {"Value": ["52", "53"]}});
        assert_eq!(read("mdmv1/CommandsV1_BulkExecuteAsync", text).expect("reads"), expected);
    }

    #[test]
    fn what_is_no_xml_is_refused_and_nothing_is_expanded() {
        for text in ["<a>", "<a></b>", "{}", "<a/><b/>", "<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>", "<a>&x;</a>"] {
            let refused = read("mdmv1/SmartGroups_CreateSmartGroupAsync", text).expect_err(text);
            assert_eq!(refused.status(), 400, "{text}");
        }
        let deep = "<a>".repeat(10_000);
        assert!(read("mdmv1/SmartGroups_CreateSmartGroupAsync", &deep).is_err());
    }
}
