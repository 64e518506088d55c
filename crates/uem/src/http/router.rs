//! The table of contents: every endpoint of the tenant and the function that carries it out.
//!
//! A path stands nowhere here: it belongs to the endpoint's type in `model`. `search` is `route` for
//! searches of the published API, which answer 204 when there is nothing to list.

use muster_model::{
    apps as app, commands as command, compliance as policy, devices as device, guide, operations as operation,
    organization_groups as group, smart_groups as smart_group, system as tenant, tags as tag,
    user_groups as user_group, users as user,
};

use super::table::Table;
use super::{
    apps, commands, compliance, devices, operations, organization_groups, smart_groups, system, tags, user_groups,
    users,
};

pub(super) fn table() -> Table {
    let mut table = Table::default();
    published(&mut table);
    guide_dialect(&mut table);
    table
}

fn published(table: &mut Table) {
    table
        .route::<tenant::Info, _>(system::info)
        .route::<group::Search, _>(organization_groups::search)
        .search::<device::Search, _>(devices::search)
        .route::<device::Get, _>(devices::get)
        .route::<device::Find, _>(devices::find)
        .route::<device::Update, _>(devices::update)
        .route::<device::BulkSettings, _>(devices::bulk_settings)
        .route::<command::Send, _>(commands::send)
        .search::<command::EventLog, _>(commands::event_log)
        .route::<policy::DeviceCompliance, _>(compliance::of_device)
        .search::<policy::Policies, _>(compliance::policies)
        .search::<tag::Search, _>(tags::search)
        .route::<tag::Add, _>(tags::add)
        .route::<tag::OfDevice, _>(tags::of_device)
        .route::<tag::AddDevices, _>(tags::add_devices)
        .route::<tag::RemoveDevices, _>(tags::remove_devices)
        .search::<user::Search, _>(users::search)
        .route::<user::Get, _>(users::get)
        .route::<user::Add, _>(users::add)
        .route::<user::Update, _>(users::update)
        .route::<user::Activate, _>(users::activate)
        .route::<user::Deactivate, _>(users::deactivate)
        .search::<user_group::Search, _>(user_groups::search)
        .route::<user_group::Members, _>(user_groups::members)
        .route::<user_group::AddUser, _>(user_groups::add_user)
        .search::<smart_group::Search, _>(smart_groups::search)
        .search::<app::Search, _>(apps::search)
        .route::<app::Get, _>(apps::get)
        .route::<app::Assign, _>(apps::assign)
        .route::<app::Install, _>(commands::install)
        .route::<app::Devices, _>(apps::devices)
        .route::<operation::Get, _>(operations::get)
        .route::<operation::Trigger, _>(operations::trigger);
}

fn guide_dialect(table: &mut Table) {
    table
        .route::<guide::SystemInfoGet, _>(system::guide_info)
        .route::<guide::DevicesSearch, _>(devices::guide_search)
        .route::<guide::DevicesGet, _>(devices::guide_get)
        .route::<guide::DeviceUpdate, _>(devices::guide_update)
        .route::<guide::SendCommand, _>(commands::guide_send)
        .route::<guide::CommandHistory, _>(commands::history)
        .route::<guide::NonCompliant, _>(compliance::noncompliant)
        .route::<guide::DeviceCompliance, _>(compliance::guide_of_device)
        .route::<guide::UsersSearch, _>(users::guide_search)
        .route::<guide::UsersGet, _>(users::guide_get)
        .route::<guide::UsersAdd, _>(users::guide_add)
        .route::<guide::UsersUpdate, _>(users::guide_update)
        .route::<guide::UserGroupsSearch, _>(user_groups::guide_search)
        .route::<guide::UserGroupUsers, _>(user_groups::guide_members)
        .route::<guide::AddUsers, _>(user_groups::guide_add_users)
        .route::<guide::SmartGroupsSearch, _>(smart_groups::guide_search)
        .route::<guide::AppsSearch, _>(apps::guide_search)
        .route::<guide::AssignApp, _>(apps::guide_assign)
        .route::<guide::AppAssignments, _>(apps::guide_assignments)
        .route::<guide::AppDevices, _>(apps::guide_devices)
        .route::<guide::OperationStatusGet, _>(operations::guide_status);
}
