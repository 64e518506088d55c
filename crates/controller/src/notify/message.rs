//! What is said when an alert opens or resolves.

use serde::Serialize;
use uuid::Uuid;

use super::Event;
use crate::alerts::Alert;

/// The JSON object that a channel carries. `text` alone is enough for chat receivers; the other fields
/// are for programs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Message {
    /// One line for a person.
    pub text: String,
    /// `opened` or `resolved`.
    pub event: &'static str,
    pub alert_id: Uuid,
    /// The rule's word.
    pub rule: &'static str,
    /// What the alert is about, such as a plan id; empty where the rule has only one subject.
    pub subject: String,
    pub severity: &'static str,
    pub tenant: String,
    pub summary: String,
    pub opened_at: Option<String>,
    pub resolved_at: Option<String>,
}

impl Message {
    /// The message of `event` about `alert` of `tenant`.
    pub fn new(event: Event, alert: &Alert, tenant: &str) -> Self {
        let severity = alert.rule.severity().as_str();
        let (lead, summary) = match (event, &alert.resolution) {
            (Event::Resolved, Some(resolution)) => ("resolved", resolution),
            (Event::Resolved, None) => ("resolved", &alert.summary),
            (Event::Opened, _) => (severity, &alert.summary),
        };
        Self {
            text: format!("[muster {tenant}] {lead}: {summary}"),
            event: event.as_str(),
            alert_id: alert.id,
            rule: alert.rule.as_str(),
            subject: alert.subject.clone(),
            severity,
            tenant: tenant.to_owned(),
            summary: summary.clone(),
            opened_at: alert.opened_at.map(|at| at.to_string()),
            resolved_at: alert.resolved_at.map(|at| at.to_string()),
        }
    }
}
