//! Products: made of parts, turned on for smart groups, worked out on devices, and put into sets.

use std::time::Duration;

use muster_store::args;
use muster_uem::{Habits, Settings};
use serde_json::{Value, json};

use crate::caller::{Answer, Caller, list, read};

const DAY: Duration = Duration::from_secs(86_400);
const BASE: &str = "/api/mdm/products";

async fn tenant() -> Caller {
    let habits = Habits { refuse_unknown_queries: true, ..Habits::default() };
    Caller::of(Settings { habits, ..Settings::in_memory() }).await
}

async fn number(uem: &Caller, sql: &str) -> i64 {
    uem.tenant.database().fetch_one(sql.to_owned(), args![]).await.expect("reads").get("number").expect("a number")
}

async fn text(uem: &Caller, sql: &str) -> String {
    uem.tenant.database().fetch_one(sql.to_owned(), args![]).await.expect("reads").get("text").expect("a text")
}

async fn group(uem: &Caller, name: &str) -> i64 {
    number(uem, &format!("select id as number from smart_groups where name = '{name}'")).await
}

/// The number of version 2's list of devices.
async fn devices(uem: &Caller, product: i64, which: &str) -> i64 {
    let path = format!("{BASE}/{product}/{which}");
    let answer = second(uem, &path).await;
    if answer.status == 204 { 0 } else { answer.json()["Total"].as_i64().expect("a total") }
}

async fn second(uem: &Caller, path: &str) -> Answer {
    let value = "application/json;version=2".parse().expect("a value");
    let accept: reqwest::header::HeaderMap = [(reqwest::header::ACCEPT, value)].into_iter().collect();
    read(uem.request(reqwest::Method::GET, path).headers(accept)).await
}

/// Makes a file action, an event action and two conditions; answers the id of the file action.
async fn parts(uem: &Caller) -> i64 {
    let file = json!({"MaintainGeneralInput": {"InsertOnly": true, "LocationGroupID": 570}, "Name": "Scanner settings",
        "DevicePlatformID": 5, "BlobFiles": [{"FileName": "scan.json", "DownloadPath": "/sdcard"}],
        "ManifestInstallSteps": [{"ProductActionTypeID": 1, "SequenceNumber": 1, "CommandXML": "copy"}]});
    let path = format!("{BASE}/maintainFileAction");
    let made = uem.post(&path, file.clone()).await.json();
    let id = made["Value"].as_i64().expect("an id");
    assert_eq!(uem.post(&path, file).await.error(), (400, 400), "insert only");
    let listed = uem.get(&format!("{BASE}/filesactionssearch?platform=Android")).await.json();
    assert_eq!(listed["FilesActionsDetails"][0]["Files"][0]["Name"], "scan.json");
    uem.get(&format!("{BASE}/filesactionssearch?platform=WinRT")).await.nothing(204);
    assert_eq!(uem.get(&format!("{BASE}/filesactionssearch?platform=Fax")).await.error(), (400, 400));

    let event = json!({"Name": "When docked", "DevicePlatformID": 5, "Description": "Charging"});
    let path = format!("{BASE}/maintainEventAction");
    uem.post(&path, event).await.json();
    assert_eq!(uem.post(&path, json!({"Name": "x"})).await.error(), (400, 400), "no platform");
    let listed = uem.get(&format!("{BASE}/eventactionslist")).await.json();
    assert_eq!(listed["EventActionsDetails"][0]["ManagedBy"], "Meridian Group");
    assert_eq!(uem.get(&format!("{BASE}/eventactionslist?organizationgroupid=9")).await.error(), (400, 6));

    let path = format!("{BASE}/maintainCondition");
    for (name, kind, item) in [("At night", "Time", "HourStart"), ("Flag", "File", "FileLocation")] {
        let items = json!([{"Name": item, "Value": "22"}]);
        let body = json!({"Condition": {"Name": name, "ConditionType": kind, "PlatformID": 5, "Items": items}});
        uem.post(&path, body).await.json();
    }
    assert_eq!(uem.post(&path, json!({"Condition": {"Name": "x", "ConditionType": "Moon"}})).await.error(), (400, 400));
    let all = uem.get(&format!("{BASE}/conditionsearch")).await.json();
    assert_eq!((all.as_array().map(Vec::len), &all[0]["ConditionName"]), (Some(2), &json!("At night")));
    let files = uem.get(&format!("{BASE}/fileconditionsearch")).await.json();
    assert_eq!(files[0]["FlagFileDetails"]["FileLocation"], "22");
    let times = uem.get(&format!("{BASE}/timeconditionsearch")).await.json();
    assert_eq!(times[0]["TimeCondition1"]["HourStart"], "22");
    for search in ["conditionsearch", "fileconditionsearch", "timeconditionsearch"] {
        assert_eq!(uem.get(&format!("{BASE}/{search}?organizationgroupid=9")).await.error(), (400, 6));
    }
    id
}

#[tokio::test]
async fn a_product_is_worked_out_on_the_devices_of_its_groups() {
    let uem = tenant().await;
    let file = parts(&uem).await;
    let androids = group(&uem, "All Android Devices").await;
    let profile = number(&uem, "select id as number from profiles where name = 'Wi-Fi for Android'").await;
    let app = number(&uem, "select min(id) as number from apps").await;
    let steps = json!([{"ActionTypeID": 7, "ItemID": file}, {"ActionTypeID": 3, "ItemID": profile},
        {"ActionTypeID": 1, "ItemID": app}]);
    let body = json!({"Name": "Scanner", "Platform": "Android", "ManagedByOrganizationGroupID": "570",
        "SmartGroups": [], "Manifest": {"Action": steps}, "Description": "For the shelves"});
    let create = format!("{BASE}/create");
    let id = uem.post(&create, body.clone()).await.json()["Value"].as_i64().expect("an id");
    assert_eq!(uem.post(&create, body.clone()).await.error(), (400, 400), "the name is taken");
    let broken =
        json!({"Name": "x", "Platform": "Android", "Manifest": {"Action": [{"ActionTypeID": 7, "ItemID": 99}]}});
    assert_eq!(uem.post(&create, broken).await.error(), (400, 400), "no such file action");
    let one = format!("{BASE}/{id}");
    let shown = uem.get(&one).await.json();
    assert_eq!((&shown["ID"]["Value"], &shown["Active"], &shown["Version"]), (&json!(id), &json!(false), &json!(1)));
    assert_eq!(uem.get(&format!("{BASE}/99")).await.error(), (400, 400));
    let uuid = shown["DevicePolicyUuid"].as_str().expect("a UUID").to_owned();

    // Without a group it cannot be turned on; with one it reaches the devices of that group.
    assert_eq!(uem.post_nothing(&format!("{one}/activate")).await.error(), (400, 400));
    uem.post_nothing(&format!("{one}/addsmartgroup/{androids}")).await.nothing(200);
    assert_eq!(uem.post_nothing(&format!("{one}/addsmartgroup/{androids}")).await.error(), (400, 400));
    assert_eq!(devices(&uem, id, "assigned").await, 0, "a group alone reaches nobody");
    uem.post_nothing(&format!("{one}/activate")).await.nothing(200);
    assert_eq!(uem.post_nothing(&format!("{BASE}/99/activate")).await.status, 404);
    let assigned = devices(&uem, id, "assigned").await;
    assert!(assigned > 10);
    assert_eq!(devices(&uem, id, "inprogress").await, assigned);
    let queue = uem.get(&format!("{one}/provisioningqueuecounts")).await.json();
    assert_eq!(queue["PolicyEngineQueueCount"], assigned.to_string());
    assert_eq!(uem.get(&format!("{BASE}/99/provisioningqueuecounts")).await.error(), (400, 400));
    uem.wait(3 * DAY).await;
    let (compliant, failed) = (devices(&uem, id, "compliant").await, devices(&uem, id, "failed").await);
    assert!(compliant > assigned / 2 && compliant + failed <= assigned, "{compliant} and {failed} of {assigned}");
    for which in ["assigned", "compliant", "failed", "inprogress"] {
        assert_eq!(second(&uem, &format!("{BASE}/99/{which}")).await.error(), (400, 400));
    }
    let first = second(&uem, &format!("{one}/compliant?pagesize=1")).await.json()["Devices"][0].clone();
    let device = first["DeviceId"].as_i64().expect("a device");
    assert_eq!(first["LastJobStatus"], "Completed");

    figures(&uem, id, &uuid, device).await;
    again(&uem, id, &uuid, device).await;
    reading(&uem, id, &uuid, app).await;
    writing(&uem, id, androids).await;
    sets(&uem, id).await;
    uem.covers(&["mdmv1/ProductsV1", "mdmv2/ProductsV2", "mdmv1/ProductComponentsV1", "mdmv1/ProductSetV1"]);
}

/// Lists of jobs and figures about them.
async fn figures(uem: &Caller, id: i64, uuid: &str, device: i64) {
    let jobs = uem.get(&format!("{BASE}/provisioningjobs?deviceid={device}")).await.json();
    let job = &jobs["ProvisioningJobsDetails"][0];
    assert_eq!(
        (&job["JobState"], &job["Product"], &jobs["Total"]),
        (&json!("Completed"), &json!("Scanner"), &json!(1))
    );
    assert_eq!(uem.get(&format!("{BASE}/provisioningjobs?organizationgroupid=9")).await.error(), (400, 6));
    let times = uem.get(&format!("{BASE}/jobstatuschangetimestamp?productid={id}&pagesize=2")).await.json();
    let rows = list(&times, "ProvisioningStatusJobDetails");
    assert!(rows.len() == 2 && rows[0]["JobTimestampDetails"][0]["QueuedTimestamp"].is_string(), "{times}");
    assert_eq!(uem.get(&format!("{BASE}/jobstatuschangetimestamp?productid=x")).await.error(), (400, 400));
    let device_uuid = text(uem, &format!("select uuid as text from devices where id = {device}")).await;
    let details = uem.get(&format!("{BASE}/{uuid}/devices/{device_uuid}/job-details")).await.json();
    assert_eq!((&details["job_status"], &details["product_version"]), (&json!("Completed"), &json!(1)));
    let nobody = uuid::Uuid::nil();
    assert_eq!(uem.get(&format!("{BASE}/{uuid}/devices/{nobody}/job-details")).await.status, 404);

    let processed = uem.get(&format!("{BASE}/DevicesProcessedPE?organizationgroupid=570")).await.json();
    assert!(processed["DevicesProcessed"].as_str().and_then(|count| count.parse::<i64>().ok()) > Some(10));
    let backwards = format!("{BASE}/DevicesProcessedPE?starttime=2026-02-01T00:00:00&endtime=2026-01-01T00:00:00");
    assert_eq!(uem.get(&backwards).await.error(), (400, 400));
    let took = uem.get(&format!("{BASE}/productdownloadandinstallstatistics?pagesize=1")).await.json();
    let row = &took["ProductDownloadAndInstallStatistics"][0];
    assert!(row["JobStatistics"][0]["DownloadDuration"].is_string(), "{took}");
    let unknown = format!("{BASE}/productdownloadandinstallstatistics?organizationgroupid=9");
    assert_eq!(uem.get(&unknown).await.error(), (400, 6));
    let healthy = uem.get(&format!("{BASE}/devicehealthcheck?platform=Android&pagesize=1")).await.json();
    assert!(healthy["Device"][0]["TotalMemory"].as_i64() > Some(0), "{healthy}");
    assert_eq!(uem.get(&format!("{BASE}/devicehealthcheck?platform=Fax")).await.error(), (400, 400));
    // What is not done yet, if there is any.
    let open = number(uem, "select count(*) as number from product_jobs where status <> 'Completed'").await;
    let issues = uem.get(&format!("{BASE}/compliance/issues?devicetypes=Android")).await;
    let summary = uem.get(&format!("{BASE}/compliance/issues/summary?resourceids={id}")).await;
    if open == 0 {
        issues.nothing(204);
        summary.nothing(204);
    } else {
        assert_eq!(issues.json()["Total"], open);
        let counts = summary.json();
        let rows = list(&counts, "ProductComplianceIssueSummaryDetails");
        assert_eq!(rows.iter().filter_map(|row| row["ComplianceStatusCount"].as_i64()).sum::<i64>(), open);
    }
    assert_eq!(uem.get(&format!("{BASE}/compliance/issues?resourceids=x")).await.error(), (400, 400));
    assert_eq!(uem.get(&format!("{BASE}/compliance/issues/summary?resourceids=x")).await.error(), (400, 400));
}

/// Everything that has devices do it again.
async fn again(uem: &Caller, id: i64, uuid: &str, device: i64) {
    let queued = async || devices(uem, id, "inprogress").await;
    let nobody = uuid::Uuid::nil();
    let before = queued().await;
    let reprocess = format!("{BASE}/reprocessProduct");
    uem.post(&reprocess, json!({"ProductID": id, "ForceFlag": true, "DeviceIds": [{"ID": device}]})).await.json();
    assert_eq!(queued().await, before + 1);
    assert_eq!(
        uem.post(&reprocess, json!({"ProductID": id, "DeviceIds": [{"ID": 999_999}]})).await.error(),
        (400, 400)
    );
    uem.post_nothing(&format!("{BASE}/{uuid}/reprocess")).await.nothing(202);
    assert_eq!(uem.post_nothing(&format!("{BASE}/{nobody}/reprocess")).await.status, 404);
    uem.post_nothing(&format!("{BASE}/{uuid}/force-reprocess")).await.nothing(202);
    assert_eq!(devices(uem, id, "compliant").await, 0, "all of them again");
    assert_eq!(uem.post_nothing(&format!("{BASE}/{nobody}/force-reprocess")).await.status, 404);
    uem.wait(3 * DAY).await;
    let device_uuid = text(uem, &format!("select uuid as text from devices where id = {device}")).await;
    let some = json!({"device_uuids": [device_uuid, nobody]});
    let outcome = uem.post(&format!("{BASE}/{uuid}/devices/force-reprocess"), some).await.json();
    assert_eq!((&outcome["AcceptedItems"], &outcome["FailedItems"]), (&json!(1), &json!(1)));
    let none = json!({"device_uuids": [nobody]});
    assert_eq!(uem.post(&format!("{BASE}/{uuid}/devices/force-reprocess"), none).await.error(), (400, 400));
    let push = |device: i64| format!("{BASE}/pushdeviceandpolicyonqueue?deviceid={device}&devicepolicyid={id}");
    uem.post_nothing(&push(device)).await.nothing(200);
    assert_eq!(uem.post_nothing(&push(999_999)).await.error(), (404, 5002));
    uem.post_nothing(&format!("{BASE}/{device}/pushdeviceonqueue")).await.nothing(200);
    assert_eq!(uem.post_nothing(&format!("{BASE}/999999/pushdeviceonqueue")).await.error(), (404, 5002));
}

async fn reading(uem: &Caller, id: i64, uuid: &str, app: i64) {
    let nobody = uuid::Uuid::nil();
    let found = uem.get(&format!("{BASE}/search?name=scan&platform=Android")).await.json();
    assert_eq!((&found["Products"][0]["Name"], &found["Total"]), (&json!("Scanner"), &json!(1)));
    assert!(found["Products"][0]["TotalAssigned"].as_i64() > Some(10));
    uem.get(&format!("{BASE}/search?name=zzz")).await.nothing(204);
    assert_eq!(uem.get(&format!("{BASE}/search?organizationgroupid=9")).await.error(), (400, 6));
    let found = uem.get(&format!("{BASE}/extensivesearch?orderby=name&sortorder=DESC")).await.json();
    assert_eq!(found["Product"][0]["Name"], "Scanner");
    assert_eq!(uem.get(&format!("{BASE}/extensivesearch?orderby=colour")).await.error(), (400, 400));
    let details = uem.get(&format!("{BASE}/{uuid}/details?includeStepDetails=true")).await.json();
    assert_eq!((&details["product_name"], details["manifests"].as_array().map(Vec::len)), (&json!("Scanner"), Some(3)));
    assert_eq!(details["manifests"][1]["resource_type"], "INSTALL_PROFILE");
    assert_eq!(uem.get(&format!("{BASE}/{nobody}/details")).await.status, 404);
    let of_app = uem.get(&format!("{BASE}/{app}/assignments")).await.json();
    assert_eq!(of_app[0]["ProductID"], id);
    assert_eq!(uem.get(&format!("{BASE}/999999/assignments")).await.error(), (404, 7000));
    let files = uem.get(&format!("{BASE}/{id}/fileactions")).await.json();
    assert_eq!(files["FilesActionsDetails"][0]["Name"], "Scanner settings");
    let profiles = uem.get(&format!("{BASE}/{id}/profiles")).await.json();
    assert_eq!(profiles["AssignedProfiles"][0]["General"]["Name"], "Wi-Fi for Android");
    let profile = profiles["AssignedProfiles"][0]["General"]["ProfileId"].clone();
    let refused = uem.delete(&format!("/api/mdm/profiles/{profile}")).await;
    assert_eq!(refused.error(), (400, 400), "a product brings it");
    for what in ["fileactions", "profiles", "timesconditions"] {
        assert_eq!(uem.get(&format!("{BASE}/99/{what}")).await.error(), (400, 400));
    }
    let add = format!("{BASE}/{id}/addconditions");
    let outcome = uem.post(&add, json!({"DownloadConditions": [1, 99], "InstallConditions": [2]})).await.json();
    assert_eq!((&outcome["AcceptedItems"], &outcome["FailedItems"]), (&json!(2), &json!(1)));
    assert_eq!(uem.post(&add, json!({"InstallConditions": [99]})).await.error(), (400, 400));
    let times = uem.get(&format!("{BASE}/{id}/timesconditions")).await.json();
    assert_eq!(times["DownloadConditions"][0]["Name"], "At night");

    let server = json!({"general": {"name": "Dock", "type": "PULL"}, "device_connection": {"hostname": "dock"}});
    let made = uem.post("/api/mdm/v2/relayservers", server).await;
    let server = made.header("location").rsplit('/').next().unwrap_or_default().to_owned();
    let query = format!("{BASE}/productcomponents?relayserverguid={server}&devicepolicyguid={uuid}");
    assert_eq!(uem.get(&query).await.json()["total"], 1);
    assert_eq!(uem.get(&format!("{BASE}/productcomponents")).await.error(), (400, 400));
    let queue = uem.get(&format!("{BASE}/{uuid}/relay-servers-queue/{server}")).await.json();
    assert_eq!(queue["DevicePolicyComponentsDetails"][0]["Name"], "Scanner settings");
    assert_eq!(uem.get(&format!("{BASE}/{uuid}/relay-servers-queue/{nobody}")).await.status, 404);
}

async fn writing(uem: &Caller, id: i64, androids: i64) {
    let one = format!("{BASE}/{id}");
    uem.post(
        &format!("{one}/update"),
        json!({"Name": "Scanner 2", "Manifest": {"Action": [{"ActionTypeID": 9, "ItemID": 0}]}}),
    )
    .await
    .nothing(200);
    let shown = uem.get(&one).await.json();
    assert_eq!((&shown["Name"], &shown["Version"], &shown["Active"]), (&json!("Scanner 2"), &json!(2), &json!(true)));
    assert_eq!(uem.post(&format!("{BASE}/99/update"), json!({"Name": "x"})).await.error(), (400, 400));
    let copy = uem.post(&format!("{one}/copy"), json!({"Name": "Scanner 3"})).await.json()["Value"].clone();
    assert_eq!(uem.get(&format!("{BASE}/{copy}")).await.json()["Active"], false);
    assert_eq!(uem.post(&format!("{BASE}/99/copy"), json!({"Name": "x"})).await.error(), (400, 400));
    uem.post(&format!("{one}/setinstalltime"), json!({"Time": "01/31/2026 08:00"})).await.nothing(200);
    assert_eq!(uem.get(&one).await.json()["ActivationDateTime"], "01/31/2026 08:00");
    assert_eq!(uem.post(&format!("{one}/setinstalltime"), json!({"Time": "noon"})).await.error(), (400, 400));

    assert_eq!(uem.delete(&one).await.error(), (400, 400), "it is active");
    uem.post_nothing(&format!("{one}/deactivate")).await.nothing(200);
    assert_eq!(uem.post_nothing(&format!("{BASE}/99/deactivate")).await.status, 404);
    uem.wait(3 * DAY).await;
    let left = number(uem, &format!("select count(*) as number from product_jobs where product_id = {id}")).await;
    assert!(left <= 5, "{left} still have to remove it");
    uem.post_nothing(&format!("{one}/removesmartgroup/{androids}")).await.nothing(200);
    assert_eq!(uem.post_nothing(&format!("{one}/removesmartgroup/{androids}")).await.error(), (400, 400));
    uem.delete(&format!("{BASE}/{copy}")).await.nothing(200);

    let maintain = format!("{BASE}/maintainProduct");
    let product = json!({"Name": "Kiosk", "Platform": 5, "SmartGroups": [{"SmartGroupID": androids}],
        "Steps": [{"StepType": 9, "SequenceNumber": 1}]});
    let body = json!({"MaintainGeneralInput": {"InsertOnly": true, "LocationGroupID": 570}, "Product": product});
    let made = uem.post(&maintain, body.clone()).await.json();
    assert!(made["Products"][0]["ProductID"].is_i64(), "{made}");
    assert_eq!(uem.post(&maintain, body).await.error(), (400, 400), "insert only");
}

async fn sets(uem: &Caller, id: i64) {
    let kiosk = number(uem, "select id as number from objects where kind = 'product' and name = 'Kiosk'").await;
    let base = "/api/mdm/productsets";
    let maintain = format!("{base}/maintainProductSet");
    let body = json!({"Name": "Shop", "PlatformID": 5, "ProductRanks": [{"ProductID": id, "Rank": 1}]});
    uem.post(&maintain, body).await.json();
    assert_eq!(uem.post(&maintain, json!({"PlatformID": 5})).await.error(), (400, 400), "no name");
    let set = number(uem, "select id as number from objects where kind = 'product-set'").await;
    let add = format!("{base}/MaintainProductInProductSet");
    let body = json!({"ProductSetID": set, "Product": {"ProductID": kiosk}, "ProductRank": {"Rank": 2}});
    uem.post(&add, body).await.json();
    assert_eq!(uem.post(&add, json!({"ProductSetID": 99, "Product": {"ProductID": kiosk}})).await.error(), (400, 400));
    let inquire = async || uem.get(&format!("{base}/ProductSetInquiry?ProductSetName=shop")).await.json();
    assert_eq!(inquire().await["Products"][1]["ProductName"], "Kiosk");
    assert_eq!(uem.get(&format!("{base}/ProductSetInquiry")).await.error(), (400, 400));
    let rank = format!("{base}/RankAllProductsInProductSet");
    let all = json!([{"ProductID": id, "Rank": 2}, {"ProductID": kiosk, "Rank": 1}]);
    uem.post(&rank, json!({"ProductSetID": set, "ProductRanks": all})).await.json();
    assert_eq!(inquire().await["Products"][0]["ProductName"], "Kiosk");
    let some = json!({"ProductSetID": set, "ProductRanks": [{"ProductID": id, "Rank": 1}]});
    assert_eq!(uem.post(&rank, some).await.error(), (400, 400), "not all of them");

    let turn = |action: &str, product: i64| format!("{base}/{action}?productSetID={set}&productID={product}");
    uem.post_nothing(&turn("ActivateProductInProductSet", kiosk)).await.json();
    assert!(devices(uem, kiosk, "assigned").await > 10);
    assert_eq!(uem.post_nothing(&turn("ActivateProductInProductSet", 99)).await.error(), (400, 400));
    uem.post_nothing(&format!("{base}/pushproductsetonpolicyengine?productSetID={set}&fasttrack=0")).await.nothing(200);
    let unknown = format!("{base}/pushproductsetonpolicyengine?productSetID=99&fasttrack=0");
    assert_eq!(uem.post_nothing(&unknown).await.error(), (400, 400));
    let uuid = text(uem, &format!("select uuid as text from objects where kind = 'product-set' and id = {set}")).await;
    uem.post_nothing(&format!("{base}/{uuid}/reprocess?force=true")).await.nothing(202);
    assert_eq!(uem.post_nothing(&format!("{base}/{}/reprocess", uuid::Uuid::nil())).await.status, 404);
    uem.post_nothing(&turn("DeactivateProductInProduct", kiosk)).await.json();
    assert_eq!(devices(uem, kiosk, "assigned").await, 0, "nobody had begun");
    assert_eq!(uem.post_nothing(&turn("DeactivateProductInProduct", 99)).await.error(), (400, 400));
    let remove = format!("{base}/RemoveProductFromProductSet/570/Shop/Kiosk");
    uem.delete(&remove).await.json();
    assert_eq!(uem.delete(&remove).await.error(), (400, 400));
    let rest: Value = inquire().await;
    assert_eq!(list(&rest, "Products").len(), 1);
    let path = format!("{BASE}/{id}");
    uem.delete(&path).await.nothing(200);
    assert_eq!(uem.delete(&path).await.error(), (400, 400));
}
