//! What a statement answers: a row of values, read out of either engine into one form as soon as it arrives.

use std::sync::Arc;

use jiff::Timestamp;
use sqlx::{Row as _, TypeInfo as _, ValueRef as _, postgres::PgRow, sqlite::SqliteRow};
use uuid::Uuid;

use crate::{Error, Value};

/// One row of an answer.
#[derive(Debug, Clone)]
pub struct Row {
    columns: Arc<[String]>,
    values: Vec<Value>,
}

impl Row {
    /// The value of a column.
    ///
    /// # Errors
    /// [`Error::Column`] when there is no such column, it is null and `T` is no `Option`, or it holds another type.
    pub fn get<T: FromColumn>(&self, column: &str) -> Result<T, Error> {
        let failed = |why: String| Error::Column { column: column.to_owned(), why };
        T::from_value(self.value(column).map_err(failed)?).map_err(failed)
    }

    /// The text of a column, where it is.
    ///
    /// # Errors
    /// As [`Row::get`].
    pub fn text(&self, column: &str) -> Result<&str, Error> {
        let failed = |why: String| Error::Column { column: column.to_owned(), why };
        match self.value(column).map_err(failed)? {
            Value::Text(Some(text)) => Ok(text),
            other => Err(failed(mismatch(other, "text"))),
        }
    }

    fn value(&self, column: &str) -> Result<&Value, String> {
        let index = self.columns.iter().position(|name| name == column);
        index
            .map(|index| &self.values[index])
            .ok_or_else(|| format!("is not in the answer, which has {}", self.columns.join(", ")))
    }

    /// The names of the columns, in the order of the statement.
    #[must_use]
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    pub(crate) fn into_values(self) -> Vec<Value> {
        self.values
    }

    pub(crate) fn from_sqlite(rows: &[SqliteRow]) -> Result<Vec<Self>, sqlx::Error> {
        let columns = names(rows.first().map(SqliteRow::columns));
        rows.iter()
            .map(|row| {
                let values = (0..columns.len()).map(|index| sqlite_value(row, index)).collect::<Result<_, _>>()?;
                Ok(Self { columns: Arc::clone(&columns), values })
            })
            .collect()
    }

    pub(crate) fn from_postgres(rows: &[PgRow]) -> Result<Vec<Self>, sqlx::Error> {
        let columns = names(rows.first().map(PgRow::columns));
        rows.iter()
            .map(|row| {
                let values = (0..columns.len()).map(|index| postgres_value(row, index)).collect::<Result<_, _>>()?;
                Ok(Self { columns: Arc::clone(&columns), values })
            })
            .collect()
    }
}

fn names<C: sqlx::Column>(columns: Option<&[C]>) -> Arc<[String]> {
    columns.unwrap_or_default().iter().map(|column| column.name().to_owned()).collect()
}

/// SQLite types each value, not each column.
fn sqlite_value(row: &SqliteRow, index: usize) -> Result<Value, sqlx::Error> {
    let raw = row.try_get_raw(index)?;
    if raw.is_null() {
        return Ok(Value::Text(None));
    }
    // Rows are read value by value, a million of them at times: nothing is allocated to learn a type.
    let read: fn(&SqliteRow, usize) -> Result<Value, sqlx::Error> = match raw.type_info().name() {
        "INTEGER" | "BOOLEAN" => |row, index| Ok(Value::Integer(Some(row.try_get_unchecked(index)?))),
        "REAL" => |row, index| Ok(Value::Real(Some(row.try_get_unchecked(index)?))),
        "BLOB" => |row, index| Ok(Value::Bytes(Some(row.try_get_unchecked(index)?))),
        _ => |row, index| Ok(Value::from(row.try_get_unchecked::<&str, _>(index)?)),
    };
    drop(raw);
    read(row, index)
}

/// PostgreSQL types each column; every integer, and a boolean such as `exists (…)`, becomes an `Integer`.
fn postgres_value(row: &PgRow, index: usize) -> Result<Value, sqlx::Error> {
    let raw = row.try_get_raw(index)?;
    if raw.is_null() {
        return Ok(Value::Text(None));
    }
    Ok(match raw.type_info().name() {
        "INT8" => Value::Integer(Some(row.try_get(index)?)),
        "INT4" => Value::Integer(Some(i64::from(row.try_get::<i32, _>(index)?))),
        "INT2" => Value::Integer(Some(i64::from(row.try_get::<i16, _>(index)?))),
        "BOOL" => Value::Integer(Some(i64::from(row.try_get::<bool, _>(index)?))),
        "FLOAT8" => Value::Real(Some(row.try_get(index)?)),
        "FLOAT4" => Value::Real(Some(f64::from(row.try_get::<f32, _>(index)?))),
        "BYTEA" => Value::Bytes(Some(row.try_get(index)?)),
        // `sum` and `avg` of integers answer a NUMERIC where SQLite answers an integer and a real.
        "NUMERIC" => {
            let bytes = raw.as_bytes().map_err(sqlx::Error::Decode)?;
            numeric(bytes).ok_or_else(|| sqlx::Error::Decode("a NUMERIC that is no number".into()))?
        }
        _ => Value::from(row.try_get::<&str, _>(index)?),
    })
}

/// Reads PostgreSQL's binary NUMERIC: counts, weight, sign, scale, then digits to the base of 10,000.
fn numeric(bytes: &[u8]) -> Option<Value> {
    let word = |index: usize| bytes.get(index * 2..index * 2 + 2).map(|pair| u16::from_be_bytes([pair[0], pair[1]]));
    let (count, weight, sign, scale) = (word(0)?, word(1)?.cast_signed(), word(2)?, word(3)?);
    let negative = match sign {
        0x0000 => false,
        0x4000 => true,
        _ => return None,
    };
    let digits = (0..usize::from(count)).map(|index| word(4 + index)).collect::<Option<Vec<_>>>()?;
    if scale == 0 {
        let mut whole: i64 = 0;
        for position in 0..=usize::try_from(weight).unwrap_or(0) {
            let digit = digits.get(position).copied().unwrap_or(0);
            whole = whole.checked_mul(10_000)?.checked_add(i64::from(digit))?;
        }
        return Some(Value::Integer(Some(if negative { -whole } else { whole })));
    }
    let mut real = 0.0;
    for (position, digit) in digits.iter().enumerate() {
        let power = i32::from(weight) - i32::try_from(position).ok()?;
        real += f64::from(*digit) * 10_000f64.powi(power);
    }
    Some(Value::Real(Some(if negative { -real } else { real })))
}

/// A type that a column can be read as. The error tells only what is wrong with the value.
pub trait FromColumn: Sized {
    /// Reads the value, or says why it cannot be read.
    ///
    /// # Errors
    /// The reason, as it follows the name of the column in a sentence.
    fn from_value(value: &Value) -> Result<Self, String>;
}

impl<T: FromColumn> FromColumn for Option<T> {
    fn from_value(value: &Value) -> Result<Self, String> {
        if value.is_null() { Ok(None) } else { T::from_value(value).map(Some) }
    }
}

impl FromColumn for i64 {
    fn from_value(value: &Value) -> Result<Self, String> {
        match value {
            Value::Integer(Some(number)) => Ok(*number),
            other => Err(mismatch(other, "an integer")),
        }
    }
}

macro_rules! narrower_integer {
    ($($type:ty),*) => {$(
        impl FromColumn for $type {
            fn from_value(value: &Value) -> Result<Self, String> {
                let number = i64::from_value(value)?;
                Self::try_from(number).map_err(|_| format!("holds {number}, which does not fit {}", stringify!($type)))
            }
        }
    )*};
}

narrower_integer!(i32, u16, u32, u64, usize);

impl FromColumn for bool {
    fn from_value(value: &Value) -> Result<Self, String> {
        Ok(i64::from_value(value)? != 0)
    }
}

impl FromColumn for f64 {
    #[expect(clippy::cast_precision_loss, reason = "whoever reads an integer as a real asks for the nearest one")]
    fn from_value(value: &Value) -> Result<Self, String> {
        match value {
            Value::Real(Some(number)) => Ok(*number),
            Value::Integer(Some(number)) => Ok(*number as f64),
            other => Err(mismatch(other, "a number")),
        }
    }
}

impl FromColumn for String {
    fn from_value(value: &Value) -> Result<Self, String> {
        match value {
            Value::Text(Some(text)) => Ok(text.as_ref().to_owned()),
            other => Err(mismatch(other, "text")),
        }
    }
}

impl FromColumn for Arc<str> {
    fn from_value(value: &Value) -> Result<Self, String> {
        match value {
            Value::Text(Some(text)) => Ok(Self::clone(text)),
            other => Err(mismatch(other, "text")),
        }
    }
}

impl FromColumn for Vec<u8> {
    fn from_value(value: &Value) -> Result<Self, String> {
        match value {
            Value::Bytes(Some(bytes)) => Ok(bytes.clone()),
            other => Err(mismatch(other, "bytes")),
        }
    }
}

impl FromColumn for Uuid {
    fn from_value(value: &Value) -> Result<Self, String> {
        match value {
            Value::Text(Some(text)) => Self::parse_str(text).map_err(|_| format!("holds {text:?}, which is no UUID")),
            other => Err(mismatch(other, "a UUID")),
        }
    }
}

impl FromColumn for Timestamp {
    fn from_value(value: &Value) -> Result<Self, String> {
        let number = i64::from_value(value)?;
        Self::from_microsecond(number).map_err(|_| format!("holds {number}, which is no moment"))
    }
}

fn mismatch(value: &Value, wanted: &str) -> String {
    let found = match value {
        value if value.is_null() => "nothing",
        Value::Integer(_) => "an integer",
        Value::Real(_) => "a real",
        Value::Text(_) => "text",
        Value::Bytes(_) => "bytes",
    };
    format!("holds {found}, not {wanted}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(value: Value) -> Row {
        Row { columns: ["it".to_owned()].into(), values: vec![value] }
    }

    #[test]
    fn a_column_is_read_as_what_it_holds_or_refused_with_a_reason() {
        assert_eq!(row(Value::Integer(Some(5))).get::<u32>("it").expect("fits"), 5);
        assert_eq!(row(Value::Text(None)).get::<Option<i64>>("it").expect("nothing"), None);
        let said = |error: Error| error.to_string();
        assert_eq!(
            row(Value::Integer(Some(-1))).get::<u32>("it").map_err(said),
            Err("column \"it\" holds -1, which does not fit u32".into())
        );
        assert_eq!(
            row(Value::Text(None)).get::<String>("it").map_err(said),
            Err("column \"it\" holds nothing, not text".into())
        );
        assert_eq!(
            row(Value::Integer(Some(1))).get::<i64>("that").map_err(said),
            Err("column \"that\" is not in the answer, which has it".into())
        );
    }

    #[test]
    fn binary_numerics_are_read() {
        let words = |words: &[u16]| words.iter().flat_map(|word| word.to_be_bytes()).collect::<Vec<u8>>();
        assert_eq!(numeric(&words(&[0, 0, 0, 0])), Some(Value::Integer(Some(0))));
        assert_eq!(numeric(&words(&[2, 1, 0, 0, 12, 345])), Some(Value::Integer(Some(120_345))));
        assert_eq!(numeric(&words(&[1, 2, 0x4000, 0, 3])), Some(Value::Integer(Some(-300_000_000))));
        assert_eq!(numeric(&words(&[2, 0, 0, 1, 1, 5000])), Some(Value::Real(Some(1.5))));
        assert_eq!(numeric(&words(&[0, 0, 0xc000, 0])), None);
    }
}
