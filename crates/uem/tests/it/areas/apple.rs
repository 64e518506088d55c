//! What only devices of one maker have.

use serde_json::{Value, json};

use crate::caller::{Caller, list};

const NOBODY: &str = "00000000-0000-4000-8000-000000000000";

#[tokio::test]
async fn screens_are_kept_by_group() {
    let uem = Caller::new().await;
    let base = "/api/mdm/apple/remoteviewdestination";
    assert_eq!(uem.get(&format!("{base}?groupId=571")).await.status, 404);
    let screen = json!({
        "destinationName": "Meeting room", "destinationIPAddress": "10.0.0.7", "videoPort": 7000, "locationGroupID": 571,
    });
    let made = uem.post(base, screen.clone()).await;
    made.nothing(201);
    let at = made.header("location").strip_prefix(uem.tenant.ready.url.as_str()).expect("ours").to_owned();
    assert_eq!(uem.post(base, screen.clone()).await.status, 422, "the name is taken");
    for (member, wrong) in
        [("destinationIPAddress", json!("10.0.0")), ("audioPort", json!(0)), ("locationGroupID", json!(9))]
    {
        let mut screen = screen.clone();
        screen["destinationName"] = json!("x");
        screen[member] = wrong;
        assert_eq!(uem.post(base, screen).await.status, 400, "{member}");
    }
    let shown = uem.get(&at).await.json();
    assert_eq!((&shown["destinationName"], &shown["videoPort"]), (&json!("Meeting room"), &json!(7000)));
    let id = shown["destinationId"].as_i64().expect("an id");
    uem.put(base, json!({"destinationId": id, "videoPort": 7100})).await.nothing(204);
    let shown = uem.get(&format!("{base}?groupId=571")).await.json();
    assert_eq!(
        (&shown["destinationId"], &shown["videoPort"], &shown["destinationIPAddress"]),
        (&json!(id), &json!(7100), &json!("10.0.0.7"))
    );
    assert_eq!(uem.put(base, json!({"destinationId": 99})).await.status, 404);
    uem.delete(&at).await.nothing(204);
    assert_eq!(uem.delete(&at).await.status, 404);
    assert_eq!(uem.get(&at).await.status, 404);
    uem.covers(&["mdmv1/AppleV1"]);
}

#[tokio::test]
async fn devices_of_automated_enrollment_have_one_profile_each() {
    let uem = Caller::new().await;
    let root = uem.tenant.ready.organization_group.uuid.to_string();
    let base = "/api/mdm/dep/profiles";
    uem.get(&format!("{base}/search")).await.nothing(204);
    let profile = json!({
        "ProfileName": "Phones", "AssignProfileAsDefaultForIos": true, "SkipSiri": true, "Department": "IT",
        "UserName": "admin", "Password": "hidden", "DeviceLocationGroupId": 570,
    });
    let id = uem.post(base, profile.clone()).await;
    assert_eq!((id.status, id.json()), (201, json!(1)));
    assert_eq!(uem.post(base, profile).await.status, 400, "the name is taken");
    assert_eq!(uem.post(base, json!({"ProfileName": "x", "DeviceLocationGroupId": 9})).await.status, 404);
    assert_eq!(uem.post(base, json!({"ProfileName": "Kiosks"})).await.status, 201);
    let found = uem.get(&format!("{base}/search?SearchText=phon&OrganizationGroupUuid={root}")).await.json();
    assert_eq!(found["TotalResults"], 1);
    let uuid = found["ProfileList"][0]["uuid"].as_str().expect("a uuid").to_owned();
    assert_eq!(uem.get(&format!("{base}/search?OrganizationGroupUuid={NOBODY}")).await.status, 404);
    let at = format!("{base}/{uuid}");
    let shown = uem.get(&at).await.json();
    assert_eq!((&shown["SkipSiri"], shown.get("Password")), (&json!(true), None));
    uem.put(&at, json!({"Department": "Support"})).await.nothing(202);
    let shown = uem.get(&at).await.json();
    assert_eq!((&shown["Department"], &shown["ProfileName"]), (&json!("Support"), &json!("Phones")));
    for path in [NOBODY, "x"] {
        assert_eq!(uem.get(&format!("{base}/{path}")).await.status, 404);
        assert_eq!(uem.put(&format!("{base}/{path}"), json!({})).await.status, 404);
        assert_eq!(uem.delete(&format!("{base}/{path}")).await.status, 404);
        assert_eq!(uem.get(&format!("{base}/{path}/devices")).await.status, 404);
    }

    // Only supervised devices are there, and none has a profile.
    let devices = format!("/api/mdm/dep/groups/{root}/devices");
    let all = uem.get(&devices).await.json();
    let all: Vec<Value> = all.as_array().expect("a list").clone();
    assert!(all.len() > 5 && all.iter().all(|device| device.get("profileUuid").is_none()), "{}", all.len());
    assert_eq!(uem.get("/api/mdm/dep/groups/x/devices").await.status, 400);
    assert_eq!(uem.put(&format!("{devices}?action=dance"), json!({})).await.status, 400);
    let serial = all[0]["deviceSerialNumber"].as_str().expect("a serial number");
    let kiosks = uem.get(&format!("{base}/search?SearchText=Kiosks")).await.json();
    let kiosks = format!("{base}/{}", kiosks["ProfileList"][0]["uuid"].as_str().expect("a uuid"));
    uem.put(&format!("{kiosks}/devices/{serial}?action=Assign"), json!({})).await.nothing(202);
    assert_eq!(uem.put(&format!("{kiosks}/devices/{serial}?action=Sell"), json!({})).await.status, 400);
    assert_eq!(uem.put(&format!("{kiosks}/devices/nobody?action=Assign"), json!({})).await.status, 404);
    uem.put(&format!("{devices}?action=Sync"), json!({})).await.nothing(202);
    let of_phones = uem.get(&format!("{at}/devices")).await.json();
    let phones = of_phones.as_array().expect("a list");
    assert!(phones.len() > 3 && phones.iter().all(|device| device["profileName"] == "Phones"), "{of_phones}");
    assert!(phones.iter().all(|device| device["deviceSerialNumber"] != serial), "a choice is kept");
    assert_eq!(uem.delete(&at).await.status, 400, "devices have it");
    uem.put(&format!("{at}/devices/{serial}?action=assign"), json!({})).await.nothing(202);
    assert_eq!(uem.get(&format!("{kiosks}/devices")).await.json(), json!([]));
    uem.delete(&kiosks).await.nothing(204);
    uem.put(&format!("{at}/devices/{serial}?action=remove"), json!({})).await.nothing(202);
    let left = uem.get(&format!("{at}/devices")).await.json();
    assert_eq!(list(&json!({ "all": left }), "all").len(), phones.len());
    uem.covers(&["mdmv1/DeviceEnrollmentProgramV1"]);
}
