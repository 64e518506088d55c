//! Settings of organization groups: they persist, are inherited, and refuse what makes no sense.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::caller::{Answer, Caller, list, read, version};

async fn group_uuid(uem: &Caller, id: i64) -> String {
    let group = uem.get(&format!("/api/system/groups/{id}")).await.json();
    group["Uuid"].as_str().expect("a UUID").to_owned()
}

async fn patch(uem: &Caller, path: &str, body: &Value) -> Answer {
    read(uem.request(Method::PATCH, path).body(body.to_string())).await
}

/// A call of somebody whose role allows nothing but reading tags.
pub(super) async fn as_tagger(uem: &Caller, path: &str) -> Answer {
    const PASSWORD: &str = "correct horse";
    let role = json!({"Name": "Tag reader", "Permissions": ["tags:read"]});
    // Whoever comes second finds role and account there.
    let _ = uem.post("/API/v1/roles", role).await;
    let role = uem.get("/API/v1/roles/search?name=Tag%20reader").await.json();
    let role = list(&role, "Roles")[0]["Id"]["Value"].clone();
    let _ = uem
        .post(
            "/API/v1/admins",
            json!({"UserName": "tagger", "Password": PASSWORD, "FirstName": "T", "LastName": "R",
                "Email": "t@r.example", "Roles": [{"Id": role}]}),
        )
        .await;
    let call = uem.bare(Method::GET, path).basic_auth("tagger", Some(PASSWORD));
    read(call.header("aw-tenant-code", &uem.tenant.ready.tenant_code)).await
}

#[tokio::test]
async fn push_certificates_are_saved_inherited_and_renewed() {
    let uem = Caller::new().await;
    let path = |id: i64| format!("/api/system/groups/{id}/apns");
    assert_eq!(uem.get(&path(574)).await.error(), (404, 404), "nobody has one yet");
    let new =
        json!({"AppleId": "push@meridian.example", "UploadedCertificateBlobId": 7, "CertificatePassword": "hidden"});
    assert_eq!(uem.post(&path(571), json!({"AppleId": "x", "UploadedCertificateBlobId": 7})).await.error(), (400, 400));
    assert_eq!(uem.post(&path(571), json!({"AppleId": "a@b.example"})).await.error(), (400, 400));
    let mut renewed = new.clone();
    renewed["Renew"] = json!(true);
    assert_eq!(uem.post(&path(571), renewed.clone()).await.error(), (400, 400), "nothing to renew");
    assert_eq!(uem.post(&path(571), new).await.status, 201);
    let seen = uem.get(&path(574)).await.json();
    assert_eq!(seen["AppleId"], "push@meridian.example", "from the group above");
    assert!(!seen.to_string().contains("hidden"), "a password is never shown");
    assert_eq!(uem.get(&path(572)).await.error(), (404, 404));
    assert_eq!(uem.get(&path(9)).await.error(), (400, 6));

    let v2 = |uuid: String| {
        let uem = &uem;
        async move { version(uem, 2, Method::GET, &format!("/api/system/groups/{uuid}/apns"), &Value::Null).await }
    };
    let (europe, germany) = (group_uuid(&uem, 571).await, group_uuid(&uem, 574).await);
    assert_eq!(v2(germany.clone()).await.json()["current_setting"], "Inherit");
    let before = v2(europe.clone()).await.json();
    assert_eq!(
        (&before["current_setting"], &before["apple_id"]),
        (&json!("Override"), &json!("push@meridian.example"))
    );
    uem.wait(Duration::from_secs(3_600)).await;
    assert_eq!(uem.post(&path(571), renewed).await.status, 201);
    assert_ne!(v2(europe.clone()).await.json()["valid_to"], before["valid_to"], "renewed");
    assert_eq!(v2(Uuid::nil().to_string()).await.error(), (404, 6008));

    patch(&uem, &path(571), &json!({"ChildPermission": "override"})).await.nothing(200);
    assert_eq!(v2(europe).await.json()["child_permission"], "Override");
    assert_eq!(patch(&uem, &path(571), &json!({"ChildPermission": "odd"})).await.error(), (400, 400));
    assert_eq!(patch(&uem, &path(574), &json!({"Inherit": true})).await.error(), (400, 400));
    uem.covers(&["systemv1/Apns", "systemv2/ApnsV2"]);
}

#[tokio::test]
async fn certificates_are_pinned_to_hosts() {
    let uem = Caller::new().await;
    let at = |path: String| format!("/api/system/sslpinning/{path}");
    for word in ["enable", "disable"] {
        uem.post_nothing(&at(format!("{word}/571"))).await.nothing(204);
        assert_eq!(uem.post_nothing(&at(format!("{word}/9"))).await.error(), (403, 5142));
    }
    let new = json!({"HostName": "Mail.Meridian.example", "OrganizationGroupId": 571, "Required": true});
    let host = uem.post(&at("pinnedhost".into()), new.clone()).await.json()["Id"].as_str().expect("a UUID").to_owned();
    assert_eq!(uem.post(&at("pinnedhost".into()), new).await.error(), (422, 422));
    assert_eq!(uem.post(&at("pinnedhost".into()), json!({"HostName": "no host"})).await.error(), (422, 1012));
    let hosts = || async { uem.get(&at("pinnedhosts?organizationgroupid=571&hostName=meridian".into())).await.json() };
    let seen = hosts().await;
    assert_eq!((&seen[0]["HostName"], &seen[0]["Required"]), (&json!("mail.meridian.example"), &json!(true)));
    assert_eq!(uem.get(&at("pinnedhosts?organizationgroupid=9".into())).await.error(), (403, 5142));

    let pem = uem.get("/API/v1/console/certificates/authority").await.json();
    let pin = json!({"HostGuid": host, "Certificate": pem["Certificate"]});
    assert_eq!(uem.post(&at("pincertificate".into()), pin.clone()).await.json()["ItemsAffected"], 1);
    assert_eq!(uem.post(&at("pincertificate".into()), pin.clone()).await.error(), (400, 400));
    let nowhere = json!({"HostGuid": Uuid::nil(), "Certificate": pem["Certificate"]});
    assert_eq!(uem.post(&at("pincertificate".into()), nowhere).await.error(), (403, 5143));
    let seen = hosts().await;
    let certificate = &list(&seen[0], "PinnedCerts")[0];
    assert_eq!((&certificate["IsEnabled"], &certificate["CertificateId"]), (&json!(true), &json!(1)));
    assert!(certificate["PublicKey"].as_str().expect("a key").len() > 80);

    uem.post_nothing(&at(format!("disablepin/{host}/571"))).await.nothing(204);
    assert_eq!(list(&hosts().await[0], "PinnedCerts")[0]["IsEnabled"], false);
    uem.post_nothing(&at(format!("enablepin/{host}/571"))).await.nothing(204);
    for word in ["enablepin", "disablepin"] {
        assert_eq!(uem.post_nothing(&at(format!("{word}/{host}/572"))).await.error(), (403, 5143));
    }
    let synced = uem.post_nothing(&at("syncwithautodiscovery/571".into())).await.json();
    assert_eq!((&synced["ItemsAffected"], &hosts().await[0]["AutoDiscoverySynced"]), (&json!(1), &json!(true)));
    assert_eq!(uem.post_nothing(&at("syncwithautodiscovery/9".into())).await.error(), (403, 5142));

    // The thumbprint stands in the certificate's own record.
    let made = uem.post("/API/v1/certificates", json!({"Name": "a", "Certificate": pem["Certificate"]})).await.json();
    let known = uem.get(&format!("/API/v1/certificates/{}", made["Value"])).await.json();
    let unpin = json!({"HostGuid": host, "CertificateThumbprint": known["Thumbprint"]});
    uem.post(&at("unpincertificate".into()), unpin.clone()).await.nothing(204);
    assert_eq!(uem.post(&at("unpincertificate".into()), unpin).await.error(), (422, 422));
    assert_eq!(list(&hosts().await[0], "PinnedCerts").len(), 0);

    let path = at(format!("pinnedhost/{host}"));
    patch(&uem, &path, &json!({"HostName": "*.meridian.example"})).await.nothing(204);
    assert_eq!(hosts().await[0]["HostName"], "*.meridian.example");
    assert_eq!(patch(&uem, &path, &json!({"HostName": "a b"})).await.error(), (422, 1012));
    uem.delete(&path).await.nothing(204);
    assert_eq!(uem.delete(&path).await.error(), (403, 5143));
    uem.covers(&["systemv1/SSLPinning"]);
}

#[tokio::test]
async fn licenses_storage_restrictions_and_notices() {
    let uem = Caller::new().await;
    let (root, nowhere) = (uem.tenant.ready.organization_group.uuid, Uuid::nil());
    let licenses = |group: Uuid| format!("/api/system/groups/{group}/licenses");
    let found = uem.get(&licenses(root)).await.json();
    let enrolled = uem.get("/api/system/users/enrolleddevices/search").await.json();
    let enrolled = list(&enrolled, "EnrolledDeviceInfoList").len();
    assert_eq!((&found["total_count"], &list(&found, "licenses")[0]["quantity_used"]), (&json!(4), &json!(enrolled)));
    assert_eq!(uem.get(&licenses(nowhere)).await.error(), (404, 6008));
    let express = json!({"OrganizationGroupId": 570, "QuantityPurchased": 25, "LicenseType": "TrialPerUser"});
    uem.post("/api/system/expresslicenses", express.clone()).await.nothing(200);
    let found = uem.get(&licenses(root)).await.json();
    let last = &list(&found, "licenses")[4];
    assert_eq!((&last["license_type"], &last["quantity_purchased"]), (&json!("TRIAL_PER_USER"), &json!(25)));
    assert_eq!(uem.post("/api/system/expresslicenses", json!({"OrganizationGroupId": 570})).await.error(), (400, 400));

    let storage = |group: Uuid| format!("/api/system/groups/{group}/settings/agent/storage");
    assert_eq!(uem.get(&storage(root)).await.json()["file_encryption_enabled"], true);
    assert_eq!(uem.get(&storage(nowhere)).await.error(), (404, 6008));

    let someone = uem.get("/api/system/users/search?pagesize=1").await.json();
    let name = list(&someone, "Users")[0]["UserName"].as_str().expect("a name").to_owned();
    let about = |name: &str| format!("/api/system/groups/{root}/enrollment_users?user_name={name}");
    let seen = uem.get(&about(&name)).await.json();
    assert_eq!(
        (&seen["user_name"], &seen["enrollment_user_uuid"]),
        (&json!(name), &list(&someone, "Users")[0]["Uuid"])
    );
    assert_eq!(uem.get(&about("nobody")).await.error(), (404, 404));

    let policies = "/api/system/enrollment/restriction-policies";
    let found = uem.get(policies).await.json();
    let policy = list(&found, "enrollment_restrictions_policies")[0].clone();
    let policy = policy["enrollment_restriction_policy_uuid"].as_str().expect("a UUID").to_owned();
    let group = uem.post("/API/v1/usergroups", json!({"Name": "May enroll"})).await.json()["Uuid"].clone();
    let path = format!("{policies}/{policy}/organization-group/{root}");
    let change = |op: &str| json!({"op": op, "user_group_uuids": [group, nowhere]});
    let answer = patch(&uem, &path, &change("add")).await.json();
    let statuses: Vec<_> = list(&answer, "statusResponse").iter().map(|row| &row["status"]).collect();
    assert_eq!(statuses, ["SUCCESS", "FAILURE"]);
    let one = format!("{policies}/{policy}");
    assert_eq!(uem.get(&one).await.json()["user_groups_list"], json!([group]));
    patch(&uem, &path, &change("remove")).await.json();
    assert_eq!(uem.get(&one).await.json()["user_groups_list"], json!([]));
    assert_eq!(patch(&uem, &path, &change("odd")).await.error(), (400, 400));
    assert_eq!(uem.get(&format!("{policies}/{nowhere}")).await.error(), (404, 404));
    assert_eq!(as_tagger(&uem, policies).await.error(), (403, 1011));

    // A synchronisation whose changes wait is noticed.
    let notices = "/api/system/notifications";
    assert_eq!(uem.get(notices).await.json(), json!([]));
    let directory = json!({"GroupName": "Finance", "UserGroupType": "Directory", "ExternalType": "Group",
        "LocationGroupUUID": group_uuid(&uem, 571).await});
    let made = uem.post("/api/system/user-groups/actions/add", directory).await.json();
    let sync = format!("/api/system/user-groups/{}/actions/sync", made["uuid"].as_str().expect("a UUID"));
    uem.post_nothing(&sync).await.nothing(202);
    uem.wait(Duration::from_secs(3_600)).await;
    let told = uem.get(&format!("{notices}?active=true")).await.json();
    assert_eq!((&told[0]["OrganizationGroupId"], &told[0]["IsAcknowledged"]), (&json!(571), &json!(false)));
    let notice = format!("{notices}/{}", told[0]["id"]);
    assert_eq!(uem.post_nothing(&notice).await.json()["Value"], told[0]["id"]);
    assert_eq!(uem.post_nothing(&notice).await.error(), (400, 400));
    assert_eq!(uem.get(&format!("{notices}?active=true")).await.json(), json!([]));
    let counts = uem.get(&format!("{notices}/count")).await.json();
    assert_eq!((&counts["Active"], &counts["Dismissed"], &counts["Total"]), (&json!(0), &json!(1), &json!(1)));
    assert_eq!(uem.get(&format!("{notices}?startIndex=x")).await.error(), (400, 400));
    assert_eq!(as_tagger(&uem, &format!("{notices}/count")).await.error(), (403, 1011));
    uem.covers(&[
        "systemv1/ProductLicenses",
        "systemv1/ExpressLicense",
        "systemv2/TenantStorageSettingsV2",
        "systemv2/AdvancedLdapSyncJobV2",
        "systemv2/EnrollmentRestrictionPolicyV2",
        "systemv1/Notifications",
    ]);
}
