//! Devices before they enroll.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::caller::{Answer, Caller, list, read, version};

async fn user(uem: &Caller) -> (i64, String) {
    let body = json!({"UserName": "ada", "Password": "a", "FirstName": "A", "LastName": "B", "Email": "a@b.example"});
    let made = uem.post("/api/system/users/adduser", body).await.json();
    (made["Value"].as_i64().expect("an id"), made["uuid"].as_str().expect("a UUID").to_owned())
}

async fn with_body(uem: &Caller, method: Method, path: &str, body: &Value) -> Answer {
    read(uem.request(method, path).body(body.to_string())).await
}

#[tokio::test]
async fn tokens_are_made_expire_get_new_life_and_are_removed() {
    let uem = Caller::new().await;
    let group = uem.tenant.ready.organization_group.uuid;
    let tokens = format!("/api/mdm/groups/{group}/enrollment-tokens");
    let nowhere = format!("/api/mdm/groups/{}/enrollment-tokens", Uuid::nil());
    uem.get(&tokens).await.nothing(204);
    let listed = json!({"registration_type": "WHITELIST", "attribute_type": "SERIAL_NUMBER",
        "device_attribute": "SN-1", "ownership_type": "CORPORATE_DEDICATED"});
    let made = uem.post(&tokens, listed.clone()).await;
    made.nothing(201);
    let allowed = made.header("location").replace(uem.tenant.ready.url.as_str(), "");
    assert_eq!(uem.post(&tokens, listed.clone()).await.error(), (400, 400), "once");
    assert_eq!(uem.post(&nowhere, listed.clone()).await.error(), (404, 6008));
    assert_eq!(uem.post(&tokens, json!({"registration_type": "WHITELIST"})).await.error(), (422, 1012));

    let (_, user_uuid) = user(&uem).await;
    let v2 = |body: Value| {
        let (uem, tokens) = (&uem, &tokens);
        async move { version(uem, 2, Method::POST, tokens, &body).await }
    };
    let record = json!({"user_uuid": user_uuid, "friendly_name": "Ada's phone", "serial_number": "SN-2",
        "platform_id": 5, "tags": [{"name": "Loaner"}]});
    let made = v2(json!({"registration_type": "REGISTER_DEVICE", "device_registration_record": record})).await.json();
    assert_eq!(made["token"].as_str().map(str::len), Some(8), "{made}");
    let blocked = json!({"attribute_type": "SERIAL_NUMBER", "device_attribute": "SN-3"});
    v2(json!({"registration_type": "BLACKLIST", "device_blacklist_record": blocked})).await.json();
    let record = json!({"user_uuid": user_uuid, "friendly_name": "x", "serial_number": "SN-3"});
    let refused = v2(json!({"registration_type": "REGISTER_DEVICE", "device_registration_record": record})).await;
    assert!(refused.error() == (400, 400) && refused.text.contains("is not let in"), "{refused:?}");
    let nobody = json!({"user_uuid": Uuid::nil(), "friendly_name": "x"});
    let nobody = json!({"registration_type": "REGISTER_DEVICE", "device_registration_record": nobody});
    assert_eq!(v2(nobody).await.error(), (400, 12));

    for (query, total) in [
        ("serial_number=sn-2", 1),
        ("compliance_status=Blocked", 1),
        ("device_type=Android&compliance_status=RegistrationActive", 1),
        ("enrollment_status=Registered&page=1&page_size=2", 3),
    ] {
        let found = uem.get(&format!("{tokens}?{query}")).await.json();
        assert_eq!(found["total"], json!(total), "{query}: {found}");
    }
    assert_eq!(uem.get(&nowhere).await.error(), (404, 6008));
    let found = uem.get(&format!("{tokens}?serial_number=SN-2")).await.json();
    let registered = list(&found, "tokens")[0]["uuid"].clone();
    let path = format!("{tokens}/{}", registered.as_str().expect("a UUID"));
    let seen = uem.get(&path).await.json();
    assert_eq!((&seen["status"], &seen["user_info"]["name"]), (&json!("RegistrationActive"), &json!("A B")));
    assert_eq!((&seen["tags"], &seen["platform"]), (&json!(["Loaner"]), &json!("Android")));
    assert!(!seen.to_string().contains(made["token"].as_str().expect("a token")), "told once");

    // Time passes, and the token is good no more; until it gets new life, and is then revoked.
    uem.wait(Duration::from_secs(73 * 3_600)).await;
    assert_eq!(uem.get(&path).await.json()["status"], "RegistrationExpired");
    let many = json!({"organization_group_uuid": group, "enrollment_tokens": [registered, Uuid::nil()]});
    let actions = "/api/mdm/enrollment-tokens";
    let reset = uem.put(&format!("{actions}?action=RESET"), many.clone()).await;
    assert_eq!(reset.status, 202);
    let reset = reset.json();
    assert_eq!((&reset["accepted_items_count"], &reset["failed_tokens"]), (&json!(1), &json!([Uuid::nil()])));
    assert_eq!(uem.get(&path).await.json()["status"], "RegistrationActive");
    uem.put(&format!("{actions}?action=REVOKE"), many.clone()).await.json();
    assert_eq!(uem.get(&path).await.json()["status"], "RegistrationExpired");
    assert_eq!(uem.put(&format!("{actions}?action=EXPLODE"), many.clone()).await.error(), (400, 400));
    let looked = uem.post(actions, many.clone()).await.json();
    assert_eq!((&looked["valid_items_count"], &looked["invalid_tokens"]), (&json!(1), &json!([Uuid::nil()])));
    assert_eq!(list(&looked, "valid_tokens")[0]["user_name"], "ada");
    let none = json!({"organization_group_uuid": group, "enrollment_tokens": []});
    assert_eq!(uem.post(actions, none.clone()).await.error(), (422, 1012));

    let turned = allowed.rsplit('/').next().expect("a UUID").to_owned();
    let status = |uuid: &str| format!("{actions}/{group}/compliance-statuses/{uuid}");
    uem.put(&status(&turned), Value::Null).await.nothing(200);
    assert_eq!(uem.get(&allowed).await.json()["status"], "Blocked");
    assert_eq!(uem.put(&status(registered.as_str().expect("a UUID")), Value::Null).await.error(), (400, 400));
    uem.delete(&allowed).await.nothing(204);
    assert_eq!(uem.delete(&allowed).await.error(), (404, 5220));
    assert_eq!(uem.get(&allowed).await.error(), (404, 5220));
    assert_eq!(with_body(&uem, Method::DELETE, actions, &many).await.json()["accepted_items_count"], 1);
    assert_eq!(with_body(&uem, Method::DELETE, actions, &many).await.error(), (404, 5220));

    // From a file: each row by itself.
    let file = "Serial Number,Friendly Name,User Name\nSN-8,Eight,ada\n,Nameless,\nSN-9,Nine,nobody\n";
    let upload = format!("{actions}/{group}/upload");
    let answer = read(uem.request(Method::POST, &upload).body(file)).await.json();
    assert_eq!((&answer["overall_result"], list(&answer, "success_entries").len()), (&json!("PARTIAL"), 1));
    assert_eq!(list(&answer, "failed_entries")[1]["error_code"], 12);
    assert_eq!(uem.get(&format!("{tokens}?serial_number=SN-8")).await.json()["total"], 1);
    assert_eq!(read(uem.request(Method::POST, &upload).body("")).await.error(), (400, 400));
    uem.covers(&[
        "mdmv1/EnrollmentTokenV1",
        "mdmv2/EnrollmentTokenV2",
        "mdmv3/EnrollmentTokenV3",
        "mdmv1/EnrollmentTokenActionsV1",
    ]);
}

#[tokio::test]
async fn a_device_is_registered_for_its_user() {
    let uem = Caller::new().await;
    let (user, _) = user(&uem).await;
    let path = format!("/api/system/users/{user}/registerdevice");
    let new = json!({"FriendlyName": "Ada's tablet", "SerialNumber": "SN-1", "PlatformId": 2, "Ownership": "C",
        "LocationGroupId": 574, "AssetNumber": "A-7", "CustomAttributes": [{"Name": "Desk", "Value": "4"}]});
    uem.post(&path, new.clone()).await.nothing(200);
    assert_eq!(uem.post(&path, new.clone()).await.error(), (400, 400));
    assert_eq!(uem.post("/api/system/users/999999/registerdevice", new).await.error(), (400, 6));
    assert_eq!(uem.post(&path, json!({"Ownership": "Z"})).await.error(), (400, 6));
    assert_eq!(uem.post(&path, json!({"PlatformId": 77})).await.error(), (400, 6));

    let search = |query: &str| format!("/api/system/users/enrollmenttoken/search?{query}");
    let found = uem.get(&search("username=ada&enrollmentstatusid=2")).await.json();
    assert_eq!(list(&found, "Device")[0]["AssetNumber"], "A-7");
    uem.get(&search("serialnumber=SN-2")).await.nothing(204);
    assert_eq!(uem.get(&search("organizationgroupid=9")).await.error(), (400, 6));
    let registered = "/api/system/users/registereddevices/search";
    let found = uem.get(&format!("{registered}?customattributes=desk=4&organizationgroup=meridian-eu")).await.json();
    assert_eq!(list(&found, "RegisteredDeviceInfoList")[0]["Username"], "ada");
    uem.get(&format!("{registered}?platform=Android")).await.nothing(204);
    assert_eq!(uem.get(&format!("{registered}?organizationgroup=nowhere")).await.error(), (400, 6));

    let all = uem.get("/api/mdm/devices/search?pagesize=500&lgid=572").await.json();
    let enrolled: Vec<_> =
        list(&all, "Devices").iter().filter(|device| device["EnrollmentStatus"] == "Enrolled").collect();
    let enrolled_search = "/api/system/users/enrolleddevices/search";
    let found = uem.get(&format!("{enrolled_search}?organizationgroupid=572")).await.json();
    assert_eq!(list(&found, "EnrolledDeviceInfoList").len(), enrolled.len());
    let serial = enrolled[0]["SerialNumber"].as_str().expect("a serial number");
    let found = uem.get(&format!("{enrolled_search}?serialnumber={serial}")).await.json();
    assert_eq!(list(&found, "EnrolledDeviceInfoList")[0]["SerialNumber"], json!(serial));
    uem.get(&format!("{enrolled_search}?seentill=2001-01-01")).await.nothing(204);
    assert_eq!(uem.get(&format!("{enrolled_search}?customattributes=a")).await.error(), (400, 6));

    // A registration whose device is there says so.
    uem.post(&path, json!({"FriendlyName": "There", "SerialNumber": serial})).await.nothing(200);
    let found = uem.get(&search("enrollmentstatusid=4")).await.json();
    assert_eq!(list(&found, "Device")[0]["FriendlyName"], "There");

    let delete = "/api/system/users/registereddevices/delete?searchby=Serialnumber";
    let bulk = json!({"BulkValues": {"Value": ["sn-1", "SN-2"]}});
    let answer = uem.post(delete, bulk.clone()).await.json();
    assert_eq!((&answer["AcceptedItems"], &answer["FailedItems"]), (&json!(1), &json!(1)));
    uem.get(&search("serialnumber=SN-1")).await.nothing(204);
    assert_eq!(uem.post(&delete.replace("Serialnumber", "Colour"), bulk).await.error(), (422, 5003));

    let zebra =
        |group: Uuid| format!("/api/mdm/android-oem-integration/registration/organization-groups/{group}/zebra");
    let (path, nowhere) = (zebra(uem.tenant.ready.organization_group.uuid), zebra(Uuid::nil()));
    let patch = |path: String| {
        let uem = &uem;
        async move { read(uem.request(Method::PATCH, &path).body("")).await }
    };
    assert_eq!(patch(path.clone()).await.error(), (404, 404), "nothing was begun");
    let begun = uem.post_nothing(&path).await.json();
    assert_eq!(begun["user_code"].as_str().map(str::len), Some(8));
    uem.wait(Duration::from_secs(31 * 60)).await;
    assert_eq!(patch(path.clone()).await.error(), (400, 400), "the code has expired");
    uem.post_nothing(&path).await.json();
    patch(path.clone()).await.nothing(200);
    assert_eq!(uem.post_nothing(&path).await.error(), (400, 400));
    uem.delete(&path).await.nothing(202);
    assert_eq!(uem.delete(&path).await.error(), (404, 404));
    assert_eq!(uem.post_nothing(&nowhere).await.error(), (404, 6008));
    uem.covers(&["systemv1/DeviceRegistrationV1", "mdmv1/RegistrationV1"]);
}
