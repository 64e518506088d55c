//! The lists of words, every one of them.

use muster_uem::{Habits, Settings};
use serde_json::Value;

use crate::caller::{Caller, list};

#[tokio::test]
async fn every_list_has_its_items_and_what_is_not_known_is_an_error() {
    let habits = Habits { refuse_unknown_queries: true, ..Habits::default() };
    let uem = Caller::of(Settings { habits, ..Settings::in_memory() }).await;
    let built = uem.tenant.built();
    let plain = built.iter().filter(|(_, operation)| operation.area == "PickLists" && !operation.path.contains('{'));
    let paths: Vec<&str> = plain.map(|(_, operation)| operation.path.as_str()).collect();
    assert_eq!(paths.len(), 90);
    for path in paths {
        let items = uem.get(path).await.json();
        let items = items.as_array().expect("a list");
        assert!(items.len() > usize::from(!path.ends_with("mailserverprotocol")), "{path}");
        assert!(items.iter().all(|item| item["Key"].is_string() && item["Description"].is_string()), "{path}");
        assert_eq!(uem.get(&format!("{path}?nonsense=1")).await.error(), (400, 400), "{path}");
    }
    words_in_the_address(&uem).await;
    what_the_tenant_has(&uem).await;
    uem.covers(&["mdmv1/PickLists", "mdmv2/PickListsV2"]);
}

async fn words_in_the_address(uem: &Caller) {
    let root = "/api/mdm/picklists";
    let families = uem.get(&format!("{root}/platforms/apple/devicemodelfamily")).await.json();
    assert_eq!(families[0], serde_json::json!({"Key": "1", "Description": "iPhone"}));
    assert_eq!(uem.get(&format!("{root}/platforms/fax/devicemodelfamily")).await.error(), (400, 400));
    uem.get(&format!("{root}/platforms/WinRT/vpntypes")).await.json();
    assert_eq!(uem.get(&format!("{root}/platforms/fax/vpntypes")).await.error(), (400, 400));
    uem.get(&format!("{root}/appleosxvpnuserauthentication/ikev2")).await.json();
    assert_eq!(uem.get(&format!("{root}/appleosxvpnuserauthentication/smoke")).await.error(), (400, 400));
    let german = uem.get(&format!("{root}/appleratingmovies?filterKey=de")).await.text;
    assert!(german.contains("\"16\""), "{german}");
    assert_eq!(uem.get(&format!("{root}/appleratingtvshows?filterKey=xx")).await.error(), (400, 400));
}

async fn what_the_tenant_has(uem: &Caller) {
    let root = "/api/mdm/picklists";
    let models = uem.get(&format!("{root}/platforms/Apple/devicemodels")).await.text;
    let device = uem.get("/api/mdm/devices/search?platform=Apple&pagesize=1").await.json();
    let model = device["Devices"][0]["Model"].as_str().expect("a model").to_owned();
    assert!(models.contains(&model), "{model} is not in {models}");
    assert_eq!(uem.get(&format!("{root}/platforms/fax/devicemodels")).await.error(), (400, 400));
    let systems = uem.get(&format!("{root}/platforms/Apple/operatingsystems")).await.json();
    assert!(systems.as_array().is_some_and(|all| all.len() > 1), "{systems}");
    assert_eq!(uem.get(&format!("{root}/platforms/fax/operatingsystems")).await.error(), (400, 400));

    let of = |group: i64, what: &str| format!("{root}/organizationgroups/{group}/{what}");
    let authorities: Value = uem.get(&of(570, "certificateauthorities")).await.json();
    let own = authorities[0]["Key"].as_str().expect("a key").to_owned();
    assert_eq!(uem.get(&of(9, "certificateauthorities")).await.error(), (400, 6));
    let templates = uem.get(&of(570, &format!("certificateauthorities/{own}/certificatetemplates"))).await.json();
    assert_eq!(templates.as_array().map(Vec::len), Some(2));
    assert_eq!(uem.get(&of(570, "certificateauthorities/99/certificatetemplates")).await.status, 404);
    for what in ["geofencingareas", "timefencingschedules"] {
        uem.get(&of(571, what)).await.nothing(204);
        assert_eq!(uem.get(&of(9, what)).await.error(), (400, 6));
    }
    let group = uem.tenant.ready.organization_group.uuid;
    let path = |group| format!("/api/mdm/groups/{group}/picklists/certificate-authorities");
    let second = uem.get(&path(group)).await.json();
    assert_eq!(list(&second, "authorities")[0]["authority_name"], authorities[0]["Description"]);
    assert_eq!(uem.get(&path(uuid::Uuid::nil())).await.error(), (404, 6008));
    let scep = uem.get(&format!("{root}/applescepcredentialsource?includeSupportedOnly=true")).await.json();
    assert_eq!(scep.as_array().map(Vec::len), Some(2));
    let unknown = format!("{root}/appleosxscepcredentialsource?organizationGroupUuid={}", uuid::Uuid::nil());
    assert_eq!(uem.get(&unknown).await.error(), (404, 6008));
}
