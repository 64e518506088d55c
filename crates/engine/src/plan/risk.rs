//! How much harm an action can do. The classes are fixed here and nowhere else: a policy says what each may do, never
//! which action is in which.

use muster_model::Effect;
use muster_model::commands::{Asked, Command};
use serde::{Deserialize, Serialize};

use super::{Action, OrganizationGroup, Target};

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
            _ if matches!(self.asked(), Some(Asked::Felt(_))) => Risk::Disruptive,
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

    /// Every name by which a policy may mean it.
    pub(crate) fn names(&self) -> Vec<&str> {
        let mut names = vec![self.word(), self.verb()];
        if let Self::CallOperation { call } = self {
            names.push(&call.operation);
        }
        names
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

/// What a cap counts as one.
pub(crate) struct Counted<'a> {
    pub target: String,
    pub group: Option<&'a OrganizationGroup>,
    /// How many things it is.
    pub reach: u64,
}

/// The devices of an item, each for itself; else the item, with as many as its call is about.
pub(crate) fn counted<'a>(target: &'a Target, action: &Action) -> Vec<Counted<'a>> {
    let devices = target.devices();
    let mut counted: Vec<Counted> = devices
        .iter()
        .map(|device| Counted { target: device.key(), group: device.organization_group.as_ref(), reach: 1 })
        .collect();
    let rest = match target {
        Target::Device(_) => 0,
        _ => action.reach().saturating_sub(devices.len() as u64),
    };
    if rest > 0 {
        counted.push(Counted { target: target.key(), group: None, reach: rest });
    }
    counted
}
