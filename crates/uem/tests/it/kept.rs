//! A page that was kept is never an old one: a device is changed by every road there is, and the next read shows it.

use std::time::Duration;

use futures_util::future::join_all;
use muster_store::args;
use muster_uem::{Data, Settings};
use serde_json::{Value, json};

use crate::areas::access::login;
use crate::caller::{Caller, id, list};

const HOUR: Duration = Duration::from_secs(3_600);
const PAGES: [&str; 4] = [
    "/API/v1/devices/search?pagesize=50",
    "/API/v1/devices/search?pagesize=50&orderby=lastseen&sortorder=DESC",
    "/api/mdm/devices/search?lgid=574",
    "/api/mdm/devices/search?platform=Apple&pagesize=20",
];

/// What callers who ask again and again get, which is what somebody gets who asks for the first time.
async fn seen(uem: &Caller, first: &mut u32) -> Vec<Value> {
    let mut all = Vec::new();
    for path in PAGES {
        // Nobody has ever asked in these words, so nothing can have been kept.
        *first += 1;
        let fresh = uem.get(&format!("{path}&unheard={first}")).await;
        let (one, two) = (uem.get(path).await, uem.get(path).await);
        assert_eq!((&one.text, &two.text), (&fresh.text, &fresh.text), "{path}");
        assert_eq!((one.status, one.headers.get("content-type")), (fresh.status, fresh.headers.get("content-type")));
        all.push(fresh.json());
    }
    all
}

async fn every_road_is_noticed(settings: Settings) {
    let uem = Caller::of(Settings { devices: 300, ..settings }).await;
    let mut asked = 0;
    let mut last = seen(&uem, &mut asked).await;
    assert_eq!(seen(&uem, &mut asked).await, last, "nothing has happened");
    let page = last[0].clone();
    let enrolled: Vec<&Value> =
        list(&page, "Devices").iter().filter(|row| row["EnrollmentStatus"] == "Enrolled").collect();
    let (device, wiped, deleted) = (id(enrolled[0]), id(enrolled[1]), id(enrolled[2]));
    let user = enrolled[0]["UserId"]["Id"]["Value"].as_i64().expect("a user");
    let username = enrolled[0]["UserName"].as_str().expect("a name").to_owned();
    let group = enrolled[0]["LocationGroupId"]["Id"]["Value"].as_i64().expect("a group");
    let elsewhere = if group == 577 { 578 } else { 577 };

    for road in 0..9 {
        match road {
            0 => {
                let name = json!({"DeviceFriendlyName": "Front desk", "AssetNumber": "A-1"});
                uem.put(&format!("/API/v1/devices/{device}"), name).await.nothing(200);
            }
            1 => {
                let path = format!("/api/mdm/devices/{device}/commands/changeorganizationgroup/{elsewhere}");
                uem.put(&path, json!({})).await.nothing(202);
            }
            2 => {
                let new = json!({"UserName": username, "FirstName": "Ann", "LastName": "Other", "Email": "a.other@example.com"});
                uem.post(&format!("/api/system/users/{user}/update"), new).await.nothing(200);
            }
            3 => uem.put(&format!("/api/system/groups/{elsewhere}"), json!({"Name": "Overseas"})).await.nothing(204),
            4 => {
                let path = format!("/api/mdm/devices/{wiped}/commands?command=EnterpriseWipe");
                assert_eq!(uem.post_nothing(&path).await.status, 202);
            }
            5 => uem.wait(5 * HOUR).await,
            6 => assert_eq!(uem.delete(&format!("/api/mdm/devices/{deleted}")).await.status, 200),
            7 => {
                let sql = "update devices set model = 'Prototype' where id = $1";
                uem.tenant.database().execute(sql, args![device]).await.expect("writes");
            }
            _ => {
                let sql = "update users set first_name = 'Zoe' where id = $1";
                let mut tx = uem.tenant.database().begin().await.expect("begins");
                tx.execute(sql, args![user]).await.expect("writes");
                tx.commit().await.expect("commits");
            }
        }
        let now = seen(&uem, &mut asked).await;
        assert_ne!(now, last, "road {road} changed what is seen");
        last = now;
    }

    // What changed nothing shows nothing.
    uem.tenant.faults().change_nothing(1);
    uem.put(&format!("/API/v1/devices/{device}"), json!({"DeviceFriendlyName": "Never"})).await.nothing(200);
    let mut tx = uem.tenant.database().begin().await.expect("begins");
    tx.execute("update devices set model = 'Undone'", args![]).await.expect("writes");
    tx.rollback().await.expect("rolls back");
    assert_eq!(seen(&uem, &mut asked).await, last);
    uem.tenant.stop().await;
}

#[tokio::test]
async fn a_page_shows_what_was_changed_by_any_road_in_memory() {
    every_road_is_noticed(Settings::in_memory()).await;
}

#[tokio::test]
async fn a_page_shows_what_was_changed_by_any_road_in_a_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = Data::Folder(folder.path().join("uem"));
    every_road_is_noticed(Settings { data, ..Settings::in_memory() }).await;
}

/// Whoever was told that a device has a new name sees it, however many others read meanwhile.
#[tokio::test]
async fn nobody_reads_what_was_there_before_a_change_that_was_acknowledged() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = Data::Folder(folder.path().join("uem"));
    let uem = Caller::of(Settings { devices: 120, data, ..Settings::in_memory() }).await;
    let page = uem.get(PAGES[0]).await.json();
    let devices: Vec<i64> = list(&page, "Devices").iter().take(4).map(id).collect();
    let writers = devices.iter().map(async |device| {
        for round in 0..25 {
            let name = format!("Device {device} of round {round}");
            uem.put(&format!("/API/v1/devices/{device}"), json!({"DeviceFriendlyName": name})).await.nothing(200);
            let page = uem.get(PAGES[0]).await.json();
            let row = list(&page, "Devices").iter().find(|row| id(row) == *device).expect("is there").clone();
            assert_eq!(row["DeviceFriendlyName"], name);
        }
    });
    join_all(writers).await;
    uem.tenant.stop().await;
}

/// Two callers with different parts of the tree never get each other's page.
#[tokio::test]
async fn a_kept_page_is_its_callers_own() {
    let uem = Caller::new().await;
    let reader = login(&uem, "ruth", "Read Only", 574).await;
    let mine = uem.get(PAGES[0]).await.json();
    let theirs = reader.get(&uem, PAGES[0]).await.json();
    assert!(theirs["Total"].as_u64() < mine["Total"].as_u64(), "{theirs}");
    assert_eq!(uem.get(PAGES[0]).await.json(), mine);
}
