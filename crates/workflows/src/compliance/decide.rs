//! From broken rules to commands, each with its reason. Pure.

use std::ops::Range;

use jiff::Timestamp;
use muster_engine::{Action, Draft, DraftItem, Selection, Target};
use muster_model::Effect;
use muster_model::commands::Command;
use serde_json::Map;

use super::observe::{Case, Facts};
use super::rules::RuleTable;
use crate::bulk::command::before;
use crate::report::instant;
use crate::selection::not_enrolled;

/// What ought to be sent.
#[derive(Debug, Clone, PartialEq)]
pub struct Remediation {
    pub draft: Draft,
    /// For each case, where its items stand in the draft.
    pub items: Vec<Range<usize>>,
}

/// One command for one device, with every rule that asks for it.
struct Step<'a> {
    command: Option<Command>,
    rules: Vec<(&'a str, &'a str)>,
    description: &'a str,
    /// The command that was meant, where the tenant does not have it.
    instead_of: Option<Command>,
}

/// Decides what to send to each device. A device that is to be wiped is sent nothing else.
pub fn decide(table: &RuleTable, facts: &Facts, now: Timestamp) -> Remediation {
    let mut draft = Draft {
        purpose: "compliance remediate".to_owned(),
        selection: Selection::Decided { by: "compliance".to_owned() },
        items: Vec::new(),
    };
    let mut items = Vec::with_capacity(facts.cases.len());
    for case in &facts.cases {
        let from = draft.items.len();
        draft.items.extend(remedies(table, facts, case, now));
        items.push(from..draft.items.len());
    }
    Remediation { draft, items }
}

fn remedies(table: &RuleTable, facts: &Facts, case: &Case, now: Timestamp) -> Vec<DraftItem> {
    let steps = steps(table, facts, case);
    let possible = |command: Command| destroys(command) && !facts.unsupported.contains(&command);
    let wipe = steps.iter().find(|step| step.command.is_some_and(possible));
    let silence = silence(table, case, now);
    let item = |step: &Step<'_>| {
        // A rule that is left to people has no command; the row shows the one that would come next to it.
        let command = step.command?;
        let reason = format!("{}{}", because(step), silence.as_deref().unwrap_or_default());
        let overtaken = wipe.filter(|wipe| !destroys(command) && wipe.command != Some(command)).map(|wipe| {
            let rules = names(wipe);
            format!("not sent: {} is to take the device out of service because of {rules}", told(wipe.command))
        });
        let unsupported = facts.unsupported.contains(&command).then(|| format!("the tenant's API has no {command}"));
        let platform = &case.device.platform;
        let unsupported = unsupported
            .or_else(|| (!command.runs_on(platform)).then(|| format!("the platform {platform} has no {command}")));
        let waiting = waiting(table, case, command, now);
        Some(DraftItem {
            before: Some(before(&case.device)),
            nothing_to_do: not_enrolled(&case.device).or(unsupported).or(overtaken).or(waiting),
            ..DraftItem::new(
                Target::Device((&case.device).into()),
                Action::SendCommand { command, parameters: Map::new() },
                reason,
            )
        })
    };
    steps.iter().filter_map(item).collect()
}

/// The distinct commands that the broken rules ask for, in the order of the rules.
fn steps<'a>(table: &'a RuleTable, facts: &Facts, case: &'a Case) -> Vec<Step<'a>> {
    let mut steps: Vec<Step<'a>> = Vec::new();
    for rule in case.broken() {
        let Some(remedy) = table.remedy(&rule.name) else { continue };
        let wanted = remedy.command;
        let missing = wanted.is_some_and(|command| facts.unsupported.contains(&command));
        let instead = remedy.when_unsupported.filter(|_| missing);
        let command = instead.or(wanted);
        let broken = (rule.name.as_str(), rule.detail.as_str());
        match steps.iter_mut().find(|step| step.command == command && command.is_some()) {
            Some(step) => step.rules.push(broken),
            None => steps.push(Step {
                command,
                rules: vec![broken],
                description: &remedy.description,
                instead_of: wanted.filter(|_| instead.is_some()),
            }),
        }
    }
    steps
}

fn destroys(command: Command) -> bool {
    command.effect() == Effect::Destroy
}

fn told(command: Option<Command>) -> &'static str {
    command.map_or("nothing", Command::as_str)
}

/// `OS Version (17.1, needs 17.4): install operating system updates`.
fn because(step: &Step<'_>) -> String {
    let rules = names(step);
    let description = step.description;
    match step.instead_of {
        Some(missing) => format!("{rules}: {description} (the tenant's API has no {missing})"),
        None => format!("{rules}: {description}"),
    }
}

fn names(step: &Step<'_>) -> String {
    let rule = |(name, detail): &(&str, &str)| match *detail {
        "" => (*name).to_owned(),
        detail => format!("{name} ({detail})"),
    };
    step.rules.iter().map(rule).collect::<Vec<_>>().join(" and ")
}

/// Why a command need not be sent again. One that has waited for too long is not believed to be alive.
fn waiting(table: &RuleTable, case: &Case, command: Command, now: Timestamp) -> Option<String> {
    match case.waiting.get(&command)? {
        None => Some(format!("{command} already waits for the device")),
        Some(since) if days(*since, now) > i64::from(table.stale_after_days) => None,
        Some(since) => Some(format!("{command} has been waiting for the device since {}", instant(*since))),
    }
}

/// Whole days between two moments.
fn days(from: Timestamp, to: Timestamp) -> i64 {
    to.duration_since(from).as_hours() / 24
}

/// What to add to a reason if the device may not hear the command for long.
fn silence(table: &RuleTable, case: &Case, now: Timestamp) -> Option<String> {
    let Some(seen) = case.device.last_seen else {
        return Some("; never seen, so it waits for the first check-in".to_owned());
    };
    let days = days(seen.0, now);
    let stale = days > i64::from(table.stale_after_days);
    stale.then(|| format!("; not seen for {days} days, so it waits for the next check-in"))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use muster_client::RuleState;
    use muster_model::Stamp;
    use muster_model::devices::Device;
    use muster_model::ids::{DeviceId, Wrapped};
    use muster_model::words::EnrollmentStatus;

    use super::*;
    use crate::compliance::{Remedy, Waiting};

    const NOW: &str = "2026-03-01T12:00:00Z";

    fn case(id: i64, rules: &[(&str, Option<bool>)]) -> Case {
        let device = Device {
            id: Wrapped(DeviceId(id)),
            serial_number: format!("S{id}").into(),
            enrollment_status: EnrollmentStatus::Enrolled,
            last_seen: Some("2026-03-01T08:00:00Z".parse::<Stamp>().expect("a date")),
            ..Device::default()
        };
        let rule = |(name, compliant): &(&str, Option<bool>)| RuleState {
            name: (*name).to_owned(),
            compliant: *compliant,
            detail: "as seen".to_owned(),
        };
        Case { device, rules: rules.iter().map(rule).collect(), waiting: Waiting::new(), unread: None }
    }

    /// `serial command: reason [| why nothing is to do]`, one line an item.
    fn decided(table: &RuleTable, facts: &Facts) -> Vec<String> {
        let remediation = decide(table, facts, NOW.parse().expect("a date"));
        let line = |item: &DraftItem| {
            let skipped = item.nothing_to_do.as_ref().map(|why| format!(" | {why}")).unwrap_or_default();
            format!("{} {}: {}{skipped}", item.target.name(), item.action.describe(), item.reason)
        };
        remediation.draft.items.iter().map(line).collect()
    }

    fn facts(cases: Vec<Case>) -> Facts {
        Facts { cases, unsupported: BTreeSet::new() }
    }

    #[test]
    fn every_broken_rule_asks_for_its_remedy_and_says_why() {
        let cases = vec![
            case(1, &[("Device Encryption", Some(false)), ("Passcode Policy", Some(true)), ("OS Version", None)]),
            case(2, &[("Passcode Policy", Some(false)), ("OS Version", Some(false))]),
            case(3, &[("Blocklisted Apps", Some(false)), ("Antivirus", Some(false))]),
            case(4, &[("OS Version", Some(true))]),
        ];
        assert_eq!(
            decided(&RuleTable::default(), &facts(cases)),
            [
                "S1 EnableDeviceEncryption: Device Encryption (as seen): switch on device encryption",
                "S2 ClearPasscode: Passcode Policy (as seen): clear the passcode so that a compliant one is set",
                "S2 InstallOSUpdate: OS Version (as seen): install operating system updates",
                "S3 SyncDevice: Blocklisted Apps (as seen) and Antivirus (as seen): sync so that compliance is evaluated again",
            ]
        );
    }

    #[test]
    fn a_device_that_is_to_be_wiped_is_sent_nothing_else() {
        let cases = vec![case(1, &[("OS Version", Some(false)), ("Jailbreak/Root Detection", Some(false))])];
        assert_eq!(
            decided(&RuleTable::default(), &facts(cases)),
            [
                "S1 InstallOSUpdate: OS Version (as seen): install operating system updates | not sent: \
                 EnterpriseWipe is to take the device out of service because of Jailbreak/Root Detection (as seen)",
                "S1 EnterpriseWipe: Jailbreak/Root Detection (as seen): take company data off a compromised device",
            ]
        );
    }

    #[test]
    fn a_missing_command_gives_way_to_its_alternative_or_is_told() {
        let mut facts = facts(vec![case(1, &[("Device Encryption", Some(false)), ("Other", Some(false))])]);
        facts.unsupported.insert(Command::EnableDeviceEncryption);
        assert_eq!(
            decided(&RuleTable::default(), &facts),
            ["S1 SyncDevice: Device Encryption (as seen) and Other (as seen): switch on device encryption \
              (the tenant's API has no EnableDeviceEncryption)"]
        );
        let mut table = RuleTable::default();
        table.remedies[0].when_unsupported = None;
        let told = decided(&table, &facts);
        assert!(told[0].ends_with("| the tenant's API has no EnableDeviceEncryption"), "{told:?}");
    }

    #[test]
    fn what_is_under_way_is_not_sent_again() {
        let mut waiting = case(1, &[("OS Version", Some(false))]);
        waiting.waiting.insert(Command::InstallOsUpdate, Some("2026-02-27T12:00:00Z".parse().expect("a date")));
        let mut lost = case(3, &[("OS Version", Some(false))]);
        lost.waiting.insert(Command::InstallOsUpdate, Some("2026-01-01T12:00:00Z".parse().expect("a date")));
        let mut gone = case(2, &[("OS Version", Some(false))]);
        gone.device.enrollment_status = EnrollmentStatus::Unenrolled;
        let told = decided(&RuleTable::default(), &facts(vec![waiting, gone, lost]));
        let since = "| InstallOSUpdate has been waiting for the device since 2026-02-27T12:00:00Z";
        assert!(told[0].ends_with(since), "{told:?}");
        assert!(told[2].ends_with("install operating system updates"), "{told:?}");
        assert!(told[1].ends_with("| not enrolled (Unenrolled)"), "{told:?}");
    }

    #[test]
    fn a_silent_device_is_sent_its_command_and_the_reason_says_so() {
        let mut silent = case(1, &[("OS Version", Some(false))]);
        silent.device.last_seen = Some("2026-01-15T12:00:00Z".parse().expect("a date"));
        let mut new = case(2, &[("OS Version", Some(false))]);
        new.device.last_seen = None;
        let told = decided(&RuleTable::default(), &facts(vec![silent, new]));
        assert!(told[0].ends_with("; not seen for 45 days, so it waits for the next check-in"), "{told:?}");
        assert!(told[1].ends_with("; never seen, so it waits for the first check-in"), "{told:?}");
    }

    #[test]
    fn a_rule_left_to_people_asks_for_nothing() {
        let left = Remedy { rule: "OS*".into(), command: None, description: "by hand".into(), when_unsupported: None };
        let table = RuleTable { stale_after_days: 30, remedies: vec![left] };
        let cases = vec![case(1, &[("OS Version", Some(false)), ("Unlisted", Some(false))])];
        assert_eq!(decided(&table, &facts(cases)), Vec::<String>::new());
    }
}
