//! Products: made of a file, handed out, processed again.

use muster_model::ids::RecordId;
use muster_model::products::*;
use muster_model::words::Platform;
use muster_model::{Nothing, apps};
use serde_json::json;

use super::{Tenant, body};

pub(super) async fn story(tenant: &Tenant) {
    let query = apps::AppQuery { pagesize: Some(500), ..Default::default() };
    let app = tenant.get::<apps::Search>((), query).await.application;
    let app = app.iter().find(|app| app.platform == 5).expect("an app for Android");
    let (androids, _) = tenant.smart_group("All Android Devices").await;
    let new = json!({"Name": "Scanner", "Platform": "Android",
        "ManagedByOrganizationGroupID": tenant.root_id().to_string(), "SmartGroups": [],
        "Manifest": {"Action": [{"ActionTypeID": 1, "ItemID": app.id.0}]}, "Description": "For the shelves"});
    let id = RecordId(tenant.send::<Create>((), body(new)).await.value);
    assert_eq!(tenant.get::<Get>(id, Nothing).await.name.as_deref(), Some("Scanner"));
    assert_eq!(tenant.get::<Search>((), Default::default()).await.products.len(), 1);
    tenant.act::<AddSmartGroup>((id, androids)).await;
    tenant.act::<Activate>(id).await;
    let device = tenant.devices(Platform::Android).await[0].id;
    let again = json!({"ProductID": id.0, "ForceFlag": true, "DeviceIds": [{"ID": device}]});
    tenant.send::<Reprocess>((), body(again)).await;
    tenant.get::<Assigned>(id, Default::default()).await;
    tenant.get::<Failed>(id, Default::default()).await;
    tenant.act::<Deactivate>(id).await;
    tenant.act::<RemoveSmartGroup>((id, androids)).await;
    tenant.act::<Delete>(id).await;
}
