//! Tags of all three versions.

use muster_model::ids::OrganizationGroupId;
use muster_model::tags::*;
use muster_model::words::Platform;

use super::Tenant;

pub(super) async fn story(tenant: &Tenant) {
    let device = &tenant.devices(Platform::WinRt).await[0];
    let location_group_id = OrganizationGroupId(tenant.root_id());
    let named = |name: &str| NewTag { tag_name: name.to_owned(), tag_type: 1, location_group_id, ..Default::default() };
    let tag = muster_model::ids::TagId(tenant.send::<Add>((), named("Lab")).await.value);
    tenant.send::<Update>(tag, named("Laboratory")).await;
    tenant.send::<AddDevices>(tag, BulkValues::of([device.id])).await;
    let tagged = tenant.get::<Devices>(tag, Default::default()).await;
    assert_eq!(tagged.device[0].device_id, Some(device.id));
    tenant.send::<RemoveDevices>(tag, BulkValues::of([device.id])).await;
    tenant.act::<Delete>(tag).await;

    let new = NewTagV3 {
        organization_group_uuid: Some(tenant.root()),
        tag_name: Some("Lobby".to_owned()),
        ..Default::default()
    };
    let tag = tenant.send::<CreateV3>((), new).await.uuid.expect("a UUID");
    let query = SearchV2Query {
        organization_group_uuid: Some(tenant.root()),
        search_text: Some("Lobby".to_owned()),
        ..Default::default()
    };
    assert_eq!(tenant.get::<SearchV2>((), query).await.tags[0].uuid, Some(tag));
    let name = TagName { tag_name: Some("Lobbies".to_owned()), ..Default::default() };
    tenant.send::<UpdateV2>(tag, name).await;
    tenant.send::<AssignV2>(tag, BulkValues::of([device.uuid])).await;
    let tagged = tenant.get::<DevicesV2>(tag, Default::default()).await;
    assert!(!format!("{tagged:?}").contains("[]"), "{tagged:?}");
    tenant.send::<UnassignV2>(tag, BulkValues::of([device.uuid])).await;
    tenant.act::<DeleteV2>(tag).await;
}
