//! The shape of a JSON value, as the published documents give it, and whether a value has it.

use std::collections::BTreeMap;
use std::str::FromStr;

use serde_json::Value;
use uuid::Uuid;

use super::facts::Facts;

/// What a text has to look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    Plain,
    Uuid,
    DateTime,
    Date,
    /// Base64.
    Bytes,
}

/// What a JSON value has to look like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shape {
    Any,
    Text(Form),
    /// `wide`: 64 bits, otherwise 32.
    Integer {
        wide: bool,
    },
    Number,
    Flag,
    /// One of several words.
    Words(Vec<String>),
    List(Box<Shape>),
    /// An object with any names, all values alike.
    Map(Box<Shape>),
    Members {
        members: BTreeMap<String, Shape>,
        required: Vec<String>,
        /// Members besides the known ones are kept as they are: documents whose sections nobody lists.
        open: bool,
    },
    /// The type of this number in [`Facts::types`].
    Named(usize),
}

impl Shape {
    /// What a value does to break this shape, one line each, with the place; empty if it conforms.
    ///
    /// Members that the shape does not know are no offence, and a word may be sent as its number, because the
    /// older half of the API does so (reference §1.11).
    #[must_use]
    pub fn offences(&self, facts: &Facts, value: &Value) -> Vec<String> {
        let mut found = Vec::new();
        self.inspect(facts, value, "", &mut found);
        found
    }

    fn inspect(&self, facts: &Facts, value: &Value, at: &str, found: &mut Vec<String>) {
        let fits = match self {
            Self::Any => true,
            Self::Text(form) => value.as_str().is_some_and(|text| form.fits(text)),
            Self::Integer { wide } => value.as_i64().is_some_and(|number| *wide || i32::try_from(number).is_ok()),
            Self::Number => value.is_number(),
            Self::Flag => value.is_boolean(),
            Self::Words(words) => match value {
                Value::String(text) => words.iter().any(|word| word.eq_ignore_ascii_case(text)),
                other => other.is_u64(),
            },
            Self::List(each) => {
                for (index, item) in value.as_array().into_iter().flatten().enumerate() {
                    each.inspect(facts, item, &format!("{at}[{index}]"), found);
                }
                value.is_array()
            }
            Self::Map(each) => {
                for (name, item) in value.as_object().into_iter().flatten() {
                    each.inspect(facts, item, &format!("{at}.{name}"), found);
                }
                value.is_object()
            }
            Self::Members { members, required, .. } => {
                let object = value.as_object();
                for (name, item) in object.into_iter().flatten() {
                    if let Some(shape) = members.get(name) {
                        shape.inspect(facts, item, &format!("{at}.{name}"), found);
                    }
                }
                let missing = required.iter().filter(|name| object.is_some_and(|object| !object.contains_key(*name)));
                found.extend(missing.map(|name| format!("{at}.{name} is missing")));
                object.is_some()
            }
            Self::Named(index) => {
                facts.shape(*index).inspect(facts, value, at, found);
                true
            }
        };
        if !fits {
            let shown: String = value.to_string().chars().take(60).collect();
            found.push(format!("{at} should be {self:?} and is {shown}"));
        }
    }
}

impl Form {
    /// Whether a text has this form.
    #[must_use]
    pub fn fits(self, text: &str) -> bool {
        match self {
            Self::Plain => true,
            Self::Uuid => Uuid::from_str(text).is_ok(),
            Self::DateTime => text.parse::<crate::Stamp>().is_ok(),
            Self::Date => jiff::civil::Date::from_str(text).is_ok(),
            Self::Bytes => text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+/=\r\n".contains(&byte)),
        }
    }
}
