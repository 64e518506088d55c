//! A time span as people write it: `20m`, `24h`, `1h 30m`.

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

/// A span of time, at least a second.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Span(SignedDuration);

impl Span {
    /// So many minutes.
    pub const fn minutes(minutes: i64) -> Self {
        Self(SignedDuration::from_mins(minutes))
    }

    /// The span as a duration.
    pub fn duration(self) -> SignedDuration {
        self.0
    }
}

impl TryFrom<String> for Span {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        match text.parse::<SignedDuration>() {
            Ok(span) if span >= SignedDuration::from_secs(1) => Ok(Self(span)),
            _ => Err(format!("`{text}` is not a span of time; write 20m, 24h or 7h 30m")),
        }
    }
}

impl From<Span> for String {
    fn from(span: Span) -> Self {
        span.to_string()
    }
}

impl std::fmt::Display for Span {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:#}", self.0)
    }
}
