//! The guide's batch processing: so many at a time, a rest between them, and rows that fail do not stop the others.

use std::time::Duration;

use muster_model::commands::Command;
use muster_model::ids::DeviceId;
use serde_json::Map;

use super::{Outcome, say, tenant};

pub(super) async fn run() -> Outcome {
    let (_uem, client, writer) = tenant(40).await;
    let devices = client.devices(&Default::default()).await?;
    let mut ids: Vec<DeviceId> = devices.iter().map(|device| device.id.0).take(24).collect();
    ids.push(DeviceId(999_999));
    let (mut done, mut failed) = (0, Vec::new());
    for (number, batch) in ids.chunks(10).enumerate() {
        for id in batch {
            match writer.command(*id, Command::DeviceQuery, &Map::new()).await {
                Ok(_) => done += 1,
                Err(error) => failed.push(format!("{id}: {error}")),
            }
        }
        say(format!("batch {}: {done} done, {} failed", number + 1, failed.len()));
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert!(done > 0 && failed.last().is_some_and(|last| last.starts_with("999999")));
    Ok(())
}
