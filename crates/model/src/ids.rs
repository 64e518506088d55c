//! Ids as newtypes, read from every shape the API writes them in.
//!
//! The API writes an id as `{"Value": 12}`, `12`, `"12"` or `{"ID": {"Value": 12}}`, depending on the
//! endpoint (reference §1.10). All of them are read; which one is written is the field's own choice: a
//! bare id writes a number, [`Wrapped`] writes `{"Value": n}`.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use uuid::Uuid;

/// Reads a number out of any of the shapes above.
fn lenient<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i64, D::Error> {
    let value = serde_json::Value::deserialize(deserializer)?;
    number(&value).ok_or_else(|| serde::de::Error::custom(format!("`{value}` is not an id")))
}

fn number(value: &serde_json::Value) -> Option<i64> {
    match value {
        serde_json::Value::Number(n) => n.as_i64(),
        serde_json::Value::String(s) => s.trim().parse().ok(),
        serde_json::Value::Object(map) => map
            .iter()
            .find(|(key, _)| key.eq_ignore_ascii_case("value") || key.eq_ignore_ascii_case("id"))
            .and_then(|(_, inner)| number(inner)),
        _ => None,
    }
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

/// `{"Id":{"Value":n},"Name":"…","Uuid":"…"}`: how records name each other.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Reference {
    pub id: Wrapped<RecordId>,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uuid: Option<Uuid>,
}

/// `{"Value": n, "uuid": "…"}`: the answer to most creations.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Created {
    #[serde(rename = "Value", alias = "value")]
    pub value: i64,
    #[serde(default, alias = "Uuid", skip_serializing_if = "Option::is_none")]
    pub uuid: Option<Uuid>,
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
    fn a_wrapped_id_writes_its_wrapper() {
        let text = serde_json::to_string(&Wrapped(DeviceId(5))).unwrap_or_default();
        assert_eq!(text, r#"{"Value":5}"#);
    }
}
