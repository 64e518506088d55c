//! Caps: how many targets an action or a class of risk may reach within a time, of the tenant or of each group.

use serde::{Deserialize, Serialize};

use super::Span;
use crate::plan::{Action, Risk, Verdict};

/// One cap. What it names by `actions` or by `risk` shares one count, for the whole tenant or for each group.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cap {
    /// Commands, operations or verbs: `DeviceWipe`, `Retag`, `mdmv1/Devices_DeleteDevice`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub actions: Vec<String>,
    /// A class of risk, instead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub risk: Option<Risk>,
    /// Whose targets are counted together.
    #[serde(default)]
    pub per: Per,
    /// Only targets of these organization groups, by name or id.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<String>,
    /// What was sent within this time before counts as well.
    pub window: Span,
    /// Exactly so many go through.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub targets: Option<u64>,
    /// Percent of the devices that `of` names, rounded down: a plan that *reaches* it goes through, what *exceeds* it
    /// does not. With `targets` too, the smaller of both counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub percent: Option<f64>,
    /// Of which devices: those of the tenant, or those of the target's organization group. As `per` if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<Denominator>,
    /// A share is never less than this many, so that small groups can be worked with; nor is it where the number of
    /// devices is not known.
    #[serde(default = "one")]
    pub at_least: u64,
    /// What becomes of the excess: `hold` or `refuse`.
    #[serde(default = "hold")]
    pub then: Verdict,
}

/// Whose targets a cap counts together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Per {
    #[default]
    Tenant,
    /// Each organization group for itself; whatever is in none counts together.
    Group,
}

/// What a percentage is taken of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Denominator {
    Tenant,
    Group,
}

fn one() -> u64 {
    1
}

fn hold() -> Verdict {
    Verdict::Hold
}

impl Cap {
    /// A cap of a class of risk without a limit yet.
    pub(crate) fn of_risk(risk: Risk, per: Per, window: Span) -> Self {
        Self {
            actions: Vec::new(),
            risk: Some(risk),
            per,
            groups: Vec::new(),
            window,
            targets: None,
            percent: None,
            of: None,
            at_least: 1,
            then: Verdict::Hold,
        }
    }

    /// Whether it counts an action.
    pub fn counts(&self, action: &Action) -> bool {
        self.risk == Some(action.risk())
            || action.names().iter().any(|name| self.actions.iter().any(|named| same(named, name)))
    }

    /// Whether it counts an action of this word, verb and risk.
    pub(crate) fn counts_words(&self, word: &str, verb: &str, risk: Risk) -> bool {
        self.risk == Some(risk) || self.actions.iter().any(|named| same(named, word) || same(named, verb))
    }

    /// What its percentage is taken of.
    pub fn denominator(&self) -> Denominator {
        self.of.unwrap_or(match self.per {
            Per::Tenant => Denominator::Tenant,
            Per::Group => Denominator::Group,
        })
    }

    /// How many go through, if the devices that the percentage is taken of are so many.
    pub fn limit(&self, devices: Option<u64>) -> u64 {
        let share = self.percent.map(|percent| {
            let share = (devices.unwrap_or(0) as f64 * percent / 100.0 + 1e-9).floor() as u64;
            share.max(self.at_least)
        });
        match (self.targets, share) {
            (Some(targets), Some(share)) => targets.min(share),
            (Some(limit), None) | (None, Some(limit)) => limit,
            (None, None) => u64::MAX,
        }
    }

    /// What it counts, in words: `irreversible actions`, `DeviceWipe, EnterpriseWipe`.
    pub fn subject(&self) -> String {
        match self.risk {
            Some(risk) if self.actions.is_empty() => format!("{risk} actions"),
            Some(risk) => format!("{risk} actions, {}", self.actions.join(", ")),
            None => self.actions.join(", "),
        }
    }
}

/// Words of a policy are compared without regard to case.
pub(super) fn same(a: &str, b: &str) -> bool {
    a.trim().eq_ignore_ascii_case(b)
}

impl std::fmt::Display for Cap {
    /// `irreversible actions: 100 devices or 1 % of the organization group (at least 1), each group for itself, within 24h`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let of = match self.denominator() {
            Denominator::Tenant => "the tenant's devices",
            Denominator::Group => "the organization group's devices",
        };
        let share = self.percent.map(|percent| format!("{percent} % of {of} (at least {})", self.at_least));
        let limit = match (self.targets, share) {
            (Some(targets), Some(share)) => format!("{targets} targets or {share}, whichever is less"),
            (Some(targets), None) => format!("{targets} targets"),
            (None, Some(share)) => share,
            (None, None) => "no limit".to_owned(),
        };
        let per = match self.per {
            Per::Tenant => "of the tenant",
            Per::Group => "of each organization group",
        };
        write!(f, "{} {per} within {}: {limit}", self.subject(), self.window)?;
        if !self.groups.is_empty() {
            write!(f, ", only in {}", self.groups.join(", "))?;
        }
        Ok(())
    }
}
