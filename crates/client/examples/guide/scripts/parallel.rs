//! The guide's parallel operations. The handle is shared freely; its lanes bound how many requests are in flight.

use futures_util::{StreamExt, stream};

use super::{Outcome, say, tenant};

pub(super) async fn run() -> Outcome {
    let (_uem, client, _writer) = tenant(80).await;
    let devices = client.devices(&Default::default()).await?;
    let looks = stream::iter(&devices).map(|device| {
        let client = client.clone();
        async move { (device, client.device_compliance(device.id.0).await) }
    });
    let seen: Vec<_> = looks.buffer_unordered(16).collect().await;
    let failed = seen.iter().filter(|(_, compliance)| compliance.is_err()).count();
    say(format!("{} devices looked at, {failed} failed", seen.len()));
    assert_eq!((seen.len(), failed), (80, 0));
    Ok(())
}
