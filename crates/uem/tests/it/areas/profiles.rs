//! Profiles: made, changed, assigned, and what becomes of them on devices, whose time is stepped.

use std::time::Duration;

use muster_store::args;
use muster_uem::{Habits, Settings};
use serde_json::{Value, json};

use super::access::login;
use crate::caller::{Caller, list};

const DAY: Duration = Duration::from_secs(86_400);
/// A certificate's first bytes, which are all that is looked at.
const CERTIFICATE: &str = "MIIBAgME";

async fn tenant() -> Caller {
    let habits = Habits { refuse_unknown_queries: true, ..Habits::default() };
    Caller::of(Settings { habits, ..Settings::in_memory() }).await
}

/// The header that asks for a version, in the place of the usual one.
fn accept(number: u8) -> reqwest::header::HeaderMap {
    let value = format!("application/json;version={number}").parse().expect("a value");
    [(reqwest::header::ACCEPT, value)].into_iter().collect()
}

/// Asks for a version.
async fn version(uem: &Caller, number: u8, path: &str) -> crate::caller::Answer {
    crate::caller::read(uem.request(reqwest::Method::GET, path).headers(accept(number))).await
}

async fn of_version(
    uem: &Caller,
    method: reqwest::Method,
    number: u8,
    path: &str,
    body: Value,
) -> crate::caller::Answer {
    crate::caller::read(uem.request(method, path).headers(accept(number)).body(body.to_string())).await
}

async fn text(uem: &Caller, sql: &str) -> String {
    uem.tenant.database().fetch_one(sql.to_owned(), args![]).await.expect("reads").get("text").expect("a text")
}

async fn number(uem: &Caller, sql: &str) -> i64 {
    uem.tenant.database().fetch_one(sql.to_owned(), args![]).await.expect("reads").get("number").expect("a number")
}

async fn smart_group(uem: &Caller, name: &str) -> i64 {
    number(uem, &format!("select id as number from smart_groups where name = '{name}'")).await
}

/// How many devices have a profile in a state.
async fn having(uem: &Caller, profile: i64, status: &str) -> i64 {
    let sql =
        format!("select count(*) as number from device_profiles where profile_id = {profile} and status = '{status}'");
    number(uem, &sql).await
}

async fn status(uem: &Caller, profile: i64, device: i64) -> String {
    let sql = "select status as text from device_profiles where profile_id = ";
    text(uem, &format!("{sql}{profile} and device_id = {device}")).await
}

#[tokio::test]
async fn a_profile_reaches_the_devices_of_its_groups_and_leaves_them_again() {
    let uem = tenant().await;
    let (phones, kiosks) = (smart_group(&uem, "All iOS Devices").await, smart_group(&uem, "VIP Devices").await);
    let body = json!({
        "General": { "Name": "Camera off", "AssignmentType": "Auto", "AssignedSmartGroups": [{ "SmartGroupId": phones }],
            "ExcludedSmartGroups": [{ "SmartGroupId": kiosks }], "Description": "For visits", "Password": "secret" },
        "Restrictions": { "AllowUseOfCamera": false },
    });
    let create = "/api/mdm/profiles/platforms/apple/create";
    let made = uem.post(create, body.clone()).await.json();
    let id = made.as_i64().expect("a bare number");
    assert_eq!(uem.post(create, body.clone()).await.error(), (400, 400), "the name is taken");
    assert_eq!(uem.post(create, json!({"Restrictions": {}})).await.error(), (400, 400));

    // Whoever belongs to the group waits for it, and has it after the next check-in.
    let members = number(
        &uem,
        "select count(*) as number from devices d where d.platform = 'Apple' and d.enrollment_status = 'Enrolled' \
         and not exists (select 1 from device_tags x join tags t on t.id = x.tag_id \
         where x.device_id = d.id and t.name = 'VIP')",
    )
    .await;
    assert!(members > 10);
    assert_eq!(having(&uem, id, "PendingInstall").await, members);
    uem.wait(2 * DAY).await;
    let out_of_reach = having(&uem, id, "PendingInstall").await;
    assert!(out_of_reach <= 3, "{out_of_reach} of {members}");
    assert!(having(&uem, id, "ConfirmedInstall").await >= members - 6, "some leave meanwhile");
    let uuid = text(&uem, &format!("select uuid as text from profiles where id = {id}")).await;
    let summary = uem.get(&format!("/api/mdm/profiles/{uuid}/summary")).await.json();
    assert_eq!(
        (&summary["profile_name"], &summary["not_installed_count"]),
        (&json!("Camera off"), &json!(out_of_reach))
    );
    let device =
        number(&uem, &format!("select min(device_id) as number from device_profiles where profile_id = {id}")).await;
    let log = uem.get(&format!("/api/mdm/devices/{device}/eventlog")).await.text;
    assert!(log.contains("Install Profile Confirmed") && log.contains("Camera off"), "{log}");

    // The document comes back, without the password.
    let read = version(&uem, 2, &format!("/api/mdm/profiles/{id}")).await.json();
    assert_eq!((&read["General"]["Version"], &read["Restrictions"]["AllowUseOfCamera"]), (&json!(1), &json!(false)));
    assert_eq!(read["General"]["AssignedSmartGroups"][0]["SmartGroupId"], phones);
    assert_eq!(read["General"]["ExcludedSmartGroups"][0]["Name"], "VIP Devices");
    assert!(read["General"].get("Password").is_none());
    assert_eq!(version(&uem, 4, &format!("/api/mdm/profiles/{id}")).await.json()["general"]["Name"], "Camera off");
    assert_eq!(version(&uem, 2, "/api/mdm/profiles/9").await.error(), (400, 400));
    assert_eq!(version(&uem, 4, "/api/mdm/profiles/9").await.error(), (400, 400));

    // A new version has to be installed again; a device that is told to remove it does.
    let mut changed = body.clone();
    changed["General"]["ProfileId"] = json!(id);
    changed["General"]["CreateNewVersion"] = json!(true);
    changed["Restrictions"]["AllowUseOfCamera"] = json!(true);
    let update = "/api/mdm/profiles/platforms/apple/update";
    uem.post(update, changed.clone()).await.json();
    assert!(having(&uem, id, "PendingInstall").await > 10);
    changed["General"]["ProfileId"] = json!(9);
    assert_eq!(uem.post(update, changed).await.error(), (400, 400));
    uem.wait(2 * DAY).await;
    let on = |action: &str| format!("/api/mdm/profiles/{id}/{action}");
    uem.post(&on("remove"), json!({"DeviceId": device})).await.nothing(200);
    uem.wait(2 * DAY).await;
    assert_eq!(status(&uem, id, device).await, "ConfirmedRemoval");
    let serial = text(&uem, &format!("select serial_number as text from devices where id = {device}")).await;
    uem.post(&on("install"), json!({"SerialNumber": serial})).await.nothing(200);
    assert_eq!(status(&uem, id, device).await, "PendingInstall");
    assert_eq!(uem.post(&on("install"), json!({})).await.error(), (422, 1012));
    assert_eq!(uem.post(&on("install"), json!({"DeviceId": 999_999})).await.error(), (404, 5002));
    assert_eq!(uem.post(&on("remove"), json!({"Udid": "nobody"})).await.error(), (404, 5002));
    let other = number(
        &uem,
        "select min(id) as number from devices where platform = 'WinRT' and enrollment_status = 'Enrolled'",
    )
    .await;
    assert_eq!(uem.post(&on("install"), json!({"DeviceId": other})).await.error(), (422, 1012), "not assigned");
    uem.wait(2 * DAY).await;
    let devices = uem.get(&format!("/api/mdm/profiles/{uuid}/devices?pagesize=5")).await.json();
    assert_eq!(list(&devices, "profileAssignedDevices").len(), 5);
    assert!(devices["TotalResults"].as_i64() > Some(10));
    let waiting = uem.get(&format!("/api/mdm/profiles/{uuid}/devices?profilestatus=NOT_INSTALLED")).await;
    let others = having(&uem, id, "PendingInstall").await;
    assert_eq!(waiting.status, if others == 0 { 204 } else { 200 }, "{others}");
    assert_eq!(uem.get(&format!("/api/mdm/profiles/{uuid}/devices?profilestatus=LOST")).await.error(), (422, 1012));

    // Turned off it leaves, turned on it comes back.
    uem.post_nothing(&on("deactivate")).await.nothing(200);
    assert_eq!(uem.post_nothing(&on("deactivate")).await.error(), (400, 5311));
    assert!(having(&uem, id, "PendingRemoval").await > 10);
    uem.wait(2 * DAY).await;
    assert!(having(&uem, id, "PendingRemoval").await <= 3);
    assert_eq!(having(&uem, id, "ConfirmedRemoval").await + having(&uem, id, "PendingInstall").await, 0);
    uem.post_nothing(&on("activate")).await.nothing(200);
    assert!(having(&uem, id, "PendingInstall").await > 10);
    assert_eq!(uem.post_nothing("/api/mdm/profiles/9/activate").await.status, 404);
    let by_uuid = |action: &str| format!("/api/mdm/profiles/{uuid}/{action}");
    assert_eq!(uem.post_nothing(&by_uuid("activate")).await.error(), (400, 5311));
    uem.post_nothing(&by_uuid("deactivate")).await.nothing(200);
    assert_eq!(uem.post_nothing(&by_uuid("deactivate")).await.error(), (400, 5311));
    uem.post_nothing(&by_uuid("activate")).await.nothing(200);

    let nobody = uuid::Uuid::nil();
    assert_eq!(uem.get(&by_uuid("detail")).await.json()["platform"], "Apple");
    assert_eq!(uem.get(&format!("/api/mdm/profiles/{nobody}/detail")).await.status, 404);
    assert_eq!(uem.get(&format!("/api/mdm/profiles/{nobody}/summary")).await.status, 404);
    assert_eq!(uem.get("/api/mdm/profiles/sso/status").await.json()["iosSsoProfileConfigured"], false);
    assert_eq!(uem.get("/api/mdm/profiles/sso/status?x=1").await.status, 400);

    uem.delete(&format!("/api/mdm/profiles/{id}")).await.nothing(200);
    assert_eq!(uem.delete(&format!("/api/mdm/profiles/{id}")).await.error(), (400, 400));
    assert_eq!(
        number(&uem, &format!("select count(*) as number from device_profiles where profile_id = {id}")).await,
        0
    );
    let vpn = text(&uem, "select uuid as text from profiles where name = 'VPN for Macs'").await;
    uem.delete(&format!("/api/mdm/profiles/{vpn}")).await.nothing(200);
    assert_eq!(uem.delete(&format!("/api/mdm/profiles/{vpn}")).await.status, 404);
    certificates(&uem).await;
    searches(&uem).await;
    uem.covers(&["mdmv1/ProfilesV1", "mdmv4/ProfilesV4"]);
}

async fn certificates(uem: &Caller) {
    let upload = "/api/mdm/profiles/uploadcertificate";
    let made = uem.post(upload, json!({"CertificatePayload": CERTIFICATE, "Password": ""})).await.json();
    let certificate = made["Value"].as_i64().expect("an id");
    assert_eq!(uem.post(upload, json!({"CertificatePayload": "hello"})).await.error(), (400, 400));
    let wifi = number(uem, "select id as number from profiles where name = 'Wi-Fi for Android'").await;
    let uuid = text(uem, "select uuid as text from profiles where name = 'Wi-Fi for Android'").await;
    let path = format!("/api/mdm/profiles/certificate/upload/{uuid}");
    let made = uem.post(&path, json!({"CertificatePayload": CERTIFICATE})).await;
    assert_eq!((made.status, made.json()["thumbprint"].as_str().map(str::len)), (201, Some(40)));
    assert_eq!(uem.post(&path, json!("nothing")).await.error(), (422, 1012));

    let map = "/api/mdm/profiles/certificatemap";
    let saved =
        uem.post(map, json!({"ProfileID": wifi, "CertificateID": certificate, "CertificateName": "Root"})).await;
    assert_eq!(saved.status, 201);
    let mapping = saved.json()["CertificateProfileMapID"].as_i64().expect("an id");
    assert_eq!(uem.post(map, json!({"ProfileID": 9})).await.error(), (400, 400));
    assert_eq!(uem.post(map, json!({"ProfileID": wifi, "CertificateID": 99})).await.error(), (400, 400));
    let listed = uem.get(&format!("{map}?deviceProfileID={wifi}")).await.json();
    assert_eq!((&listed[0]["CertificateName"], &listed[0]["ProfileGuid"]), (&json!("Root"), &json!(uuid)));
    assert_eq!(uem.get(map).await.status, 400);
    assert_eq!(uem.delete(&format!("{map}/{mapping}")).await.json(), json!(true));
    assert_eq!(uem.delete(&format!("{map}/{mapping}")).await.error(), (400, 400));
    assert_eq!(uem.get(&format!("{map}?deviceProfileID={wifi}")).await.json(), json!([]));
}

async fn searches(uem: &Caller) {
    let first = uem.get("/api/mdm/profiles/search?platform=Android&pagesize=2&page=0").await.json();
    assert_eq!((list(&first, "Profiles").len(), &first["Total"]), (2, &json!(4)));
    assert!(first["Profiles"][0]["Id"]["Value"].is_i64());
    uem.get("/api/mdm/profiles/search?profilename=nothing%20of%20this%20name").await.nothing(204);
    assert_eq!(uem.get("/api/mdm/profiles/search?platform=Symbian").await.error(), (400, 400));
    assert_eq!(uem.get("/api/mdm/profiles/search?organizationgroupid=9").await.error(), (400, 6));
    let inactive = uem.get("/api/mdm/profiles/search?status=Inactive&orderby=platform&sortorder=DESC").await.json();
    assert_eq!(inactive["Profiles"][0]["ProfileName"], "Restrictions for Windows");
    let owned = uem.get("/api/mdm/profiles/search?ownership=S").await.json();
    assert_eq!(owned["Total"], 13, "those of groups that do not look at ownership");
    let path = "/api/mdm/profiles/search?payloadName=Wifi&platform=Apple";
    let second = version(uem, 2, path).await.json();
    let row = &second["ProfileList"][0];
    assert_eq!((&row["ProfileName"], &row["Context"]), (&json!("Wi-Fi for iPhones and iPads"), &json!("Device")));
    assert_eq!(row["AssignmentSmartGroups"][0]["Name"], "All iOS Devices");
    version(uem, 2, "/api/mdm/profiles/search?searchtext=zzz").await.nothing(204);
    let nobody = uuid::Uuid::nil();
    assert_eq!(
        version(uem, 2, &format!("/api/mdm/profiles/search?organizationgroupuuid={nobody}")).await.error(),
        (400, 6)
    );
}

#[tokio::test]
async fn every_platform_has_profiles_in_its_own_words() {
    let uem = tenant().await;
    for platform in ["android", "appleosx"] {
        let path = |action: &str| format!("/api/mdm/profiles/platforms/{platform}/{action}");
        let body =
            json!({"General": {"Name": "Locked", "AssignedSmartGroups": []}, "Passcode": {"MinimumPasscodeLength": 8}});
        let id = uem.post(&path("create"), body.clone()).await.json();
        assert_eq!(uem.post(&path("create"), json!({"General": {"Name": " "}})).await.error(), (400, 400));
        let mut body = body;
        body["General"]["ProfileId"] = id.clone();
        body["Passcode"]["MinimumPasscodeLength"] = json!(10);
        uem.post(&path("update"), body.clone()).await.json();
        let read = version(&uem, 2, &format!("/api/mdm/profiles/{id}")).await.json();
        assert_eq!((&read["Passcode"]["MinimumPasscodeLength"], &read["General"]["Version"]), (&json!(10), &json!(1)));
        body["General"]["AssignedSmartGroups"] = json!([{"SmartGroupId": 9}]);
        assert_eq!(uem.post(&path("update"), body).await.error(), (400, 6));
    }
    assert_eq!(
        uem.post(
            "/api/mdm/profiles/platforms/apple/create",
            json!({"General": {"Name": "x", "ManagedLocationGroupID": 9}})
        )
        .await
        .error(),
        (400, 6)
    );
    let apple = uem
        .post("/api/mdm/profiles/platforms/apple/create", json!({"General": {"Name": "x", "IsActive": false}}))
        .await
        .json();
    let body = json!({"General": {"Name": "y", "ProfileId": apple}});
    uem.post("/api/mdm/profiles/platforms/apple/update", body.clone()).await.json();
    assert_eq!(uem.post("/api/mdm/profiles/platforms/qnx/update", body).await.error(), (400, 400), "not for Qnx");
    assert_eq!(
        uem.post("/api/mdm/profiles/platforms/apple/update", json!({"General": {"Name": "y"}})).await.status,
        400
    );

    for platform in ["appletv", "epson"] {
        let path = format!("/api/mdm/profiles/platforms/{platform}");
        let made = uem.post(&path, json!({"General": {"Name": "Lobby"}})).await;
        let id: i64 = made.header("location").rsplit('/').next().and_then(|id| id.parse().ok()).expect("an id");
        assert_eq!(made.status, 201);
        assert_eq!(uem.post(&path, json!({})).await.error(), (422, 1012));
        uem.put(&format!("{path}/{id}"), json!({"General": {"Name": "Lobby 2"}})).await.nothing(204);
        assert_eq!(version(&uem, 2, &format!("/api/mdm/profiles/{id}")).await.json()["General"]["Name"], "Lobby 2");
        assert_eq!(uem.put(&format!("{path}/9"), json!({"General": {"Name": "x"}})).await.error(), (400, 400));
    }
    // There is no route that makes one for Qnx in version 2; version 3 does.
    let rugged = json!({"name": "Truck", "platform": "WINDOWSRUGGED", "payloads": []});
    let made = of_version(&uem, reqwest::Method::POST, 3, "/api/mdm/profiles", rugged).await.json();
    let uuid = made["profile_uuid"].as_str().expect("a UUID");
    let id = number(&uem, &format!("select id as number from profiles where uuid = '{uuid}'")).await;
    let body = json!({"General": {"Name": "Truck 2", "ProfileId": id}});
    uem.post("/api/mdm/profiles/platforms/qnx/update", body).await.json();

    let keys = "/api/mdm/profiles/platforms/Apple/payloads/Wifi/getpayloadkeys";
    let keys = uem.get(keys).await.json();
    assert_eq!(keys["WifiList"][0]["HiddenNetwork"], false);
    assert!(keys["General"].get("Name").is_some());
    assert_eq!(uem.get("/api/mdm/profiles/platforms/Apple/payloads/Nothing/getpayloadkeys").await.error(), (400, 400));
    resources(&uem).await;
    assert_eq!(version(&uem, 2, "/api/mdm/profiles/search?platform=Symbian").await.status, 400);
    version(&uem, 2, "/api/mdm/profiles/search").await.json();
    assert_eq!(version(&uem, 2, "/api/mdm/profiles/9").await.status, 400);
    uem.covers(&["mdmv2/ProfilesV2", "mdmv1/ResourcesV1"]);
}

async fn resources(uem: &Caller) {
    let group = smart_group(uem, "Kiosks").await;
    let base = "/api/mdm/profiles/resources";
    let path = format!("{base}/wifi?resource.name=Guests&resource.assignment.assignedSmartGroups={group}");
    let made = uem.post(&path, json!({"ServiceSetIdentifier": "guests"})).await.json();
    let id = made["Id"].as_i64().expect("an id");
    assert_eq!(made["Assignment"]["AssignedSmartGroups"], json!([group]));
    let kiosks = number(uem, &format!("select count(*) as number from device_profiles where profile_id = {id}")).await;
    assert!(kiosks > 0, "a resource is for every platform");
    assert_eq!(uem.post(&format!("{base}/wifi"), json!({})).await.error(), (422, 1012));
    assert_eq!(uem.post(&format!("{base}/fax?resource.name=x"), json!({})).await.error(), (400, 400));
    let changed = json!({"Id": id, "Name": "Visitors", "Description": "All of them", "ServiceSetIdentifier": "v"});
    uem.put(&format!("{base}/wifi"), changed).await.nothing(200);
    assert_eq!(uem.put(&format!("{base}/wifi"), json!({"Id": 9, "Name": "x"})).await.error(), (400, 400));
    assert_eq!(uem.put(&format!("{base}/vpn"), json!({"Id": id, "Name": "x"})).await.error(), (400, 400));
    assert_eq!(uem.get(&format!("{base}/{id}")).await.json()["Name"], "Visitors");
    uem.put(&format!("{base}/editassignment/{id}"), json!({"AssignedSmartGroups": []})).await.nothing(200);
    let waiting = format!("select count(*) as number from device_profiles where profile_id = {id} and version > 0");
    assert_eq!(number(uem, &waiting).await, 0, "nobody shall have it any more");
    assert_eq!(uem.put(&format!("{base}/editassignment/9"), json!({})).await.error(), (400, 400));
    let keys = uem.get(&format!("{base}/vpn/resourcekeys")).await.json();
    assert!(keys["Keys"].get("Server").is_some());
    assert_eq!(uem.get(&format!("{base}/fax/resourcekeys")).await.error(), (400, 400));
    let uuid = text(uem, &format!("select uuid as text from profiles where id = {id}")).await;
    let named = uem.post("/api/mdm/resources/query", json!([{"type": "Profile", "uuid": uuid}])).await.json();
    assert_eq!(named[0]["name"], "Visitors");
    let unknown = json!([{"type": "Script", "uuid": uuid}]);
    assert_eq!(uem.post("/api/mdm/resources/query", unknown).await.status, 404);
    uem.delete(&format!("{base}/{id}")).await.nothing(200);
    assert_eq!(uem.delete(&format!("{base}/{id}")).await.error(), (400, 400));
    assert_eq!(uem.get(&format!("{base}/{id}")).await.error(), (400, 400));
}

#[tokio::test]
async fn version_3_has_one_document_for_every_platform() {
    let uem = tenant().await;
    let group = text(&uem, "select uuid as text from smart_groups where name = 'All Windows Devices'").await;
    let post = |body: Value| of_version(&uem, reqwest::Method::POST, 3, "/api/mdm/profiles", body);
    let made = post(json!({
        "name": "Lock screens", "platform": "WINDOWSDESKTOP", "assigned_smart_groups": [group],
        "allow_removal": "WITH_AUTHORIZATION", "description": "After ten minutes",
        "payloads": [{"type": "WINDOWS_PASSCODE", "minimum_length": 8}, {"type": "WINDOWS_WIFI", "ssid": "Meridian"}],
    }))
    .await
    .json();
    let uuid = made["profile_uuid"].as_str().expect("a UUID").to_owned();
    assert_eq!(made["payloads"][0]["minimum_length"], 8, "{made}");
    assert_eq!((&made["allow_removal"], &made["platform"]), (&json!("WITH_AUTHORIZATION"), &json!("WINDOWSDESKTOP")));
    assert_eq!(post(json!({"platform": "IOS"})).await.error(), (422, 1012));
    let id = number(&uem, &format!("select id as number from profiles where uuid = '{uuid}'")).await;
    let waiting = having(&uem, id, "PendingInstall").await;
    assert!(waiting > 10);
    uem.wait(2 * DAY).await;
    assert!(having(&uem, id, "ConfirmedInstall").await > 10);

    let path = format!("/api/mdm/profiles/{uuid}");
    let mut changed = version(&uem, 3, &path).await.json();
    changed["name"] = json!("Lock all screens");
    changed["add_version"] = json!(true);
    let saved = of_version(&uem, reqwest::Method::PUT, 3, &path, changed).await.json();
    assert_eq!((&saved["name"], &saved["version"]), (&json!("Lock all screens"), &json!(2)));
    assert!(having(&uem, id, "PendingInstall").await > 10);
    let nobody = format!("/api/mdm/profiles/{}", uuid::Uuid::nil());
    assert_eq!(version(&uem, 3, &nobody).await.status, 404);
    assert_eq!(of_version(&uem, reqwest::Method::PUT, 3, &nobody, json!({"name": "x"})).await.error(), (400, 400));

    let search = |body: Value| of_version(&uem, reqwest::Method::POST, 3, "/api/mdm/profiles/search", body);
    let wanted = json!({"platform": "WINDOWS_DESKTOP", "search_text": "lock", "page_size": 10, "page_number": 0});
    let found = search(wanted).await.json();
    assert_eq!((&found["total_count"], &found["profiles"][0]["uuid"]), (&json!(1), &json!(uuid)));
    assert_eq!(found["profiles"][0]["assigned_smart_groups"][0]["Name"], "All Windows Devices");
    assert_eq!(search(json!({"page_size": 51})).await.error(), (422, 1012));
    assert_eq!(search(json!({"page_size": 50, "platform": "FAX"})).await.status, 422);
    let root = text(&uem, "select uuid as text from organization_groups where id = 570").await;
    let listed = version(&uem, 3, &format!("/api/mdm/groups/{root}/profiles?limit=3&status=Active")).await.json();
    assert_eq!(list(&listed, "profiles").len(), 3);
    let nowhere = format!("/api/mdm/groups/{}/profiles", uuid::Uuid::nil());
    assert_eq!(version(&uem, 3, &nowhere).await.error(), (404, 6008));

    let device = text(&uem, &format!("select d.uuid as text from devices d join device_profiles x on x.device_id = d.id where x.profile_id = {id} and d.enrollment_status = 'Enrolled' order by d.id limit 1")).await;
    let upload = format!("/api/mdm/devices/{device}/profiles/{uuid}?format=Profile");
    of_version(&uem, reqwest::Method::POST, 3, &upload, json!({})).await.nothing(202);
    let other = text(&uem, "select uuid as text from devices where platform = 'Apple' order by id limit 1").await;
    let upload = format!("/api/mdm/devices/{other}/profiles/{uuid}?format=Profile");
    assert_eq!(of_version(&uem, reqwest::Method::POST, 3, &upload, json!({})).await.status, 400);
    of_version(&uem, reqwest::Method::DELETE, 3, &path, json!({})).await.nothing(200);
    assert_eq!(of_version(&uem, reqwest::Method::DELETE, 3, &path, json!({})).await.status, 404);
    uem.covers(&["mdmv3/ProfilesV3"]);
}

/// Whoever belongs to a group below sees what it and those below it own, and nothing else.
#[tokio::test]
async fn what_another_group_owns_is_not_there() {
    let uem = tenant().await;
    let below = login(&uem, "below", "Console Administrator", 571).await;
    let root = number(&uem, "select id as number from profiles where name = 'Wi-Fi for Android'").await;
    let uuid = text(&uem, &format!("select uuid as text from profiles where id = {root}")).await;
    assert_eq!(below.get(&uem, "/api/mdm/profiles/search").await.status, 204);
    assert_eq!(below.get(&uem, &format!("/api/mdm/profiles/{root}")).await.error(), (400, 400));
    assert_eq!(below.get(&uem, &format!("/api/mdm/profiles/{uuid}/summary")).await.status, 404);
    let path = format!("/api/mdm/profiles/{root}");
    assert_eq!(below.send(&uem, reqwest::Method::DELETE, &path, json!({})).await.error(), (400, 400));
    assert_eq!(below.get(&uem, "/API/v1/profiles").await.json()["Total"], 0);
    let create = "/api/mdm/profiles/platforms/apple/create";
    let above = json!({"General": {"Name": "Ours", "ManagedLocationGroupID": 570}});
    assert_eq!(below.send(&uem, reqwest::Method::POST, create, above).await.error(), (400, 6));
    let made = below.send(&uem, reqwest::Method::POST, create, json!({"General": {"Name": "Ours"}})).await.json();
    assert_eq!(below.get(&uem, "/api/mdm/profiles/search").await.json()["Total"], 1);
    assert_eq!(
        version(&uem, 2, &format!("/api/mdm/profiles/{made}")).await.json()["General"]["ManagedLocationGroupID"],
        571
    );
    let reader = login(&uem, "reader", "Read Only", 570).await;
    let refused = reader.send(&uem, reqwest::Method::POST, create, json!({"General": {"Name": "x"}})).await;
    assert_eq!(refused.error(), (403, 1011));
}

#[tokio::test]
async fn the_launcher_of_a_device_has_an_administrators_mode() {
    let uem = tenant().await;
    let enrolled = "enrollment_status = 'Enrolled' order by id limit 1";
    let android =
        text(&uem, &format!("select uuid as text from devices where platform = 'Android' and {enrolled}")).await;
    let apple = text(&uem, &format!("select uuid as text from devices where platform = 'Apple' and {enrolled}")).await;
    let path = |device: &str, action: &str| format!("/api/mdm/devices/{device}/launcher/{action}");
    assert_eq!(uem.post_nothing(&path(&android, "exit-admin-mode")).await.error(), (400, 400));
    uem.post_nothing(&path(&android, "enter-admin-mode")).await.nothing(202);
    assert_eq!(uem.post_nothing(&path(&android, "enter-admin-mode")).await.error(), (400, 400));
    uem.post_nothing(&path(&android, "exit-admin-mode")).await.nothing(202);
    uem.post_nothing(&path(&android, "exit")).await.nothing(202);
    assert_eq!(uem.post_nothing(&path(&apple, "exit")).await.error(), (400, 400));
    let nobody = uuid::Uuid::nil().to_string();
    assert_eq!(uem.post_nothing(&path(&nobody, "exit")).await.error(), (404, 5061));
    let id = number(&uem, &format!("select id as number from devices where uuid = '{android}'")).await;
    assert!(uem.get(&format!("/api/mdm/devices/{id}/eventlog")).await.text.contains("Exit Launcher Requested"));
    uem.covers(&["mdmv1/Launcher"]);
}

#[tokio::test]
async fn the_guides_dialect_has_profiles_resources_and_their_devices() {
    let uem = Caller::of(Settings {
        habits: Habits { refuse_unknown_queries: true, ..Habits::default() },
        ..Settings::in_memory()
    })
    .await;
    let group = smart_group(&uem, "All Android Devices").await;
    for (root, rows) in [("profiles", "Profiles"), ("resources", "Resources")] {
        let base = format!("/API/v1/{root}");
        let body = json!({"Name": "Wallpaper", "Platform": "Android", "Payloads": {"Picture": {"Url": "x"}}});
        let id = uem.post(&base, body).await.json()["Value"].as_i64().expect("an id");
        assert_eq!(uem.post(&base, json!({"Platform": "Android"})).await.error(), (400, 400));
        let one = format!("{base}/{id}");
        uem.put(&one, json!({"Description": "Blue"})).await.nothing(200);
        assert_eq!(uem.put(&format!("{base}/9"), json!({"Name": "x"})).await.status, 404);
        let read = uem.get(&one).await.json();
        assert_eq!((&read["Description"], &read["Payloads"]["Picture"]["Url"]), (&json!("Blue"), &json!("x")));
        assert_eq!((&read["Id"]["Value"], &read["CurrentVersion"]), (&json!(id), &json!(1)));
        assert_eq!(uem.get(&format!("{base}/9")).await.status, 404);
        uem.post(&format!("{one}/assignments"), json!({"SmartGroupIds": [group]})).await.nothing(200);
        assert_eq!(
            uem.post(&format!("{one}/assignments"), json!({"SmartGroupIds": [999_999]})).await.error(),
            (400, 6)
        );
        let assigned = uem.get(&format!("{one}/assignments")).await.json();
        assert_eq!(assigned["Assignments"][0]["Name"], "All Android Devices");
        assert_eq!(uem.get(&format!("{base}/9/assignments")).await.status, 404);
        assert!(having(&uem, id, "PendingInstall").await > 10);
        for list_path in [base.clone(), format!("{base}/search")] {
            let found = uem.get(&format!("{list_path}?name=wallp")).await.json();
            assert_eq!((list(&found, rows).len(), &found["Total"]), (1, &json!(1)));
            let nothing = uem.get(&format!("{list_path}?name=zzz")).await.json();
            assert_eq!(nothing[rows], json!([]));
            assert_eq!(uem.get(&format!("{list_path}?lgid=9")).await.error(), (400, 6));
        }
        if root == "profiles" {
            devices(&uem, id).await;
        }
        uem.delete(&one).await.nothing(200);
        assert_eq!(uem.delete(&one).await.status, 404);
    }
    uem.covers(&["guide/profiles", "guide/resources", "guide/deviceprofiles"]);
}

async fn devices(uem: &Caller, id: i64) {
    let one = format!("/API/v1/deviceprofiles/{id}");
    uem.wait(2 * DAY).await;
    let found = uem.get(&format!("{one}/devices?status=ConfirmedInstall&pagesize=2")).await.json();
    let rows = list(&found, "DeviceProfiles");
    assert_eq!((rows.len(), &rows[0]["Version"]), (2, &json!(1)));
    assert_eq!(uem.get(&format!("{one}/devices?status=Lost")).await.error(), (400, 400));
    let device = rows[0]["DeviceId"].as_i64().expect("a device");
    let outcome = uem.post(&format!("{one}/remove"), json!({"DeviceIds": [device, 999_999]})).await.json();
    assert_eq!((&outcome["AcceptedItems"], &outcome["FailedItems"]), (&json!(1), &json!(1)));
    assert_eq!(
        (&outcome["Faults"][0]["ItemValue"], &outcome["Faults"][0]["ErrorCode"]),
        (&json!("999999"), &json!(5002))
    );
    assert_eq!(uem.post(&format!("{one}/remove"), json!({"DeviceIds": [999_999]})).await.status, 404);
    assert_eq!(having(uem, id, "PendingRemoval").await, 1);
    uem.post(&format!("{one}/install"), json!({"DeviceIds": [device]})).await.json();
    assert_eq!(uem.post(&format!("{one}/install"), json!({"DeviceIds": []})).await.error(), (400, 400));
    assert_eq!(having(uem, id, "PendingRemoval").await, 0);
    assert_eq!(uem.get(&one).await.json()["Name"], "Wallpaper");
    assert_eq!(uem.get("/API/v1/deviceprofiles/9").await.status, 404);
    for path in ["/API/v1/deviceprofiles", "/API/v1/deviceprofiles/search"] {
        assert_eq!(uem.get(&format!("{path}?platform=Android&orderby=name")).await.json()["Total"], 5);
        assert_eq!(uem.get(&format!("{path}?platform=Symbian")).await.error(), (400, 400));
    }
    assert_eq!(uem.post_nothing(&format!("{one}/activate")).await.error(), (400, 5311));
    uem.post_nothing(&format!("{one}/deactivate")).await.nothing(200);
    assert_eq!(uem.post_nothing(&format!("{one}/deactivate")).await.error(), (400, 5311));
    uem.post_nothing(&format!("{one}/activate")).await.nothing(200);
}
