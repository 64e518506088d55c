//! The guide's compliance monitor: who breaks which rule, what is done about it, and a report.

use std::collections::BTreeMap;

use muster_model::commands::Command;
use serde_json::Map;

use super::{Outcome, say, tenant};

pub(super) async fn run() -> Outcome {
    let (_uem, client, writer) = tenant(60).await;
    let devices = client.noncompliant_devices().await?;
    let (mut report, mut remedied) = (BTreeMap::<String, u32>::new(), 0);
    for device in &devices {
        let compliance = client.device_compliance(device.id.0).await?;
        for rule in compliance.rules.iter().filter(|rule| rule.compliant == Some(false)) {
            *report.entry(rule.name.clone()).or_default() += 1;
            // What can be set back is done at once; for a wipe there is the engine, with its plans and approvals.
            let remedy =
                if rule.name.contains("Encryption") { Command::EnableDeviceEncryption } else { Command::SyncDevice };
            if remedy.runs_on(&device.platform) && writer.command(device.id.0, remedy, &Map::new()).await.is_ok() {
                remedied += 1;
            }
        }
    }
    for (rule, count) in &report {
        say(format!("{count:>3}  {rule}"));
    }
    say(format!("{} devices, {remedied} commands", devices.len()));
    assert!(!devices.is_empty() && !report.is_empty() && remedied > 0);
    Ok(())
}
