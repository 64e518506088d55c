//! Every operation of the catalogue, called by its facts against our own UEM.

use std::collections::BTreeSet;

use muster_client::catalog::{Content, guide, published};
use muster_client::{Arguments, Client, Dialect, Error, Kind, Settings, Writer, connect};
use muster_model::Effect;

use muster_model::catalog::call::{self, Part};
use muster_model::catalog::facts::{self, Operation};
use muster_uem::Running;
use serde_json::{Value, json};

use crate::stage::{Stage, settings};

/// A tenant that counts what it answers, and both handles.
async fn counted() -> (Running, Client, Writer) {
    let wanted = muster_uem::Settings { devices: 60, check_answers: true, ..muster_uem::Settings::in_memory() };
    let uem = muster_uem::start(wanted).await.expect("starts");
    let given = Settings { dialect: Some(Dialect::Published), ..settings(&uem) };
    let (client, writer) = connect(given).await.expect("connects");
    (uem, client, writer)
}

async fn call(client: &Client, writer: &Writer, operation: &'static Operation) -> Result<(), Error> {
    let arguments = operation.example_arguments(operation.facts());
    match operation.effect() {
        Effect::Read => client.call(operation, &arguments).await.map(drop),
        _ => writer.call(operation, &arguments).await.map(drop),
    }
}

/// What a tenant says to a request that is not well formed.
///
/// A parameter that the documents call optional and a server needs is the documents' business.
fn is_malformed(error: &Error) -> bool {
    let said = error.fault().map(|fault| fault.message.to_lowercase()).unwrap_or_default();
    matches!(error.kind(), Kind::Bug | Kind::Protocol | Kind::Unsupported)
        || matches!(error.status(), Some(404 | 405 | 406 | 411 | 415)) && error.fault().is_none()
        || (said.starts_with("the field ") && said.contains("must be"))
        || (said.starts_with("the value '") && said.contains("is not valid"))
        || said.contains("not json")
}

#[tokio::test]
async fn every_built_operation_can_be_called_with_arguments_made_from_its_facts() {
    let (uem, client, writer) = counted().await;
    let mut built = uem.built();
    // What removes something comes last, so that it takes nothing away from others; our own account goes at the end.
    built.sort_by_key(|(name, operation)| (operation.effect(), *name == "console/accounts.remove"));
    assert!(built.len() > 950, "{}", built.len());
    let mut malformed = Vec::new();
    for (name, operation) in &built {
        if let Err(error) = call(&client, &writer, operation).await
            && is_malformed(&error)
        {
            malformed.push(format!("{name}: {error}"));
        }
    }
    assert!(malformed.is_empty(), "{malformed:#?}");
    let counted: BTreeSet<&str> = uem.served().into_keys().chain(uem.refused().into_keys()).collect();
    let silent: Vec<&str> = built.iter().map(|(name, _)| *name).filter(|name| !counted.contains(name)).collect();
    assert!(silent.is_empty(), "these were not reached by their own facts: {silent:?}");
    assert!(uem.served().len() > 250, "{} were answered with success", uem.served().len());
    uem.stop().await;
}

fn arguments(pairs: &[(&str, Value)]) -> Arguments {
    pairs.iter().fold(Arguments::default(), |arguments, (name, value)| arguments.with(*name, value.clone()))
}

#[tokio::test]
async fn what_does_not_fit_the_facts_is_never_sent() {
    let stage = Stage::set().await;
    let (client, writer) = &stage.dialects[1];
    let search = published("devices.search").expect("published");
    let wipe = published("mdmv1/CommandsV1_ExecuteAsync").expect("published");
    let before = client.statistics().calls;
    for (given, says) in [
        (Arguments::default().with("pagesise", 1), "no parameter `pagesise`"),
        (Arguments::default().with("pagesize", "ten"), "pagesize must be a whole number"),
        (Arguments::default().with_body(json!({})), "takes no body"),
    ] {
        let error = client.call(search, &given).await.expect_err(says);
        assert_eq!(error.kind(), Kind::Invalid);
        assert!(error.to_string().contains(says), "{error}");
    }
    let reads = client.call(wipe, &arguments(&[("deviceid", json!(1)), ("command", json!("SyncDevice"))])).await;
    let error = reads.expect_err("a client only reads");
    assert!(error.to_string().contains("put it into a plan"), "{error}");
    let writes = writer.call(search, &Arguments::default()).await.expect_err("a writer only changes");
    assert!(writes.to_string().contains("use the `Client`"), "{writes}");
    assert_eq!(client.statistics().calls, before, "nothing left");
}

#[tokio::test]
async fn lists_in_every_spelling_are_read_to_their_end() {
    let stage = Stage::set().await;
    let (client, _) = &stage.dialects[1];
    let group = stage.uem.ready.organization_group.uuid.to_string();
    let none = Arguments::default();
    for (key, given, rows) in [
        ("mdmv1/Devices_SearchAsync", none.clone(), 300),
        ("mdmv2/DevicesV2_SearchAsync", none.clone(), 300),
        ("mdmv3/DevicesV3_SearchAsync", none.clone(), 300),
        ("systemv1/User_SearchAsync", none.clone(), 0),
        ("mdmv1/SmartGroups_SearchAsync", none.clone(), 0),
        ("mdmv1/Tags_Search", none.clone(), 0),
        ("mamv1/Apps_SearchAsync", none.clone(), 0),
        ("systemv2/OrganizationGroups_OrganizationGroupSearchAsync", none.clone(), 0),
        ("systemv2/ScimV2Groups_GetUserGroups", none.clone(), 0),
        ("mdmv3/ProfilesV3_SearchAsync", none.clone().with_body(json!({})), 0),
        (
            "mdmv1/ScriptsV1_GetScriptsByOrganizationGroupAsync",
            none.clone().with("organizationGroupUuid", group).with("expand", false),
            0,
        ),
    ] {
        let operation = published(key).expect(key);
        let list = client.list(operation, &given).expect("it has pages").collect().await;
        let list = list.unwrap_or_else(|error| panic!("{key}: {error}"));
        // Nobody has made a script here.
        let empty = key.contains("Scripts");
        assert!(list.len() >= rows && list.is_empty() == empty, "{key}: {} rows", list.len());
        assert!(list.iter().all(Value::is_object), "{key}");
    }
    let search = published("devices.search").expect("published");
    let some = client.list(search, &none).expect("pages").limit(7).collect().await.expect("rows");
    assert_eq!(some.len(), 7);
    let ours = guide("devices.search").expect("a guide operation");
    let theirs = stage.clients()[0].list(ours, &none).expect("pages").collect().await.expect("rows");
    assert_eq!(theirs.len(), 300);
    let one = published("mdmv1/Devices_GetByIdAsync").expect("published");
    let error = client.list(one, &none.with("id", 1)).err().expect("no pages");
    assert!(error.to_string().contains("call it once"), "{error}");
}

#[tokio::test]
async fn the_areas_that_people_script_answer_by_their_facts() {
    let stage = Stage::set().await;
    let (client, writer) = &stage.dialects[1];
    let rows = |key: &'static str| async move {
        let operation = published(key).expect(key);
        client.list(operation, &Arguments::default()).expect("pages").collect().await.expect("rows")
    };
    let device = rows("devices.search").await.remove(0);
    let id = device["Id"]["Value"].as_i64().expect("an id");
    let look = |key: &'static str, name: &'static str| async move {
        let answer = client.call(published(key).expect(key), &Arguments::default().with(name, id)).await;
        answer.unwrap_or_else(|error| panic!("{key}: {error}"))
    };
    for (key, name) in [
        ("mdmv1/Devices_GetByIdAsync", "id"),
        ("mdmv1/Apps_DeviceAppsByIdAsync", "id"),
        ("mdmv1/Profiles_GetProfilesByDevice", "id"),
        ("mdmv1/ComplianceV1_GetComplianceByDeviceAsync", "deviceId"),
        ("mdmv1/SecurityV1_GetDeviceSecurityInfoAsync", "id"),
        ("mdmv1/Network_GetNetworkInfoByDeviceAsync", "id"),
    ] {
        assert!(look(key, name).await.json().is_some(), "{key}");
    }

    // A tag is made, put on, and taken off again.
    let group = stage.uem.ready.organization_group.id;
    let change = |key: &'static str, given: Arguments| async move {
        let answer = writer.call(published(key).expect(key), &given).await;
        answer.unwrap_or_else(|error| panic!("{key}: {error}")).expect("an answer")
    };
    let made = change(
        "tags.add",
        Arguments::default().with_body(json!({"TagName": "By facts", "TagType": 1, "LocationGroupId": group})),
    );
    let tag = made.await.json().expect("JSON")["Value"].as_i64().expect("an id");
    let devices = json!({"BulkValues": {"Value": [id.to_string()]}});
    for key in ["tags.adddevices", "tags.removedevices"] {
        let answer = change(key, Arguments::default().with("tagid", tag).with_body(devices.clone())).await;
        assert_eq!(answer.json().expect("JSON")["AcceptedItems"], 1, "{key}");
    }
    let command = Arguments::default().with("deviceid", id).with("command", "SyncDevice");
    let sent = change("mdmv1/CommandsV1_ExecuteAsync", command).await;
    assert_eq!((sent.status, sent.content), (202, Content::Nothing));
}

#[tokio::test]
async fn files_go_there_and_come_back() {
    let stage = Stage::set().await;
    let (client, writer) = &stage.dialects[1];
    let bytes = b"PK\x03\x04 an app".to_vec();
    let given = Arguments::default()
        .with("fileName", "a.apk")
        .with("organizationGroupId", stage.uem.ready.organization_group.id)
        .with("moduleType", "Application")
        .with_content(call::Content::Bytes(bytes.clone()));
    let upload = published("mamv1/BlobsV1_UploadBlobAsync").expect("published");
    let made = writer.call(upload, &given).await.expect("uploaded").expect("an answer");
    let id = made.json().expect("JSON")["Value"].as_i64().expect("an id");
    let download = published("mamv1/BlobsV1_DownloadBlobAsync").expect("published");
    let back = client.call(download, &Arguments::default().with("blobId", id)).await.expect("downloaded");
    match back.content {
        Content::File { kind, bytes: back } => {
            assert_eq!((kind.as_str(), &back[..]), ("application/octet-stream", &bytes[..]));
        }
        other => panic!("{other:?}"),
    }
    let part = Part { name: "file".to_owned(), file_name: Some("flows.zip".to_owned()), bytes: b"{}".to_vec() };
    let import = published("mdmv1/WorkflowImportExportV1_ImportWorkflowAsync").expect("published");
    let said = writer.call(import, &Arguments::default().with_content(call::Content::Form(vec![part]))).await;
    // A form arrives as a form; what is in it is another matter.
    assert!(said.as_ref().map_or_else(|error| error.status() != Some(415), |_| true), "{said:?}");
}

#[tokio::test]
async fn an_operation_that_the_tenant_does_not_have_is_told_from_a_record_that_is_not_there() {
    let (uem, client, _) = counted().await;
    let built: BTreeSet<&str> = uem.built().iter().map(|(_, operation)| operation.key.as_str()).collect();
    let missing = facts::published()
        .operations
        .iter()
        .find(|operation| operation.effect() == Effect::Read && !built.contains(operation.key.as_str()));
    if let Some(operation) = missing {
        let error =
            client.call(operation, &operation.example_arguments(operation.facts())).await.expect_err("not built");
        assert_eq!(error.kind(), Kind::Unsupported, "{error}");
        assert!(error.to_string().contains("does not offer it"), "{error}");
    }
    let look = published("mdmv1/Devices_GetByIdAsync").expect("published");
    let error = client.call(look, &Arguments::default().with("id", 999_999)).await.expect_err("no such device");
    assert_eq!(error.kind(), Kind::NotFound);
    uem.stop().await;
}
