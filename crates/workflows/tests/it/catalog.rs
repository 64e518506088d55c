//! Workflows by name, as a schedule starts them.

use muster_client::Dialect;
use muster_engine::Selection;
use muster_workflows::{Unwatched, catalog};
use serde_json::json;

use crate::stage::Stage;

#[tokio::test]
async fn every_workflow_starts_by_its_name() {
    let stage = Stage::new(Dialect::Guide, 60).await;
    let table = "Username,FirstName,LastName,Email,SecurityType,Password\nbo,Bo,B,bo@corp.example,Basic,s3cret\n";
    let parameters = [
        ("compliance", json!({})),
        ("provisioning", json!({ "name": "users.csv", "table": table })),
        ("deployment", json!({ "deployments": [{ "app": "Google Chrome", "smart_group": "All Devices" }] })),
        ("devices-command", json!({ "command": "SyncDevice", "filter": { "platform": "WinRT" }, "bound": 60 })),
        ("devices-tag", json!({ "change": { "add": ["Pilot"] }, "filter": { "platform": "Apple" } })),
    ];
    assert_eq!(parameters.len(), catalog::CATALOG.len());
    for (name, parameters) in parameters {
        let entry = catalog::find(name).expect("known");
        let decided =
            entry.decide(&stage.client, parameters, stage.uem.now(), &Unwatched).await.expect("observes and decides");
        assert!(!decided.draft.items.is_empty(), "{name}");
        assert_eq!(decided.secrets.len(), usize::from(name == "provisioning"));
        if let Selection::Filter { everything, .. } = decided.draft.selection {
            assert!(!everything, "{name}");
        }

        let wrong = entry.decide(&stage.client, json!({ "no": "such" }), stage.uem.now(), &Unwatched).await;
        assert!(wrong.expect_err("refused").to_string().contains("these are no parameters"), "{name}");
    }
}
