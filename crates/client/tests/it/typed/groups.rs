//! Organization groups, the keys that they have, and reports about them.

use muster_model::ids::OrganizationGroupId;
use muster_model::organization_groups::*;
use muster_model::{Nothing, reports, system};
use serde_json::json;

use super::{Tenant, body};

pub(super) async fn story(tenant: &Tenant) {
    let (root, uuid) = (OrganizationGroupId(tenant.root_id()), tenant.root());
    tenant.get::<system::ApiKeys>(uuid, Nothing).await;
    assert!(!tenant.get::<SearchV1>((), Default::default()).await.location_groups.is_empty());
    assert_eq!(tenant.get::<Get>(root, Nothing).await.id.map(|id| id.0.0), Some(root.0));
    tenant.get::<GetV2>(uuid, Nothing).await;
    let edit = |name: &str| {
        json!({"Name": name, "GroupId": name.to_lowercase(), "LocationGroupType": "Container",
        "Country": "Germany", "Locale": "English (United States)"})
    };
    let made = tenant.send::<Create>(root, body(edit("North"))).await;
    let second = tenant.send::<CreateV1>(root, body(edit("South"))).await;
    let (first, by_uuid) = (OrganizationGroupId(made.id.expect("an id")), made.uuid.expect("a UUID"));
    tenant.send::<UpdateV2>(by_uuid, body(json!({"Name": "North 2"}))).await;
    tenant.send::<Update>(first, body(json!({"Name": "North 3"}))).await;
    assert!(tenant.get::<Children>(root, Nothing).await.0.len() > 2);
    assert!(!tenant.get::<DeviceCounts>((), Default::default()).await.location_groups.is_empty());
    let tag = json!({"TagName": "Lab", "TagType": 1, "LocationGroupId": root.0});
    tenant.send::<muster_model::tags::Add>((), body(tag)).await;
    assert!(!tenant.get::<Tags>(root, Nothing).await.tags.is_empty());
    tenant.act::<DeleteV2>(by_uuid).await;
    tenant.act::<Delete>(OrganizationGroupId(second.value)).await;

    let report = body(json!({"export_type": "LIST_VIEW", "format": "CSV"}));
    let made = tenant.send::<reports::Create>(uuid, report).await;
    tenant.get::<reports::Get>((uuid, made.uuid.expect("a UUID")), Nothing).await;
}
