//! Commands in every way that they are sent, and what the devices make of them.

use std::time::Duration;

use muster_store::args;
use muster_uem::Settings;
use reqwest::Method;
use reqwest::header::ACCEPT;
use serde_json::{Value, json};

use crate::caller::{Answer, Caller, list, read};

const HOUR: Duration = Duration::from_secs(3_600);

/// A device as the tenant's database knows it.
pub(super) struct Known {
    pub(super) id: i64,
    pub(super) uuid: String,
    pub(super) serial: String,
    pub(super) udid: String,
}

/// Enrolled devices that fulfil a condition, oldest first.
pub(super) async fn devices(uem: &Caller, condition: &str) -> Vec<Known> {
    let sql = format!(
        "select id, uuid, serial_number, udid from devices where enrollment_status = 'Enrolled' and {condition} \
         order by id"
    );
    let rows = uem.tenant.database().fetch(sql, args![]).await.expect("reads");
    let known = |row: &muster_store::Row| Known {
        id: row.get("id").expect("an id"),
        uuid: row.get("uuid").expect("a UUID"),
        serial: row.get("serial_number").expect("a serial number"),
        udid: row.get("udid").expect("a UDID"),
    };
    rows.iter().map(known).collect()
}

/// One device of a platform.
pub(super) async fn one(uem: &Caller, platform: &str) -> Known {
    devices(uem, &format!("platform = '{platform}'")).await.into_iter().next().expect("a device of the platform")
}

/// The commands of a device, newest first.
pub(super) async fn history(uem: &Caller, device: i64) -> Vec<Value> {
    list(&uem.get(&format!("/API/v1/devices/{device}/commands")).await.json(), "Commands").clone()
}

async fn newest(uem: &Caller, device: i64) -> String {
    history(uem, device).await[0]["Command"].as_str().expect("a word").to_owned()
}

/// Waits until nothing is under way to a device any more.
async fn settled(uem: &Caller, device: i64) -> Vec<Value> {
    for _ in 0..200 {
        let all = history(uem, device).await;
        let open = |record: &Value| ["Queued", "Sent", "NotNow"].contains(&record["Status"].as_str().unwrap_or(""));
        if !all.iter().any(open) {
            return all;
        }
        uem.wait(HOUR).await;
    }
    panic!("device {device} never answered");
}

pub(super) async fn send(uem: &Caller, method: Method, version: u8, path: &str, body: Value) -> Answer {
    let accept = format!("application/json;version={version}").parse().expect("a header");
    let headers = [(ACCEPT, accept)].into_iter().collect();
    read(uem.request(method, path).headers(headers).body(body.to_string())).await
}

pub(super) async fn second(uem: &Caller, path: &str, body: Value) -> Answer {
    send(uem, Method::POST, 2, path, body).await
}

async fn third(uem: &Caller, path: &str, body: Value) -> Answer {
    send(uem, Method::POST, 3, path, body).await
}

async fn tenant() -> Caller {
    Caller::of(Settings { devices: 400, ..Settings::in_memory() }).await
}

#[tokio::test]
async fn commands_of_version_1_reach_the_device() {
    let uem = tenant().await;
    let (phone, mac, laptop) = (one(&uem, "Apple").await, one(&uem, "AppleOsX").await, one(&uem, "WinRT").await);
    let by = |command: &str, by: &str, id: &str| {
        format!("/api/mdm/devices/commands?command={command}&searchby={by}&id={id}")
    };
    uem.post_nothing(&by("lock", "SerialNumber", &phone.serial)).await.nothing(202);
    uem.post_nothing(&by("SyncDevice", "Udid", &mac.udid)).await.nothing(202);
    uem.post_nothing(&by("ResetBiosPassword", "DeviceId", &laptop.id.to_string())).await.nothing(202);
    let all = settled(&uem, phone.id).await;
    assert_eq!((&all[0]["Command"], &all[0]["Status"]), (&json!("DeviceLock"), &json!("Acknowledged")), "{all:?}");
    assert_eq!(settled(&uem, laptop.id).await[0]["Command"], "ResetBiosPassword");

    assert_eq!(uem.post_nothing(&by("SelfDestruct", "Udid", &mac.udid)).await.error(), (422, 422));
    assert_eq!(uem.post_nothing(&by("Lock", "None", &mac.udid)).await.error(), (422, 422));
    assert_eq!(uem.post_nothing(&by("Lock", "Udid", "nowhere")).await.error(), (404, 5002));
    assert_eq!(uem.post_nothing(&by("RotateFileVaultKey", "DeviceId", &laptop.id.to_string())).await.error().1, 5102);
    let plain = |device: &Known, command: &str| format!("/api/mdm/devices/{}/commands?command={command}", device.id);
    assert_eq!(uem.post_nothing(&plain(&laptop, "SyncSensors")).await.status, 202);
    assert_eq!(uem.post_nothing(&plain(&laptop, "UserList")).await.error(), (400, 5102));
    assert_eq!(uem.post_nothing(&plain(&mac, "CustomMdmCommand")).await.error(), (400, 400));
    uem.post(&plain(&mac, "CustomMDMCommand"), json!({"CommandXML": "<dict/>"})).await.nothing(202);
    assert_eq!(newest(&uem, mac.id).await, "CustomMdmCommand");

    // A ChromeOS device leaves for a reason.
    let book = one(&uem, "ChromeOS").await;
    assert_eq!(uem.post_nothing(&plain(&book, "EnterpriseWipe")).await.error(), (400, 400));
    assert_eq!(uem.post_nothing(&plain(&book, "EnterpriseWipe&reason=lost")).await.error(), (400, 6));
    uem.post_nothing(&plain(&book, "EnterpriseWipe&reason=retiring_device")).await.nothing(202);
    assert_eq!(uem.post_nothing(&plain(&book, "SyncDevice")).await.error(), (400, 6213));
}

#[tokio::test]
async fn each_route_of_version_1_takes_a_command_and_refuses_one() {
    let uem = tenant().await;
    let (phone, mac, laptop) = (one(&uem, "Apple").await, one(&uem, "AppleOsX").await, one(&uem, "WinRT").await);
    let by = |route: &str, id: &str| format!("commands/{route}?searchby=Serialnumber&id={id}");
    let log = json!({"build_version": uuid(1), "transaction_identifier": uuid(2), "install_context": "Device"});
    let text = json!({"Application": "Hub", "Message": "Here"});
    let some = json!({"BulkValues": {"Value": [phone.id.to_string()]}});
    let none = json!({"BulkValues": {"Value": []}});
    let (update, view) = ("&installaction=InstallASAP", format!("&remoteviewId={}", mac.id));
    // Method, the path that is taken, the one that is refused, and the body.
    let same = [
        ("POST", by("changepasscode", &phone.serial), by("changepasscode", "none"), json!({"Passcode": "493011"})),
        (
            "POST",
            by("containerpasscode", &phone.serial),
            by("containerpasscode", "none"),
            json!({"Passcode": "493011"}),
        ),
        ("POST", by("finddevice", &phone.serial), by("finddevice", "none"), text.clone()),
        ("POST", by("requestdevicelog", &phone.serial), by("requestdevicelog", "none"), json!({})),
        ("POST", by("stopdevicelog", &phone.serial), by("stopdevicelog", "none"), json!({})),
        ("POST", by("scheduleosupdate", &phone.serial) + update, by("scheduleosupdate", "none") + update, json!([])),
        ("POST", by("remoteview", &phone.serial) + &view, by("remoteview", "none") + &view, json!({})),
        (
            "POST",
            by("changeorganizationgroup", &mac.serial) + "&ogid=571",
            by("changeorganizationgroup", "none") + "&ogid=571",
            json!({}),
        ),
        (
            "POST",
            format!("commands?command=Lock&searchby=Udid&id={}", mac.udid),
            "commands?command=Lock&searchby=Udid&id=none".to_owned(),
            json!({}),
        ),
        ("POST", format!("{}/commands?command=Lock", mac.id), "999999/commands?command=Lock".to_owned(), json!({})),
        ("POST", format!("{}/commands/finddevice", phone.id), "999999/commands/finddevice".to_owned(), text),
        (
            "POST",
            format!("{}/commands/changepasscode", laptop.id),
            "999999/commands/changepasscode".to_owned(),
            json!({"Passcode": "493011"}),
        ),
        (
            "POST",
            format!("{}/commands/startairplay", mac.id),
            "999999/commands/startairplay".to_owned(),
            json!({"DestinationName": "Wall"}),
        ),
        (
            "POST",
            format!("{}/commands/appdeploymentlog", laptop.id),
            "999999/commands/appdeploymentlog".to_owned(),
            log,
        ),
        (
            "PUT",
            format!("{}/commands/changeorganizationgroup/571", laptop.id),
            "999999/commands/changeorganizationgroup/571".to_owned(),
            json!({}),
        ),
        (
            "PUT",
            format!("{}/commands/change-organization-group/{}", laptop.uuid, uem.tenant.ready.organization_group.uuid),
            format!("{}/commands/change-organization-group/{}", laptop.uuid, uuid(9)),
            json!({}),
        ),
    ];
    for (method, taken, refused, body) in same {
        let (method, path) = (method.parse().expect("a method"), |rest: &str| format!("/api/mdm/devices/{rest}"));
        send(&uem, Method::clone(&method), 1, &path(&taken), body.clone()).await.nothing(202);
        assert!(send(&uem, method, 1, &path(&refused), body).await.error().0 < 500, "{refused}");
    }
    for path in ["?command=LockDevice&searchby=deviceid", "/scheduleosupdate?searchby=deviceid&installaction=Default"] {
        let path = format!("/api/mdm/devices/commands/bulk{path}");
        assert_eq!(uem.post(&path, some.clone()).await.status, 202, "{path}");
        assert_eq!(uem.post(&path, none.clone()).await.error(), (422, 1012), "{path}");
    }
    uem.covers(&["mdmv1/CommandsV1"]);
}

#[tokio::test]
async fn commands_with_a_route_of_their_own_are_queued_with_what_they_need() {
    let uem = tenant().await;
    let (phone, mac, laptop) = (one(&uem, "Apple").await, one(&uem, "AppleOsX").await, one(&uem, "WinRT").await);
    let by = |route: &str, device: &Known| {
        format!("/api/mdm/devices/commands/{route}?searchby=Serialnumber&id={}", device.serial)
    };
    let nobody = |route: &str| format!("/api/mdm/devices/commands/{route}?searchby=Serialnumber&id=none");

    for (route, body, extra) in [
        ("changepasscode", json!({"Passcode": "493011"}), ""),
        ("containerpasscode", json!({"Passcode": "493011"}), ""),
        ("finddevice", json!({"Application": "Hub", "Message": "Here"}), ""),
        ("scheduleosupdate", json!(["042-1"]), "&installaction=InstallASAP"),
        ("requestdevicelog", json!({"DeviceLogLevel": "DEBUG"}), ""),
        ("stopdevicelog", json!({}), ""),
    ] {
        uem.post(&format!("{}{extra}", by(route, &phone)), body.clone()).await.nothing(202);
        assert_eq!(uem.post(&format!("{}{extra}", nobody(route)), body).await.error(), (404, 5002), "{route}");
    }
    assert_eq!(uem.post(&by("requestdevicelog", &phone), json!({})).await.error(), (412, 412), "one is running");
    assert_eq!(uem.post_nothing(&by("scheduleosupdate", &phone)).await.status, 400, "the action is required");

    let display = format!("{}&remoteviewId={}", by("remoteview", &phone), mac.id);
    uem.post_nothing(&display).await.nothing(202);
    let nowhere = format!("{}&remoteviewId=999999", by("remoteview", &phone));
    assert_eq!(uem.post_nothing(&nowhere).await.error(), (422, 5067));

    let own = |device: &Known, route: &str| format!("/api/mdm/devices/{}/commands/{route}", device.id);
    uem.post(&own(&phone, "finddevice"), json!({"Message": "Here"})).await.nothing(202);
    assert_eq!(uem.post(&own(&mac, "finddevice"), json!({})).await.error(), (400, 5102));
    uem.post(&own(&laptop, "changepasscode"), json!({"Passcode": "493011"})).await.nothing(202);
    assert_eq!(uem.post(&own(&laptop, "changepasscode"), json!({})).await.error(), (422, 1012));
    uem.post(&own(&mac, "startairplay"), json!({"DestinationName": "Wall"})).await.nothing(202);
    assert_eq!(uem.post(&own(&mac, "startairplay"), json!({})).await.error(), (400, 400));
    let log = json!({"build_version": uuid(1), "transaction_identifier": uuid(2), "install_context": "Device"});
    uem.post(&own(&laptop, "appdeploymentlog"), log.clone()).await.nothing(202);
    assert_eq!(uem.post(&own(&phone, "appdeploymentlog"), log).await.error(), (400, 5102));

    let lost = |device: &Known, on: bool| format!("/api/mdm/devices/{}/lostmode/{on}", device.uuid);
    uem.put(&lost(&phone, true), json!({"message": "Please call"})).await.nothing(202);
    uem.put(&lost(&phone, false), json!({})).await.nothing(202);
    assert_eq!(uem.put(&lost(&phone, true), json!({})).await.error(), (422, 1012));
    assert_eq!(uem.put(&lost(&laptop, false), json!({})).await.error(), (400, 5102));

    let kept = uem.tenant.database().fetch("select parameters from commands", args![]).await.expect("reads");
    let kept: Vec<String> = kept.iter().map(|row| row.get("parameters").expect("a text")).collect();
    assert!(kept.iter().all(|parameters| !parameters.contains("493011")), "a passcode is not kept: {kept:?}");
    let words: Vec<Value> = settled(&uem, phone.id).await.into_iter().map(|record| record["Command"].clone()).collect();
    assert_eq!(words.len(), 10, "{words:?}");
    uem.covers(&["mdmv1/LostModeV1"]);
}

fn uuid(number: u128) -> String {
    format!("00000000-0000-0000-0000-{number:012x}")
}

#[tokio::test]
async fn commands_of_versions_2_and_3_bring_what_they_need() {
    let uem = tenant().await;
    let (phone, mac, laptop) = (one(&uem, "Apple").await, one(&uem, "AppleOsX").await, one(&uem, "WinRT").await);
    let path = |device: &Known, command: &str| format!("/api/mdm/devices/{}/commands/{command}", device.uuid);
    let by = |device: &Known, command: &str| {
        format!("/api/mdm/devices/commands/{command}/device/Serialnumber/{}", device.serial)
    };
    second(&uem, &path(&mac, "Lock"), json!({"unlock_pin": 123_456, "message": "Locked"})).await.nothing(202);
    second(&uem, &path(&phone, "logout-user"), json!({})).await.nothing(202);
    second(&uem, &by(&laptop, "suspend-bitlocker"), json!({"reboot_count": 1})).await.nothing(202);
    assert_eq!(settled(&uem, mac.id).await[0]["Command"], "DeviceLock");
    assert_eq!(second(&uem, &path(&mac, "Lock"), json!({"unlock_pin": 12})).await.error(), (400, 6));
    assert_eq!(second(&uem, &path(&mac, "Lock"), json!({"message": "x".repeat(257)})).await.error(), (422, 1012));
    assert_eq!(second(&uem, &path(&mac, "SelfDestruct"), json!({})).await.error(), (400, 5101));
    assert_eq!(second(&uem, &by(&phone, "resume-bitlocker"), json!({})).await.error(), (400, 5102));
    let protected = json!({"deviceWipe": {"wipeType": "WIPE_PROTECTED"}});
    assert_eq!(second(&uem, &path(&phone, "DeviceWipe"), protected.clone()).await.error(), (422, 422));
    second(&uem, &path(&laptop, "DeviceWipe"), protected).await.nothing(202);

    let both = json!({"device_uuids": [phone.uuid, mac.uuid]});
    second(&uem, "/api/mdm/devices/commands/Lock", both.clone()).await.nothing(202);
    assert_eq!((newest(&uem, phone.id).await, newest(&uem, mac.id).await), ("DeviceLock".into(), "DeviceLock".into()));
    let before = history(&uem, phone.id).await.len();
    let one_unknown = json!({"device_uuids": [phone.uuid, uuid(7)]});
    assert_eq!(second(&uem, "/api/mdm/devices/commands/Lock", one_unknown).await.error(), (404, 8));
    assert_eq!(history(&uem, phone.id).await.len(), before, "all of them or none");
    assert_eq!(second(&uem, "/api/mdm/devices/commands/Shutdown", both.clone()).await.error(), (400, 5102));
    assert_eq!(second(&uem, "/api/mdm/devices/commands/SyncSensors", both).await.error(), (400, 150_099));

    let lock = json!({"set_recovery_lock": {"password_policy": {"length": 12}}});
    third(&uem, &path(&mac, "SetRecoveryLock"), lock.clone()).await.nothing(202);
    assert_eq!(third(&uem, &path(&laptop, "SetRecoveryLock"), lock).await.error(), (400, 5102));
    assert_eq!(third(&uem, &path(&mac, "SetRecoveryLock"), json!({})).await.error(), (400, 5287));
    let short = json!({"set_recovery_lock": {"password_policy": {"length": 3}}});
    assert_eq!(third(&uem, &path(&mac, "SetRecoveryLock"), short).await.error(), (422, 1012));
    let custom = json!({"custom_mdm_command": {"CommandXml": "<dict/>"}});
    third(&uem, &by(&mac, "CustomMdmCommand"), custom).await.nothing(202);
    let pin = json!({"device_wipe": {"wipe_pin": 1}});
    assert_eq!(third(&uem, &by(&mac, "DeviceWipe"), pin).await.error(), (400, 5292));
    assert_eq!(third(&uem, &by(&mac, "Lock"), json!({})).await.error(), (400, 5101));

    // What no device has taken yet can be taken back.
    assert_eq!(third(&uem, &path(&phone, "CancelPendingWipe"), json!({})).await.error(), (400, 5100));
    second(&uem, &path(&phone, "DeviceWipe"), json!({})).await.nothing(202);
    third(&uem, &path(&phone, "CancelPendingWipe"), json!({})).await.nothing(202);
    uem.wait(HOUR * 100).await;
    let seen = uem.get(&format!("/API/v1/devices/{}", phone.id)).await.json();
    assert_eq!((&seen["EnrollmentStatus"], newest(&uem, phone.id).await.as_str()), (&json!("Enrolled"), "DeviceWipe"));
    assert_eq!(history(&uem, phone.id).await[0]["Status"], "Cancelled");
    uem.covers(&["mdmv2/CommandsV2", "mdmv3/CommandsV3"]);
}

#[tokio::test]
async fn a_bulk_call_tells_the_faults_of_each_item_and_has_limits() {
    let uem = tenant().await;
    let phones = devices(&uem, "platform = 'Apple'").await;
    let linux = one(&uem, "Linux").await;
    let bulk = |values: Vec<Value>| json!({"BulkValues": {"Value": values}});
    let path = "/api/mdm/devices/commands/bulk?command=LockDevice&searchby=deviceid";
    let values = vec![json!(phones[0].id), json!(phones[1].id.to_string()), json!(linux.id), json!("999999")];
    let said = uem.post(path, bulk(values)).await;
    assert_eq!(said.status, 202);
    let said = said.json();
    assert_eq!((&said["TotalItems"], &said["AcceptedItems"], &said["FailedItems"]), (&json!(4), &json!(2), &json!(2)));
    let faults = said["Faults"]["Fault"].as_array().expect("a list");
    let codes: Vec<&Value> = faults.iter().map(|fault| &fault["ErrorCode"]).collect();
    assert_eq!(codes, [&json!(404), &json!(5102)], "{said}");
    assert_eq!(settled(&uem, phones[1].id).await[0]["Command"], "DeviceLock");

    let wipe = "/api/mdm/devices/commands/bulk?command=EnterpriseWipe&searchby=deviceid";
    let eleven: Vec<Value> = phones.iter().take(11).map(|device| json!(device.id)).collect();
    assert_eq!(uem.post(wipe, bulk(eleven)).await.error(), (403, 403));
    assert_eq!(uem.post(wipe, bulk(Vec::new())).await.error(), (422, 1012));
    let invalid = "/api/mdm/devices/commands/bulk?command=SyncDevice&searchby=deviceid";
    assert_eq!(uem.post(invalid, bulk(vec![json!(1)])).await.error(), (422, 422));

    let update = "/api/mdm/devices/commands/bulk/scheduleosupdate?searchby=Serialnumber&installaction=Default";
    uem.post(update, bulk(vec![json!(phones[2].serial), json!("none")])).await.json();
    assert_eq!(newest(&uem, phones[2].id).await, "InstallOSUpdate");
    assert_eq!(uem.post(update, bulk(vec![json!("none")])).await.error(), (404, 404));

    // The limits are the tenant's, and can be set.
    let limits = uem.put("/API/v1/policies/bulklimits", json!({"LockDevice": 1})).await.json();
    assert_eq!((&limits["LockDevice"], &limits["EnterpriseWipe"]), (&json!(1), &json!(10)));
    assert_eq!(uem.get("/api/mdm/devices/bulksettings").await.json()["LockDevice"], 1);
    assert_eq!(uem.get("/API/v1/policies/bulklimits").await.json()["LockDevice"], 1);
    let two = bulk(vec![json!(phones[0].id), json!(phones[1].id)]);
    assert_eq!(uem.post(path, two).await.error(), (403, 403));
    assert_eq!(uem.put("/API/v1/policies/bulklimits", json!({})).await.error(), (422, 1012));
}

#[tokio::test]
async fn actions_of_administrators_are_accepted_one_by_one() {
    let uem = tenant().await;
    let laptops = devices(&uem, "platform = 'WinRT'").await;
    let listed = |uuids: &[&str]| {
        let devices: Vec<Value> = uuids.iter().map(|uuid| json!({"device_uuid": uuid})).collect();
        json!({"assigned_devices": devices, "metadata": {"reason": "a story"}})
    };
    let path = |action: &str| format!("/api/mdm/devices/admin-actions/{action}");
    uem.post(&path("REBOOT"), listed(&[&laptops[0].uuid, &laptops[1].uuid])).await.nothing(204);
    assert_eq!(settled(&uem, laptops[0].id).await[0]["Command"], "SoftReset");
    let partly = uem.post(&path("SUSPEND"), listed(&[&laptops[0].uuid, &uuid(3)])).await;
    assert_eq!(partly.status, 207);
    let partly = partly.json();
    assert_eq!((&partly["accepted_count"], &partly["failed_count"]), (&json!(1), &json!(1)));
    assert_eq!(partly["faults"][0]["request_item"]["device_uuid"], uuid(3));
    assert_eq!(uem.post(&path("LOCK"), listed(&[&laptops[0].uuid])).await.error(), (400, 5102));
    let many: Vec<&str> = laptops.iter().take(11).map(|device| device.uuid.as_str()).collect();
    assert_eq!(uem.post(&path("DEVICE_WIPE"), listed(&many)).await.error(), (400, 10_036));

    let root = &uem.tenant.ready.organization_group.uuid;
    let action = json!({"action_name": "MIGRATE_TO_MULTIUSER",
        "filter": {"organization_group_uuid": root, "device_uuids": [laptops[2].uuid, uuid(4)]}});
    let said = uem.post("/api/mdm/devices/action", action).await;
    assert_eq!(said.status, 202);
    assert_eq!(said.json()["accepted_count"], 1);
    assert_eq!(newest(&uem, laptops[2].id).await, "MigrateToMultiUser");
    let nowhere = json!({"action_name": "CHANGE_TO_SINGLEUSER", "filter": {"organization_group_uuid": uuid(5)}});
    assert_eq!(uem.post("/api/mdm/devices/action", nowhere).await.error(), (404, 5177));

    let zebra = |group: &str| format!("/api/mdm/android-oem-integration/sync/organization-groups/{group}/zebra");
    uem.post_nothing(&zebra(&root.to_string())).await.nothing(202);
    let rugged = devices(&uem, "model like 'TC%'").await;
    assert_eq!(newest(&uem, rugged[0].id).await, "SyncDevice");
    assert_eq!(uem.post_nothing(&zebra(&uuid(6))).await.error(), (404, 5177));
    uem.covers(&["mdmv1/AdminActionV1", "mdmv3/DeviceActionsV3", "mdmv1/SyncV1"]);
}

#[tokio::test]
async fn messages_leave_their_trace_and_pushes_arrive() {
    let uem = tenant().await;
    let device = one(&uem, "Android").await;
    let own = |way: &str| format!("/api/mdm/devices/{}/messages/{way}", device.id);
    let by = |way: &str, id: &str| format!("/api/mdm/devices/messages/{way}?searchby=Serialnumber&id={id}");
    let message = json!({"MessageBody": "Bring it\nback", "Application": "Hub", "ToAddress": "a@example.com"});
    for way in ["email", "sms", "push"] {
        uem.post(&own(way), message.clone()).await.nothing(202);
        assert_eq!(uem.post(&own(way), json!({})).await.error(), (422, 1012), "{way}");
        uem.post(&by(way, &device.serial), message.clone()).await.nothing(202);
        assert_eq!(uem.post(&by(way, "none"), message.clone()).await.error(), (404, 5002), "{way}");
    }
    uem.post(&by("message", &device.serial), message.clone()).await.nothing(202);
    assert_eq!(uem.post(&by("message", "none"), message.clone()).await.error(), (404, 5002));
    let general = |id: i64| format!("/api/mdm/devices/messages/{id}/message");
    uem.post(&general(device.id), message.clone()).await.nothing(202);
    assert_eq!(uem.post(&general(999_999), message.clone()).await.error(), (404, 5002));
    for way in ["email", "sms"] {
        let path = |uuid: &str| format!("/api/mdm/devices/{uuid}/messages/{way}");
        second(&uem, &path(&device.uuid), json!({"message_body": "Hello"})).await.nothing(202);
        assert_eq!(second(&uem, &path(&uuid(9)), json!({"message_body": "x"})).await.error(), (404, 5061));
    }
    for way in ["bulkemail", "bulksms", "bulkpush"] {
        let path = format!("/api/mdm/devices/messages/{way}?searchby=Serialnumber");
        let body = json!({"MessageBody": "Hello", "BulkValues": {"Value": [device.serial, "none"]}});
        let said = uem.post(&path, body).await.json();
        assert_eq!((&said["AcceptedItems"], &said["FailedItems"]), (&json!(1), &json!(1)), "{way}");
        assert_eq!(uem.post(&path, json!({"MessageBody": "Hello"})).await.error(), (422, 1012));
    }
    let all = settled(&uem, device.id).await;
    assert_eq!(all.len(), 5, "pushes and nothing else: {all:?}");
    let log = uem.get(&format!("/api/mdm/devices/{}/eventlog", device.id)).await.json();
    let sent = |what: &str| list(&log, "DeviceEventLogEntries").iter().filter(|entry| entry["Event"] == what).count();
    assert_eq!((sent("Email Sent"), sent("SMS Sent"), sent("SendMessage Requested")), (4, 4, 5));
    uem.covers(&["mdmv1/MessagesV1", "mdmv2/MessagesV2"]);
}

#[tokio::test]
async fn a_session_needs_a_registration() {
    let uem = tenant().await;
    let device = one(&uem, "WinRT").await;
    let path = |uuid: &str| format!("/api/mdm/remote-management/devices/{uuid}");
    let session = format!("{}/session", path(&device.uuid));
    assert_eq!(uem.get(&path(&device.uuid)).await.json()["registration_status_code"], 0);
    assert_eq!(uem.post_nothing(&session).await.error(), (403, 1011));
    assert_eq!(second(&uem, &session, json!({"remote_management_tool_name": "RemoteShell"})).await.error().0, 403);
    assert_eq!(uem.post_nothing(&path(&device.uuid)).await.status, 202);
    assert_eq!(uem.post_nothing(&path(&device.uuid)).await.status, 200, "it is registered already");
    assert_eq!(uem.get(&path(&device.uuid)).await.json()["registration_status_code"], 1);
    let url = uem.post_nothing(&session).await.json()["session_url"].as_str().expect("a URL").to_owned();
    assert!(url.starts_with(&uem.tenant.ready.url), "{url}");
    let tool = json!({"remote_management_tool_name": "FileManager"});
    assert!(second(&uem, &session, tool).await.json()["session_url"].is_string());
    for nowhere in [uem.get(&path(&uuid(1))).await, uem.post_nothing(&path(&uuid(1))).await] {
        assert_eq!(nowhere.error(), (404, 5061));
    }
    let log = uem.get(&format!("/api/mdm/devices/{}/eventlog", device.id)).await.json();
    assert_eq!(list(&log, "DeviceEventLogEntries")[0]["Event"], "Remote Session Requested");
    uem.covers(&["mdmv1/RemoteManagementV1", "mdmv2/RemoteManagementV2"]);
}
