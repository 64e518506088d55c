//! Points in time as the API writes them: usually without a zone (UTC is meant), sometimes with one,
//! and `0001-01-01T00:00:00.000` for "never" (reference §1.9).

use std::str::FromStr;

use jiff::civil::{Date, DateTime, Time};
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
        /// With a time, each also with `T` before it.
        const LAYOUTS: [&str; 11] = [
            "%m/%d/%Y %I:%M:%S %p",
            "%m/%d/%Y %I:%M %p",
            "%m/%d/%Y %H:%M:%S%.f",
            "%m/%d/%Y %H:%M",
            "%m-%d-%Y %I:%M:%S %p",
            "%m-%d-%Y %H:%M:%S%.f",
            "%Y/%m/%d %H:%M:%S%.f",
            "%Y/%m/%d %H:%M",
            "%Y-%m-%d %H:%M",
            "%Y-%m-%d %I-%M-%S-%p",
            "%Y-%m-%d %I:%M:%S %p",
        ];
        /// Without one: its beginning.
        const DAYS: [&str; 4] = ["%Y-%m-%d", "%Y/%m/%d", "%m/%d/%Y", "%m-%d-%Y"];
        let text = text.trim();
        let utc = |civil: DateTime| civil.to_zoned_datetime(TimeZone::UTC).ok().map(|zoned| Self(zoned.timestamp()));
        let spaced = || text.replacen('T', " ", 1);
        let old = || text.strip_prefix("/Date(")?.strip_suffix(")/")?.parse().ok().and_then(Self::of_epoch);
        let day = || DAYS.iter().find_map(|layout| Date::strptime(layout, text).ok());
        text.parse::<jiff::Timestamp>()
            .ok()
            .map(Self)
            .or_else(|| text.parse::<DateTime>().ok().and_then(utc))
            .or_else(|| day().map(|day| day.to_datetime(Time::midnight())).and_then(utc))
            .or_else(|| LAYOUTS.iter().find_map(|layout| DateTime::strptime(layout, spaced()).ok()).and_then(utc))
            .or_else(old)
            .ok_or_else(|| NotADate(text.to_owned()))
    }
}

impl Stamp {
    /// A count since 1970: seconds, or milliseconds where it is too large for those.
    #[must_use]
    pub fn of_epoch(count: i64) -> Option<Self> {
        /// As seconds, this is the year 5138; as milliseconds, 1973.
        const LARGEST_SECOND: i64 = 100_000_000_000;
        let stamp = if count.abs() < LARGEST_SECOND {
            jiff::Timestamp::from_second(count)
        } else {
            jiff::Timestamp::from_millisecond(count)
        };
        stamp.ok().map(Self)
    }
}

/// Whether a text is how the API says "never": nothing, or any moment of year 1.
pub(crate) fn is_never(text: &str) -> bool {
    let text = text.trim();
    text.is_empty() || text.starts_with("0001-01-01") || text.starts_with("01/01/0001") || text.starts_with("1/1/0001")
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
    use super::{Deserializer, NEVER, Serializer, Stamp};

    pub fn serialize<S: Serializer>(stamp: &Option<Stamp>, serializer: S) -> Result<S::Ok, S::Error> {
        match stamp {
            Some(stamp) => serializer.collect_str(stamp),
            None => serializer.serialize_str(NEVER),
        }
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Stamp>, D::Error> {
        crate::member::lenient(deserializer)
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
            "2024-06-28T04:35:20.0000000Z",
            "2024-06-28 04-35-20-AM",
            "2024-06-28T04-35-20-AM",
            "06/28/2024T04:35:20.000",
            "06-28-2024 4:35:20 AM",
            "/Date(1719549320000)/",
        ] {
            assert_eq!(text.parse::<Stamp>(), Ok(expected), "{text}");
        }
        assert_eq!(expected.to_string(), "2024-06-28T04:35:20.000");
        assert_eq!(Stamp::of_epoch(1_719_549_320), Some(expected));
        assert_eq!(Stamp::of_epoch(1_719_549_320_000), Some(expected));
        let midnight: Stamp = "2024-06-28T00:00:00".parse().expect("a date");
        for text in ["2024-06-28", "2024/06/28", "06/28/2024", "06-28-2024"] {
            assert_eq!(text.parse::<Stamp>(), Ok(midnight), "{text}");
        }
        assert!("yesterday".parse::<Stamp>().is_err() && "12".parse::<Stamp>().is_err());
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
