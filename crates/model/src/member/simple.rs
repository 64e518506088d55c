//! Texts, numbers, flags, UUIDs and moments.

use serde_json::Value;
use uuid::Uuid;

use super::{Member, Unfit};
use crate::record::{Cursor, Piece, Sketch};
use crate::{Stamp, Text};

macro_rules! texts {
    ($($type:ty $(as $take:ident)?)+) => {$(
        impl Member for $type {
            fn read(value: Value) -> Result<Self, Unfit> {
                match value {
                    Value::String(text) => Ok(text.into()),
                    Value::Number(number) => Ok(number.to_string().into()),
                    Value::Bool(flag) => Ok(flag.to_string().into()),
                    other => Err(Unfit::new("a text", &other)),
                }
            }
            $(
                #[inline]
                fn take(cursor: &mut Cursor<'_>) -> Option<Self> {
                    $take(cursor)
                }
            )?
            #[inline]
            fn of_text(text: &str) -> Option<Self> {
                Some(text.into())
            }
            fn piece(&self) -> Option<Piece<'_>> {
                Some(Piece::Text(self))
            }
            fn sketch() -> Sketch {
                Sketch::Text
            }
            fn says_nothing(_: &str) -> bool {
                false
            }
        }
    )+};
}
texts! { String Text as take_text }

#[inline]
fn take_text(cursor: &mut Cursor<'_>) -> Option<Text> {
    match cursor.plain_and_ahead() {
        Some((text, ahead)) => Some(Text::beginning(text, ahead)),
        None => Text::read(cursor.value()?).ok(),
    }
}

/// A whole number out of `7`, `7.0`, `"7"`, `{"Value": 7}` and `{"Id": {"Value": 7}}`.
pub(crate) fn whole(value: &Value) -> Option<i64> {
    match value {
        Value::Number(number) => number.as_i64().or_else(|| {
            let number = number.as_f64().filter(|number| number.fract() == 0.0 && number.abs() < 9e15)?;
            format!("{number:.0}").parse().ok()
        }),
        Value::String(text) => text.trim().parse().ok(),
        Value::Object(object) => object
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case("value") || name.eq_ignore_ascii_case("id"))
            .and_then(|(_, inner)| whole(inner)),
        _ => None,
    }
}

/// The same out of a text.
#[inline]
pub(crate) fn take_whole(cursor: &mut Cursor<'_>) -> Option<i64> {
    if let Some(number) = cursor.integer() {
        return Some(number);
    }
    let place = cursor.place();
    if cursor.literally(b"{\"Value\":") {
        let number = cursor.integer();
        if number.is_some() && cursor.is(b'}') {
            return number;
        }
        cursor.back(place);
    }
    whole(&cursor.value()?)
}

macro_rules! whole_numbers {
    ($($type:ty: $piece:ident)+) => {$(
        impl Member for $type {
            fn read(value: Value) -> Result<Self, Unfit> {
                let number = whole(&value).and_then(|number| number.try_into().ok());
                number.ok_or_else(|| Unfit::new("a whole number", &value))
            }
            #[inline]
            fn take(cursor: &mut Cursor<'_>) -> Option<Self> {
                take_whole(cursor)?.try_into().ok()
            }
            fn piece(&self) -> Option<Piece<'_>> {
                Some(Piece::$piece((*self).into()))
            }
            fn sketch() -> Sketch {
                Sketch::Integer
            }
        }
    )+};
}
whole_numbers! { i64: Integer u64: Unsigned u32: Unsigned }

impl Member for f64 {
    fn read(value: Value) -> Result<Self, Unfit> {
        let number = match &value {
            Value::Number(number) => number.as_f64(),
            Value::String(text) => {
                text.trim().trim_end_matches('%').parse().ok().filter(|number: &f64| number.is_finite())
            }
            _ => None,
        };
        number.ok_or_else(|| Unfit::new("a number", &value))
    }
    fn piece(&self) -> Option<Piece<'_>> {
        self.is_finite().then_some(Piece::Number(*self))
    }
    fn sketch() -> Sketch {
        Sketch::Number
    }
}

/// A flag out of `true`, `"True"`, `1`, `"Y"`, `"Enabled"`, `"Active"` and their opposites.
fn flag(value: &Value) -> Option<bool> {
    const YES: [&str; 6] = ["true", "1", "y", "yes", "enabled", "active"];
    const NO: [&str; 6] = ["false", "0", "n", "no", "disabled", "inactive"];
    match value {
        Value::Bool(flag) => Some(*flag),
        Value::Number(number) => match number.as_i64()? {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        },
        Value::String(text) => {
            let means = |words: [&str; 6]| words.iter().any(|word| word.eq_ignore_ascii_case(text.trim()));
            means(YES).then_some(true).or_else(|| means(NO).then_some(false))
        }
        _ => None,
    }
}

impl Member for bool {
    fn read(value: Value) -> Result<Self, Unfit> {
        flag(&value).ok_or_else(|| Unfit::new("true or false", &value))
    }
    #[inline]
    fn take(cursor: &mut Cursor<'_>) -> Option<Self> {
        match () {
            () if cursor.literally(b"true") => Some(true),
            () if cursor.literally(b"false") => Some(false),
            () => flag(&cursor.value()?),
        }
    }
    fn piece(&self) -> Option<Piece<'_>> {
        Some(Piece::Flag(*self))
    }
    fn sketch() -> Sketch {
        Sketch::Flag
    }
}

/// A UUID in its usual form.
fn hyphenated(text: &[u8]) -> Option<Uuid> {
    /// What a digit is worth; 255 if it is none.
    const WORTH: [u8; 256] = {
        let mut worth = [255; 256];
        let mut digit = 0;
        while digit < 16 {
            worth[b"0123456789abcdef"[digit] as usize] = digit as u8;
            worth[b"0123456789ABCDEF"[digit] as usize] = digit as u8;
            digit += 1;
        }
        worth
    };
    /// Where the digits of each byte stand.
    const PLACES: [usize; 16] = [0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34];
    let text: &[u8; 36] = text.try_into().ok()?;
    let (mut bytes, mut wrong) = ([0; 16], 0);
    for (byte, place) in bytes.iter_mut().zip(PLACES) {
        let (high, low) = (WORTH[usize::from(text[place])], WORTH[usize::from(text[place + 1])]);
        wrong |= high | low;
        *byte = high << 4 | low;
    }
    let hyphens = [8, 13, 18, 23].iter().all(|place| text[*place] == b'-');
    (wrong < 16 && hyphens).then(|| Uuid::from_bytes(bytes))
}

impl Member for Uuid {
    fn read(value: Value) -> Result<Self, Unfit> {
        let text = value.as_str().or_else(|| value.get("Value")?.as_str());
        text.and_then(|text| text.trim().parse().ok()).ok_or_else(|| Unfit::new("a UUID", &value))
    }
    fn of_text(text: &str) -> Option<Self> {
        hyphenated(text.as_bytes()).or_else(|| text.trim().parse().ok())
    }
    fn piece(&self) -> Option<Piece<'_>> {
        Some(Piece::Uuid(self))
    }
    fn sketch() -> Sketch {
        Sketch::Uuid
    }
}

impl Default for Stamp {
    /// The beginning of 1970. A moment that may be missing is an `Option`.
    fn default() -> Self {
        Self(jiff::Timestamp::UNIX_EPOCH)
    }
}

impl Member for Stamp {
    fn read(value: Value) -> Result<Self, Unfit> {
        let stamp = match &value {
            Value::String(text) => text.parse().ok(),
            Value::Number(number) => number.as_i64().and_then(Self::of_epoch),
            _ => None,
        };
        stamp.ok_or_else(|| Unfit::new("a date", &value))
    }
    fn of_text(text: &str) -> Option<Self> {
        text.parse().ok()
    }
    fn piece(&self) -> Option<Piece<'_>> {
        Some(Piece::Stamp(self))
    }
    fn sketch() -> Sketch {
        Sketch::DateTime
    }
    /// Any moment of year 1 is never.
    fn says_nothing(text: &str) -> bool {
        crate::time::is_never(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_uuid_in_its_usual_form_is_the_same_uuid() {
        let text = "6f0bdc9e-8A4c-4f0f-a20a-1f34f4f6b0a1";
        assert_eq!(hyphenated(text.as_bytes()), text.parse().ok());
        for wrong in ["6f0bdc9e-8a4c-4f0f-a20a-1f34f4f6b0g1", "6f0bdc9e08a4c-4f0f-a20a-1f34f4f6b0a1", "6f0bdc9e", ""] {
            assert_eq!(hyphenated(wrong.as_bytes()), None, "{wrong}");
        }
        assert_eq!(Uuid::of_text(" 6F0BDC9E8A4C4F0FA20A1F34F4F6B0A1 "), text.parse().ok());
    }
}
