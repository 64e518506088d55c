//! What a person ought to be told: pure rules over what was seen, and the ledger of what is open.
//!
//! A rule judges facts; it never asks for them and never tells anybody. The ledger turns judgements into
//! alerts that open and resolve once for each cause, and wait for a second look where a single one could
//! be chance. Telling people is [`crate::notify`]'s.

mod approval_waiting;
mod authentication_refused;
mod glass_broken;
mod ledger;
mod noncompliant_rise;
mod noncompliant_share;
mod run_failed;
mod task_failures;
mod tenant_unreachable;

pub use ledger::{Change, advance};

use std::time::Duration;

use jiff::Timestamp;
use uuid::Uuid;

use crate::health::Probe;
use crate::inventory::Snapshot;
use crate::run::{Run, WaitingPlan};

/// Declares the rules once: variant, word, severity, and after how many looks an alert opens and resolves.
macro_rules! rules {
    ($($(#[$doc:meta])* $variant:ident = $word:literal, $severity:ident, open after $open:literal, resolve after $resolve:literal, $module:ident;)+) => {
        /// A rule, and with a subject the cause of an alert.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Rule {
            $($(#[$doc])* $variant,)+
        }

        impl Rule {
            /// Every rule, the most urgent first.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word under which the rule is stored, shown and sent.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ }
            }

            /// The rule of that word.
            pub fn known(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|rule| rule.as_str() == word)
            }

            /// How urgent its alerts are.
            pub fn severity(self) -> Severity {
                match self { $(Self::$variant => Severity::$severity,)+ }
            }

            /// How many looks in a row must find the condition before an alert opens.
            pub fn open_after(self) -> u32 {
                match self { $(Self::$variant => $open,)+ }
            }

            /// How many looks in a row must miss the condition before an alert resolves.
            pub fn resolve_after(self) -> u32 {
                match self { $(Self::$variant => $resolve,)+ }
            }
        }

        /// What every rule says of the facts. A rule without evidence says nothing, and its alerts stay as they are.
        pub fn judge(facts: &Facts<'_>, thresholds: &Thresholds) -> Vec<Judgement> {
            let mut judgements = Vec::new();
            $(judgements.extend($module::judge(facts, thresholds));)+
            judgements
        }
    };
}

rules! {
    /// The tenant does not answer, or not as a tenant does.
    TenantUnreachable = "tenant-unreachable", Critical, open after 2, resolve after 2, tenant_unreachable;
    /// The tenant answers, but turns the credentials down.
    AuthenticationRefused = "authentication-refused", Critical, open after 1, resolve after 1, authentication_refused;
    /// Somebody got past the guard alone.
    GlassBroken = "glass-broken", Critical, open after 1, resolve after 1, glass_broken;
    /// A run ended before it could say what ought to be done, or before it was done.
    RunFailed = "run-failed", Critical, open after 1, resolve after 1, run_failed;
    /// Too large a share of a run's tasks failed.
    TaskFailures = "task-failures", Warning, open after 1, resolve after 1, task_failures;
    /// Too large a share of the fleet breaks its policies.
    NoncompliantShare = "noncompliant-share", Warning, open after 1, resolve after 2, noncompliant_share;
    /// The share of devices that break their policies grew quickly.
    NoncompliantRise = "noncompliant-rise", Warning, open after 1, resolve after 2, noncompliant_rise;
    /// A plan has items that only a person can release.
    ApprovalWaiting = "approval-waiting", Notice, open after 1, resolve after 1, approval_waiting;
}

/// How urgent an alert is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Automation stands still, or a guard was got past.
    Critical,
    /// Automation works, its outcome is bad.
    Warning,
    /// A person is waited for.
    Notice,
}

impl Severity {
    /// The word under which the severity is shown and sent.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Critical => "critical",
            Self::Warning => "warning",
            Self::Notice => "notice",
        }
    }
}

/// From which point on a figure is worth an alert.
#[derive(Debug, Clone, PartialEq)]
pub struct Thresholds {
    /// Failed and unknown tasks, in percent of the tasks of a run that ended. Default 20.
    pub failure_percent: f64,
    /// A run with fewer ended tasks than this is too small to judge by its share. Default 5.
    pub failure_minimum: u64,
    /// Devices that break a policy, in percent of the enrolled ones. Default 25.
    pub noncompliant_percent: f64,
    /// Growth of that share in percentage points within [`Self::rise_window`]. Default 5.
    pub rise_points: f64,
    /// How far back the growth looks. Default 24 hours.
    pub rise_window: Duration,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self {
            failure_percent: 20.0,
            failure_minimum: 5,
            noncompliant_percent: 25.0,
            rise_points: 5.0,
            rise_window: Duration::from_secs(24 * 3600),
        }
    }
}

/// What the rules judge; every list has the newest first.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    pub now: Timestamp,
    pub probes: &'a [Probe],
    pub runs: &'a [Run],
    pub snapshots: &'a [Snapshot],
    pub waiting: &'a [WaitingPlan],
    /// Plans for which the glass was broken within the last day.
    pub broken: &'a [BrokenGlass],
    /// Alerts that are not resolved.
    pub living: &'a [Alert],
}

/// One person let one device through alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BrokenGlass {
    /// Id of the plan.
    pub plan: String,
    pub by: String,
    pub reason: String,
    pub at: Timestamp,
}

/// What a rule says of one subject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judgement {
    pub rule: Rule,
    /// What the alert is about where a rule can have several alerts at once, such as a plan id; else empty.
    pub subject: String,
    /// Whether the condition is met.
    pub holds: bool,
    /// When the fact came to be that this is judged by. The same fact never counts twice.
    pub evidence: Timestamp,
    /// One sentence for a person.
    pub summary: String,
}

/// One judgement for each cause (its subject, since when, and a sentence), and for each living alert of the rule whose cause
/// is gone one that says so.
fn each(
    facts: &Facts<'_>,
    rule: Rule,
    causes: impl Iterator<Item = (String, Timestamp, String)>,
    gone: &str,
) -> Vec<Judgement> {
    let judge = |subject, holds, evidence, summary| Judgement { rule, subject, holds, evidence, summary };
    let mut judged: Vec<Judgement> =
        causes.map(|(subject, since, summary)| judge(subject, true, since, summary)).collect();
    let settled = facts.living.iter().filter(|alert| alert.rule == rule);
    let settled: Vec<Judgement> = settled
        .filter(|alert| judged.iter().all(|cause| cause.subject != alert.subject))
        .map(|alert| judge(alert.subject.clone(), false, facts.now, gone.to_owned()))
        .collect();
    judged.extend(settled);
    judged
}

/// Where an alert stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum State {
    /// Seen, but not often enough to tell anybody.
    Watching,
    Open,
    Resolved,
}

impl State {
    /// The word under which the state is stored and shown.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Watching => "watching",
            Self::Open => "open",
            Self::Resolved => "resolved",
        }
    }

    /// The state of that word.
    pub fn known(word: &str) -> Option<Self> {
        [Self::Watching, Self::Open, Self::Resolved].into_iter().find(|state| state.as_str() == word)
    }
}

/// A condition that a rule has found, from its first look to its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alert {
    pub id: Uuid,
    pub rule: Rule,
    pub subject: String,
    pub state: State,
    /// What was found, by the last look that found it.
    pub summary: String,
    /// What the look found by which the alert resolved.
    pub resolution: Option<String>,
    /// Looks in a row that found the condition.
    pub seen: u32,
    /// Looks in a row that missed it.
    pub clear: u32,
    /// The youngest fact that counted.
    pub evidence: Timestamp,
    pub first_seen_at: Timestamp,
    pub opened_at: Option<Timestamp>,
    pub resolved_at: Option<Timestamp>,
}

/// `12.3 %`, and `12 %` where there is nothing behind the point.
fn percent(share: f64) -> String {
    let rounded = (share * 10.0).round() / 10.0;
    if rounded.fract() == 0.0 { format!("{rounded:.0} %") } else { format!("{rounded:.1} %") }
}

#[cfg(test)]
mod testing {
    //! Facts for the table tests of the rules.

    use super::*;
    use crate::health::Outcome;
    use crate::run;
    use crate::schedule::Workflow;

    pub(super) fn at(minute: i64) -> Timestamp {
        Timestamp::from_second(1_735_689_600 + minute * 60).expect("a timestamp")
    }

    pub(super) fn probe(minute: i64, outcome: Outcome) -> Probe {
        Probe {
            at: at(minute),
            outcome,
            message: "connection refused".into(),
            latency: Duration::from_millis(20),
            product: String::new(),
        }
    }

    pub(super) fn run(minute: i64, outcome: run::Outcome, done: u64, failed: u64, unknown: u64) -> Run {
        let mut run = Run::begun(Uuid::nil(), "compliance", Workflow::Compliance, at(minute), "c1", at(minute));
        run.outcome = outcome;
        run.finished_at = Some(at(minute + 1));
        run.tally = run::Tally { done, failed, unknown, ..run::Tally::default() };
        run
    }

    pub(super) fn snapshot(minute: i64, enrolled: u64, noncompliant: u64) -> Snapshot {
        Snapshot { taken_at: at(minute), devices: enrolled, enrolled, noncompliant, ..Snapshot::empty(at(minute)) }
    }

    pub(super) fn facts<'a>(probes: &'a [Probe], runs: &'a [Run], snapshots: &'a [Snapshot]) -> Facts<'a> {
        Facts { now: at(100), probes, runs, snapshots, waiting: &[], broken: &[], living: &[] }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_has_a_word_of_its_own() {
        for rule in Rule::ALL {
            assert_eq!(Rule::known(rule.as_str()), Some(*rule));
        }
    }

    #[test]
    fn no_facts_no_judgements() {
        assert_eq!(judge(&testing::facts(&[], &[], &[]), &Thresholds::default()), []);
    }
}
