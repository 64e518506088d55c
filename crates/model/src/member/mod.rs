//! The forms that one value takes on the wire. Each type here reads all that can mean only one thing (a number sent
//! as a text, a flag as `1`, a list of one without its brackets) and writes the published one.

mod hidden;
mod simple;

use serde_json::Value;

pub use self::hidden::{Base64, Hidden};
pub(crate) use self::simple::{take_whole, whole};
use crate::record::{Cursor, Piece, Sketch, list};

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
    /// Reads the value at the cursor, which is not null; `None` if [`Member::read`] could not read it either. A short cut
    /// for the plain forms.
    #[inline]
    fn take(cursor: &mut Cursor<'_>) -> Option<Self> {
        match cursor.plain() {
            Some(text) => Self::of_text(text),
            None => Self::read(cursor.value()?).ok(),
        }
    }

    /// Reads the value at the cursor into a list.
    #[inline]
    fn push(items: &mut Vec<Self>, cursor: &mut Cursor<'_>) -> Option<()> {
        items.push(Self::take(cursor)?);
        Some(())
    }

    /// Reads a text; `None` if [`Member::read`] could not read it either.
    fn of_text(text: &str) -> Option<Self> {
        Self::read(text.into()).ok()
    }

    /// The published form; `None` leaves the member out.
    fn piece(&self) -> Option<Piece<'_>>;
    /// What is written.
    fn sketch() -> Sketch;

    /// The published form as a value.
    fn write(&self) -> Option<Value> {
        self.piece().map(Piece::into_value)
    }

    /// Whether a text is how this type says that there is none: an empty one for anything but a text.
    fn says_nothing(text: &str) -> bool {
        text.trim_ascii().is_empty()
    }
}

impl<T: Member> Member for Option<T> {
    const OPTIONAL: bool = true;
    const LIST: bool = T::LIST;

    fn read(value: Value) -> Result<Self, Unfit> {
        if value.as_str().is_some_and(T::says_nothing) { Ok(None) } else { T::read(value).map(Some) }
    }
    #[inline]
    fn take(cursor: &mut Cursor<'_>) -> Option<Self> {
        if !cursor.at(b'"') {
            return T::take(cursor).map(Some);
        }
        match cursor.plain() {
            Some(text) => Self::of_text(text),
            // A text that says nothing may be written with escapes.
            None => Self::read(cursor.value()?).ok(),
        }
    }
    #[inline]
    fn of_text(text: &str) -> Option<Self> {
        if T::says_nothing(text) { Some(None) } else { T::of_text(text).map(Some) }
    }
    fn piece(&self) -> Option<Piece<'_>> {
        self.as_ref().and_then(T::piece)
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
    fn take(cursor: &mut Cursor<'_>) -> Option<Self> {
        let place = cursor.place();
        if cursor.at(b'[') {
            if let Some(items) = list(cursor) {
                return Some(items);
            }
            cursor.back(place);
        }
        Self::read(cursor.value()?).ok()
    }
    fn piece(&self) -> Option<Piece<'_>> {
        Some(Piece::List(self))
    }
    fn sketch() -> Sketch {
        Sketch::List(T::sketch)
    }
    fn says_nothing(_: &str) -> bool {
        false
    }
}

impl Member for serde_json::Map<String, Value> {
    fn read(value: Value) -> Result<Self, Unfit> {
        match value {
            Value::Object(members) => Ok(members),
            other => Err(Unfit::new("an object", &other)),
        }
    }
    fn piece(&self) -> Option<Piece<'_>> {
        Some(Piece::Object(self))
    }
    fn sketch() -> Sketch {
        Sketch::Any
    }
}

impl Member for Value {
    fn read(value: Value) -> Result<Self, Unfit> {
        Ok(value)
    }
    fn take(cursor: &mut Cursor<'_>) -> Option<Self> {
        cursor.value()
    }
    fn piece(&self) -> Option<Piece<'_>> {
        (!self.is_null()).then_some(Piece::Value(self))
    }
    fn sketch() -> Sketch {
        Sketch::Any
    }
    fn says_nothing(_: &str) -> bool {
        false
    }
}
