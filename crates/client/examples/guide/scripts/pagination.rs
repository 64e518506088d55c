//! The guide's pagination. A list is whole or an error: counts are compared, and pages overlap so that no row is lost
//! when others are removed meanwhile.

use muster_client::{Arguments, DeviceFilter, catalog};

use super::{Outcome, say, tenant};

pub(super) async fn run() -> Outcome {
    let (_uem, client, _writer) = tenant(700).await;
    let devices = client.devices(&DeviceFilter::default()).await?;
    say(format!("{} devices in {} calls", devices.len(), client.statistics().calls));

    // The same for any list of the API, however it spells its pages.
    for name in ["mdmv1/SmartGroups_SearchAsync", "mdmv3/DevicesV3_SearchAsync", "systemv1/User_SearchAsync"] {
        let operation = catalog::published(name).ok_or("not published")?;
        let rows = client.list(operation, &Arguments::default())?.collect().await?;
        say(format!("{:>4} rows of {}", rows.len(), operation.path));
        assert!(!rows.is_empty());
    }
    assert_eq!(devices.len(), 700);
    Ok(())
}
