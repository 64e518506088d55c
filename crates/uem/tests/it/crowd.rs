//! Commands of many callers at the same moment: each is answered as if it had come alone, and leaves its own traces.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::future::join_all;
use muster_store::args;
use muster_uem::{Data, Settings};
use serde_json::json;

use crate::areas::access::login;
use crate::caller::{Answer, Caller, list};

/// Rows of a table that were not there before, by a text of each.
async fn texts(uem: &Caller, sql: &'static str) -> Vec<String> {
    let rows = uem.tenant.database().fetch(sql, args![]).await.expect("reads");
    rows.iter().map(|row| row.get("text").expect("a text")).collect()
}

async fn count(uem: &Caller, table: &str) -> i64 {
    let sql = format!("select count(*) as n from {table}");
    uem.tenant.database().fetch_one(sql, args![]).await.and_then(|row| row.get("n")).expect("counts")
}

async fn a_crowd_is_served(settings: Settings) {
    let uem = Caller::of(Settings { devices: 120, ..settings }).await;
    let rows = uem.tenant.database().fetch("select id, enrollment_status, platform from devices order by id", args![]);
    let devices: Vec<(i64, String, String)> = rows
        .await
        .expect("reads")
        .iter()
        .map(|row| {
            let text = |column| row.get::<String>(column).expect("a text");
            (row.get("id").expect("an id"), text("enrollment_status"), text("platform"))
        })
        .collect();
    let limited = login(&uem, "lea", "Helpdesk", 574).await;
    let (commands, effects) = (count(&uem, "commands").await, count(&uem, "effects").await);

    // Every device twice in the guide's dialect and once in the published one, and some that nobody has.
    let ids = devices.iter().map(|(id, ..)| *id).chain(900_000..900_010);
    let calls = ids.clone().flat_map(|id| [(id, 0), (id, 1), (id, 2)]);
    let uem_ref = &uem;
    let calls = calls.map(async |(id, way)| {
        let answer = match way {
            0 => uem_ref.post(&format!("/API/v1/devices/{id}/commands"), json!({"Command": "SyncDevice"})).await,
            1 => {
                let body = json!({"Command": "Lock", "Note": "a \"quoted\" word\nand \u{0} none", "Pin": 123_456});
                uem_ref.post(&format!("/API/v1/devices/{id}/commands"), body).await
            }
            _ => uem_ref.post_nothing(&format!("/api/mdm/devices/{id}/commands?command=RotateFileVaultKey")).await,
        };
        (id, way, answer)
    });
    let answers: Vec<(i64, i32, Answer)> = join_all(calls).await;

    let known: BTreeMap<i64, (&str, &str)> =
        devices.iter().map(|(id, status, platform)| (*id, (status.as_str(), platform.as_str()))).collect();
    let mut requests = BTreeSet::new();
    for (id, way, answer) in &answers {
        match known.get(id) {
            None => assert_eq!(answer.error(), (404, 5002), "{id} {way}"),
            Some(("Enrolled", platform)) if *way < 2 || *platform == "AppleOsX" => {
                assert!([200, 202].contains(&answer.status), "{id} {way}: {answer:?}");
                requests.insert(answer.header("x-correlation-id").to_owned());
            }
            Some(("Enrolled", _)) => assert_eq!(answer.error(), (400, 5102), "{id} {way}"),
            Some(_) => assert_eq!(answer.error(), (400, 6213), "{id} {way}: {answer:?}"),
        }
    }
    let accepted = i64::try_from(requests.len()).expect("few");
    assert!(accepted > 150, "{accepted}");
    assert_eq!(count(&uem, "commands").await - commands, accepted);
    assert_eq!(count(&uem, "effects").await - effects, accepted);
    let told = texts(&uem, "select request_id as text from effects where command is not null").await;
    assert!(requests.iter().all(|request| told.iter().filter(|one| *one == request).count() == 1));
    let uuids = texts(&uem, "select uuid as text from commands").await;
    let (mut told, mut numbers) = (BTreeSet::new(), BTreeSet::new());
    for (id, ..) in &devices {
        let log = uem.get(&format!("/api/mdm/devices/{id}/eventlog")).await.json();
        for entry in list(&log, "DeviceEventLogEntries") {
            assert!(numbers.insert(entry["Id"]["Value"].as_i64().expect("a number")), "twice: {entry}");
            if entry["Event"].as_str().is_some_and(|event| event.ends_with(" Requested")) {
                let data = list(entry, "EventDataList");
                told.extend(data.iter().filter_map(|data| data["NewValue"].as_str()).map(str::to_owned));
            }
        }
    }
    assert_eq!(told, uuids.into_iter().collect(), "each is in the log of its device");
    let kept = texts(&uem, "select parameters as text from commands where command = 'DeviceLock'").await;
    assert!(!kept.is_empty());
    for text in kept {
        let kept: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        assert_eq!(kept, json!({"Note": "a \"quoted\" word\nand \u{0} none", "Pin": "***"}));
    }

    // What somebody may not see is not there for them, in a crowd as well.
    let calls = devices.iter().filter(|(_, status, _)| status == "Enrolled").map(async |(id, ..)| {
        let path = format!("/API/v1/devices/{id}/commands");
        limited.send(uem_ref, reqwest::Method::POST, &path, json!({"Command": "SyncDevice"})).await
    });
    let statuses: BTreeSet<u16> = join_all(calls).await.iter().map(|answer| answer.status).collect();
    assert_eq!(statuses, [200, 404].into());
    uem.tenant.stop().await;
}

#[tokio::test]
async fn a_crowd_is_served_in_memory_or_on_postgresql() {
    a_crowd_is_served(Settings::in_memory()).await;
}

#[tokio::test]
async fn a_crowd_is_served_from_a_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = Data::Folder(folder.path().join("uem"));
    a_crowd_is_served(Settings { data, ..Settings::in_memory() }).await;
}
