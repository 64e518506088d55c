//! The table of contents: every endpoint of the tenant and the function that carries it out.
//!
//! A path stands nowhere here: it belongs to the endpoint's type in `model`, or to its facts. `search` is `route`
//! for searches of the published API, which answer 204 when there is nothing to list. Areas that are built by
//! facts alone register their own operations; each has one line here.

use muster_model::{
    commands as command, compliance as policy, devices as device, guide, operations as operation,
    organization_groups as group, smart_groups as smart_group, system as tenant, tags as tag,
    user_groups as user_group, users as user,
};

use super::policy::Action::{Create, Edit, Execute, Read};
use super::policy::Resource::{
    Commands, Compliance, Devices, Operations, OrganizationGroups, SmartGroups, Tags, Tenant, UserGroups, Users,
};
use super::policy::needs;
use super::table::Table;
use super::{
    admins, apple, apps, baselines, certificates, commands, compliance, console, content, devices, enrollment, events,
    experience, log_uploads, operations, organization_groups, pick_lists, policies, products, profiles, relay_servers,
    reports, scim, scripts, sensors, settings, smart_groups, staging, system, tags, user_groups, users, workflows,
};

pub(super) fn table() -> Table {
    let mut table = Table::new();
    published(&mut table);
    guide_dialect(&mut table);
    baselines::routes(&mut table);
    pick_lists::routes(&mut table);
    products::routes(&mut table);
    relay_servers::routes(&mut table);
    staging::routes(&mut table);
    profiles::routes(&mut table);
    console::routes(&mut table);
    commands::routes(&mut table);
    compliance::routes(&mut table);
    policies::routes(&mut table);
    smart_groups::routes(&mut table);
    tags::routes(&mut table);
    apps::routes(&mut table);
    content::routes(&mut table);
    organization_groups::routes(&mut table);
    users::routes(&mut table);
    user_groups::routes(&mut table);
    devices::routes(&mut table);
    enrollment::routes(&mut table);
    apple::routes(&mut table);
    events::routes(&mut table);
    experience::routes(&mut table);
    log_uploads::routes(&mut table);
    reports::routes(&mut table);
    scripts::routes(&mut table);
    sensors::routes(&mut table);
    workflows::routes(&mut table);
    admins::routes(&mut table);
    certificates::routes(&mut table);
    scim::routes(&mut table);
    settings::routes(&mut table);
    table
}

fn published(table: &mut Table) {
    table
        .route::<tenant::Info, _>(needs(Tenant, Read), system::info)
        .route::<group::Search, _>(needs(OrganizationGroups, Read), organization_groups::search)
        .kept_search::<device::Search, _>(needs(Devices, Read), devices::search)
        .route::<device::Get, _>(needs(Devices, Read), devices::get)
        .route::<device::Find, _>(needs(Devices, Read), devices::find)
        .route::<device::Update, _>(needs(Devices, Edit), devices::update)
        .route::<device::BulkSettings, _>(needs(Devices, Read), devices::bulk_settings)
        .route::<command::Send, _>(needs(Commands, Execute), commands::send)
        .search::<command::EventLog, _>(needs(Devices, Read), devices::event_log)
        .route::<policy::DeviceCompliance, _>(needs(Compliance, Read), compliance::of_device)
        .search::<policy::Policies, _>(needs(Compliance, Read), compliance::policies)
        .search::<tag::Search, _>(needs(Tags, Read), tags::search)
        .route::<tag::Add, _>(needs(Tags, Create), tags::add)
        .route::<tag::OfDevice, _>(needs(Tags, Read), tags::of_device)
        .route::<tag::AddDevices, _>(needs(Tags, Edit), tags::add_devices)
        .route::<tag::RemoveDevices, _>(needs(Tags, Edit), tags::remove_devices)
        .search::<user::Search, _>(needs(Users, Read), users::search)
        .route::<user::Get, _>(needs(Users, Read), users::get)
        .route::<user::Add, _>(needs(Users, Create), users::add)
        .route::<user::Update, _>(needs(Users, Edit), users::update)
        .route::<user::Activate, _>(needs(Users, Edit), users::activate)
        .route::<user::Deactivate, _>(needs(Users, Edit), users::deactivate)
        .search::<user_group::Search, _>(needs(UserGroups, Read), user_groups::search)
        .route::<user_group::Members, _>(needs(UserGroups, Read), user_groups::members)
        .route::<user_group::AddUser, _>(needs(UserGroups, Edit), user_groups::add_user)
        .search::<smart_group::Search, _>(needs(SmartGroups, Read), smart_groups::search)
        .route::<operation::Get, _>(needs(Operations, Read), operations::get)
        .route::<operation::Trigger, _>(needs(UserGroups, Execute), operations::trigger);
}

fn guide_dialect(table: &mut Table) {
    table
        .route::<guide::SystemInfoGet, _>(needs(Tenant, Read), system::guide_info)
        .kept::<guide::DevicesSearch, _>(needs(Devices, Read), devices::guide_search)
        .route::<guide::DevicesGet, _>(needs(Devices, Read), devices::guide_get)
        .route::<guide::DeviceUpdate, _>(needs(Devices, Edit), devices::guide_update)
        .route::<guide::SendCommand, _>(needs(Commands, Execute), commands::guide_send)
        .route::<guide::CommandHistory, _>(needs(Devices, Read), commands::history)
        .route::<guide::NonCompliant, _>(needs(Compliance, Read), compliance::noncompliant)
        .route::<guide::DeviceCompliance, _>(needs(Compliance, Read), compliance::guide_of_device)
        .route::<guide::UsersSearch, _>(needs(Users, Read), users::guide_search)
        .route::<guide::UsersGet, _>(needs(Users, Read), users::guide_get)
        .route::<guide::UsersAdd, _>(needs(Users, Create), users::guide_add)
        .route::<guide::UsersUpdate, _>(needs(Users, Edit), users::guide_update)
        .route::<guide::UserGroupsSearch, _>(needs(UserGroups, Read), user_groups::guide_search)
        .route::<guide::UserGroupUsers, _>(needs(UserGroups, Read), user_groups::guide_members)
        .route::<guide::AddUsers, _>(needs(UserGroups, Edit), user_groups::guide_add_users)
        .route::<guide::SmartGroupsSearch, _>(needs(SmartGroups, Read), smart_groups::guide_search)
        .route::<guide::OperationStatusGet, _>(needs(Operations, Read), operations::guide_status);
}
