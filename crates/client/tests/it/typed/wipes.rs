//! Wipe protection: what is held, let go and rejected.

use muster_model::words::Platform;
use muster_model::{Call, Nothing, commands, wipes::*};

use super::Tenant;

pub(super) async fn story(tenant: &Tenant) {
    let root = tenant.root();
    // More at once than the tenant lets through.
    for device in tenant.devices(Platform::Apple).await.iter().take(30) {
        let query = commands::CommandQuery { command: "EnterpriseWipe".to_owned(), ..Default::default() };
        let call = Call::<commands::Send> { path: device.id, query, body: commands::CommandBody::default() };
        drop(tenant.writer.send(call).await);
    }
    let query = SearchQuery { wipe_status: Some("HELD".to_owned()), ..Default::default() };
    let held = tenant.get::<Search>(root, query).await.device_wipes;
    let held: Vec<_> = held.iter().filter_map(|wipe| wipe.uuid).take(1).collect();
    let query = DecideQuery { action: Some("REJECT".to_owned()), ..Default::default() };
    tenant.change::<Decide>(root, query, held).await;
    tenant.get::<Lock>(root, Nothing).await;
    tenant.act::<Unlock>(root).await;
}
