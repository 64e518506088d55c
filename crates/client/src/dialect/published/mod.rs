//! The published API: `/api/{module}/{resource}/…`. One file per resource that needs more than a call:
//! what the guide says in one, this dialect says in several.

mod apps;
mod commands;
mod devices;
mod routed;
mod tags;
mod users;

pub(super) use apps::{app_assignments, app_devices, apps, assign_app, install_app};
pub(super) use commands::{carries, command, device_commands, supports};
pub(super) use devices::{
    device, device_compliance, device_page, device_record, devices, devices_by_id, noncompliant_devices,
};
pub(super) use tags::{held_tags, set_tags};
pub(super) use users::{add_to_user_group, create_user, update_user, user_group_members, user_groups, users};

use muster_model::{Call, Nothing, operations, smart_groups as groups, system};

use super::search;
use crate::{Client, Error, OperationState, SmartGroup, TenantInfo};

pub(super) async fn system_info(client: &Client) -> Result<TenantInfo, Error> {
    let info = client.read(Call::<system::Info>::new((), Nothing)).await?;
    Ok(super::tenant_info(info, client.server_time()))
}

pub(super) async fn smart_groups(client: &Client, name: Option<&str>) -> Result<Vec<SmartGroup>, Error> {
    let query = groups::SmartGroupQuery { name: search(name), ..Default::default() };
    let found = client.pages::<groups::Search>((), query).collect().await?;
    let group = |group: groups::SmartGroup| SmartGroup {
        id: group.smart_group_id,
        uuid: group.smart_group_uuid,
        name: group.name,
        devices: group.devices,
    };
    Ok(found.into_iter().map(group).collect())
}

pub(super) async fn operation(client: &Client, id: &str) -> Result<OperationState, Error> {
    let uuid = id.trim().parse().map_err(|_| Error::Invalid(format!("`{id}` is no operation's id")))?;
    let operation = client.read(Call::<operations::Get>::new(uuid, Nothing)).await?;
    Ok(OperationState {
        status: operation.status,
        progress: operation.progress_percentage,
        error: operation.fault_reason,
    })
}

/// The error of a step, after `done` of `steps` succeeded.
fn halfway(done: usize, steps: usize, error: Error) -> Error {
    match done {
        0 => error,
        _ => Error::Halfway { done, steps, source: Box::new(error) },
    }
}

/// The error of a read that a write needs first.
fn before(error: Error) -> Error {
    Error::Before(Box::new(error))
}
