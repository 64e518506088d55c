//! The console of a tenant that is stopped, on its folder: what it makes opens the door when the tenant runs.

use std::sync::Arc;

use jiff::SignedDuration;
use muster_store::SystemClock;
use muster_uem::{
    AccountWish, ClientWish, Console, Data, KeyWish, Kind, LogWish, Objection, Pace, Settings, SettingsWish,
};
use reqwest::Method;
use serde_json::json;

use crate::caller::{Caller, read};

const INFO: &str = "/api/system/info";

#[tokio::test]
async fn what_is_made_while_the_tenant_is_stopped_opens_the_door_when_it_runs() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = Data::Folder(folder.path().to_owned());
    let open = async || Console::open(&data, Arc::new(SystemClock)).await;
    assert!(matches!(open().await, Err(Objection::NotFound(_))), "there is nothing yet");
    let settings = || Settings { devices: 20, fleet: Pace::Stepped, ..Settings::in_folder(folder.path()) };
    let uem = Caller::of(settings()).await;
    let Err(Objection::Failed(error)) = open().await else { panic!("it runs") };
    assert_eq!(error.kind(), Kind::Locked);
    assert_eq!(uem.get(INFO).await.status, 200);
    uem.tenant.stop().await;

    let console = open().await.expect("opens");
    let wish = |name: &str, role: &str| AccountWish {
        username: name.to_owned(),
        role: role.to_owned(),
        group: Some("meridian-de".to_owned()),
        ..AccountWish::default()
    };
    let made = console.add_account(&wish("nightly", "Read Only")).await.expect("is made");
    let password = made["password"].as_str().expect("a password").to_owned();
    assert!(matches!(console.add_account(&wish("Nightly", "Read Only")).await, Err(Objection::Conflict(_))));
    assert!(matches!(console.add_account(&wish("x", "Nobody")).await, Err(Objection::NotFound(_))));
    console.add_role("Locksmith", "", &["commands:send:DeviceLock".to_owned()], None).await.expect("a role");
    console.set_role("nightly", "Locksmith", None, true).await.expect("is given");
    let key = KeyWish {
        service: "nightly".to_owned(),
        account: Some("nightly".to_owned()),
        rights: vec!["*:read".to_owned()],
        ..KeyWish::default()
    };
    let (id, first) = console.add_key(&key).await.expect("a key");
    let second = console.rotate_key(id, SignedDuration::from_hours(1)).await.expect("is rotated");
    let client = ClientWish { name: "sync".to_owned(), role: "Helpdesk".to_owned(), ..ClientWish::default() };
    let (client_id, secret) = console.add_client(&client).await.expect("a client");
    let files = console.issue_certificate("nightly", 30, true, Some("pass")).await.expect("a certificate");
    assert!(files.pkcs12.is_some() && files.authority_pem == console.authority());
    let limit = SettingsWish { rate_limit: Some(7), ..SettingsWish::default() };
    console.set_settings(Some("574"), limit, false).await.expect("is set");
    assert_eq!(console.settings(Some("meridian-de")).await.expect("reads")["rate_limit"], 7);
    console.set_settings(Some("574"), SettingsWish::default(), true).await.expect("is inherited again");
    assert_eq!(console.settings(Some("574")).await.expect("reads")["rate_limit"], json!(null));
    let log = console.log(&LogWish { limit: 10, ..LogWish::default() }).await.expect("reads");
    assert_eq!((&log[0]["operation"], &log[0]["status"]), (&json!("system.info"), &json!(200)));
    let listed = console.keys().await.expect("reads");
    assert!(!serde_json::to_string(&listed).expect("JSON").contains(&second) && listed.len() == 2);
    assert!(console.accounts().await.expect("reads").iter().any(|row| row["username"] == "nightly"));
    console.close().await;

    let uem = Caller::of(settings()).await;
    let code = uem.tenant.ready.tenant_code.clone();
    let ask = async |name: &str, value: &str| {
        let request = uem.bare(Method::GET, INFO).header(name, value).header("aw-tenant-code", &code);
        read(request).await.status
    };
    assert_eq!((ask("x-api-key", &first).await, ask("x-api-key", &second).await), (200, 200));
    let basic = uem.bare(Method::GET, INFO).basic_auth("nightly", Some(&password)).header("aw-tenant-code", &code);
    assert_eq!(read(basic).await.status, 200);
    let form = [("grant_type", "client_credentials"), ("client_id", &client_id), ("client_secret", &secret)];
    assert_eq!(read(uem.bare(Method::POST, "/connect/token").form(&form)).await.status, 200);
    uem.tenant.stop().await;

    let console = open().await.expect("opens");
    console.revoke_key(id).await.expect("is revoked");
    console.revoke_client(&client_id).await.expect("is revoked");
    console.revoke_certificate(&files.serial).await.expect("is revoked");
    console.set_active("nightly", false).await.expect("is disabled");
    console.unlock("nightly").await.expect("is unlocked");
    console.set_password("nightly", Some("another password")).await.expect("is set");
    assert!(matches!(console.remove_role("Locksmith").await, Err(Objection::Conflict(_))), "somebody has it");
    console.set_role("nightly", "Locksmith", None, false).await.expect("is taken");
    console.remove_role("Locksmith").await.expect("is removed");
    console.remove_account("nightly").await.expect("is removed");
    assert!(console.certificates().await.expect("reads").iter().all(|row| !row["revoked_at"].is_null()));
    console.close().await;
    let uem = Caller::of(settings()).await;
    let request = uem.bare(Method::GET, INFO).header("x-api-key", &second).header("aw-tenant-code", &code);
    assert_eq!(read(request).await.error(), (401, 1005));
    uem.tenant.stop().await;
}
