//! The guide's wait for a long-running operation: asked now and then, with a deadline.

use std::time::Duration;

use muster_model::words::OperationStatus;

use super::{Outcome, say, tenant};

pub(super) async fn run() -> Outcome {
    let (uem, client, writer) = tenant(60).await;
    let app = client.apps(Some("7-Zip")).await?.remove(0);
    let group = client.smart_groups(Some("All Windows Devices")).await?.remove(0);
    let receipt = writer.assign_app(&app, &[group.id], &Default::default()).await?;
    let id = receipt.command_id.ok_or("the guide dialect names the operation")?;

    uem.step(Duration::from_secs(3600)).await?;
    let tell = |state: &muster_client::OperationState| say(format!("{} ({} %)", state.status.as_str(), state.progress));
    let ended = client.wait_operation(&id, Duration::from_secs(30), Duration::from_millis(50), &tell).await?;
    assert_eq!(ended.status, OperationStatus::Completed);
    Ok(())
}
