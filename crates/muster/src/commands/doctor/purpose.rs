//! What somebody wants to do, and the rights that it takes: resource and action, as `muster uem admin role` takes them
//! and as the consoles of real tenants name their permissions.

use std::collections::BTreeSet;

use muster_client::Dialect;
use muster_engine::{Right, verb};
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
    /// What takes the rights of some verbs, and no other.
    Work(&'static Work),
}

/// Commands of muster, and the verbs that carry them out.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Work {
    word: &'static str,
    about: &'static str,
    verbs: &'static [&'static str],
    /// Rights to look up what is named on the command line, besides those of the verbs.
    lookups: &'static [&'static str],
}

const fn work(word: &'static str, about: &'static str, verbs: &'static [&'static str]) -> Work {
    Work { word, about, verbs, lookups: &[] }
}

/// Every work; a verb stands in one of them at least.
const WORKS: [Work; 14] = [
    work("tags", "muster devices tag", &["Retag"]),
    work("set", "muster devices rename, set", &["EditDevice", "SetAttributes"]),
    Work { lookups: &["organizationgroups:read"], ..work("move", "muster devices move", &["MoveDevice"]) },
    work("message", "muster devices message", &["SendMessage"]),
    work("update", "muster devices update", &["UpdateOs"]),
    work("delete", "muster devices delete", &["DeleteDevice"]),
    work("profiles", "muster profiles install, remove", &["InstallProfile", "RemoveProfile"]),
    work("apps", "muster apps install, remove", &["InstallApp", "RemoveApp"]),
    work("deploy", "muster apps deploy, status", &["AssignApp", "InstallApp"]),
    work("unassign", "muster apps unassign", &["UnassignApp"]),
    work("provision", "muster users provision", &["CreateUser", "UpdateUser", "JoinUserGroup"]),
    work("users", "muster users activate, deactivate, delete", &["SetUserActive", "DeleteUser"]),
    work("user-groups", "muster users join, leave", &["JoinUserGroup", "LeaveUserGroup"]),
    work("secrets", "muster secrets rotate", &["MakeApiKey", "RevokeApiKey"]),
];

/// In the published dialect one device is read together with its tags, which are a resource of their own there.
const TAGS_OF_DEVICE: &str = "tags:read";

/// The words that stand for no [`Work`].
const WORDS: [(&str, &str); 4] = [
    ("inventory", "muster devices search, show"),
    ("report", "muster compliance report"),
    ("compliance", "muster compliance remediate"),
    ("commands", "muster devices command; commands:DeviceLock,SyncDevice names them"),
];

/// Every word with what it stands for.
fn words_and_meanings() -> impl Iterator<Item = (&'static str, &'static str)> {
    WORDS.into_iter().chain(WORKS.iter().map(|work| (work.word, work.about)))
}

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
            _ => match WORKS.iter().find(|work| work.word == word) {
                Some(work) => Self::Work(work),
                None => {
                    let known: Vec<&str> = words_and_meanings().map(|(word, _)| word).collect();
                    return Err(format!("known are {}", known.join(", ")));
                }
            },
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
            Self::Work(work) => work.word,
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
            Self::Work(work) => {
                add(work.lookups);
                for verb in verb::TABLE.iter().filter(|verb| work.verbs.contains(&verb.name)) {
                    if let Right::These { guide, published: other } = verb.right {
                        add(if published { other } else { guide });
                    }
                    add(if published { verb.reads.published } else { verb.reads.guide });
                    if published && verb.target == "device" {
                        add(&[TAGS_OF_DEVICE]);
                    }
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
    words_and_meanings().map(|(word, about)| format!("  {word:<12}{about}\n")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_read_and_needs_something() {
        for (word, _) in words_and_meanings() {
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
    fn every_verb_with_rights_of_its_own_has_a_word() {
        for facts in verb::TABLE {
            let found = WORKS.iter().any(|work| work.verbs.contains(&facts.name));
            assert_eq!(found, matches!(facts.right, Right::These { .. }), "{}", facts.name);
        }
        let named = WORKS.iter().flat_map(|work| work.verbs.iter());
        assert!(named.into_iter().all(|name| verb::TABLE.iter().any(|facts| facts.name == *name)));
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
