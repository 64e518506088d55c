//! Records: objects of the wire whose members are listed once, read leniently and written strictly.
//!
//! [`record!`](crate::record) declares a struct together with the published names of its members. Reading finds a
//! member whatever the case of its name, in the singular and in the plural for a list, and whatever the form of its
//! value as long as it can mean only one thing (see [`Member`]). What is not known stays in `other`, so that reading
//! and writing a record loses nothing. Writing uses exactly the published names and forms; a member that is absent is
//! left out.
//!
//! One generic reader serves all records. It costs a tenth of what derived ones cost to compile, which is why rows
//! that are read by the hundred thousand derive theirs and all others are records.

use std::fmt;

use serde::de::{DeserializeOwned, Error as _, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

pub use crate::member::{Base64, Hidden, Member, Unfit};

/// Members by name, as they came.
pub type Members = serde_json::Map<String, Value>;

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
        self.0.write().serialize(serializer)
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

/// A member of a record without its type.
pub trait Slot {
    /// Takes a value that is not null.
    fn fill(&mut self, value: Value) -> Result<(), Unfit>;
    /// Forgets what it took.
    fn clear(&mut self);
    /// The value to write, if there is one.
    fn value(&self) -> Option<Value>;
    /// Whether a record without it, or with something that it does not understand, is whole.
    fn is_optional(&self) -> bool;
    fn is_list(&self) -> bool;
    /// For logs: secrets do not show.
    fn shown(&self) -> &dyn fmt::Debug;
}

impl<T: Member + fmt::Debug> Slot for T {
    fn fill(&mut self, value: Value) -> Result<(), Unfit> {
        *self = T::read(value)?;
        Ok(())
    }
    fn clear(&mut self) {
        *self = T::default();
    }
    fn value(&self) -> Option<Value> {
        self.write()
    }
    fn is_optional(&self) -> bool {
        T::OPTIONAL
    }
    fn is_list(&self) -> bool {
        T::LIST
    }
    fn shown(&self) -> &dyn fmt::Debug {
        self
    }
}

/// What [`record!`](crate::record) declares. All work is done through this object, once for all records.
pub trait Record {
    /// The names of each member, the published one first.
    fn names(&self) -> &'static [&'static [&'static str]];
    /// The member of a published name.
    fn slot(&mut self, name: &str) -> Option<&mut dyn Slot>;
    /// The members in the order of their declaration.
    fn slots(&self) -> Vec<(&'static str, &dyn Slot)>;
    /// What else came.
    fn other(&self) -> &Members;
    fn other_mut(&mut self) -> &mut Members;
}

/// Declares records: each member with its type, its published name, and other names that it is known by.
///
/// ```ignore
/// record! {
///     /// A tag.
///     Tag {
///         id: Wrapped<TagId> = "Id",
///         name: Option<String> = "TagName" | "name",
///     }
/// }
/// ```
macro_rules! record {
    ($(
        $(#[$doc:meta])*
        $name:ident {
            $($(#[$member_doc:meta])* $member:ident: $type:ty = $key:literal $(| $alias:literal)*,)*
        }
    )+) => {$(
        $(#[$doc])*
        #[derive(Clone, Default)]
        pub struct $name {
            $($(#[$member_doc])* pub $member: $type,)*
            /// Members that this program does not know, kept as they came.
            pub other: $crate::record::Members,
        }

        impl $crate::record::Record for $name {
            fn names(&self) -> &'static [&'static [&'static str]] {
                &[$(&[$key $(, $alias)*]),*]
            }
            fn slot(&mut self, name: &str) -> Option<&mut dyn $crate::record::Slot> {
                match name {
                    $($key => Some(&mut self.$member),)*
                    _ => None,
                }
            }
            fn slots(&self) -> Vec<(&'static str, &dyn $crate::record::Slot)> {
                vec![$(($key, &self.$member)),*]
            }
            fn other(&self) -> &$crate::record::Members {
                &self.other
            }
            fn other_mut(&mut self) -> &mut $crate::record::Members {
                &mut self.other
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                $crate::record::show(stringify!($name), self, f)
            }
        }

        impl PartialEq for $name {
            fn eq(&self, other: &Self) -> bool {
                $crate::record::same(self, other)
            }
        }

        impl $crate::record::Member for $name {
            fn read(value: serde_json::Value) -> Result<Self, $crate::record::Unfit> {
                let mut record = Self::default();
                $crate::record::read(&mut record, value)?;
                Ok(record)
            }
            fn write(&self) -> Option<serde_json::Value> {
                Some($crate::record::write(self))
            }
            fn sketch() -> $crate::record::Sketch {
                $crate::record::Sketch::Record(|| vec![$(($key, <$type as $crate::record::Member>::sketch())),*])
            }
        }

        impl $crate::record::Wire for $name {
            fn sketch() -> $crate::record::Sketch {
                <Self as $crate::record::Member>::sketch()
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                $crate::record::serialize(self, serializer)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let mut record = Self::default();
                $crate::record::deserialize(&mut record, deserializer)?;
                Ok(record)
            }
        }
    )+};
}
pub(crate) use record;

/// Lets types that derive their form stand where records may.
macro_rules! derived {
    ($($name:ident)+) => {$(
        impl $crate::record::Wire for $name {}

        impl $crate::record::Member for $name {
            fn read(value: serde_json::Value) -> Result<Self, $crate::record::Unfit> {
                let unfit = $crate::record::Unfit::new("of this form", &value);
                serde_json::from_value(value).map_err(|_| unfit)
            }
            fn write(&self) -> Option<serde_json::Value> {
                serde_json::to_value(self).ok()
            }
            fn sketch() -> $crate::record::Sketch {
                $crate::record::Sketch::Any
            }
        }
    )+};
}
pub(crate) use derived;

/// A record under construction.
struct Filling<'r> {
    record: &'r mut dyn Record,
    /// Which members came already: `Uuid` and `uuid` may stand in one object.
    seen: Vec<&'static str>,
    /// Those that came under another spelling, which the published one replaces if it comes too.
    respelled: Vec<(&'static str, String, Value)>,
}

impl<'r> Filling<'r> {
    fn new(record: &'r mut dyn Record) -> Self {
        Self { record, seen: Vec::new(), respelled: Vec::new() }
    }

    fn put(&mut self, name: String, value: Value) -> Result<(), Unfit> {
        if value.is_null() {
            return Ok(());
        }
        let Some(known) = self.known(&name) else {
            self.keep(name, value);
            return Ok(());
        };
        let exact = known == name;
        if self.seen.contains(&known) {
            let at = self.respelled.iter().position(|(respelled, ..)| exact && *respelled == known);
            let Some(at) = at else {
                self.keep(name, value);
                return Ok(());
            };
            let (_, name, value) = self.respelled.swap_remove(at);
            self.keep(name, value);
        }
        if let Some(slot) = self.record.slot(known) {
            let (optional, given) = (slot.is_optional(), (!exact || slot.is_optional()).then(|| value.clone()));
            match slot.fill(value) {
                Ok(()) => {
                    self.seen.push(known);
                    self.respelled.extend(given.filter(|_| !exact).map(|value| (known, name, value)));
                }
                // Better a member that is not understood than no record.
                Err(_) if optional => {
                    slot.clear();
                    self.keep(name, given.unwrap_or_default());
                }
                Err(unfit) => return Err(unfit.within(known)),
            }
        }
        Ok(())
    }

    fn keep(&mut self, name: String, value: Value) {
        self.record.other_mut().insert(name, value);
    }

    /// The published name of a member: without regard to case, and for a list the singular as well as the plural.
    fn known(&mut self, name: &str) -> Option<&'static str> {
        let names = self.record.names();
        let named = |same: &dyn Fn(&str) -> bool| {
            names.iter().find(|names| names.iter().any(|known| same(known))).and_then(|names| names.first().copied())
        };
        named(&|known| known == name).or_else(|| named(&|known| known.eq_ignore_ascii_case(name))).or_else(|| {
            let found = named(&|known| is_other_number(known, name) || is_other_number(name, known))?;
            self.record.slot(found)?.is_list().then_some(found)
        })
    }

    fn list(&mut self, items: Vec<Value>) -> Result<(), Unfit> {
        for names in self.record.names() {
            if let Some(known) = names.first()
                && let Some(slot) = self.record.slot(known)
                && slot.is_list()
            {
                return slot.fill(Value::Array(items)).map_err(|unfit| unfit.within(known));
            }
        }
        Err(Unfit::new("an object", &Value::Array(items)))
    }
}

fn is_other_number(singular: &str, plural: &str) -> bool {
    plural.strip_suffix(['s', 'S']).is_some_and(|stem| stem.eq_ignore_ascii_case(singular))
}

/// Reads a record from a value. A list where a page of one is expected is that page.
pub(crate) fn read(record: &mut dyn Record, value: Value) -> Result<(), Unfit> {
    let mut filling = Filling::new(record);
    match value {
        Value::Object(object) => object.into_iter().try_for_each(|(name, value)| filling.put(name, value)),
        Value::Array(items) => filling.list(items),
        other => Err(Unfit::new("an object", &other)),
    }
}

pub(crate) fn write(record: &dyn Record) -> Value {
    let mut members = Members::new();
    for (name, slot) in record.slots() {
        if let Some(value) = slot.value() {
            members.insert(name.to_owned(), value);
        }
    }
    for (name, value) in record.other() {
        // A member that was not understood stands there under its own name.
        members.entry(name.clone()).or_insert_with(|| value.clone());
    }
    Value::Object(members)
}

pub(crate) fn serialize<S: Serializer>(record: &dyn Record, serializer: S) -> Result<S::Ok, S::Error> {
    write(record).serialize(serializer)
}

pub(crate) fn show(name: &str, record: &dyn Record, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let mut shown = f.debug_struct(name);
    for (name, slot) in record.slots() {
        shown.field(name, slot.shown());
    }
    if !record.other().is_empty() {
        // Nobody knows whether it is a secret.
        shown.field("other", &record.other().keys().collect::<Vec<_>>());
    }
    shown.finish()
}

pub(crate) fn same(left: &dyn Record, right: &dyn Record) -> bool {
    let values = |record: &dyn Record| record.slots().iter().map(|(_, slot)| slot.value()).collect::<Vec<_>>();
    left.other() == right.other() && values(left) == values(right)
}

pub(crate) fn deserialize<'de, D: Deserializer<'de>>(record: &mut dyn Record, deserializer: D) -> Result<(), D::Error> {
    deserializer.deserialize_any(Reading(Filling::new(record)))
}

struct Reading<'r>(Filling<'r>);

impl<'de> Visitor<'de> for Reading<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<(), A::Error> {
        while let Some((name, value)) = map.next_entry::<String, Value>()? {
            self.0.put(name, value).map_err(A::Error::custom)?;
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut seq: A) -> Result<(), A::Error> {
        let mut items = Vec::new();
        while let Some(item) = seq.next_element()? {
            items.push(item);
        }
        self.0.list(items).map_err(A::Error::custom)
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }
}

#[cfg(test)]
#[expect(unreachable_pub, reason = "records are public wherever they are not part of a test")]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::Stamp;

    record! {
        /// A row.
        Row {
            id: i64 = "Id" | "RowID",
            name: Option<String> = "Name",
            seen: Option<Stamp> = "LastSeen",
            count: Option<u64> = "Count",
        }
        Page {
            rows: Vec<Row> = "Rows",
            total: u64 = "Total",
        }
    }

    fn page(value: Value) -> Page {
        serde_json::from_value(value).expect("reads")
    }

    #[test]
    fn a_page_is_read_from_every_envelope() {
        let expected = page(json!({"Rows": [{"Id": 7}]})).rows;
        for envelope in [
            json!({"Row": [{"Id": 7}]}),
            json!({"rows": [{"ID": "7"}]}),
            json!({"Rows": {"Row": [{"RowID": 7}]}}),
            json!({"Rows": {"Id": {"Value": 7}}}),
            json!([{"Id": 7}]),
        ] {
            assert_eq!(page(envelope.clone()).rows, expected, "{envelope}");
        }
        for nothing in [json!({}), json!({"Rows": null}), json!({"Rows": {}}), json!({"Rows": ""}), json!([])] {
            assert_eq!(page(nothing.clone()).rows, [], "{nothing}");
        }
    }

    #[test]
    fn what_is_not_known_or_not_understood_is_kept_and_what_must_be_there_is_demanded() {
        let sent = json!({"Id": 7, "Count": "many", "Wifi": {"a": [1]}, "NAME": "m", "Name": "n"});
        let row: Row = serde_json::from_value(sent).expect("reads");
        assert_eq!((row.name.as_deref(), row.count), (Some("n"), None));
        let back = json!({"Id": 7, "Name": "n", "NAME": "m", "Count": "many", "Wifi": {"a": [1]}});
        assert_eq!(serde_json::to_value(&row).expect("writes"), back);
        assert_eq!(write(&row), back);
        let wrong = serde_json::from_value::<Page>(json!({"Rows": [{"Id": 1}, {"Id": true}]})).map(|_| ());
        assert_eq!(
            wrong.map_err(|error| error.to_string()),
            Err("Rows[1].Id: `true` is not a whole number".to_owned())
        );
    }

    #[test]
    fn never_is_absent() {
        let row: Row = serde_json::from_value(json!({"Id": 1, "LastSeen": "0001-01-01T00:00:00.000"})).expect("reads");
        assert_eq!(write(&row), json!({"Id": 1}));
    }
}
