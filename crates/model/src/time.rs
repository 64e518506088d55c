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

impl Stamp {
    /// As it is written, unless its year is before the first one: a list of devices has five of these a row.
    pub(crate) fn written(self) -> Option<[u8; 23]> {
        let at = TimeZone::UTC.to_datetime(self.0);
        let mut text = *b"0000-00-00T00:00:00.000";
        let mut put = |from: usize, to: usize, mut number: u64| {
            for digit in text.iter_mut().take(to).skip(from).rev() {
                *digit = b'0' + u8::try_from(number % 10).unwrap_or_default();
                number /= 10;
            }
        };
        let small = |number: i8| u64::from(number.unsigned_abs());
        put(0, 4, u64::try_from(at.year()).ok()?);
        put(5, 7, small(at.month()));
        put(8, 10, small(at.day()));
        put(11, 13, small(at.hour()));
        put(14, 16, small(at.minute()));
        put(17, 19, small(at.second()));
        put(20, 23, u64::from(at.subsec_nanosecond().unsigned_abs() / 1_000_000));
        Some(text)
    }
}

impl std::fmt::Display for Stamp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.written().as_ref().map(|text| std::str::from_utf8(text)) {
            Some(Ok(text)) => f.write_str(text),
            _ => self.0.strftime("%Y-%m-%dT%H:%M:%S.%3f").fmt(f),
        }
    }
}

/// `2024-06-28T04:35:20`, with or without a fraction and a `Z`: what is written nearly everywhere.
fn usual(text: &[u8]) -> Option<Stamp> {
    let (moment, fraction) = text.split_at_checked(19)?;
    let number = |from: usize, to: usize| {
        moment
            .get(from..to)?
            .iter()
            .try_fold(0_i16, |number, digit| digit.is_ascii_digit().then(|| number * 10 + i16::from(digit - b'0')))
    };
    let small = |from: usize| number(from, from + 2).and_then(|number| i8::try_from(number).ok());
    let marks = [(4, b'-'), (7, b'-'), (10, b'T'), (13, b':'), (16, b':')];
    if !marks.iter().all(|(at, mark)| moment.get(*at) == Some(mark)) {
        return None;
    }
    let fraction = fraction.strip_suffix(b"Z").unwrap_or(fraction);
    let nanoseconds = match fraction.split_first() {
        None => 0,
        Some((b'.', digits)) if matches!(digits.len(), 1..=9) && digits.iter().all(u8::is_ascii_digit) => {
            let read = digits.iter().fold(0_i32, |number, digit| number * 10 + i32::from(digit - b'0'));
            read * 10_i32.pow(9 - u32::try_from(digits.len()).ok()?)
        }
        Some(_) => return None,
    };
    let day = Date::new(number(0, 4)?, small(5)?, small(8)?).ok()?;
    let (hour, minute, second) = (small(11)?, small(14)?, small(17)?);
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    // Days since 1970 of a year that begins in March, so that the day of a leap year is its last one.
    let (year, month) = (i64::from(day.year()), i64::from(day.month()));
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let of_year = (153 * month + 2) / 5 + i64::from(day.day()) - 1;
    let days = era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468;
    let seconds = ((days * 24 + i64::from(hour)) * 60 + i64::from(minute)) * 60 + i64::from(second);
    jiff::Timestamp::new(seconds, nanoseconds).ok().map(Stamp)
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
        if let Some(stamp) = usual(text.as_bytes()) {
            return Ok(stamp);
        }
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
    let text = text.trim_ascii();
    text.is_empty() || text.starts_with("0001-01-01") || text.starts_with("01/01/0001") || text.starts_with("1/1/0001")
}

impl Serialize for Stamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.written().as_ref().map(|text| std::str::from_utf8(text)) {
            Some(Ok(text)) => serializer.serialize_str(text),
            _ => serializer.collect_str(self),
        }
    }
}

impl<'de> Deserialize<'de> for Stamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
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
    fn the_usual_layout_means_what_any_layout_means() {
        for day in [
            "1970-01-01",
            "1969-12-31",
            "2000-02-29",
            "1900-02-28",
            "2023-12-31",
            "2024-03-01",
            "0001-01-01",
            "9999-12-29",
        ] {
            for time in ["00:00:00", "23:59:59.999", "12:34:56.123456789Z", "01:02:03.5"] {
                let text = format!("{day}T{time}");
                let civil: DateTime = text.trim_end_matches('Z').parse().expect("a date");
                let expected = civil.to_zoned_datetime(TimeZone::UTC).expect("within").timestamp();
                assert_eq!(usual(text.as_bytes()), Some(Stamp(expected)), "{text}");
                let written = expected.strftime("%Y-%m-%dT%H:%M:%S.%3f").to_string();
                assert_eq!(Stamp(expected).to_string(), written, "{text}");
            }
        }
        for wrong in [
            "2023-02-29T00:00:00",
            "2023-01-01T24:00:00",
            "2023-01-01T00:00:60",
            "2023-13-01T00:00:00",
            "2023-01-01T00:00:00.",
            "2023-01-01T00:00:00+01:00",
        ] {
            assert_eq!(usual(wrong.as_bytes()), None, "{wrong}");
        }
        let before = Stamp(jiff::Timestamp::MIN);
        assert_eq!(before.to_string(), jiff::Timestamp::MIN.strftime("%Y-%m-%dT%H:%M:%S.%3f").to_string());
    }
}
