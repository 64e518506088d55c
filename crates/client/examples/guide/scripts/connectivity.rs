//! The guide's first script: the system's version, and ten devices.

use muster_client::DeviceFilter;

use super::{Outcome, say, tenant};

pub(super) async fn run() -> Outcome {
    let (_uem, client, _writer) = tenant(40).await;
    let info = client.system_info().await?;
    say(format!("{} {} (build {})", info.product_name, info.product_version, info.build_number));

    let (devices, total) = client.device_page(&DeviceFilter::default(), 10).await?;
    for device in &devices {
        say(format!("{:<14} {:<10} {}", device.serial_number, device.platform.as_str(), device.user_name));
    }
    say(format!("{} of {total} devices", devices.len()));
    assert_eq!((devices.len(), total), (10, 40));
    Ok(())
}
