//! Points in time as the API writes them: usually without a zone (UTC is meant), sometimes with one,
//! and `0001-01-01T00:00:00.000` for "never" (reference §1.9).

use std::str::FromStr;

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// How the API writes "never".
pub const NEVER: &str = "0001-01-01T00:00:00.000";

/// A point in time, written in UTC with milliseconds and no zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Stamp(pub jiff::Timestamp);

impl std::fmt::Display for Stamp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.strftime("%Y-%m-%dT%H:%M:%S.%3f").fmt(f)
    }
}

/// The text is none of the layouts on record.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a date that this API writes")]
pub struct NotADate(String);

impl FromStr for Stamp {
    type Err = NotADate;

    fn from_str(text: &str) -> Result<Self, NotADate> {
        const LAYOUTS: [&str; 5] = [
            "%m/%d/%Y %I:%M:%S %p",
            "%m/%d/%Y %H:%M:%S",
            "%m/%d/%Y %H:%M",
            "%m-%d-%Y %H:%M:%S%.f",
            "%Y/%m/%d %H:%M:%S%.f",
        ];
        let text = text.trim();
        let utc = |civil: DateTime| civil.to_zoned_datetime(TimeZone::UTC).ok().map(|zoned| Self(zoned.timestamp()));
        text.parse::<jiff::Timestamp>()
            .ok()
            .map(Self)
            .or_else(|| text.parse::<DateTime>().ok().and_then(utc))
            .or_else(|| LAYOUTS.iter().find_map(|layout| DateTime::strptime(layout, text).ok()).and_then(utc))
            .ok_or_else(|| NotADate(text.to_owned()))
    }
}

impl Serialize for Stamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Stamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// For `#[serde(with = "or_never")]` on an `Option<Stamp>`: writes [`NEVER`] for `None` and reads a
/// missing value, an empty text, and any moment of year 1 as `None`.
pub mod or_never {
    use super::{Deserialize, Deserializer, NEVER, Serializer, Stamp};

    pub fn serialize<S: Serializer>(stamp: &Option<Stamp>, serializer: S) -> Result<S::Ok, S::Error> {
        match stamp {
            Some(stamp) => serializer.collect_str(stamp),
            None => serializer.serialize_str(NEVER),
        }
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Stamp>, D::Error> {
        match Option::<String>::deserialize(deserializer)? {
            None => Ok(None),
            Some(text) if text.trim().is_empty() || text.starts_with("0001-01-01") => Ok(None),
            Some(text) => text.parse().map(Some).map_err(serde::de::Error::custom),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_layout_on_record_means_the_same_moment() {
        let expected: Stamp = "2024-06-28T04:35:20.000".parse().expect("a date");
        for text in [
            "2024-06-28T04:35:20Z",
            "2024-06-28T04:35:20",
            "2024-06-28 04:35:20",
            "2024/06/28 04:35:20",
            "06/28/2024 04:35:20",
            "6/28/2024 4:35:20 AM",
            "06-28-2024 04:35:20.000",
            "2024-06-28T06:35:20+02:00",
        ] {
            assert_eq!(text.parse::<Stamp>(), Ok(expected), "{text}");
        }
        assert_eq!(expected.to_string(), "2024-06-28T04:35:20.000");
        assert!("yesterday".parse::<Stamp>().is_err());
    }

    #[test]
    fn never_is_none_both_ways() {
        #[derive(Serialize, Deserialize)]
        struct Row {
            #[serde(with = "or_never", default)]
            at: Option<Stamp>,
        }
        for text in [r#"{"at":"0001-01-01T00:00:00.000"}"#, r#"{"at":""}"#, r#"{"at":null}"#, "{}"] {
            let row: Row = serde_json::from_str(text).expect("reads");
            assert_eq!(row.at, None, "{text}");
        }
        assert_eq!(serde_json::to_string(&Row { at: None }).expect("writes"), format!(r#"{{"at":"{NEVER}"}}"#));
    }
}
