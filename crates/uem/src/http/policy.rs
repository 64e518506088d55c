//! Who may do what: a right is a resource and an action, and every route needs one.
//!
//! The policy is an argument of each registration, so a route without one does not compile. Sending a device command
//! needs a right of its own for each command besides.

use std::collections::BTreeSet;
use std::fmt;

use muster_model::Effect;
use muster_model::commands::Command;

/// What rights are about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Resource {
    Tenant,
    OrganizationGroups,
    Devices,
    Commands,
    Wipes,
    Tags,
    SmartGroups,
    Compliance,
    Apps,
    Profiles,
    Products,
    Users,
    UserGroups,
    Admins,
    Roles,
    Certificates,
    Content,
    Events,
    Sensors,
    Scripts,
    Workflows,
    Operations,
    Reports,
    Settings,
}

/// What is done to them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Action {
    Read,
    Create,
    Edit,
    Delete,
    /// Sets something going that reaches devices: a command, an installation, a message.
    Execute,
}

/// The right that a route asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Right {
    pub(crate) resource: Resource,
    pub(crate) action: Action,
}

/// The right that a route asks for, as registrations write it.
pub(crate) const fn needs(resource: Resource, action: Action) -> Right {
    Right { resource, action }
}

impl Right {
    /// What an operation that needs this right does to the tenant.
    pub(crate) fn effect(self) -> Effect {
        match self.action {
            Action::Read => Effect::Read,
            Action::Create | Action::Edit => Effect::Write,
            Action::Execute if self.resource == Resource::Commands => Effect::Destroy,
            Action::Execute => Effect::Write,
            Action::Delete => Effect::Destroy,
        }
    }
}

/// `devices:read`
impl fmt::Display for Right {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", format!("{:?}", self.resource).to_lowercase(), format!("{:?}", self.action).to_lowercase())
    }
}

/// What somebody may do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Rights {
    Everything,
    These { rights: BTreeSet<Right>, commands: BTreeSet<&'static str> },
}

impl Rights {
    pub(crate) fn allow(&self, right: Right) -> bool {
        match self {
            Self::Everything => true,
            Self::These { rights, .. } => rights.contains(&right),
        }
    }

    /// Whether this very command may be sent; [`Action::Execute`] on [`Resource::Commands`] is asked for besides.
    pub(crate) fn allow_command(&self, command: Command) -> bool {
        match self {
            Self::Everything => true,
            Self::These { commands, .. } => commands.contains(command.as_str()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_right_has_a_name_and_an_effect() {
        let right = needs(Resource::SmartGroups, Action::Edit);
        assert_eq!((right.to_string().as_str(), right.effect()), ("smartgroups:edit", Effect::Write));
        assert_eq!(needs(Resource::Commands, Action::Execute).effect(), Effect::Destroy);
        let rights = Rights::These { rights: [right].into(), commands: BTreeSet::new() };
        assert!(rights.allow(right) && !rights.allow(needs(Resource::Devices, Action::Read)));
        assert!(!rights.allow_command(Command::DeviceWipe) && Rights::Everything.allow_command(Command::DeviceWipe));
    }
}
