//! Rights: a resource and an action. Sending a device command needs a right of its own for each command.
//!
//! As text, which is how roles and API keys keep them: `devices:read`, `tags:*`, `*:read`, `*`,
//! `commands:send:DeviceWipe`. `commands:send` alone opens the routes that send, for no command;
//! `commands:send:*` is every command.

use std::collections::BTreeSet;
use std::fmt;

use muster_model::Effect;
use muster_model::commands::Command;

macro_rules! words {
    ($(#[$about:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident),+ $(,)? }) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub(crate) enum $name { $($(#[$doc])* $variant),+ }

        impl $name {
            pub(crate) const ALL: &'static [Self] = &[$(Self::$variant),+];

            pub(crate) fn word(self) -> &'static str {
                match self { $(Self::$variant => stringify!($variant)),+ }
            }

            /// In any case, with hyphens or without.
            fn known(word: &str) -> Option<Self> {
                let letters: String = word.chars().filter(char::is_ascii_alphanumeric).collect();
                Self::ALL.iter().copied().find(|known| known.word().eq_ignore_ascii_case(&letters))
            }
        }
    };
}

words! {
    /// What rights are about.
    Resource {
        /// API keys, OAuth clients, the API's settings and its log.
        Access,
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
}

words! {
    /// What is done to them.
    Action {
        Read,
        Create,
        Edit,
        Delete,
        /// Sets something going that reaches devices: a command, an installation, a message.
        Execute,
    }
}

// Rights are kept as bits, one word for each action.
const _: () = assert!(Resource::ALL.len() <= 64);

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

/// `devices:read`, `commands:send`
impl fmt::Display for Right {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let action = match self {
            Self { resource: Resource::Commands, action: Action::Execute } => "send".to_owned(),
            Self { action, .. } => action.word().to_lowercase(),
        };
        write!(f, "{}:{action}", self.resource.word().to_lowercase())
    }
}

/// Device commands that may be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Commands {
    All,
    These(BTreeSet<Command>),
}

/// What somebody may do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Rights {
    /// Resources by action.
    bits: [u64; Action::ALL.len()],
    commands: Commands,
}

impl Rights {
    pub(crate) const NONE: Self = Self { bits: [0; Action::ALL.len()], commands: Commands::These(BTreeSet::new()) };
    pub(crate) const EVERYTHING: Self = Self { bits: [u64::MAX; Action::ALL.len()], commands: Commands::All };

    /// Reads a text of rights, or names the first word that is none.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let mut rights = Self::NONE;
        for word in text.split([' ', ',', '\n']).filter(|word| !word.is_empty()) {
            rights.add(word).ok_or_else(|| word.to_owned())?;
        }
        Ok(rights)
    }

    fn add(&mut self, word: &str) -> Option<()> {
        let mut parts = word.split(':');
        let (resource, action, command) = (parts.next()?, parts.next(), parts.next());
        if parts.next().is_some() {
            return None;
        }
        let resources = match resource {
            "*" => Resource::ALL.to_vec(),
            word => vec![Resource::known(word)?],
        };
        let only_commands = resources == [Resource::Commands];
        let actions = match action {
            None | Some("*") => Action::ALL.to_vec(),
            Some(word) if only_commands && word.eq_ignore_ascii_case("send") => vec![Action::Execute],
            Some(word) => vec![Action::known(word)?],
        };
        let sends = actions.contains(&Action::Execute) && resources.contains(&Resource::Commands);
        match command {
            Some(_) if !only_commands || actions != [Action::Execute] => return None,
            Some("*") => self.commands = Commands::All,
            Some(word) => {
                let command = Command::known(word)?;
                if let Commands::These(commands) = &mut self.commands {
                    commands.insert(command);
                }
            }
            // `*`, `commands:*` and `*:execute` mean every command; `commands:send` alone means none.
            None if sends && (actions.len() > 1 || !only_commands) => self.commands = Commands::All,
            None => {}
        }
        for action in actions {
            for resource in &resources {
                self.bits[action as usize] |= 1 << *resource as u64;
            }
        }
        Some(())
    }

    pub(crate) fn allow(&self, right: Right) -> bool {
        self.bits[right.action as usize] >> right.resource as u64 & 1 == 1
    }

    /// Whether this very command may be sent; [`Action::Execute`] on [`Resource::Commands`] is asked for besides.
    pub(crate) fn allow_command(&self, command: Command) -> bool {
        match &self.commands {
            Commands::All => true,
            Commands::These(commands) => commands.contains(&command),
        }
    }

    /// What both allow.
    pub(crate) fn both(&self, other: &Self) -> Self {
        let commands = match (&self.commands, &other.commands) {
            (Commands::All, narrower) | (narrower, Commands::All) => narrower.clone(),
            (Commands::These(one), Commands::These(two)) => Commands::These(one & two),
        };
        Self { bits: std::array::from_fn(|action| self.bits[action] & other.bits[action]), commands }
    }

    /// Whether everything that `other` allows is allowed here too: nobody gives what they do not have.
    pub(crate) fn cover(&self, other: &Self) -> bool {
        let known = u64::MAX >> (64 - Resource::ALL.len());
        self.bits.iter().zip(other.bits).all(|(ours, theirs)| theirs & known & !ours == 0)
            && match (&self.commands, &other.commands) {
                (Commands::All, _) => true,
                (Commands::These(_), Commands::All) => false,
                (Commands::These(ours), Commands::These(theirs)) => theirs.is_subset(ours),
            }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rights(text: &str) -> Rights {
        Rights::parse(text).expect(text)
    }

    #[test]
    fn a_right_has_a_name_and_an_effect() {
        let right = needs(Resource::SmartGroups, Action::Edit);
        assert_eq!((right.to_string().as_str(), right.effect()), ("smartgroups:edit", Effect::Write));
        let sends = needs(Resource::Commands, Action::Execute);
        assert_eq!((sends.to_string().as_str(), sends.effect()), ("commands:send", Effect::Destroy));
        for &resource in Resource::ALL {
            for &action in Action::ALL {
                let right = needs(resource, action);
                let read = rights(&right.to_string());
                assert!(read.allow(right), "{right}");
                let others = Resource::ALL.iter().flat_map(|&r| Action::ALL.iter().map(move |&a| needs(r, a)));
                assert_eq!(others.filter(|other| read.allow(*other)).count(), 1, "{right}");
            }
        }
    }

    #[test]
    fn a_command_needs_its_own_word() {
        let lock = rights("commands:send:DeviceLock");
        assert!(lock.allow(needs(Resource::Commands, Action::Execute)) && lock.allow_command(Command::Lock));
        assert!(!lock.allow_command(Command::DeviceWipe) && !lock.allow(needs(Resource::Devices, Action::Read)));
        assert!(!rights("commands:send").allow_command(Command::Lock));
        for all in ["*", "commands:*", "*:execute", "commands:send:*", "Commands"] {
            assert!(rights(all).allow_command(Command::DeviceWipe), "{all}");
        }
        for bad in ["printers:read", "devices:fly", "commands:send:Explode", "devices:read:Lock", "a:b:c:d", ":"] {
            assert_eq!(Rights::parse(&format!("tags:read {bad}")), Err(bad.to_owned()));
        }
    }

    #[test]
    fn what_two_allow_is_what_each_allows() {
        let (helpdesk, key) = (rights("devices:* commands:send:DeviceLock"), rights("*:read commands:send:*"));
        let both = helpdesk.both(&key);
        assert!(both.allow(needs(Resource::Devices, Action::Read)) && both.allow_command(Command::Lock));
        assert!(!both.allow(needs(Resource::Devices, Action::Edit)) && !both.allow_command(Command::DeviceWipe));
        assert!(helpdesk.cover(&both) && key.cover(&both) && !both.cover(&key));
        assert!(Rights::EVERYTHING.cover(&rights("*")) && rights("*").cover(&Rights::EVERYTHING));
        assert!(!helpdesk.cover(&rights("commands:send:*")));
    }
}
