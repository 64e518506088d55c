//! Apps: several kinds with routes of their own, of which internal apps are spoken here.

use muster_model::apps::{
    App, AppDevice, AppDevicesQuery, AppQuery, Assign, AssignedGroup, Assignment, DeploymentParameters, Devices, Get,
    Search,
};
use muster_model::ids::{DeviceId, SmartGroupId};
use muster_model::{Call, Nothing, organization_groups};
use uuid::Uuid;

use super::commands::install;
use crate::dialect::search;
use crate::{AppOnDevice, Client, Error, Receipt, Writer};

pub(crate) async fn apps(client: &Client, name: Option<&str>) -> Result<Vec<App>, Error> {
    let query = AppQuery { applicationname: search(name), ..AppQuery::default() };
    client.pages::<Search>((), query).collect().await
}

pub(crate) async fn app_assignments(client: &Client, app: &App) -> Result<Vec<AssignedGroup>, Error> {
    internal(app)?;
    Ok(client.read(Call::<Get>::new(app.id.0, Nothing)).await?.assignments)
}

pub(crate) async fn app_devices(client: &Client, app: &App) -> Result<Vec<AppOnDevice>, Error> {
    let uuid = app.uuid.ok_or_else(|| {
        Error::Unsupported(format!(
            "this tenant names no UUID for {}, and its devices are found by that",
            app.application_name
        ))
    })?;
    let organizationgroupuuid = match app.organization_group_uuid {
        Some(group) => Some(group),
        None => organization_group(client, app).await?,
    };
    let query = AppDevicesQuery { organizationgroupuuid, ..AppDevicesQuery::default() };
    let rows = client.pages::<Devices>(uuid, query).collect().await?;
    let row = |row: AppDevice| AppOnDevice {
        device_id: row.device_id,
        device_name: row.friendly_name,
        status: row.installed_status,
        reason: row.latest_app_reason,
        version: row.installed_version,
    };
    Ok(rows.into_iter().map(row).collect())
}

async fn organization_group(client: &Client, app: &App) -> Result<Option<Uuid>, Error> {
    let query = organization_groups::GroupQuery::default();
    let groups = client.pages::<organization_groups::Search>((), query).collect().await?;
    Ok(groups.into_iter().find(|group| group.id.0 == app.location_group_id).and_then(|group| group.uuid))
}

pub(crate) async fn assign_app(
    writer: &Writer,
    app: &App,
    groups: &[SmartGroupId],
    parameters: &DeploymentParameters,
) -> Result<Receipt, Error> {
    internal(app)?;
    let assignment = Assignment { smart_group_ids: groups.to_vec(), deployment_parameters: parameters.clone() };
    writer.send(Call::<Assign>::with_body(app.id.0, assignment)).await?;
    Ok(Receipt::default())
}

pub(crate) async fn install_app(writer: &Writer, device: DeviceId, app: &App) -> Result<Receipt, Error> {
    internal(app)?;
    install(writer, device, app.id.0).await
}

fn internal(app: &App) -> Result<(), Error> {
    if app.app_type.is_empty() || app.app_type.eq_ignore_ascii_case("internal") {
        return Ok(());
    }
    let (name, kind) = (&app.application_name, app.app_type.to_lowercase());
    Err(Error::Unsupported(format!("{name} is a {kind} app; on this API only internal apps can be assigned here")))
}
