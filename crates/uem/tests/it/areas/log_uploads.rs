//! Logs that come in parts.

use serde_json::{Value, json};

use crate::caller::Caller;

#[tokio::test]
async fn a_log_is_whole_when_all_its_parts_are_there() {
    let uem = Caller::new().await;
    let root = uem.tenant.ready.organization_group.uuid.to_string();
    let base = format!("/api/system/groups/{root}/acc-multipart-log-upload");
    let begin = |name: &str, length: i64| json!({"file_name": name, "content_length": length, "location_group_id": 570, "requested_by": 1});
    let start = format!("{base}/initiate-chunked-upload");
    for (name, length) in [("log.zip", 0), ("../log.zip", 5)] {
        assert_eq!(uem.post(&start, begin(name, length)).await.status, 400, "{name} {length}");
    }
    let begun = uem.post(&start, begin("log.zip", 7)).await;
    assert_eq!(begun.status, 201, "{begun:?}");
    let begun = begun.json();
    let part = |number: i64, data: &str, size: i64| {
        json!({"upload_id": begun["upload_id"], "key_path": begun["key_path"], "part_number": number,
            "part_data": data, "part_size": size})
    };
    let chunk = format!("{base}/upload-chunk");
    // "abc" and "defg"
    let first = uem.post(&chunk, part(1, "YWJj", 3)).await.json();
    assert_eq!((&first["part_number"], &first["is_success"]), (&json!(1), &json!(true)));
    assert_eq!(uem.post(&chunk, part(2, "ZGVmZw==", 3)).await.status, 400, "not as long as it says");
    assert_eq!(uem.post(&chunk, part(0, "YWJj", 3)).await.status, 400);
    let second = uem.post(&chunk, part(2, "ZGVmZw==", 4)).await.json();
    let end = |parts: Value| {
        json!({"upload_id": begun["upload_id"], "key_path": begun["key_path"], "part_upload_reference": parts,
            "requested_by": 1, "location_group_id": 570})
    };
    let complete = format!("{base}/complete-upload");
    let (one, two) = (&first["part_upload_id"], &second["part_upload_id"]);
    assert_eq!(uem.post(&complete, end(json!({"1": one}))).await.status, 400, "a part is missing");
    assert_eq!(uem.post(&complete, end(json!({"1": two, "2": one}))).await.status, 400, "the parts are others");
    assert_eq!(uem.post(&complete, end(json!({"1": one, "2": two}))).await.json()["is_success"], true);
    assert_eq!(uem.post(&chunk, part(3, "YWJj", 3)).await.status, 400, "it is complete");

    let other = uem.post(&start, begin("other.zip", 3)).await.json();
    let tell = json!({"upload_id": other["upload_id"], "key_path": other["key_path"], "error_message": "disk full",
        "requested_by": 1, "location_group_id": 570});
    let notify = format!("{base}/notify");
    let told = uem.post(&notify, tell.clone()).await;
    assert_eq!((told.status, &told.json()["result"]), (202, &json!(true)));
    assert_eq!(uem.post(&notify, tell).await.status, 400, "it was given up already");
    let nowhere = uem.post("/api/system/groups/x/acc-multipart-log-upload/notify", json!({})).await;
    assert!(nowhere.status == 400 || nowhere.status == 422, "{nowhere:?}");
    uem.covers(&["systemv1/AccMultiPartLogUpload"]);
}
