//! Who may come in, which dialect is found, and what is said when it is not so.

use futures_util::future::BoxFuture;
use muster_client::{Credentials, Dialect, Error, Exhausted, Kind, Quota, Settings, connect, connect_with};
use muster_model::apps::App;
use muster_model::ids::{AppId, DeviceId, UserGroupId, Wrapped};
use muster_uem::On;

use crate::stage::{Stage, oauth, settings, tenant};

#[tokio::test]
async fn the_richer_dialect_is_found_with_either_kind_of_credentials() {
    let uem = tenant().await;
    for settings in [settings(&uem), oauth(&uem)] {
        let (client, _writer) = connect(settings).await.expect("connects");
        assert_eq!(client.dialect(), Dialect::Guide);
        let info = client.system_info().await.expect("answers");
        assert!(!info.product_version.is_empty() && !info.derived, "{info:?}");
    }
    uem.stop().await;
}

#[tokio::test]
async fn what_the_published_dialect_does_not_say_is_derived_and_marked() {
    let stage = Stage::set().await;
    let [guide, published] = stage.clients();
    assert_eq!(published.server_time(), None, "nothing has been answered yet");
    let (says, derives) =
        (guide.system_info().await.expect("answers"), published.system_info().await.expect("answers"));
    assert_eq!((says.derived, derives.derived), (false, true));
    assert_eq!((&says.product_version, &says.build_number), (&derives.product_version, &derives.build_number));
    assert!(derives.server_time.is_some() && published.server_time() >= derives.server_time);
}

/// Connects in vain and says nothing secret.
async fn refused(settings: Settings) -> Error {
    let error = connect(settings).await.expect_err("refused");
    let shown = format!("{error:?} {error} {:?}", error.hint());
    assert!(!shown.contains("not-the-") && error.hint().is_some(), "{shown}");
    error
}

#[tokio::test]
async fn wrong_credentials_say_which_and_why() {
    let uem = tenant().await;
    let Credentials::Basic { username, password, tenant_code } = settings(&uem).credentials else { unreachable!() };
    let basic = |username: &str, password: &str, tenant_code: &str| Settings {
        credentials: Credentials::Basic {
            username: username.to_owned(),
            password: password.to_owned().into(),
            tenant_code: tenant_code.to_owned().into(),
        },
        ..settings(&uem)
    };
    let error = refused(basic(&username, "not-the-password", &uem.ready.tenant_code)).await;
    assert_eq!((error.kind(), error.fault().map(|fault| fault.error_code)), (Kind::Auth, Some(1005)), "{error}");
    let error = refused(basic(&username, &uem.ready.password, "not-the-code")).await;
    assert_eq!((error.kind(), error.fault().map(|fault| fault.error_code)), (Kind::Auth, Some(1013)), "{error}");
    assert!(error.hint().is_some_and(|hint| hint.contains("tenant code")));
    drop((password, tenant_code));

    let mut given = oauth(&uem);
    if let Credentials::OAuth { client_secret, .. } = &mut given.credentials {
        *client_secret = "not-the-secret".to_owned().into();
    }
    let error = refused(given).await;
    assert!(error.kind() == Kind::Auth && matches!(error, Error::Credentials { .. }), "{error:?}");
    uem.stop().await;
}

#[tokio::test]
async fn a_token_is_fetched_once_survives_trouble_and_is_renewed_when_refused() {
    let uem = tenant().await;
    let given = Settings { dialect: Some(Dialect::Guide), ..oauth(&uem) };
    let (client, writer) = connect(given).await.expect("connects");
    // Two fetches fail; were there more than one at a time, some calls would meet the third fault.
    uem.faults().on(On::Tokens).fail_with(503, 2);
    let calls = (0..20).map(|_| client.system_info());
    for info in futures_util::future::join_all(calls).await {
        info.expect("answers");
    }
    let before = client.statistics();
    assert_eq!((before.calls, before.retries), (20, 2), "{before:?}");

    uem.faults().fail_with(401, 1);
    client.system_info().await.expect("with a new token");
    uem.faults().on(On::Writes).fail_with(401, 1);
    writer
        .command(DeviceId(1), muster_model::commands::Command::SyncDevice, &serde_json::Map::new())
        .await
        .map_or_else(|error| assert_ne!(error.kind(), Kind::Auth, "{error}"), |_| ());
    uem.faults().fail_with(401, 2);
    let error = client.system_info().await.expect_err("a new token does not help either");
    assert_eq!(error.kind(), Kind::Auth);
    uem.stop().await;
}

#[tokio::test]
async fn not_found_is_not_found_in_every_disguise() {
    let stage = Stage::set().await;
    let nobody = DeviceId(987_654_321);
    for client in stage.clients() {
        let missing = App { id: Wrapped(AppId(987_654)), app_type: "Internal".to_owned(), ..App::default() };
        let errors = [
            client.device(nobody).await.expect_err("no device"),
            client.device_compliance(nobody).await.expect_err("no device"),
            client.device_commands(nobody).await.expect_err("no device"),
            client.user_group_members(UserGroupId(987_654)).await.expect_err("no group"),
            client.app_assignments(&missing).await.expect_err("no app: a 401 in the published dialect"),
            client.operation("00000000-0000-4000-8000-000000000000").await.expect_err("no operation"),
        ];
        for error in errors {
            assert_eq!(error.kind(), Kind::NotFound, "{}: {error}", client.dialect());
            assert!(error.fault().is_some_and(|fault| fault.activity_id.is_some()), "{error:?}");
        }
        assert_eq!(client.statistics().retries, 0);
    }
}

/// Lets three requests through, and none after them.
struct Three(std::sync::atomic::AtomicU32);

impl Quota for Three {
    fn permit(&self) -> BoxFuture<'_, Result<(), Exhausted>> {
        let taken = self.0.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        Box::pin(async move { if taken < 3 { Ok(()) } else { Err(Exhausted::UsedUp("50000 calls a day".to_owned())) } })
    }
}

#[tokio::test]
async fn a_quota_of_the_callers_own_is_asked_before_every_request() {
    let uem = tenant().await;
    uem.faults().fail_with(503, 1);
    let (client, writer) = connect_with(settings(&uem), std::sync::Arc::new(Three(0.into()))).await.expect("connects");
    client.system_info().await.expect("the third request, after a repeated probe");
    let error = client.system_info().await.expect_err("used up");
    assert!(error.kind() == Kind::Throttled && error.to_string().contains("50000 calls a day"), "{error}");
    let error = writer.create_user(&Default::default()).await.expect_err("used up");
    assert_eq!((error.kind(), client.statistics().calls), (Kind::Throttled, 3));
    uem.stop().await;
}
