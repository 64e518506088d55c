//! Compliance by every name, policies that callers make, and the guide's roots for both and for commands.

use std::time::Duration;

use muster_store::args;
use reqwest::Method;
use serde_json::json;

use super::commands::{devices, history, one};
use crate::caller::{Caller, id, list, read};

const HOUR: Duration = Duration::from_secs(3_600);

#[tokio::test]
async fn a_device_is_held_to_the_policies_of_its_tenant() {
    let uem = Caller::new().await;
    let phone = one(&uem, "Apple").await;
    let by = |by: &str, id: &str| format!("/api/mdm/devices/compliance?searchBy={by}&id={id}");
    let said = uem.get(&by("Serialnumber", &phone.serial)).await.json();
    assert_eq!((&said["Total"], list(&said, "DeviceCompliance").len()), (&json!(4), 4));
    assert_eq!(uem.get(&by("Serialnumber", "none")).await.error(), (404, 5002));
    assert_eq!(uem.get(&by("Colour", "red")).await.error(), (422, 422));
    let own = |id: i64| format!("/api/mdm/devices/{id}/compliance");
    assert_eq!(uem.get(&own(phone.id)).await.json()["Total"], 4);
    assert_eq!(uem.get(&own(999_999)).await.error(), (404, 5002));

    let root = uem.tenant.ready.organization_group.uuid;
    let path = "/api/mdm/compliancepolicies";
    let all = uem.get(&format!("{path}?organizationgroupuuid={root}&searchtext=encryption")).await.json();
    assert_eq!((&all["total"], &all["compliancePolicy"][0]["name"]), (&json!(1), &json!("Device Encryption")));
    assert_eq!(uem.get(&format!("{path}?status=some")).await.status, 400);
    let nowhere = "00000000-0000-0000-0000-000000000001";
    assert_eq!(uem.get(&format!("{path}?organizationgroupuuid={nowhere}")).await.error(), (404, 6008));
    assert_eq!(uem.get("/api/mdm/compliancepolicy/search").await.json()["Total"], 4);
    assert_eq!(uem.get("/api/mdm/compliancepolicy/search?page=x").await.status, 400);
    uem.covers(&["mdmv1/ComplianceV1", "mdmv1/CompliancePolicyV1"]);
}

#[tokio::test]
async fn policies_are_made_evaluated_changed_and_removed() {
    let uem = Caller::new().await;
    let policies = "/API/v1/policies";
    assert_eq!(uem.get(policies).await.json()["Total"], 4);
    let new = json!({"Name": "No rooted devices", "Rule": "Integrity", "Description": "None at all"});
    let id = uem.post(policies, new).await.json()["Value"].as_i64().expect("an id");
    assert_eq!(uem.post(policies, json!({"Name": "x", "Rule": "Colour"})).await.error(), (422, 1012));
    let path = format!("{policies}/{id}");
    assert_eq!(uem.get(&path).await.json()["AssignedDevices"], 0);
    uem.wait(HOUR * 8).await;
    let seen = uem.get(&path).await.json();
    assert!(seen["AssignedDevices"].as_i64() > Some(10), "it is evaluated: {seen}");

    let off = uem.put(&path, json!({"IsActive": false, "Name": "Rooted"})).await.json();
    assert_eq!((&off["AssignedDevices"], &off["Name"]), (&json!(0), &json!("Rooted")));
    uem.wait(HOUR * 8).await;
    assert_eq!(uem.get(&path).await.json()["AssignedDevices"], 0, "nobody is held to it");
    assert_eq!(uem.get(&format!("{policies}/search?active=false")).await.json()["Total"], 1);
    assert_eq!(uem.get(&format!("{policies}/search?name=nothing")).await.json()["Policies"], json!([]));
    uem.delete(&path).await.nothing(200);
    for gone in [uem.get(&path).await, uem.put(&path, json!({})).await, uem.delete(&path).await] {
        assert_eq!(gone.error(), (404, 404));
    }
    for bad in [policies.to_owned(), format!("{policies}/search"), "/API/v1/policies/bulklimits".to_owned()] {
        let broken = read(uem.request(Method::GET, &format!("{bad}?page=x")).header("aw-tenant-code", "wrong")).await;
        assert!(broken.status >= 400 || bad.ends_with("bulklimits"), "{broken:?}");
    }
}

#[tokio::test]
async fn the_guide_lists_devices_by_how_they_stand() {
    let uem = Caller::new().await;
    let root = "/API/v1/devicecompliance";
    let broken = uem.get(&format!("{root}?status=NonCompliant&pagesize=500")).await.json();
    let expected = devices(&uem, "compliance_status = 'NonCompliant'").await.len();
    assert_eq!(list(&broken, "DeviceCompliance").len(), expected);
    let policy = uem.get("/API/v1/policies?name=encryption").await.json()["Policies"][0].clone();
    let breaking = uem.get(&format!("{root}/search?policyid={}", policy["PolicyId"])).await.json();
    assert_eq!(breaking["Total"], policy["NonCompliantDevices"]);
    assert_eq!(uem.get(&format!("{root}?lgid=9")).await.json()["DeviceCompliance"], json!([]));
    assert_eq!(uem.get(&format!("{root}?status=Odd")).await.status, 400);
    assert_eq!(uem.get(&format!("{root}/search?platform=Odd")).await.status, 400);
    let device = breaking["DeviceCompliance"][0]["DeviceId"].as_i64().expect("an id");
    let rules = uem.get(&format!("{root}/{device}")).await.json();
    assert!(
        list(&rules["ComplianceStatus"], "ComplianceRules")
            .iter()
            .any(|rule| rule["RuleName"] == "Device Encryption" && rule["IsCompliant"] == false),
        "{rules}"
    );
    assert_eq!(uem.get(&format!("{root}/999999")).await.error(), (404, 5002));
    uem.covers(&["guide/devicecompliance"]);
}

#[tokio::test]
async fn the_guide_sends_lists_and_takes_back_commands() {
    let uem = Caller::new().await;
    let (phone, laptop) = (one(&uem, "Apple").await, one(&uem, "WinRT").await);
    let root = "/API/v1/devicecommands";
    assert_eq!(uem.get(root).await.json()["Commands"], json!([]));
    let send = async |device: i64, command: &str| {
        let said = uem.post(root, json!({"DeviceId": device, "Command": command})).await;
        said.json()["CommandUuid"].as_str().expect("a UUID").to_owned()
    };
    let lock = send(phone.id, "DeviceLock").await;
    let wipe = send(laptop.id, "DeviceWipe").await;
    assert_eq!(uem.post(root, json!({"DeviceId": phone.id, "Command": "Odd"})).await.error(), (422, 422));
    assert_eq!(uem.post(root, json!({"DeviceId": 999_999, "Command": "Lock"})).await.error(), (404, 5002));
    assert_eq!(uem.get(root).await.json()["Total"], 2);
    let found = uem.get(&format!("{root}/search?command=Lock&status=queued&deviceid={}", phone.id)).await.json();
    assert_eq!((&found["Total"], &found["Commands"][0]["CommandUuid"]), (&json!(1), &json!(lock)));
    assert_eq!(uem.get(&format!("{root}/search?command=Odd")).await.error(), (422, 422));
    assert_eq!(uem.get(&format!("{root}?command=Odd")).await.error(), (422, 422));

    uem.delete(&format!("{root}/{wipe}")).await.nothing(200);
    assert_eq!(uem.delete(&format!("{root}/{wipe}")).await.error(), (409, 409));
    uem.wait(HOUR * 100).await;
    assert_eq!(uem.get(&format!("{root}/{wipe}")).await.json()["Status"], "Cancelled");
    let seen = uem.get(&format!("/API/v1/devices/{}", laptop.id)).await.json();
    assert_eq!((id(&seen), &seen["EnrollmentStatus"]), (laptop.id, &json!("Enrolled")));
    assert_ne!(uem.get(&format!("{root}/{lock}")).await.json()["Status"], "Queued");
    assert_eq!(uem.get(&format!("{root}/00000000-0000-0000-0000-000000000001")).await.error(), (404, 404));
    uem.covers(&["guide/devicecommands"]);
}

#[tokio::test]
async fn what_waits_for_a_lost_device_expires() {
    let uem = Caller::new().await;
    let phones = devices(&uem, "platform = 'Apple'").await;
    let (lost, late) = (&phones[0], &phones[1]);
    let away = async |device: i64, days: u64| {
        let until = uem.tenant.now() + jiff::SignedDuration::from_hours(24 * days as i64);
        let sql = "update devices set offline_until = $2, next_checkin_at = $2 where id = $1";
        uem.tenant.database().execute(sql, args![device, until]).await.expect("writes");
    };
    away(lost.id, 400).await;
    away(late.id, 10).await;
    for device in [lost, late] {
        let path = format!("/API/v1/devices/{}/commands", device.id);
        uem.post(&path, json!({"Command": "SyncDevice"})).await.json();
        uem.post(&path, json!({"Command": "DeviceWipe"})).await.json();
    }
    uem.wait(HOUR * 24 * 6).await;
    assert_eq!(history(&uem, lost.id).await[0]["Status"], "Queued");
    uem.wait(HOUR * 24 * 6).await;
    for device in [lost, late] {
        let all = history(&uem, device.id).await;
        assert!(all.iter().all(|record| record["Status"] == "Expired"), "{all:?}");
        let seen = uem.get(&format!("/API/v1/devices/{}", device.id)).await.json();
        assert_eq!(seen["EnrollmentStatus"], "Enrolled", "the wipe never happens");
    }
    uem.wait(HOUR * 24 * 400).await;
    assert_eq!(uem.get(&format!("/API/v1/devices/{}", lost.id)).await.json()["EnrollmentStatus"], "Enrolled");
}

#[tokio::test]
async fn clients_that_speak_xml_are_understood_and_answered() {
    let uem = Caller::new().await;
    let xml = async |method: Method, path: &str, body: &str| {
        let value = |text: &str| text.parse().expect("a header");
        let headers = [
            (reqwest::header::ACCEPT, value("application/xml")),
            (reqwest::header::CONTENT_TYPE, value("application/xml")),
        ];
        read(uem.request(method, path).headers(headers.into_iter().collect()).body(body.to_owned())).await
    };
    let body = "<SmartGroup xmlns=\"http://www.air-watch.com/servicemodel/resources\"><Name>R&amp;D</Name>\
                <ManagedByOrganizationGroupId>570</ManagedByOrganizationGroupId>\
                <Platforms><Platform>Apple</Platform></Platforms></SmartGroup>";
    let made = xml(Method::POST, "/api/mdm/smartgroups", body).await;
    assert_eq!((made.status, made.header("content-type")), (201, "application/xml; charset=utf-8"));
    let group = made.text.split("<Value>").nth(1).and_then(|rest| rest.split('<').next()).expect("an id").to_owned();
    let path = format!("/api/mdm/smartgroups/{group}");
    let shown = xml(Method::GET, &path, "").await;
    assert!(shown.text.contains("<Name>R&amp;D</Name>") && shown.text.contains("<Platforms><string>Apple</string>"));
    assert!(shown.text.contains("xmlns=\"http://www.air-watch.com/servicemodel/resources\""), "{}", shown.text);
    assert_eq!(uem.get(&path).await.json()["Platforms"], json!(["Apple"]));

    let missing = xml(Method::GET, "/api/mdm/smartgroups/999", "").await;
    assert_eq!((missing.status, missing.header("content-type")), (400, "application/xml; charset=utf-8"));
    assert!(missing.text.contains("<AirWatchFaultContract xmlns=\"http://www.air-watch.com/\"><ActivityId>"));
    assert!(missing.text.contains("<ErrorCode>6</ErrorCode><Message>"), "{}", missing.text);
    assert_eq!(xml(Method::POST, "/api/mdm/smartgroups", "<a>").await.status, 400);
    let listed = xml(Method::GET, "/api/mdm/devices/search?pagesize=1", "").await;
    assert!(listed.text.contains("<Devices>") && listed.text.contains("<Total>"), "{}", listed.text);
}
