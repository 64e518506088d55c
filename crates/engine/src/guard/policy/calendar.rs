//! When changes may be made: freezes and maintenance windows, in the time zone of the people they are for.

use jiff::civil::{Date, DateTime, Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};
use serde::{Deserialize, Serialize};

use crate::plan::{Risk, Verdict};

/// A time in which nothing is changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Freeze {
    pub name: String,
    /// Local time, such as `2026-12-18T18:00`.
    pub from: DateTime,
    /// It ends with this moment.
    pub until: DateTime,
    /// Name in the time zone database, such as `Europe/Berlin`.
    #[serde(default = "utc")]
    pub time_zone: String,
    /// The mildest class of risk that it stops.
    #[serde(default)]
    pub risk: Risk,
    /// Only targets of these organization groups, by name or id.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<String>,
    /// `hold` or `refuse`.
    #[serde(default = "hold")]
    pub then: Verdict,
}

/// A time that comes again every week, to which changes are kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MaintenanceWindow {
    pub name: String,
    /// Days on which it opens; none named means every day.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub days: Vec<Day>,
    /// Local time.
    pub from: Time,
    /// Local time at which it closes; not later than `from` means on the next day.
    pub until: Time,
    /// Name in the time zone database, such as `Europe/Berlin`.
    #[serde(default = "utc")]
    pub time_zone: String,
    /// The mildest class of risk that it is for.
    #[serde(default = "disruptive")]
    pub risk: Risk,
    /// Only for targets of these organization groups, by name or id.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<String>,
}

/// A day of the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Day {
    Mon,
    Tue,
    Wed,
    Thu,
    Fri,
    Sat,
    Sun,
}

impl From<Weekday> for Day {
    fn from(day: Weekday) -> Self {
        match day {
            Weekday::Monday => Self::Mon,
            Weekday::Tuesday => Self::Tue,
            Weekday::Wednesday => Self::Wed,
            Weekday::Thursday => Self::Thu,
            Weekday::Friday => Self::Fri,
            Weekday::Saturday => Self::Sat,
            Weekday::Sunday => Self::Sun,
        }
    }
}

fn utc() -> String {
    "UTC".to_owned()
}

fn hold() -> Verdict {
    Verdict::Hold
}

fn disruptive() -> Risk {
    Risk::Disruptive
}

/// The zone of a name.
pub(super) fn zone(name: &str) -> Result<TimeZone, String> {
    TimeZone::get(name).map_err(|_| format!("there is no time zone `{name}` in this machine's database"))
}

impl Freeze {
    /// Until when it holds at `now`; `None` if it does not.
    ///
    /// # Errors
    /// One sentence: the time zone is not known here.
    pub fn holds(&self, now: Timestamp) -> Result<Option<Timestamp>, String> {
        let zone = zone(&self.time_zone)?;
        let moment = |local: DateTime| zone.to_ambiguous_timestamp(local).compatible().unwrap_or(Timestamp::MAX);
        let (from, until) = (moment(self.from), moment(self.until));
        Ok((from <= now && now < until).then_some(until))
    }
}

impl MaintenanceWindow {
    /// Whether it is open at `now`, and if not, when it opens next.
    ///
    /// # Errors
    /// One sentence: the time zone is not known here.
    pub fn opens(&self, now: Timestamp) -> Result<Opening, String> {
        let zone = zone(&self.time_zone)?;
        let today = zone.to_datetime(now).date();
        let mut next = None;
        // It may have opened yesterday; and a week from today it has opened on each of its days.
        for days in -1..=8 {
            let Ok(date) = today.checked_add(days.days()) else { continue };
            if !self.days.is_empty() && !self.days.contains(&date.weekday().into()) {
                continue;
            }
            let (from, until) = self.on(date, &zone);
            if from <= now && now < until {
                return Ok(Opening::Open { until });
            }
            if from > now && next.is_none() {
                next = Some(from);
            }
        }
        Ok(Opening::Closed { opens: next })
    }

    /// From when until when it is open on a day. What daylight saving time leaves out is moved as clocks are.
    fn on(&self, date: Date, zone: &TimeZone) -> (Timestamp, Timestamp) {
        let moment = |date: Date, time: Time| {
            zone.to_ambiguous_timestamp(date.to_datetime(time)).compatible().unwrap_or(Timestamp::MAX)
        };
        let last = if self.until > self.from { date } else { date.tomorrow().unwrap_or(date) };
        (moment(date, self.from), moment(last, self.until))
    }
}

/// Where a window stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opening {
    Open { until: Timestamp },
    Closed { opens: Option<Timestamp> },
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().expect("a time")
    }

    fn nights() -> MaintenanceWindow {
        serde_json::from_value(serde_json::json!({
            "name": "nights", "days": ["mon", "fri"], "from": "22:00", "until": "05:00", "time_zone": "Europe/Berlin",
        }))
        .expect("a window")
    }

    #[test]
    fn a_window_over_midnight_belongs_to_the_day_it_opens_on() {
        // 2026-11-23 is a Monday; Berlin is an hour ahead of UTC.
        let until = at("2026-11-24T04:00:00Z");
        for (now, opening) in [
            ("2026-11-23T20:59:59Z", Opening::Closed { opens: Some(at("2026-11-23T21:00:00Z")) }),
            ("2026-11-23T21:00:00Z", Opening::Open { until }),
            ("2026-11-24T03:59:59Z", Opening::Open { until }),
            ("2026-11-24T04:00:00Z", Opening::Closed { opens: Some(at("2026-11-27T21:00:00Z")) }),
            ("2026-11-24T22:00:00Z", Opening::Closed { opens: Some(at("2026-11-27T21:00:00Z")) }),
            // Summer time: two hours ahead.
            ("2026-07-03T20:30:00Z", Opening::Open { until: at("2026-07-04T03:00:00Z") }),
        ] {
            assert_eq!(nights().opens(at(now)), Ok(opening), "{now}");
        }
    }

    #[test]
    fn an_hour_that_does_not_exist_is_moved_as_clocks_are() {
        let window = MaintenanceWindow {
            days: Vec::new(),
            from: jiff::civil::time(2, 30, 0, 0),
            until: jiff::civil::time(4, 0, 0, 0),
            ..nights()
        };
        // On 2026-03-29 clocks go from 02:00 to 03:00: it opens at 03:30 summer time.
        let opens = Opening::Closed { opens: Some(at("2026-03-29T01:30:00Z")) };
        assert_eq!(window.opens(at("2026-03-29T01:00:00Z")), Ok(opens));
        assert_eq!(window.opens(at("2026-03-29T01:30:00Z")), Ok(Opening::Open { until: at("2026-03-29T02:00:00Z") }));
    }

    #[test]
    fn a_freeze_holds_from_its_first_moment_until_its_last() {
        let freeze: Freeze = serde_json::from_value(serde_json::json!({
            "name": "year's end", "from": "2026-12-18T18:00", "until": "2027-01-04T06:00",
            "time_zone": "America/New_York",
        }))
        .expect("a freeze");
        let until = at("2027-01-04T11:00:00Z");
        for (now, holds) in [
            ("2026-12-18T22:59:59Z", None),
            ("2026-12-18T23:00:00Z", Some(until)),
            ("2027-01-04T10:59:59Z", Some(until)),
            ("2027-01-04T11:00:00Z", None),
        ] {
            assert_eq!(freeze.holds(at(now)), Ok(holds), "{now}");
        }
        let nowhere = Freeze { time_zone: "Europe/Atlantis".to_owned(), ..freeze };
        assert!(nowhere.holds(until).is_err_and(|why| why.contains("Atlantis")));
    }
}
