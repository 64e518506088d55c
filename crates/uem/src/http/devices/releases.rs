//! Releases of operating systems that a device could run: those that others of its model run already.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use muster_model::Stamp;
use muster_model::words::Platform;
use serde_json::{Value, json};
use uuid::Uuid;

use super::super::context::Context;
use super::super::given::Given;
use super::super::refusal::Refusal;
use super::super::said::Said;
use super::{named, sample};
use crate::store::devices::Wanted;
use crate::store::devices::counts;

/// The UUID of a release, the same at every tenant.
pub(super) fn uuid_of(platform: &str, version: &str) -> Uuid {
    sample::uuid_of(&format!("release/{platform}/{version}"))
}

/// Compares versions number by number.
pub(super) fn compare(one: &str, other: &str) -> Ordering {
    let numbers = |text: &str| -> Vec<u64> { text.split(['.', '-']).map(|part| part.parse().unwrap_or(0)).collect() };
    numbers(one).cmp(&numbers(other))
}

pub(super) async fn of_device(context: Context, given: Given) -> Result<Said, Refusal> {
    let record = named::device(&context, &given).await?;
    let device = &record.device;
    let wanted =
        Wanted { platform: Some(device.platform.clone()), model: Some(device.model.to_string()), ..Wanted::default() };
    let kinds = counts::kinds(context.database(), &wanted, context.scope()).await?;
    // Updates of Windows have an area of their own.
    let offered = device.platform != Platform::WinRt && record.is_managed();
    let mut newer: BTreeSet<(&str, &str)> = BTreeSet::new();
    for kind in kinds.iter().filter(|kind| offered && kind.model == device.model) {
        if compare(&kind.os_version, &device.operating_system) == Ordering::Greater {
            newer.insert((&kind.os_version, &kind.os_build));
        }
    }
    let row = |(version, build): (&str, &str)| {
        let uuid = uuid_of(device.platform.as_str(), version);
        json!({
            "deviceUpdateName": format!("{} {version}", device.platform), "deviceUpdateVersion": version,
            "humanReadableName": format!("{} {version}", device.platform), "version": version, "build": build,
            "productName": device.platform, "productKey": format!("{}_{version}", device.platform),
            "deviceUpdateUuid": uuid, "uuid": uuid, "status": "Available", "restartRequired": true,
            "allowsInstallLater": true, "isCritical": false, "isConfigurationDataUpdate": false,
            "isFirmwareUpdate": false, "isPreview": false, "downloadPercentComplete": 0.0,
            "statusTime": Stamp(record.seen_at).to_string(), "sampleTime": Stamp(record.seen_at).to_string(),
        })
    };
    let mut newer: Vec<(&str, &str)> = newer.into_iter().collect();
    newer.sort_by(|one, other| compare(one.0, other.0));
    let rows: Vec<Value> = newer.into_iter().map(row).collect();
    Ok(Said::json(200, json!({ "OSUpdateList": rows, "id": record.id, "uuid": record.uuid })))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_as_numbers() {
        assert_eq!(compare("18.10", "18.9.1"), Ordering::Greater);
        assert_eq!(compare("10.0.19045.6456", "10.0.22631.1"), Ordering::Less);
    }
}
