//! What every verb promises: what it does, what it needs, where its outcome is read, how it is taken back. One table:
//! the guard goes by its platforms, `muster doctor --for` by its rights, undo by its way back, and tests hold every verb to
//! it. How a verb is carried out is in `verbs`.

use muster_model::Effect;
use muster_model::words::Platform;

/// The promise of one verb.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VerbFacts {
    /// Its name in the journal.
    pub name: &'static str,
    /// The kind of target it is for.
    pub target: &'static str,
    /// `None`: that of the command or operation that it sends.
    pub effect: Option<Effect>,
    /// What is looked at before anything is sent; if it is not so, nothing is sent.
    pub precondition: &'static str,
    /// Platforms that have it; none named means all of them, or those of the command.
    pub platforms: &'static [Platform],
    /// The least right that the account needs to do it.
    pub right: Right,
    /// What it needs besides, to look before and after: all of it reading.
    pub reads: Reads,
    /// Where the outcome is read when the answer was lost.
    pub read_back: &'static str,
    pub undo: Undo,
}

/// Rights as `muster doctor --for` names them: what is read or changed, and what is done to it.
type Rights = &'static [&'static str];

/// What somebody has to be allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Right {
    /// All of these, in the one dialect and in the other.
    These { guide: Rights, published: Rights },
    /// To send the command that it is about.
    OfCommand,
    /// That of the operation (`muster api show`).
    OfOperation,
}

/// Rights to read, in the one dialect and in the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reads {
    pub guide: Rights,
    pub published: Rights,
}

const fn right(right: Rights) -> Right {
    Right::These { guide: right, published: right }
}

const fn reads(reads: Rights) -> Reads {
    Reads { guide: reads, published: reads }
}

/// Whether and how it is taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Undo {
    /// From what was noted before it was sent.
    Image,
    /// By its opposite; nothing has to be known.
    Opposite,
    /// By the opposite of the command, where it has one.
    OfCommand,
    /// Not at all, and why.
    Never(&'static str),
}

const UPDATED: &[Platform] = &[Platform::Apple, Platform::AppleOsX, Platform::WinRt];
const ALL: &[Platform] = &[];

use Effect::{Destroy, Write};

/// Every verb, in the order of the targets.
pub const TABLE: &[VerbFacts] = &[
    VerbFacts {
        name: "SendCommand",
        target: "device",
        effect: None,
        precondition: "the API has the command",
        platforms: ALL,
        right: Right::OfCommand,
        reads: reads(&["devices:read"]),
        read_back: "the commands of the device",
        undo: Undo::OfCommand,
    },
    VerbFacts {
        name: "Retag",
        target: "device",
        effect: Some(Write),
        precondition: "the tags are not so already",
        platforms: ALL,
        // In the guide dialect tags are part of the device; elsewhere one that does not exist yet is made first.
        right: Right::These { guide: &["devices:edit"], published: &["tags:edit", "tags:create"] },
        reads: Reads { guide: &["devices:read"], published: &["devices:read", "tags:read"] },
        read_back: "the tags of the device",
        undo: Undo::Image,
    },
    VerbFacts {
        name: "EditDevice",
        target: "device",
        effect: Some(Write),
        precondition: "the record is not so already",
        platforms: ALL,
        right: right(&["devices:edit"]),
        reads: reads(&["devices:read"]),
        read_back: "the record of the device",
        undo: Undo::Image,
    },
    VerbFacts {
        name: "MoveDevice",
        target: "device",
        effect: Some(Write),
        precondition: "the device is not in that group already",
        platforms: ALL,
        right: right(&["devices:edit"]),
        reads: reads(&["devices:read"]),
        read_back: "the record of the device",
        undo: Undo::Image,
    },
    VerbFacts {
        name: "SetAttributes",
        target: "device",
        effect: Some(Write),
        precondition: "the attributes are not so already",
        platforms: ALL,
        right: right(&["devices:edit"]),
        reads: reads(&["devices:read"]),
        read_back: "the attributes of the device",
        undo: Undo::Image,
    },
    VerbFacts {
        name: "InstallProfile",
        target: "device",
        effect: Some(Write),
        precondition: "the profile is assigned to the device and not installed",
        platforms: ALL,
        right: right(&["profiles:execute"]),
        reads: reads(&["profiles:read", "devices:read"]),
        read_back: "the profiles of the device",
        undo: Undo::Image,
    },
    VerbFacts {
        name: "RemoveProfile",
        target: "device",
        effect: Some(Destroy),
        precondition: "the profile is on the device",
        platforms: ALL,
        right: right(&["profiles:execute"]),
        reads: reads(&["profiles:read", "devices:read"]),
        read_back: "the profiles of the device",
        undo: Undo::Image,
    },
    VerbFacts {
        name: "InstallApp",
        target: "device",
        effect: Some(Write),
        precondition: "the app is assigned to the device, as far as the plan knows",
        platforms: ALL,
        right: Right::These {
            guide: &["commands:send:InstallApplication"],
            published: &["apps:execute", "commands:send:InstallApplication"],
        },
        reads: Reads {
            guide: &["devices:read", "apps:read"],
            published: &["devices:read", "apps:read", "organizationgroups:read"],
        },
        read_back: "the commands of the device",
        undo: Undo::Never("whether the app was there before is not known: take it off by `apps remove`"),
    },
    VerbFacts {
        name: "RemoveApp",
        target: "device",
        effect: Some(Destroy),
        precondition: "the app is on the device",
        platforms: ALL,
        right: right(&["apps:execute"]),
        // Whose the app is, is asked of its organization group.
        reads: Reads {
            guide: &["devices:read", "apps:read"],
            published: &["devices:read", "apps:read", "organizationgroups:read"],
        },
        read_back: "the devices of the app",
        undo: Undo::Image,
    },
    VerbFacts {
        name: "SendMessage",
        target: "device",
        effect: Some(Write),
        precondition: "none",
        platforms: ALL,
        right: right(&["commands:send:SendMessage"]),
        reads: reads(&["devices:read"]),
        read_back: "the commands of the device, for notifications only",
        undo: Undo::Never("what was said was said"),
    },
    VerbFacts {
        name: "UpdateOs",
        target: "device",
        effect: Some(Write),
        precondition: "none",
        platforms: UPDATED,
        right: right(&["commands:send:InstallOSUpdate"]),
        reads: reads(&["devices:read"]),
        read_back: "the commands of the device",
        undo: Undo::Never("an operating system does not go back to an older version"),
    },
    VerbFacts {
        name: "DeleteDevice",
        target: "device",
        effect: Some(Destroy),
        precondition: "the device is not enrolled any more: wiped, unenrolled or retired",
        platforms: ALL,
        right: right(&["devices:delete"]),
        reads: reads(&["devices:read"]),
        read_back: "the record of the device",
        undo: Undo::Never("a deleted record comes back only when the device enrolls again"),
    },
    VerbFacts {
        name: "CreateUser",
        target: "user",
        effect: Some(Write),
        precondition: "none",
        platforms: ALL,
        right: right(&["users:create"]),
        reads: reads(&["users:read"]),
        read_back: "the user of that name",
        undo: Undo::Opposite,
    },
    VerbFacts {
        name: "UpdateUser",
        target: "user",
        effect: Some(Write),
        precondition: "the user exists, and the fields are not so already",
        platforms: ALL,
        right: right(&["users:edit"]),
        reads: reads(&["users:read"]),
        read_back: "the user of that name",
        undo: Undo::Image,
    },
    VerbFacts {
        name: "SetUserActive",
        target: "user",
        effect: Some(Write),
        precondition: "the user exists, and is not so already",
        platforms: ALL,
        right: right(&["users:edit"]),
        reads: reads(&["users:read"]),
        read_back: "the user of that name",
        undo: Undo::Image,
    },
    VerbFacts {
        name: "DeleteUser",
        target: "user",
        effect: Some(Destroy),
        precondition: "the user has no devices",
        platforms: ALL,
        right: right(&["users:delete"]),
        reads: reads(&["users:read"]),
        read_back: "the user of that name",
        undo: Undo::Never("a user who is created again has another id, another password and none of the old groups"),
    },
    VerbFacts {
        name: "JoinUserGroup",
        target: "user",
        effect: Some(Write),
        precondition: "the user is not a member already",
        platforms: ALL,
        right: right(&["usergroups:edit"]),
        reads: reads(&["users:read", "usergroups:read"]),
        read_back: "the members of the group",
        undo: Undo::Image,
    },
    VerbFacts {
        name: "LeaveUserGroup",
        target: "user",
        effect: Some(Write),
        precondition: "the user is a member",
        platforms: ALL,
        right: right(&["usergroups:edit"]),
        reads: reads(&["users:read", "usergroups:read"]),
        read_back: "the members of the group",
        undo: Undo::Image,
    },
    VerbFacts {
        name: "AssignApp",
        target: "app",
        effect: Some(Write),
        precondition: "the app is not assigned to all of the groups already",
        platforms: ALL,
        right: right(&["apps:edit"]),
        reads: reads(&["apps:read", "smartgroups:read"]),
        read_back: "the assignments of the app",
        undo: Undo::Image,
    },
    VerbFacts {
        name: "UnassignApp",
        target: "app",
        effect: Some(Destroy),
        precondition: "the app is assigned to one of the groups",
        platforms: ALL,
        right: right(&["apps:edit"]),
        reads: reads(&["apps:read", "smartgroups:read"]),
        read_back: "the assignments of the app",
        undo: Undo::Image,
    },
    VerbFacts {
        name: "MakeApiKey",
        target: "API key",
        effect: Some(Write),
        precondition: "somebody keeps the key's text",
        platforms: ALL,
        right: right(&["apikeys:create"]),
        reads: reads(&["apikeys:read"]),
        read_back: "the list of keys",
        undo: Undo::Never("a key that was given out is revoked by `secrets rotate`"),
    },
    VerbFacts {
        name: "RevokeApiKey",
        target: "API key",
        effect: Some(Destroy),
        precondition: "the key still opens something",
        platforms: ALL,
        right: right(&["apikeys:delete"]),
        reads: reads(&["apikeys:read"]),
        read_back: "the list of keys",
        undo: Undo::Never("a revoked key never opens anything again"),
    },
    VerbFacts {
        name: "CallOperation",
        target: "resource",
        effect: None,
        precondition: "none",
        platforms: ALL,
        right: Right::OfOperation,
        reads: reads(&[]),
        read_back: "the record at the same address, where the API has one",
        undo: Undo::Never("what an operation of the catalogue changed is not known in general"),
    },
];

/// The row of a verb.
pub(crate) fn facts(name: &str) -> &'static VerbFacts {
    // Every verb has a row: `every_verb_has_one_row` checks it.
    TABLE.iter().find(|facts| facts.name == name).unwrap_or(&TABLE[0])
}
