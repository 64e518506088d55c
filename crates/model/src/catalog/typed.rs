//! Every endpoint of this crate that has types, as data, for tables, documents and tests that must miss none.

use crate::endpoint::{Effect, EffectClass, Endpoint, Method};
use crate::{
    apps, commands, compliance, devices, guide, operations, organization_groups, smart_groups, system, tags,
    user_groups, users,
};

/// What an endpoint is, without its types.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    pub name: &'static str,
    pub method: Method,
    pub path: &'static str,
    pub version: u8,
    pub effect: Effect,
}

impl Entry {
    const fn of<E: Endpoint>() -> Self {
        Self {
            name: E::NAME,
            method: E::METHOD,
            path: E::PATH,
            version: E::VERSION,
            effect: <E::Effect as EffectClass>::EFFECT,
        }
    }
}

macro_rules! catalog {
    ($($endpoint:ty),+ $(,)?) => {
        /// Every endpoint, the published API first.
        pub const ALL: &[Entry] = &[$(Entry::of::<$endpoint>()),+];
    };
}

catalog! {
    system::Info,
    organization_groups::Search,
    devices::Search,
    devices::Get,
    devices::Find,
    devices::Update,
    devices::BulkSettings,
    commands::Send,
    commands::EventLog,
    compliance::DeviceCompliance,
    compliance::Policies,
    tags::Search,
    tags::Add,
    tags::OfDevice,
    tags::AddDevices,
    tags::RemoveDevices,
    users::Search,
    users::Get,
    users::Add,
    users::Update,
    users::Activate,
    users::Deactivate,
    user_groups::Search,
    user_groups::Members,
    user_groups::AddUser,
    smart_groups::Search,
    apps::Search,
    apps::Get,
    apps::Assign,
    apps::Install,
    apps::Devices,
    operations::Get,
    operations::Trigger,
    guide::ApiKeysList,
    guide::ApiKeysAdd,
    guide::ApiKeysRevoke,
    guide::SystemInfoGet,
    guide::DevicesSearch,
    guide::DevicesGet,
    guide::DeviceUpdate,
    guide::SendCommand,
    guide::CommandHistory,
    guide::NonCompliant,
    guide::DeviceCompliance,
    guide::UsersSearch,
    guide::UsersGet,
    guide::UsersAdd,
    guide::UsersUpdate,
    guide::UserGroupsSearch,
    guide::UserGroupUsers,
    guide::AddUsers,
    guide::SmartGroupsSearch,
    guide::AppsSearch,
    guide::AssignApp,
    guide::AppAssignments,
    guide::AppDevices,
    guide::OperationStatusGet,
}

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
    fn only_reading_endpoints_are_gets() {
        for entry in ALL {
            assert_eq!(entry.effect == Effect::Read, entry.method == Method::Get, "{}", entry.name);
        }
    }
}
