//! Devices that are announced, and registration records.

use muster_model::Nothing;
use muster_model::bulk::BulkValues;
use muster_model::enrollment::*;
use serde_json::json;

use super::{Tenant, body};

pub(super) async fn story(tenant: &Tenant) {
    let user = tenant.get::<muster_model::users::Search>((), Default::default()).await.users.remove(0);
    let new = json!({"FriendlyName": "Tablet", "SerialNumber": "SN-1", "PlatformId": 2, "Ownership": "C"});
    tenant.send::<RegisterDevice>(user.id.0, body(new)).await;
    tenant.get::<RegisteredDevices>((), Default::default()).await;
    tenant.get::<EnrolledDevices>((), Default::default()).await;
    tenant.get::<TokenSearch>((), Default::default()).await;
    let query = DeleteRegisteredQuery { searchby: Some("Serialnumber".to_owned()), ..Default::default() };
    tenant.change::<DeleteRegistered>((), query, BulkValues::of(["SN-1"])).await;

    let root = tenant.root();
    let allowed = json!({"registration_type": "WHITELIST", "attribute_type": "SERIAL_NUMBER",
        "device_attribute": "SN-2", "ownership_type": "CORPORATE_DEDICATED"});
    tenant.send::<CreateToken>(root, body(allowed)).await;
    let record = json!({"user_uuid": user.uuid, "friendly_name": "Phone", "serial_number": "SN-3", "platform_id": 5,
        "ownership_type": "CORPORATE_DEDICATED"});
    let new = json!({"registration_type": "REGISTER_DEVICE", "device_registration_record": record});
    assert!(tenant.send::<CreateTokenV2>(root, body(new)).await.token.is_some());
    let page = tenant.get::<Tokens>(root, Default::default()).await;
    let token = page.tokens.iter().find_map(|row| row.uuid).expect("a token");
    tenant.get::<Token>((root, token), Nothing).await;
    tenant.act::<DeleteToken>((root, token)).await;
}
