//! The guide's resilient call. Here every call is one: reads are repeated, a write only if it surely did not arrive.

use muster_client::{DeviceFilter, Kind};
use muster_model::commands::Command;
use muster_uem::On;
use serde_json::Map;

use super::{Outcome, say, tenant};

pub(super) async fn run() -> Outcome {
    let (uem, client, writer) = tenant(20).await;
    uem.faults().on(On::Reads).fail_with(503, 1);
    uem.faults().on(On::Reads).throttle(1, None);
    let devices = client.devices(&DeviceFilter::default()).await?;
    say(format!("{} devices, in {} calls", devices.len(), client.statistics().calls));
    assert_eq!(devices.len(), 20);

    // A write whose answer is lost may have arrived: it is not sent again, and the error says so.
    uem.faults().on(On::Writes).lose_answers(1);
    let device = &devices[0];
    let lost = writer.command(device.id.0, Command::SyncDevice, &Map::new()).await.expect_err("no answer");
    assert_eq!(lost.kind(), Kind::UnknownOutcome);
    let arrived = client.device_commands(device.id.0).await?.iter().any(|command| command.command == "SyncDevice");
    say(format!("{lost}; the device's record says that it {}", if arrived { "arrived" } else { "did not arrive" }));
    Ok(())
}
