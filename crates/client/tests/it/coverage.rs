//! The tenant's whole route table, spoken: an endpoint that nobody can call is a mistake on one side.

use std::collections::BTreeSet;

use muster_client::{DeviceFilter, Dialect};
use muster_model::catalog::{ALL, Entry};
use muster_model::commands::Command;
use muster_model::operations::NewOperation;
use muster_model::users::UserEdit;
use muster_model::words::EnrollmentStatus;
use muster_model::{Call, Nothing, compliance, devices, guide, operations, organization_groups, users};
use serde_json::Map;

use crate::stage::Stage;
use crate::typed;

/// What no story calls, because our UEM answers it in no way yet. May only shrink.
const SILENT: [&str; 0] = [];

#[tokio::test]
async fn every_route_is_spoken() {
    let stage = Stage::set().await;
    for (client, writer) in &stage.dialects {
        client.system_info().await.expect("answers");
        let all = client.devices(&DeviceFilter::default()).await.expect("a list");
        let mut enrolled = all.iter().filter(|device| device.enrollment_status == EnrollmentStatus::Enrolled);
        let device = client.device(enrolled.next_back().expect("a device").id.0).await.expect("a device");
        client.noncompliant_devices().await.expect("a list");
        client.device_compliance(device.id.0).await.expect("a verdict");
        writer.command(device.id.0, Command::SyncDevice, &Map::new()).await.expect("accepted");
        client.device_commands(device.id.0).await.expect("a history");
        let tag = format!("Tag of {}", client.dialect());
        writer.set_tags(&device, &[tag]).await.expect("tagged");
        let tagged = client.device(device.id.0).await.expect("a device");
        writer.set_tags(&tagged, &[]).await.expect("untagged");

        let new = UserEdit {
            user_name: format!("user.{}", client.dialect()),
            first_name: Some("A".to_owned()),
            last_name: Some("B".to_owned()),
            email: Some("a@example.com".to_owned()),
            ..UserEdit::default()
        };
        let id = writer.create_user(&new).await.expect("made");
        let group = client.user_groups(None).await.expect("a list").remove(0);
        writer.add_to_user_group(group.id, id).await.expect("put in");
        client.user_group_members(group.id).await.expect("a list");
        for (title, status) in [("C", false), ("D", true)] {
            let user = client.user_by_name(&new.user_name).await.expect("an answer").expect("a user");
            let edit = UserEdit { title: Some(title.to_owned()), status: Some(status), ..UserEdit::default() };
            writer.update_user(&user, &edit).await.expect("changed");
        }

        let groups = client.smart_groups(Some("All Devices")).await.expect("a list");
        let app = client.apps(Some("Google Chrome")).await.expect("a list").remove(0);
        let receipt = writer.assign_app(&app, &[groups[0].id], &Default::default()).await.expect("assigned");
        client.app_assignments(&app).await.expect("a list");
        client.app_devices(&app).await.expect("a list");
        writer.install_app(device.id.0, &app).await.expect("accepted");
        if let Some(operation) = receipt.command_id {
            client.operation(&operation).await.expect("a state");
        }

        let key = guide::NewApiKey { service: format!("Key of {}", client.dialect()), ..Default::default() };
        let (made, _) = writer.make_api_key(&key).await.expect("made").expect("an answer");
        assert!(client.api_keys().await.expect("a list").iter().any(|key| key.id == made && key.revoked_on.is_none()));
        writer.revoke_api_key(made).await.expect("revoked");

        // What the operations above do without.
        if client.dialect() == Dialect::Guide {
            client.read(Call::<guide::UsersGet>::new(id, Nothing)).await.expect("a user");
            continue;
        }
        let find = devices::FindQuery {
            searchby: "Serialnumber".to_owned(),
            id: device.serial_number.to_string(),
            ..Default::default()
        };
        client.read(Call::<devices::Find>::new((), find)).await.expect("a device");
        client.read(Call::<devices::BulkSettings>::new((), Nothing)).await.expect("limits");
        client.read(Call::<users::Get>::new(id, Nothing)).await.expect("a user");
        client.pages::<compliance::Policies>((), Default::default()).collect().await.expect("a list");
        let groups = client.pages::<organization_groups::Search>((), Default::default()).collect().await;
        let edit = devices::DeviceEdit { asset_number: Some("A-1".to_owned()), ..Default::default() };
        writer.send(Call::<devices::Update>::with_body(device.id.0, edit)).await.expect("edited");
        let organization_group_uuid = groups.expect("a list").remove(0).uuid;
        let sync =
            NewOperation { operation_type: "GroupSync".to_owned(), organization_group_uuid, ..Default::default() };
        let operation = writer.send(Call::<operations::Trigger>::with_body((), sync)).await.expect("started");
        let id = operation.and_then(|operation| operation.uuid).expect("an id").to_string();
        client.operation(&id).await.expect("a state");
    }
    let mut spoken: BTreeSet<&str> = stage.uem.served().into_keys().collect();
    spoken.extend(typed::tell().await);
    // A route has the name of its endpoint, or the key of its facts.
    let called = |entry: &&Entry| spoken.contains(entry.name) || spoken.contains(entry.key);
    let silent: Vec<&str> = ALL.iter().filter(|entry| !called(entry)).map(|entry| entry.name).collect();
    assert_eq!(silent, SILENT, "every typed endpoint is called by a story, but for those");
}
