//! SHA-256 over canonical JSON: object keys sorted, no spaces, so that the same content has the same
//! hash wherever and whenever it was made.

use aws_lc_rs::digest;
use serde_json::{Value, json};

use super::PlanItem;

/// SHA-256 of a text, as 64 hexadecimal digits.
pub(crate) fn of_text(text: &str) -> String {
    let digest = digest::digest(&digest::SHA256, text.as_bytes());
    digest.as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// SHA-256 of a value in canonical form.
pub(crate) fn of_value(value: &Value) -> String {
    let mut text = String::new();
    write_canonical(value, &mut text);
    of_text(&text)
}

/// The hash of what a plan does.
pub(super) fn of_items(tenant: &str, items: &[PlanItem]) -> String {
    let items: Vec<Value> = items
        .iter()
        .map(|item| {
            json!({
                "target": item.target,
                "action": item.action,
                "before": item.before,
                "after": item.after,
                "verdict": item.decision.verdict,
                "unsettled_since": item.unsettled_since,
            })
        })
        .collect();
    of_value(&json!({ "tenant": tenant, "items": items }))
}

/// Written by hand, because the order of `serde_json::Map` depends on a feature that any crate of the
/// build can switch on.
fn write_canonical(value: &Value, text: &mut String) {
    match value {
        Value::Object(map) => {
            let mut keys: Vec<&String> = map.keys().collect();
            keys.sort();
            text.push('{');
            for (position, key) in keys.into_iter().enumerate() {
                if position > 0 {
                    text.push(',');
                }
                text.push_str(&Value::from(key.as_str()).to_string());
                text.push(':');
                write_canonical(&map[key], text);
            }
            text.push('}');
        }
        Value::Array(values) => {
            text.push('[');
            for (position, value) in values.iter().enumerate() {
                if position > 0 {
                    text.push(',');
                }
                write_canonical(value, text);
            }
            text.push(']');
        }
        scalar => text.push_str(&scalar.to_string()),
    }
}
