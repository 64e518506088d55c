//! Devices: their tags and the verdict on their compliance stand elsewhere than in the device.

use futures_util::{StreamExt, TryStreamExt, stream};
use muster_model::bulk::BulkValues;
use muster_model::compliance::{DeviceCompliance, PolicyState};
use muster_model::devices::{Device, DeviceQuery, Get, GetMany, Search};
use muster_model::ids::DeviceId;
use muster_model::words::ComplianceStatus;
use muster_model::{Call, Nothing, tags};

use crate::dialect::matches;
use crate::{Client, Compliance, DeviceFilter, Error, Kind, RuleState};

fn query(filter: &DeviceFilter) -> DeviceQuery {
    DeviceQuery {
        platform: filter.platform.as_ref().map(ToString::to_string),
        model: filter.model.clone(),
        ownership: filter.ownership.as_ref().map(ToString::to_string),
        // An order that new rows do not disturb.
        orderby: Some("deviceid".to_owned()),
        sortorder: Some("ASC".to_owned()),
        ..DeviceQuery::default()
    }
}

pub(crate) async fn device_page(
    client: &Client,
    filter: &DeviceFilter,
    page_size: u32,
) -> Result<(Vec<Device>, u64), Error> {
    let query = DeviceQuery { page: Some(0), pagesize: Some(page_size), ..query(filter) };
    let page = client.read(Call::<Search>::new((), query)).await?;
    Ok((page.devices, page.total))
}

pub(crate) async fn devices(client: &Client, filter: &DeviceFilter) -> Result<Vec<Device>, Error> {
    let mut devices = client.pages::<Search>((), query(filter)).collect().await?;
    devices.retain(|device| matches(device, filter));
    Ok(devices)
}

pub(crate) async fn device_record(client: &Client, id: DeviceId) -> Result<Device, Error> {
    client.read(Call::<Get>::new(id, Nothing)).await
}

/// The most devices that one call is asked for.
const ASKED: usize = 500;

pub(crate) async fn devices_by_id(client: &Client, ids: &[DeviceId]) -> Result<Vec<Device>, Error> {
    let bodies: Vec<BulkValues> = ids.chunks(ASKED).map(BulkValues::of).collect();
    let calls = stream::iter(bodies)
        .map(|body| async move { Ok::<_, Error>(client.read(Call::<GetMany>::with_body((), body)).await?.devices) });
    let found: Vec<Vec<Device>> = calls.buffered(client.paging().lanes).try_collect().await?;
    Ok(found.into_iter().flatten().collect())
}

pub(crate) async fn device(client: &Client, id: DeviceId) -> Result<Device, Error> {
    let mut device = device_record(client, id).await?;
    let Some(uuid) = device.uuid else { return Ok(device) };
    let tags = match client.read(Call::<tags::OfDevice>::new(uuid, Nothing)).await {
        Ok(found) => found.tags,
        // "No tags" is a 404 with a fault on some releases; a web page says that the release has no such route.
        Err(Error::NotTheApi { status: 404, .. }) => return Ok(device),
        Err(error) if error.kind() == Kind::NotFound && error.fault().is_some() => Vec::new(),
        Err(error) => return Err(error),
    };
    device.tags = Some(tags.into_iter().map(|tag| tag.name).collect());
    Ok(device)
}

pub(crate) async fn noncompliant_devices(client: &Client) -> Result<Vec<Device>, Error> {
    let query = DeviceQuery { compliantstatus: Some("false".to_owned()), ..query(&DeviceFilter::default()) };
    let mut devices = client.pages::<Search>((), query).collect().await?;
    // Devices that were not checked yet are not compliant either, and break nothing.
    devices.retain(|device| device.compliance_status == ComplianceStatus::NonCompliant);
    Ok(devices)
}

pub(crate) async fn device_compliance(client: &Client, id: DeviceId) -> Result<Compliance, Error> {
    let report = client.read(Call::<DeviceCompliance>::new(id, Nothing)).await?;
    let rule = |policy: PolicyState| RuleState {
        compliant: (!policy.compliance_pending).then_some(policy.compliant_status),
        name: policy.policy_name,
        detail: policy.policy_detail,
    };
    Ok(Compliance {
        overall: report.overall_compliant_status,
        rules: report.device_compliance.into_iter().map(rule).collect(),
    })
}
