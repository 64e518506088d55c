//! Texts of rows. A list of devices consists of hundred thousands of them, and most are short: a serial number, a model,
//! a name. Those need no memory of their own.

use std::borrow::Borrow;
use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::num::NonZeroU8;
use std::ops::Deref;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Bytes that need no memory of their own.
const SHORT: usize = 23;

/// A text that is read often and never changed. Up to 23 bytes stand in it.
#[derive(Clone, PartialEq, Eq)]
pub struct Text(Kept);

// As large as a `String`: the length of a short one is never 0, and that tells it from a long one.
#[derive(Clone, PartialEq, Eq)]
enum Kept {
    Short {
        /// One more than its bytes are.
        length: NonZeroU8,
        /// Zeros behind its end, so that equal texts are equal here.
        bytes: [u8; SHORT],
    },
    Long(Box<str>),
}

impl Text {
    #[must_use]
    pub fn as_str(&self) -> &str {
        match &self.0 {
            // It was a text when it came in.
            Kept::Short { length, bytes } => bytes
                .get(..usize::from(length.get()).saturating_sub(1))
                .and_then(|bytes| std::str::from_utf8(bytes).ok())
                .unwrap_or_default(),
            Kept::Long(text) => text,
        }
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.as_str().is_empty()
    }

    fn short(length: usize, bytes: [u8; SHORT]) -> Option<Self> {
        let length = u8::try_from(length + 1).ok().and_then(NonZeroU8::new)?;
        Some(Self(Kept::Short { length, bytes }))
    }

    /// A text out of a longer one that begins with these bytes.
    #[inline]
    pub(crate) fn beginning(text: &str, bytes: Option<&[u8; SHORT + 1]>) -> Self {
        let length = text.len();
        if let Some(bytes) = bytes.filter(|_| length <= SHORT) {
            // Copied whole, and cut: that is quicker than copying as much as there is.
            let [mut one, mut two, mut three] = [0, 8, 16].map(|from| {
                let word: [u8; 8] = std::array::from_fn(|at| bytes[from + at]);
                u64::from_le_bytes(word)
            });
            let low = |bytes: usize| (1_u64 << (8 * bytes)) - 1;
            match length {
                0..8 => (one, two, three) = (one & low(length), 0, 0),
                8..16 => (two, three) = (two & low(length - 8), 0),
                _ => three &= low(length - 16),
            }
            let words = [one.to_le_bytes(), two.to_le_bytes(), three.to_le_bytes()];
            let cut = words.as_flattened().first_chunk().copied();
            if let Some(text) = cut.and_then(|cut| Self::short(length, cut)) {
                return text;
            }
        }
        text.into()
    }
}

impl Default for Text {
    fn default() -> Self {
        Self(Kept::Short { length: NonZeroU8::MIN, bytes: [0; SHORT] })
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        let mut bytes = [0; SHORT];
        if let Some(place) = bytes.get_mut(..text.len()) {
            place.copy_from_slice(text.as_bytes());
        }
        let short = Self::short(text.len(), bytes).filter(|_| text.len() <= SHORT);
        short.unwrap_or_else(|| Self(Kept::Long(text.into())))
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        text.as_str().into()
    }
}

impl From<Text> for String {
    fn from(text: Text) -> Self {
        text.as_str().to_owned()
    }
}

impl Deref for Text {
    type Target = str;

    fn deref(&self) -> &str {
        self.as_str()
    }
}

impl AsRef<str> for Text {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

impl Borrow<str> for Text {
    fn borrow(&self) -> &str {
        self.as_str()
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_str().fmt(f)
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

impl Hash for Text {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_str().hash(state);
    }
}

impl PartialOrd for Text {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Text {
    fn cmp(&self, other: &Self) -> Ordering {
        self.as_str().cmp(other.as_str())
    }
}

macro_rules! equal {
    ($($other:ty)+) => {$(
        impl PartialEq<$other> for Text {
            fn eq(&self, other: &$other) -> bool {
                let other: &str = other;
                self.as_str() == other
            }
        }

        impl PartialEq<Text> for $other {
            fn eq(&self, other: &Text) -> bool {
                other == self
            }
        }
    )+};
}
equal! { str &str String }

impl Serialize for Text {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self)
    }
}

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_the_same_text_whatever_its_length() {
        assert_eq!(size_of::<Text>(), size_of::<String>());
        for length in 0..60 {
            let text: String = "aäb€𝄞".chars().cycle().take(length).collect();
            let behind = format!("{text}\" and what follows it in the answer");
            let read = Text::beginning(&text, behind.as_bytes().first_chunk());
            for kept in [Text::from(text.as_str()), text.clone().into(), read, Text::beginning(&text, None)] {
                assert_eq!((kept.as_str(), kept.len()), (text.as_str(), text.len()));
                assert_eq!(kept, Text::from(text.as_str()));
                assert_eq!(String::from(kept), text);
            }
            assert_ne!(Text::from(text.as_str()), Text::from(format!("{text}\0")));
        }
        let (a, b) = (Text::from("a"), Text::from("b".to_owned()));
        assert!(a < b && a == "a" && "b" == b && a != "a".repeat(24) && Text::default().is_empty());
    }
}
