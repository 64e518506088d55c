//! `name=value,name=value`: how an order for a fault says its particulars.

use std::collections::BTreeMap;
use std::str::FromStr;
use std::time::Duration;

/// Words that have not been understood yet.
pub(super) struct Words(BTreeMap<String, String>);

impl Words {
    pub(super) fn read(text: &str) -> Result<Self, String> {
        let mut words = BTreeMap::new();
        for word in text.split(',').map(str::trim).filter(|word| !word.is_empty()) {
            let (name, value) = word.split_once('=').unwrap_or((word, ""));
            if words.insert(name.trim().to_owned(), value.trim().to_owned()).is_some() {
                return Err(format!("{name}= is there twice"));
            }
        }
        Ok(Self(words))
    }

    pub(super) fn nothing_left(&self, kind: &str) -> Result<(), String> {
        match self.0.keys().next() {
            None => Ok(()),
            Some(name) => Err(format!("{kind} knows no {name}")),
        }
    }

    pub(super) fn text(&mut self, name: &str) -> Option<String> {
        self.0.remove(name)
    }

    pub(super) fn flag(&mut self, name: &str) -> bool {
        self.0.remove(name).is_some()
    }

    pub(super) fn number<N: FromStr>(&mut self, name: &str) -> Result<Option<N>, String> {
        let Some(text) = self.0.remove(name) else { return Ok(None) };
        text.parse().map(Some).map_err(|_| format!("{name}= is a number, not {text:?}"))
    }

    /// A number between 0 and 1.
    pub(super) fn share(&mut self, name: &str) -> Result<Option<f64>, String> {
        match self.number::<f64>(name)? {
            Some(share) if !(0.0..=1.0).contains(&share) => Err(format!("{name}= is between 0 and 1")),
            share => Ok(share),
        }
    }

    pub(super) fn span(&mut self, name: &str) -> Result<Option<Duration>, String> {
        let Some(text) = self.0.remove(name) else { return Ok(None) };
        span(&text).map(Some).ok_or_else(|| format!("{name}= is a time such as 2s, 500ms, 10m or 2h, not {text:?}"))
    }

    pub(super) fn needed_span(&mut self, name: &str) -> Result<Duration, String> {
        self.span(name)?.ok_or_else(|| format!("{name}= is missing, a time such as 2s, 500ms, 10m or 2h"))
    }

    /// Seconds forward or, with `-`, back.
    pub(super) fn needed_step(&mut self, name: &str) -> Result<i64, String> {
        let text = self.0.remove(name).unwrap_or_default();
        let wrong = || format!("{name}= is a time such as 2h or -5m, not {text:?}");
        step(&text).ok_or_else(wrong)
    }
}

/// `2h`, `90s`, `500ms`; a bare number is seconds.
pub(crate) fn span(text: &str) -> Option<Duration> {
    let digits = text.trim_end_matches(|letter: char| letter.is_ascii_alphabetic());
    let number: u64 = digits.trim().parse().ok()?;
    let milliseconds = match &text[digits.len()..] {
        "ms" => 1,
        "" | "s" => 1_000,
        "m" => 60_000,
        "h" => 3_600_000,
        "d" => 86_400_000,
        _ => return None,
    };
    Some(Duration::from_millis(number.checked_mul(milliseconds)?))
}

/// A span of whole seconds with a sign.
pub(crate) fn step(text: &str) -> Option<i64> {
    let (sign, text) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    Some(sign * i64::try_from(span(text)?.as_secs()).ok()?)
}

pub(super) fn span_text(span: Duration) -> String {
    match span.subsec_millis() {
        0 => format!("{}s", span.as_secs()),
        _ => format!("{}ms", span.as_millis()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read() {
        assert_eq!(span("2h"), Some(Duration::from_secs(7_200)));
        assert_eq!(span("500ms"), Some(Duration::from_millis(500)));
        assert_eq!(span("3"), Some(Duration::from_secs(3)));
        assert_eq!((span("h"), span("2 weeks"), span("-2s")), (None, None, None));
        assert_eq!((step("-5m"), step("+2h")), (Some(-300), Some(7_200)));
    }
}
