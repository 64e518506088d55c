//! The forms that one value takes on the wire. Each type here reads all that can mean only one thing (a number sent
//! as a text, a flag as `1`, a list of one without its brackets) and writes the published one.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use uuid::Uuid;

use crate::Stamp;
use crate::record::Sketch;

/// A value that does not have the form of its member, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}{}{shown} is not {wanted}", .at, if .at.is_empty() { "" } else { ": " })]
pub struct Unfit {
    at: String,
    shown: String,
    wanted: &'static str,
}

impl Unfit {
    /// A value in place of what was wanted.
    #[must_use]
    pub fn new(wanted: &'static str, value: &Value) -> Self {
        // What lies within an object or a list may be a secret.
        let shown = match value {
            Value::Object(_) => "an object".to_owned(),
            Value::Array(_) => "a list".to_owned(),
            simple => format!("`{}`", simple.to_string().chars().take(60).collect::<String>()),
        };
        Self { at: String::new(), shown, wanted }
    }

    pub(crate) fn within(mut self, place: &str) -> Self {
        let joint = if self.at.is_empty() || self.at.starts_with('[') { "" } else { "." };
        self.at = format!("{place}{joint}{}", self.at);
        self
    }
}

/// A type that a member of a record may have.
pub trait Member: Sized + Default {
    /// Whether a record is whole without it.
    const OPTIONAL: bool = false;
    /// Whether it is a list.
    const LIST: bool = false;

    /// Reads a value that is not null.
    ///
    /// # Errors
    /// The value cannot mean anything that this type can hold.
    fn read(value: Value) -> Result<Self, Unfit>;
    /// The published form; `None` leaves the member out.
    fn write(&self) -> Option<Value>;
    /// What is written.
    fn sketch() -> Sketch;

    /// Whether a value is how this type says that there is none: an empty text for anything but a text.
    fn is_nothing(value: &Value) -> bool {
        value.as_str().is_some_and(|text| text.trim().is_empty())
    }
}

impl<T: Member> Member for Option<T> {
    const OPTIONAL: bool = true;
    const LIST: bool = T::LIST;

    fn read(value: Value) -> Result<Self, Unfit> {
        if T::is_nothing(&value) { Ok(None) } else { T::read(value).map(Some) }
    }
    fn write(&self) -> Option<Value> {
        self.as_ref().and_then(T::write)
    }
    fn sketch() -> Sketch {
        T::sketch()
    }
}

impl<T: Member> Member for Vec<T> {
    const LIST: bool = true;

    fn read(value: Value) -> Result<Self, Unfit> {
        let items = match value {
            Value::Array(items) => items,
            Value::Object(object) if object.is_empty() => Vec::new(),
            // `{"Model": [ … ]}`, and what XML makes of a list.
            Value::Object(object) if object.len() == 1 && object.values().all(Value::is_array) => {
                return object.into_iter().next().map_or_else(|| Ok(Vec::new()), |(_, items)| Self::read(items));
            }
            Value::String(text) if text.trim().is_empty() => Vec::new(),
            one => vec![one],
        };
        let items = items.into_iter().enumerate().filter(|(_, item)| !item.is_null());
        items.map(|(at, item)| T::read(item).map_err(|unfit| unfit.within(&format!("[{at}]")))).collect()
    }
    fn write(&self) -> Option<Value> {
        Some(Value::Array(self.iter().filter_map(T::write).collect()))
    }
    fn sketch() -> Sketch {
        Sketch::List(T::sketch)
    }
    fn is_nothing(_: &Value) -> bool {
        false
    }
}

impl Member for String {
    fn read(value: Value) -> Result<Self, Unfit> {
        match value {
            Value::String(text) => Ok(text),
            Value::Number(number) => Ok(number.to_string()),
            Value::Bool(flag) => Ok(flag.to_string()),
            other => Err(Unfit::new("a text", &other)),
        }
    }
    fn write(&self) -> Option<Value> {
        Some(Value::String(self.clone()))
    }
    fn sketch() -> Sketch {
        Sketch::Text
    }
    fn is_nothing(_: &Value) -> bool {
        false
    }
}

/// A whole number out of `7`, `7.0`, `"7"`, `{"Value": 7}` and `{"Id": {"Value": 7}}`.
pub(crate) fn whole(value: &Value) -> Option<i64> {
    match value {
        Value::Number(number) => number.as_i64().or_else(|| {
            let number = number.as_f64().filter(|number| number.fract() == 0.0 && number.abs() < 9e15)?;
            format!("{number:.0}").parse().ok()
        }),
        Value::String(text) => text.trim().parse().ok(),
        Value::Object(object) => object
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case("value") || name.eq_ignore_ascii_case("id"))
            .and_then(|(_, inner)| whole(inner)),
        _ => None,
    }
}

macro_rules! whole_numbers {
    ($($type:ty)+) => {$(
        impl Member for $type {
            fn read(value: Value) -> Result<Self, Unfit> {
                let number = whole(&value).and_then(|number| number.try_into().ok());
                number.ok_or_else(|| Unfit::new("a whole number", &value))
            }
            fn write(&self) -> Option<Value> {
                Some(Value::from(*self))
            }
            fn sketch() -> Sketch {
                Sketch::Integer
            }
        }
    )+};
}
whole_numbers! { i64 u64 u32 }

impl Member for f64 {
    fn read(value: Value) -> Result<Self, Unfit> {
        let number = match &value {
            Value::Number(number) => number.as_f64(),
            Value::String(text) => {
                text.trim().trim_end_matches('%').parse().ok().filter(|number: &f64| number.is_finite())
            }
            _ => None,
        };
        number.ok_or_else(|| Unfit::new("a number", &value))
    }
    fn write(&self) -> Option<Value> {
        serde_json::Number::from_f64(*self).map(Value::Number)
    }
    fn sketch() -> Sketch {
        Sketch::Number
    }
}

/// A flag out of `true`, `"True"`, `1`, `"Y"`, `"Enabled"`, `"Active"` and their opposites.
pub(crate) fn flag(value: &Value) -> Option<bool> {
    const YES: [&str; 6] = ["true", "1", "y", "yes", "enabled", "active"];
    const NO: [&str; 6] = ["false", "0", "n", "no", "disabled", "inactive"];
    match value {
        Value::Bool(flag) => Some(*flag),
        Value::Number(number) => match number.as_i64()? {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        },
        Value::String(text) => {
            let means = |words: [&str; 6]| words.iter().any(|word| word.eq_ignore_ascii_case(text.trim()));
            means(YES).then_some(true).or_else(|| means(NO).then_some(false))
        }
        _ => None,
    }
}

impl Member for bool {
    fn read(value: Value) -> Result<Self, Unfit> {
        flag(&value).ok_or_else(|| Unfit::new("true or false", &value))
    }
    fn write(&self) -> Option<Value> {
        Some(Value::Bool(*self))
    }
    fn sketch() -> Sketch {
        Sketch::Flag
    }
}

impl Member for Uuid {
    fn read(value: Value) -> Result<Self, Unfit> {
        let text = value.as_str().or_else(|| value.get("Value")?.as_str());
        text.and_then(|text| text.trim().parse().ok()).ok_or_else(|| Unfit::new("a UUID", &value))
    }
    fn write(&self) -> Option<Value> {
        Some(Value::String(self.to_string()))
    }
    fn sketch() -> Sketch {
        Sketch::Uuid
    }
}

impl Default for Stamp {
    /// The beginning of 1970. A moment that may be missing is an `Option`.
    fn default() -> Self {
        Self(jiff::Timestamp::UNIX_EPOCH)
    }
}

impl Member for Stamp {
    fn read(value: Value) -> Result<Self, Unfit> {
        let stamp = match &value {
            Value::String(text) => text.parse().ok(),
            Value::Number(number) => number.as_i64().and_then(Self::of_epoch),
            _ => None,
        };
        stamp.ok_or_else(|| Unfit::new("a date", &value))
    }
    fn write(&self) -> Option<Value> {
        Some(Value::String(self.to_string()))
    }
    fn sketch() -> Sketch {
        Sketch::DateTime
    }
    /// Any moment of year 1 is never.
    fn is_nothing(value: &Value) -> bool {
        value.as_str().is_some_and(crate::time::is_never)
    }
}

impl Member for serde_json::Map<String, Value> {
    fn read(value: Value) -> Result<Self, Unfit> {
        match value {
            Value::Object(members) => Ok(members),
            other => Err(Unfit::new("an object", &other)),
        }
    }
    fn write(&self) -> Option<Value> {
        Some(Value::Object(self.clone()))
    }
    fn sketch() -> Sketch {
        Sketch::Any
    }
}

impl Member for Value {
    fn read(value: Value) -> Result<Self, Unfit> {
        Ok(value)
    }
    fn write(&self) -> Option<Value> {
        (!self.is_null()).then(|| self.clone())
    }
    fn sketch() -> Sketch {
        Sketch::Any
    }
    fn is_nothing(_: &Value) -> bool {
        false
    }
}

/// For `#[serde(deserialize_with = "lenient")]` in rows that derive their form.
pub(crate) fn lenient<'de, T: Member, D: serde::Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    let value = <Value as serde::Deserialize>::deserialize(deserializer)?;
    if value.is_null() || T::is_nothing(&value) {
        return Ok(T::default());
    }
    T::read(value).map_err(serde::de::Error::custom)
}

/// A text that no log may hold: a password, a key. Only writing it to the wire shows it.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Hidden(pub String);

impl std::fmt::Debug for Hidden {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("…")
    }
}

impl Member for Hidden {
    fn read(value: Value) -> Result<Self, Unfit> {
        match value {
            Value::String(text) => Ok(Self(text)),
            // The value may be one.
            _ => Err(Unfit::new("a text", &Value::Null)),
        }
    }
    fn write(&self) -> Option<Value> {
        Some(Value::String(self.0.clone()))
    }
    fn sketch() -> Sketch {
        Sketch::Text
    }
    fn is_nothing(_: &Value) -> bool {
        false
    }
}

/// Bytes that travel as Base64 in a member: a script, a chunk of a file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Base64(pub Vec<u8>);

impl Member for Base64 {
    fn read(value: Value) -> Result<Self, Unfit> {
        let text: Option<String> = value.as_str().map(|text| text.split_ascii_whitespace().collect());
        let bytes = text.and_then(|text| STANDARD.decode(text).ok());
        bytes.map(Self).ok_or_else(|| Unfit::new("Base64", &value))
    }
    fn write(&self) -> Option<Value> {
        Some(Value::String(STANDARD.encode(&self.0)))
    }
    fn sketch() -> Sketch {
        Sketch::Text
    }
}
