//! What a statement is given: four kinds of value, each of which may be null and still has its type.
//!
//! PostgreSQL wants to know the type of a null parameter, so a null here is never untyped.

use std::sync::Arc;

use jiff::Timestamp;
use uuid::Uuid;

/// One parameter of a statement.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    Integer(Option<i64>),
    Real(Option<f64>),
    /// Shared, so that what many rows have in common is there once.
    Text(Option<Arc<str>>),
    Bytes(Option<Vec<u8>>),
}

impl Value {
    /// Whether this is a null of any type.
    #[must_use]
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Integer(None) | Self::Real(None) | Self::Text(None) | Self::Bytes(None))
    }
}

/// The parameters of a statement, in order: `args![id, "name", None::<i64>]`.
#[macro_export]
macro_rules! args {
    ($($value:expr),* $(,)?) => {
        ::std::vec![$($crate::Value::from($value)),*]
    };
}

/// Each line: the Rust type, the kind of value it becomes, and how. Its `Option` follows.
macro_rules! value_from {
    ($($type:ty => $kind:ident, |$given:ident| $become:expr;)*) => {$(
        impl From<$type> for Value {
            fn from($given: $type) -> Self {
                Self::$kind(Some($become))
            }
        }

        impl From<Option<$type>> for Value {
            fn from(given: Option<$type>) -> Self {
                match given {
                    Some(given) => Self::from(given),
                    None => Self::$kind(None),
                }
            }
        }
    )*};
}

value_from! {
    i64 => Integer, |v| v;
    i32 => Integer, |v| i64::from(v);
    u32 => Integer, |v| i64::from(v);
    u16 => Integer, |v| i64::from(v);
    // Neither engine counts further than i64; what is larger cannot have been counted here.
    usize => Integer, |v| i64::try_from(v).unwrap_or(i64::MAX);
    bool => Integer, |v| i64::from(v);
    Timestamp => Integer, |v| v.as_microsecond();
    f64 => Real, |v| v;
    &str => Text, |v| v.into();
    String => Text, |v| v.into();
    &String => Text, |v| v.as_str().into();
    Arc<str> => Text, |v| v;
    &Arc<str> => Text, |v| Arc::clone(v);
    Uuid => Text, |v| v.to_string().into();
    Vec<u8> => Bytes, |v| v;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nulls_keep_their_type() {
        assert_eq!(Value::from(None::<Uuid>), Value::Text(None));
        assert_eq!(Value::from(None::<Timestamp>), Value::Integer(None));
        assert_eq!(Value::from(None::<f64>), Value::Real(None));
        assert!(Value::from(None::<&str>).is_null());
    }

    #[test]
    fn arguments_keep_their_order() {
        let moment = Timestamp::from_microsecond(1_700_000_000_000_001).expect("a valid moment");
        assert_eq!(
            args![7i64, true, "a", moment, Uuid::nil()],
            vec![
                Value::Integer(Some(7)),
                Value::Integer(Some(1)),
                Value::Text(Some("a".into())),
                Value::Integer(Some(1_700_000_000_000_001)),
                Value::Text(Some("00000000-0000-0000-0000-000000000000".into())),
            ]
        );
    }
}
