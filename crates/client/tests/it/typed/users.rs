//! Enrollment users of version 2, what is done to many of them, and user groups.

use muster_model::bulk::BulkValues;
use muster_model::ids::{UserGroupId, UserId};
use muster_model::{Nothing, user_groups, users::*};
use serde_json::json;

use super::{Tenant, body};

pub(super) async fn story(tenant: &Tenant) {
    let new = json!({"userName": "ada", "password": "Secret-123", "firstName": "Ada", "lastName": "L",
        "emailAddress": "ada@example.com", "securityType": "Basic", "status": true,
        "organizationGroupUuid": tenant.root()});
    let uuid = tenant.send::<CreateV2>((), body(new)).await.uuid.expect("a UUID");
    let query = SearchV2Query {
        organization_group_uuid: Some(tenant.root()),
        searchtext: Some("ada".to_owned()),
        ..Default::default()
    };
    tenant.get::<SearchV2>((), query).await;
    assert_eq!(tenant.get::<GetV2>(uuid, Nothing).await.user_name.as_deref(), Some("ada"));
    tenant.send::<UpdateV2>(uuid, body(json!({"lastName": "Lovelace"}))).await;
    tenant.act::<DeleteV2>(uuid).await;

    let mut made = Vec::new();
    for name in ["bea", "cid", "dan"] {
        let new = json!({"UserName": name, "Password": "Secret-123", "FirstName": "F", "LastName": "L",
            "Email": format!("{name}@example.com"), "SecurityType": 2});
        made.push(UserId(tenant.send::<Add>((), body(new)).await.value));
    }
    let some = || BulkValues::of(&made[..2]);
    tenant.send::<DeactivateMany>((), some()).await;
    assert_eq!(tenant.send::<ActivateMany>((), some()).await.accepted_items, 2);
    let to = MoveToQuery { target_lg: Some(tenant.root_id()), ..Default::default() };
    tenant.change::<MoveTo>(made[2], to, Nothing).await;

    let new = json!({"GroupName": "Crew", "ManagedByOrganizationGroupID": tenant.root_id()});
    let group = UserGroupId(tenant.send::<user_groups::CreateCustom>((), body(new)).await.value);
    tenant.act::<user_groups::AddUser>((group, made[2])).await;
    tenant.act::<user_groups::RemoveUser>((group, made[2])).await;
    tenant.act::<user_groups::Delete>(group).await;
    let new = json!({"GroupName": "Engineering Guild", "UserGroupType": "directory", "ExternalType": "group",
        "LocationGroupUUID": tenant.root(), "AutoMergeEnabled": false});
    let group = tenant.send::<user_groups::Add>((), body(new)).await.uuid.expect("a UUID");
    tenant.send::<user_groups::Update>(group, body(json!({"Description": "All of them"}))).await;
    tenant.get::<user_groups::MembersByUuid>(group, Default::default()).await;
    tenant.act::<user_groups::Sync>(group).await;

    tenant.act::<Delete>(made[2]).await;
    assert_eq!(tenant.send::<DeleteMany>((), some()).await.accepted_items, 2);
}
