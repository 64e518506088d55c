//! Writing an answer as its published shape has it.

use serde_json::{Map, Number, Value};

use super::facts::Facts;
use super::shape::{Form, Shape};
use crate::Stamp;

impl Shape {
    /// A value in this shape: members the shape does not know are dropped, names get the published spelling
    /// (`TagName` is found for `tag_name`), numbers, texts, wrapped ids, words and dates get the published form, and
    /// nulls are left out. A number where a date is wanted is microseconds since 1970. What cannot be brought into
    /// form is left out too; nothing is invented.
    #[must_use]
    pub fn write(&self, facts: &Facts, value: &Value) -> Value {
        self.give(facts, value).unwrap_or(Value::Null)
    }

    fn give(&self, facts: &Facts, value: &Value) -> Option<Value> {
        if value.is_null() {
            return None;
        }
        match self {
            Self::Any => Some(value.clone()),
            Self::Named(index) => facts.shape(*index).give(facts, value),
            Self::List(each) => {
                let items = value.as_array()?.iter().filter_map(|item| each.give(facts, item));
                Some(Value::Array(items.collect()))
            }
            Self::Map(each) => {
                let members = value.as_object()?.iter();
                let members = members.filter_map(|(name, item)| Some((name.clone(), each.give(facts, item)?)));
                Some(Value::Object(members.collect()))
            }
            Self::Members { members, open, .. } => match value {
                Value::Object(object) => {
                    let known = members
                        .iter()
                        .filter_map(|(name, shape)| Some((name.clone(), shape.give(facts, find(object, name)?)?)));
                    let other = object.iter().filter(|(name, value)| {
                        *open && !value.is_null() && !members.keys().any(|known| same(known, name))
                    });
                    Some(Value::Object(known.chain(other.map(|(name, value)| (name.clone(), value.clone()))).collect()))
                }
                // An id that is wrapped once, {"Value": 7}, or twice, {"Id": {"Value": 7}}.
                Value::Number(_) | Value::String(_) if members.len() == 1 => {
                    let (name, shape) = members.iter().next()?;
                    Some(Value::Object(Map::from_iter([(name.clone(), shape.give(facts, value)?)])))
                }
                _ => None,
            },
            simple => simple.plain(value),
        }
    }

    fn plain(&self, value: &Value) -> Option<Value> {
        match self {
            Self::Text(Form::DateTime) => match value {
                Value::Number(number) => {
                    let at = jiff::Timestamp::from_microsecond(number.as_i64()?).ok()?;
                    Some(Stamp(at).to_string().into())
                }
                Value::String(text) => Form::DateTime.fits(text).then(|| text.clone().into()),
                _ => None,
            },
            Self::Text(form) => match value {
                Value::String(text) => form.fits(text).then(|| text.clone().into()),
                Value::Number(number) => Some(number.to_string().into()),
                Value::Bool(flag) => Some(flag.to_string().into()),
                _ => unwrapped(value).and_then(|inner| self.plain(inner)),
            },
            Self::Integer { wide } => match value {
                Value::Number(number) => {
                    let number = number.as_i64()?;
                    (*wide || i32::try_from(number).is_ok()).then(|| number.into())
                }
                Value::String(text) => text.parse::<i64>().ok().map(Value::from),
                Value::Bool(flag) => Some(i64::from(*flag).into()),
                _ => unwrapped(value).and_then(|inner| self.plain(inner)),
            },
            Self::Number => match value {
                Value::Number(_) => Some(value.clone()),
                Value::String(text) => text.parse().ok().and_then(Number::from_f64).map(Value::Number),
                _ => None,
            },
            Self::Flag => match value {
                Value::Bool(_) => Some(value.clone()),
                Value::Number(number) => Some((number.as_i64()? != 0).into()),
                Value::String(text) => text.to_lowercase().parse::<bool>().ok().map(Value::from),
                _ => None,
            },
            Self::Words(words) => match value {
                Value::String(text) => {
                    words.iter().find(|word| same(word, text)).map(|word| Value::String(word.clone()))
                }
                Value::Number(number) => {
                    words.get(usize::try_from(number.as_u64()?).ok()?).map(|word| word.clone().into())
                }
                _ => None,
            },
            Self::Any | Self::List(_) | Self::Map(_) | Self::Members { .. } | Self::Named(_) => None,
        }
    }
}

fn unwrapped(value: &Value) -> Option<&Value> {
    let object = value.as_object()?;
    object.get("Value").or_else(|| object.get("Id").and_then(|id| id.get("Value").or(Some(id))))
}

/// The member of an object for a published name, whatever its case and whether its words are joined or not.
fn find<'a>(object: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    object.get(name).or_else(|| object.iter().find(|(known, _)| same(known, name)).map(|(_, value)| value))
}

/// Whether two names are the same but for case, `_`, `-` and the frame that a compiler puts around some
/// (`<Name>k__BackingField` is published so).
pub(super) fn same(left: &str, right: &str) -> bool {
    letters(left).eq(letters(right))
}

fn letters(name: &str) -> impl Iterator<Item = char> {
    let name = name.strip_suffix("k__BackingField").unwrap_or(name);
    name.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::facts::published;
    use super::*;

    #[test]
    fn a_value_is_brought_into_the_published_form() {
        let wrapped = Shape::Members {
            members: [("Value".to_owned(), Shape::Integer { wide: false })].into(),
            required: Vec::new(),
            open: false,
        };
        let shape = Shape::Members {
            members: [
                ("Id".to_owned(), wrapped),
                ("TagName".to_owned(), Shape::Text(Form::Plain)),
                ("created_on".to_owned(), Shape::Text(Form::DateTime)),
                ("Kind".to_owned(), Shape::Words(vec!["DEVICE_WIPE".to_owned()])),
                ("Count".to_owned(), Shape::Text(Form::Plain)),
            ]
            .into(),
            required: Vec::new(),
            open: false,
        };
        let stored = json!({"id": 7, "tag_name": "a", "CreatedOn": 1_767_600_000_000_000_i64, "kind": "DeviceWipe",
            "secret": "x", "count": 3});
        assert_eq!(
            shape.write(published(), &stored),
            json!({"Id": {"Value": 7}, "TagName": "a", "created_on": "2026-01-05T08:00:00.000",
                "Kind": "DEVICE_WIPE", "Count": "3"})
        );
    }
}
