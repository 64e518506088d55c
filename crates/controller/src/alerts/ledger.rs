//! How a judgement moves an alert: once for each cause, and not at every flutter.

use super::{Alert, Judgement, State};
use crate::ids;

/// What a judgement changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// Seen for the first time, but not often enough yet: remember it.
    Watched(Alert),
    /// Tell people.
    Opened(Alert),
    /// Another look at a known alert; nothing to tell.
    Noted(Alert),
    /// Tell people that it is over.
    Resolved(Alert),
    /// It went away before anybody was told.
    Forgotten(Alert),
}

impl Change {
    /// The alert after the change.
    pub fn alert(&self) -> &Alert {
        match self {
            Self::Watched(alert)
            | Self::Opened(alert)
            | Self::Noted(alert)
            | Self::Resolved(alert)
            | Self::Forgotten(alert) => alert,
        }
    }
}

/// What `judgement` means for the living alert of the same rule and subject, if there is one. `None`:
/// nothing changes, because there is nothing to tell or because the fact has been counted before.
pub fn advance(alert: Option<&Alert>, judgement: &Judgement) -> Option<Change> {
    let mut alert = match alert {
        Some(alert) if judgement.evidence <= alert.evidence => return None,
        Some(alert) => alert.clone(),
        None if judgement.holds => begun(judgement),
        None => return None,
    };
    let is_new = alert.seen == 0 && alert.clear == 0;
    alert.evidence = judgement.evidence;
    if judgement.holds {
        alert.seen = alert.seen.saturating_add(1);
        alert.clear = 0;
        alert.summary.clone_from(&judgement.summary);
    } else {
        alert.clear = alert.clear.saturating_add(1);
        alert.seen = 0;
    }
    Some(match alert.state {
        State::Watching if judgement.holds && alert.seen >= judgement.rule.open_after() => {
            alert.state = State::Open;
            alert.opened_at = Some(judgement.evidence);
            Change::Opened(alert)
        }
        State::Watching if judgement.holds && is_new => Change::Watched(alert),
        State::Watching if !judgement.holds => Change::Forgotten(alert),
        State::Open if alert.clear >= judgement.rule.resolve_after() => {
            alert.state = State::Resolved;
            alert.resolved_at = Some(judgement.evidence);
            alert.resolution = Some(judgement.summary.clone());
            Change::Resolved(alert)
        }
        State::Watching | State::Open | State::Resolved => Change::Noted(alert),
    })
}

fn begun(judgement: &Judgement) -> Alert {
    Alert {
        id: ids::fresh(judgement.evidence),
        rule: judgement.rule,
        subject: judgement.subject.clone(),
        state: State::Watching,
        summary: judgement.summary.clone(),
        resolution: None,
        seen: 0,
        clear: 0,
        evidence: judgement.evidence,
        first_seen_at: judgement.evidence,
        opened_at: None,
        resolved_at: None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::at;
    use super::super::{Change, Rule};
    use super::*;

    /// Plays a sequence of looks (`x`: the condition holds) and writes what people are told.
    fn told(rule: Rule, looks: &str) -> String {
        let mut living: Option<Alert> = None;
        let mut told = String::new();
        for (minute, look) in looks.chars().enumerate() {
            let judgement = Judgement {
                rule,
                subject: String::new(),
                holds: look == 'x',
                evidence: at(minute as i64),
                summary: "s".into(),
            };
            let change = advance(living.as_ref(), &judgement);
            told.push(match &change {
                Some(Change::Opened(_)) => 'O',
                Some(Change::Resolved(_)) => 'R',
                _ => '.',
            });
            living = match change {
                Some(Change::Resolved(_) | Change::Forgotten(_)) => None,
                Some(change) => Some(change.alert().clone()),
                None => living,
            };
        }
        told
    }

    #[test]
    fn an_alert_opens_once_and_resolves_once_for_each_cause() {
        for (rule, looks, expected) in [
            (Rule::AuthenticationRefused, "-xxx--x", ".O..R.O"),
            (Rule::TenantUnreachable, "-xxx----", "..O..R.."),
            // One lost probe is chance, and so is one good one in a bad hour.
            (Rule::TenantUnreachable, "x-x-x-x-", "........"),
            (Rule::TenantUnreachable, "xx-x-x-x--", ".O.......R"),
            (Rule::NoncompliantShare, "x-x--", "O...R"),
        ] {
            assert_eq!(told(rule, looks), expected, "{rule:?} {looks}");
        }
    }

    #[test]
    fn the_same_fact_counts_once() {
        let judgement = Judgement {
            rule: Rule::TenantUnreachable,
            subject: String::new(),
            holds: true,
            evidence: at(0),
            summary: "s".into(),
        };
        let Some(Change::Watched(alert)) = advance(None, &judgement) else { panic!("it is watched first") };
        assert_eq!(advance(Some(&alert), &judgement), None);
    }
}
