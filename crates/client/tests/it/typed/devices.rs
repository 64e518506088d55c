//! Devices: every way to find one, what it tells, and what is changed about it.

use muster_model::Nothing;
use muster_model::bulk::BulkValues;
use muster_model::devices::*;
use muster_model::ids::{OrganizationGroupId, RecordId, UserId};
use muster_model::words::Platform;
use serde_json::json;

use super::{Tenant, body};

pub(super) async fn story(tenant: &Tenant) {
    let windows = tenant.devices(Platform::WinRt).await;
    let phones = tenant.devices(Platform::Apple).await;
    let device = &windows[0];
    found(tenant, device).await;
    told(tenant, &windows, phones[0].id).await;
    changed(tenant, device, &phones[0]).await;
    gone(tenant, &windows).await;
}

fn by_serial(device: &super::Named) -> FindQuery {
    FindQuery { searchby: "Serialnumber".to_owned(), id: device.serial.clone(), ..Default::default() }
}

fn serials() -> ByQuery {
    ByQuery { searchby: "Serialnumber".to_owned(), ..Default::default() }
}

async fn found(tenant: &Tenant, device: &super::Named) {
    let page = tenant.get::<SearchV2>((), SearchV2Query { pagesize: Some(5), ..Default::default() }).await;
    assert_eq!(page.devices.len(), 5);
    let query = SearchV3Query { friendly_name: Some(device.name.clone()), ..Default::default() };
    let page = tenant.get::<SearchV3>((), query).await;
    assert!(page.devices.iter().any(|row| row.id.is_some_and(|id| id.0.0 == device.id.0)), "{page:?}");
    let one = ExtensiveSearchQuery { deviceid: Some(device.id.0), ..Default::default() };
    assert_eq!(tenant.get::<ExtensiveSearch>((), one).await.devices[0].device_uuid, Some(device.uuid));
    let one = LiteSearchQuery { deviceid: Some(device.id.0), ..Default::default() };
    assert_eq!(tenant.get::<LiteSearch>((), one).await.devices[0].device_id, Some(device.id));
    assert_eq!(tenant.get::<GetV2>(device.uuid, Nothing).await.uuid, Some(device.uuid));
    assert_eq!(tenant.get::<GetV3>(device.uuid, Nothing).await.uuid, Some(device.uuid));
    let some = BulkValues::of([&device.serial]);
    assert_eq!(tenant.ask::<FindMany>((), serials(), some).await.devices[0].id.0, device.id);
    assert_eq!(tenant.ask::<GetMany>((), Nothing, BulkValues::of([device.id])).await.devices[0].id.0, device.id);
    assert_eq!(tenant.get::<UuidOf>(device.udid.clone(), Nothing).await.uuid, Some(device.uuid));
    let state = tenant.get::<EnrollmentState>(device.udid.clone(), Default::default()).await;
    assert_eq!(state.enrollment_status.as_deref(), Some("Enrolled"));
    let root = CountFilter { organization_group_id: Some(tenant.root_id().to_string()), ..Default::default() };
    assert!(tenant.ask::<CountEnrolled>((), Nothing, root).await.devices_count.is_some_and(|count| count > 100));
    let root = CountsQuery { oguuid: Some(tenant.root().to_string()), ..Default::default() };
    assert!(tenant.get::<Counts>((), root).await.total_devices.is_some_and(|count| count >= 300));
}

async fn told(tenant: &Tenant, devices: &[super::Named], phone: muster_model::ids::DeviceId) {
    let (id, uuid) = (devices[0].id, devices[0].uuid);
    tenant.get::<Apps>(uuid, Default::default()).await;
    tenant.get::<AppsV1>(id, Default::default()).await;
    tenant.get::<AdminApps>(id, Nothing).await;
    tenant.get::<Profiles>(id, Default::default()).await;
    tenant.get::<Network>(id, Nothing).await;
    tenant.get::<NetworkSearch>((), Default::default()).await;
    tenant.get::<Gps>(phone, Default::default()).await;
    let all = BulkValues::of(devices.iter().map(|device| &device.serial));
    tenant.ask::<GpsMany>((), serials(), all.clone()).await;
    let query = GpsSearchQuery { search_by: Some("Serialnumber".to_owned()), ..Default::default() };
    tenant.ask::<GpsSearch>((), query, all).await;
    tenant.get::<Security>(id, Nothing).await;
    let user = tenant.get::<muster_model::devices::User>(id, Nothing).await.device_user.expect("a user");
    let user_name = user.user_name;
    assert!(!user_name.is_empty());
    let query = SecuritySearchQuery {
        organizationgroupid: Some(OrganizationGroupId(tenant.root_id()).0),
        user: Some(user_name.clone()),
        ..Default::default()
    };
    tenant.get::<SecuritySearch>((), query).await;
    tenant.get::<Encryption>(uuid, Nothing).await;
    tenant.get::<Certificates>(id, Default::default()).await;
    tenant.get::<Content>(id, Default::default()).await;
    assert!(!tenant.get::<SmartGroups>(id, Nothing).await.smart_group.is_empty());
    tenant.get::<LoggedIn>(tenant.devices(Platform::AppleOsX).await[0].id, Nothing).await;
    tenant.get::<Sensors>(uuid, Default::default()).await;
    tenant.get::<OsUpdates>(uuid, Nothing).await;
    let query = EventLogFoundQuery {
        search_by: Some("Serialnumber".to_owned()),
        id: Some(devices[0].serial.clone()),
        ..Default::default()
    };
    tenant.get::<EventLogFound>((), query).await;
}

async fn changed(tenant: &Tenant, device: &super::Named, phone: &super::Named) {
    let edit = DeviceEdit { asset_number: Some("A-1".to_owned()), ..Default::default() };
    tenant.change::<UpdateFound>((), by_serial(device), edit).await;

    let note = DeviceNote { note: Some("Display is broken".to_owned()), ..Default::default() };
    let made = tenant.send::<AddNote>(device.id, note.clone()).await;
    let at = (device.id, RecordId(made.value));
    assert_eq!(tenant.get::<Notes>(device.id, Nothing).await.device_notes.len(), 1);
    assert_eq!(tenant.get::<Note>(at, Nothing).await.note, note.note);
    tenant.send::<UpdateNote>(at, DeviceNote { note: Some("Repaired".to_owned()), ..Default::default() }).await;
    tenant.act::<DeleteNote>(at).await;

    let set: AttributeList =
        body(json!({"CustomAttributes": [{"applicationGroup": "g", "name": "Site", "value": "B"}]}));
    assert_eq!(tenant.send::<SetAttributes>(device.id, set.clone()).await.accepted_items, 1);
    tenant.send::<SetAttributesBySerial>(device.serial.clone(), set).await;
    let many = body(json!([{"uuid": device.uuid, "serialNumber": device.serial,
        "deviceCustomAttributes": [{"applicationGroup": "g", "name": "Site", "value": "C"}]}]));
    tenant.send::<SetAttributesOfMany>((), many).await;
    let one = AttributesQuery { deviceid: Some(device.id.0), ..Default::default() };
    assert_eq!(tenant.get::<Attributes>((), one).await.devices[0].custom_attributes[0].value.as_deref(), Some("C"));
    let one = AttributeChangesQuery { deviceid: Some(device.id.0), ..Default::default() };
    assert!(!tenant.get::<AttributeChanges>((), one).await.device_custom_attribute_changes.is_empty());
    let names = body(json!({"CustomAttributes": [{"ApplicationGroup": "g", "Name": "Site"}]}));
    tenant.send::<RemoveAttributes>(device.id, names).await;

    let tag = muster_model::tags::NewTagV3 {
        organization_group_uuid: Some(tenant.root()),
        tag_name: Some("Field office 7".to_owned()),
        ..Default::default()
    };
    let tag = tenant.send::<muster_model::tags::CreateV3>((), tag).await.uuid.expect("a UUID");
    tenant.act::<AddTag>((device.uuid, tag)).await;
    tenant.act::<RemoveTag>((device.uuid, tag)).await;

    let children =
        tenant.get::<muster_model::organization_groups::Children>(OrganizationGroupId(tenant.root_id()), Nothing).await;
    let below = children.0.iter().find_map(|group| group.id.filter(|id| id.0.0 != tenant.root_id())).expect("a group");
    let below = OrganizationGroupId(below.0.0);
    tenant.act::<MoveTo>((device.id, below)).await;
    let query = MoveFoundQuery {
        search_by: Some("Serialnumber".to_owned()),
        id: Some(device.serial.clone()),
        ogid: Some(tenant.root_id()),
        ..Default::default()
    };
    tenant.change::<MoveFound>((), query, Nothing).await;
    let users = tenant.get::<muster_model::users::Search>((), Default::default()).await.users;
    for phone in tenant.devices(Platform::Apple).await {
        // Only devices that are meant for several people are handed over.
        let call = muster_model::Call::<CheckOut>::new((phone.id, UserId(users[0].id.0.0)), Nothing);
        if tenant.writer.send(call).await.is_ok() {
            break;
        }
    }
    let message = LostModeMessage {
        message: Some("Call us".to_owned()),
        phone_number: Some("+49".to_owned()),
        ..Default::default()
    };
    tenant.send::<LostMode>((phone.uuid, true), message).await;
}

async fn gone(tenant: &Tenant, devices: &[super::Named]) {
    tenant.act::<Delete>(devices[1].id).await;
    tenant.change::<DeleteFound>((), by_serial(&devices[2]), Nothing).await;
    let some = BulkValues::of([&devices[3].serial, &devices[4].serial]);
    assert_eq!(tenant.change::<DeleteMany>((), serials(), some).await.accepted_items, 2);
}
