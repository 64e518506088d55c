//! Words of queries about devices. One outside its vocabulary is refused: ignored, it would list everything.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use muster_model::Stamp;
use muster_model::error::code;
use muster_model::words::{ComplianceStatus, EnrollmentStatus, Ownership, Platform};

use super::super::context::Context;
use super::super::refusal::Refusal;
use crate::store::devices::Order;
use crate::store::organization_groups;

pub(super) fn platform(word: Option<&str>) -> Result<Option<Platform>, Refusal> {
    // Version 3 writes APPLE_OS_X.
    known(
        "platform",
        word,
        |word| Platform::known(word).or_else(|| Platform::known(&word.replace('_', ""))),
        Platform::ALL,
    )
}

pub(super) fn ownership(word: Option<&str>) -> Result<Option<Ownership>, Refusal> {
    known("ownership", word, Ownership::known, Ownership::ALL)
}

pub(super) fn enrollment(word: Option<&str>) -> Result<Option<EnrollmentStatus>, Refusal> {
    known("enrollmentstatus", word, EnrollmentStatus::known, EnrollmentStatus::ALL)
}

/// `true` and `false`, or the words themselves.
pub(super) fn compliance(name: &str, word: Option<&str>) -> Result<Option<ComplianceStatus>, Refusal> {
    let Some(word) = word else { return Ok(None) };
    let status = match word.to_ascii_lowercase().as_str() {
        "true" => Some(ComplianceStatus::Compliant),
        "false" => Some(ComplianceStatus::NonCompliant),
        _ => ComplianceStatus::known(&word.replace('_', "")).or_else(|| ComplianceStatus::known(word)),
    };
    status.map(Some).ok_or_else(|| unknown(name, word, "true, false"))
}

pub(super) fn order(word: Option<&str>) -> Result<Order, Refusal> {
    match word.map(|word| word.to_ascii_lowercase().replace('_', "")).as_deref() {
        None | Some("deviceid" | "id") => Ok(Order::Id),
        Some("model" | "modelidentifier") => Ok(Order::Model),
        Some("lastseen") => Ok(Order::LastSeen),
        Some("ownership") => Ok(Order::Ownership),
        Some("platform" | "devicetype") => Ok(Order::Platform),
        Some(other) => Err(unknown("orderby", other, "model, lastseen, ownership, platform, deviceid")),
    }
}

/// Whether a search is to be sorted from the end.
pub(super) fn descending(word: Option<&str>) -> Result<bool, Refusal> {
    match word.map(str::to_ascii_uppercase).as_deref() {
        None | Some("ASC") => Ok(false),
        Some("DESC") => Ok(true),
        Some(other) => Err(unknown("sortorder", other, "ASC, DESC")),
    }
}

fn known<W: std::fmt::Display>(
    name: &str,
    word: Option<&str>,
    read: impl Fn(&str) -> Option<W>,
    all: &[W],
) -> Result<Option<W>, Refusal> {
    let Some(word) = word else { return Ok(None) };
    let list = || all.iter().map(W::to_string).collect::<Vec<_>>().join(", ");
    read(word).map(Some).ok_or_else(|| unknown(name, word, &list()))
}

pub(super) fn unknown(name: &str, word: &str, known: &str) -> Refusal {
    Refusal::new(400, code::UNPROCESSABLE, format!("'{word}' is not a valid value of {name}. Valid are: {known}."))
}

/// A date or a point in time in any layout that searches take.
pub(super) fn moment(name: &str, text: &str) -> Result<Timestamp, Refusal> {
    if let Ok(Stamp(moment)) = text.parse() {
        return Ok(moment);
    }
    ["%Y-%m-%d", "%Y/%m/%d", "%m/%d/%Y", "%m-%d-%Y"]
        .iter()
        .find_map(|layout| Date::strptime(layout, text).ok())
        .and_then(|date| date.to_zoned_datetime(TimeZone::UTC).ok())
        .map(|zoned| zoned.timestamp())
        .ok_or_else(|| unknown(name, text, "a date such as 2026-01-31 or 2026-01-31T08:00:00"))
}

pub(super) fn no_group(group: impl std::fmt::Display) -> Refusal {
    Refusal::no_group(group)
}

/// A group that was asked for, if the caller sees it.
pub(super) async fn group(context: &Context, asked: Option<i64>) -> Result<Option<i64>, Refusal> {
    let Some(asked) = asked else { return Ok(None) };
    match organization_groups::get(context.database(), asked, context.scope()).await? {
        Some(group) => Ok(Some(group.id)),
        None => Err(no_group(asked)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_in_every_layout_that_searches_take() {
        for text in ["2026-01-31", "2026/01/31", "01/31/2026", "01-31-2026", "2026-01-31T00:00:00Z"] {
            assert_eq!(moment("seensince", text).expect("a date").as_second(), 1_769_817_600, "{text}");
        }
        assert_eq!(moment("seensince", "yesterday").expect_err("no date").status(), 400);
    }

    #[test]
    fn a_word_outside_its_vocabulary_is_refused_with_the_vocabulary() {
        let Err(Refusal::Fault { status: 400, code: 422, message }) = platform(Some("Symbian")) else {
            panic!("not refused")
        };
        assert!(message.contains("Symbian") && message.contains("AppleOsX"), "{message}");
        assert_eq!(platform(Some("APPLE_OS_X")).expect("known"), Some(Platform::AppleOsX));
        assert_eq!(ownership(Some("CorporateShared")).expect("known"), Some(Ownership::Shared));
        assert_eq!(compliance("c", Some("NOT_COMPLIANT")).expect("known"), Some(ComplianceStatus::NonCompliant));
    }
}
