//! A gate behind each ring: what a ring may show before the next one begins. Pure.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::Rings;

/// Class of an item that the tenant accepted and its device could not do.
pub(crate) const DEVICE: &str = "device";

/// How long a ring is watched unless somebody says otherwise: enough for devices that are reached to answer, and little
/// enough that nobody turns it off. Zero means that nobody watches: what devices answer and whether they are heard from
/// is then not looked at.
pub const SOAK: Duration = Duration::from_secs(15 * 60);

/// How a job grows: ring by ring, each watched for a while, with a gate behind it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Growth {
    pub rings: Rings,
    /// How long the fleet is watched after a ring before the next one begins.
    pub soak: Duration,
    pub gate: Gate,
}

/// What a ring may show without holding the next one. Limits are shares in percent of the ring, and are allowed: what
/// holds is what *exceeds* them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Gate {
    /// Items that failed, expired, or whose outcome is not known; and what devices could not do, of those that have
    /// answered by the end of a soak.
    pub failed: f64,
    /// Devices that were compliant when the ring began and are not any more.
    pub noncompliant: f64,
    /// Devices that were not heard from since the ring began. Looked at only after a soak.
    pub silent: f64,
    /// Classes of failure that hold whatever their share.
    pub classes: Vec<String>,
}

/// What a ring came to, as its gate sees it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Health {
    /// Items that the ring sent or tried to.
    pub items: u64,
    /// Those that could not be sent, and those that their device refused or could not do.
    pub failed: u64,
    pub unknown: u64,
    /// Failures by class.
    pub classes: BTreeMap<String, u64>,
    /// Items of which it was read that they are done.
    #[serde(default)]
    pub proven: u64,
    /// Items that the tenant accepted and of which nothing more is known: no failures, and no success.
    #[serde(default)]
    pub unproven: u64,
    /// Devices among the targets whose state was read.
    pub devices: u64,
    pub noncompliant: u64,
    pub silent: u64,
    /// Whether the fleet was given time.
    pub soaked: bool,
}

impl Default for Growth {
    fn default() -> Self {
        Self { rings: Rings::default(), soak: SOAK, gate: Gate::default() }
    }
}

impl Default for Gate {
    fn default() -> Self {
        let classes = ["conflict", "not-arrived"].map(str::to_owned).to_vec();
        Self { failed: 5.0, noncompliant: 5.0, silent: 50.0, classes }
    }
}

impl Gate {
    /// Why the next ring must not begin; nothing if it may.
    pub fn judge(&self, health: &Health) -> Vec<String> {
        let mut why = Vec::new();
        let bad = health.failed + health.unknown;
        if exceeds(bad, health.items, self.failed) {
            why.push(format!("{bad} of {} items failed or are unknown, more than {} %", health.items, self.failed));
        }
        let refused = health.classes.get(DEVICE).copied().unwrap_or_default();
        let answered = refused + health.proven;
        // Those that have not answered do not speak for it.
        if why.is_empty() && exceeds(refused, answered, self.failed) {
            let limit = self.failed;
            why.push(format!("{refused} of {answered} that have answered could not do it, more than {limit} %"));
        }
        for (class, count) in health.classes.iter().filter(|(class, _)| self.classes.contains(class)) {
            why.push(format!("{count} failed with class {class}"));
        }
        let devices = health.devices;
        if exceeds(health.noncompliant, devices, self.noncompliant) {
            let limit = self.noncompliant;
            why.push(format!(
                "{} of {devices} devices fell out of compliance, more than {limit} %",
                health.noncompliant
            ));
        }
        if health.soaked && exceeds(health.silent, devices, self.silent) {
            why.push(format!(
                "{} of {devices} devices were not heard from since, more than {} %",
                health.silent, self.silent
            ));
        }
        why
    }
}

fn exceeds(part: u64, whole: u64, percent: f64) -> bool {
    whole > 0 && part as f64 * 100.0 / whole as f64 > percent
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gate_holds_for_what_exceeds_its_limits() {
        let gate = Gate::default();
        let health = |failed, items| Health { failed, items, ..Health::default() };
        assert!(gate.judge(&health(5, 100)).is_empty() && !gate.judge(&health(6, 100)).is_empty());
        assert_eq!(gate.judge(&health(1, 1)), ["1 of 1 items failed or are unknown, more than 5 %"]);
        let fleet = Health { devices: 10, noncompliant: 1, silent: 9, soaked: true, items: 10, ..Health::default() };
        let why = gate.judge(&fleet);
        assert_eq!(why.len(), 2, "{why:?}");
        assert_eq!(gate.judge(&Health { soaked: false, noncompliant: 0, ..fleet }), Vec::<String>::new());
        let refused = |refused, proven| Health {
            items: 100,
            failed: refused,
            proven,
            unproven: 100 - refused - proven,
            classes: BTreeMap::from([(DEVICE.to_owned(), refused)]),
            ..Health::default()
        };
        assert!(gate.judge(&refused(5, 95)).is_empty());
        assert_eq!(gate.judge(&refused(6, 94)), ["6 of 100 items failed or are unknown, more than 5 %"]);
        assert_eq!(gate.judge(&refused(4, 3)), ["4 of 7 that have answered could not do it, more than 5 %"]);
        let classes = BTreeMap::from([("conflict".to_owned(), 1)]);
        let one = Health { items: 100, failed: 1, classes, ..Health::default() };
        assert_eq!(gate.judge(&one), ["1 failed with class conflict"]);
    }
}
