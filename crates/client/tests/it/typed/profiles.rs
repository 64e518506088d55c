//! Profiles and certificates.

use muster_model::apps::InstallTarget;
use muster_model::ids::RecordId;
use muster_model::profiles::*;
use muster_model::words::Platform;
use muster_model::{Nothing, certificates};
use serde_json::json;

use super::{Tenant, body};

/// A certificate of our own authority, which is told to anybody.
async fn certificate(tenant: &Tenant) -> String {
    let key = rcgen::generate_simple_self_signed(["client.example.com".to_owned()]).expect("a certificate");
    let _ = tenant;
    base64::Engine::encode(&base64::engine::general_purpose::STANDARD, key.cert.der())
}

pub(super) async fn story(tenant: &Tenant) {
    let (phones, _) = tenant.smart_group("All iOS Devices").await;
    let profile: Profile = body(json!({"General": {"Name": "Camera off", "AssignmentType": "Auto",
        "AssignedSmartGroups": [{"SmartGroupId": phones}]}, "Restrictions": {"AllowUseOfCamera": false}}));
    let id = RecordId(tenant.send::<CreateApple>((), profile.clone()).await.value);
    let got = tenant.get::<Get>(id, Nothing).await;
    let general = got.general.clone().expect("the general part");
    assert_eq!(general.name.as_deref(), Some("Camera off"));
    assert!(got.other.contains_key("Restrictions"), "payloads are kept");
    let uuid = general.profile_uuid.expect("a UUID");
    let mut edit = profile;
    edit.general.get_or_insert_default().profile_id = Some(id.0);
    edit.general.get_or_insert_default().create_new_version = Some(true);
    tenant.send::<UpdateApple>((), edit).await;

    assert!(!tenant.get::<Search>((), Default::default()).await.profile_list.is_empty());
    assert!(!tenant.get::<SearchV1>((), Default::default()).await.profiles.is_empty());
    let query = ProfileSearch {
        organization_group_uuid: Some(tenant.root()),
        page_number: Some(0),
        page_size: Some(50),
        ..Default::default()
    };
    assert!(!tenant.ask::<SearchV3>((), Nothing, query).await.profiles.is_empty());
    tenant.get::<Detail>(uuid, Default::default()).await;
    tenant.get::<Summary>(uuid, Nothing).await;
    tenant.get::<Devices>(uuid, Default::default()).await;
    let device = &tenant.devices(Platform::Apple).await[0];
    let target = || InstallTarget { device_id: Some(device.id), ..Default::default() };
    tenant.send::<Install>(id, target()).await;
    tenant.send::<Remove>(id, target()).await;
    tenant.act::<Deactivate>(id).await;
    tenant.act::<Activate>(id).await;
    tenant.act::<Delete>(id).await;

    tenant.get::<certificates::Authorities>(tenant.root(), Nothing).await;
    let new = json!({"CertificatePayload": certificate(tenant).await, "Password": ""});
    tenant.send::<certificates::Upload>((), body(new)).await;
}
