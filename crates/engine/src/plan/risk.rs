//! How much harm an action can do. The classes are fixed here and nowhere else: a policy says what each may do, never
//! which action is in which.

use muster_model::Effect;
use muster_model::commands::Command;
use serde::{Deserialize, Serialize};

use super::Action;

/// A class of harm. Ordered: a later one is worse.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Risk {
    /// Can be set back, and nobody is kept from work.
    #[default]
    Reversible,
    /// Can be set back, and is felt at once by whoever sits in front of the device.
    Disruptive,
    /// Removes something, or cannot be undone.
    Irreversible,
}

/// Commands that interrupt somebody's work.
const DISRUPTIVE: &[Command] = &[
    Command::ClearPasscode,
    Command::ChangePasscode,
    Command::SoftReset,
    Command::Shutdown,
    Command::InstallOsUpdate,
    Command::EnableLostMode,
    Command::LogoutUser,
    Command::Suspend,
];

impl Risk {
    /// Every class, mildest first.
    pub const ALL: [Self; 3] = [Self::Reversible, Self::Disruptive, Self::Irreversible];

    /// The word for it in policies, in the journal and on screen.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Reversible => "reversible",
            Self::Disruptive => "disruptive",
            Self::Irreversible => "irreversible",
        }
    }
}

impl std::fmt::Display for Risk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.as_str())
    }
}

impl Action {
    /// The class of harm that it belongs to.
    pub fn risk(&self) -> Risk {
        match self.effect() {
            Effect::Destroy => Risk::Irreversible,
            _ if self.command().is_some_and(|command| DISRUPTIVE.contains(&command)) => Risk::Disruptive,
            _ => Risk::Reversible,
        }
    }

    /// How many targets it reaches: those that one call for many lists, else 1.
    pub fn reach(&self) -> u64 {
        match self {
            Self::CallOperation { call } => call.reach(),
            _ => 1,
        }
    }

    /// What policies call it: the command it sends, the operation it calls, or its verb.
    pub fn word(&self) -> &str {
        match self {
            Self::SendCommand { command, .. } => command.as_str(),
            Self::CallOperation { call } => match call.command() {
                Some(command) => command.as_str(),
                None => &call.operation,
            },
            other => other.verb(),
        }
    }
}
