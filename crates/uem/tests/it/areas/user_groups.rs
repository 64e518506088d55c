//! User groups: those made by hand, and those that follow the directory.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::caller::{Caller, list, read, version};

#[tokio::test]
async fn custom_groups_are_made_filled_and_removed() {
    let uem = Caller::new().await;
    let new = json!({"GroupName": "Choir", "Description": "They sing", "ManagedByOrganizationGroupID": 571});
    let made = uem.post("/api/system/usergroups/createcustomusergroup", new.clone()).await.json();
    let group = made["Value"].as_i64().expect("an id");
    assert_eq!(uem.post("/api/system/usergroups/createcustomusergroup", new).await.error(), (400, 7147));
    let nowhere = json!({"GroupName": "x", "ManagedByOrganizationGroupID": 9});
    assert_eq!(uem.post("/api/system/usergroups/createcustomusergroup", nowhere).await.error(), (400, 6));

    let user = json!({"UserName": "ada", "Password": "a", "FirstName": "A", "LastName": "B", "Email": "a@b.example"});
    let user = uem.post("/api/system/users/adduser", user).await.json()["Value"].clone();
    let path = format!("/api/system/usergroups/{group}");
    uem.post_nothing(&format!("{path}/user/{user}/addusertogroup")).await.nothing(200);
    let members = uem.get(&format!("{path}/users")).await.json();
    assert_eq!(list(&members, "EnrollmentUser")[0]["UserName"], "ada");
    for query in ["groupname=choi", "groupname=Choir&organizationgroupid=571", "groupname=choir&usergrouptype=custom"] {
        let found = uem.get(&format!("/api/system/usergroups/search?{query}")).await.json();
        assert_eq!((&list(&found, "UserGroup")[0]["UserCount"], &found["Total"]), (&json!(1), &json!(1)), "{query}");
    }
    uem.get("/api/system/usergroups/search?groupname=Choir&organizationgroupid=572").await.nothing(204);
    uem.get("/api/system/usergroups/search?groupname=Choir&usergrouptype=directory").await.nothing(204);
    assert_eq!(uem.get("/api/system/usergroups/search?usergrouptype=odd").await.error(), (400, 6));
    let custom = uem.get("/api/system/usergroups/custom/search?groupname=Choir").await.json();
    assert_eq!(list(&custom, "UserGroup")[0]["UserGroupId"], json!(group));
    uem.get("/api/system/usergroups/custom/search?groupname=Orchestra").await.nothing(204);
    assert_eq!(uem.get("/api/system/usergroups/custom/search").await.error(), (400, 400));

    uem.post_nothing(&format!("{path}/user/{user}/removeuserfromgroup")).await.nothing(200);
    assert_eq!(uem.post_nothing(&format!("{path}/user/{user}/removeuserfromgroup")).await.error(), (400, 6));
    assert_eq!(uem.post_nothing(&format!("{path}/user/999999/addusertogroup")).await.error(), (404, 404));
    assert_eq!(uem.post_nothing(&format!("{path}/user/999999/removeuserfromgroup")).await.error(), (404, 404));
    uem.delete(&format!("{path}/delete")).await.nothing(200);
    assert_eq!(uem.delete(&format!("{path}/delete")).await.error(), (400, 17));
    assert_eq!(uem.get(&format!("{path}/users")).await.error(), (400, 17));
    uem.covers(&["systemv1/UserGroups"]);
}

async fn patch(uem: &Caller, path: &str, body: &Value) -> crate::caller::Answer {
    read(uem.request(Method::PATCH, path).body(body.to_string())).await
}

#[tokio::test]
async fn directory_groups_are_synchronised_and_merged() {
    let uem = Caller::new().await;
    let owner = uem.get("/api/system/groups/571").await.json()["Uuid"].clone();
    let new = json!({"GroupName": "Engineering Guild", "UserGroupType": "directory", "ExternalType": "group",
        "LocationGroupUUID": owner, "AutoMergeEnabled": false});
    let made = uem.post("/api/system/user-groups/actions/add", new.clone()).await.json();
    assert_eq!(uem.post("/api/system/user-groups/actions/add", new).await.error(), (400, 7147));
    let (key, uuid) = (made["Value"].clone(), made["uuid"].as_str().expect("a UUID").to_owned());
    let path = |word: &str| format!("/api/system/user-groups/{uuid}/actions/{word}");
    let members = || async { uem.get(&format!("/api/system/user-groups/{uuid}/members?page_size=1000")).await.json() };
    // The directory knows departments: once the group has the name of one, its people belong to it.
    let change = json!({"GroupName": "Engineering", "SetUserGroupPermission": [{"LocationGroupUUID": owner, "ManageGroup": true}]});
    patch(&uem, &path("update"), &change).await.nothing(204);
    let wrong = json!({"RemoveUserGroupPermission": [{"LocationGroupUUID": Uuid::new_v4()}]});
    assert_eq!(patch(&uem, &path("update"), &wrong).await.error(), (400, 6));
    assert_eq!(uem.post_nothing(&path("merge")).await.error(), (412, 412), "nothing was synchronised yet");
    assert_eq!(uem.post_nothing(&path("add-missing-users")).await.error(), (412, 412));
    uem.post_nothing(&path("sync")).await.nothing(202);
    assert_eq!(uem.post_nothing(&path("sync")).await.error(), (412, 412), "one at a time");
    assert_eq!(list(&members().await, "UsersList").len(), 0);
    uem.wait(Duration::from_secs(3_600)).await;

    let changes = uem.get(&format!("{}?mergechangestype=All&page_size=1000", path("changes"))).await.json();
    let found = list(&changes, "user_additons").len();
    assert!(found > 0 && changes["Total_Result"] == json!(found), "{changes}");
    assert_eq!(uem.get(&format!("{}?mergechangestype=odd", path("changes"))).await.error(), (400, 6));
    assert_eq!(list(&members().await, "UsersList").len(), 0, "nothing is merged by itself");
    uem.post_nothing(&path("add-missing-users")).await.nothing(202);
    assert_eq!(list(&members().await, "UsersList").len(), found);
    let page = uem.get(&format!("/api/system/user-groups/{uuid}/members?page=2&page_size=1")).await.json();
    assert_eq!((&page["PageNumber"], &page["TotalPageCount"]), (&json!(2), &json!(found)));
    assert_eq!(uem.get(&format!("/api/system/user-groups/{uuid}/members?page=0")).await.error(), (400, 400));
    uem.post_nothing(&path("merge")).await.nothing(202);

    // Somebody leaves the department; the group hears of it at the next synchronisation.
    let gone = list(&members().await, "UsersList")[0]["EnrollmentUserUUID"].as_str().expect("a UUID").to_owned();
    let move_away = json!({"department": "Sales"});
    version(&uem, 2, Method::PUT, &format!("/api/system/users/{gone}"), &move_away).await.nothing(200);
    uem.post_nothing(&path("sync")).await.nothing(202);
    uem.wait(Duration::from_secs(3_600)).await;
    let acknowledge = format!("/api/system/GroupSyncActions/{uuid}");
    let v2 = |method: Method, path: String, body: Value| {
        let uem = &uem;
        async move { version(uem, 2, method, &path, &body).await }
    };
    let seen = v2(Method::GET, format!("{acknowledge}?membershipStatus=Remove"), Value::Null).await.json();
    assert_eq!((&seen["merge_status"], list(&seen, "remove_list").len()), (&json!("Pending"), 1));
    let merge = |token: Value| json!({"access_token": token, "group_uuid": uuid});
    let actions = || "/api/system/GroupSyncActions".to_owned();
    assert_eq!(v2(Method::POST, actions(), merge(json!(Uuid::new_v4()))).await.error(), (401, 401));
    v2(Method::POST, actions(), merge(seen["access_token"].clone())).await.nothing(204);
    assert_eq!(list(&members().await, "UsersList").len(), found - 1);
    assert_eq!(v2(Method::GET, format!("/api/system/GroupSyncActions/{}", Uuid::nil()), Value::Null).await.status, 404);

    // Its members come from the directory and from nowhere else.
    let by_hand = uem.post_nothing(&format!("/api/system/usergroups/{key}/user/1001/addusertogroup")).await;
    assert_eq!(by_hand.error(), (403, 6078));
    let found = uem.get("/api/system/usergroups/search?usergrouptype=directory&mergestatus=Completed").await.json();
    assert_eq!(list(&found, "UserGroup")[0]["UserGroupName"], "Engineering");
    uem.delete(&path("delete")).await.nothing(204);
    assert_eq!(uem.delete(&path("delete")).await.error(), (400, 17));
    assert_eq!(uem.post_nothing(&path("sync")).await.error(), (400, 17));
    uem.covers(&["systemv1/UserGroupsActions", "systemv2/GroupSyncActionsV2"]);
}
