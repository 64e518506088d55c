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
    of_text(&canonical(value))
}

/// A value in canonical form.
pub(crate) fn canonical(value: &Value) -> String {
    let mut text = String::new();
    write_canonical(value, &mut text);
    text
}

/// The hash of what a plan does.
pub(super) fn of_items(tenant: &str, items: &[PlanItem]) -> String {
    let items: Vec<Value> = items
        .iter()
        .map(|item| {
            let mut target = json!(item.target);
            // When a device was last seen, and what else hangs on it, says nothing about what is done to it.
            if let Some(fields) = target.as_object_mut() {
                fields.remove("last_seen");
                fields.remove("tags");
            }
            json!({
                "target": target,
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_of_keys_and_the_spaces_do_not_matter_and_everything_else_does() {
        let hash = |text: &str| of_value(&serde_json::from_str(text).expect("JSON"));
        let first = hash(r#"{"a": [1, 2.5, null, true], "b": {"y": "\u00e4\n", "x": {}}}"#);
        assert_eq!(first, hash(r#"{"b":{"x":{},"y":"ä\n"},"a":[1,2.5,null,true]}"#));
        for other in [r#"{"b":{"x":{},"y":"ä\n"},"a":[2.5,1,null,true]}"#, r#"{"a":[1,2.5,null,true]}"#] {
            assert_ne!(first, hash(other));
        }
    }

    #[test]
    fn the_hash_is_sha_256() {
        assert_eq!(of_value(&json!({})), "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a");
    }
}
