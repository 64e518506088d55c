//! The guide's application deployment: an app to a smart group, how the installs go, failed ones again.

use std::time::Duration;

use muster_model::words::InstallStatus;

use super::{Outcome, say, tenant};

pub(super) async fn run() -> Outcome {
    let (uem, client, writer) = tenant(120).await;
    let app = client.apps(Some("7-Zip")).await?.remove(0);
    let group = client.smart_groups(Some("All Windows Devices")).await?.remove(0);
    writer.assign_app(&app, &[group.id], &Default::default()).await?;
    // The devices of this tenant live as fast as we like.
    uem.step(Duration::from_secs(24 * 3600)).await?;

    let installs = client.app_devices(&app).await?;
    let count = |status: InstallStatus| installs.iter().filter(|row| row.status == status).count();
    let (installed, failed) = (count(InstallStatus::Installed), count(InstallStatus::Failed));
    say(format!("{installed} of {} installed, {failed} failed", group.devices));
    for row in installs.iter().filter(|row| row.status == InstallStatus::Failed) {
        match writer.install_app(row.device_id, &app).await {
            Ok(_) => say(format!("again on {}: {}", row.device_name, row.reason)),
            Err(error) => say(format!("{}: {error}", row.device_name)),
        }
    }
    assert!(installed > 0 && installs.len() as u64 <= group.devices);
    Ok(())
}
