//! What searches find is what the database has, page by page, whatever has changed before.

use std::time::Duration;

use muster_store::args;
use muster_uem::Settings;
use serde_json::{Value, json};

use super::caller::Caller;

/// A search as callers ask for it, and as the database answers it.
const SEARCHES: &[(&str, &str, &str)] = &[
    ("", "1 = 1", "d.id"),
    ("platform=Apple", "d.platform = 'Apple'", "d.id"),
    (
        "platform=WinRT&ownership=C&compliantstatus=true",
        "d.platform = 'WinRT' and d.ownership = 'C' and d.compliance_status = 'Compliant'",
        "d.id",
    ),
    ("compliantstatus=false", "d.compliance_status = 'NonCompliant'", "d.id"),
    ("model=IPHONE", "lower(d.model) like '%iphone%'", "d.id"),
    ("model=o&platform=Android", "lower(d.model) like '%o%' and d.platform = 'Android'", "d.id"),
    ("user=an", "lower(u.username) like '%an%'", "d.id"),
    ("user=renamed.person", "lower(u.username) like '%renamed.person%'", "d.id"),
    ("user=nobody.at.all", "1 = 0", "d.id"),
    ("lgid=571", "d.organization_group_id in (571, 574, 575)", "d.id"),
    ("lgid=574&platform=Apple", "d.organization_group_id = 574 and d.platform = 'Apple'", "d.id"),
    ("seensince=2026-01-05T07:30:00", "d.last_seen_at >= 1767598200000000", "d.id"),
    ("orderby=lastseen", "1 = 1", "d.last_seen_at, d.id"),
    ("orderby=lastseen&sortorder=DESC", "1 = 1", "d.last_seen_at desc, d.id desc"),
    ("orderby=lastseen&platform=Apple", "d.platform = 'Apple'", "d.last_seen_at, d.id"),
    (
        "orderby=lastseen&sortorder=DESC&compliantstatus=true",
        "d.compliance_status = 'Compliant'",
        "d.last_seen_at desc, d.id desc",
    ),
    ("orderby=platform", "1 = 1", "d.platform, d.id"),
    ("orderby=ownership&sortorder=DESC&platform=WinRT", "d.platform = 'WinRT'", "d.ownership desc, d.id desc"),
];

async fn ids(caller: &Caller, condition: &str, order: &str) -> Vec<i64> {
    let sql =
        format!("select d.id from devices d left join users u on u.id = d.user_id where {condition} order by {order}");
    let rows = caller.tenant.database().fetch(sql, args![]).await.expect("reads");
    rows.iter().map(|row| row.get("id").expect("an id")).collect()
}

async fn agree(caller: &Caller) {
    for (query, condition, order) in SEARCHES {
        let (expected, mut found) = (ids(caller, condition, order).await, Vec::new());
        for page in 0.. {
            let path = format!("/API/v1/devices/search?pagesize=37&page={page}&{query}");
            let answer = caller.get(&path).await.json();
            assert_eq!(answer["Total"], expected.len(), "{query}");
            let rows = answer["Devices"].as_array().expect("rows");
            found.extend(rows.iter().map(|row| row["Id"]["Value"].as_i64().expect("an id")));
            if rows.len() < 37 {
                break;
            }
        }
        assert_eq!(found, expected, "{query}");
    }
}

#[tokio::test]
async fn searches_agree_with_the_database_whatever_has_changed() {
    let caller = Caller::of(Settings { devices: 300, ..Settings::in_memory() }).await;
    agree(&caller).await;
    // Names, owners, groups, users, devices that go, and time that passes.
    let name = |answer: Value| answer["device_friendly_name"].as_str().expect("a name").to_owned();
    let named = async |part: &str| {
        let found = caller.get(&format!("/api/v3/mdm/devices/search?friendly_name={part}")).await;
        let rows =
            if found.status == 204 { Vec::new() } else { found.json()["devices"].as_array().expect("rows").clone() };
        rows.into_iter().map(name).collect::<Vec<_>>()
    };
    assert!(named("lobby").await.is_empty());
    let edited = caller
        .put("/api/mdm/devices/5", json!({"DeviceFriendlyName": "A screen in the LOBBY", "Ownership": "S"}))
        .await;
    assert!(edited.status < 300, "{edited:?}");
    assert_eq!(named("the%20lobby").await, ["A screen in the LOBBY"]);
    let database = caller.tenant.database();
    for sql in [
        "update devices set organization_group_id = 574 where id in (7, 8, 9)",
        "update users set username = 'renamed.person', username_folded = 'renamed.person' where id = 1003",
        "update devices set user_id = 1003 where id in (11, 12)",
        "delete from devices where id in (1, 40, 41)",
        "update devices set platform = 'AppleTv', model = 'A new model' where id = 14",
    ] {
        database.execute(sql, args![]).await.expect("changes");
    }
    agree(&caller).await;
    caller.tenant.step(Duration::from_secs(7_200)).await.expect("steps");
    agree(&caller).await;
}
