//! Devices: every search, every way to name one, and what callers change about them.

use muster_store::testing::Postgres;
use muster_uem::{Data, Settings};
use reqwest::Method;
use serde_json::{Value, json};

use super::access::{Login, login};
use crate::caller::{self, Answer, Caller, id, list, read};

/// A request without a body for an exact version.
pub(super) async fn version(uem: &Caller, method: Method, path: &str, version: u8) -> Answer {
    caller::version(uem, version, method, path, &Value::Null).await
}

/// The first enrolled device that a search finds and that fits.
pub(super) async fn some(uem: &Caller, criteria: &str, fits: impl Fn(&Value) -> bool) -> Value {
    let found = uem.get(&format!("/api/mdm/devices/search?pagesize=500{criteria}")).await.json();
    let enrolled = |device: &&Value| device["EnrollmentStatus"] == "Enrolled" && fits(device);
    list(&found, "Devices").iter().find(enrolled).unwrap_or_else(|| panic!("none fits {criteria}")).clone()
}

pub(super) fn text<'a>(row: &'a Value, name: &str) -> &'a str {
    row[name].as_str().unwrap_or_else(|| panic!("no {name} in {row}"))
}

/// Stories of devices: each is a test of its own, and all of them hold on PostgreSQL.
macro_rules! stories {
    ($($module:ident::$story:ident,)+) => {
        mod in_memory {
            $(
                #[tokio::test]
                async fn $story() {
                    super::super::$module::$story(&crate::caller::Caller::new().await).await;
                }
            )+
        }

        #[tokio::test]
        async fn every_story_holds_on_postgresql() {
            // Without a PostgreSQL on the machine there is nothing to tell it to.
            let Some(server) = Postgres::shared().expect("a server starts") else { return };
            $(
                let data = Data::Database(server.database().await.expect("a database"));
                let uem = Caller::of(Settings { data, ..Settings::in_memory() }).await;
                super::$module::$story(&uem).await;
            )+
        }
    };
}

stories! {
    devices::devices_are_searched_named_edited_and_deleted,
    devices::nobody_sees_devices_of_other_groups,
    devices_own::samples_tell_how_a_device_is_connected_and_protected,
    devices_own::encrypted_drives_have_keys,
    devices_own::notes_are_kept_rewritten_and_removed,
    devices_own::attributes_are_set_item_by_item_and_their_past_is_kept,
    devices_own::apps_people_certificates_and_groups_of_a_device,
    devices_own::the_log_is_filtered_and_a_command_is_a_source_of_it,
    devices_own::reports_about_devices,
    devices_own::profiles_and_files_arrive,
    devices_own::what_is_registered_has_attributes_too,
    devices_updates::updates_reach_the_devices_that_lack_them,
}

async fn devices_are_searched_named_edited_and_deleted(uem: &Caller) {
    every_version_of_a_search_finds_the_same_devices(uem).await;
    long_and_short_rows_carry_attributes_and_smart_groups(uem).await;
    a_device_is_found_by_whatever_names_it(uem).await;
    edits_are_read_back_everywhere(uem).await;
    a_device_moves_between_groups(uem).await;
    models_have_makers(uem).await;
    people_come_and_go(uem).await;
    apps_ask_about_their_device(uem).await;
    updates_are_offered(uem).await;
    what_is_deleted_is_gone_and_the_counts_know_it(uem).await;
    // Tags and messages have stories of their own.
    let others = [
        "Devices_AddDeviceTagAsync",
        "Devices_RemoveDeviceTagAsync",
        "Devices_GetDeviceTagsAsync",
        "Devices_SendMessageBySerialNumber",
        "Devices_GetEventActionsByDeviceAsync",
        "Devices_GetFilesActionsByDeviceAsync",
    ];
    answered(uem, &["mdmv1/Devices", "mdmv2/DevicesV2", "mdmv3/DevicesV3", "mdmv1/DeviceAttributesV1"], &others);
}

/// Asserts of every built operation of some areas but a few that it was answered with success and with an error.
fn answered(uem: &Caller, areas: &[&str], but: &[&str]) {
    let (served, refused) = (uem.tenant.served(), uem.tenant.refused());
    let mine = uem.tenant.built().into_iter().filter(|(_, operation)| {
        let area = format!("{}/{}", operation.api, operation.area);
        areas.contains(&area.as_str()) && !but.contains(&operation.id.as_str())
    });
    let never = |told: &std::collections::BTreeMap<&str, u64>, mine: &[(&'static str, &str)]| -> Vec<String> {
        mine.iter().filter(|(name, _)| !told.contains_key(name)).map(|(_, key)| (*key).to_owned()).collect()
    };
    let mine: Vec<(&str, &str)> = mine.map(|(name, operation)| (name, operation.key.as_str())).collect();
    assert_eq!(never(&served, &mine), [""; 0], "never answered with success");
    assert_eq!(never(&refused, &mine), [""; 0], "never answered with an error");
    assert_eq!(uem.tenant.offences(), [""; 0], "answers that broke their published shape");
}

/// Somebody who may do nothing here.
pub(super) async fn nobody(uem: &Caller) -> Login {
    uem.post("/API/v1/console/roles", json!({"Name": "Reader of content", "Rights": ["content:read"]})).await.json();
    login(uem, "nobody", "Reader of content", 570).await
}

async fn every_version_of_a_search_finds_the_same_devices(uem: &Caller) {
    let one = uem.get("/api/mdm/devices/search?platform=Apple&ownership=C").await.json();
    let path = "/api/mdm/devices/search?platform=Apple&ownership=C";
    let two = version(uem, Method::GET, path, 2).await.json();
    assert_eq!((&one["Total"], one["Page"].as_u64()), (&two["Total"], Some(0)));
    let (first, same) = (&list(&one, "Devices")[0], &list(&two, "Devices")[0]);
    assert_eq!((id(first), &first["Uuid"], &first["LastSeen"]), (id(same), &same["Uuid"], &same["LastSeen"]));
    assert_eq!((&same["ManagedBy"], &same["DepTokenSource"]), (&json!(1), &json!(0)));
    assert!(same["EasIds"]["EasId"][0].as_str().is_some_and(|eas| eas.starts_with("Appl")));
    assert!(!list(same, "DeviceNetworkInfo").is_empty());

    let path = "/api/mdm/devices/search?device_type=APPLE&ownership=CORPORATE&page_size=7";
    let three = version(uem, Method::GET, path, 3).await.json();
    assert_eq!((&three["total"], &three["page_size"]), (&one["Total"], &json!(7)));
    let row = &list(&three, "devices")[0];
    assert_eq!((id(row), &row["serial_number"]), (id(first), &first["SerialNumber"]));
    assert_eq!((&row["device_type"], &row["ownership"]), (&json!("APPLE"), &json!("CORPORATE")));
    assert!(["COMPLIANT", "NOT_COMPLIANT", "NOT_AVAILABLE"].contains(&text(row, "compliance_status")));
    assert!(text(row, "last_seen").ends_with('Z'));

    let bad = "/api/mdm/devices/search?compliance_status=false";
    let (one, two) = (uem.get(bad).await.json(), version(uem, Method::GET, bad, 2).await.json());
    assert_eq!(one["Total"], two["Total"]);
    let three = "/api/mdm/devices/search?compliance_status=NOT_COMPLIANT&order_by=last_seen&sort_order=DESC";
    assert_eq!(version(uem, Method::GET, three, 3).await.json()["total"], one["Total"]);
    let group = &uem.tenant.ready.organization_group;
    let whole = format!("/api/mdm/devices/search?organization_group_uuid={}&friendly_name=iPhone", group.uuid);
    let phones = version(uem, Method::GET, &whole, 3).await.json();
    assert!(list(&phones, "devices").iter().all(|row| text(row, "device_friendly_name").contains("iPhone")));

    version(uem, Method::GET, "/api/mdm/devices/search?model=Typewriter", 2).await.nothing(204);
    version(uem, Method::GET, "/api/mdm/devices/search?friendly_name=Nobody", 3).await.nothing(204);
    for (path, number) in [("platform=Symbian", 2), ("device_type=SYMBIAN", 3), ("order_by=colour", 3)] {
        let refused = version(uem, Method::GET, &format!("/api/mdm/devices/search?{path}"), number).await;
        assert_eq!(refused.error().0, 400, "{path}");
    }
    assert_eq!(uem.get("/api/mdm/devices/search?platform=Symbian").await.error().0, 400);
    let nowhere = format!("/api/mdm/devices/search?organization_group_uuid={}", uuid::Uuid::nil());
    assert_eq!(version(uem, Method::GET, &nowhere, 3).await.error(), (404, 5177));
    assert_eq!(version(uem, Method::GET, "/api/mdm/devices/search?lgid=9", 2).await.error(), (400, 6));
}

async fn long_and_short_rows_carry_attributes_and_smart_groups(uem: &Caller) {
    let device = some(uem, "&platform=Apple", |_| true).await;
    let number = id(&device);
    let attribute = json!({"CustomAttributes": [{"applicationGroup": "Assets", "name": "Room", "value": "4.11"}]});
    uem.put(&format!("/api/mdm/devices/{number}/customattributes"), attribute).await.json();

    let wide = uem.get("/api/mdm/devices/extensivesearch?customattributes=Room%3D4.11&enrollmentstatus=Enrolled").await;
    let wide = wide.json();
    let row = &list(&wide, "Devices")[0];
    assert_eq!((&wide["Total"], &row["DeviceId"]), (&json!(1), &json!(number)));
    assert_eq!(row["CustomAttributes"][0], json!({"ApplicationGroup": "Assets", "Name": "Room", "Value": "4.11"}));
    let groups = uem.get(&format!("/api/mdm/devices/{number}/smartgroups")).await.json();
    assert_eq!(list(row, "SmartGroups").len(), list(&groups, "SmartGroup").len());
    assert!(!list(row, "SmartGroups").is_empty());

    let lite = uem.get("/api/mdm/devices/litesearch?platform=Apple&customattributes=Assets/Room").await.json();
    assert_eq!(list(&lite, "Devices")[0]["DeviceUuid"], device["Uuid"]);
    let mac = text(&device, "MacAddress");
    let by_mac = uem.get(&format!("/api/mdm/devices/extensivesearch?macaddress={mac}&platform=2")).await.json();
    assert_eq!(list(&by_mac, "Devices")[0]["DeviceUuid"], device["Uuid"]);
    uem.get("/api/mdm/devices/litesearch?customattributes=Floor").await.nothing(204);
    assert_eq!(uem.get("/api/mdm/devices/litesearch?platform=Symbian").await.error().0, 400);
    assert_eq!(uem.get("/api/mdm/devices/extensivesearch?enrollmentstatus=Lost").await.error().0, 400);
}

async fn a_device_is_found_by_whatever_names_it(uem: &Caller) {
    let device = some(uem, "&platform=Apple", |device| device["Imei"] != "").await;
    let (number, uuid, udid) = (id(&device), text(&device, "Uuid"), text(&device, "Udid"));
    let eas = format!("Appl{}", text(&device, "SerialNumber"));
    let asset = text(&device, "AssetNumber").to_owned();
    let names = [
        ("Serialnumber", text(&device, "SerialNumber")),
        ("Udid", udid),
        ("Macaddress", text(&device, "MacAddress")),
        ("ImeiNumber", text(&device, "Imei")),
        ("EasId", &eas),
        ("AlternateId", text(&device, "Imei")),
        ("Uuid", uuid),
        ("AssetNumber", &asset),
    ];
    for (by, name) in names.into_iter().filter(|(_, name)| !name.is_empty()) {
        let found = uem.get(&format!("/api/mdm/devices?searchby={by}&id={name}")).await.json();
        assert_eq!(id(&found), number, "{by}");
        let many = json!({"BulkValues": {"Value": ["nothing", name]}});
        let found = uem.post(&format!("/api/mdm/devices?searchby={by}"), many).await.json();
        assert_eq!((id(&found["Devices"][0]), &found["Total"]), (number, &json!(1)), "{by}");
    }
    let found = uem.post("/api/mdm/devices/id", json!({"BulkValues": {"Value": [number, "1", 999_999]}})).await.json();
    assert_eq!(list(&found, "Devices").iter().map(id).collect::<Vec<_>>(), [number, 1]);
    let close = uem.get(&format!("/api/mdm/devices/{number}")).await.json();
    assert!(close["ComplianceSummary"]["DeviceCompliance"].is_array() && close["DeviceManufacturerId"] == 1);

    let two = version(uem, Method::GET, &format!("/api/mdm/devices/{uuid}"), 2).await.json();
    assert_eq!((&two["serialNumber"], &two["enrollmentInfo"]["managedBy"]), (&device["SerialNumber"], &json!("MDM")));
    assert_eq!(two["enrollmentInfo"]["enrollmentStatus"], "ENROLLED");
    let three = version(uem, Method::GET, &format!("/api/mdm/devices/{uuid}"), 3).await.json();
    assert_eq!((&three["udid"], &three["platform_info"]["device_type"]), (&json!(udid), &json!("APPLE")));
    assert_eq!(three["enrollment_info"]["enrollment_user_name"], device["UserName"]);
    assert_eq!(uem.get(&format!("/api/mdm/devices/udid/{udid}")).await.json(), json!({"uuid": uuid}));
    let status = uem.get(&format!("/api/mdm/devices/udid/{udid}/deviceenrollmentstatus")).await.json();
    assert_eq!((&status["EnrollmentStatus"], id(&status)), (&json!("Enrolled"), number));

    let nobody = uuid::Uuid::nil();
    for number in [2, 3] {
        let missing = version(uem, Method::GET, &format!("/api/mdm/devices/{nobody}"), number).await;
        assert_eq!(missing.error(), (404, 5061));
    }
    assert_eq!(uem.get("/api/mdm/devices/udid/none").await.error(), (404, 5061));
    assert_eq!(uem.get("/api/mdm/devices/udid/none/deviceenrollmentstatus").await.error().0, 404);
    let none = json!({"BulkValues": {"Value": ["none"]}});
    assert_eq!(uem.post("/api/mdm/devices?searchby=Udid", none.clone()).await.error(), (404, 5002));
    assert_eq!(uem.post("/api/mdm/devices?searchby=Colour", none.clone()).await.error(), (422, 5003));
    assert_eq!(uem.post("/api/mdm/devices/id", none).await.error(), (404, 5002));
    assert_eq!(
        uem.get("/api/mdm/devices?searchby=ImeiNumber&id=-").await.error(),
        (404, 5002),
        "no IMEI names nothing"
    );
}

async fn edits_are_read_back_everywhere(uem: &Caller) {
    let device = some(uem, "&platform=Apple", |device| device["Ownership"] == "C").await;
    let (number, serial) = (id(&device), text(&device, "SerialNumber"));
    let alternate = format!("searchby=Serialnumber&id={serial}");
    let edit = json!({"AssetNumber": "A-77", "DeviceFriendlyName": "Front desk", "Ownership": "S"});
    uem.put(&format!("/api/mdm/devices?{alternate}"), edit).await.nothing(204);
    let seen = uem.get(&format!("/api/mdm/devices/{number}")).await.json();
    assert_eq!((&seen["AssetNumber"], &seen["Ownership"]), (&json!("A-77"), &json!("S")));
    let name = json!({"DeviceFriendlyName": "Back office"});
    uem.put(&format!("/api/mdm/devices/{number}"), name.clone()).await.nothing(204);
    let seen = uem.get(&format!("/api/mdm/devices/{number}")).await.json();
    assert_eq!((&seen["DeviceFriendlyName"], &seen["AssetNumber"]), (&json!("Back office"), &json!("A-77")));
    assert_eq!(uem.put("/api/mdm/devices/999999", name).await.error(), (404, 5002));
    let refused = uem.put(&format!("/api/mdm/devices?{alternate}"), json!({"Ownership": "Nobody"})).await;
    assert_eq!(refused.error().0, 400);
    assert_eq!(uem.put("/api/mdm/devices?searchby=Udid&id=none", json!({})).await.error(), (404, 5002));

    // A shared device of Apple goes from hand to hand.
    let user = uem.get("/api/system/users/search?pagesize=200").await.json();
    let active = |user: &&Value| user["Status"] == true && user["UserName"] != device["UserName"];
    let user = list(&user, "Users").iter().find(active).expect("another user").clone();
    let path = format!("/api/mdm/devices/{number}/enrollmentuser/{}", id(&user));
    assert_eq!(read(uem.request(Method::PATCH, &path)).await.status, 200);
    let seen = uem.get(&format!("/api/mdm/devices/{number}")).await.json();
    assert_eq!(seen["UserName"], user["UserName"]);
    let path = format!("/api/mdm/devices/{number}/enrollmentuser/999999");
    assert_eq!(read(uem.request(Method::PATCH, &path)).await.error(), (404, 12));
    let own = some(uem, "&platform=WinRT", |_| true).await;
    let path = format!("/api/mdm/devices/{}/enrollmentuser/{}", id(&own), id(&user));
    assert_eq!(read(uem.request(Method::PATCH, &path)).await.error(), (400, 6));

    // Settings show in the network sample.
    let settings = json!({"DataRoamingAllowed": true, "VoiceRoamingAllowed": false});
    uem.post(&format!("/api/mdm/devices/managedsettings?{alternate}"), settings).await.nothing(204);
    let network = uem.get(&format!("/api/mdm/devices/network?{alternate}")).await.json();
    assert_eq!((&network["DataRoamingEnabled"], &network["VoiceRoamingEnabled"]), (&json!(true), &json!(false)));
    let path = format!("/api/mdm/devices/managedsettings?searchby=DeviceId&id={}", id(&own));
    assert_eq!(uem.post(&path, json!({})).await.error(), (400, 21));

    let sid = "S-1-5-21-1004336348-1177238915-682003330-512";
    let updates = json!({"ComputerSIDUpdates": [{"DeviceIdentifier": id(&own).to_string(), "ComputerSID": sid},
        {"DeviceIdentifier": "999999", "ComputerSID": sid}]});
    let answer = uem.post("/api/mdm/devices/computer-sid/bulk", updates).await;
    assert_eq!((answer.status, &answer.json()["FailedItems"]), (207, &json!(1)));
    assert_eq!(uem.get(&format!("/api/mdm/devices/{}", id(&own))).await.json()["ComputerSID"], sid);
    assert_eq!(uem.post("/api/mdm/devices/computer-sid/bulk", json!({})).await.error().0, 400);
    let nobody = nobody(uem).await;
    assert_eq!(nobody.get(uem, "/api/mdm/devices/bulksettings").await.error(), (403, 1011));
    assert_eq!(uem.get("/api/mdm/devices/bulksettings").await.json()["DeleteDevice"], 3_000);
}

async fn a_device_moves_between_groups(uem: &Caller) {
    let device = some(uem, "", |_| true).await;
    let (number, uuid, serial) = (id(&device), text(&device, "Uuid"), text(&device, "SerialNumber"));
    let path = format!("/api/mdm/devices/{number}/commands/changeorganizationgroup/577");
    uem.put(&path, json!({})).await.nothing(202);
    let seen = uem.get(&format!("/api/mdm/devices/{number}")).await.json();
    assert_eq!(seen["LocationGroupId"]["Id"]["Value"], 577);
    let brazil = text(&seen["LocationGroupId"], "Uuid").to_owned();
    let before = uem.get("/api/mdm/devices/search?lgid=578").await.json();
    let path = format!("/api/mdm/devices/commands/changeorganizationgroup?searchby=Serialnumber&id={serial}&ogid=578");
    uem.post(&path, json!({})).await.nothing(202);
    let after = uem.get("/api/mdm/devices/search?lgid=578").await.json();
    assert_eq!(after["Total"].as_u64(), before["Total"].as_u64().map(|total| total + 1));
    let path = format!("/api/mdm/devices/{uuid}/commands/change-organization-group/{brazil}");
    uem.put(&path, json!({})).await.nothing(202);
    let seen = uem.get(&format!("/api/mdm/devices/{number}")).await.json();
    assert_eq!(seen["LocationGroupName"], "Brazil");
    let log = uem.get(&format!("/api/mdm/devices/{number}/eventlog")).await.json();
    assert_eq!(list(&log, "DeviceEventLogEntries")[0]["Event"], "Organization Group Changed");

    let path = format!("/api/mdm/devices/{number}/commands/changeorganizationgroup/9");
    assert_eq!(uem.put(&path, json!({})).await.error(), (400, 6));
    let path = format!("/api/mdm/devices/{uuid}/commands/change-organization-group/{}", uuid::Uuid::nil());
    assert_eq!(uem.put(&path, json!({})).await.error(), (404, 5177));
    let path = "/api/mdm/devices/commands/changeorganizationgroup?searchby=Udid&id=none&ogid=578";
    assert_eq!(uem.post(path, json!({})).await.error(), (404, 5002));
}

async fn what_is_deleted_is_gone_and_the_counts_know_it(uem: &Caller) {
    let group = uem.tenant.ready.organization_group.clone();
    let count = async || {
        let path = format!("/api/mdm/devices/devicecountinfo?oguuid={}", group.uuid);
        let (one, two) = (uem.get("/api/mdm/devices/devicecountinfo").await, version(uem, Method::GET, &path, 2).await);
        assert_eq!(one.json(), two.json());
        one.json()
    };
    let before = count().await;
    assert_eq!(before["TotalDevices"], 200, "nothing was deleted before");
    let platforms = before["Platforms"].as_object().expect("platforms");
    assert_eq!(platforms.values().filter_map(Value::as_i64).sum::<i64>(), 200);
    let enrolled =
        uem.post("/api/mdm/devices/enrolleddevicescount", json!({"OrganizationGroupId": "570"})).await.json();
    assert_eq!(enrolled["DevicesCount"], before["EnrollmentStatus"]["Enrolled"]);
    let none = uem.post("/api/mdm/devices/enrolleddevicescount", json!({"TagName": "Nowhere"})).await.json();
    assert_eq!(none["DevicesCount"], 0);
    let bad = uem.post("/api/mdm/devices/enrolleddevicescount", json!({"DeviceSeenSince": "yesterday"})).await;
    assert_eq!(bad.error().0, 400);
    assert_eq!(uem.get("/api/mdm/devices/devicecountinfo?organizationgroupid=9").await.error(), (404, 6));
    let path = format!("/api/mdm/devices/devicecountinfo?oguuid={}", uuid::Uuid::nil());
    assert_eq!(version(uem, Method::GET, &path, 2).await.error(), (404, 5177));

    let first = some(uem, "&platform=Android", |_| true).await;
    let path = format!("/api/mdm/devices/{}", id(&first));
    let gone = uem.delete(&path).await.json();
    assert_eq!((id(&gone), &gone["SerialNumber"]), (id(&first), &first["SerialNumber"]));
    assert_eq!(uem.get(&path).await.error(), (404, 5002));
    assert_eq!(uem.delete(&path).await.error(), (404, 5002));
    let second = some(uem, "&platform=Android", |_| true).await;
    let by = format!("/api/mdm/devices?searchby=Serialnumber&id={}", text(&second, "SerialNumber"));
    uem.delete(&by).await.nothing(204);
    assert_eq!(uem.delete(&by).await.error(), (404, 5002));
    let third = some(uem, "&platform=Android", |_| true).await;
    let bulk = json!({"BulkValues": {"Value": [third["Udid"], "none"]}});
    let answer = uem.post("/api/mdm/devices/bulk?searchby=Udid", bulk.clone()).await.json();
    assert_eq!((&answer["AcceptedItems"], &answer["Faults"]["Fault"][0]["ItemValue"]), (&json!(1), &json!("none")));
    assert_eq!(uem.post("/api/mdm/devices/bulk?searchby=Udid", bulk).await.error(), (404, 5002));
    let many: Vec<String> = (0..3_001).map(|number| number.to_string()).collect();
    let many = json!({"BulkValues": {"Value": many}});
    assert_eq!(uem.post("/api/mdm/devices/bulk", many).await.error().0, 403);

    // The fleet lives on without them.
    uem.wait(std::time::Duration::from_secs(8 * 3_600)).await;
    let after = count().await;
    assert_eq!(after["TotalDevices"], 197);
    assert_eq!(uem.get("/api/mdm/devices/search").await.json()["Total"], 197);
}

async fn models_have_makers(uem: &Caller) {
    let makers = uem.get("/api/mdm/devices/Apple/manufacturers").await.json();
    assert_eq!(makers, json!([{"id": 1, "name": "Apple"}]));
    let models = uem.get("/api/mdm/devices/manufacturers/1/models?search=iphone&page_size=3").await.json();
    let names: Vec<&str> = models.as_array().expect("models").iter().map(|model| text(model, "name")).collect();
    assert!(names.len() == 3 && names.iter().all(|name| name.contains("iPhone")), "{names:?}");
    assert_eq!(uem.get("/api/mdm/devices/manufacturers/99/models").await.error().0, 400);
    assert_eq!(uem.get("/api/mdm/devices/Symbian/manufacturers").await.error().0, 400);
    let body = json!({"device_manufacturers": ["Samsung", "google"], "search_text": "Pixel", "page_size": 2});
    let found = uem.post("/api/mdm/devices/model-details", body).await.json();
    assert!(list(&found, "results").iter().all(|row| row["device_manufacturer_name"] == "Google"));
    assert_eq!(list(&found, "results").len(), 2);
    assert_eq!(uem.post("/api/mdm/devices/model-details", json!({})).await.error().0, 422);
}

async fn people_come_and_go(uem: &Caller) {
    let mac = some(uem, "&platform=AppleOsX", |_| true).await;
    let signed_in = uem.get(&format!("/api/mdm/devices/{}/loggedinusers", id(&mac))).await.json();
    assert_eq!((&signed_in[0]["name"], &signed_in[0]["isActiveUser"]), (&mac["UserName"], &json!(true)));
    let phone = some(uem, "&platform=Android", |_| true).await;
    assert_eq!(uem.get(&format!("/api/mdm/devices/{}/loggedinusers", id(&phone))).await.error(), (400, 21));

    let path = format!("/api/mdm/ogs/570/devices/audit?serialnumber={}", text(&mac, "SerialNumber"));
    let audit = uem.get(&path).await.json();
    assert_eq!(audit["Devices"][0]["Events"][0]["DateTime"], mac["LastEnrolledOn"]);
    let left = uem.get("/api/mdm/ogs/570/devices/audit?Status=Unenrolled&pagesize=1").await.json();
    assert_eq!(left["Devices"][0]["Events"][0]["Status"], "Unenrolled");
    let next = uem.get("/api/mdm/ogs/570/devices/audit?pagesize=150").await.json();
    assert!(text(&next, "NextPage").ends_with("page=1&pagesize=150"));
    assert_eq!(uem.get("/api/mdm/ogs/9/devices/audit").await.error(), (400, 6));
}

async fn apps_ask_about_their_device(uem: &Caller) {
    let device = some(uem, "&platform=Android", |_| true).await;
    let (number, uuid) = (id(&device), text(&device, "Uuid"));
    let apps = uem.get(&format!("/api/mdm/devices/{uuid}/apps/search")).await.json();
    let app = list(&apps, "app_items").first().expect("an app").clone();
    let bundle = text(&app, "bundle_id");
    let ask = |bundle: &str| {
        format!(
            "/api/mdm/devices/appstatus?searchBy=DeviceId&id={number}&groupid=meridian&bundleId={bundle}&version=1&deviceType=5"
        )
    };
    let status = uem.get(&ask(bundle)).await.json();
    assert_eq!((&status["appstatus"], &status["isappassigned"]), (&json!("AppSupported"), &json!(true)));
    let other = uem.get(&ask("com.example.nothing")).await.json();
    assert_eq!((&other["appstatus"], &other["isappassigned"]), (&json!("AppNotSupported"), &json!(false)));
    let gone = "/api/mdm/devices/appstatus?searchBy=Udid&id=none&groupid=g&bundleId=b&version=1&deviceType=5";
    assert_eq!(uem.get(gone).await.error(), (404, 5002));

    let path = format!("/api/mdm/devices/{uuid}/installs?installId={}", text(&app, "application_uuid"));
    let install = version(uem, Method::GET, &path, 2).await.json();
    assert_eq!(install["productId"], format!("app:{bundle}"));
    let path = format!("/api/mdm/devices/{uuid}/installs?installId=nothing");
    assert_eq!(version(uem, Method::GET, &path, 2).await.error(), (404, 7000));
}

async fn updates_are_offered(uem: &Caller) {
    let devices = uem.get("/api/mdm/devices/search?platform=Apple&pagesize=500").await.json();
    let mut offered = 0;
    for device in list(&devices, "Devices").iter().filter(|device| device["EnrollmentStatus"] == "Enrolled") {
        let path = format!("/api/mdm/devices/{}/osupdate", text(device, "Uuid"));
        let updates = version(uem, Method::GET, &path, 2).await.json();
        offered += list(&updates, "OSUpdateList").len();
    }
    assert!(offered > 10, "{offered}");
    let windows = some(uem, "&platform=WinRT", |_| true).await;
    let path = format!("/api/mdm/devices/{}/osupdate", text(&windows, "Uuid"));
    assert!(list(&version(uem, Method::GET, &path, 2).await.json(), "OSUpdateList").is_empty());
    let path = format!("/api/mdm/devices/{}/osupdate", uuid::Uuid::nil());
    assert_eq!(version(uem, Method::GET, &path, 2).await.error(), (404, 5061));
}

/// What lies outside of somebody's part of the tree does not exist for them, whatever they call.
async fn nobody_sees_devices_of_other_groups(uem: &Caller) {
    let foreign = some(uem, "&lgid=577", |_| true).await;
    let (number, uuid, serial) = (id(&foreign), text(&foreign, "Uuid"), text(&foreign, "SerialNumber"));
    let manager = login(uem, "manager", "Device Manager", 571).await;
    let mine = manager.get(uem, "/api/mdm/devices/search?pagesize=500").await.json();
    let groups = [571, 574, 575];
    let inside = |row: &Value| groups.contains(&row["LocationGroupId"]["Id"]["Value"].as_i64().unwrap_or_default());
    assert!(list(&mine, "Devices").iter().all(inside) && mine["Total"].as_u64() < Some(200));
    let counts = manager.get(uem, "/api/mdm/devices/devicecountinfo").await.json();
    assert_eq!(counts["TotalDevices"], mine["Total"]);
    for resource in
        ["", "/network", "/security", "/apps", "/user", "/certificates", "/eventlog", "/smartgroups", "/profiles"]
    {
        let path = format!("/api/mdm/devices/{number}{resource}");
        assert_eq!(manager.get(uem, &path).await.error(), (404, 5002), "{path}");
    }
    for path in [format!("/api/mdm/devices/{number}/notes"), format!("/api/mdm/devices/{number}/gps")] {
        assert_eq!(manager.get(uem, &path).await.error(), (400, 6), "{path}");
    }
    for path in
        [format!("/api/mdm/devices/{uuid}/apps/search"), format!("/api/mdm/devices/{uuid}/security/encryption-status")]
    {
        assert_eq!(manager.get(uem, &path).await.error(), (404, 5061), "{path}");
    }
    let by_serial = format!("/api/mdm/devices?searchby=Serialnumber&id={serial}");
    assert_eq!(manager.get(uem, &by_serial).await.error(), (404, 5002));
    assert_eq!(manager.get(uem, "/api/mdm/devices/search?lgid=577").await.error(), (400, 6));
    let sends = [
        (Method::PUT, format!("/api/mdm/devices/{number}"), json!({"AssetNumber": "X"})),
        (Method::PUT, format!("/api/mdm/devices/{number}/commands/changeorganizationgroup/571"), json!({})),
        (Method::DELETE, format!("/api/mdm/devices/{number}"), json!({})),
        (Method::DELETE, by_serial, json!({})),
        (Method::POST, "/api/mdm/devices/bulk".to_owned(), json!({"BulkValues": {"Value": [number]}})),
        (Method::POST, "/api/mdm/devices/id".to_owned(), json!({"BulkValues": {"Value": [number]}})),
    ];
    for (method, path, body) in sends {
        assert_eq!(manager.send(uem, method, &path, body).await.error(), (404, 5002), "{path}");
    }
    let own = id(&list(&mine, "Devices")[0]);
    let away = format!("/api/mdm/devices/{own}/commands/changeorganizationgroup/577");
    assert_eq!(manager.send(uem, Method::PUT, &away, json!({})).await.error(), (400, 6), "nor is it sent there");
    assert_eq!(uem.get(&format!("/api/mdm/devices/{number}")).await.json()["AssetNumber"], foreign["AssetNumber"]);
}
