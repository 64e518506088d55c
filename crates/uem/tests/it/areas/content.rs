//! Managed content.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::caller::{Answer, Caller, list, read};

#[tokio::test]
async fn categories_are_made_renamed_and_removed() {
    let uem = Caller::new().await;
    uem.get("/api/mcm/categories").await.nothing(204);
    let made = uem.post("/api/mcm/categories", json!({"Name": "Handbooks", "locationGroupId": 571})).await.json();
    let id = made["id"].as_str().expect("an id").to_owned();
    assert_eq!(uem.post("/api/mcm/categories", json!({"name": "handbooks", "locationGroupId": 571})).await.status, 400);
    assert_eq!(uem.post("/api/mcm/categories", json!({"name": "x", "locationGroupId": 9})).await.error(), (400, 6));
    assert_eq!(uem.post("/api/mcm/categories", json!({"name": true})).await.status, 422);
    assert_eq!(uem.get("/api/mcm/categories?locationgroupid=one").await.status, 400);

    uem.put(&format!("/api/mcm/categories/{id}"), json!({"name": "Manuals"})).await.json();
    let listed = uem.get("/api/mcm/categories?LocationGroupId=571").await.json();
    assert_eq!(list(&listed, "Categories")[0]["name"], "Manuals");
    uem.get("/api/mcm/categories?locationgroupid=574").await.nothing(204);

    uem.delete(&format!("/api/mcm/categories/{id}")).await.nothing(200);
    assert_eq!(uem.delete(&format!("/api/mcm/categories/{id}")).await.status, 404);
    assert_eq!(uem.put(&format!("/api/mcm/categories/{id}"), json!({"name": "x"})).await.status, 404);
    uem.get("/api/mcm/categories").await.nothing(204);
    uem.covers(&["mcmv1/Category"]);
}

#[tokio::test]
async fn what_is_published_and_not_built_says_so() {
    let uem = Caller::new().await;
    let answer = uem.get("/api/mdm/tunnel/health").await;
    assert_eq!(answer.error(), (501, 501));
    assert!(answer.text.contains("TunnelHealthV1_HealthAsync"), "{answer:?}");
}

async fn raw(uem: &Caller, path: &str, body: &'static [u8]) -> Answer {
    read(uem.request(Method::POST, path).body(body)).await
}

#[tokio::test]
async fn a_file_is_uploaded_described_reaches_devices_and_is_removed() {
    let uem = Caller::new().await;
    let category = uem.post("/api/mcm/categories", json!({"name": "Manuals", "locationGroupId": 570})).await.json();
    let category = category["id"].as_str().expect("an id").to_owned();
    let upload = |name: &str| {
        format!(
            "/api/mcm/awcontents?fileName={name}&categoryId={category}&effectiveDate=2026-01-05&locationGroupId=571\
             &locationGroupCode=meridian-eu"
        )
    };
    let made = raw(&uem, &upload("pump.pdf"), b"%PDF manual").await;
    assert_eq!(made.status, 202);
    let made = made.json();
    let uuid = made["contentId"].as_str().expect("an id").to_owned();
    assert_eq!((&made["mimeType"], &made["ContentVersion"]["size"]), (&json!("application/pdf"), &json!(11)));
    let path = format!("/api/mcm/awcontents/{uuid}");
    assert_eq!(uem.get(&path).await.text, "%PDF manual", "the very bytes");
    assert_eq!(uem.get(&format!("/api/mcm/awcontents/{}", made["id"])).await.text, "%PDF manual");
    assert_eq!(raw(&uem, &upload("pump.pdf"), b"x").await.error(), (400, 3004));
    assert_eq!(raw(&uem, &upload("empty.pdf"), b"").await.error(), (400, 400));
    assert_eq!(raw(&uem, &upload("a.pdf").replace("meridian-eu", "meridian"), b"x").await.error(), (400, 6));
    let used = uem.get("/api/mcm/storage").await.json()["usedStorage"].as_f64().expect("a number");
    assert!((0.0..0.001).contains(&used));

    raw(&uem, &upload("plan.txt"), b"plan").await.json();
    for (query, total) in [
        ("", 2),
        ("?queryString=pump", 1),
        ("?mimeType=text/plain", 1),
        ("?locationgroupcode=MERIDIAN-EU&sortBy=name&sortAscending=false", 2),
        ("?locationgroupid=572", 0),
        ("?expiresIn=30", 0),
    ] {
        let found = uem.get(&format!("/api/mcm/awcontents{query}")).await.json();
        assert_eq!(found["TotalResults"], json!(total), "{query}");
    }
    let page = uem.get("/api/mcm/awcontents?sortBy=name&sortIndex=1&pageSize=1").await.json();
    assert_eq!((&list(&page, "AWContents")[0]["name"], &page["TotalResults"]), (&json!("pump.pdf"), &json!(2)));
    assert_eq!(uem.get("/api/mcm/awcontents?sortBy=colour").await.error(), (400, 6));
    assert_eq!(uem.get("/api/mcm/awcontents?pageSize=-1").await.error(), (400, 400));
    assert_eq!(uem.get("/api/mcm/awcontents?locationgroupcode=nowhere").await.error(), (400, 6));

    // What is said of it is kept, and tells whom it reaches.
    let status = format!("/api/mcm/V2/awcontents/status/{uuid}");
    let europe = uem.get("/api/mdm/devices/search?lgid=571&pagesize=500").await.json();
    let enrolled = list(&europe, "Devices").iter().filter(|device| device["EnrollmentStatus"] == "Enrolled").count();
    assert_eq!(uem.get(&status).await.json()["assigned_device_count"], json!(enrolled));
    let said = json!({"description": "How to pump", "DeploymentSettings": {"isRequired": true,
        "expirationDate": "2026-01-20T00:00:00"}, "SecuritySettings": {"allowPrint": true}});
    let changed = uem.put(&format!("{path}/info"), said).await.json();
    assert_eq!(
        (&changed["description"], &changed["SecuritySettings"]["allowEdit"]),
        (&json!("How to pump"), &json!(false))
    );
    assert_eq!(uem.get(&format!("{path}/info")).await.json(), changed);
    assert_eq!(uem.get("/api/mcm/awcontents?expiresIn=30").await.json()["TotalResults"], 1);
    let nobody = json!({"AssignmentSettings": {"userGroups": [{"userGroupId": 999}]}});
    assert_eq!(uem.put(&format!("{path}/info"), nobody).await.error(), (400, 17));
    let before = uem.get(&status).await.json();
    assert_eq!((&before["required"], &before["installed_device_count"]), (&json!(true), &json!(0)));
    uem.wait(Duration::from_secs(24 * 3_600)).await;
    let after = uem.get(&status).await.json();
    assert!(after["installed_device_count"].as_i64().expect("a count") > 0, "devices were heard from: {after}");

    // The same file in the words of smart groups; from then on the older form does not change it.
    let managed = format!("/api/mcm/managed-content/{uuid}");
    let seen = uem.get(&managed).await.json();
    assert_eq!(
        (&seen["content_uuid"], &seen["deployment_settings"]["is_required_content"]),
        (&json!(uuid), &json!(true))
    );
    let groups = uem.get("/api/mdm/smartgroups/search?name=All%20iOS%20Devices").await.json();
    let group = &list(&groups, "SmartGroups")[0];
    let said = json!({"importance": "High", "security_settings": {"allow_open_in_email": true},
        "assignment_settings": {"smart_groups": [{"smart_group_uuid": group["SmartGroupUuid"]}]}});
    let seen = uem.put(&managed, said).await.json();
    assert_eq!(seen["security_settings"]["allow_open_in_email"], true);
    assert_eq!(list(&seen["assignment_settings"], "smart_groups")[0]["name"], "All iOS Devices");
    assert_eq!(uem.get(&status).await.json()["assigned_device_count"], group["Devices"]);
    assert_eq!(uem.put(&format!("{path}/info"), json!({"description": "x"})).await.error(), (403, 6001));
    let wrong = json!({"assignment_settings": {"smart_groups": [{"smart_group_uuid": Uuid::nil()}]}});
    assert_eq!(uem.put(&managed, wrong).await.error(), (400, 6));

    uem.delete(&path).await.nothing(200);
    let nowhere = Uuid::nil();
    for path in [path.clone(), format!("{path}/info"), managed.clone(), status.clone(), format!("{path}x")] {
        assert_eq!(uem.get(&path).await.error(), (404, 404), "{path}");
    }
    assert_eq!(uem.delete(&path).await.error(), (404, 404));
    let left = uem.get("/api/mcm/awcontents").await.json();
    let left = list(&left, "AWContents")[0]["contentId"].clone();
    let bulk = uem.post("/api/mcm/V2/awcontents/BulkDelete", json!([left, nowhere])).await;
    assert_eq!((bulk.status, &bulk.json()["AcceptedItems"]), (202, &json!(1)));
    assert_eq!(list(&bulk.json()["Faults"], "Fault")[0]["ItemValue"], json!(nowhere));
    assert_eq!(uem.post("/api/mcm/V2/awcontents/BulkDelete", json!([left])).await.error(), (404, 404));
    let helper = super::access::login(&uem, "helper", "Helpdesk", 570).await;
    assert_eq!(helper.get(&uem, "/api/mcm/storage").await.error(), (403, 1011));
    uem.covers(&["mcmv1/AwContents", "mcmv1/AwContentV2", "mcmv1/ManagedContent", "mcmv1/Storage"]);
}

#[tokio::test]
async fn repositories_and_templates_come_and_go() {
    let uem = Caller::new().await;
    let owner = uem.tenant.ready.organization_group.uuid;
    let gateway = json!({"content_gateway_configuration_name": "Edge", "organization_group_uuid": owner,
        "content_gateway_url": "https://gateway.example", "content_gateway_port": 443});
    let gateway = uem.post("/api/mcm/V3/groups/content-gateway/configuration", gateway).await.json();
    let repository = |name: &str, more: Value| {
        let mut body = json!({"name": name, "repository_type": "WEBDAV", "link": "https://files.example/a",
            "organization_group_uuid": owner, "password": "hidden"});
        body.as_object_mut().expect("an object").extend(more.as_object().cloned().unwrap_or_default());
        body
    };
    let all = "/api/mcm/V2/contents/repositories";
    let via = json!({"access_via": "WITH_CONTENT_GATEWAY", "content_gateway_configuration_uuid": gateway["uuid"]});
    let one = uem.post(all, repository("one", via)).await.json()["uuid"].clone();
    let share = json!({"link": "\\\\server\\share", "repository_type": "SHAREPOINT_PERSONAL"});
    let two = uem.post(all, repository("two", share)).await.json()["uuid"].clone();
    for (wrong, error) in [
        (json!({"link": "nowhere"}), (400, 6)),
        (json!({"organization_group_uuid": Uuid::nil()}), (400, 6)),
        (json!({"user_groups": [Uuid::nil()]}), (400, 17)),
        (json!({"access_via": "WITH_CONTENT_GATEWAY"}), (400, 6)),
        (json!({"authentication_type": "USER"}), (422, 1012)),
        (json!({"repository_type": "FLOPPY"}), (422, 1012)),
    ] {
        assert_eq!(uem.post(all, repository("three", wrong.clone())).await.error(), error, "{wrong}");
    }
    assert_eq!(uem.post(all, repository("ONE", json!({}))).await.error(), (400, 400));
    let personal = format!("/api/mcm/V2/contents/groups/{owner}/personal-content");
    uem.delete(&personal).await.nothing(202);
    assert_eq!(uem.delete(&personal).await.error(), (404, 404));
    let path = |uuid: &Value| format!("{all}/{}", uuid.as_str().expect("a UUID"));
    assert_eq!(uem.delete(&path(&two)).await.error(), (404, 404), "it was personal");
    uem.delete(&path(&one)).await.nothing(200);
    let again = uem.post(all, repository("one", json!({}))).await.json()["uuid"].clone();
    let answer = uem.post(&format!("{all}/delete"), json!([again, two])).await.json();
    assert_eq!((&answer["AcceptedItems"], &answer["FailedItems"]), (&json!(1), &json!(1)));
    assert_eq!(uem.post(&format!("{all}/delete"), json!([again])).await.error(), (404, 404));

    let all = "/api/mcm/V2/contents/repository-templates";
    let template = json!({"user_repository_name": "Home", "template_type": "AUTOMATIC", "organization_group_uuid": owner,
        "template_links": [{"link": "https://home.example/{EnrollmentUser}", "repository_type": "WEBDAV"}]});
    let one = uem.post(all, template.clone()).await.json()["uuid"].clone();
    assert_eq!(uem.post(all, template.clone()).await.error(), (400, 400));
    assert_eq!(uem.post(all, json!({"template_type": "MANUAL"})).await.error(), (422, 1012));
    let path = format!("{all}/{}", one.as_str().expect("a UUID"));
    uem.delete(&path).await.nothing(200);
    assert_eq!(uem.delete(&path).await.error(), (404, 404));
    let two = uem.post(all, template).await.json()["uuid"].clone();
    assert_eq!(uem.post(&format!("{all}/delete"), json!([two])).await.status, 202);
    assert_eq!(uem.post(&format!("{all}/delete"), json!([two])).await.error(), (404, 404));
    uem.covers(&["mcmv1/ContentRepositoryV2", "mcmv1/RepositoryTemplatesV2"]);
}

#[tokio::test]
async fn a_gateway_serves_its_group_and_those_below() {
    let uem = Caller::new().await;
    let new = json!({"contentGatewayConfigurationName": "Edge", "contentGatewayUrl": "https://edge.example",
        "contentGatewayPort": "443", "locationGroupId": 571, "aesPassphrase": "hidden"});
    let made = uem.post("/api/mcm/groups/contentgateway", new.clone()).await.json();
    assert_eq!(uem.post("/api/mcm/groups/contentgateway", new.clone()).await.error(), (400, 400), "one a group");
    let v2 = "/api/mcm/V2/groups/contentgateway";
    let mut other = new.clone();
    other["locationGroupId"] = json!(572);
    let second = uem.post(v2, other).await.json();
    let mut wrong = new;
    wrong["contentGatewayPort"] = json!("99999");
    assert_eq!(uem.post(v2, wrong).await.error(), (400, 6));
    // Germany lies below Europe.
    let seen = uem.get("/api/mcm/V2/groups/574/contentgateway").await.json();
    assert_eq!((&seen["contentGatewayConfigurationGuid"], &seen["locationGroupId"]), (&made["uuid"], &json!(571)));
    assert!(!seen.to_string().contains("hidden"), "a passphrase is never shown");
    assert_eq!(uem.get("/api/mcm/V2/groups/meridian-jp/contentgateway").await.error(), (404, 404));
    assert_eq!(uem.get("/api/mcm/V2/groups/nowhere/contentgateway").await.error(), (400, 6));
    let germany = uem.get("/api/system/groups/574").await.json()["Uuid"].as_str().expect("a UUID").to_owned();
    let v3 = "/api/mcm/V3/groups/content-gateway";
    let seen = uem.get(&format!("{v3}/organization-group/{germany}")).await.json();
    assert_eq!((&seen["content_gateway_url"], &seen["uuid"]), (&json!("https://edge.example"), &made["uuid"]));
    assert_eq!(uem.get(&format!("{v3}/organization-group/{}", Uuid::nil())).await.error(), (404, 6008));
    let relay = json!({"content_gateway_configuration_name": "R", "content_gateway_url": "https://r.example",
        "organization_group_uuid": germany, "content_gateway_configuration_type": "RELAY"});
    assert_eq!(uem.post(&format!("{v3}/configuration"), relay.clone()).await.error(), (422, 1012));
    let mut relay = relay;
    relay["content_gateway_relay_address"] = json!("relay.example");
    let relay = uem.post(&format!("{v3}/configuration"), relay).await.json();

    let uuid = made["uuid"].as_str().expect("a UUID");
    for path in [
        format!("/api/mcm/V2/groups/customsettings/contentgateway/{}", made["id"]),
        format!("{v3}/custom-settings/{uuid}"),
        format!("/api/mcm/V4/groups/content-gateway/custom-settings/{uuid}"),
    ] {
        let settings = uem.post(&path, json!({"password": "long enough"})).await.json();
        assert_eq!(settings.as_array().expect("a bare list").len(), 4, "{path}");
        assert_eq!(uem.post(&path, json!({"password": "short"})).await.error(), (400, 400));
    }

    assert_eq!(uem.delete(&format!("{v2}/{}", Uuid::nil())).await.error(), (404, 404));
    uem.delete(&format!("{v2}/{uuid}")).await.nothing(200);
    assert_eq!(uem.get("/api/mcm/V2/groups/571/contentgateway").await.error(), (404, 404));
    let by_query = |uuid: &str| format!("{v3}/configuration?content-gateway-configuration-uuid={uuid}");
    let second = second["uuid"].as_str().expect("a UUID");
    uem.delete(&by_query(second)).await.nothing(200);
    assert_eq!(uem.delete(&by_query(second)).await.error(), (404, 404));
    let removed = uem.put(&format!("{v3}/configuration"), json!([relay["uuid"]])).await;
    assert_eq!(removed.status, 202);
    assert_eq!(uem.put(&format!("{v3}/configuration"), json!([relay["uuid"]])).await.error(), (404, 404));
    let new = json!({"contentGatewayConfigurationName": "E", "contentGatewayUrl": "https://e.example"});
    let made = uem.post(v2, new).await.json();
    assert_eq!(uem.post(&format!("{v2}/delete"), json!([made["uuid"]])).await.status, 202);
    assert_eq!(uem.post(&format!("{v2}/delete"), json!([made["uuid"]])).await.error(), (404, 404));
    uem.covers(&[
        "mcmv1/ContentGatewayV1",
        "mcmv1/ContentGatewayV2",
        "mcmv1/ContentGatewayV3",
        "mcmv1/ContentGatewayV4",
    ]);
}
