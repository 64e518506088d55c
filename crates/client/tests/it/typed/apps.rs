//! Apps of every kind: uploaded, assigned, watched, installed and removed.

use std::time::Duration;

use muster_model::apps::*;
use muster_model::ids::{AppId, DeviceId, OrganizationGroupId, RecordId, SmartGroupId};
use muster_model::record::{Base64, Raw};
use muster_model::words::Platform;
use muster_model::{Nothing, blobs};
use serde_json::json;
use uuid::Uuid;

use super::{Tenant, body};

pub(super) async fn story(tenant: &Tenant) {
    let (app, uuid) = uploaded(tenant).await;
    let android = &tenant.devices(Platform::Android).await[0];
    let (androids, by_uuid) = tenant.smart_group("All Android Devices").await;
    internal(tenant, app, uuid, android.id, (androids, by_uuid)).await;
    public(tenant, android.id, by_uuid).await;
    purchased(tenant).await;
    let new = json!({"Name": "Required", "AppGroupType": "Required", "Platform": "Android",
        "ManagedByOrganizationGroupID": tenant.root_id().to_string(),
        "OrganizationGroups": [{"Id": tenant.root_id().to_string(), "Name": ""}],
        "Applications": [{"Name": "Field Notes", "BundleId": "com.example.fieldnotes"}]});
    tenant.send::<GroupsCreate>((), body(new)).await;
    assert!(!tenant.get::<GroupsSearch>((), Default::default()).await.app_groups.is_empty());
    tenant.get::<RemovalLogs>((), Default::default()).await;
}

async fn uploaded(tenant: &Tenant) -> (AppId, Uuid) {
    let file = |name: &str| blobs::UploadQuery {
        file_name: Some(name.to_owned()),
        organization_group_id: Some(OrganizationGroupId(tenant.root_id())),
        module_type: Some("Application".to_owned()),
        ..Default::default()
    };
    let blob = tenant.change::<blobs::Upload>((), file("a.bin"), Raw(b"\x00\xff bytes".to_vec())).await.value;
    assert_eq!(tenant.get::<blobs::Download>(RecordId(blob), Nothing).await, Raw(b"\x00\xff bytes".to_vec()));
    tenant.act::<blobs::Delete>(RecordId(blob)).await;

    let chunk = Chunk {
        chunk_data: Some(Base64(b"PK\x03\x04 notes".to_vec())),
        chunk_sequence_number: Some(1),
        chunk_size: Some(10),
        total_application_size: Some(10),
        ..Default::default()
    };
    let sent = tenant.send::<UploadChunk>((), chunk).await;
    let new = json!({"TransactionId": sent.transcation_id, "DeviceType": "Android", "ApplicationName": "Field Notes",
        "BundleId": "com.example.fieldnotes", "AppVersion": "1.0.0", "FileName": "notes.apk",
        "LocationGroupId": tenant.root_id(), "SupportedModels": {"Model": [{"ModelId": 5, "ModelName": "Android"}]}});
    let app = tenant.send::<BeginInstall>((), body(new)).await;
    (app.id.0, app.uuid.expect("a UUID"))
}

async fn internal(tenant: &Tenant, app: AppId, uuid: Uuid, device: DeviceId, group: (SmartGroupId, Uuid)) {
    assert_eq!(tenant.get::<GetV2>(uuid, Nothing).await.application_name, "Field Notes");
    let rules: AssignmentRules = body(json!({"assignments": [{"priority": 0, "distribution": {"name": "All",
        "smart_groups": [group.1], "app_delivery_method": "AUTO", "effective_date": "2024-06-28T00:00:00.000"}}],
        "excluded_smart_groups": []}));
    tenant.send::<ReplaceRules>(uuid, rules).await;
    assert_eq!(tenant.get::<Rules>(uuid, Nothing).await.assignments.map(|all| all.len()), Some(1));
    let edit = json!({"SmartGroupIds": [group.0], "DeploymentParameters": {"PushMode": "Auto"}});
    tenant.send::<UpdateAssignments>(app, body(edit)).await;
    tenant.get::<InternalDevices>(app, Default::default()).await;
    let one = InternalStatusQuery { deviceid: Some(device.to_string()), ..Default::default() };
    tenant.get::<InternalStatus>(app, one).await;
    let target = || InstallTarget { device_id: Some(device), ..Default::default() };
    tenant.send::<Install>(app, target()).await;
    tenant.send::<Uninstall>(app, target()).await;
    let at = ("com.example.fieldnotes".to_owned(), "Android".to_owned());
    assert_eq!(tenant.get::<Versions>(at, Default::default()).await.0.len(), 1);
    tenant.get::<DeploymentCounts>(uuid, Default::default()).await;
    tenant.get::<ReasonCounts>(uuid, Default::default()).await;
    tenant.get::<ActionCounts>(uuid, Default::default()).await;
    tenant.act::<Deactivate>(app).await;
    tenant.act::<Activate>(app).await;
    tenant.act::<Retire>(app).await;
    tenant.act::<Unretire>(app).await;
    tenant.send::<RemoveAssignments>(app, body(json!({"SmartGroupIds": [group.0]}))).await;
    tenant.act::<Delete>(app).await;
}

async fn public(tenant: &Tenant, device: DeviceId, group: Uuid) {
    let new = json!({"ApplicationName": "Maps", "BundleId": "com.example.maps", "Platform": 5,
        "LocationGroupId": tenant.root_id(), "SupportedModels": {"Model": [{"ModelId": 5, "ModelName": "Android"}]}});
    let new: PublicApp = body(new);
    let app = tenant.send::<PublicAdd>((), new.clone()).await;
    let (id, uuid) = (app.id.0, app.uuid.expect("a UUID"));
    tenant.get::<PublicGet>(id, Nothing).await;
    tenant.send::<PublicUpdate>(id, PublicApp { comments: Some("For drivers".to_owned()), ..new }).await;
    let rules = json!({"assignments": [{"priority": 0, "distribution": {"name": "All", "smart_groups": [group],
        "app_delivery_method": "AUTO"}}], "excluded_smart_groups": []});
    tenant.send::<ReplaceRules>(uuid, body(rules)).await;
    tenant.get::<PublicDevices>(id, Default::default()).await;
    let target = || InstallTarget { device_id: Some(device), ..Default::default() };
    tenant.send::<PublicInstall>(id.to_string(), target()).await;
    tenant.send::<PublicUninstall>(id, target()).await;
    tenant.act::<PublicDelete>(id).await;
}

async fn purchased(tenant: &Tenant) {
    let root = tenant.root_id();
    let query = blobs::UploadQuery {
        file_name: Some("token.vpp".to_owned()),
        organization_group_id: Some(OrganizationGroupId(root)),
        module_type: Some("Application".to_owned()),
        ..Default::default()
    };
    let token = tenant.change::<blobs::Upload>((), query, Raw(b"eyJ0b2tlbiI6IngifQ==".to_vec())).await.value;
    let account = StoreAccount {
        description: Some("Business store".to_owned()),
        organization_group_id: Some(OrganizationGroupId(root)),
        s_token_blob_id: Some(token),
        ..Default::default()
    };
    tenant.send::<PurchasedAccount>((), account).await;
    tenant.act::<PurchasedSync>(RecordId(root)).await;
    tenant.uem.step(Duration::from_secs(3_600)).await.expect("steps");
    let all = tenant.get::<PurchasedSearch>((), Default::default()).await.application;
    let app = all.iter().find(|app| app.application_name.as_deref() == Some("Inspection Lists")).expect("an app");
    let (id, uuid) = (AppId(app.id.expect("an id").0.0), app.uuid.expect("a UUID"));
    let (phones, _) = tenant.smart_group("All iOS Devices").await;
    let plan = json!({"Assignments": [{"SmartGroupId": phones, "Allocated": 300}],
        "Deployment": {"AssignmentType": "Auto", "RemoveOnUnenroll": true}});
    tenant.send::<PurchasedAssign>(id, body(plan)).await;
    tenant.get::<PurchasedGet>(id, Nothing).await;
    tenant.get::<PurchasedGetV2>(uuid, Nothing).await;
    let query = PurchasedDevicesQuery { status: Some("assigned".to_owned()), ..Default::default() };
    tenant.get::<PurchasedDevices>(id, query).await;
    let device = tenant.devices(Platform::Apple).await.remove(0).id;
    let target = || InstallTarget { device_id: Some(device), ..Default::default() };
    tenant.send::<PurchasedInstall>(id.to_string(), target()).await;
    tenant.send::<PurchasedUninstall>(id, target()).await;
}
