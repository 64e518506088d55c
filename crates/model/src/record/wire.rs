//! What queries, bodies and answers have in common, and the ones that are no records.

use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

use super::{Member, reading};

/// What a type looks like when it is written, to be held against what is published.
#[derive(Debug, Clone, Copy)]
pub enum Sketch {
    /// No promise.
    Any,
    /// Nothing at all: no body, no query.
    Nothing,
    Text,
    Uuid,
    DateTime,
    Integer,
    Number,
    Flag,
    List(fn() -> Sketch),
    /// An object with these members.
    Record(fn() -> Vec<(&'static str, Sketch)>),
}

/// Whatever a query, a body or an answer of an endpoint may be.
pub trait Wire: Serialize + DeserializeOwned + Send + Sync {
    /// What it looks like when it is written.
    fn sketch() -> Sketch {
        Sketch::Any
    }

    /// Reads an answer in JSON.
    ///
    /// # Errors
    /// It is no JSON, or cannot be what this type stands for.
    fn of_json(text: &[u8]) -> Result<Self, serde_json::Error> {
        serde_json::from_slice(text)
    }

    /// What is sent as it is instead of as JSON.
    fn bytes(&self) -> Option<&[u8]> {
        None
    }

    /// Made of an answer that is not JSON; `None` if this type is.
    fn of_bytes(_: &[u8]) -> Option<Self> {
        None
    }

    /// Made of the last segment of `Location`, where an answer says nothing else.
    fn at(_: &str) -> Option<Self> {
        None
    }
}

impl Wire for String {
    fn sketch() -> Sketch {
        Sketch::Text
    }
}

impl Wire for Value {}

impl<T: Member + Serialize + DeserializeOwned + Send + Sync> Wire for Vec<T> {
    fn sketch() -> Sketch {
        Sketch::List(T::sketch)
    }
    fn of_json(text: &[u8]) -> Result<Self, serde_json::Error> {
        reading::of_json(text)
    }
}

/// An answer that is a list and nothing else, in brackets or in any envelope.
#[derive(Debug, Clone, PartialEq)]
pub struct Rows<T>(pub Vec<T>);

impl<T> Default for Rows<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T: Member> Serialize for Rows<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.piece().serialize(serializer)
    }
}

impl<'de, T: Member> Deserialize<'de> for Rows<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Option::<Value>::deserialize(deserializer)?.unwrap_or_default();
        let rows = if value.is_null() { Ok(Vec::new()) } else { Vec::read(value) };
        rows.map(Self).map_err(D::Error::custom)
    }
}

impl<T: Member + Send + Sync> Wire for Rows<T> {
    fn sketch() -> Sketch {
        Sketch::List(T::sketch)
    }
    fn of_json(text: &[u8]) -> Result<Self, serde_json::Error> {
        reading::read(text).map_or_else(|| serde_json::from_slice(text), |rows| Ok(Self(rows)))
    }
}

/// Bytes that are sent, or come, as they are.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Raw(pub Vec<u8>);

impl Serialize for Raw {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&self.0)
    }
}

impl<'de> Deserialize<'de> for Raw {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Vec::<u8>::deserialize(deserializer).map(Self)
    }
}

impl Wire for Raw {
    fn bytes(&self) -> Option<&[u8]> {
        Some(&self.0)
    }
    fn of_bytes(bytes: &[u8]) -> Option<Self> {
        Some(Self(bytes.to_vec()))
    }
}
