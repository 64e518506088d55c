//! Whether a secret is old, or good for a while only.

use jiff::{SignedDuration, Timestamp};

use super::{Facts, Settings};

const DAY: i64 = 24 * 3600;

/// What there is to say about a secret's age, the worst of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Age {
    /// Neither old nor near its end, or nothing is known.
    Fine,
    /// So many days old, and that is more than it should be.
    Old(i64),
    /// Good for so many days more.
    Ends(i64),
    /// It was good until then.
    Over(Timestamp),
}

impl Age {
    pub(crate) fn of(facts: &Facts, settings: &Settings, now: Timestamp) -> Self {
        if let Some(end) = facts.expires_at {
            if end <= now {
                return Self::Over(end);
            }
            let left = end.duration_since(now);
            if left < days(settings.warn_days) {
                return Self::Ends(left.as_secs() / DAY);
            }
        }
        match facts.changed_at.map(|since| now.duration_since(since)) {
            Some(age) if age > days(settings.max_age_days) => Self::Old(age.as_secs() / DAY),
            _ => Self::Fine,
        }
    }

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Fine => "fine",
            Self::Old(_) => "old",
            Self::Ends(_) => "ends soon",
            Self::Over(_) => "over",
        }
    }
}

fn days(count: u32) -> SignedDuration {
    SignedDuration::from_secs(i64::from(count) * DAY)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_of_it_is_told() {
        let settings = Settings { max_age_days: 90, warn_days: 14, ..Settings::default() };
        let now = Timestamp::from_second(1_000 * DAY).expect("a moment");
        let day = |count: i64| Timestamp::from_second(count * DAY).ok();
        let age = |changed_at, expires_at| Age::of(&Facts { changed_at, expires_at }, &settings, now);
        assert_eq!(age(None, None), Age::Fine);
        assert_eq!(age(day(911), day(1_014)), Age::Fine);
        assert_eq!(age(day(909), None), Age::Old(91));
        assert_eq!(age(day(909), day(1_013)), Age::Ends(13));
        assert_eq!(age(day(999), day(1_000)), Age::Over(now));
    }
}
