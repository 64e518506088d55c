//! The roles that every tenant has.

/// A role that the program knows.
pub(crate) struct BuiltIn {
    /// Kept: what a database names must not change its meaning.
    pub(crate) id: i64,
    pub(crate) name: &'static str,
    pub(crate) description: &'static str,
    pub(crate) rights: &'static str,
}

pub(crate) const SYSTEM_ADMINISTRATOR: i64 = 1;

/// What everybody reads who works with devices at all.
macro_rules! reads {
    ($($more:literal),*) => {
        concat!(
            "tenant:read organizationgroups:read devices:read commands:read tags:read smartgroups:read \
             compliance:read apps:read profiles:read users:read usergroups:read operations:read events:read ",
            $($more, " "),*
        )
    };
}

pub(crate) const BUILT_IN: &[BuiltIn] = &[
    BuiltIn {
        id: SYSTEM_ADMINISTRATOR,
        name: "System Administrator",
        description: "Everything, also who may call and how",
        rights: "*",
    },
    BuiltIn {
        id: 2,
        name: "Console Administrator",
        description: "Everything but the settings of the API and other administrators' rights",
        rights: "tenant:* organizationgroups:* devices:* commands:* wipes:* tags:* smartgroups:* compliance:* apps:* \
                 profiles:* products:* users:* usergroups:* content:* events:* sensors:* scripts:* workflows:* \
                 operations:* reports:* certificates:read admins:read roles:read settings:read",
    },
    BuiltIn {
        id: 3,
        name: "Device Manager",
        description: "Devices with all their commands, tags, groups, profiles and compliance",
        rights: reads!(
            "devices:* commands:* wipes:* tags:* smartgroups:* compliance:* profiles:* products:* sensors:* \
             scripts:* workflows:* reports:* certificates:read content:read apps:execute operations:*"
        ),
    },
    BuiltIn {
        id: 4,
        name: "Application Management",
        description: "Apps: upload, assign, install, remove",
        rights: reads!("apps:* content:* products:* operations:*"),
    },
    BuiltIn {
        id: 5,
        name: "Content Management",
        description: "Content: upload, assign, remove",
        rights: reads!("content:*"),
    },
    BuiltIn {
        id: 6,
        name: "User Management",
        description: "Enrollment users and their groups",
        rights: reads!("users:* usergroups:*"),
    },
    BuiltIn {
        id: 7,
        name: "Helpdesk",
        description: "Looks devices up and helps: lock, query, clear a passcode, find; never removes anything",
        rights: reads!(
            "devices:edit tags:edit commands:send:DeviceLock commands:send:ClearPasscode commands:send:SyncDevice \
             commands:send:DeviceQuery commands:send:FindDevice commands:send:SoftReset"
        ),
    },
    BuiltIn { id: 8, name: "Report Viewer", description: "Reads devices and reports", rights: reads!("reports:*") },
    BuiltIn { id: 9, name: "Read Only", description: "Reads everything, changes nothing", rights: "*:read" },
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::authority::rights::{Action, Resource, Rights, needs};

    impl BuiltIn {
        fn rights(&self) -> Rights {
            Rights::parse(self.rights).expect(self.name)
        }
    }

    #[test]
    fn built_in_roles_can_be_read_and_differ() {
        for (index, role) in BUILT_IN.iter().enumerate() {
            Rights::parse(role.rights).unwrap_or_else(|word| panic!("{}: {word}", role.name));
            for other in &BUILT_IN[..index] {
                assert!(other.name != role.name && other.id != role.id);
                assert_ne!(other.rights(), role.rights(), "{} and {}", other.name, role.name);
            }
        }
    }

    #[test]
    fn only_the_system_administrator_decides_who_may_call() {
        for role in BUILT_IN.iter().filter(|role| role.id != SYSTEM_ADMINISTRATOR) {
            for resource in [Resource::Admins, Resource::Roles, Resource::Settings, Resource::Certificates] {
                for action in [Action::Create, Action::Edit, Action::Delete] {
                    assert!(!role.rights().allow(needs(resource, action)), "{} {resource:?}", role.name);
                }
            }
        }
    }
}
