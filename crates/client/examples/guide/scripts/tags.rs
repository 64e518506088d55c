//! The guide's third example: a tag for some devices, without losing those that they have.

use muster_client::DeviceFilter;

use super::{Outcome, say, tenant};

pub(super) async fn run() -> Outcome {
    let (_uem, client, writer) = tenant(30).await;
    let (devices, _) = client.device_page(&DeviceFilter::default(), 3).await?;
    for listed in &devices {
        // What a device has is read from the device itself: a list may not say it.
        let device = client.device(listed.id.0).await?;
        let mut tags = device.tags.clone().unwrap_or_default();
        tags.push("Pilot".to_owned());
        writer.set_tags(&device, &tags).await?;

        let seen = client.device(listed.id.0).await?.tags.unwrap_or_default();
        say(format!("{}: {}", device.serial_number, seen.join(", ")));
        assert!(seen.contains(&"Pilot".to_owned()) && device.tags.iter().flatten().all(|tag| seen.contains(tag)));
    }
    Ok(())
}
