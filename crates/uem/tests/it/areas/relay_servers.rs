//! Relay servers in both versions, staging bundles, and the baselines of Windows.

use muster_uem::{Habits, Settings};
use serde_json::{Value, json};

use crate::caller::{Answer, Caller, list, read};

async fn tenant() -> Caller {
    let habits = Habits { refuse_unknown_queries: true, ..Habits::default() };
    Caller::of(Settings { habits, ..Settings::in_memory() }).await
}

/// The last part of the address that an answer names.
fn made(answer: &Answer) -> String {
    assert_eq!(answer.status, 201, "{answer:?}");
    answer.header("location").rsplit('/').next().unwrap_or_default().to_owned()
}

async fn second(uem: &Caller, method: reqwest::Method, path: &str, body: Value) -> Answer {
    let value = "application/json;version=2".parse().expect("a value");
    let accept: reqwest::header::HeaderMap = [(reqwest::header::ACCEPT, value)].into_iter().collect();
    read(uem.request(method, path).headers(accept).body(body.to_string())).await
}

#[tokio::test]
async fn a_relay_server_is_one_thing_in_both_versions() {
    let uem = tenant().await;
    let (base, v2) = ("/api/mdm/relayservers", "/api/mdm/v2/relayservers");
    let body = |name: &str| {
        json!({
            "General": { "Name": name, "Active": "true", "RelayServerTypeId": 1, "RelayServerLogLevel": "Debug" },
            "DeviceConnection": { "Hostname": "dock.example.com", "Port": 22, "Protocol": 3, "User": "relay",
                "Password": "secret", "Path": "/", "PassiveMode": "false" },
        })
    };
    let id = made(&uem.post(base, body("Dock")).await);
    assert_eq!(uem.post(base, body("Dock")).await.error(), (400, 400), "the name is taken");
    assert_eq!(uem.post(base, json!({"General": {"RelayServerTypeId": 1}})).await.error(), (400, 400));
    let read = uem.get(&format!("{base}/{id}")).await.json();
    assert_eq!((&read["General"]["Name"], &read["DeviceConnection"]["Port"]), (&json!("Dock"), &json!(22)));
    assert!(read["DeviceConnection"].get("Password").is_none(), "{read}");
    assert_eq!(uem.get(&format!("{base}/99")).await.status, 404);

    // The same one in version 2, changed there, read in version 1.
    let uuid = read["General"]["RelayServerUuid"].as_str().expect("a UUID").to_owned();
    let mut document = uem.get(&format!("{v2}/{uuid}")).await.json();
    assert_eq!(
        (&document["general"]["type"], &document["device_connection"]["protocol_type"]),
        (&json!("PUSH"), &json!("SFTP"))
    );
    document["general"]["active"] = json!(false);
    uem.put(&format!("{v2}/{uuid}"), document).await.nothing(204);
    assert_eq!(uem.get(&format!("{base}/{id}")).await.json()["General"]["Active"], "false");
    let nobody = uuid::Uuid::nil();
    let valid = json!({"general": {"name": "Gate", "type": "PULL"}, "device_connection": {"hostname": "x.invalid"}});
    assert_eq!(uem.put(&format!("{v2}/{nobody}"), valid.clone()).await.status, 404);
    assert_eq!(uem.get(&format!("{v2}/{nobody}")).await.status, 404);

    let mut changed = body("Dock 2");
    assert_eq!(uem.put(base, changed.clone()).await.error(), (400, 400), "no id");
    changed["General"]["RelayServerId"] = json!(id.parse::<i64>().expect("a number"));
    uem.put(base, changed.clone()).await.nothing(204);
    changed["General"]["RelayServerId"] = json!(99);
    assert_eq!(uem.put(base, changed).await.status, 404);

    let gate = made(&uem.post(v2, valid.clone()).await);
    assert_eq!(uem.post(v2, json!({"general": {"name": "x", "type": "PULL"}})).await.error(), (400, 400), "no host");
    assert_eq!(uem.get(&format!("{v2}/{gate}/test-connection")).await.json()["status"], "FAILED");
    assert_eq!(uem.get(&format!("{v2}/{uuid}/test-connection")).await.json()["details"]["check_file"], "SUCCESS");
    assert_eq!(uem.get(&format!("{v2}/{nobody}/test-connection")).await.status, 404);

    let search = format!("{v2}/search");
    let found = uem.post(&search, json!({"sort_by": "NAME", "sort_order": "DESC", "limit": 1})).await.json();
    assert_eq!((&found["total_results"], &found["results"][0]["general"]["name"]), (&json!(2), &json!("Gate")));
    let found = uem.post(&search, json!({"active": "true"})).await.json();
    assert_eq!(list(&found, "results")[0]["general"]["name"], "Dock 2", "turned on again by the first version");
    uem.post(&search, json!({"search_text": "zzz"})).await.nothing(204);
    assert_eq!(uem.post(&search, json!({"organization_group_uuid": nobody})).await.error(), (404, 6008));

    let bulk = format!("{base}/bulk");
    let all = uem.post(&bulk, json!([body("A"), body("B")])).await;
    assert_eq!((all.status, &all.json()["AcceptedItems"]), (201, &json!(2)));
    let some = uem.post(&bulk, json!([body("A"), body("C")])).await;
    assert_eq!((some.status, &some.json()["FailedItems"]), (207, &json!(1)));
    assert_eq!(some.json()["Faults"]["Fault"][0]["ItemValue"], "A");
    assert_eq!(uem.post(&bulk, json!([body("A")])).await.error(), (400, 400));

    let product = uem.post("/api/mdm/products/create", json!({"Name": "Scanner", "Platform": "Android"})).await.json();
    let product = uem.get(&format!("/api/mdm/products/{}", product["Value"])).await.json();
    let group = uem.tenant.ready.organization_group.uuid;
    let product = product["DevicePolicyUuid"].clone();
    let contents = json!({"ProductUuid": product, "OrganizationGroupUuid": group});
    uem.post(&format!("{base}/contents"), contents).await.nothing(202);
    let unknown = json!({"ProductUuid": nobody, "OrganizationGroupUuid": group});
    assert_eq!(uem.post(&format!("{base}/contents"), unknown).await.status, 404);

    uem.delete(&format!("{base}/{id}")).await.nothing(204);
    assert_eq!(uem.delete(&format!("{base}/{id}")).await.status, 404);
    uem.delete(&format!("{v2}/{gate}")).await.nothing(204);
    assert_eq!(uem.delete(&format!("{v2}/{gate}")).await.status, 404);
    uem.covers(&["mdmv1/RelayServersV1", "mdmv1/RelayServersV2"]);
}

#[tokio::test]
async fn staging_bundles_are_written_in_one_version_and_read_in_the_other() {
    let uem = tenant().await;
    let users = uem.get("/api/system/users/search?pagesize=1").await.json();
    let user = users["Users"][0]["UserName"].as_str().expect("a name").to_owned();
    let profiles = uem.get("/api/mdm/profiles/search?profilename=Wi-Fi%20for%20Android").await.json();
    let profile = profiles["Profiles"][0]["Id"]["Value"].clone();
    let base = "/api/mdm/staging";
    let body = |name: &str| {
        json!({
            "General": { "Name": name, "EnrollmentUser": user, "Password": "x", "Description": "Unboxed" },
            "Manifest": { "Steps": [{ "ExecutionTaskID": 3, "ProfileID": profile, "PersistThroughEnterpriseReset": "true" }] },
            "PlatformId": 5,
        })
    };
    let id = made(&uem.post(base, body("Shop")).await);
    assert_eq!(uem.post(base, body("Shop")).await.error(), (400, 400), "the name is taken");
    let read = uem.get(&format!("{base}/{id}")).await.json();
    assert_eq!((&read["General"]["EnrollmentUser"], &read["PlatformId"]), (&json!(user), &json!(5)));
    assert_eq!(read["Manifest"]["Steps"][0]["ProfileID"], profile);
    assert!(read["General"].get("Password").is_none());
    assert_eq!(uem.get(&format!("{base}/99")).await.error(), (400, 400));
    let mut changed = body("Shop 2");
    changed["General"]["StagingId"] = json!(id.parse::<i64>().expect("a number"));
    uem.put(base, changed.clone()).await.nothing(204);
    changed["General"]["EnrollmentUser"] = json!("nobody at all");
    assert_eq!(uem.put(base, changed).await.error(), (400, 400));

    let bundles = "/api/mdm/product-components/staging-bundles";
    let found = uem.get(&format!("{bundles}/search?search_text=shop&device_type=Android")).await.json();
    assert_eq!((&found["TotalResults"], &found["StagingBundleDetails"][0]["Name"]), (&json!(1), &json!("Shop 2")));
    let nobody = uuid::Uuid::nil();
    let unknown = format!("{bundles}/search?organization_group_uuid={nobody}");
    assert_eq!(uem.get(&unknown).await.error(), (404, 6008));
    let uuid = found["StagingBundleDetails"][0]["StagingUuid"].as_str().expect("a UUID").to_owned();
    let document = second(&uem, reqwest::Method::GET, &format!("{bundles}/{uuid}"), json!({})).await.json();
    assert_eq!(document["manifest"]["steps"][0]["profile_name"], "Wi-Fi for Android", "{document}");
    let missing = second(&uem, reqwest::Method::GET, &format!("{bundles}/{nobody}"), json!({})).await;
    assert_eq!(missing.status, 404);

    let group = uem.tenant.ready.organization_group.uuid;
    let profile_uuid = document["manifest"]["steps"][0]["profile_uuid"].clone();
    let draft = json!({
        "platform_name": "Android",
        "general": { "name": "Store", "organization_group_uuid": group, "enrollment_user_name": user, "password": "x",
            "package_uuid": nobody, "staging_bundle_uuid": nobody },
        "manifest": { "steps": [{ "execution_task_name": "INSTALL_PROFILE", "profile_uuid": profile_uuid }] },
    });
    let store = made(&second(&uem, reqwest::Method::POST, bundles, draft.clone()).await);
    let twice = second(&uem, reqwest::Method::POST, bundles, draft.clone()).await;
    assert_eq!(twice.error(), (422, 1012));
    let mut changed = draft.clone();
    changed["general"]["staging_bundle_uuid"] = json!(store);
    changed["general"]["name"] = json!("Store 2");
    second(&uem, reqwest::Method::PUT, bundles, changed).await.nothing(204);
    assert_eq!(second(&uem, reqwest::Method::PUT, bundles, draft).await.status, 404);
    let read = second(&uem, reqwest::Method::GET, &format!("{bundles}/{store}"), json!({})).await.json();
    assert_eq!((&read["general"]["name"], &read["platform_name"]), (&json!("Store 2"), &json!("Android")));
    let path = format!("{bundles}/{store}");
    second(&uem, reqwest::Method::DELETE, &path, json!({})).await.nothing(204);
    assert_eq!(second(&uem, reqwest::Method::DELETE, &path, json!({})).await.status, 404);
    uem.delete(&format!("{base}/{id}")).await.nothing(204);
    assert_eq!(uem.delete(&format!("{base}/{id}")).await.error(), (400, 400));
    uem.covers(&["mdmv1/StagingV1", "mdmv1/StagingBundlesV1", "mdmv2/StagingBundlesV2"]);
}

#[tokio::test]
async fn baselines_have_templates_versions_and_policies() {
    let uem = tenant().await;
    let base = "/api/mdm/baselines";
    let nobody = uuid::Uuid::nil();
    let templates = uem.get(&format!("{base}/templates")).await.json();
    let (template, os) = (&templates[0]["uuid"], &templates[0]["versions"][1]["uuid"]);
    let (template, os) = (template.as_str().expect("a UUID"), os.as_str().expect("a UUID"));
    assert_eq!(uem.get(&format!("{base}/templates?x=1")).await.status, 400);
    let windows = second(&uem, reqwest::Method::GET, &format!("{base}/templates?platformType=WinRT"), json!({})).await;
    assert_eq!(windows.json(), templates);
    let apple = second(&uem, reqwest::Method::GET, &format!("{base}/templates?platformType=Apple"), json!({})).await;
    assert_eq!(apple.error(), (400, 400));

    let found = uem.get(&format!("{base}/templates/search/{template}?osVersionUUID={os}")).await.json();
    assert_eq!((&found["vendorTemplate"]["uuid"], &found["osVersion"]["uuid"]), (&json!(template), &json!(os)));
    assert_eq!(uem.get(&format!("{base}/templates/search/{template}?osVersionUUID={nobody}")).await.status, 404);
    let policy = found["policyTree"][1]["policies"][0]["uuid"].as_str().expect("a UUID").to_owned();
    let baseline = found["uuid"].as_str().expect("a UUID");
    let of_template = uem.get(&format!("{base}/templates/{baseline}/policies/{policy}")).await.json();
    let of_catalog = uem.get(&format!("{base}/catalogs/policies/{policy}")).await.json();
    assert_eq!(of_template, of_catalog);
    assert_eq!(uem.get(&format!("{base}/templates/{nobody}/policies/{policy}")).await.status, 404);
    assert_eq!(uem.get(&format!("{base}/catalogs/policies/{nobody}")).await.status, 404);
    let catalog = uem.get(&format!("{base}/catalogs/{os}")).await.json();
    assert_eq!(list(&catalog, "policyTree").len(), 5);
    assert_eq!(uem.get(&format!("{base}/catalogs/{nobody}")).await.error(), (400, 400));
    let policies = uem.get(&format!("{base}/catalogs/{os}/policies?q=firewall&limit=1")).await.json();
    assert_eq!((list(&policies, "results").len(), &policies["total"]), (1, &json!(2)));
    assert_eq!(uem.get(&format!("{base}/catalogs/{nobody}/policies")).await.error(), (400, 400));
    uem.covers(&["mdmv1/TemplatesV1", "mdmv2/TemplatesV2", "mdmv1/CatalogsV1"]);
}
