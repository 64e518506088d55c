//! Ids as newtypes, read from every shape the API writes them in.
//!
//! The API writes an id as `{"Value": 12}`, `12`, `"12"` or `{"ID": {"Value": 12}}`, depending on the
//! endpoint (reference §1.10). All of them are read; which one is written is the field's own choice: a
//! bare id writes a number, [`Wrapped`] writes `{"Value": n}`.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;
use uuid::Uuid;

use crate::Text;
use crate::member::{Member, Unfit, take_whole, whole};
use crate::record::{Cursor, Piece, Sketch, Wire};

/// Reads a number out of any of the shapes above.
fn lenient<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i64, D::Error> {
    let value = Value::deserialize(deserializer)?;
    whole(&value).ok_or_else(|| serde::de::Error::custom(Unfit::new("an id", &value)))
}

macro_rules! id {
    ($($(#[$doc:meta])* $name:ident)+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize)]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                lenient(deserializer).map(Self)
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = std::num::ParseIntError;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }

        impl crate::endpoint::Segment for $name {}

        impl Member for $name {
            fn read(value: Value) -> Result<Self, Unfit> {
                whole(&value).map(Self).ok_or_else(|| Unfit::new("an id", &value))
            }
            fn take(cursor: &mut Cursor<'_>) -> Option<Self> {
                take_whole(cursor).map(Self)
            }
            fn piece(&self) -> Option<Piece<'_>> {
                Some(Piece::Integer(self.0))
            }
            fn sketch() -> Sketch {
                Sketch::Integer
            }
        }
    )+};
}

id! {
    /// A device record; a re-enrolled device gets a new one.
    DeviceId
    /// An enrollment user.
    UserId
    /// A user group.
    UserGroupId
    /// A smart group.
    SmartGroupId
    /// An organization group.
    OrganizationGroupId
    /// The key that a service calls with; not its text.
    ApiKeyId
    /// An application, of whatever kind.
    AppId
    /// A device tag.
    TagId
    /// A compliance policy.
    PolicyId
    /// An id whose kind the field that holds it tells.
    RecordId
}

/// An id that writes itself as `{"Value": n}`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Wrapped<T>(pub T);

impl<T: Serialize> Serialize for Wrapped<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeStruct;
        let mut object = serializer.serialize_struct("Id", 1)?;
        object.serialize_field("Value", &self.0)?;
        object.end()
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Wrapped<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // The inner id already reads every shape.
        T::deserialize(deserializer).map(Self)
    }
}

impl<T: Member> Member for Wrapped<T> {
    fn read(value: Value) -> Result<Self, Unfit> {
        T::read(value).map(Self)
    }
    fn take(cursor: &mut Cursor<'_>) -> Option<Self> {
        T::take(cursor).map(Self)
    }
    fn piece(&self) -> Option<Piece<'_>> {
        Some(match self.0.piece()? {
            Piece::Integer(number) => Piece::Wrapped(number),
            other => Piece::Made(Value::Object([("Value".to_owned(), other.into_value())].into_iter().collect())),
        })
    }
    fn sketch() -> Sketch {
        Sketch::Record(|| vec![("Value", T::sketch())])
    }
}

/// `{"Id":{"Value":n},"Name":"…","Uuid":"…"}`: how records name each other.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Reference {
    pub id: Wrapped<RecordId>,
    #[serde(skip_serializing_if = "Text::is_empty")]
    pub name: Text,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uuid: Option<Uuid>,
}

impl Member for Reference {
    fn read(value: Value) -> Result<Self, Unfit> {
        let unfit = Unfit::new("a reference", &value);
        match whole(&value) {
            // A bare or wrapped id is a reference without a name.
            Some(id) if value.get("Name").is_none() => Ok(Self { id: Wrapped(RecordId(id)), ..Self::default() }),
            _ => serde_json::from_value(value).map_err(|_| unfit),
        }
    }
    fn take(cursor: &mut Cursor<'_>) -> Option<Self> {
        let place = cursor.place();
        Self::plain(cursor).or_else(|| {
            cursor.back(place);
            Self::read(cursor.value()?).ok()
        })
    }
    fn piece(&self) -> Option<Piece<'_>> {
        Some(Piece::Reference(self))
    }
    fn sketch() -> Sketch {
        Sketch::Any
    }
}

impl Reference {
    /// As it is published.
    fn plain(cursor: &mut Cursor<'_>) -> Option<Self> {
        let mut reference = Self::default();
        if !cursor.literally(b"{\"Id\":{\"Value\":") {
            return None;
        }
        reference.id = Wrapped(RecordId(cursor.integer()?));
        if !cursor.is(b'}') {
            return None;
        }
        if cursor.literally(b",\"Name\":") {
            reference.name = cursor.plain()?.into();
        }
        if cursor.literally(b",\"Uuid\":") {
            reference.uuid = Some(Uuid::of_text(cursor.plain()?)?);
        }
        cursor.is(b'}').then_some(reference)
    }
}

/// An id where the API takes a number in one release and a UUID in another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AnyId {
    Number(i64),
    Uuid(Uuid),
}

impl Default for AnyId {
    fn default() -> Self {
        Self::Number(0)
    }
}

impl std::fmt::Display for AnyId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Number(number) => number.fmt(f),
            Self::Uuid(uuid) => uuid.fmt(f),
        }
    }
}

impl std::str::FromStr for AnyId {
    type Err = uuid::Error;
    fn from_str(text: &str) -> Result<Self, uuid::Error> {
        text.trim().parse().map(Self::Number).or_else(|_| text.trim().parse().map(Self::Uuid))
    }
}

impl crate::endpoint::Segment for AnyId {}

impl Member for AnyId {
    fn read(value: Value) -> Result<Self, Unfit> {
        let number = whole(&value).map(Self::Number);
        let uuid = || value.as_str().and_then(|text| text.parse().ok()).map(Self::Uuid);
        number.or_else(uuid).ok_or_else(|| Unfit::new("an id", &value))
    }
    fn piece(&self) -> Option<Piece<'_>> {
        match self {
            Self::Number(number) => number.piece(),
            Self::Uuid(uuid) => uuid.piece(),
        }
    }
    fn sketch() -> Sketch {
        Sketch::Any
    }
}

/// What a creation answers: `{"Value": n, "uuid": "…"}`, `{"id": 0, "uuid": "…"}`, a bare number, a bare UUID, or
/// nothing but a `Location` that ends in one. All are read; the first is written.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Created {
    /// 0 where only a UUID was given.
    pub value: i64,
    pub uuid: Option<Uuid>,
    /// What else came.
    pub other: crate::record::Members,
}

impl Created {
    fn of(id: AnyId) -> Self {
        match id {
            AnyId::Number(value) => Self { value, ..Self::default() },
            AnyId::Uuid(uuid) => Self { uuid: Some(uuid), ..Self::default() },
        }
    }
}

impl Member for Created {
    fn read(value: Value) -> Result<Self, Unfit> {
        let Value::Object(object) = value else {
            return AnyId::read(value).map(Self::of);
        };
        let mut created = Self::default();
        for (name, value) in object {
            let named = |known: &[&str]| known.iter().any(|known| known.eq_ignore_ascii_case(&name));
            if let (true, Ok(uuid)) = (name.to_ascii_lowercase().ends_with("uuid"), Uuid::read(value.clone())) {
                created.uuid = Some(uuid);
            } else if let (true, Ok(id)) = (named(&["value", "id"]), AnyId::read(value.clone())) {
                match id {
                    AnyId::Number(number) => created.value = number,
                    AnyId::Uuid(uuid) => created.uuid = Some(uuid),
                }
            } else if !value.is_null() {
                created.other.insert(name, value);
            }
        }
        if created == Self::default() { Err(Unfit::new("an id", &Value::Null)) } else { Ok(created) }
    }
    fn piece(&self) -> Option<Piece<'_>> {
        let mut object = self.other.to_map();
        object.insert("Value".to_owned(), self.value.into());
        if let Some(uuid) = self.uuid.as_ref().and_then(Member::write) {
            object.insert("uuid".to_owned(), uuid);
        }
        Some(Piece::Made(Value::Object(object)))
    }
    fn sketch() -> Sketch {
        // The published form differs from one creation to the next, and only servers write it.
        Sketch::Any
    }
}

impl Serialize for Created {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.piece().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Created {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::read(Value::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

impl Wire for Created {
    fn at(segment: &str) -> Option<Self> {
        segment.parse().ok().map(Self::of)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_read_from_every_shape_on_record() {
        for shape in ["12", "\"12\"", "{\"Value\":12}", "{\"ID\":{\"Value\":12}}", "{\"value\":\"12\"}"] {
            assert_eq!(serde_json::from_str::<DeviceId>(shape).ok(), Some(DeviceId(12)), "{shape}");
        }
        assert!(serde_json::from_str::<DeviceId>("\"twelve\"").is_err());
    }

    #[test]
    fn what_was_made_is_read_from_every_answer_on_record() {
        let uuid = "6f0bdc9e-8a4c-4f0f-a20a-1f34f4f6b0a1";
        for (text, value) in [
            (format!(r#"{{"Value":5,"uuid":"{uuid}"}}"#), 5),
            (format!(r#"{{"id":0,"uuid":"{uuid}"}}"#), 0),
            (format!(r#"{{"tag_uuid":"{uuid}"}}"#), 0),
            (format!(r#"{{"Id":{{"Value":"5"}},"Uuid":"{uuid}"}}"#), 5),
            (format!("\"{uuid}\""), 0),
        ] {
            let created: Created = serde_json::from_str(&text).expect("reads");
            assert_eq!((created.value, created.uuid), (value, uuid.parse().ok()), "{text}");
        }
        assert_eq!(serde_json::from_str::<Created>("12345").expect("reads").value, 12345);
        assert_eq!(Created::at(uuid).and_then(|created| created.uuid), uuid.parse().ok());
        assert!(serde_json::from_str::<Created>(r#"{"done":true}"#).is_ok_and(|created| created.value == 0));
        assert!(serde_json::from_str::<Created>("{}").is_err());
    }

    #[test]
    fn a_wrapped_id_writes_its_wrapper() {
        let text = serde_json::to_string(&Wrapped(DeviceId(5))).unwrap_or_default();
        assert_eq!(text, r#"{"Value":5}"#);
    }
}
