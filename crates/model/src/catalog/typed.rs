//! Every endpoint of this crate that has types, as data, for tables, documents and tests that must miss none.

use crate::endpoint::{Effect, EffectClass, Endpoint, Method};

/// What an endpoint is, without its types.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    pub name: &'static str,
    /// Among the facts: `mdmv1/Tags_Search`.
    pub key: &'static str,
    pub method: Method,
    pub path: &'static str,
    pub version: u8,
    pub effect: Effect,
}

impl Entry {
    const fn of<E: Endpoint>() -> Self {
        Self {
            name: E::NAME,
            key: E::KEY,
            method: E::METHOD,
            path: E::PATH,
            version: E::VERSION,
            effect: <E::Effect as EffectClass>::EFFECT,
        }
    }
}

/// Hands the type of every endpoint to a macro, the published API first: `every_endpoint!(count)` becomes
/// `count! { muster_model::system::Info, … }`.
#[macro_export]
macro_rules! every_endpoint {
    ($then:ident) => {
        $then! {
            $crate::system::ApiKeys,
            $crate::system::Info,
            $crate::organization_groups::Children,
            $crate::organization_groups::Create,
            $crate::organization_groups::CreateV1,
            $crate::organization_groups::Delete,
            $crate::organization_groups::DeleteV2,
            $crate::organization_groups::DeviceCounts,
            $crate::organization_groups::Get,
            $crate::organization_groups::GetV2,
            $crate::organization_groups::Search,
            $crate::organization_groups::SearchV1,
            $crate::organization_groups::Tags,
            $crate::organization_groups::Update,
            $crate::organization_groups::UpdateV2,
            $crate::devices::AddNote,
            $crate::devices::AddTag,
            $crate::devices::AdminApps,
            $crate::devices::Apps,
            $crate::devices::AppsV1,
            $crate::devices::AttributeChanges,
            $crate::devices::Attributes,
            $crate::devices::BulkSettings,
            $crate::devices::Certificates,
            $crate::devices::CheckOut,
            $crate::devices::Content,
            $crate::devices::CountEnrolled,
            $crate::devices::Counts,
            $crate::devices::Delete,
            $crate::devices::DeleteFound,
            $crate::devices::DeleteMany,
            $crate::devices::DeleteNote,
            $crate::devices::Encryption,
            $crate::devices::EnrollmentState,
            $crate::devices::EventLogFound,
            $crate::devices::ExtensiveSearch,
            $crate::devices::Find,
            $crate::devices::FindMany,
            $crate::devices::Get,
            $crate::devices::GetMany,
            $crate::devices::GetV2,
            $crate::devices::GetV3,
            $crate::devices::Gps,
            $crate::devices::GpsMany,
            $crate::devices::GpsSearch,
            $crate::devices::LiteSearch,
            $crate::devices::LoggedIn,
            $crate::devices::LostMode,
            $crate::devices::MoveFound,
            $crate::devices::MoveTo,
            $crate::devices::Network,
            $crate::devices::NetworkSearch,
            $crate::devices::Note,
            $crate::devices::Notes,
            $crate::devices::OsUpdates,
            $crate::devices::Profiles,
            $crate::devices::RemoveAttributes,
            $crate::devices::RemoveTag,
            $crate::devices::Search,
            $crate::devices::SearchV2,
            $crate::devices::SearchV3,
            $crate::devices::Security,
            $crate::devices::SecuritySearch,
            $crate::devices::Sensors,
            $crate::devices::SetAttributes,
            $crate::devices::SetAttributesBySerial,
            $crate::devices::SetAttributesOfMany,
            $crate::devices::SmartGroups,
            $crate::devices::Update,
            $crate::devices::UpdateFound,
            $crate::devices::UpdateNote,
            $crate::devices::User,
            $crate::devices::UuidOf,
            $crate::commands::Act,
            $crate::commands::ChangePasscode,
            $crate::commands::FindDevice,
            $crate::commands::EventLog,
            $crate::commands::RequestLog,
            $crate::commands::ScheduleOsUpdate,
            $crate::commands::ScheduleOsUpdateOfMany,
            $crate::commands::Send,
            $crate::commands::SendFound,
            $crate::commands::SendMany,
            $crate::commands::SendManyV2,
            $crate::commands::SendV2,
            $crate::commands::SendV3,
            $crate::commands::StopLog,
            $crate::messages::Email,
            $crate::messages::EmailMany,
            $crate::messages::Push,
            $crate::messages::PushFound,
            $crate::messages::PushMany,
            $crate::messages::Sms,
            $crate::messages::SmsMany,
            $crate::compliance::DeviceCompliance,
            $crate::compliance::Policies,
            $crate::compliance::PoliciesByGroup,
            $crate::tags::Add,
            $crate::tags::AddDevices,
            $crate::tags::RemoveDevices,
            $crate::tags::AssignV2,
            $crate::tags::CreateV3,
            $crate::tags::Delete,
            $crate::tags::DeleteV2,
            $crate::tags::Devices,
            $crate::tags::DevicesV2,
            $crate::tags::OfDevice,
            $crate::tags::Search,
            $crate::tags::SearchV2,
            $crate::tags::UnassignV2,
            $crate::tags::Update,
            $crate::tags::UpdateV2,
            $crate::smart_groups::Apps,
            $crate::smart_groups::Create,
            $crate::smart_groups::Delete,
            $crate::smart_groups::Devices,
            $crate::smart_groups::Get,
            $crate::smart_groups::PatchV2,
            $crate::smart_groups::Search,
            $crate::smart_groups::Update,
            $crate::profiles::Activate,
            $crate::profiles::CreateApple,
            $crate::profiles::Deactivate,
            $crate::profiles::Delete,
            $crate::profiles::Detail,
            $crate::profiles::Devices,
            $crate::profiles::Get,
            $crate::profiles::Install,
            $crate::profiles::Remove,
            $crate::profiles::Search,
            $crate::profiles::SearchV1,
            $crate::profiles::SearchV3,
            $crate::profiles::Summary,
            $crate::profiles::UpdateApple,
            $crate::apps::ActionCounts,
            $crate::apps::Activate,
            $crate::apps::Assign,
            $crate::apps::BeginInstall,
            $crate::apps::Deactivate,
            $crate::apps::Delete,
            $crate::apps::DeploymentCounts,
            $crate::apps::Devices,
            $crate::apps::Get,
            $crate::apps::GetV2,
            $crate::apps::GroupsCreate,
            $crate::apps::GroupsSearch,
            $crate::apps::Install,
            $crate::apps::InternalDevices,
            $crate::apps::InternalStatus,
            $crate::apps::PublicAdd,
            $crate::apps::PublicDelete,
            $crate::apps::PublicDevices,
            $crate::apps::PublicGet,
            $crate::apps::PublicInstall,
            $crate::apps::PublicUninstall,
            $crate::apps::PublicUpdate,
            $crate::apps::PurchasedAccount,
            $crate::apps::PurchasedAssign,
            $crate::apps::PurchasedDevices,
            $crate::apps::PurchasedSync,
            $crate::apps::PurchasedGet,
            $crate::apps::PurchasedGetV2,
            $crate::apps::PurchasedInstall,
            $crate::apps::PurchasedSearch,
            $crate::apps::PurchasedUninstall,
            $crate::apps::ReasonCounts,
            $crate::apps::RemovalLogs,
            $crate::apps::RemoveAssignments,
            $crate::apps::ReplaceRules,
            $crate::apps::Retire,
            $crate::apps::Rules,
            $crate::apps::Search,
            $crate::apps::Uninstall,
            $crate::apps::Unretire,
            $crate::apps::UpdateAssignments,
            $crate::apps::UploadChunk,
            $crate::apps::Versions,
            $crate::blobs::Delete,
            $crate::blobs::Download,
            $crate::blobs::Upload,
            $crate::users::Activate,
            $crate::users::Deactivate,
            $crate::users::ActivateMany,
            $crate::users::Add,
            $crate::users::CreateV2,
            $crate::users::DeactivateMany,
            $crate::users::Delete,
            $crate::users::DeleteMany,
            $crate::users::DeleteV2,
            $crate::users::Get,
            $crate::users::GetV2,
            $crate::users::MoveTo,
            $crate::users::Search,
            $crate::users::SearchV2,
            $crate::users::Update,
            $crate::users::UpdateV2,
            $crate::enrollment::CreateToken,
            $crate::enrollment::CreateTokenV2,
            $crate::enrollment::DeleteRegistered,
            $crate::enrollment::DeleteToken,
            $crate::enrollment::EnrolledDevices,
            $crate::enrollment::RegisterDevice,
            $crate::enrollment::RegisteredDevices,
            $crate::enrollment::Token,
            $crate::enrollment::TokenSearch,
            $crate::enrollment::Tokens,
            $crate::user_groups::Add,
            $crate::user_groups::AddUser,
            $crate::user_groups::CreateCustom,
            $crate::user_groups::Delete,
            $crate::user_groups::Members,
            $crate::user_groups::MembersByUuid,
            $crate::user_groups::RemoveUser,
            $crate::user_groups::Search,
            $crate::user_groups::Sync,
            $crate::user_groups::Update,
            $crate::admins::Add,
            $crate::admins::AddRole,
            $crate::admins::Delete,
            $crate::admins::Get,
            $crate::admins::GetV2,
            $crate::admins::RemoveRole,
            $crate::admins::ResetPassword,
            $crate::admins::Search,
            $crate::admins::SearchV2,
            $crate::admins::Update,
            $crate::certificates::Authorities,
            $crate::certificates::Upload,
            $crate::events::Create,
            $crate::events::Delete,
            $crate::events::Get,
            $crate::events::Search,
            $crate::events::Update,
            $crate::wipes::Decide,
            $crate::wipes::Lock,
            $crate::wipes::Search,
            $crate::wipes::Unlock,
            $crate::sensors::Assign,
            $crate::sensors::Assignments,
            $crate::sensors::Create,
            $crate::sensors::DeleteAssignment,
            $crate::sensors::DeleteMany,
            $crate::sensors::Get,
            $crate::sensors::List,
            $crate::sensors::Update,
            $crate::scripts::Assign,
            $crate::scripts::Assignments,
            $crate::scripts::Create,
            $crate::scripts::DeleteMany,
            $crate::scripts::Get,
            $crate::scripts::List,
            $crate::scripts::Samples,
            $crate::scripts::Update,
            $crate::products::Activate,
            $crate::products::AddSmartGroup,
            $crate::products::Assigned,
            $crate::products::Create,
            $crate::products::Deactivate,
            $crate::products::Delete,
            $crate::products::Failed,
            $crate::products::Get,
            $crate::products::RemoveSmartGroup,
            $crate::products::Reprocess,
            $crate::products::Search,
            $crate::operations::Get,
            $crate::operations::Trigger,
            $crate::reports::Create,
            $crate::reports::Get,
            $crate::guide::AppsSearch,
            $crate::guide::AssignApp,
            $crate::guide::AppAssignments,
            $crate::guide::AppDevices,
            $crate::guide::NonCompliant,
            $crate::guide::DeviceCompliance,
            $crate::guide::DevicesSearch,
            $crate::guide::DevicesGet,
            $crate::guide::DeviceUpdate,
            $crate::guide::SendCommand,
            $crate::guide::OperationStatusGet,
            $crate::guide::SmartGroupsSearch,
            $crate::guide::SystemInfoGet,
            $crate::guide::UserGroupsSearch,
            $crate::guide::UserGroupUsers,
            $crate::guide::AddUsers,
            $crate::guide::UsersSearch,
            $crate::guide::UsersGet,
            $crate::guide::UsersAdd,
            $crate::guide::UsersUpdate,
            $crate::guide::CommandHistory,
            $crate::guide::ApiKeysList,
            $crate::guide::ApiKeysAdd,
            $crate::guide::ApiKeysRevoke,
        }
    };
}

macro_rules! catalog {
    ($($endpoint:ty),+ $(,)?) => {
        /// Every endpoint, the published API first.
        pub const ALL: &[Entry] = &[$(Entry::of::<$endpoint>()),+];
    };
}

every_endpoint!(catalog);

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::*;

    /// Names that `endpoint!` declares in the sources below a folder.
    fn declared(folder: &Path, names: &mut BTreeSet<String>) {
        for entry in std::fs::read_dir(folder).expect("a folder of sources") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                declared(&path, names);
            } else if !path.ends_with("endpoint.rs") {
                let text = std::fs::read_to_string(&path).expect("a source");
                for declaration in text.split("\nendpoint! {").skip(1) {
                    let head = declaration.lines().find(|line| line.contains(" = \"")).expect("a head");
                    names.insert(head.split('"').nth(1).expect("a name").to_owned());
                }
            }
        }
    }

    #[test]
    fn no_endpoint_is_missing_and_no_name_or_address_is_taken_twice() {
        let mut names = BTreeSet::new();
        declared(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut names);
        let listed: BTreeSet<String> = ALL.iter().map(|entry| entry.name.to_owned()).collect();
        assert_eq!(listed, names);
        assert_eq!(listed.len(), ALL.len(), "a name is taken twice");
        let addresses: BTreeSet<_> =
            ALL.iter().map(|entry| (entry.method.as_str(), entry.path.to_lowercase(), entry.version)).collect();
        assert_eq!(addresses.len(), ALL.len(), "an address is taken twice");
    }

    #[test]
    fn a_get_only_reads_and_little_else_does() {
        for entry in ALL {
            // Some searches take their criteria in a body.
            let read = entry.effect == Effect::Read;
            let post = entry.method == Method::Post;
            assert!(if read { post || entry.method == Method::Get } else { entry.method != Method::Get }, "{entry:?}");
        }
    }
}
