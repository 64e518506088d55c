//! Shapes in words, and what a strict writer asks of them.

use serde_json::Value;

use super::facts::Facts;
use super::read::member;
use super::shape::{Form, Shape};

/// How deep types are looked into; some contain themselves.
const DEEPEST: usize = 12;

impl Shape {
    /// The type in words that fit behind "must be": `a whole number`, `one of All, Include, Exclude`.
    #[must_use]
    pub fn described(&self, facts: &Facts) -> String {
        match self {
            Self::Any => "anything".to_owned(),
            Self::Text(form) => form.described().to_owned(),
            Self::Integer { wide: false } => "a whole number of 32 bits".to_owned(),
            Self::Integer { wide: true } => "a whole number".to_owned(),
            Self::Number => "a number".to_owned(),
            Self::Flag => "true or false".to_owned(),
            Self::Words(words) => format!("one of {}", words.join(", ")),
            Self::List(each) => format!("a list, each {}", each.described(facts)),
            Self::Map(each) => format!("an object, each member {}", each.described(facts)),
            Self::Members { .. } => "an object".to_owned(),
            Self::Named(index) => match facts.shape(*index) {
                Self::Members { .. } => format!("an object ({})", facts.name(*index)),
                other => other.described(facts),
            },
        }
    }

    /// The type in a word or two, as tables show it: `int32`, `uuid`, `[string]`, `BulkInput`.
    #[must_use]
    pub fn short(&self, facts: &Facts) -> String {
        match self {
            Self::Any => "any".to_owned(),
            Self::Text(Form::Plain) => "string".to_owned(),
            Self::Text(Form::Uuid) => "uuid".to_owned(),
            Self::Text(Form::DateTime) => "date-time".to_owned(),
            Self::Text(Form::Date) => "date".to_owned(),
            Self::Text(Form::Bytes) => "base64".to_owned(),
            Self::Integer { wide: false } => "int32".to_owned(),
            Self::Integer { wide: true } => "int64".to_owned(),
            Self::Number => "number".to_owned(),
            Self::Flag => "boolean".to_owned(),
            Self::Words(words) => words.join("|"),
            Self::List(each) => format!("[{}]", each.short(facts)),
            Self::Map(each) => format!("{{*: {}}}", each.short(facts)),
            Self::Members { .. } => "object".to_owned(),
            Self::Named(index) => match facts.shape(*index) {
                Self::Members { .. } => facts.name(*index).to_owned(),
                other => other.short(facts),
            },
        }
    }

    /// The shape behind a name.
    #[must_use]
    pub fn resolved<'a>(&'a self, facts: &'a Facts) -> &'a Self {
        let mut shape = self;
        for _ in 0..DEEPEST {
            match shape {
                Self::Named(index) => shape = facts.shape(*index),
                other => return other,
            }
        }
        shape
    }

    /// A value of this shape that says as little as possible, for examples and tests: its required members and a
    /// few more, so that a person sees the form.
    #[must_use]
    pub fn example(&self, facts: &Facts) -> Value {
        self.example_at(facts, 0)
    }

    fn example_at(&self, facts: &Facts, depth: usize) -> Value {
        match self.resolved(facts) {
            Self::Any | Self::Named(_) => Value::Null,
            Self::Text(Form::Plain) => "text".into(),
            Self::Text(Form::Uuid) => "00000000-0000-0000-0000-000000000001".into(),
            Self::Text(Form::DateTime) => "2026-01-05T08:00:00.000".into(),
            Self::Text(Form::Date) => "2026-01-05".into(),
            Self::Text(Form::Bytes) => "AAAA".into(),
            Self::Integer { .. } | Self::Number => 1.into(),
            Self::Flag => true.into(),
            Self::Words(words) => words.first().map_or(Value::Null, |word| word.as_str().into()),
            Self::List(each) if depth < 4 => Value::Array(vec![each.example_at(facts, depth + 1)]),
            Self::List(_) => Value::Array(Vec::new()),
            Self::Map(_) => Value::Object(serde_json::Map::new()),
            Self::Members { members, required, .. } => {
                let shown = members.iter().filter(|(name, _)| depth < 4 || required.contains(name));
                let values = shown.map(|(name, shape)| (name.clone(), shape.example_at(facts, depth + 1)));
                Value::Object(values.filter(|(_, value)| !value.is_null()).collect())
            }
        }
    }

    /// What a value has that the shape does not know, in one sentence.
    pub(super) fn surplus(&self, facts: &Facts, value: &Value) -> Option<String> {
        self.surplus_at(facts, value, "", 0)
    }

    fn surplus_at(&self, facts: &Facts, value: &Value, at: &str, depth: usize) -> Option<String> {
        if depth > DEEPEST {
            return None;
        }
        match (self.resolved(facts), value) {
            (Self::List(each), Value::Array(items)) => {
                items.iter().find_map(|item| each.surplus_at(facts, item, at, depth + 1))
            }
            (Self::Map(each), Value::Object(object)) => {
                object.values().find_map(|item| each.surplus_at(facts, item, at, depth + 1))
            }
            (Self::Members { members, open, .. }, Value::Object(object)) => object.iter().find_map(|(name, item)| {
                let place = if at.is_empty() { name.clone() } else { format!("{at}.{name}") };
                match member(members, name) {
                    Some((_, shape)) => shape.surplus_at(facts, item, &place, depth + 1),
                    // A type of which the documents know no member may have any.
                    None if *open || members.is_empty() => None,
                    None => {
                        let known: Vec<&str> = members.keys().map(String::as_str).collect();
                        Some(format!("the body has no member `{place}`; known are {}", known.join(", ")))
                    }
                }
            }),
            _ => None,
        }
    }

    /// The first member that the body needs, if there is one.
    pub(super) fn missing_in_nothing(&self, facts: &Facts) -> Option<String> {
        match self.resolved(facts) {
            Self::Members { required, .. } => required.first().cloned(),
            _ => None,
        }
    }
}
