//! Reports: asked for, waited for, fetched; and the monitor of deployments.

use std::time::Duration;

use serde_json::{Value, json};

use crate::caller::{Caller, list};

const NOBODY: &str = "00000000-0000-4000-8000-000000000000";

fn path<'a>(uem: &Caller, address: &'a str) -> &'a str {
    address.strip_prefix(uem.tenant.ready.url.as_str()).expect("an address of the tenant")
}

#[tokio::test]
async fn reports_hold_what_the_tenant_was_when_they_were_asked_for() {
    let uem = Caller::new().await;
    let root = uem.tenant.ready.organization_group.uuid.to_string();
    let base = format!("/api/system/groups/{root}/exported-reports");
    let answer = uem.post(&base, json!({"export_type": "LIST_VIEW", "format": "CSV"})).await;
    answer.nothing(201);
    let at = path(&uem, answer.header("location")).to_owned();
    let status = uem.get(&at).await.json();
    assert_eq!((&status["status"], status.get("href")), (&json!("PROCESSING"), None));
    let file = format!("/API/v1/reports/{}/file", status["report_uuid"].as_str().expect("a uuid"));
    assert_eq!(uem.get(&file).await.status, 404, "not yet");
    let devices = uem.get("/api/mdm/devices/search?pagesize=500").await.json();
    let first = &list(&devices, "Devices")[0];
    let number = first["Id"]["Value"].as_i64().expect("an id");
    let renamed = uem.put(&format!("/api/mdm/devices/{number}"), json!({"DeviceFriendlyName": "Later"})).await;
    assert!(renamed.status < 300, "{renamed:?}");
    uem.wait(Duration::from_secs(6)).await;
    let status = uem.get(&at).await.json();
    assert_eq!(status["status"], "COMPLETE");
    let fetched = uem.get(path(&uem, status["href"].as_str().expect("an address"))).await;
    assert_eq!((fetched.status, fetched.header("content-type")), (200, "text/csv; charset=utf-8"));
    assert_eq!(fetched.text.lines().count(), list(&devices, "Devices").len() + 1);
    let serial = first["SerialNumber"].as_str().expect("a serial number");
    let line = fetched.text.lines().find(|line| line.contains(serial)).expect("the device is listed");
    assert!(line.starts_with(&format!("{number},")) && !line.contains("Later"), "{line}");

    let mut sizes = Vec::new();
    for kind in ["REPORTS", "NEW_REPORTS", "OTHERS"] {
        let answer = uem.post(&base, json!({"export_type": kind, "sort_direction": "DESC"})).await;
        answer.nothing(201);
        uem.wait(Duration::from_secs(6)).await;
        let status = uem.get(path(&uem, answer.header("location"))).await.json();
        let file = uem.get(path(&uem, status["href"].as_str().expect("an address"))).await.text;
        sizes.push((kind, file.lines().count()));
    }
    assert!(sizes.iter().all(|(_, lines)| *lines > 100), "{sizes:?}");
    assert_eq!(uem.post(&base, json!({"export_type": "ALL"})).await.status, 422);
    assert_eq!(uem.post(&base, json!({"export_type": "REPORTS", "format": "XLSX"})).await.status, 422);
    assert_eq!(
        uem.post(&format!("/api/system/groups/{NOBODY}/exported-reports"), json!({"export_type": "REPORTS"}))
            .await
            .status,
        404
    );
    assert_eq!(uem.get(&format!("{base}/{NOBODY}")).await.status, 404);

    let listed = uem.get(&format!("{base}?export_type=ALL&page_size=3")).await.json();
    let page: &Value = &listed[0];
    assert_eq!((&page["total"], list(page, "results").len()), (&json!(4), 3));
    assert_eq!(page["results"][0]["export_source"], "Enrollment users", "the newest first");
    assert_eq!(page["results"][0]["report_status"]["status"], "COMPLETE");
    let some = uem.get(&format!("{base}?export_type=LIST_VIEW")).await.json();
    assert_eq!(some[0]["total"], 1);
    assert_eq!(uem.get(&base).await.status, 400, "export_type is required");
    uem.wait(Duration::from_secs(31 * 24 * 3_600)).await;
    assert_eq!(uem.get(&at).await.status, 404, "a month later it is gone");
    uem.covers(&["systemv1/ExportedReportsV1", "guide/reports"]);
}

#[tokio::test]
async fn the_monitor_counts_devices() {
    let uem = Caller::new().await;
    let base = "/api/system/productmonitor";
    let apps = uem.get(&format!("{base}/apps/search?pagesize=5")).await.json();
    assert_eq!(apps.as_array().map(Vec::len), Some(5));
    uem.get(&format!("{base}/apps/search?searchtext=nothing-of-this-name")).await.nothing(204);
    let chrome = uem.get(&format!("{base}/apps/search?searchtext=Microsoft")).await.json();
    let status = |row: Value| {
        let uem = &uem;
        async move {
            let (uuid, kind) = (row["uuid"].as_str().expect("a uuid"), row["productType"].as_str().expect("a word"));
            uem.get(&format!("{base}/products/{uuid}/deploymentstatus?producttype={kind}")).await.json()
        }
    };
    let counted = |status: &Value, part: &str| -> i64 {
        let rows = list(&status["productStatusDetail"], part).iter();
        rows.map(|row| row["devicesCount"].as_i64().expect("a number")).sum()
    };
    let mut most = 0;
    for row in chrome.as_array().expect("apps") {
        let status = status(row.clone()).await;
        let complete = counted(&status, "complete");
        let last =
            status["historicalData"].as_array().and_then(|days| days.last()).map(|day| day["progressCount"].clone());
        assert_eq!(last.and_then(|count| count.as_i64()).unwrap_or_default(), complete, "{status}");
        most = most.max(complete);
    }
    assert!(most > 10, "{most}");
    let profiles = uem.get(&format!("{base}/profiles/search")).await.json();
    let first = profiles[0].clone();
    assert_eq!(first["productType"], "Profile");
    let status = status(first).await;
    assert!(counted(&status, "complete") + counted(&status, "pending") + counted(&status, "incomplete") >= 0);
    let nothing = format!("{base}/products/{NOBODY}/deploymentstatus?producttype=Application");
    assert_eq!(uem.get(&nothing).await.status, 404);
    for list in ["apps", "profiles"] {
        assert_eq!(uem.get(&format!("{base}/{list}/search?pagesize=many")).await.status, 400);
    }
    uem.covers(&["systemv1/ProductMonitorV1"]);
}
