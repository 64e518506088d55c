//! SHA-256 over canonical JSON: object keys sorted, no spaces, so that the same content has the same
//! hash wherever and whenever it was made.

use aws_lc_rs::digest;
use serde_json::{Value, json};

use super::{Action, PlanItem};

/// SHA-256 of a text, as 64 hexadecimal digits.
pub(crate) fn of_text(text: &str) -> String {
    hexadecimal(digest::digest(&digest::SHA256, text.as_bytes()).as_ref())
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

/// The hash of what a plan does: that of `{"items":[…],"tenant":…}`, taken an item at a time, because a plan may have a
/// million of them, which are never in memory together.
pub(crate) struct Hash {
    context: digest::Context,
    /// What was not taken in yet.
    text: String,
    first: bool,
    /// Most items of a plan have the same action.
    action: Option<(Action, String)>,
}

impl Default for Hash {
    fn default() -> Self {
        let text = String::from("{\"items\":[");
        Self { context: digest::Context::new(&digest::SHA256), text, first: true, action: None }
    }
}

impl Hash {
    /// Takes in the next item.
    pub(crate) fn item(&mut self, item: &PlanItem) {
        if !std::mem::take(&mut self.first) {
            self.text.push(',');
        }
        let (last, written) = match self.action.take() {
            Some((last, written)) if last == item.action => (last, written),
            _ => (item.action.clone(), canonical(&json!(item.action))),
        };
        write_item(item, &written, &mut self.text);
        self.action = Some((last, written));
        self.context.update(self.text.as_bytes());
        self.text.clear();
    }

    /// The hash of the items on a tenant.
    pub(crate) fn of(mut self, tenant: &str) -> String {
        self.text.push_str("],\"tenant\":");
        write_canonical(&Value::from(tenant), &mut self.text);
        self.text.push('}');
        self.context.update(self.text.as_bytes());
        hexadecimal(self.context.finish().as_ref())
    }
}

/// An item without what says nothing about what is done.
fn write_item(item: &PlanItem, action: &str, text: &mut String) {
    let mut target = json!(item.target);
    // When a device was last seen, and what else hangs on it, says nothing about what is done to it.
    without_passing(&mut target);
    for device in target.get_mut("devices").and_then(Value::as_array_mut).into_iter().flatten() {
        without_passing(device);
    }
    text.push_str("{\"action\":");
    text.push_str(action);
    for (name, value) in [
        ("after", json!(item.after)),
        ("before", json!(item.before)),
        ("target", target),
        ("unsettled_since", json!(item.unsettled_since)),
        ("verdict", json!(item.decision.verdict)),
    ] {
        text.push_str(",\"");
        text.push_str(name);
        text.push_str("\":");
        write_canonical(&value, text);
    }
    text.push('}');
}

fn without_passing(device: &mut Value) {
    if let Some(fields) = device.as_object_mut() {
        fields.remove("last_seen");
        fields.remove("tags");
    }
}

pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    let digit = |half: u8| char::from(b"0123456789abcdef"[usize::from(half)]);
    let mut text = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        text.push(digit(byte >> 4));
        text.push(digit(byte & 15));
    }
    text
}

/// An object in canonical form that is written at once, without a [`Value`] in between. Whoever writes it names the members
/// in their order.
pub(crate) struct Members {
    text: String,
    last: &'static str,
}

impl Members {
    /// For a text of about so many bytes.
    pub(crate) fn new(bytes: usize) -> Self {
        Self { text: String::with_capacity(bytes), last: "" }
    }

    fn name(&mut self, name: &'static str) {
        debug_assert!(self.last < name, "{name} stands before {}", self.last);
        self.text.push(if self.last.is_empty() { '{' } else { ',' });
        self.last = name;
        write_text(name, &mut self.text);
        self.text.push(':');
    }

    pub(crate) fn text(mut self, name: &'static str, value: &str) -> Self {
        self.name(name);
        write_text(value, &mut self.text);
        self
    }

    /// A text, or null.
    pub(crate) fn maybe(self, name: &'static str, value: Option<&str>) -> Self {
        match value {
            Some(value) => self.text(name, value),
            None => self.written(name, "null"),
        }
    }

    pub(crate) fn number(self, name: &'static str, value: i64) -> Self {
        self.written(name, &value.to_string())
    }

    /// What is canonical already.
    pub(crate) fn written(mut self, name: &'static str, value: &str) -> Self {
        self.name(name);
        self.text.push_str(value);
        self
    }

    pub(crate) fn end(mut self) -> String {
        self.text.push('}');
        self.text
    }
}

/// Written by hand, because the order of `serde_json::Map` depends on a feature that any crate of the
/// build can switch on.
fn write_canonical(value: &Value, text: &mut String) {
    match value {
        Value::Object(map) => {
            let mut members: Vec<(&String, &Value)> = map.iter().collect();
            members.sort_unstable_by_key(|(key, _)| *key);
            text.push('{');
            for (position, (key, value)) in members.into_iter().enumerate() {
                if position > 0 {
                    text.push(',');
                }
                write_text(key, text);
                text.push(':');
                write_canonical(value, text);
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
        Value::String(string) => write_text(string, text),
        scalar => text.push_str(&scalar.to_string()),
    }
}

/// A text in quotes; one without anything to escape, as nearly all are, is copied.
pub(crate) fn write_text(string: &str, text: &mut String) {
    if string.bytes().any(|byte| byte < 0x20 || byte == b'"' || byte == b'\\') {
        text.push_str(&Value::from(string).to_string());
    } else {
        text.push('"');
        text.push_str(string);
        text.push('"');
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
    fn the_hash_of_a_plan_is_that_of_its_canonical_form() {
        let mut item: PlanItem = serde_json::from_value(json!({
            "index": 0,
            "target": {"kind": "device", "id": 7, "uuid": null, "serial": "S\"7", "name": "ä", "platform": "Apple",
                "user": "ada", "last_seen": "2026-11-25T12:00:00Z", "tags": ["x"], "ownership": "C"},
            "action": {"verb": "SendCommand", "command": "SyncDevice", "parameters": {"b": 1.5, "a": "\n"}},
            "reason": "", "before": {"z": 1, "a": [null]}, "input": [], "after": null,
            "decision": {"verdict": "allow", "reasons": []},
        }))
        .expect("an item");
        let of_items = |tenant: &str, items: &[PlanItem]| {
            let mut hash = Hash::default();
            items.iter().for_each(|item| hash.item(item));
            hash.of(tenant)
        };
        let whole = |items: &[PlanItem]| {
            let items: Vec<Value> = items
                .iter()
                .map(|item| {
                    let mut target = json!(item.target);
                    let fields = target.as_object_mut().expect("an object");
                    fields.remove("last_seen");
                    fields.remove("tags");
                    json!({"target": target, "action": item.action, "before": item.before, "after": item.after,
                        "verdict": item.decision.verdict, "unsettled_since": item.unsettled_since})
                })
                .collect();
            of_value(&json!({"tenant": "t\u{1}", "items": items}))
        };
        let first = item.clone();
        item.after = Some(0);
        item.action = Action::RevokeApiKey;
        for items in
            [&[][..], std::slice::from_ref(&first), &[first.clone(), first.clone(), item.clone(), first.clone()]]
        {
            assert_eq!(of_items("t\u{1}", items), whole(items));
        }
        let seen = PlanItem { reason: "another".to_owned(), ..first.clone() };
        assert_eq!(of_items("t", &[seen]), of_items("t", &[first]));
    }

    #[test]
    fn the_hash_is_sha_256() {
        assert_eq!(of_value(&json!({})), "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a");
    }
}
