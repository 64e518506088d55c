//! Whom an app reaches, and whom it does not any more, when its assignments change: devices of its platform, each once,
//! and without those that have it by another assignment or are kept from it.

use std::collections::BTreeSet;

use muster_client::{Client, Dialect, Error};
use muster_model::apps::{App, Get};
use muster_model::ids::{AppId, DeviceId, SmartGroupId};
use muster_model::words::{EnrollmentStatus, Platform};
use muster_model::{Call, Nothing, smart_groups};
use serde_json::Value;

/// Smart groups whose members are read, and devices that are looked at. Beyond them a number is only a limit.
const GROUPS: usize = 12;
const DEVICES: usize = 5_000;
/// A dialect without a call for many reads the whole fleet beyond so many.
const SINGLY: usize = 500;

/// How many devices.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Many {
    Exactly(u64),
    /// At most.
    UpTo(u64),
    Unknown,
}

impl Many {
    pub(super) fn devices(self) -> Option<u64> {
        match self {
            Self::Exactly(devices) | Self::UpTo(devices) => Some(devices),
            Self::Unknown => None,
        }
    }

    /// `up to 4120 devices`.
    pub(super) fn words(self) -> String {
        match self {
            Self::UpTo(devices) => format!("up to {}", super::consequences::many(Some(devices))),
            other => super::consequences::many(other.devices()),
        }
    }
}

/// Devices that get an app by these groups and have not had it, or lose it with them.
pub(super) async fn of(
    client: &Client,
    app: &App,
    groups: &[(SmartGroupId, String)],
    takes: bool,
) -> Result<Many, Error> {
    match counted(client, app, groups, takes).await {
        Ok(Some(many)) => Ok(many),
        // Too much to look at, or not to be seen: as many as the groups have, and no more.
        Ok(None) | Err(_) => sizes(client, groups).await,
    }
}

async fn counted(
    client: &Client,
    app: &App,
    groups: &[(SmartGroupId, String)],
    takes: bool,
) -> Result<Option<Many>, Error> {
    let known = client.apps(Some(&app.application_name)).await?.into_iter().find(|known| known.id == app.id);
    let platform = known.as_ref().map(|known| known.platform);
    let assigned = client.assigned_groups(known.as_ref().unwrap_or(app)).await?;
    let assigned: BTreeSet<SmartGroupId> = assigned.into_iter().map(|one| one.smart_group_id).collect();
    let named: BTreeSet<SmartGroupId> = groups.iter().map(|(id, _)| *id).collect();
    let (touched, others): (Vec<SmartGroupId>, Vec<SmartGroupId>) = match takes {
        true => (named.intersection(&assigned).copied().collect(), assigned.difference(&named).copied().collect()),
        false => (named.difference(&assigned).copied().collect(), assigned.iter().copied().collect()),
    };
    let excluded = excluded(client, app.id.0).await?;
    if touched.len() + others.len() + excluded.len() > GROUPS {
        return Ok(None);
    }
    let mut reached = BTreeSet::new();
    for group in touched {
        reached.extend(members(client, group).await?);
    }
    for group in others.into_iter().chain(excluded) {
        if !reached.is_empty() {
            let kept = members(client, group).await?;
            reached.retain(|device| !kept.contains(device));
        }
    }
    let most = if client.dialect() == Dialect::Guide { SINGLY } else { DEVICES };
    if reached.len() > most {
        return Ok(Some(Many::UpTo(reached.len() as u64)));
    }
    let ids: Vec<DeviceId> = reached.into_iter().collect();
    let devices = client.devices_by_id(&ids).await?;
    let fits = |its: &Platform| match (platform, its.number()) {
        (Some(wanted), Some(number)) if wanted != 0 => wanted == number,
        // What nobody knows may fit.
        _ => true,
    };
    let enrolled = devices.iter().filter(|device| device.enrollment_status == EnrollmentStatus::Enrolled);
    Ok(Some(Many::Exactly(enrolled.filter(|device| fits(&device.platform)).count() as u64)))
}

/// No more than the groups have, whatever platform they are of and however many are in several of them.
async fn sizes(client: &Client, groups: &[(SmartGroupId, String)]) -> Result<Many, Error> {
    let mut devices = 0;
    for (id, name) in groups {
        let found = client.smart_groups(Some(name)).await?;
        let Some(group) = found.into_iter().find(|group| group.id == *id) else { return Ok(Many::Unknown) };
        devices += group.devices;
    }
    Ok(Many::UpTo(devices))
}

async fn members(client: &Client, group: SmartGroupId) -> Result<BTreeSet<DeviceId>, Error> {
    let call = Call::<smart_groups::Devices>::new(group, smart_groups::DevicesQuery::default());
    let devices = client.read(call).await?.devices;
    Ok(devices.into_iter().filter_map(|device| device.id?.trim().parse().ok().map(DeviceId)).collect())
}

/// Groups that are kept from the app; the guide dialect has none.
async fn excluded(client: &Client, app: AppId) -> Result<Vec<SmartGroupId>, Error> {
    if client.dialect() == Dialect::Guide {
        return Ok(Vec::new());
    }
    let detail = client.read(Call::<Get>::new(app, Nothing)).await?;
    let ids = detail.other.get("ExcludedSmartGroupIds");
    let ids = ids.as_ref().and_then(Value::as_array).into_iter().flatten();
    Ok(ids.filter_map(Value::as_i64).map(SmartGroupId).collect())
}
