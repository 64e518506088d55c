//! What people were told.

use jiff::Timestamp;

use crate::alerts::{Alert, Rule, Severity};
use crate::notify;
use crate::web::words::{When, number, short};

/// Open alerts, the ones that ended lately, and whether the messages arrive.
pub(in crate::web::pages) struct Alerts {
    pub(in crate::web::pages) open: Vec<Row>,
    pub(in crate::web::pages) resolved: Vec<Row>,
    /// What the messages came to; empty without a channel.
    pub(in crate::web::pages) deliveries: String,
    /// Why a message has not arrived.
    pub(in crate::web::pages) trouble: String,
}

/// One alert.
pub(in crate::web::pages) struct Row {
    /// `bad`, `warn` or `note`.
    pub(in crate::web::pages) tone: &'static str,
    pub(in crate::web::pages) severity: &'static str,
    pub(in crate::web::pages) rule: &'static str,
    pub(in crate::web::pages) summary: String,
    /// The end of the plan's or job's id, for an alert about one.
    pub(in crate::web::pages) subject: String,
    pub(in crate::web::pages) when: When,
}

impl Alerts {
    /// `deliveries` are counts by state.
    pub(in crate::web::pages) fn new(
        open: &[Alert],
        resolved: &[Alert],
        deliveries: &[(String, u64)],
        trouble: Option<String>,
        now: Timestamp,
    ) -> Self {
        let mut open: Vec<&Alert> = open.iter().collect();
        open.sort_by_key(|alert| (alert.rule.severity(), alert.first_seen_at));
        let count = |state: notify::State| {
            deliveries.iter().find(|(word, _)| word == state.as_str()).map_or(0, |(_, number)| *number)
        };
        let words = [
            (count(notify::State::Delivered), "delivered"),
            (count(notify::State::Waiting), "on the way"),
            (count(notify::State::GivenUp), "given up"),
        ];
        let words: Vec<String> = words
            .iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, word)| format!("{} {word}", number(*count)))
            .collect();
        Self {
            open: open.into_iter().map(|alert| row(alert, alert.opened_at, now)).collect(),
            resolved: resolved.iter().map(|alert| row(alert, alert.resolved_at, now)).collect(),
            deliveries: words.join(", "),
            trouble: trouble.unwrap_or_default(),
        }
    }
}

fn row(alert: &Alert, at: Option<Timestamp>, now: Timestamp) -> Row {
    let severity = alert.rule.severity();
    Row {
        tone: match severity {
            Severity::Critical => "bad",
            Severity::Warning => "warn",
            Severity::Notice => "note",
        },
        severity: severity.as_str(),
        rule: alert.rule.as_str(),
        summary: alert.resolution.clone().unwrap_or_else(|| alert.summary.clone()),
        subject: if alert.rule == Rule::ApprovalWaiting { short(&alert.subject).to_owned() } else { String::new() },
        when: When::new(at.unwrap_or(alert.first_seen_at), now),
    }
}
