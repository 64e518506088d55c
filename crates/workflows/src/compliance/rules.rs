//! The ladder from a broken rule to a remedy, as data: a table that people can keep in a file.

use muster_model::commands::Command;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Problems};

/// Which command answers which broken rule. The first remedy whose pattern fits counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleTable {
    /// A device that has been silent for longer than this many days is pointed out in the reason, and a
    /// command that has waited for longer is sent again.
    #[serde(default = "stale_after_days")]
    pub stale_after_days: u32,
    /// The default ladder if a table names none.
    #[serde(rename = "remedy", alias = "remedies", default = "ladder")]
    pub remedies: Vec<Remedy>,
}

/// One rung of the ladder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Remedy {
    /// Name of the rule, without regard to case; `*` stands for any text, so `*` alone is the default.
    pub rule: String,
    /// What to send; without one the rule is left to people and the row says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub command: Option<Command>,
    /// What it is meant to do, in words for the report.
    pub description: String,
    /// What to send where the tenant's API has no such command.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when_unsupported: Option<Command>,
}

const fn stale_after_days() -> u32 {
    30
}

impl Default for RuleTable {
    fn default() -> Self {
        Self { stale_after_days: stale_after_days(), remedies: ladder() }
    }
}

/// Encryption is switched on, a bad passcode is cleared, an old system is updated, a compromised device loses
/// its company data, and anything else is asked to report again.
fn ladder() -> Vec<Remedy> {
    let remedy = |rule: &str, command, description: &str| Remedy {
        rule: rule.to_owned(),
        command: Some(command),
        description: description.to_owned(),
        when_unsupported: None,
    };
    // Where no command can start encryption a profile does, and profiles arrive with a sync.
    let encrypt = Remedy {
        when_unsupported: Some(Command::SyncDevice),
        ..remedy("Device Encryption", Command::EnableDeviceEncryption, "switch on device encryption")
    };
    vec![
        encrypt,
        remedy("Passcode Policy", Command::ClearPasscode, "clear the passcode so that a compliant one is set"),
        remedy("OS Version", Command::InstallOsUpdate, "install operating system updates"),
        remedy("Jailbreak/Root Detection", Command::EnterpriseWipe, "take company data off a compromised device"),
        remedy("*", Command::SyncDevice, "sync so that compliance is evaluated again"),
    ]
}

impl RuleTable {
    /// The remedy for a broken rule; `None` if the table has none.
    pub fn remedy(&self, rule: &str) -> Option<&Remedy> {
        self.remedies.iter().find(|remedy| fits(&remedy.rule, rule))
    }

    /// Checks a table that came from a file called `name`.
    ///
    /// # Errors
    /// [`Error::Input`] with every remedy that is empty or can never be reached.
    pub fn check(&self, name: &str) -> Result<(), Error> {
        let mut problems = Problems::of(name);
        if self.remedies.is_empty() {
            problems.add(None, "the table has no remedy");
        }
        for (at, remedy) in self.remedies.iter().enumerate() {
            let place = format!("remedy {}", at + 1);
            if remedy.rule.trim().is_empty() {
                problems.add(None, format!("{place} names no rule"));
            } else if let Some(earlier) =
                self.remedies[..at].iter().position(|earlier| fits(&earlier.rule, &remedy.rule))
            {
                let rule = &remedy.rule;
                problems.add(None, format!("{place} (`{rule}`) is never reached: remedy {} comes first", earlier + 1));
            }
            if remedy.command.is_none() && remedy.when_unsupported.is_some() {
                problems.add(None, format!("{place} has an alternative to no command"));
            }
        }
        problems.settle()
    }
}

/// Whether `text` is what `pattern` describes; `*` stands for any text, case does not count.
fn fits(pattern: &str, text: &str) -> bool {
    let (pattern, text) = (pattern.trim().to_lowercase(), text.trim().to_lowercase());
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = text.strip_prefix(first) else { return false };
    let Some(last) = pattern.contains('*').then(|| parts.next_back()).flatten() else { return rest.is_empty() };
    for part in parts {
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_fit_as_a_person_expects() {
        for (pattern, text, expected) in [
            ("OS Version", "os version", true),
            ("OS Version", "OS Version 17", false),
            ("OS*", "OS Version", true),
            ("*root*", "Jailbreak/Root Detection", true),
            ("Jail*tion", "Jailbreak/Root Detection", true),
            ("a*a", "a", false),
            ("*", "anything", true),
            ("", "x", false),
        ] {
            assert_eq!(fits(pattern, text), expected, "{pattern} / {text}");
        }
    }

    #[test]
    fn the_default_ladder_answers_every_rule() {
        let table = RuleTable::default();
        table.check("default").expect("is sound");
        for (rule, command) in [
            ("Device Encryption", Command::EnableDeviceEncryption),
            ("Passcode Policy", Command::ClearPasscode),
            ("OS Version", Command::InstallOsUpdate),
            ("Jailbreak/Root Detection", Command::EnterpriseWipe),
            ("Blocklisted Apps", Command::SyncDevice),
        ] {
            assert_eq!(table.remedy(rule).and_then(|remedy| remedy.command), Some(command), "{rule}");
        }
    }

    #[test]
    fn a_table_is_kept_in_a_file() {
        let text = "stale_after_days = 14\n\n[[remedy]]\nrule = \"*encryption*\"\ncommand = \"enabledeviceencryption\"\n\
                    description = \"encrypt\"\nwhen_unsupported = \"Sync\"\n\n[[remedy]]\nrule = \"*\"\n\
                    description = \"ask the service desk\"\n";
        let table: RuleTable = toml_edit::de::from_str(text).expect("reads");
        assert_eq!(table.stale_after_days, 14);
        assert_eq!(table.remedies[0].when_unsupported, Some(Command::SyncDevice));
        assert_eq!(table.remedy("OS Version").and_then(|remedy| remedy.command), None);
        let yaml = "remedies:\n- {rule: \"*\", command: SyncDevice, description: ask again}\n";
        let table: RuleTable = serde_saphyr::from_str(yaml).expect("reads");
        assert_eq!(table.remedies.len(), 1);
        let default = RuleTable::default();
        assert_eq!(toml_edit::de::from_str::<RuleTable>("").expect("reads"), default);
        let written = toml_edit::ser::to_string_pretty(&default).expect("writes");
        assert_eq!(toml_edit::de::from_str::<RuleTable>(&written).expect("reads"), default);
        let unknown = toml_edit::de::from_str::<RuleTable>(&text.replace("description", "describtion"));
        assert!(unknown.expect_err("refused").to_string().contains("describtion"));
    }

    #[test]
    fn a_remedy_out_of_reach_is_refused() {
        let mut table = RuleTable::default();
        table.remedies.swap(0, 4);
        let text = table.check("rules.toml").expect_err("refused").to_string();
        assert!(text.contains("4 problems") && text.contains("is never reached: remedy 1 comes first"), "{text}");
    }
}
