//! Texts that are not what they look like: secrets, and bytes.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::{Member, Unfit};
use crate::record::{Piece, Sketch};

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
    fn piece(&self) -> Option<Piece<'_>> {
        Some(Piece::Text(&self.0))
    }
    fn sketch() -> Sketch {
        Sketch::Text
    }
    fn says_nothing(_: &str) -> bool {
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
    fn piece(&self) -> Option<Piece<'_>> {
        Some(Piece::Made(STANDARD.encode(&self.0).into()))
    }
    fn sketch() -> Sketch {
        Sketch::Text
    }
}
