//! Figures and times as people read them.

use std::time::Duration;

use jiff::Timestamp;

/// `2,013`.
pub(super) fn number(count: u64) -> String {
    let digits = count.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `12.3 %`; `–` without a share.
pub(super) fn percent(share: Option<f64>) -> String {
    share.map_or_else(|| "–".to_owned(), |share| format!("{share:.1} %"))
}

/// `3 of 5` in percent, for the width of a bar; 0 of nothing.
pub(super) fn share(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { (part as f64 * 100.0 / whole as f64).clamp(0.0, 100.0) }
}

/// `850 µs`, `12 ms`, `1.4 s`, `15 min`, `2 h`, `3 days`: one unit, the largest that fits.
pub(super) fn span(duration: Duration) -> String {
    let seconds = duration.as_secs_f64();
    match duration.as_secs() {
        0 if duration.is_zero() => "0 s".to_owned(),
        0 if duration < Duration::from_millis(1) => format!("{} µs", duration.as_micros()),
        0 => format!("{} ms", duration.as_millis()),
        1..=9 if duration.subsec_millis() >= 50 => format!("{seconds:.1} s"),
        1..=119 => format!("{seconds:.0} s"),
        120..=7_199 => format!("{} min", duration.as_secs() / 60),
        7_200..=172_799 => format!("{} h", duration.as_secs() / 3_600),
        whole => format!("{} days", whole / 86_400),
    }
}

/// `12 s ago`, `in 3 min`, `now`.
pub(super) fn relative(then: Timestamp, now: Timestamp) -> String {
    let micros = now.as_microsecond().saturating_sub(then.as_microsecond());
    let distance = Duration::from_secs(micros.unsigned_abs() / 1_000_000);
    match (distance.is_zero(), micros > 0) {
        (true, _) => "now".to_owned(),
        (false, true) => format!("{} ago", span(distance)),
        (false, false) => format!("in {}", span(distance)),
    }
}

/// `2025-01-01 08:15:00 UTC`.
pub(super) fn moment(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M:%S UTC").to_string()
}

/// A moment in both forms, for a `<time>` element.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct When {
    /// For machines.
    pub(super) iso: String,
    /// For the hover text.
    pub(super) exact: String,
    /// For reading.
    pub(super) relative: String,
}

impl When {
    pub(super) fn new(at: Timestamp, now: Timestamp) -> Self {
        Self { iso: at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(), exact: moment(at), relative: relative(at, now) }
    }
}

/// `1.2 MB`.
pub(super) fn bytes(count: u64) -> String {
    match count {
        0..=9_999 => format!("{} B", number(count)),
        10_000..=999_999 => format!("{} kB", count / 1_000),
        _ => format!("{:.1} MB", count as f64 / 1e6),
    }
}

/// The end of an id: ids of version 7 begin with their time, so it is the end that tells them apart.
pub(super) fn short(id: &str) -> &str {
    id.get(id.len().saturating_sub(8)..).unwrap_or(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped() {
        let texts: Vec<String> = [0, 12, 123, 1_234, 1_234_567].into_iter().map(number).collect();
        assert_eq!(texts, ["0", "12", "123", "1,234", "1,234,567"]);
    }

    #[test]
    fn spans_have_one_unit() {
        for (millis, text) in [
            (0, "0 s"),
            (12, "12 ms"),
            (1_400, "1.4 s"),
            (2_000, "2 s"),
            (59_900, "60 s"),
            (900_000, "15 min"),
            (7_200_000, "2 h"),
            (259_200_000, "3 days"),
        ] {
            assert_eq!(span(Duration::from_millis(millis)), text);
        }
    }

    #[test]
    fn moments_are_told_from_now() {
        let now: Timestamp = "2025-01-01T08:00:00Z".parse().expect("a timestamp");
        for (then, text) in [
            ("2025-01-01T08:00:00.4Z", "now"),
            ("2025-01-01T07:59:18Z", "42 s ago"),
            ("2025-01-01T08:15:00Z", "in 15 min"),
        ] {
            assert_eq!(relative(then.parse().expect("a timestamp"), now), text);
        }
    }
}
