//! One record of SQLite: a header with the type of each value, and the values. Nothing of it is believed before it was
//! compared with how much there is.

use crate::Value;

/// Values of a record; more than any table of ours has columns.
const MOST: usize = 200;

/// A number of one to nine bytes, and what follows it.
pub(super) fn varint(bytes: &[u8]) -> Option<(i64, &[u8])> {
    let mut number: u64 = 0;
    for (place, byte) in bytes.iter().take(9).enumerate() {
        if place == 8 {
            return Some(((number << 8 | u64::from(*byte)).cast_signed(), &bytes[9..]));
        }
        number = number << 7 | u64::from(byte & 0x7f);
        if byte & 0x80 == 0 {
            return Some((number.cast_signed(), &bytes[place + 1..]));
        }
    }
    None
}

/// The values of a record, which must fill it to its last byte.
pub(super) fn values(payload: &[u8]) -> Option<Vec<Value>> {
    let (length, rest) = varint(payload)?;
    let length = usize::try_from(length).ok()?;
    let mut types = payload.get(payload.len() - rest.len()..length)?;
    let mut body = &payload[length..];
    let mut values = Vec::new();
    while !types.is_empty() {
        let (kind, more) = varint(types)?;
        types = more;
        let size = size_of(kind)?;
        let (own, more) = body.split_at_checked(size)?;
        body = more;
        if values.len() == MOST {
            return None;
        }
        values.push(value(kind, own)?);
    }
    (body.is_empty() && !values.is_empty()).then_some(values)
}

fn size_of(kind: i64) -> Option<usize> {
    match kind {
        0 | 8 | 9 => Some(0),
        1..=4 => usize::try_from(kind).ok(),
        5 => Some(6),
        6 | 7 => Some(8),
        12.. => usize::try_from((kind - 12) / 2).ok(),
        _ => None,
    }
}

fn value(kind: i64, bytes: &[u8]) -> Option<Value> {
    Some(match kind {
        0 => Value::Text(None),
        8 => Value::Integer(Some(0)),
        9 => Value::Integer(Some(1)),
        7 => Value::Real(Some(f64::from_be_bytes(bytes.try_into().ok()?))),
        1..=6 => {
            let sign = if bytes.first()? & 0x80 == 0 { 0 } else { -1 };
            Value::Integer(Some(bytes.iter().fold(sign, |number: i64, byte| number << 8 | i64::from(*byte))))
        }
        _ if kind % 2 == 0 => Value::Bytes(Some(bytes.to_vec())),
        _ => Value::from(std::str::from_utf8(bytes).ok()?),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_one_to_nine_bytes() {
        assert_eq!(varint(&[0x7f, 1]), Some((127, &[1][..])));
        assert_eq!(varint(&[0x81, 0x00]), Some((128, &[][..])));
        assert_eq!(varint(&[0xff; 9]), Some((-1, &[][..])));
        assert_eq!(varint(&[0x80; 8]), None);
        assert_eq!(varint(&[]), None);
    }

    #[test]
    fn a_record_fills_its_bytes_or_is_none() {
        // A null, -2, 1, "ab", 1.5.
        let mut bytes = vec![6, 0, 1, 9, 17, 7, 0xfe, b'a', b'b'];
        bytes.extend(1.5f64.to_be_bytes());
        let whole = vec![
            Value::Text(None),
            Value::Integer(Some(-2)),
            Value::Integer(Some(1)),
            Value::Text(Some("ab".into())),
            Value::Real(Some(1.5)),
        ];
        assert_eq!(values(&bytes), Some(whole));
        assert_eq!(values(&bytes[..bytes.len() - 1]), None);
        bytes.push(0);
        assert_eq!(values(&bytes), None);
        assert_eq!(values(&[2, 15, 0xff]), None, "no text");
        assert_eq!(values(&[1]), None, "no values");
    }
}
