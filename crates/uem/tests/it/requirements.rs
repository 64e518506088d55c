//! What clients that others wrote take for granted, and no other story tells. The numbers are those of the list of
//! requirements that the UEM was built by.

use reqwest::Method;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::caller::{Caller, id, list, read};

/// S1 to S4: addresses and names of parameters in any case, with a version in front or not, with surplus slashes.
#[tokio::test]
async fn spelling_does_not_matter() {
    let uem = Caller::new().await;
    for path in [
        "/API/SYSTEM/Groups/Search?PageSize=1&PAGE=0",
        "/api/v1/system/groups/search/?pagesize=1",
        "//api//system/groups//search?Pagesize=1",
        "/api/v2/system/groups/search?pageSize=1",
    ] {
        let answer = uem.get(path).await.json();
        let key = if answer["LocationGroups"].is_array() { "LocationGroups" } else { "OrganizationGroups" };
        assert_eq!(list(&answer, key).len(), 1, "{path}");
    }
}

/// S6 and S22: the shapes of the two versions differ, counts are texts, dates of groups are American.
#[tokio::test]
async fn groups_have_a_shape_per_version() {
    let uem = Caller::new().await;
    let asked = |version: u8| {
        let request = uem.request(Method::GET, "/api/system/groups/search?name=Meridian");
        read(request.header("Accept", format!("application/json;version={version}")))
    };
    // The header that `request` sets comes first; a second one is what counts for nobody.
    let two = asked(2).await.json();
    let one = uem.get("/api/v1/system/groups/search?name=Meridian").await.json();
    assert!(one["LocationGroups"][0]["Id"]["Value"].is_i64() && one["Total"].is_i64(), "{one}");
    let row =
        if two["OrganizationGroups"].is_array() { &two["OrganizationGroups"][0] } else { &one["LocationGroups"][0] };
    assert!(row["Devices"].is_string() && row["Users"].is_string(), "{row}");
    assert!(row["CreatedOn"].as_str().expect("a date").ends_with('M'), "{row}");
}

/// S17: bodies as they come: JSON under the type of a form, a version in the type, chunked, absent, unneeded, and
/// with DELETE.
#[tokio::test]
async fn bodies_are_read_whatever_they_are_called() {
    let uem = Caller::new().await;
    let sent = |body: &str, kind: &str| {
        let request = uem.request(Method::POST, "/api/mdm/tags/addtag").header("Content-Type", kind);
        read(request.body(body.to_owned()))
    };
    for (number, kind) in
        ["application/x-www-form-urlencoded", "application/json;version=1", "text/plain"].into_iter().enumerate()
    {
        let body = json!({ "TagName": format!("body {number}"), "TagType": 1, "LocationGroupId": 570 });
        assert_eq!(sent(&body.to_string(), kind).await.status, 200, "{kind}");
    }
    // A command needs no body, and an unneeded one does no harm.
    for body in ["", "{}"] {
        let request = uem.request(Method::POST, "/api/mdm/devices/1/commands?command=SyncDevice");
        read(request.body(body)).await.nothing(202);
    }
    let attributes = json!({ "CustomAttributes": [{ "ApplicationGroup": "g", "Name": "Rack", "Value": "7" }] });
    assert_eq!(uem.put("/api/mdm/devices/1/customattributes", attributes).await.status, 200);
    let gone = json!({ "CustomAttributes": [{ "ApplicationGroup": "g", "Name": "Rack" }] }).to_string();
    let request = uem.request(Method::DELETE, "/api/mdm/devices/1/customattributes");
    assert_eq!(read(request.body(gone)).await.status, 200);
}

/// S17: a chunked body, and a client that waits for leave to send one.
#[tokio::test]
async fn bodies_may_be_chunked_or_wait_for_leave() {
    let uem = Caller::new().await;
    let body = json!({ "TagName": "in chunks", "TagType": 1, "LocationGroupId": 570 }).to_string();
    let (first, second) = body.split_at(20);
    let chunks = format!("{:x}\r\n{first}\r\n{:x}\r\n{second}\r\n0\r\n\r\n", first.len(), second.len());
    let answer = exchange(&uem, "Transfer-Encoding: chunked", &chunks).await;
    assert!(answer.contains("HTTP/1.1 200 OK"), "{answer}");

    let body = body.replace("in chunks", "with leave");
    let head = format!("Expect: 100-continue\r\nContent-Length: {}", body.len());
    let answer = exchange(&uem, &head, &body).await;
    assert!(answer.starts_with("HTTP/1.1 100") && answer.contains("HTTP/1.1 200 OK"), "{answer}");
}

async fn exchange(uem: &Caller, headers: &str, body: &str) -> String {
    let request = uem.request(Method::POST, "/api/mdm/tags/addtag").build().expect("a request");
    let value = |name: &str| request.headers()[name].to_str().expect("text").to_owned();
    let mut socket =
        TcpStream::connect(uem.tenant.url.socket_addrs(|| None).expect("an address")[0]).await.expect("open");
    let head = format!(
        "POST /api/mdm/tags/addtag HTTP/1.1\r\nHost: uem\r\nConnection: close\r\nAuthorization: {}\r\n\
         aw-tenant-code: {}\r\n{headers}\r\n\r\n",
        value("authorization"),
        value("aw-tenant-code")
    );
    socket.write_all(head.as_bytes()).await.expect("sent");
    socket.write_all(body.as_bytes()).await.expect("sent");
    let mut answer = String::new();
    socket.read_to_string(&mut answer).await.expect("answered");
    answer
}

/// S18 and S19: values of bulk calls may be numbers or texts; a tag that is there already is a fault of its item.
#[tokio::test]
async fn bulk_values_are_numbers_or_texts() {
    let uem = Caller::new().await;
    let tag = json!({ "TagName": "bulk", "TagType": 1, "LocationGroupId": 570 });
    let tag = uem.post("/api/mdm/tags/addtag", tag).await.json()["Value"].as_i64().expect("an id");
    let path = format!("/api/mdm/tags/{tag}/adddevices");
    let answer = uem.post(&path, json!({ "BulkValues": { "Value": [1, "2", "no such"] } })).await.json();
    assert_eq!((&answer["TotalItems"], &answer["AcceptedItems"]), (&json!(3), &json!(2)));
    assert_eq!(list(&answer["Faults"], "Fault").len(), 1);
}

/// S20: pages that are far too large are cut, and the answer says to what.
#[tokio::test]
async fn a_page_says_how_large_it_is() {
    let uem = Caller::new().await;
    let page = uem.get("/api/mdm/devices/search?pagesize=999999").await.json();
    assert_eq!(page["PageSize"], 10_000);
    assert_eq!(list(&page, "Devices").len(), 200);
}

/// S21 and S22: dates of devices name no zone, and ids are wrapped.
#[tokio::test]
async fn dates_have_no_zone_and_ids_are_wrapped() {
    let uem = Caller::new().await;
    let page = uem.get("/api/mdm/devices/search?pagesize=1").await.json();
    let device = &list(&page, "Devices")[0];
    assert!(id(device) > 0);
    let seen = device["LastSeen"].as_str().expect("a date");
    assert!(seen.len() == 23 && !seen.contains(['Z', '+']), "{seen}");
    assert!(device.as_object().expect("a row").values().all(|value| *value != Value::Null), "no nulls");
}
