//! What else came: members of an object that this program does not know. They are kept as the text that they came as,
//! because most of them are never looked at, and become values when they are.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value};

use super::cursor::Cursor;

/// Members by name.
#[derive(Clone, Default)]
pub struct Members {
    /// The inside of an object, as it came.
    came: String,
    /// What was put beside it, or in the place of what came.
    put: Option<Box<Map<String, Value>>>,
}

impl Members {
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.came.is_empty() && self.put.as_ref().is_none_or(|put| put.is_empty())
    }

    /// Their values. Of two of one name, the last one.
    #[must_use]
    pub fn to_map(&self) -> Map<String, Value> {
        let mut map = if self.came.is_empty() {
            Map::new()
        } else {
            serde_json::from_str(&format!("{{{}}}", self.came)).unwrap_or_else(|_| one_by_one(&self.came))
        };
        map.extend(self.put.iter().flat_map(|put| put.iter()).map(|(name, value)| (name.clone(), value.clone())));
        map
    }

    /// Shows each of them.
    pub(super) fn each(&self, mut look: impl FnMut(&str, &Value)) {
        match &self.put {
            Some(put) if self.came.is_empty() => put.iter().for_each(|(name, value)| look(name, value)),
            _ => self.to_map().iter().for_each(|(name, value)| look(name, value)),
        }
    }

    #[must_use]
    pub fn get(&self, name: &str) -> Option<Value> {
        if let Some(value) = self.put.as_ref().and_then(|put| put.get(name)) {
            return Some(value.clone());
        }
        // Most names are not there at all.
        self.came.contains(name).then(|| self.to_map().remove(name)).flatten()
    }

    #[must_use]
    pub fn contains_key(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// Puts a value, in the place of one of this name if there is one.
    pub fn insert(&mut self, name: String, value: Value) {
        self.put.get_or_insert_default().insert(name, value);
    }

    pub fn clear(&mut self) {
        *self = Self::default();
    }

    /// Keeps a member as it came: `"name": value`.
    pub(super) fn keep(&mut self, member: &str) {
        self.came.reserve(member.len() + 1);
        if !self.came.is_empty() {
            self.came.push(',');
        }
        self.came.push_str(member);
    }
}

/// For members of which one cannot be a value, such as a number that is too large: that one as its text.
fn one_by_one(came: &str) -> Map<String, Value> {
    let mut members = Map::new();
    let mut cursor = Cursor::new(came);
    while let Some((_, name)) = cursor.name() {
        let Some(text) = cursor.raw() else { break };
        members.insert(name.to_owned(), serde_json::from_str(text).unwrap_or_else(|_| text.into()));
        if !cursor.is(b',') {
            break;
        }
    }
    members
}

impl PartialEq for Members {
    fn eq(&self, other: &Self) -> bool {
        (self.came == other.came && self.put == other.put) || self.to_map() == other.to_map()
    }
}

impl Eq for Members {}

/// Only the names: nobody knows whether a value is a secret.
impl fmt::Debug for Members {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.to_map().keys()).finish()
    }
}

impl From<Map<String, Value>> for Members {
    fn from(members: Map<String, Value>) -> Self {
        Self { came: String::new(), put: (!members.is_empty()).then(|| Box::new(members)) }
    }
}

impl Extend<(String, Value)> for Members {
    fn extend<I: IntoIterator<Item = (String, Value)>>(&mut self, members: I) {
        members.into_iter().for_each(|(name, value)| self.insert(name, value));
    }
}

impl FromIterator<(String, Value)> for Members {
    fn from_iter<I: IntoIterator<Item = (String, Value)>>(members: I) -> Self {
        Map::from_iter(members).into()
    }
}

impl Serialize for Members {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.put {
            Some(put) if self.came.is_empty() => put.serialize(serializer),
            _ => self.to_map().serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Map::deserialize(deserializer).map(Self::from)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_came_and_what_was_put_are_one() {
        let mut members = Members::new();
        assert!(members.is_empty() && members.get("a").is_none());
        members.keep(r#""a":[1, 2]"#);
        members.keep(r#""b" : "x\n""#);
        members.insert("c".to_owned(), json!(true));
        let all = json!({"a": [1, 2], "b": "x\n", "c": true});
        assert_eq!(serde_json::to_value(&members).expect("writes"), all);
        assert_eq!(members, serde_json::from_value(all).expect("reads"));
        members.insert("a".to_owned(), json!(null));
        assert_eq!((members.get("a"), members.get("x")), (Some(json!(null)), None));
        assert!(!format!("{members:?}").contains('x'), "{members:?}");
    }

    #[test]
    fn what_cannot_be_a_value_is_kept_as_its_text() {
        let mut members = Members::new();
        members.keep(r#""huge":1e999"#);
        members.keep(r#""a":1"#);
        members.keep(r#""half":"\ud800""#);
        let expected = json!({"a": 1, "huge": "1e999", "half": r#""\ud800""#});
        assert_eq!(Value::Object(members.to_map()), expected);
    }
}
