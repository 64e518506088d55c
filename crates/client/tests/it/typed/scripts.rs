//! Sensors and scripts.

use muster_model::record::Base64;
use muster_model::{Nothing, scripts, sensors};
use serde_json::json;

use super::{Tenant, body};

pub(super) async fn story(tenant: &Tenant) {
    let root = tenant.root();
    let (_, windows) = tenant.smart_group("All Windows Devices").await;

    let new = json!({"name": "os_version", "organization_group_uuid": root, "platform": "WIN_RT",
        "query_type": "POWERSHELL", "query_response_type": "STRING", "execution_context": "SYSTEM",
        "execution_architecture": "EITHER64OR32BIT", "script_data": "R2V0LURhdGU="});
    let new: sensors::NewSensor = body(new);
    assert_eq!(new.script_data, Some(Base64(b"Get-Date".to_vec())));
    let sensor = tenant.send::<sensors::Create>((), new).await.uuid.expect("a UUID");
    assert_eq!(tenant.get::<sensors::List>(root, Default::default()).await.result_set.len(), 1);
    let got = tenant.get::<sensors::Get>(sensor, Nothing).await;
    assert_eq!(got.script_data, Some(Base64(b"Get-Date".to_vec())));
    tenant.send::<sensors::Update>(sensor, body(json!({"description": "The version"}))).await;
    let to = json!({"name": "Windows", "smart_group_uuids": [windows], "trigger_type": "SCHEDULE"});
    let assignment = tenant.send::<sensors::Assign>(sensor, body(to)).await.uuid.expect("a UUID");
    assert_eq!(tenant.get::<sensors::Assignments>(sensor, Nothing).await.0[0].uuid, Some(assignment));
    tenant.act::<sensors::DeleteAssignment>(assignment).await;
    let gone = json!({"organization_group_uuid": root, "sensor_uuids": [sensor]});
    tenant.send::<sensors::DeleteMany>((), body(gone)).await;

    let text = json!({"name": "Print date", "description": "prints", "platform": "WIN_RT", "timeout": 30,
        "script_type": "POWERSHELL", "execution_context": "SYSTEM", "platform_architecture": "EITHER64OR32BIT",
        "script_data": "R2V0LURhdGU=", "allowed_in_catalog": false});
    let script = tenant.send::<scripts::Create>(root, body(text.clone())).await.uuid.expect("a UUID");
    let query = scripts::ListQuery { expand: Some(false), ..Default::default() };
    assert_eq!(tenant.get::<scripts::List>(root, query).await.search_results.len(), 1);
    assert_eq!(tenant.get::<scripts::Get>(script, Nothing).await.name.as_deref(), Some("Print date"));
    tenant.send::<scripts::Update>(script, body(text)).await;
    let all = json!({"assignments": [{"name": "Windows", "priority": 1, "deployment_mode": "AUTO",
        "show_in_catalog": false, "memberships": [{"smart_group_uuid": windows, "smart_group_name": "w"}],
        "script_deployment": {"trigger_type": "SCHEDULE", "trigger_schedule": "FOUR_HOURS"}}]});
    tenant.send::<scripts::Assign>(script, body(all)).await;
    assert_eq!(tenant.get::<scripts::Assignments>(script, Nothing).await.search_results.len(), 1);
    let query = scripts::SampleSearch { script_uuid: Some(script), ..Default::default() };
    tenant.ask::<scripts::Samples>(root, Nothing, query).await;
    tenant.send::<scripts::DeleteMany>(root, vec![script]).await;
}
