//! Workflows: what they are, who has them, where devices stand, and how they travel.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use crate::caller::{Answer, Caller, list, read};

const HOUR: Duration = Duration::from_secs(3_600);
const NOBODY: &str = "00000000-0000-4000-8000-000000000000";
const SCRIPT: &str = "11111111-2222-4333-8444-555555555555";

fn workflow(name: &str, root: &str) -> Value {
    json!({
        "name": name, "description": "sets a device up", "device_type": "WinRT", "type": "Freestyle",
        "organization_group_uuid": root,
        "payload": {"starts_at": "first", "steps": {
            "first": {"name": "Check disk", "type": "Action", "next": "second", "entity_type": "Script", "entity_uuid": SCRIPT},
            "second": {"name": "Install tools", "type": "Action", "next": "third"},
            "third": {"name": "Report", "type": "Action", "end": true},
        }},
    })
}

fn attributes(pairs: &[(&str, &str)]) -> Value {
    let list: Vec<Value> = pairs.iter().map(|(name, value)| json!({"name": name, "value": value})).collect();
    json!({ "workflow_attributes": list })
}

struct Story {
    uem: Caller,
    root: String,
}

impl Story {
    async fn new() -> Self {
        let uem = Caller::new().await;
        let root = uem.tenant.ready.organization_group.uuid.to_string();
        Self { uem, root }
    }

    async fn v2(&self, method: Method, path: &str, body: Value) -> Answer {
        self.uem.version(2, method, path, body).await
    }

    async fn made(&self, name: &str) -> String {
        let answer = self.v2(Method::POST, "/api/mdm/workflows", workflow(name, &self.root)).await;
        assert_eq!(answer.status, 201, "{answer:?}");
        answer.json().as_str().expect("a uuid").to_owned()
    }

    async fn smart_group(&self, name: &str) -> String {
        let found = self.uem.get(&format!("/api/mdm/smartgroups/search?name={name}")).await.json();
        list(&found, "SmartGroups")[0]["SmartGroupUuid"].as_str().expect("a uuid").to_owned()
    }

    /// Devices by their status.
    async fn counts(&self, workflow: &str) -> std::collections::BTreeMap<String, i64> {
        let at = format!("/api/mdm/workflows/{workflow}/statuses/summary?organization_group_uuid={}", self.root);
        let summary = self.v2(Method::GET, &at, json!({})).await.json();
        let rows = list(&summary, "status_summary").iter();
        let counts = rows
            .map(|row| (row["status"].as_str().expect("a word").to_owned(), row["count"].as_i64().expect("a number")));
        let counts: std::collections::BTreeMap<_, _> = counts.collect();
        assert_eq!(summary["total_devices"], counts.values().sum::<i64>());
        counts
    }

    async fn search(&self, workflow: &str, which: &str, filter: Value) -> Answer {
        let mut filter = filter;
        filter["organization_group_uuid"] = json!(self.root);
        let at = format!("/api/mdm/workflows/{workflow}/{which}/search");
        self.v2(Method::POST, &at, json!({"filter": filter, "page_size": 500, "sort_by": "FRIENDLY_NAME"})).await
    }
}

#[tokio::test]
async fn devices_go_through_a_workflow_step_by_step() {
    let story = Story::new().await;
    let (uem, root) = (&story.uem, story.root.clone());
    let (windows, flow) = (story.smart_group("All Windows Devices").await, story.made("Onboard").await);
    let again = story.v2(Method::POST, "/api/mdm/workflows", workflow("onboard", &root)).await;
    assert_eq!(again.status, 422, "the name is taken");
    for (member, wrong, status) in
        [("device_type", "ZebraPrinter", 422), ("organization_group_uuid", NOBODY, 404), ("name", "", 422)]
    {
        let mut body = workflow("x", &root);
        body[member] = json!(wrong);
        assert_eq!(story.v2(Method::POST, "/api/mdm/workflows", body).await.status, status, "{member}");
    }
    let at = format!("/api/mdm/workflows/{flow}");
    let shown = story.v2(Method::GET, &at, json!({})).await.json();
    assert_eq!(
        (&shown["name"], &shown["version"], &shown["payload"]["steps"]["second"]["name"]),
        (&json!("Onboard"), &json!("1"), &json!("Install tools"))
    );
    assert_eq!(shown["workflow_entities"], json!([{"EntityType": "Script", "EntityUuid": SCRIPT}]));
    let of_script = uem.get(&format!("/api/mdm/workflows/Script/search/{SCRIPT}")).await.json();
    assert_eq!((&of_script[0]["total"], &of_script[0]["results"][0]["workflow_uuid"]), (&json!(1), &json!(flow)));
    assert_eq!(uem.get(&format!("/api/mdm/workflows/Script/search/{NOBODY}")).await.json()[0]["total"], 0);
    assert_eq!(uem.get(&format!("/api/mdm/workflows/Printer/search/{SCRIPT}")).await.status, 404);
    let missing = format!("/api/mdm/workflows/{NOBODY}");
    assert_eq!(story.v2(Method::GET, &missing, json!({})).await.status, 404);
    assert_eq!(story.v2(Method::PUT, &missing, json!({})).await.status, 404);
    assert_eq!(story.v2(Method::POST, &format!("{missing}/clone"), json!({})).await.status, 404);
    let clone = story.v2(Method::POST, &format!("{at}/clone"), json!({})).await.json();
    let clone =
        story.v2(Method::GET, &format!("/api/mdm/workflows/{}", clone.as_str().expect("a uuid")), json!({})).await;
    assert_eq!(clone.json()["name"], "Copy of Onboard");

    // Published.
    assert!(story.counts(&flow).await.is_empty());
    for (name, value) in [("State", "Sleeping"), ("SmartGroupUuids", "x"), ("DeploymentMode", "Now")] {
        assert_eq!(story.v2(Method::PUT, &at, attributes(&[(name, value)])).await.status, 400, "{name}");
    }
    assert_eq!(story.v2(Method::PUT, &at, attributes(&[("SmartGroupUuids", NOBODY)])).await.status, 404);
    let publish = attributes(&[("SmartGroupUuids", &windows), ("State", "Published")]);
    story.v2(Method::PUT, &at, publish).await.nothing(204);
    let all = story.counts(&flow).await["NotEvaluated"];
    assert!(all > 20, "{all}");
    let pending = story.search(&flow, "pending-devices", json!({})).await.json();
    assert_eq!(pending["total"], all);
    assert_eq!(story.search(&flow, "devices", json!({})).await.json()["total"], 0);
    assert_eq!(story.search(NOBODY, "devices", json!({})).await.status, 404);
    assert_eq!(story.search(NOBODY, "pending-devices", json!({})).await.status, 404);
    let listed = format!("/api/mdm/workflows?organization_group_uuid={root}&assignment_state=Active&search=onb");
    let listed = story.v2(Method::GET, &listed, json!({})).await.json();
    assert_eq!((&listed["total"], &listed["results"][0]["workflow_uuid"]), (&json!(1), &json!(flow)));
    assert_eq!(listed["results"][0]["assignments"][0]["SmartGroupUuids"], json!([windows]));
    let elsewhere = format!("/api/mdm/workflows?organization_group_uuid={NOBODY}");
    assert_eq!(story.v2(Method::GET, &elsewhere, json!({})).await.status, 404);

    // Some begin; then everybody waits where they are.
    for _ in 0..3 {
        uem.wait(HOUR).await;
    }
    let begun = story.counts(&flow).await;
    assert!(begun.get("InProgress").is_some_and(|count| *count > 5), "{begun:?}");
    story.v2(Method::PUT, &at, attributes(&[("State", "Paused")])).await.nothing(204);
    for _ in 0..8 {
        uem.wait(HOUR).await;
    }
    assert_eq!(story.counts(&flow).await, begun, "paused");
    story.v2(Method::PUT, &at, attributes(&[("State", "Resumed")])).await.nothing(204);
    for _ in 0..36 {
        uem.wait(HOUR).await;
    }
    let after = story.counts(&flow).await;
    assert!(after["Completed"] * 10 > all * 7, "{after:?} of {all}");

    // One by one.
    let done = story.search(&flow, "devices", json!({"workflow_status": ["COMPLETED"]})).await.json();
    assert_eq!(done["total"], after["Completed"]);
    let row = &done["results"][0];
    assert_eq!((&row["workflow_last_executed_step"], &row["workflow_status"]), (&json!("Report"), &json!("Completed")));
    let device = row["device_uuid"].as_str().expect("a uuid");
    let of_device = uem.get(&format!("/api/mdm/devices/{device}/workflows/status")).await.json();
    assert_eq!((&of_device[0]["workflow_uuid"], &of_device[0]["status"]), (&json!(flow), &json!("Completed")));
    let one = uem.get(&format!("/api/mdm/devices/{device}/workflows/{flow}/status")).await.json();
    let steps: Vec<_> = list(&one, "steps").iter().map(|step| step["step_name"].clone()).collect();
    assert_eq!(steps, ["Check disk", "Install tools", "Report"]);
    assert_eq!(uem.get(&format!("/api/mdm/devices/{device}/workflows/{NOBODY}/status")).await.status, 404);
    assert_eq!(uem.get(&format!("/api/mdm/devices/{NOBODY}/workflows/status")).await.status, 404);
    let count = uem.get(&format!("/api/mdm/devices/workflows/{flow}/status/device-count")).await.json();
    assert!(list(&count[0], "status_count").contains(&json!({"status": "Completed", "count": after["Completed"]})));
    assert_eq!(uem.get(&format!("/api/mdm/devices/workflows/{NOBODY}/status/device-count")).await.status, 404);
    let summary = format!("/api/mdm/workflows/{NOBODY}/statuses/summary?organization_group_uuid={root}");
    assert_eq!(story.v2(Method::GET, &summary, json!({})).await.status, 404);

    // What an agent asks for.
    let metadata = uem.get(&format!("/api/mdm/workflows/metadata?device_uuid={device}")).await.json();
    assert_eq!((&metadata[0]["workflow_uuid"], &metadata[0]["workflow_entities"]), (&json!(flow), &json!([SCRIPT])));
    assert_eq!(uem.get(&format!("/api/mdm/workflows/metadata?device_uuid={NOBODY}")).await.status, 404);
    let asked = uem.post("/api/mdm/workflows/query", json!([{"workflow_uuid": flow}])).await.json();
    assert!(asked[0]["payload"].as_str().is_some_and(|payload| payload.contains("Check disk")), "{asked}");
    assert_eq!(uem.post("/api/mdm/workflows/query", json!([])).await.status, 400);

    // As a report.
    let filter = json!({"filter": {"organization_group_uuid": root, "workflow_version": NOBODY}});
    let export = uem.post(&format!("{at}/devices/export"), filter.clone()).await;
    assert_eq!(export.status, 202, "{export:?}");
    let report = export.json()["job_uuid"].as_str().expect("a uuid").to_owned();
    uem.wait(Duration::from_secs(10)).await;
    let status = uem.get(&format!("/api/system/groups/{root}/exported-reports/{report}")).await.json();
    let href = status["href"].as_str().expect("an address").strip_prefix(uem.tenant.ready.url.as_str());
    let file = uem.get(href.expect("ours")).await.text;
    assert_eq!(file.lines().count() as i64, all + 1, "{file}");
    assert_eq!(uem.post(&format!("{missing}/devices/export"), filter).await.status, 404);

    // Other steps are begun anew.
    let mut other = workflow("Onboard", &root);
    other["payload"]["steps"]["third"]["name"] = json!("Tell");
    story.v2(Method::PUT, &at, other).await.nothing(204);
    assert_eq!(story.v2(Method::GET, &at, json!({})).await.json()["version"], "2");
    assert_eq!(story.counts(&flow).await.keys().collect::<Vec<_>>(), ["NotEvaluated"]);
    uem.covers(&[
        "mdmv2/WorkflowV2",
        "mdmv2/WorkflowSearchV2",
        "mdmv2/WorkflowStatusSummaryV2",
        "mdmv1/DeviceWorkflowV1",
        "mdmv1/WorkflowEntityV1",
        "mdmv1/WorkflowStatusReporting",
        "mdmv1/WorkflowDevicesExportV1",
    ]);
}

#[tokio::test]
async fn workflows_travel_as_files_and_between_groups() {
    let story = Story::new().await;
    let (uem, root, flow) = (&story.uem, story.root.clone(), story.made("Traveller").await);
    let base = "/api/mdm/workflows";
    let wanted = json!({"organization_group_uuid": root, "workflow_uuids": [flow]});
    let export = uem.post(&format!("{base}/export-workflows"), wanted).await;
    assert_eq!((export.status, &export.json()["job_status"]), (202, &json!("SUCCESS")));
    let job = export.json()["workflow_job_uuid"].as_str().expect("a uuid").to_owned();
    let nothing = json!({"organization_group_uuid": root, "workflow_uuids": [NOBODY]});
    assert_eq!(uem.post(&format!("{base}/export-workflows"), nothing).await.status, 404);
    let shown = uem.get(&format!("{base}/jobs/{job}")).await.json();
    assert_eq!(
        (&shown["job_type"], &shown["number_of_workflows"], &shown["device_type"]),
        (&json!("Export"), &json!(1), &json!("WinRT"))
    );
    assert_eq!(uem.get(&format!("{base}/jobs/{NOBODY}")).await.status, 404);
    let file = uem.post(&format!("{base}/jobs/download-workflow-exports"), json!({"workflow_job_uuids": [job]})).await;
    assert_eq!((file.status, file.header("content-type")), (200, "application/octet-stream"));
    let none = json!({"workflow_job_uuids": [NOBODY]});
    assert_eq!(uem.post(&format!("{base}/jobs/download-workflow-exports"), none.clone()).await.status, 404);

    // Into another group, with the steps as they were.
    let groups = story.v2(Method::GET, "/api/system/groups/search?name=Germany", json!({})).await.json();
    let germany = list(&groups, "OrganizationGroups")[0]["Uuid"].as_str().expect("a uuid").to_owned();
    let body = format!(
        "--B\r\nContent-Disposition: form-data; name=\"organization_group_uuid\"\r\n\r\n{germany}\r\n\
         --B\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.json\"\r\n\r\n{}\r\n--B--\r\n",
        file.text
    );
    let send = |kind: &'static str, body: String| {
        let headers = [(reqwest::header::CONTENT_TYPE, kind.parse().expect("a value"))].into_iter().collect();
        read(uem.request(Method::POST, &format!("{base}/import-workflow")).headers(headers).body(body))
    };
    let import = send("multipart/form-data; boundary=B", body.clone()).await;
    assert_eq!((import.status, &import.json()[0]["job_status"]), (202, &json!("SUCCESS")), "{import:?}");
    assert_eq!(send("application/json", body.clone()).await.status, 415);
    assert_eq!(send("multipart/form-data; boundary=B", body.replace("{\"", "[")).await.status, 422);
    assert_eq!(send("multipart/form-data; boundary=C", body).await.status, 400);
    let listed = |group: String| {
        let story = &story;
        async move {
            let at = format!("/api/mdm/workflows?organization_group_uuid={group}");
            story.v2(Method::GET, &at, json!({})).await.json()
        }
    };
    let there = listed(germany.clone()).await;
    assert_eq!((&there["total"], &there["results"][0]["name"]), (&json!(1), &json!("Traveller")));
    let at = format!("{base}/{}", there["results"][0]["workflow_uuid"].as_str().expect("a uuid"));
    let imported = story.v2(Method::GET, &at, json!({})).await.json();
    assert_eq!(imported["payload"]["steps"]["first"]["name"], "Check disk");
    assert_eq!(imported["payload"]["is_imported"], true);
    assert_eq!(imported["workflow_entities"][0]["EntityUuid"], SCRIPT, "what the shape does not know travels too");

    let copy = json!({
        "source_organization_group_uuid": root, "destination_organization_group_uuid": germany, "workflow_uuids": [flow],
    });
    assert_eq!(uem.post(&format!("{base}/copy-workflow"), copy.clone()).await.status, 202);
    assert_eq!(listed(germany.clone()).await["total"], 2);
    let mut wrong = copy;
    wrong["destination_organization_group_uuid"] = json!(NOBODY);
    assert_eq!(uem.post(&format!("{base}/copy-workflow"), wrong).await.status, 404);

    let jobs = uem.get(&format!("{base}/jobs?organization_group_uuid={root}")).await.json();
    assert_eq!((&jobs["total"], &jobs["results"][0]["job_type"]), (&json!(3), &json!("Copy")));
    let exports = uem.get(&format!("{base}/jobs?organization_group_uuid={root}&job_type=Export")).await.json();
    assert_eq!(exports["total"], 1);
    assert_eq!(uem.get(&format!("{base}/jobs?organization_group_uuid={NOBODY}")).await.status, 422);
    uem.post(&format!("{base}/jobs/bulkdelete"), json!({"workflow_job_uuids": [job]})).await.nothing(204);
    assert_eq!(uem.post(&format!("{base}/jobs/bulkdelete"), none).await.status, 404);
    assert_eq!(uem.get(&format!("{base}/jobs/{job}")).await.status, 404);
    uem.covers(&["mdmv1/WorkflowImportExportV1", "mdmv1/WorkflowImportExportJobsV1"]);
}
