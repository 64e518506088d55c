//! Wipe protection: how many wipes go through, what happens to the rest, and who may let it go.

use std::time::Duration;

use muster_uem::Settings;
use serde_json::{Value, json};

use super::commands::{Known, devices, history, second};
use crate::caller::{Caller, list};

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3_600);

async fn tenant() -> Caller {
    Caller::of(Settings { devices: 400, ..Settings::in_memory() }).await
}

async fn wipe(uem: &Caller, device: &Known, command: &str) {
    uem.post_nothing(&format!("/api/mdm/devices/{}/commands?command={command}", device.id)).await.nothing(202);
}

fn log(uem: &Caller, query: &str) -> String {
    format!("/api/system/groups/{}/device-wipes{query}", uem.tenant.ready.organization_group.uuid)
}

async fn held(uem: &Caller) -> Vec<Value> {
    list(&uem.get(&log(uem, "?wipe_status=HELD")).await.json(), "device_wipes").clone()
}

/// How many wipes have ever been queued for devices.
async fn reached(uem: &Caller) -> u64 {
    let effects = uem.tenant.effects().await.expect("reads");
    effects.iter().filter(|effect| effect.command.ends_with("Wipe")).map(|effect| effect.count).sum()
}

async fn enrollment(uem: &Caller, device: &Known) -> String {
    let seen = uem.get(&format!("/API/v1/devices/{}", device.id)).await.json();
    seen["EnrollmentStatus"].as_str().expect("a status").to_owned()
}

#[tokio::test]
async fn the_eleventh_wipe_is_held_whichever_way_it_comes() {
    let uem = tenant().await;
    let phones = devices(&uem, "platform = 'Apple'").await;
    for (device, command) in phones.iter().take(4).zip(["EnterpriseWipe", "DeviceWipe", "enterprisewipe", "devicewipe"])
    {
        wipe(&uem, device, command).await;
    }
    let values: Vec<i64> = phones[4..10].iter().map(|device| device.id).collect();
    let bulk = "/api/mdm/devices/commands/bulk?command=EnterpriseWipe&searchby=deviceid";
    let said = uem.post(bulk, json!({"BulkValues": {"Value": values}})).await.json();
    assert_eq!(said["AcceptedItems"], 6);
    assert_eq!((reached(&uem).await, held(&uem).await.len()), (10, 0));

    // Ten are through. From here on none is, by no road.
    wipe(&uem, &phones[10], "EnterpriseWipe").await;
    wipe(&uem, &phones[10], "EnterpriseWipe").await;
    let said = uem.post(bulk, json!({"BulkValues": {"Value": [phones[11].id]}})).await.json();
    assert_eq!(said["AcceptedItems"], 1, "accepted, and on hold");
    let path = format!("/api/mdm/devices/{}/commands/DeviceWipe", phones[12].uuid);
    second(&uem, &path, json!({"unlock_pin": 123_456})).await.nothing(202);
    let path = "/api/mdm/devices/commands/DeviceWipe";
    second(&uem, path, json!({"device_uuids": [phones[13].uuid]})).await.nothing(202);
    let listed = json!({"assigned_devices": [{"device_uuid": phones[14].uuid}]});
    uem.post("/api/mdm/devices/admin-actions/DEVICE_WIPE", listed).await.nothing(204);
    let path = format!("/API/v1/devices/{}/commands", phones[15].id);
    assert!(uem.post(&path, json!({"Command": "DeviceWipe"})).await.json()["CommandUuid"].is_string());
    assert_eq!((reached(&uem).await, held(&uem).await.len()), (10, 6));
    assert_eq!(uem.delete(&format!("/api/mdm/devices/{}", phones[17].id)).await.error(), (403, 403));
    let two = json!({"BulkValues": {"Value": [phones[18].id, 999_999]}});
    let said = uem.post("/api/mdm/devices/bulk?searchby=deviceid", two).await.json();
    assert_eq!((&said["AcceptedItems"], &said["FailedItems"]), (&json!(0), &json!(2)));
    assert_eq!((reached(&uem).await, held(&uem).await.len()), (10, 8));

    // Not in the next hour, nor in the next days.
    uem.wait(HOUR).await;
    wipe(&uem, &phones[16], "DeviceWipe").await;
    uem.wait(HOUR * 24 * 14).await;
    assert_eq!((reached(&uem).await, held(&uem).await.len()), (10, 9), "the lock stays until somebody opens it");
    for device in &phones[10..19] {
        assert_eq!(enrollment(&uem, device).await, "Enrolled");
    }
    let record = &history(&uem, phones[10].id).await[0];
    assert_eq!((&record["Command"], &record["Status"]), (&json!("EnterpriseWipe"), &json!("Held")));
}

#[tokio::test]
async fn what_is_held_is_approved_or_rejected_and_the_lock_opened() {
    let uem = tenant().await;
    let phones = devices(&uem, "platform = 'Apple'").await;
    let group = uem.tenant.ready.organization_group.id;
    let protection = "/API/v1/policies/wipeprotection";
    assert_eq!(uem.get(protection).await.json()["Wipes"], 10);
    let set = json!({"OrganizationGroupId": group, "Wipes": 2, "Minutes": 20});
    let said = uem.put(protection, set).await.json();
    assert_eq!((&said["Wipes"], &said["Locked"]), (&json!(2), &json!(false)));
    assert_eq!(uem.put(protection, json!({"Wipes": -1, "Minutes": 20})).await.error(), (422, 1012));
    assert_eq!(uem.get(&format!("{protection}?organizationgroupid=9")).await.error(), (400, 6));

    for device in &phones[..5] {
        wipe(&uem, device, "EnterpriseWipe").await;
    }
    let lock = format!("/api/system/groups/{}/device-wipe-lock", uem.tenant.ready.organization_group.uuid);
    assert_eq!(uem.get(&lock).await.json()["state"], "LOCKED");
    let rows = held(&uem).await;
    assert_eq!(rows.len(), 3);
    assert_eq!((&rows[0]["device_uuid"], &rows[0]["source"]), (&json!(phones[2].uuid), &json!("ADMIN_ACTION")));
    let uuid = |place: usize| rows[place]["uuid"].as_str().expect("a UUID").to_owned();

    uem.post(&log(&uem, "?action=APPROVE"), json!([uuid(0)])).await.nothing(202);
    uem.post(&log(&uem, "?action=REJECT"), json!([uuid(1)])).await.nothing(202);
    assert_eq!((reached(&uem).await, enrollment(&uem, &phones[2]).await.as_str()), (3, "EnterpriseWipePending"));
    assert_eq!(history(&uem, phones[2].id).await[0]["CommandUuid"], uuid(0));
    assert_eq!(uem.post(&log(&uem, "?action=APPROVE"), json!([uuid(0)])).await.error(), (404, 5184));
    assert_eq!(uem.post(&log(&uem, "?action=APPROVE"), json!([])).await.error(), (400, 5182));
    assert_eq!(uem.post(&log(&uem, "?action=MAYBE"), json!([uuid(2)])).await.status, 400);

    // Opening the lock lets new ones through and leaves the held one where it is.
    uem.put(&lock, json!({})).await.nothing(204);
    assert_eq!(uem.get(&lock).await.json()["state"], "UNLOCKED");
    wipe(&uem, &phones[5], "DeviceWipe").await;
    assert_eq!((reached(&uem).await, held(&uem).await.len()), (4, 1));
    uem.put(&lock, json!({"state": "LOCKED"})).await.nothing(204);
    wipe(&uem, &phones[6], "DeviceWipe").await;
    assert_eq!((reached(&uem).await, held(&uem).await.len()), (4, 2), "a lock that somebody closed holds as well");

    uem.wait(HOUR * 24 * 3).await;
    assert_eq!(enrollment(&uem, &phones[2]).await, "Unenrolled", "what was approved is done");
    assert_eq!(enrollment(&uem, &phones[3]).await, "Enrolled", "what was rejected is not");
    assert_eq!(enrollment(&uem, &phones[6]).await, "Enrolled");

    let all = uem.get(&log(&uem, "?sort_direction=DESC&page_size=2")).await.json();
    assert_eq!((&all["total_count"], list(&all, "device_wipes").len()), (&json!(7), 2));
    let count = async |query: &str| uem.get(&log(&uem, query)).await.json()["total_count"].as_i64().expect("a number");
    assert_eq!(count("?wipe_status=APPROVED").await, 1);
    assert_eq!(count("?wipe_status=ABORTED").await, 1);
    assert_eq!(count("?wipe_type=DEVICE_WIPE").await, 2);
    assert_eq!(count("?wipe_source=BULK_API_ACTION").await, 0);
    assert_eq!(count("?ownership=CORPORATE_DEDICATED,EMPLOYEE_OWNED,CORPORATE_SHARED").await, 7);
    assert_eq!(count("?start_date=2027-01-01").await, 0);
    assert_eq!(uem.get(&log(&uem, "?start_date=2027-01-01&end_date=2026-01-01")).await.error(), (422, 1012));

    let reports = log(&uem, "/reports");
    uem.post(&reports, json!({"wipe_status": "HELD", "export_format": "CSV"})).await.nothing(202);
    let nowhere = "/api/system/groups/00000000-0000-0000-0000-000000000001/";
    assert_eq!(uem.post(&format!("{nowhere}device-wipes/reports"), json!({})).await.error(), (404, 6008));
    assert_eq!(uem.get(&format!("{nowhere}device-wipe-lock")).await.error(), (404, 5177));
    assert_eq!(uem.put(&format!("{nowhere}device-wipe-lock"), json!({})).await.error(), (404, 5177));
    uem.covers(&["systemv1/DeviceWipes"]);
}

#[tokio::test]
async fn wipes_are_counted_over_a_window_and_for_every_group_above() {
    let uem = tenant().await;
    let german = devices(&uem, "organization_group_id = 574").await;
    let british = devices(&uem, "organization_group_id = 575").await;
    let protection = "/API/v1/policies/wipeprotection";
    uem.put(protection, json!({"OrganizationGroupId": 574, "Wipes": 1, "Minutes": 10})).await.json();
    uem.put(protection, json!({"OrganizationGroupId": 571, "Wipes": 3, "Minutes": 10})).await.json();
    assert_eq!(uem.get(&format!("{protection}?organizationgroupid=575")).await.json()["OrganizationGroupId"], 571);

    let send = async |device: &Known| {
        let path = format!("/API/v1/devices/{}/commands", device.id);
        uem.post(&path, json!({"Command": "EnterpriseWipe"})).await.json();
        reached(&uem).await
    };
    assert_eq!(send(&german[0]).await, 1);
    assert_eq!(send(&german[1]).await, 1, "Germany takes one");
    assert_eq!((send(&british[0]).await, send(&british[1]).await), (2, 3), "Europe takes three");
    assert_eq!(send(&british[2]).await, 3);

    // What was asked for before the window began does not count any more, but a lock is no matter of time.
    let americans = devices(&uem, "organization_group_id = 576").await;
    for device in &americans[..7] {
        send(device).await;
    }
    assert_eq!(reached(&uem).await, 10);
    uem.wait(MINUTE * 21).await;
    assert_eq!(send(&americans[7]).await, 11, "the tenant's window of 20 minutes has passed");
    assert_eq!(send(&british[3]).await, 11, "Europe is locked");
    assert_eq!(held(&uem).await.len(), 3);
}
