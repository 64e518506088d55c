//! The guide dialect: `/API/v1/{resource}/…`. It says most things directly.

use std::collections::HashSet;

use futures_util::{StreamExt, TryStreamExt, stream};
use muster_model::apps::{App, AppQuery, AssignedGroup, Assignment, DeploymentParameters};
use muster_model::commands::{Command, CommandRecord, History};
use muster_model::devices::{Device, DeviceQuery};
use muster_model::guide;
use muster_model::ids::{DeviceId, SmartGroupId, UserGroupId, UserId, Wrapped};
use muster_model::users::{User, UserEdit, UserQuery};
use muster_model::{Call, Nothing};
use serde_json::{Map, Value};

use super::{matches, search};
use crate::{
    AppOnDevice, Client, Compliance, DeviceFilter, Error, Kind, OperationState, Receipt, RuleState, SmartGroup,
    TenantInfo, UserGroup, Writer,
};

pub(super) async fn system_info(client: &Client) -> Result<TenantInfo, Error> {
    let info = client.read(Call::<guide::SystemInfoGet>::new((), Nothing)).await?;
    Ok(super::tenant_info(info, client.server_time()))
}

fn query(filter: &DeviceFilter) -> DeviceQuery {
    DeviceQuery {
        platform: filter.platform.as_ref().map(ToString::to_string),
        model: filter.model.clone(),
        ownership: filter.ownership.as_ref().map(ToString::to_string),
        ..DeviceQuery::default()
    }
}

pub(super) async fn device_page(
    client: &Client,
    filter: &DeviceFilter,
    page_size: u32,
) -> Result<(Vec<Device>, u64), Error> {
    let query = DeviceQuery { page: Some(0), pagesize: Some(page_size), ..query(filter) };
    let page = client.read(Call::<guide::DevicesSearch>::new((), query)).await?;
    Ok((page.devices, page.total))
}

pub(super) async fn devices(client: &Client, filter: &DeviceFilter) -> Result<Vec<Device>, Error> {
    let mut devices = client.pages::<guide::DevicesSearch>((), query(filter)).collect().await?;
    devices.retain(|device| matches(device, filter));
    Ok(devices)
}

pub(super) async fn device(client: &Client, id: DeviceId) -> Result<Device, Error> {
    let mut device = client.read(Call::<guide::DevicesGet>::new(id, Nothing)).await?;
    device.tags.get_or_insert_default();
    Ok(device)
}

/// From this many on it is cheaper to read all devices, a page at a time, than each by itself.
const READ_ALL: usize = 500;

pub(super) async fn devices_by_id(client: &Client, ids: &[DeviceId]) -> Result<Vec<Device>, Error> {
    if ids.len() > READ_ALL {
        let wanted: HashSet<DeviceId> = ids.iter().copied().collect();
        let mut all = devices(client, &DeviceFilter::default()).await?;
        all.retain(|device| wanted.contains(&device.id.0));
        return Ok(all);
    }
    let calls = stream::iter(ids.to_vec()).map(|id| async move {
        match device(client, id).await {
            Ok(device) => Ok(Some(device)),
            Err(error) if error.kind() == Kind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    });
    let found: Vec<Option<Device>> = calls.buffered(client.paging().lanes).try_collect().await?;
    Ok(found.into_iter().flatten().collect())
}

pub(super) async fn noncompliant_devices(client: &Client) -> Result<Vec<Device>, Error> {
    client.pages::<guide::NonCompliant>((), guide::PageQuery::default()).collect().await
}

pub(super) async fn device_compliance(client: &Client, id: DeviceId) -> Result<Compliance, Error> {
    let answer = client.read(Call::<guide::DeviceCompliance>::new(id, Nothing)).await?;
    let rule = |rule: guide::ComplianceRule| RuleState {
        name: rule.rule_name,
        compliant: Some(rule.is_compliant),
        detail: rule.detail,
    };
    let status = answer.compliance_status;
    Ok(Compliance { overall: status.overall, rules: status.compliance_rules.into_iter().map(rule).collect() })
}

pub(super) async fn device_commands(client: &Client, id: DeviceId) -> Result<Vec<CommandRecord>, Error> {
    let page = client.read(Call::<History>::new(id, Nothing)).await?;
    let got = page.commands.len() as u64;
    if got < page.total {
        return Err(Error::Incomplete { endpoint: "guide.devices.commands", expected: page.total, got });
    }
    Ok(page.commands)
}

pub(super) async fn users(client: &Client, name: Option<&str>) -> Result<Vec<User>, Error> {
    let query = UserQuery { username: search(name), ..UserQuery::default() };
    client.pages::<guide::UsersSearch>((), query).collect().await
}

pub(super) async fn user_groups(client: &Client, name: Option<&str>) -> Result<Vec<UserGroup>, Error> {
    let query = guide::UserGroupQuery { name: search(name), ..Default::default() };
    let groups = client.pages::<guide::UserGroupsSearch>((), query).collect().await?;
    let group = |group: guide::UserGroup| UserGroup { id: group.id.0, name: group.name, user_count: group.user_count };
    Ok(groups.into_iter().map(group).collect())
}

pub(super) async fn user_group_members(client: &Client, id: UserGroupId) -> Result<Vec<String>, Error> {
    let members = client.pages::<guide::UserGroupUsers>(id, guide::PageQuery::default()).collect().await?;
    Ok(members.into_iter().map(|member| member.user_name).collect())
}

pub(super) async fn apps(client: &Client, name: Option<&str>) -> Result<Vec<App>, Error> {
    let query = AppQuery { applicationname: search(name), ..AppQuery::default() };
    client.pages::<guide::AppsSearch>((), query).collect().await
}

pub(super) async fn app_assignments(client: &Client, app: &App) -> Result<Vec<AssignedGroup>, Error> {
    Ok(client.read(Call::<guide::AppAssignments>::new(app.id.0, Nothing)).await?.assignments)
}

pub(super) async fn app_devices(client: &Client, app: &App) -> Result<Vec<AppOnDevice>, Error> {
    let rows = client.pages::<guide::AppDevices>(app.id.0, guide::PageQuery::default()).collect().await?;
    let row = |row: guide::DeviceApp| AppOnDevice {
        device_id: row.device_id,
        device_name: row.device_friendly_name,
        status: row.status,
        reason: row.reason,
        version: row.installed_version,
    };
    Ok(rows.into_iter().map(row).collect())
}

pub(super) async fn smart_groups(client: &Client, name: Option<&str>) -> Result<Vec<SmartGroup>, Error> {
    let query = guide::SmartGroupQuery { name: search(name), ..Default::default() };
    let groups = client.pages::<guide::SmartGroupsSearch>((), query).collect().await?;
    let group = |group: guide::SmartGroup| SmartGroup {
        id: group.smart_group_id,
        uuid: group.smart_group_uuid,
        name: group.name,
        devices: group.devices,
    };
    Ok(groups.into_iter().map(group).collect())
}

pub(super) async fn operation(client: &Client, id: &str) -> Result<OperationState, Error> {
    let operation = client.read(Call::<guide::OperationStatusGet>::new(id.to_owned(), Nothing)).await?;
    Ok(OperationState { status: operation.status, progress: operation.progress, error: operation.error_message })
}

pub(super) async fn command(
    writer: &Writer,
    device: DeviceId,
    command: Command,
    parameters: &Map<String, Value>,
) -> Result<Receipt, Error> {
    // What stands beside the name must not stand there twice.
    let (named, parameters): (Map<_, _>, Map<_, _>) = parameters
        .clone()
        .into_iter()
        .partition(|(name, _)| ["Command", "ApplicationId"].iter().any(|known| name.eq_ignore_ascii_case(known)));
    let application_id = named.into_iter().find(|(name, _)| name.eq_ignore_ascii_case("ApplicationId"));
    let application_id = application_id.and_then(|(_, value)| value.as_i64());
    let body = guide::CommandRequest { command: command.as_str().to_owned(), application_id, parameters };
    let answer = writer.send(Call::<guide::SendCommand>::with_body(device, body)).await?;
    Ok(Receipt { command_id: answer.and_then(|answer| answer.command_uuid).map(|uuid| uuid.to_string()) })
}

pub(super) async fn set_tags(writer: &Writer, device: &Device, tags: &[String]) -> Result<Receipt, Error> {
    let edit = guide::DeviceEdit { tags: Some(tags.to_vec()), ..Default::default() };
    writer.send(Call::<guide::DeviceUpdate>::with_body(device.id.0, edit)).await?;
    Ok(Receipt::default())
}

pub(super) async fn create_user(writer: &Writer, user: UserEdit) -> Result<Option<UserId>, Error> {
    let created = writer.send(Call::<guide::UsersAdd>::with_body((), user.into())).await?;
    Ok(created.map(|created| UserId(created.value)))
}

pub(super) async fn update_user(writer: &Writer, current: &User, edit: &UserEdit) -> Result<(), Error> {
    let mut edit = edit.clone();
    if edit.user_name.is_empty() {
        edit.user_name.clone_from(&current.user_name);
    }
    writer.send(Call::<guide::UsersUpdate>::with_body(current.id.0, edit.into())).await?;
    Ok(())
}

pub(super) async fn add_to_user_group(writer: &Writer, group: UserGroupId, user: UserId) -> Result<(), Error> {
    let members = guide::NewMembers {
        users: vec![guide::NewMember { id: Wrapped(user), ..Default::default() }],
        ..Default::default()
    };
    writer.send(Call::<guide::AddUsers>::with_body(group, members)).await?;
    Ok(())
}

pub(super) async fn assign_app(
    writer: &Writer,
    app: &App,
    groups: &[SmartGroupId],
    parameters: &DeploymentParameters,
) -> Result<Receipt, Error> {
    let assignment = Assignment { smart_group_ids: groups.to_vec(), deployment_parameters: parameters.clone() };
    let published = writer.send(Call::<guide::AssignApp>::with_body(app.id.0, assignment)).await?;
    Ok(Receipt { command_id: published.and_then(|published| published.operation_id).map(|uuid| uuid.to_string()) })
}

pub(super) async fn install_app(writer: &Writer, device: DeviceId, app: &App) -> Result<Receipt, Error> {
    let parameters = Map::from_iter([("ApplicationId".to_owned(), app.id.0.0.into())]);
    command(writer, device, Command::InstallApplication, &parameters).await
}
