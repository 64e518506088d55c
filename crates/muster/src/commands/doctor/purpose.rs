//! What somebody wants to do, and the rights that it takes: resource and action, as `muster uem admin role` takes them
//! and as the consoles of real tenants name their permissions.

use std::collections::BTreeSet;

use muster_client::Dialect;
use muster_model::commands::Command;
use muster_workflows::compliance::RuleTable;
use muster_workflows::words;

/// One thing that muster does for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Find and show devices.
    Inventory,
    /// Report what is out of compliance.
    Report,
    /// Put it right, by the built-in ladder.
    Compliance,
    /// Send these commands; none named means all.
    Commands(Vec<Command>),
    Tags,
    Provision,
    Deploy,
}

/// In the published dialect one device is read together with its tags, which are a resource of their own there.
const TAGS_OF_DEVICE: &str = "tags:read";

/// The words for [`Purpose`], with what they stand for.
const WORDS: [(&str, &str); 7] = [
    ("inventory", "muster devices search, show"),
    ("report", "muster compliance report"),
    ("compliance", "muster compliance remediate"),
    ("commands", "muster devices command; commands:DeviceLock,SyncDevice names them"),
    ("tags", "muster devices tag"),
    ("provision", "muster users provision"),
    ("deploy", "muster apps deploy, status"),
];

impl Purpose {
    /// Reads a word of the command line.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let (word, rest) = text.split_once(':').map_or((text, None), |(word, rest)| (word, Some(rest)));
        let purpose = match word {
            "inventory" => Self::Inventory,
            "report" => Self::Report,
            "compliance" => Self::Compliance,
            "commands" => {
                let names = rest.into_iter().flat_map(|names| names.split(','));
                let known = |name: &str| words::command(name).map_err(|error| error.to_string());
                return names.map(|name| known(name.trim())).collect::<Result<_, _>>().map(Self::Commands);
            }
            "tags" => Self::Tags,
            "provision" => Self::Provision,
            "deploy" => Self::Deploy,
            _ => {
                let known: Vec<&str> = WORDS.iter().map(|(word, _)| *word).collect();
                return Err(format!("known are {}", known.join(", ")));
            }
        };
        if rest.is_some() { Err(String::from("only `commands` has names behind it")) } else { Ok(purpose) }
    }

    /// The word for it.
    pub(crate) const fn word(&self) -> &'static str {
        match self {
            Self::Inventory => "inventory",
            Self::Report => "report",
            Self::Compliance => "compliance",
            Self::Commands(_) => "commands",
            Self::Tags => "tags",
            Self::Provision => "provision",
            Self::Deploy => "deploy",
        }
    }

    /// Every right that it takes in this dialect, and no other.
    pub(crate) fn rights(&self, dialect: Dialect) -> BTreeSet<String> {
        let published = dialect == Dialect::Published;
        // The product is asked who it is, and the dialect is found by a page of devices.
        let mut rights: BTreeSet<String> = ["tenant:read", "devices:read"].map(str::to_owned).into();
        let mut add = |more: &[&str]| rights.extend(more.iter().map(|right| (*right).to_owned()));
        match self {
            // One device is shown with its compliance and its tags.
            Self::Inventory if published => add(&["compliance:read", TAGS_OF_DEVICE]),
            Self::Inventory => add(&["compliance:read"]),
            Self::Report => add(&["compliance:read"]),
            Self::Compliance => {
                add(&["compliance:read"]);
                let table = RuleTable::default();
                let commands = table.remedies.iter().flat_map(|remedy| [remedy.command, remedy.when_unsupported]);
                rights.extend(commands.flatten().map(|command| sends(&command)));
            }
            Self::Commands(names) => {
                if published {
                    add(&[TAGS_OF_DEVICE]);
                }
                if names.is_empty() {
                    add(&["commands:send:*"]);
                }
                rights.extend(names.iter().map(sends));
            }
            // There a tag is made, put on and taken off by calls of its own.
            Self::Tags if published => add(&["tags:read", "tags:create", "tags:edit"]),
            Self::Tags => add(&["devices:edit"]),
            Self::Provision => {
                add(&["users:read", "users:create", "users:edit", "usergroups:read", "usergroups:edit"]);
            }
            Self::Deploy => {
                add(&["apps:read", "apps:edit", "smartgroups:read"]);
                if published {
                    // An installation that failed is asked for again by the app, and who has it is a question of its
                    // organization group.
                    add(&["apps:execute", "organizationgroups:read"]);
                } else {
                    add(&["commands:send:InstallApplication"]);
                }
            }
        }
        rights
    }
}

fn sends(command: &Command) -> String {
    format!("commands:send:{}", command.as_str())
}

/// The words and what they stand for, for the help.
pub(crate) fn help() -> String {
    WORDS.iter().map(|(word, about)| format!("  {word:<12}{about}\n")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_read_and_needs_something() {
        for (word, _) in WORDS {
            let purpose = Purpose::parse(word).expect(word);
            assert_eq!(purpose.word(), word);
            for dialect in Dialect::ALL {
                let rights = purpose.rights(dialect);
                assert!(rights.contains("devices:read") && !rights.contains("*"), "{word}: {rights:?}");
            }
        }
        for bad in ["", "everything", "tags:x", "commands:Explode", "commands:"] {
            assert!(Purpose::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn only_the_commands_that_are_named_are_needed() {
        let purpose = Purpose::parse("commands:SyncDevice, Lock").expect("reads");
        let rights = purpose.rights(Dialect::Guide);
        let sent: Vec<&String> = rights.iter().filter(|right| right.starts_with("commands:")).collect();
        assert_eq!(sent.len(), 2, "{rights:?}");
        assert!(Purpose::Commands(Vec::new()).rights(Dialect::Guide).contains("commands:send:*"));
        // The built-in ladder can take company data off a device; its role has to say so.
        assert!(Purpose::Compliance.rights(Dialect::Guide).contains("commands:send:EnterpriseWipe"));
    }
}
