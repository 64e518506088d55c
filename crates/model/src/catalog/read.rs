//! Reading what a caller sent as a shape demands it: leniently in spelling, strictly in kind.

use serde_json::{Map, Value};

use super::facts::Facts;
use super::shape::{Form, Shape};

impl Shape {
    /// A value as this shape spells it: names of members in the published case, unknown members dropped, numbers
    /// that were sent as text read, words in the published case. Nulls count as missing.
    ///
    /// # Errors
    /// One sentence that names the member, fit for the caller.
    pub fn read(&self, facts: &Facts, value: Value) -> Result<Value, String> {
        if value.is_null() {
            return self.simple(value, "");
        }
        self.take(facts, value, "")
    }

    fn take(&self, facts: &Facts, value: Value, at: &str) -> Result<Value, String> {
        match (self, value) {
            (_, Value::Null) => Ok(Value::Null),
            (Self::Any, value) => Ok(value),
            (Self::Named(index), value) => facts.shape(*index).take(facts, value, at),
            (Self::List(each), Value::Array(items)) => {
                let items = items.into_iter().enumerate().map(|(index, item)| {
                    let at = format!("{at}[{index}]");
                    // A member may be null, which is missing; an item that is missing is nothing.
                    if item.is_null() { each.simple(item, &at) } else { each.take(facts, item, &at) }
                });
                items.collect::<Result<_, _>>().map(Value::Array)
            }
            (Self::Map(each), Value::Object(object)) => {
                let members = object.into_iter().map(|(name, item)| Ok((name.clone(), each.take(facts, item, &name)?)));
                members.collect::<Result<Map<_, _>, String>>().map(Value::Object)
            }
            (Self::Members { members, required, open }, Value::Object(object)) => {
                let mut read = Map::new();
                for (name, item) in object {
                    let Some((name, shape)) = member(members, &name) else {
                        if *open && !item.is_null() {
                            read.insert(name, item);
                        }
                        continue;
                    };
                    let place = if at.is_empty() { name.clone() } else { format!("{at}.{name}") };
                    let item = shape.take(facts, item, &place)?;
                    if !item.is_null() && !read.contains_key(name) {
                        read.insert(name.clone(), item);
                    }
                }
                match required.iter().find(|name| !read.contains_key(*name)) {
                    Some(name) => Err(format!("The {name} field is required.")),
                    None => Ok(Value::Object(read)),
                }
            }
            // A single number where the published form wraps it: 7 for {"Value": 7}.
            (Self::Members { members, .. }, number @ Value::Number(_))
                if members.len() == 1 && members.contains_key("Value") =>
            {
                Ok(Value::Object(Map::from_iter([("Value".to_owned(), number)])))
            }
            (shape, value) => shape.simple(value, at),
        }
    }

    fn simple(&self, value: Value, at: &str) -> Result<Value, String> {
        let wrong = |kind: &str, value: &Value| {
            let shown: String = value.to_string().chars().take(60).collect();
            Err(format!("The field {} must be {kind}, and is {shown}.", if at.is_empty() { "body" } else { at }))
        };
        match self {
            Self::Text(form) => match value {
                Value::String(text) if form.fits(&text) => Ok(Value::String(text)),
                Value::String(text) if text.is_empty() && *form != Form::Uuid => Ok(Value::Null),
                // Ids above all are sent as numbers as often as texts (requirement S18).
                Value::Number(number) if *form == Form::Plain => Ok(Value::String(number.to_string())),
                other => wrong(form.described(), &other),
            },
            Self::Integer { wide } => {
                let number = match &value {
                    Value::String(text) => text.trim().parse().ok(),
                    Value::Object(wrapped) => wrapped.get("Value").and_then(Value::as_i64),
                    // 7.0 is written for 7 by some languages.
                    Value::Number(number) => number.as_i64().or_else(|| whole(number.as_f64()?)),
                    _ => None,
                };
                match number.filter(|&number| *wide || i32::try_from(number).is_ok()) {
                    Some(number) => Ok(number.into()),
                    None => wrong("a whole number", &value),
                }
            }
            Self::Number => match &value {
                Value::Number(_) => Ok(value),
                Value::String(text) if text.trim().parse::<f64>().is_ok_and(f64::is_finite) => {
                    Ok(text.trim().parse::<f64>().unwrap_or_default().into())
                }
                _ => wrong("a number", &value),
            },
            Self::Flag => match &value {
                Value::Bool(_) => Ok(value),
                Value::String(text) if text.eq_ignore_ascii_case("true") => Ok(true.into()),
                Value::String(text) if text.eq_ignore_ascii_case("false") => Ok(false.into()),
                _ => wrong("true or false", &value),
            },
            Self::Words(words) => {
                let known = match &value {
                    Value::String(text) => words.iter().find(|word| word.eq_ignore_ascii_case(text.trim())),
                    Value::Number(number) => number.as_u64().and_then(|at| words.get(usize::try_from(at).ok()?)),
                    _ => None,
                };
                match known {
                    Some(word) => Ok(Value::String(word.clone())),
                    None => wrong(&format!("one of {}", words.join(", ")), &value),
                }
            }
            Self::List(_) => wrong("a list", &value),
            Self::Any | Self::Map(_) | Self::Members { .. } | Self::Named(_) => wrong("an object", &value),
        }
    }
}

#[expect(clippy::cast_possible_truncation, reason = "checked to be whole and small")]
fn whole(number: f64) -> Option<i64> {
    (number.fract() == 0.0 && number.abs() < 1e15).then_some(number as i64)
}

impl Form {
    pub(super) fn described(self) -> &'static str {
        match self {
            Self::Plain => "a text",
            Self::Uuid => "a UUID",
            Self::DateTime => "a date and time",
            Self::Date => "a date",
            Self::Bytes => "Base64",
        }
    }
}

/// The member of a name, whatever its case.
pub(super) fn member<'a>(
    members: &'a std::collections::BTreeMap<String, Shape>,
    name: &str,
) -> Option<(&'a String, &'a Shape)> {
    members.get_key_value(name).or_else(|| members.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::facts::published;
    use super::*;

    fn body(key: &str, value: Value) -> Result<Value, String> {
        let facts = published();
        let operation = facts.operation(key).unwrap_or_else(|| panic!("no {key}"));
        operation.body.as_ref().expect("a body").read(facts, value)
    }

    #[test]
    fn names_get_the_published_case_and_texts_of_numbers_are_read() {
        let read = body("mdmv1/Tags_AddTag", json!({"tagname": "a", "TAGTYPE": "device", "LocationGroupId": "570"}));
        let read = read.expect("reads");
        assert_eq!(read["TagName"], "a");
        assert_eq!((&read["TagType"], &read["LocationGroupId"]), (&json!("Device"), &json!(570)));
    }

    #[test]
    fn the_wrong_kind_is_named() {
        let shape = Shape::Members {
            members: [
                ("Count".to_owned(), Shape::Integer { wide: false }),
                ("Name".to_owned(), Shape::Text(Form::Plain)),
                ("Kind".to_owned(), Shape::Words(vec!["One".to_owned(), "Two".to_owned()])),
            ]
            .into(),
            required: vec!["Name".to_owned()],
            open: false,
        };
        let read = |value| shape.read(published(), value);
        assert_eq!(
            read(json!({"name": "n", "count": "7", "kind": 1})),
            Ok(json!({"Name": "n", "Count": 7, "Kind": "Two"}))
        );
        assert!(read(json!({"name": true})).is_err_and(|why| why.contains("Name must be a text")));
        assert!(read(json!({"count": 7})).is_err_and(|why| why.contains("Name field is required")));
        assert!(read(json!({"name": "n", "count": 3_000_000_000_u64})).is_err());
        assert!(read(json!({"name": "n", "kind": "three"})).is_err_and(|why| why.contains("One, Two")));
        assert!(read(json!(["n"])).is_err());
    }

    #[test]
    fn an_open_shape_keeps_what_it_does_not_know() {
        let members = [("Name".to_owned(), Shape::Text(Form::Plain))].into();
        let shape = Shape::Members { members, required: Vec::new(), open: true };
        let value = json!({"name": "n", "WifiList": [{"Ssid": "x"}], "none": null});
        let read = shape.read(published(), value).expect("reads");
        assert_eq!(read, json!({"Name": "n", "WifiList": [{"Ssid": "x"}]}));
        assert_eq!(shape.write(published(), &read), read);
    }
}
