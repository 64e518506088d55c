//! The guide's second script: find Windows devices, sync the first five, say how each of them went.

use muster_client::DeviceFilter;
use muster_model::commands::Command;
use muster_model::words::{EnrollmentStatus, Platform};
use serde_json::Map;

use super::{Outcome, say, tenant};

pub(super) async fn run() -> Outcome {
    let (_uem, client, writer) = tenant(120).await;
    let windows = DeviceFilter { platform: Some(Platform::WinRt), ..DeviceFilter::default() };
    let mut devices = client.devices(&windows).await?;
    devices.retain(|device| device.enrollment_status == EnrollmentStatus::Enrolled);
    let mut sent = 0;
    for device in devices.iter().take(5) {
        match writer.command(device.id.0, Command::SyncDevice, &Map::new()).await {
            Ok(_) => sent += 1,
            // One device that refuses is no reason to leave the others out.
            Err(error) => say(format!("{}: {error}", device.serial_number)),
        }
    }
    let newest = client.device_commands(devices[0].id.0).await?.remove(0);
    say(format!("{sent} synced of {} Windows devices; the first one's is {}", devices.len(), newest.status.as_str()));
    assert_eq!((sent, newest.command.as_str()), (5, "SyncDevice"));
    Ok(())
}
