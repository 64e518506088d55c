//! The calls of the published API that carry one command each: what `…/commands?command=` does not offer, and what it
//! offers without the parameters. One table; who calls them reads it, and nothing here is sent.

use super::Command;

/// A call that carries one command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Route {
    pub command: Command,
    /// Key of the operation in the catalogue.
    pub operation: &'static str,
    pub device: Naming,
    /// Arguments that are always the same.
    pub fixed: &'static [(&'static str, &'static str)],
    /// What it can say beside the device.
    pub carries: &'static [Carried],
    /// Of each of these lists one has to be given.
    pub needs: &'static [&'static [&'static str]],
}

/// How a call names its device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Naming {
    /// By its id, as this argument of the path.
    Id(&'static str),
    /// By its UUID, as this argument of the path.
    Uuid(&'static str),
    /// By its id, as `searchby` and `id`.
    Query,
    /// By its UUID in a list of one; the answer says whether it was refused.
    Listed,
    /// The same together with the UUID of its organization group. Without a list such a call means the whole group.
    ListedInGroup,
}

/// A parameter of a command, as a call carries it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Carried {
    /// Where it stands in the body, the members on the way divided by dots; in the query its name.
    pub member: &'static str,
    pub form: Form,
    pub in_query: bool,
}

/// What a parameter is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    Text,
    Number,
    Flag,
}

impl Carried {
    /// What people call it.
    pub fn word(&self) -> &'static str {
        self.member.rsplit('.').next().unwrap_or(self.member)
    }

    /// Whether a name means it, in any case and with or without underscores.
    pub fn is_called(&self, name: &str) -> bool {
        let plain = |text: &str| text.chars().filter(|char| *char != '_').collect::<String>().to_ascii_lowercase();
        plain(self.word()) == plain(name)
    }
}

impl Route {
    /// The call that carries this command, if it has one of its own.
    pub fn of(command: Command) -> Option<&'static Self> {
        TABLE.iter().find(|route| route.command == command)
    }
}

const fn text(member: &'static str) -> Carried {
    Carried { member, form: Form::Text, in_query: false }
}

const fn number(member: &'static str) -> Carried {
    Carried { member, form: Form::Number, in_query: false }
}

const fn flag(member: &'static str) -> Carried {
    Carried { member, form: Form::Flag, in_query: false }
}

const fn asked(member: &'static str, form: Form) -> Carried {
    Carried { member, form, in_query: true }
}

const fn route(
    command: Command,
    operation: &'static str,
    device: Naming,
    carries: &'static [Carried],
    needs: &'static [&'static [&'static str]],
) -> Route {
    Route { command, operation, device, fixed: &[], carries, needs }
}

/// A route with an argument that says which command or which way.
const fn fixed(route: Route, fixed: &'static [(&'static str, &'static str)]) -> Route {
    Route { fixed, ..route }
}

const PASSCODE: &[Carried] = &[text("Passcode")];
const LOST: &[Carried] = &[text("message"), text("phone_number"), text("footnote")];
const RECOVERY_LOCK: &[Carried] = &[
    flag("set_recovery_lock.clear_password"),
    text("set_recovery_lock.current_password"),
    number("set_recovery_lock.password_policy.length"),
    flag("set_recovery_lock.password_policy.include_letters"),
    flag("set_recovery_lock.password_policy.include_numbers"),
    flag("set_recovery_lock.password_policy.include_special_characters"),
];

const SECOND: &str = "mdmv2/CommandsV2_ExecuteAsync";
const THIRD: &str = "mdmv3/CommandsV3_ExecuteAsync";
const ADMINS: &str = "mdmv1/AdminActionV1_BulkAdminActionAsync";
const ACTIONS: &str = "mdmv3/DeviceActionsV3_ExecuteBulkDeviceActionAsync";
const LOST_MODE: &str = "mdmv1/LostModeV1_UpdateLostModeAsync";

use Command as C;

const TABLE: &[Route] = &[
    route(
        C::FindDevice,
        "mdmv1/CommandsV1_ExecuteFindDeviceAsync",
        Naming::Id("deviceId"),
        &[
            text("Application"),
            text("Message"),
            text("NumberOfRepetitions"),
            text("GapBetweenRepetitions"),
            text("Platform"),
        ],
        &[],
    ),
    route(
        C::ChangePasscode,
        "mdmv1/CommandsV1_ExecuteChangeDevicePasscodeAsync",
        Naming::Id("id"),
        &[text("Passcode"), flag("WorkPasscode")],
        &[&["Passcode"]],
    ),
    route(
        C::ChangeContainerPasscode,
        "mdmv1/CommandsV1_ExecuteChangeContainerPasscodeByAlternateIdAsync",
        Naming::Query,
        PASSCODE,
        &[&["Passcode"]],
    ),
    route(
        C::StartAirPlay,
        "mdmv1/CommandsV1_ExecuteStartAirPlayAsync",
        Naming::Id("deviceid"),
        &[text("DestinationName"), text("DestinationDeviceId"), text("Passcode"), text("Scantime")],
        &[&["DestinationName", "DestinationDeviceId"]],
    ),
    route(
        C::RemoteView,
        "mdmv1/CommandsV1_ExecuteStartRemoteViewByAlternateIdAsync",
        Naming::Query,
        &[asked("remoteviewId", Form::Number)],
        &[&["remoteviewId"]],
    ),
    route(
        C::RequestDeviceLog,
        "mdmv1/CommandsV1_ExecuteRequestDeviceLogAsync",
        Naming::Query,
        &[text("DeviceLogLevel"), text("DeviceLogSource"), number("DeviceLogDuration"), text("LogFilePath")],
        &[],
    ),
    route(C::StopDeviceLog, "mdmv1/CommandsV1_ExecuteStopDeviceLogAsync", Naming::Query, &[], &[]),
    route(
        C::RefreshAppDeploymentLog,
        "mdmv1/CommandsV1_ExecuteAppLastDeploymentLogRefreshAsync",
        Naming::Id("deviceid"),
        &[text("build_version"), text("transaction_identifier"), text("install_context")],
        &[&["build_version"], &["transaction_identifier"], &["install_context"]],
    ),
    fixed(
        route(C::EnableLostMode, LOST_MODE, Naming::Uuid("deviceUuid"), LOST, &[&["message", "phone_number"]]),
        &[("enableLostMode", "true")],
    ),
    fixed(route(C::DisableLostMode, LOST_MODE, Naming::Uuid("deviceUuid"), LOST, &[]), &[("enableLostMode", "false")]),
    fixed(route(C::LogoutUser, SECOND, Naming::Uuid("deviceUuid"), &[], &[]), &[("commandName", "logout-user")]),
    fixed(
        route(C::DeleteUser, SECOND, Naming::Uuid("deviceUuid"), &[text("managed_apple_id")], &[&["managed_apple_id"]]),
        &[("commandName", "delete-user")],
    ),
    fixed(
        route(C::SuspendBitlocker, SECOND, Naming::Uuid("deviceUuid"), &[number("reboot_count")], &[]),
        &[("commandName", "suspend-bitlocker")],
    ),
    fixed(
        route(C::ResumeBitlocker, SECOND, Naming::Uuid("deviceUuid"), &[], &[]),
        &[("commandName", "resume-bitlocker")],
    ),
    fixed(
        route(
            C::SetRecoveryLock,
            THIRD,
            Naming::Uuid("deviceUuid"),
            RECOVERY_LOCK,
            &[&["clear_password", "length", "include_letters", "include_numbers", "include_special_characters"]],
        ),
        &[("commandName", "SetRecoveryLock")],
    ),
    fixed(route(C::Suspend, ADMINS, Naming::Listed, &[], &[]), &[("adminAction", "SUSPEND")]),
    fixed(route(C::WakeUp, ADMINS, Naming::Listed, &[], &[]), &[("adminAction", "WAKEUP")]),
    fixed(
        route(C::MigrateToMultiUser, ACTIONS, Naming::ListedInGroup, &[], &[]),
        &[("action_name", "MIGRATE_TO_MULTIUSER")],
    ),
    fixed(
        route(C::ChangeToSingleUser, ACTIONS, Naming::ListedInGroup, &[], &[]),
        &[("action_name", "CHANGE_TO_SINGLEUSER")],
    ),
    fixed(
        route(C::ChangeToMultiUser, ACTIONS, Naming::ListedInGroup, &[], &[]),
        &[("action_name", "CHANGE_TO_MULTIUSER")],
    ),
    // These the common call offers too, without what has to be said beside the name.
    fixed(
        route(
            C::CustomMdmCommand,
            "mdmv1/CommandsV1_ExecuteAsync",
            Naming::Id("deviceid"),
            &[text("CommandXml")],
            &[&["CommandXml"]],
        ),
        &[("command", "CustomMdmCommand")],
    ),
    fixed(
        route(
            C::Lock,
            SECOND,
            Naming::Uuid("deviceUuid"),
            &[text("message"), number("unlock_pin")],
            &[&["message", "unlock_pin"]],
        ),
        &[("commandName", "Lock")],
    ),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::facts::{Place, published};

    #[test]
    fn every_route_is_an_operation_that_knows_its_arguments_and_is_classed_no_milder_than_its_command() {
        for route in TABLE {
            let operation = published().operation(route.operation).expect(route.operation);
            assert!(operation.effect() >= route.command.effect(), "{route:?}");
            let known = |name: &str| operation.parameters.iter().any(|known| known.name.eq_ignore_ascii_case(name));
            let named: Vec<&str> = match route.device {
                Naming::Id(name) | Naming::Uuid(name) => vec![name],
                Naming::Query => vec!["searchby", "id"],
                Naming::Listed | Naming::ListedInGroup => Vec::new(),
            };
            assert!(named.iter().all(|name| known(name)), "{route:?}");
            for carried in route.carries.iter().filter(|carried| carried.in_query) {
                assert!(known(carried.member), "{carried:?}");
            }
            let in_path = operation.parameters.iter().filter(|parameter| parameter.place == Place::Path);
            for parameter in in_path {
                let given = named.contains(&parameter.name.as_str())
                    || route.fixed.iter().any(|(name, _)| *name == parameter.name);
                assert!(given, "{route:?}: {}", parameter.name);
            }
            for need in route.needs.iter().flat_map(|needs| needs.iter()) {
                assert!(route.carries.iter().any(|carried| carried.word() == *need), "{route:?}: {need}");
            }
        }
    }

    #[test]
    fn only_two_commands_have_no_way_in_the_published_api() {
        let without: Vec<Command> =
            Command::all().filter(|command| command.published().is_none() && Route::of(*command).is_none()).collect();
        // An application is installed by a call of its own area.
        let expected = [Command::EnableDeviceEncryption, Command::InstallApplication, Command::SendMessage];
        assert_eq!(without, expected);
    }
}
