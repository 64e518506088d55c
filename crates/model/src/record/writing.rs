//! Records written: the members that are there, under their published names, and then what else came. One writer
//! serves all records and all forms; it borrows what it writes.

use std::fmt;

use serde::ser::{SerializeMap, SerializeSeq};
use serde::{Serialize, Serializer};
use serde_json::Value;
use uuid::Uuid;

use super::{Record, Slot};
use crate::Stamp;
use crate::ids::Reference;

/// What a member writes.
pub enum Piece<'a> {
    Text(&'a str),
    Uuid(&'a Uuid),
    Stamp(&'a Stamp),
    Integer(i64),
    Unsigned(u64),
    Number(f64),
    Flag(bool),
    /// `{"Value": n}`
    Wrapped(i64),
    Reference(&'a Reference),
    Record(&'a dyn Record),
    List(&'a dyn Items),
    Object(&'a serde_json::Map<String, Value>),
    Value(&'a Value),
    /// Made to be written.
    Made(Value),
}

/// The items of a list.
pub trait Items {
    fn count(&self) -> usize;
    /// The item at this place, unless there is none to write.
    fn item(&self, at: usize) -> Option<Piece<'_>>;
}

impl<T: super::Member> Items for Vec<T> {
    fn count(&self) -> usize {
        self.len()
    }
    fn item(&self, at: usize) -> Option<Piece<'_>> {
        self.get(at)?.piece()
    }
}

impl Piece<'_> {
    pub(crate) fn into_value(self) -> Value {
        match self {
            Piece::Made(value) => value,
            // Texts, numbers and flags always make a value.
            piece => serde_json::to_value(piece).unwrap_or_default(),
        }
    }
}

impl Serialize for Piece<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Piece::Text(text) => serializer.serialize_str(text),
            Piece::Uuid(uuid) => {
                let mut text = Uuid::encode_buffer();
                serializer.serialize_str(uuid.hyphenated().encode_lower(&mut text))
            }
            Piece::Stamp(stamp) => stamp.serialize(serializer),
            Piece::Integer(number) => serializer.serialize_i64(*number),
            Piece::Unsigned(number) => serializer.serialize_u64(*number),
            Piece::Number(number) => serializer.serialize_f64(*number),
            Piece::Flag(flag) => serializer.serialize_bool(*flag),
            Piece::Wrapped(number) => {
                let mut object = serializer.serialize_map(Some(1))?;
                object.serialize_entry("Value", number)?;
                object.end()
            }
            Piece::Reference(reference) => reference.serialize(serializer),
            Piece::Record(record) => serialize(*record, serializer),
            Piece::List(items) => {
                let mut list = serializer.serialize_seq(None)?;
                (0..items.count())
                    .filter_map(|at| items.item(at))
                    .try_for_each(|item| list.serialize_element(&item))?;
                list.end()
            }
            Piece::Object(object) => object.serialize(serializer),
            Piece::Value(value) => value.serialize(serializer),
            Piece::Made(value) => value.serialize(serializer),
        }
    }
}

pub(crate) fn serialize<S: Serializer>(record: &dyn Record, serializer: S) -> Result<S::Ok, S::Error> {
    let mut object = serializer.serialize_map(None)?;
    let mut failed = Ok(());
    let (other, mut written) = (record.other(), Vec::new());
    record.each(&mut |name, slot, absent| {
        if failed.is_err() {
            return;
        }
        let absent = || absent.filter(|_| !other.contains_key(name)).map(Piece::Text);
        if let Some(piece) = slot.piece().or_else(absent) {
            failed = object.serialize_entry(name, &piece);
            if !other.is_empty() {
                written.push(name);
            }
        }
    });
    if !other.is_empty() {
        other.each(|name, value| {
            // A member that was not understood stands there under its own name.
            if failed.is_ok() && !written.contains(&name) {
                failed = object.serialize_entry(name, value);
            }
        });
    }
    failed?;
    object.end()
}

pub(crate) fn show(name: &str, record: &dyn Record, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let mut shown = f.debug_struct(name);
    record.each(&mut |name, slot: &dyn Slot, _| {
        shown.field(name, slot.shown());
    });
    if !record.other().is_empty() {
        shown.field("other", record.other());
    }
    shown.finish()
}
