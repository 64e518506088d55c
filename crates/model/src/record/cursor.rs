//! A place in a JSON text. Values in their plain form are read where they stand, without a value in between: a text
//! without escapes, a whole number, a flag. Everything else is left to `serde_json`, which also says what is wrong with
//! a text that is no JSON; so nothing here knows more of the grammar than it needs.

use std::any::TypeId;

use serde::de::IgnoredAny;
use serde_json::Value;

use super::reading::Order;

/// So deep may records lie within each other. `serde_json`, which reads what is deeper, ends at 128.
const DEEPEST: u8 = 48;
/// More brackets than this, and a value may be deeper than `serde_json` reads.
const MANY_BRACKETS: usize = 100;

/// A place in a text.
pub struct Cursor<'a> {
    text: &'a str,
    at: usize,
    depth: u8,
    pub(super) orders: Vec<(TypeId, Order<'a>)>,
}

impl<'a> Cursor<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        Self { text, at: 0, depth: 0, orders: Vec::new() }
    }

    /// Where it stands, to come back to.
    pub(crate) fn place(&self) -> usize {
        self.at
    }

    pub(crate) fn back(&mut self, place: usize) {
        self.at = place;
    }

    /// Bytes of text from a place to here, and from here to the end.
    pub(crate) fn lengths(&self, place: usize) -> (usize, usize) {
        (self.at.saturating_sub(place), self.text.len().saturating_sub(self.at))
    }

    fn rest(&self) -> &'a [u8] {
        self.text.as_bytes().get(self.at..).unwrap_or_default()
    }

    fn space(&mut self) {
        while let Some(b' ' | b'\n' | b'\t' | b'\r') = self.text.as_bytes().get(self.at) {
            self.at += 1;
        }
    }

    /// Whether nothing but space is left.
    pub(crate) fn ends(&mut self) -> bool {
        self.space();
        self.at == self.text.len()
    }

    /// Takes the next byte that is not space.
    #[inline]
    pub(crate) fn byte(&mut self) -> Option<u8> {
        let bytes = self.text.as_bytes();
        let mut byte = *bytes.get(self.at)?;
        if byte <= b' ' {
            self.space();
            byte = *bytes.get(self.at)?;
        }
        self.at += 1;
        Some(byte)
    }

    /// Takes the next byte that is not space if it is this one.
    #[inline]
    pub(crate) fn is(&mut self, byte: u8) -> bool {
        let place = self.at;
        let found = self.byte() == Some(byte);
        if !found {
            self.at = place;
        }
        found
    }

    /// Goes into an object or a list, unless it is too deep.
    pub(crate) fn enter(&mut self, bracket: u8) -> bool {
        let enters = self.depth < DEEPEST && self.is(bracket);
        self.depth += u8::from(enters);
        enters
    }

    pub(crate) fn leave(&mut self) {
        self.depth = self.depth.saturating_sub(1);
    }

    /// Whether it is in a list that is the whole answer, or a member of it.
    pub(crate) fn is_of_a_page(&self) -> bool {
        self.depth <= 2
    }

    /// Takes these very bytes.
    #[inline]
    pub(crate) fn literally(&mut self, bytes: &[u8]) -> bool {
        let found = self.rest().starts_with(bytes);
        if found {
            self.at += bytes.len();
        }
        found
    }

    /// Takes these very bytes, of which there are a few.
    #[inline]
    pub(crate) fn takes(&mut self, bytes: &[u8]) -> bool {
        let found = self.rest().get(..bytes.len()).is_some_and(|next| alike(next, bytes));
        if found {
            self.at += bytes.len();
        }
        found
    }

    /// Takes a name without escapes and its colon. Answers both as they stand, and the name.
    pub(crate) fn name(&mut self) -> Option<(&'a [u8], &'a str)> {
        self.space();
        let from = self.at;
        let name = self.plain()?;
        self.is(b':').then_some(())?;
        Some((self.text.as_bytes().get(from..self.at)?, name))
    }

    /// Takes `null` if it comes next; `None` if nothing comes.
    #[inline]
    pub(crate) fn null(&mut self) -> Option<bool> {
        let mut first = *self.text.as_bytes().get(self.at)?;
        if first <= b' ' {
            self.space();
            first = *self.text.as_bytes().get(self.at)?;
        }
        Some(first == b'n' && self.literally(b"null"))
    }

    /// Whether this byte is the next one.
    #[inline]
    pub(crate) fn at(&self, byte: u8) -> bool {
        self.text.as_bytes().get(self.at) == Some(&byte)
    }

    /// Takes the text at the cursor, if one stands there that has no escapes.
    #[inline]
    pub(crate) fn plain(&mut self) -> Option<&'a str> {
        let (first, rest) = self.rest().split_first()?;
        if *first != b'"' {
            return None;
        }
        let length = length_of_plain(rest)?;
        let from = self.at + 1;
        let text = self.text.get(from..from + length)?;
        self.at = from + length + 1;
        Some(text)
    }

    /// The same, with the bytes from its beginning on, if there are so many.
    #[inline]
    pub(crate) fn plain_and_ahead<const N: usize>(&mut self) -> Option<(&'a str, Option<&'a [u8; N]>)> {
        let ahead = self.rest().get(1..)?.first_chunk();
        self.plain().map(|text| (text, ahead))
    }

    /// Takes the whole number of at most 18 digits at the cursor, if there is one.
    #[inline]
    pub(crate) fn integer(&mut self) -> Option<i64> {
        let rest = self.rest();
        let negative = rest.first() == Some(&b'-');
        let digits = rest.get(usize::from(negative)..)?;
        let (mut number, mut length) = (0_i64, 0);
        while let Some(digit @ b'0'..=b'9') = digits.get(length) {
            if length == 18 {
                return None;
            }
            number = number * 10 + i64::from(digit - b'0');
            length += 1;
        }
        let plain = match digits.get(length) {
            Some(b'.' | b'e' | b'E') => false,
            // `-0` is no whole number to `serde_json`, and `07` is none at all.
            _ => length > 0 && (digits.first() != Some(&b'0') || (length == 1 && !negative)),
        };
        if !plain {
            return None;
        }
        self.at += length + usize::from(negative);
        Some(if negative { -number } else { number })
    }

    /// The whole value at the cursor; `None` if the text is no JSON.
    pub(crate) fn value(&mut self) -> Option<Value> {
        let mut values = serde_json::Deserializer::from_str(self.text.get(self.at..)?).into_iter();
        let value = values.next()?.ok()?;
        self.at += values.byte_offset();
        Some(value)
    }

    /// The text of the value at the cursor; `None` if it is no JSON.
    pub(crate) fn raw(&mut self) -> Option<&'a str> {
        self.space();
        let from = self.at;
        if self.plain().is_none() && self.integer().is_none() {
            let mut values = serde_json::Deserializer::from_str(self.text.get(from..)?).into_iter::<IgnoredAny>();
            values.next()?.ok()?;
            self.at += values.byte_offset();
        }
        let raw = self.text.get(from..self.at)?;
        let brackets = || raw.bytes().filter(|byte| matches!(byte, b'{' | b'[')).count();
        let shallow =
            raw.len() <= MANY_BRACKETS || brackets() <= MANY_BRACKETS || serde_json::from_str::<Value>(raw).is_ok();
        shallow.then_some(raw)
    }

    /// The text of a member that began at this place, and whose value is at the cursor.
    pub(crate) fn member(&mut self, from: usize) -> Option<&'a str> {
        self.raw()?;
        self.text.get(from..self.at).map(str::trim_ascii_start)
    }
}

/// Whether two slices of one length are equal. Names are short, and a call would cost more than it does.
#[inline]
fn alike(one: &[u8], other: &[u8]) -> bool {
    let ends =
        |bytes: &[u8]| Some((u64::from_le_bytes(*bytes.first_chunk()?), u64::from_le_bytes(*bytes.last_chunk()?)));
    match ends(other) {
        Some(_) if other.len() > 24 => one == other,
        Some(expected) => ends(one) == Some(expected) && (other.len() <= 16 || one.get(8..16) == other.get(8..16)),
        None => one == other,
    }
}

/// Bytes until the quote that ends a text; `None` if there is an escape, a control character, or no end before it.
#[inline]
fn length_of_plain(bytes: &[u8]) -> Option<usize> {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = 0x8080_8080_8080_8080;
    // Bytes that are below 0x20 or equal to `"` or `\`, marked by their highest bit. A borrow may mark further bytes,
    // but only above the first that is marked rightly, and that is the one that counts.
    let special = |word: u64| {
        let zeros = |word: u64| word.wrapping_sub(ONES) & !word;
        let control = word.wrapping_sub(ONES * 0x20) & !word;
        (control | zeros(word ^ (ONES * 0x22)) | zeros(word ^ (ONES * 0x5c))) & HIGH
    };
    let mut at = 0;
    let mut words = bytes.chunks_exact(8);
    for word in words.by_ref() {
        let found = special(u64::from_le_bytes(word.try_into().ok()?));
        if found != 0 {
            let end = at + (found.trailing_zeros() / 8) as usize;
            return (bytes.get(end) == Some(&b'"')).then_some(end);
        }
        at += 8;
    }
    let more = words.remainder().iter().position(|byte| matches!(byte, b'"' | b'\\' | 0..=0x1f))?;
    (bytes.get(at + more) == Some(&b'"')).then_some(at + more)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plain_text_ends_at_its_quote() {
        for length in 0..40 {
            let text = "ä".repeat(length / 2) + &"x".repeat(length % 2);
            let quoted = format!("\"{text}\" ,");
            assert_eq!(Cursor::new(&quoted).plain(), Some(text.as_str()), "{quoted}");
            for wrong in ["\\n", "\n", "\u{1f}", "\\\""] {
                let escaped = format!("\"{text}{wrong}{text}\"");
                assert_eq!(Cursor::new(&escaped).plain(), None, "{escaped:?}");
            }
            assert_eq!(Cursor::new(&quoted[..=text.len()]).plain(), None, "no end");
        }
        assert_eq!(Cursor::new("7").plain(), None);
    }

    #[test]
    fn whole_numbers_are_taken_and_others_left() {
        for (text, expected) in [
            ("0", Some(0)),
            ("-7,", Some(-7)),
            ("123456789012345678}", Some(123_456_789_012_345_678)),
            ("1234567890123456789", None),
            ("07", None),
            ("-0", None),
            ("-", None),
            ("1.5", None),
            ("1e3", None),
            ("", None),
            ("x", None),
        ] {
            assert_eq!(Cursor::new(text).integer(), expected, "{text}");
        }
    }

    #[test]
    fn names_are_compared_to_their_last_byte() {
        for length in 1..40 {
            let name = &b"abcdefghijklmnopqrstuvwxyzabcdefghijklmnop"[..length];
            assert!(alike(name, name));
            for at in 0..length {
                let mut other = name.to_vec();
                other[at] ^= 1;
                assert!(!alike(name, &other), "{length} {at}");
            }
        }
    }
}
