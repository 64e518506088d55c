//! Administrators, and the addresses that are told of events.

use muster_model::ids::RecordId;
use muster_model::{Nothing, admins::*, events};
use serde_json::json;

use super::{Tenant, body};

pub(super) async fn story(tenant: &Tenant) {
    let all = tenant.get::<Search>((), Default::default()).await.admins;
    let role = all.iter().filter_map(|admin| admin.roles.as_ref()).flatten().find_map(|role| role.id).expect("a role");
    let group = tenant.root_id().to_string();
    let roles = json!([{"Id": role, "LocationGroupId": group}]);
    let new = json!({"UserName": "grace", "Password": "Secret-12345", "FirstName": "G", "LastName": "H",
        "Email": "grace@example.com", "LocationGroupId": group, "Roles": roles});
    let id = RecordId(tenant.send::<Add>((), body(new)).await.value);
    tenant.send::<Update>(id, body(json!({"LastName": "Hopper"}))).await;
    let got = tenant.get::<Get>(id, Nothing).await;
    let uuid = got.uuid.expect("a UUID");
    tenant.get::<GetV2>(uuid, Nothing).await;
    assert!(!tenant.get::<SearchV2>((), Default::default()).await.admins.is_empty());
    let other = json!({"Id": role, "LocationGroupId": group});
    tenant.send::<RemoveRole>(id, body(other.clone())).await;
    tenant.send::<AddRole>(id, body(other)).await;
    tenant.act::<ResetPassword>(uuid).await;
    tenant.act::<Delete>(id).await;

    let rule = json!({"TargetName": "SIEM", "TargetUrl": "https://hooks.example.com/a", "Username": "u",
        "Password": "p", "Format": "Json", "IsActive": true, "organizationGroupId": tenant.root_id(),
        "DeviceEvents": {"Enrollment": true, "DeviceAttributes": {"AssetNumber": true}}});
    let id = RecordId(tenant.send::<events::Create>((), body(rule)).await.value);
    assert_eq!(tenant.get::<events::Search>((), Default::default()).await.event_notifications.len(), 1);
    assert_eq!(tenant.get::<events::Get>(id, Nothing).await.target_name.as_deref(), Some("SIEM"));
    tenant.send::<events::Update>(id, body(json!({"TargetName": "Tickets"}))).await;
    tenant.act::<events::Delete>(id).await;
}
