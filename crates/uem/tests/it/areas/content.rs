//! Managed content.

use serde_json::json;

use crate::caller::{Caller, list};

#[tokio::test]
async fn categories_are_made_renamed_and_removed() {
    let uem = Caller::new().await;
    uem.get("/api/mcm/categories").await.nothing(204);
    let made = uem.post("/api/mcm/categories", json!({"Name": "Handbooks", "locationGroupId": 571})).await.json();
    let id = made["id"].as_str().expect("an id").to_owned();
    assert_eq!(uem.post("/api/mcm/categories", json!({"name": "handbooks", "locationGroupId": 571})).await.status, 400);
    assert_eq!(uem.post("/api/mcm/categories", json!({"name": "x", "locationGroupId": 9})).await.error(), (400, 6));
    assert_eq!(uem.post("/api/mcm/categories", json!({"name": 7})).await.status, 422);
    assert_eq!(uem.get("/api/mcm/categories?locationgroupid=one").await.status, 400);

    uem.put(&format!("/api/mcm/categories/{id}"), json!({"name": "Manuals"})).await.json();
    let listed = uem.get("/api/mcm/categories?LocationGroupId=571").await.json();
    assert_eq!(list(&listed, "Categories")[0]["name"], "Manuals");
    uem.get("/api/mcm/categories?locationgroupid=574").await.nothing(204);

    uem.delete(&format!("/api/mcm/categories/{id}")).await.nothing(200);
    assert_eq!(uem.delete(&format!("/api/mcm/categories/{id}")).await.status, 404);
    assert_eq!(uem.put(&format!("/api/mcm/categories/{id}"), json!({"name": "x"})).await.status, 404);
    uem.get("/api/mcm/categories").await.nothing(204);
    uem.covers(&["mcmv1/Category"]);
}

#[tokio::test]
async fn what_is_published_and_not_built_says_so() {
    let uem = Caller::new().await;
    let answer = uem.get("/api/mem/memdevices/search").await;
    assert_eq!(answer.error(), (501, 501));
    assert!(answer.text.contains("MEMDevices_Search"), "{answer:?}");
}
