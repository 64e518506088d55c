//! Smart groups and compliance policies.

use muster_model::Nothing;
use muster_model::compliance::{PoliciesByGroup, PoliciesByGroupQuery};
use muster_model::ids::SmartGroupId;
use muster_model::smart_groups::*;
use serde_json::json;

use super::{Tenant, body};

pub(super) async fn story(tenant: &Tenant) {
    let new: SmartGroupEdit = body(json!({"Name": "Pilots", "CriteriaType": "All",
        "ManagedByOrganizationGroupId": tenant.root_id().to_string(), "Platforms": ["WinRT"]}));
    let made = tenant.send::<Create>((), new.clone()).await;
    let (id, uuid) = (SmartGroupId(made.value), made.uuid.expect("a UUID"));
    let got = tenant.get::<Get>(id, Nothing).await;
    assert_eq!((got.name.as_deref(), got.platforms.len()), (Some("Pilots"), 1));
    tenant.send::<Update>(id, SmartGroupEdit { name: Some("Pilots 2".to_owned()), ..new }).await;
    assert!(!tenant.get::<Devices>(id, Default::default()).await.devices.is_empty());
    let (all, _) = tenant.smart_group("All Devices").await;
    tenant.get::<Apps>(all, Nothing).await;
    let patch = json!([{"op": "add", "path": "/smartGroupsOperationsV2/organizationGroups", "value": tenant.root()}]);
    tenant.send::<PatchV2>(uuid, patch).await;
    tenant.act::<Delete>(id).await;
    let query = PoliciesByGroupQuery { organizationgroupuuid: Some(tenant.root().to_string()), ..Default::default() };
    assert!(!tenant.get::<PoliciesByGroup>((), query).await.compliance_policy.is_empty());
}
